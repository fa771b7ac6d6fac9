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
        self.init(period: period, rows: rows) { counts in
            Verdict.dominance.first { counts[$0.rank] > 0 } ?? .notApplicable
        }
    }

    /// At each instant the best of all rows that cover it, those that do not apply left out.
    package init(bestOf rows: some Sequence<(Interval, Verdict)>, over period: Interval) {
        self.init(period: period, rows: rows) { counts in
            Verdict.dominance.reversed().first { counts[$0.rank] > 0 && $0 != .notApplicable }
                ?? .notApplicable
        }
    }

    private init(
        period: Interval, rows: some Sequence<(Interval, Verdict)>, choose: ([Int]) -> Verdict
    ) {
        var changes: [(at: Instant, rank: Int, by: Int)] = []
        for (interval, verdict) in rows {
            guard let part = interval.clipped(to: period) else { continue }
            changes.append((part.start, verdict.rank, 1))
            changes.append((part.end, verdict.rank, -1))
        }
        changes.sort { $0.at < $1.at }
        var counts = [Int](repeating: 0, count: Verdict.dominance.count)
        var found: [Segment] = []
        var start = period.start
        var index = 0
        while true {
            let verdictBefore = choose(counts)
            let end = index < changes.count ? changes[index].at : period.end
            if let stretch = Interval(from: start, to: end) {
                Self.append(Segment(interval: stretch, verdict: verdictBefore), to: &found)
            }
            guard index < changes.count else { break }
            start = end
            while index < changes.count, changes[index].at == end {
                counts[changes[index].rank] += changes[index].by
                index += 1
            }
        }
        self.period = period
        segments = found
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
