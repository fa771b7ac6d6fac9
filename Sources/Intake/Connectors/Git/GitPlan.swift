import Evidence
import Formats
import Glibc

/// Why a repository cannot be read at all.
struct GitRefusal: Error {
    let scope: String
    let reason: String
}

/// What is to be read from a repository, established before anything of it is: which head, how many commits.
struct GitPlan: Sendable {
    let commands: GitCommands
    let repository: String
    let branch: String
    /// Hash of the branch's newest commit. All that follows reads from it, so a push in between changes nothing.
    let head: String
    let since: Instant?
    /// How many commits git counts from the head; nil when it could not.
    let count: Int?
    let checks: [String: String]?
    let freshness: GitFreshness
    /// What failed already, without stopping the rest.
    let failures: [CollectionFailure]

    init(_ request: CollectionRequest) async throws(GitRefusal) {
        let given = request.parameters
        var commands = GitCommands(
            path: given["path"] ?? ".", home: getenv("HOME").map { String(cString: $0) })
        let asked = given["branch"] ?? "HEAD"
        if asked.hasPrefix("-") || asked.isEmpty {
            throw GitRefusal(
                scope: "branch", reason: "a branch name is not empty and does not begin with \"-\"")
        }
        if let start = request.backfill { since = start } else { since = try Self.since(given["since"]) }
        if let text = given["timeout"] {
            guard let span = TimeSpan(text), span > .zero else {
                throw GitRefusal(scope: "timeout", reason: "\"timeout\" must be a length of time such as 10m")
            }
            commands.timeLimit = .microseconds(span.microseconds)
        }
        self.commands = commands
        let place = await commands.run(["rev-parse", "--path-format=absolute", "--git-common-dir"])
        guard place.succeeded else {
            throw GitRefusal(scope: commands.path, reason: GitCommands.reason(place))
        }
        repository = given["repository"] ?? Self.name(ofFolder: Self.line(place))

        let found = await commands.run(["rev-parse", "--verify", "--end-of-options", "\(asked)^{commit}"])
        guard found.succeeded else {
            throw GitRefusal(
                scope: asked.prefix(100).description,
                reason:
                    "there is no such branch, or no commit on it yet; git branch --all lists what there is")
        }
        head = Self.line(found)
        if asked == "HEAD" {
            let name = Self.line(await commands.run(["symbolic-ref", "--short", "--quiet", "HEAD"]))
            branch = name.isEmpty ? asked : name
        } else {
            branch = asked
        }
        let total = await commands.run(["rev-list", "--count", "--end-of-options", head])
        count = total.succeeded ? Int(Self.line(total)) : nil
        freshness = await commands.freshness(of: branch, head: head, folder: Self.line(place))
        (checks, failures) =
            given["verify"] == "true" ? await Self.checks(commands, head: head) : (nil, [])
    }

    private static func since(_ text: String?) throws(GitRefusal) -> Instant? {
        guard let text else { return nil }
        guard let instant = Instant(text) ?? Instant(text + "T00:00:00Z") else {
            throw GitRefusal(
                scope: "since", reason: "\"since\" must be a time such as 2026-03-01T00:00:00Z, or a date")
        }
        return instant
    }

    private static func checks(
        _ commands: GitCommands, head: String
    ) async -> ([String: String]?, [CollectionFailure]) {
        let run = await commands.run(GitCommands.signatures(head))
        guard run.succeeded else {
            return (
                nil,
                [
                    CollectionFailure(
                        kind: nil, scope: "signatures",
                        reason: "signatures could not be checked: \(GitCommands.reason(run))")
                ]
            )
        }
        var checks: [String: String] = [:]
        for line in run.bytes.split(separator: 0x0A) {
            let words = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            if words.count == 2, words[1] != "N" { checks[words[0]] = words[1] }
        }
        return (checks, [])
    }

    private static func line(_ run: Program.Run) -> String {
        String(decoding: run.bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }

    /// `/srv/portal/.git` and `/srv/portal.git` are both `portal`.
    private static func name(ofFolder path: String) -> String {
        var parts = path.split(separator: "/").map(String.init)
        if parts.last == ".git" { parts.removeLast() }
        let name = parts.last ?? path
        return name.hasSuffix(".git") ? String(name.dropLast(4)) : name
    }

    /// What was run, in the words of the command line, with all filters.
    func query(_ request: CollectionRequest) -> String {
        var parts: [String] = []
        if request.wants(GitHarvest.change) {
            parts.append("git " + GitCommands.log(head).joined(separator: " "))
        }
        if let since { parts.append("commits and tags before \(since) left out") }
        if request.wants(GitHarvest.release) { parts.append("git for-each-ref refs/tags") }
        return parts.joined(separator: "; ")
    }

    var parameters: [String: String] {
        var all = ["path": commands.path, "repository": repository, "branch": branch, "head": head]
        all["since"] = since?.description
        all["verify"] = checks == nil ? nil : "true"
        if case .fetched(let at) = freshness { all["fetched"] = at.description }
        return all
    }

    func failure(_ reason: String) -> CollectionFailure {
        CollectionFailure(kind: GitHarvest.change, scope: branch, reason: reason)
    }

    func cutFailure(at cut: Instant) -> CollectionFailure {
        failure(
            "history is cut: the clone is shallow, and before \(cut) commits may be missing; "
                + "git fetch --unshallow brings them")
    }
}
