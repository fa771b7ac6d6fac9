import Evidence
import Formats

extension Timeline {
    /// The timeline of a test: the worst of its rows, and what is unknown or still ahead.
    init(_ rows: TestRows, _ frame: Frame) {
        var stretches: [(Interval, Verdict)] = []
        var moments: [Interval] = []
        for row in rows.rows {
            if row.isMoment, row.verdict == .pass {
                moments.append(row.interval)
            } else {
                stretches.append((row.interval, row.verdict))
            }
        }
        stretches += rows.uncovered.intervals.map { ($0, .unknown) }
        // The part of the period that lies ahead: whatever the test, nothing is decided there.
        let ahead = Interval(from: max(frame.period.start, frame.knownAt), to: frame.period.end)
        if let ahead { stretches.append((ahead, .pending)) }
        let others = IntervalSet(stretches.filter { $0.1 != .pass }.map(\.0))
        stretches += Self.series(moments, without: others).map { ($0, .pass) }
        self.init(worstOf: stretches, over: frame.period)
    }

    /// Passing events last a microsecond each. An unbroken series of them, with nothing else to tell in between, is one
    /// stretch from the first to just after the last.
    private static func series(_ moments: [Interval], without others: IntervalSet) -> [Interval] {
        var found: [Interval] = []
        var next = 0
        for moment in moments.sorted() {
            while next < others.intervals.count, others.intervals[next].end <= found.last?.end ?? moment.start
            {
                next += 1
            }
            let isBroken = next < others.intervals.count && others.intervals[next].start < moment.end
            if !isBroken, let last = found.last, let joined = Interval(from: last.start, to: moment.end) {
                found[found.count - 1] = joined
            } else {
                found.append(moment)
            }
        }
        return found
    }
}
