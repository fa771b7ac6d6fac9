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

    private init(_ segments: [Segment], over period: Interval) {
        (self.segments, self.period) = (segments, period)
    }

    /// At each instant the worst of all rows that cover it; `notApplicable` where none does.
    package init(worstOf rows: some Collection<(Interval, Verdict)>, over period: Interval) {
        self.init(worstOf: rows.count, over: period) { add in
            for (interval, verdict) in rows { add(interval, verdict) }
        }
    }

    /// The same of rows that are handed over one by one, and copied nowhere.
    ///
    /// - Parameter count: how many there are, as far as that is known.
    init(
        worstOf count: Int, over period: Interval,
        rows: (_ add: (Interval, Verdict) -> Void) -> Void
    ) {
        let verdicts = Verdict.dominance
        var changes: [Change] = []
        changes.reserveCapacity(2 * count)
        rows { interval, verdict in
            guard let part = interval.clipped(to: period) else { return }
            let rank = Int32(verdict.rank)
            changes.append(Change(at: part.start.microseconds, rank: rank, by: 1))
            changes.append(Change(at: part.end.microseconds, rank: rank, by: -1))
        }
        changes.sort { $0.at < $1.at }
        var counts = [Int32](repeating: 0, count: verdicts.count)
        var present = UInt8(1) << UInt8(Verdict.notApplicable.rank)
        counts[Verdict.notApplicable.rank] = 1
        var found: [Segment] = []
        var start = period.start
        var index = 0
        while true {
            let end = index < changes.count ? Instant(microseconds: changes[index].at) : period.end
            if let stretch = Interval(from: start, to: end) {
                Self.append(
                    Segment(interval: stretch, verdict: verdicts[present.trailingZeroBitCount]), to: &found)
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
        self.init(found, over: period)
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

// MARK: Several timelines

extension Timeline {
    /// At each instant the worst that one of them has; `notApplicable` where there is none.
    ///
    /// - Parameter timelines: each over the period.
    init(worstOf timelines: [Timeline], over period: Interval) {
        self.init(merging: timelines, over: period) { $0.rank < $1.rank ? $0 : $1 }
    }

    /// At each instant the best that one of them has, those that do not apply left out.
    ///
    /// - Parameter timelines: each over the period.
    init(bestOf timelines: [Timeline], over period: Interval) {
        self.init(merging: timelines, over: period) {
            $0 == .notApplicable ? $1 : $1 == .notApplicable || $0.rank > $1.rank ? $0 : $1
        }
    }

    /// - Parameter choose: of two verdicts the one that stands, whatever the order in which several meet.
    private init(
        merging timelines: [Timeline], over period: Interval, choose: (Verdict, Verdict) -> Verdict
    ) {
        let all = timelines.map(\.segments)
        let nothing = [Segment(interval: period, verdict: .notApplicable)]
        self.init(Self.merged(all[...], choose) ?? nothing, over: period)
    }

    /// Each is in order, so that nothing is sorted: halves are merged, and their halves before them.
    private static func merged(
        _ timelines: ArraySlice<[Segment]>, _ choose: (Verdict, Verdict) -> Verdict
    ) -> [Segment]? {
        if timelines.count < 2 { return timelines.first }
        let half = timelines.startIndex + timelines.count / 2
        guard let left = merged(timelines[..<half], choose), let right = merged(timelines[half...], choose)
        else { return nil }
        var found: [Segment] = []
        found.reserveCapacity(max(left.count, right.count))
        var (a, b) = (0, 0)
        while a < left.count, b < right.count {
            let (one, other) = (left[a], right[b])
            if let shared = one.interval.clipped(to: other.interval) {
                append(Segment(interval: shared, verdict: choose(one.verdict, other.verdict)), to: &found)
            }
            if one.interval.end <= other.interval.end { a += 1 }
            if other.interval.end <= one.interval.end { b += 1 }
        }
        return found
    }
}
