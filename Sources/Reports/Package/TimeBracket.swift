package import Formats
package import Ledger

/// What an outside clock's stamps of a checkpoint, or the times beside witnesses' signatures, say about the times that
/// the log itself states.
package struct TimeBracket {
    /// Clocks of ours may differ by so much from the outside ones.
    package static let tolerance = TimeSpan.minutes(5)

    /// Entries in the checkpoint that was stamped.
    private let size: Int
    /// The entry that put the stamps on record.
    private let leaf: Int
    private let times: [Instant]
    /// By when each stamp was made at the latest.
    private let latest: [Instant]
    private let isWitnessed: Bool

    /// - Parameters:
    ///   - size: of the checkpoint that was stamped.
    ///   - leaf: the entry that put the stamps on record.
    ///   - latest: the times with the accuracy that is stated beside them; nil where none is.
    ///   - isWitnessed: whether the times are those of witnesses, who signed and stamped nothing.
    package init(
        size: Int, leaf: Int, times: [Instant], latest: [Instant]? = nil, isWitnessed: Bool = false
    ) {
        self.size = size
        self.leaf = leaf
        self.times = times
        self.latest = latest ?? times
        self.isWitnessed = isWitnessed
    }

    /// Nothing in front of a stamp says that it was recorded after it, and nothing behind it that it was before. Nil when
    /// that is so.
    ///
    /// - Parameter recorded: the time that an entry states. Times never decrease along the log, so the stamp's neighbours
    ///   speak for all.
    package func fault(recorded: (_ leaf: Int) throws -> Instant?) rethrows -> String? {
        guard let first = latest.min(), let last = times.max() else { return nil }
        if let before = try recorded(size - 1), before > first + Self.tolerance {
            return
                "log entry \(size - 1) says that it was recorded at \(before), but it was "
                + "\(isWitnessed ? "signed" : "stamped") at \(first) at the latest"
        }
        if let behind = try recorded(leaf), behind < last - Self.tolerance {
            return
                "log entry \(leaf) says that it was recorded at \(behind), but the "
                + "\(isWitnessed ? "signature" : "stamp") in it is of \(last)"
        }
        return nil
    }

    /// A key that was retired cannot have signed a checkpoint that was first seen later. Nil when it was seen before.
    package static func fault(
        ofCheckpointBy signer: NoteVerifier, retired ended: Instant, stamped time: Instant
    ) -> String? {
        guard time > ended + tolerance else { return nil }
        return "\(signer.hint) was retired at \(ended), but its checkpoint was first stamped at \(time)"
    }
}
