import Formats
import Ledger

/// Half a SHA-256, which costs no allocation to hold and compare.
struct HalfDigest: Equatable {
    private let words: (UInt64, UInt64)

    /// Nil unless they are 16 bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        words = bytes.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }

    /// Of the canonical JSON of a value.
    init(of value: JSONObject) throws(CanonicalJSONError) {
        let digest = Digest.sha256(try CanonicalJSON.encode(.object(value)))
        words = digest.withUnsafeBytes {
            ($0.load(as: UInt64.self), $0.load(fromByteOffset: 8, as: UInt64.self))
        }
    }

    static func == (left: HalfDigest, right: HalfDigest) -> Bool { left.words == right.words }
}

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
