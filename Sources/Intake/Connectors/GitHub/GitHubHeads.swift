import Formats
import Synchronization

/// Where the default branches stood at the last collection, kept beside the times of the cursor: a commit may come to a
/// branch long after the day that it bears.
final class GitHubHeads: Sendable {
    struct Head: Sendable, Hashable {
        /// Hash of the newest commit.
        let commit: String
        /// From when on all that the branch gained is known; nil when that never broke off.
        var since: Instant?
    }

    private static let name = "heads"
    /// By repository; guarded, because readings need not come one after the other.
    private let heads: Mutex<[String: Head]>

    init(_ cursor: String?) {
        var found: [String: Head] = [:]
        let json = cursor.flatMap { try? JSON(parsing: $0) }
        for member in json?[Self.name]?.object?.members ?? [] {
            guard let commit = member.value["commit"]?.string else { continue }
            let since = member.value["since"]?.string.flatMap { Instant($0) }
            found[member.name] = Head(commit: commit, since: since)
        }
        heads = Mutex(found)
    }

    subscript(_ repository: String) -> Head? { heads.withLock { $0[repository] } }

    func keep(_ head: Head?, of repository: String) {
        heads.withLock { $0[repository] = head }
    }

    /// The delivery with these in its cursor, if it moves the cursor.
    func carried(by delivery: Delivery) -> Delivery {
        let all = heads.withLock { $0 }
        guard let cursor = delivery.cursor, !all.isEmpty else { return delivery }
        let held = (try? JSON(parsing: cursor))?.object?.members ?? []
        var members = held.map { ($0.name, $0.value) }
        let sorted = all.sorted { $0.key < $1.key }.map { ($0.key, Self.json($0.value)) }
        members.append((Self.name, JSON.object(sorted)))
        var delivery = delivery
        if let bytes = try? CanonicalJSON.encode(.object(members)) {
            delivery.cursor = String(decoding: bytes, as: UTF8.self)
        }
        return delivery
    }

    private static func json(_ head: Head) -> JSON {
        var members: [(String, JSON)] = [("commit", .string(head.commit))]
        if let since = head.since { members.append(("since", .string(since.description))) }
        return .object(members)
    }
}
