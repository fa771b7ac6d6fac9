package import Formats

/// Verdicts over a period, one at every instant.
package struct Timeline: Sendable, Hashable {
    package struct Segment: Sendable, Hashable {
        package let interval: Interval
        package let verdict: Verdict
    }

    /// In order, touching, together exactly the period; neighbours differ.
    package let segments: [Segment]
    package let period: Interval

    /// At each instant the worst of all rows that cover it; `notApplicable` where none does.
    package init(worstOf rows: some Sequence<(Interval, Verdict)>, over period: Interval) {
        self.init(period: period, rows: rows) { ($0 | Self.notApplicable).trailingZeroBitCount }
    }

    /// At each instant the best of all rows that cover it, those that do not apply left out.
    package init(bestOf rows: some Sequence<(Interval, Verdict)>, over period: Interval) {
        self.init(period: period, rows: rows) { present in
            let applicable = present & ~Self.notApplicable
            return applicable == 0
                ? Verdict.notApplicable.rank : UInt8.bitWidth - 1 - applicable.leadingZeroBitCount
        }
    }

    private static let notApplicable = UInt8(1) << UInt8(Verdict.notApplicable.rank)

    /// - Parameter choose: of the ranks of the verdicts that some row has, each a bit, the rank of the one that stands.
    private init(
        period: Interval, rows: some Sequence<(Interval, Verdict)>, choose: (_ present: UInt8) -> Int
    ) {
        let verdicts = Verdict.dominance
        var changes: [Change] = []
        changes.reserveCapacity(2 * rows.underestimatedCount)
        for (interval, verdict) in rows {
            guard let part = interval.clipped(to: period) else { continue }
            let rank = Int32(verdict.rank)
            changes.append(Change(at: part.start.microseconds, rank: rank, by: 1))
            changes.append(Change(at: part.end.microseconds, rank: rank, by: -1))
        }
        changes.sort { $0.at < $1.at }
        var counts = [Int32](repeating: 0, count: verdicts.count)
        var present: UInt8 = 0
        var found: [Segment] = []
        var start = period.start
        var index = 0
        while true {
            let end = index < changes.count ? Instant(microseconds: changes[index].at) : period.end
            if let stretch = Interval(from: start, to: end) {
                Self.append(Segment(interval: stretch, verdict: verdicts[choose(present)]), to: &found)
            }
            guard index < changes.count else { break }
            start = end
            while index < changes.count, changes[index].at == end.microseconds {
                let rank = Int(changes[index].rank)
                counts[rank] += changes[index].by
                let bit = UInt8(1) << UInt8(rank)
                present = counts[rank] > 0 ? present | bit : present & ~bit
                index += 1
            }
        }
        self.period = period
        segments = found
    }

    /// Where a row begins or ends.
    private struct Change {
        /// In microseconds since 1970.
        let at: Int64
        /// Of its verdict.
        let rank: Int32
        let by: Int32
    }

    private static func append(_ next: Segment, to segments: inout [Segment]) {
        if let last = segments.last, last.verdict == next.verdict,
            let joined = Interval(from: last.interval.start, to: next.interval.end)
        {
            segments[segments.count - 1] = Segment(interval: joined, verdict: next.verdict)
        } else {
            segments.append(next)
        }
    }

    /// Total time with a verdict.
    package func time(_ verdict: Verdict) -> TimeSpan {
        segments.lazy.filter { $0.verdict == verdict }.reduce(.zero) { $0 + $1.interval.length }
    }
}
