import Evidence
import Formats

/// What one pass over a repository's history has brought so far.
struct GitHarvest {
    static let change: Identifier = "vcs.change"
    static let release: Identifier = "vcs.release"

    let repository: String
    let branch: String
    /// Commits before this are counted and left out.
    let since: Instant?
    /// By hash, what `%G?` said; nil when signatures were not checked.
    let checks: [String: String]?

    private var walk: MergeWalk
    /// Commits seen, the left-out ones too.
    private(set) var seen = 0
    private(set) var leftOut = 0
    private(set) var oldest: Instant?
    var facts = RawFacts()
    var setAside: [SetAside] = []

    init(repository: String, branch: String, head: String, since: Instant?, checks: [String: String]?) {
        self.repository = repository
        self.branch = branch
        self.since = since
        self.checks = checks
        walk = MergeWalk(head: head)
    }

    /// See `MergeWalk.cut`.
    var cut: Instant? { walk.cut }

    mutating func take(_ commit: CommitRecord) {
        seen += 1
        let merger = walk.visit(commit)
        if let problem = commit.problem {
            setAside.append(SetAside(line: seen, reason: "commit \(commit.hash): \(problem)"))
            return
        }
        oldest = min(oldest ?? commit.committedAt, commit.committedAt)
        if let since, commit.committedAt < since {
            leftOut += 1
            return
        }
        let value = self.value(commit, merger: merger)
        facts.append(
            RawFact(.event(Self.change, Identifier(commit.hash), at: commit.committedAt, value), line: seen))
    }

    private func value(_ commit: CommitRecord, merger: String?) -> JSONObject {
        var value = JSONObject()
        value.append("repository", .string(repository))
        value.append("branch", .string(branch))
        value.append("author", .string(commit.author))
        value.append("committer", .string(commit.committer))
        value.append("authored_at", .string(commit.authoredAt.description))
        value.append("approvers", .array(commit.approvers.map(JSON.string)))
        if let merger { value.append("merged_by", .string(merger)) }
        value.append("merge", .bool(commit.parents.count > 1))
        value.append("parents", .integer(Int64(commit.parents.count)))
        value.append("signature", .string(signature(commit)))
        value.append("files", .integer(Int64(commit.files)))
        value.append("paths", .array(commit.paths.map(JSON.string)))
        value.append("merged", .bool(true))
        return value
    }

    /// Only a valid signature by a trusted key is good, and only a wrong one or a revoked key's is bad: an expired or
    /// unknown key proves nothing either way.
    private func signature(_ commit: CommitRecord) -> String {
        guard commit.isSigned else { return "none" }
        return switch checks?[commit.hash] {
        case "G": "good"
        case "B", "R": "bad"
        default: "unverified"
        }
    }

    /// Takes the output of `GitCommands.tags`.
    mutating func takeTags(_ output: [UInt8]) {
        let fields = output.split(separator: 0, omittingEmptySubsequences: false)
        var start = 0
        while start + GitCommands.tagFieldCount <= fields.count {
            takeTag(
                fields[start..<(start + GitCommands.tagFieldCount)].map { field in
                    // The line feed that ended the tag before.
                    String(decoding: field.first == 0x0A ? field.dropFirst() : field, as: UTF8.self)
                })
            start += GitCommands.tagFieldCount
        }
    }

    private mutating func takeTag(_ field: [String]) {
        let (tag, isAnnotated) = (field[0], field[1] == "tag")
        let target = isAnnotated ? (type: field[3], hash: field[4]) : (type: field[1], hash: field[2])
        guard target.type == "commit" else {
            setAside.append(
                SetAside(line: nil, reason: "the tag \(tag) points to a \(target.type), not to a commit"))
            return
        }
        guard let seconds = Int64(isAnnotated ? field[6] : field[7]), seconds.magnitude < 1 << 40 else {
            setAside.append(SetAside(line: nil, reason: "the tag \(tag) has no date"))
            return
        }
        let at = Instant(microseconds: seconds * 1_000_000)
        if let since, at < since { return }
        var value = JSONObject()
        value.append("repository", .string(repository))
        value.append("tag", .string(tag))
        value.append("commit", .string(target.hash))
        if isAnnotated { value.append("tagger", .string(field[5].lowercased())) }
        value.append("annotated", .bool(isAnnotated))
        value.append("signature", .string(field[8].isEmpty ? "none" : "unverified"))
        // A tag may be moved; then it is another release.
        facts.append(RawFact(.event(Self.release, Identifier("\(tag)@\(target.hash)"), at: at, value)))
    }
}
