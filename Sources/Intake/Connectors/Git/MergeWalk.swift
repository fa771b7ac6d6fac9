import Formats

/// Finds, for commits that come children first, the merge that brought each one onto the branch.
///
/// The branch's own line is its head and the chain of first parents behind it, numbered from the head. A commit
/// reached from the n-th of them is also reached from every newer one, so the highest number that reaches it is the
/// merge that brought it; it is handed on from child to parent. Only parents not yet seen are remembered.
struct MergeWalk {
    private struct Expected {
        var number: Int
        var childAt: Instant
    }

    private var expected: [String: Expected] = [:]
    private var next: String
    /// By number: who merged, or nil when that commit of the line is no merge.
    private var mergers: [String?] = []

    /// - Parameter head: hash of the branch's newest commit.
    init(head: String) {
        next = head
    }

    /// Who merged this commit; nil for a direct one.
    mutating func visit(_ commit: CommitRecord) -> String? {
        let known = expected.removeValue(forKey: commit.hash)
        let number: Int?
        if commit.hash == next {
            number = mergers.count
            mergers.append(commit.parents.count > 1 ? Self.merger(commit) : nil)
            next = commit.parents.first ?? ""
        } else {
            number = known?.number
        }
        guard let number else { return nil }
        for parent in commit.parents {
            var entry = expected[parent] ?? Expected(number: number, childAt: commit.committedAt)
            entry.number = max(entry.number, number)
            entry.childAt = max(entry.childAt, commit.committedAt)
            expected[parent] = entry
        }
        return mergers[number]
    }

    /// Where history is cut: the time of the newest commit whose parent is missing; nil when none is. Ask at the end.
    var cut: Instant? { expected.values.map(\.childAt).max() }

    /// A forge that merges on its page commits under an address of its own; the merge's author pressed the button.
    private static func merger(_ commit: CommitRecord) -> String {
        let mailbox = commit.committer.prefix { $0 != "@" }
        return mailbox == "noreply" || mailbox == "no-reply" ? commit.author : commit.committer
    }
}
