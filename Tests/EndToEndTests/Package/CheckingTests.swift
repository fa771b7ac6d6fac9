import Evidence
import Formats
import Foundation
import Reports
import TestSupport
import Testing

#if !WITHOUT_NETWORK
    import LoopbackServer
#endif

/// What the page calls for and is not installed.
enum HandTools {
    static let missing = ["bash", "unzip", "sha256sum", "openssl", "python3"].filter { Tool.path($0) == nil }
    static let whySkipped = "skipped: not installed: \(missing.joined(separator: ", "))"
}

/// The page on checking a package by hand: its commands, in their order and in one shell, on a fresh package.
@Suite(.enabled(if: HandTools.missing.isEmpty, "\(HandTools.whySkipped)"))
struct CheckingTests {
    /// One command with what it is said to print.
    private struct Step {
        var command: String
        let output: [String]
        /// Only packages with anchors have what it looks at.
        var isAboutAnchors: Bool { command.contains("anchors/N") || command.contains("checkpoints/N") }
    }

    private static func steps() throws -> [Step] {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/checking.md"), encoding: .utf8)
        var lines = page.components(separatedBy: "\n")[...]
        var steps: [Step] = []
        while let line = lines.popFirst() {
            guard line.hasPrefix("    $ ") else { continue }
            var command = String(line.dropFirst(6))
            while isOpen(command), let next = lines.popFirst() { command += "\n" + String(next.dropFirst(4)) }
            var output: [String] = []
            while let next = lines.first, next.hasPrefix("    "), !next.hasPrefix("    $ ") {
                output.append(String(next.dropFirst(4)))
                lines.removeFirst()
            }
            steps.append(Step(command: command, output: output))
        }
        return steps
    }

    /// Whether a text that goes on to a line "END", or a quotation, has not come to its end.
    private static func isOpen(_ command: String) -> Bool {
        if command.contains("<<'END'") { return !command.hasSuffix("\nEND") }
        return !command.filter { $0 == "\"" }.count.isMultiple(of: 2)
    }

    /// A desk with a package for buyers, and a proof of absence.
    private static func seal(_ desk: Desk, anchored: Bool = false) async throws {
        try await desk.expect(1, "assess")
        if anchored {
            // On a busy machine an answer may take longer than is waited for, and who asks again gets it.
            var outcome = try await desk.command("assay", ["log", "anchor"]).run()
            for _ in 0..<4 where outcome.status != 0 {
                outcome = try await desk.command("assay", ["log", "anchor"]).run()
            }
            try #require(outcome.status == 0, "\(outcome.said)")
        }
        try await desk.expect(0, "package", "--no-anchor", "--out", "ex.assay")
        let absence = try await desk.expect(0, "log", "absence", "import", "uptime.probe", "nobody")
        try desk.scratch.write("absent.json", absence.output)
    }

    private static func run(_ steps: [Step], on desk: Desk) async throws -> Outcome {
        let script = steps.enumerated().map { "echo '@@\($0)'\n\($1.command)\n" }.joined()
        return try await Command(
            executable: "bash", arguments: ["-c", "set -e\n" + script], folder: desk.scratch.path
        ).run()
    }

    /// Each command must end well, and print what the page says where that is the same for every package.
    private static func check(_ steps: [Step], on desk: Desk) async throws {
        let outcome = try await run(steps, on: desk)
        #expect(outcome.status == 0, "\(outcome.said.suffix(2_000))")
        let printed = outcome.output.components(separatedBy: "@@").dropFirst()
        try #require(printed.count == steps.count, "\(outcome.said.suffix(2_000))")
        for (step, text) in zip(steps, printed) {
            for line in step.output {
                let words = line.hasPrefix("store-scratch") ? "nobody is not among" : line
                #expect(text.contains(words), "\(step.command)\n\(text)")
            }
        }
    }

    @Test func `every command of the page on checking by hand ends as it says`() async throws {
        let steps = try Self.steps()
        #expect(steps.count > 30)
        #expect(steps.count(where: \.isAboutAnchors) >= 3)
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try await Self.seal(desk)
        try await Self.check(steps.filter { !$0.isAboutAnchors }, on: desk)
    }

