import Evidence
import Formats
import Foundation
import Intake
import Synchronization
import Workload

/// The git connector on a generated repository, beside the plain command on the same.
enum GitCollection {
    static func run(_ setting: Setting) async throws -> [Finding] {
        let count = setting.size(5_000, quick: 1_000)
        let path = try setting.makeFolder("repository")
        guard
            try ChildProgram.output(["git", "init", "-q", "-b", "main", path], scratch: setting.folder)
                != nil,
            try ChildProgram.output(
                ["git", "-C", path, "fast-import", "--quiet"], input: stream(count), scratch: setting.folder)
                != nil
        else { throw NotMeasured("git is not installed") }
        var rounds = Rounds()
        for _ in 0..<setting.rounds {
            let taken = Taken()
            let seconds = try await Stopwatch.seconds {
                let request = CollectionRequest(
                    source: "portal", parameters: ["path": path, "branch": "main"], now: { Store.recorded })
                try await GitConnector().collect(request) { taken.add($0) }
            }
            try expect(taken.changes, is: count, "commits collected")
            try expect(taken.failures, is: [], "failures of the collection")
            rounds.add(ours: seconds)
            var printed: String?
            rounds.add(
                peer: try Stopwatch.seconds {
                    printed = try ChildProgram.output(
                        ["git", "-C", path, "log", "--name-only", "main"], scratch: setting.folder)
                })
            let paths = printed?.split(separator: "\n").count { $0.hasPrefix("part-") }
            try expect(taken.paths, is: paths, "paths of all commits")
        }
        return [
            Finding(
                "git, collect \(Figure.count(count)) commits as facts", Figure.time(rounds.our),
                beside: "git log --name-only: \(Figure.time(rounds.peers))", ratio: rounds.share)
        ]
    }

    /// What the connector has given so far; the lock guards it, because batches come from any thread.
    private final class Taken: Sendable {
        private let found = Mutex<(changes: Int, paths: Int, failures: [String])>((0, 0, []))

        var changes: Int { found.withLock { $0.changes } }
        var paths: Int { found.withLock { $0.paths } }
        var failures: [String] { found.withLock { $0.failures } }

        func add(_ delivery: Delivery) {
            found.withLock { found in
                for raw in delivery.draft.facts {
                    guard case .event(_, let value) = raw.fact.shape, raw.fact.kind == "vcs.change" else {
                        continue
                    }
                    found.changes += 1
                    found.paths += value["paths"]?.array?.count ?? 0
                }
                found.failures += delivery.draft.failures.map(\.reason)
            }
        }
    }

    /// A history as `git fast-import` reads it: one branch, one to three files a commit.
    private static func stream(_ count: Int) -> [UInt8] {
        var random = SplitMix64(seed: 11)
        var text = ""
        for commit in 0..<count {
            let message = "Change \(commit)\n\nOf \(random.hex(20))\n"
            text += """
                commit refs/heads/main
                committer p-\(random.below(60)) <p-\(random.below(60))@example.org> \(1_750_000_000 + commit * 3_600) +0000
                data \(message.utf8.count)
                \(message)
                """
            let start = random.below(200)
            for file in 0...random.below(3) {
                let content = random.hex(80)
                text +=
                    "M 100644 inline part-\(start)/file-\(file).txt\ndata \(content.utf8.count)\n\(content)\n"
            }
        }
        return Array((text + "done\n").utf8)
    }
}
