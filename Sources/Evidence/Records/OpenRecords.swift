import Formats

/// The open states of one kind, and which of them a snapshot has spoken of.
struct OpenRecords {
    struct Known {
        let since: Instant
        let digest: HalfDigest
        fileprivate var isSeen = false
    }

    private var records: [Identifier: Known] = [:]

    mutating func add(_ key: Identifier, since: Instant, _ digest: HalfDigest) {
        records[key] = Known(since: since, digest: digest)
    }

    /// What is known of a record, which then counts as seen; nil when it is new.
    mutating func see(_ key: Identifier) -> Known? {
        guard let place = records.index(forKey: key) else { return nil }
        records.values[place].isSeen = true
        return records.values[place]
    }

    /// The records that nobody has spoken of.
    var unseen: [Identifier] { records.filter { !$0.value.isSeen }.map(\.key) }
}
