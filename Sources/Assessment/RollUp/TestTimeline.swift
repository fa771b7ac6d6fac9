import Evidence
import Formats

extension Timeline {
    /// The timeline of a test: the worst of its rows, and what is unknown or still ahead. Passing events are drawn as
    /// one stretch from the first to just after the last: between them nothing happened that could have failed.
    init(_ rows: SweptRows, _ frame: Frame) {
        self.init(rows, rows.plain.stretches, frame)
    }

    /// What the test shows beside others: the same, but of passing events no more than their instants.
    init(evidence rows: SweptRows, _ frame: Frame) {
        self.init(rows, rows.plain.evidence, frame)
    }

    private init(
        _ rows: SweptRows, _ plain: [(interval: Interval, verdict: Verdict)], _ frame: Frame
    ) {
        // The part of the period that lies ahead: whatever the test, nothing is decided there.
        let ahead = Interval(from: max(frame.period.start, frame.knownAt), to: frame.period.end)
        let count = rows.listed.rows.count + rows.listed.uncovered.intervals.count + plain.count + 1
        self.init(worstOf: count, over: frame.period) { add in
            // In their memory: a row that an array hands out is a copy, and its parts are counted.
            for stretch in rows.listed.rows.stretches {
                stretch.withUnsafeBufferPointer { rows in
                    for place in rows.indices { add(rows[place].interval, rows[place].verdict) }
                }
            }
            for interval in rows.listed.uncovered.intervals { add(interval, .unknown) }
            for stretch in plain { add(stretch.interval, stretch.verdict) }
            if let ahead { add(ahead, .pending) }
        }
    }
}
