import Evidence
import Formats
import Ledger

/// Digests of what is known of records up to an instant: which fact began or ceased to hold when.
///
/// Looking up a record at an instant gives the same as long as the digest up to there is the same, whatever became known
/// about later times.
final class RecordMarks: Sendable {
    private struct Boundary {
        let at: Int64
        let source: UInt32
        let leaf: UInt32
        let item: UInt32
        let isStart: Bool

        var order: (Int64, UInt32, UInt32, UInt32, Int) { (at, source, leaf, item, isStart ? 1 : 0) }
    }

    private static let stride = 256
    private let boundaries: [Boundary]
    /// The digest before each 256th boundary.
    private let stages: [RunningDigest]
    private let coverage: IntervalSet

    /// - Parameter coverage: where every source of the kind holds every record.
    init(_ columns: KindColumns?, _ coverage: IntervalSet) {
        self.coverage = coverage
        var found: [Boundary] = []
        for (source, (_, records)) in (columns?.inOrder ?? []).enumerated() {
            let states = records.states
            for row in 0..<states.count {
                for (at, isStart) in [(states.starts[row], true), (states.ends[row], false)] {
                    found.append(
                        Boundary(
                            at: at, source: UInt32(source), leaf: states.leaves[row],
                            item: states.items[row], isStart: isStart))
                }
            }
        }
        found.sort { $0.order < $1.order }
        boundaries = found
        var running = RunningDigest()
        if let kind = columns?.kind { running.update(kind.schemaDigest.bytes) }
        var stages = [running]
        for start in Swift.stride(from: 0, to: found.count, by: Self.stride) {
            let rest = found[start..<min(start + Self.stride, found.count)]
            running.update(Self.bytes(rest))
            stages.append(running)
        }
        self.stages = stages
    }

    /// Of everything that a look-up at an instant, or before it, may find.
    func digest(through instant: Int64) -> Digest {
        var (low, high) = (0, boundaries.count)
        while low < high {
            let middle = (low + high) / 2
            if boundaries[middle].at <= instant { low = middle + 1 } else { high = middle }
        }
        let stage = low / Self.stride
        var running = stages[stage]
        var bytes = Self.bytes(boundaries[stage * Self.stride..<low])
        let past = Interval(
            from: .distantPast, to: Instant(microseconds: instant) + TimeSpan(microseconds: 1))
        for interval in past.map({ coverage.clipped(to: $0).intervals }) ?? [] {
            bytes.append(number: interval.start.microseconds)
            bytes.append(number: interval.end.microseconds)
        }
        running.update(bytes)
        return running.finish()
    }

    private static func bytes(_ boundaries: ArraySlice<Boundary>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(boundaries.count * 21)
        for boundary in boundaries {
            bytes.append(number: boundary.at)
            bytes.append(number: boundary.source)
            bytes.append(number: boundary.leaf)
            bytes.append(number: boundary.item)
            bytes.append(boundary.isStart ? 1 : 0)
        }
        return bytes
    }
}