    @Test func `a byte more in the result is found by hand`() async throws {
        var steps = try Self.steps().filter { !$0.isAboutAnchors }
        steps[0].command += "; printf x >> result.json"
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try await Self.seal(desk)
        let outcome = try await Self.run(steps, on: desk)
        #expect(outcome.says("result.json: FAILED"), "\(outcome.said.suffix(2_000))")
        #expect(!outcome.says("all files as listed"), "\(outcome.said.suffix(2_000))")
    }

    @Test func `a file that no list has is found by hand`() async throws {
        var steps = try Self.steps().filter { !$0.isAboutAnchors }
        steps[0].command += "; printf x > more.txt"
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try await Self.seal(desk)
        let outcome = try await Self.run(steps, on: desk)
        #expect(outcome.says("all files as listed", "> more.txt"), "\(outcome.said.suffix(2_000))")
        #expect(!outcome.says("no file beside them"), "\(outcome.said.suffix(2_000))")
    }

    @Test func `what was erased has its tombstone, and exports in front are signed, by hand too`()
        async throws
    {
        let desk = try await ProfileTests.desk()
        try await desk.expect(
            0, "erase", "lab.sample", "s-1", "--by", "officer", "--reason", "on request", "--basis", "none",
            "--early")
        try await Self.seal(desk)
        // The export to a buyer stands between the log and this one.
        try await desk.expect(0, "package", "--out", "ex.assay", "--profile", "auditor")
        let steps = try Self.steps().filter { !$0.isAboutAnchors }
        let outcome = try await Self.run(steps, on: desk)
        #expect(outcome.status == 0, "\(outcome.said.suffix(2_000))")
        #expect(
            outcome.says("accounts for 1 erased items: on request", "erased without a tombstone: 0"),
            "\(outcome.said.suffix(2_000))")
        let verified = "Signature Verified Successfully"
        let found = outcome.output.components(separatedBy: verified).count - 1
        let printed = steps.count(where: { $0.output.contains(verified) })
        #expect(found == printed + 1, "\(outcome.said.suffix(2_000))")
    }

    @Test func `an item that is gone without a tombstone is found by hand`() async throws {
        let desk = try await ProfileTests.desk()
        try await Self.seal(desk)
        var forgery = try Forgery(try SealedBytes(desk, "ex.assay"))
        let leaf = try forgery.leaf(of: BatchStatement.predicateType)
        let path = Identifier(PackageLayout.path(PackageLayout.batches, leaf: leaf))
        var lines = try #require(forgery.files[path]).split(separator: 0x0A).map { Array($0) }
        let gone = try PayloadLine(parsing: lines[0])
        lines[0] = PayloadLine(hiding: .erased, leafHash: gone.leafHash).bytes
        forgery.files[path] = lines.flatMap { $0 + [0x0A] }
        try desk.scratch.write("ex.assay", try forgery.sealed())
        let steps = try Self.steps().filter { !$0.isAboutAnchors }
        let outcome = try await Self.run(steps, on: desk)
        #expect(
            outcome.says(
                "1 batches have the roots", "withheld: 0 records and 1 fields, of ['lab.sample.patient']"),
            "\(outcome.said.suffix(2_000))")
        #expect(outcome.says("erased without a tombstone: 1"), "\(outcome.said.suffix(2_000))")
    }

    #if !WITHOUT_NETWORK
        @Test(.enabled(if: OpenSSLAuthority.isInstalled, "\(OpenSSLAuthority.whySkipped)"))
        func `the time stamps of a package are checked as the page says`() async throws {
            let authority = try OpenSSLAuthority()
            let desk = try await Desk.tiny(facts: TinyProgram.facts)
            try desk.scratch.write("roots.pem", authority.pem())
            try await LoopbackServer.serving { request in
                guard let reply = try? authority.reply(to: request.body) else {
                    return Reply(500, text: "no")
                }
                return Reply(200, headers: [("content-type", "application/timestamp-reply")], body: reply)
            } while: { server in
                try await desk.expect(
                    0, "log", "configure", "--authority", "a=\(server.address)/a", "--roots", "roots.pem")
                try await Self.seal(desk, anchored: true)
            }
            // The anchor covers all that came before it and the export.
            let size = try #require(try await desk.json(0, "log", "status")["entries"]?.integer) - 2
            let steps = try Self.steps().map { step in
                var step = step
                step.command = step.command.replacing("/N", with: "/\(size)")
                    .replacing("first.py N", with: "first.py \(size)")
                return step
            }
            try await Self.check(steps, on: desk)
        }
    #endif
}
