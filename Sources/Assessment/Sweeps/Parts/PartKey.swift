import Catalog
import Evidence
import Formats
import Ledger
import Programs

/// Everything that decides what is found in one block of events, as bytes to be digested: the version of the test, the
/// kinds, the facts in the block, where they are covered, and what joins may find.
struct PartKey {
    private var bytes: [UInt8] = []

    /// What all blocks have in common.
    ///
    /// - Parameter rule: the digest of the whole requirement (`RequirementVersion.digest`).
    init(_ test: TestKind, rule: String, _ kind: Kind) {
        bytes.append(text: AssessmentResult.engine)
        bytes.append(text: test.rawValue)
        bytes.append(text: rule)
        bytes.append(digest: kind.schemaDigest)
    }

    mutating func add(_ digest: Digest) { bytes.append(digest: digest) }

    mutating func add(_ interval: Interval) {
        bytes.append(number: interval.start.microseconds)
        bytes.append(number: interval.end.microseconds)
    }

    /// Adds as much of a set of times as lies between two instants, the second included.
    mutating func add(_ times: IntervalSet, from first: Int64, through last: Int64) {
        let (first, last) = (Instant(microseconds: first), Instant(microseconds: last))
        guard let span = Interval(from: first, to: last + TimeSpan(microseconds: 1)) else { return }
        let part = times.clipped(to: span)
        bytes.append(number: UInt32(part.intervals.count))
        for interval in part.intervals { add(interval) }
    }

    /// Whatever follows is about one block.
    func digest(of events: any EventBlocks, _ block: Int) -> Digest {
        var own = bytes
        own.append(digest: events.fingerprint(block))
        return Digest.sha256(own)
    }
}
