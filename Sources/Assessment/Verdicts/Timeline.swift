package import Formats

/// Verdicts over a period, one at every instant.
package struct Timeline: Sendable, Hashable {
    /// A stretch of time with one verdict.
    package struct Segment: Sendable, Hashable {
        package let interval: Interval
        package let verdict: Verdict
    }

    package let period: Interval
    /// Where each segment begins, in microseconds since 1970, and what stands from there on. There may be millions, so
    /// that nothing is kept twice: each ends where the next begins.
    private var starts: [Int64] = []
    private var verdicts: [Verdict] = []

    /// In order, touching, together exactly the period; neighbours differ.
    package var segments: Segments { Segments(timeline: self) }

    /// A period of which nothing is said yet: `append` must follow from its start on.
    private init(_ period: Interval) {
        self.period = period
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
        self.init(period)
        // As numbers: to sort them is cheap, and there may be millions.
        var changes: [UInt64] = []
        changes.reserveCapacity(2 * count)
        rows { interval, verdict in
            guard let part = interval.clipped(to: period) else { return }
            changes.append(change(at: part.start, verdict, isEnd: false))
            changes.append(change(at: part.end, verdict, isEnd: true))
        }
        changes.sort()
        var counts = [Int32](repeating: 0, count: Verdict.dominance.count)
        var present = UInt8(1) << UInt8(Verdict.notApplicable.rank)
        counts[Verdict.notApplicable.rank] = 1
        let length = UInt64(period.length.microseconds)
        var start: UInt64 = 0
        var index = 0
        while start < length {
            let end = index < changes.count ? changes[index] >> 4 : length
            if start < end {
                append(
                    Verdict.dominance[present.trailingZeroBitCount],
                    from: period.start.microseconds + Int64(start))
            }
            start = end
            while index < changes.count, changes[index] >> 4 == end {
                let rank = Int(changes[index] >> 1 & 7)
                counts[rank] += changes[index] & 1 == 0 ? 1 : -1
                let bit = UInt8(1) << UInt8(rank)
                present = counts[rank] > 0 ? present | bit : present & ~bit
                index += 1
            }
        }
    }

    /// Where a row begins or ends, in the order of time: microseconds since the period began, the rank of its verdict in
    /// three bits, and in one whether it ends.
    private func change(at instant: Instant, _ verdict: Verdict, isEnd: Bool) -> UInt64 {
        let offset = UInt64(instant.microseconds - period.start.microseconds)
        return offset << 4 | UInt64(verdict.rank) << 1 | (isEnd ? 1 : 0)
    }

    /// What stands from an instant on, which lies behind all that came before it.
    private mutating func append(_ verdict: Verdict, from start: Int64) {
        if verdicts.last == verdict { return }
        starts.append(start)
        verdicts.append(verdict)
    }

    /// Total time with a verdict.
    package func time(_ verdict: Verdict) -> TimeSpan {
        segments.lazy.filter { $0.verdict == verdict }.reduce(.zero) { $0 + $1.interval.length }
    }
}

// MARK: Segments

extension Timeline {
    /// The segments, each made when it is asked for.
    package struct Segments: Sendable, RandomAccessCollection {
        fileprivate let timeline: Timeline

        package var startIndex: Int { 0 }
        package var endIndex: Int { timeline.starts.count }

        package subscript(position: Int) -> Segment {
            let start = Instant(microseconds: timeline.starts[position])
            let end =
                position + 1 < timeline.starts.count
                ? Instant(microseconds: timeline.starts[position + 1]) : timeline.period.end
            // Never the period: each begins behind the one before it.
            return Segment(
                interval: Interval(from: start, to: end) ?? timeline.period,
                verdict: timeline.verdicts[position])
        }
    }
}

// MARK: Several timelines

extension Timeline {
    /// At each instant the worst that one of them has; `notApplicable` where there is none.
    ///
    /// - Parameter timelines: each over the period.
    init(worstOf timelines: [Timeline], over period: Interval) {
        self = Self.merged(timelines[...]) { $0.rank < $1.rank ? $0 : $1 } ?? .nothing(over: period)
    }

    /// At each instant the best that one of them has, those that do not apply left out.
    ///
    /// - Parameter timelines: each over the period.
    init(bestOf timelines: [Timeline], over period: Interval) {
        let merged = Self.merged(timelines[...]) {
            $0 == .notApplicable ? $1 : $1 == .notApplicable || $0.rank > $1.rank ? $0 : $1
        }
        self = merged ?? .nothing(over: period)
    }

    /// The same, with what another over the same period says wherever nothing applies.
    func filled(by other: Timeline) -> Timeline {
        Self.merged([self, other]) { $0 == .notApplicable ? $1 : $0 } ?? self
    }

    private static func nothing(over period: Interval) -> Timeline {
        var timeline = Timeline(period)
        timeline.append(.notApplicable, from: period.start.microseconds)
        return timeline
    }

    /// Each is in order, so that nothing is sorted: halves are merged, and their halves before them.
    ///
    /// - Parameter choose: of two verdicts the one that stands, whatever the order in which several meet.
    private static func merged(
        _ timelines: ArraySlice<Timeline>, _ choose: (Verdict, Verdict) -> Verdict
    ) -> Timeline? {
        if timelines.count < 2 { return timelines.first }
        let half = timelines.startIndex + timelines.count / 2
        guard let left = merged(timelines[..<half], choose), let right = merged(timelines[half...], choose)
        else { return nil }
        var found = Timeline(left.period)
        var (a, b) = (0, 0)
        while true {
            let start = max(left.starts[a], right.starts[b])
            found.append(choose(left.verdicts[a], right.verdicts[b]), from: start)
            let next = (left: left.start(a + 1), right: right.start(b + 1))
            guard min(next.left, next.right) < .max else { return found }
            if next.left <= next.right { a += 1 }
            if next.right <= next.left { b += 1 }
        }
    }

    /// Where a segment begins; the end of time behind the last.
    private func start(_ position: Int) -> Int64 { position < starts.count ? starts[position] : .max }
}
