import Formats

/// The open states of one kind, and which of them a snapshot has spoken of.
struct OpenRecords {
    struct Known {
        let since: Instant
        let digest: HalfDigest
        fileprivate var isSeen = false
    }

    private var records: [Identifier: Known] = [:]

    init(capacity: Int = 0) {
        records.reserveCapacity(capacity)
    }

    mutating func add(_ key: Identifier, since: Instant, _ digest: HalfDigest) {
        records[key] = Known(since: since, digest: digest)
    }

    /// What is known of a record, which then counts as seen, and whether it did before; nil when it is new.
    mutating func see(_ key: Identifier) -> (known: Known, again: Bool)? {
        guard let place = records.index(forKey: key) else { return nil }
        let known = records.values[place]
        records.values[place].isSeen = true
        return (known, known.isSeen)
    }

    /// The records that nobody has spoken of.
    var unseen: [Identifier] { records.filter { !$0.value.isSeen }.map(\.key) }
}
