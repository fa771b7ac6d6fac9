import Formats
import Glibc

/// Up to when a repository tells what came to its branch.
enum GitFreshness: Sendable, Hashable {
    /// It was made from no other one: up to now.
    case original
    /// It is a clone that heard of its remote then: what was pushed there since is not in it.
    case fetched(Instant)
    /// Why it cannot be told.
    case unknown(String)
}

extension GitCommands {
    /// - Parameters:
    ///   - folder: the repository's common folder, where its references are.
    ///   - head: hash of the branch's newest commit.
    func freshness(of branch: String, head: String, folder: String) async -> GitFreshness {
        let remotes = await run(["remote"])
        guard remotes.succeeded else { return .unknown("git cannot list the repository's remotes") }
        let names = Self.lines(remotes)
        if names.isEmpty { return .original }
        let found = await run(["for-each-ref", "--format=%(upstream)", "refs/heads/\(branch)"])
        let upstream = Self.lines(found).first
        if let upstream, let reason = await lag(behind: upstream, head) { return .unknown(reason) }
        let place = await run(["rev-parse", "--path-format=absolute", "--git-dir"])
        // A fetch that fails empties FETCH_HEAD; a clone or a push writes references without it.
        var files = Self.lines(place).prefix(1).map { $0 + "/FETCH_HEAD" }
        let references = [upstream, "refs/remotes/\(branch)"].compactMap { $0 }
        files += (references + names.map { "refs/remotes/\($0)/HEAD" }).map { folder + "/" + $0 }
        guard let last = files.compactMap(Self.written).max() else {
            return .unknown(
                "the clone does not show when it was last fetched: what was pushed since is not known; "
                    + "run git fetch before")
        }
        return .fetched(last)
    }

    /// Why the branch does not hold what has been fetched; nil when it does.
    private func lag(behind upstream: String, _ head: String) async -> String? {
        let run = await run(["rev-list", "--count", "--end-of-options", "\(head)..\(upstream)"])
        guard run.succeeded, let text = Self.lines(run).first, let count = Int(text) else {
            return "its remote-tracking branch is gone; run git fetch before"
        }
        if count == 0 { return nil }
        return "\(count) commits that were fetched are not merged into it; run git merge --ff-only before, "
            + "or name the remote-tracking branch"
    }

    private static func lines(_ run: Program.Run) -> [String] {
        run.succeeded ? run.text.split(separator: "\n").map(String.init).filter { !$0.isEmpty } : []
    }

    /// When a file that is not empty was last written.
    private static func written(_ path: String) -> Instant? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0, status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return Instant(
            microseconds: Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1_000)
    }
}
