import Formats
import Synchronization

/// The repositories of the last collection, and where their default branches stood, kept beside the times of the cursor:
/// one that is gone is left out of the organization's list without a word, and a commit may come to a branch long after
/// the day that it bears.
final class GitHubHeads: Sendable {
    struct Head: Sendable, Hashable {
        /// Hash of the newest commit; nil while there is none, or none has been read.
        var commit: String?
        /// From when on all that the branch gained is known; nil when that never broke off.
        var since: Instant?
    }

    private static let name = "heads"
    /// As it was handed to this collection.
    private let cursor: String?
    /// By repository; guarded, because readings need not come one after the other.
    private let heads: Mutex<[String: Head]>

    init(_ cursor: String?) {
        var found: [String: Head] = [:]
        let json = cursor.flatMap { try? JSON(parsing: $0) }
        for member in json?[Self.name]?.object?.members ?? [] {
            let since = member.value["since"]?.string.flatMap { Instant($0) }
            found[member.name] = Head(commit: member.value["commit"]?.string, since: since)
        }
        self.cursor = cursor
        heads = Mutex(found)
    }

    subscript(_ repository: String) -> Head? { heads.withLock { $0[repository] } }

    func keep(_ head: Head, of repository: String) {
        heads.withLock { $0[repository] = head }
    }

    /// Remembers what the organization's list holds, until it is let go.
    ///
    /// - Parameter retired: names that need not be there any longer, in small letters.
    /// - Returns: those that were there before, are not any more, and were not let go; sorted.
    func compare(listed: [String], retired: Set<String>) -> [String] {
        let listed = Set(listed)
        return heads.withLock { heads in
            heads = heads.filter { listed.contains($0.key) || !retired.contains($0.key.lowercased()) }
            let missing = heads.keys.filter { !listed.contains($0) }.sorted()
            for name in listed where heads[name] == nil { heads[name] = Head() }
            return missing
        }
    }

    /// The delivery with these in its cursor.
    ///
    /// Also where no kind has a time to go on from: what there was is to be known all the same.
    func carried(by delivery: Delivery) throws(CanonicalJSONError) -> Delivery {
        let all = heads.withLock { $0 }
        if all.isEmpty { return delivery }
        let sorted = all.sorted { $0.key < $1.key }.map { ($0.key, Self.json($0.value)) }
        return try delivery.remembering(Self.name, JSON.object(sorted), beside: cursor)
    }

    private static func json(_ head: Head) -> JSON {
        var members: [(String, JSON)] = []
        if let commit = head.commit { members.append(("commit", .string(commit))) }
        if let since = head.since { members.append(("since", .string(since.description))) }
        return .object(members)
    }
}
