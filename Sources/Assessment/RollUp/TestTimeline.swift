import Evidence
import Formats

extension Timeline {
    /// The timeline of a test: the worst of its rows, and what is unknown or still ahead. Passing events count as one
    /// stretch from the first to just after the last: between them nothing happened that could have failed.
    init(_ rows: SweptRows, _ frame: Frame) {
        var stretches = rows.listed.rows.map { ($0.interval, $0.verdict) }
        stretches += rows.listed.uncovered.intervals.map { ($0, .unknown) }
        stretches += rows.plain.stretches.map { ($0.interval, $0.verdict) }
        // The part of the period that lies ahead: whatever the test, nothing is decided there.
        let ahead = Interval(from: max(frame.period.start, frame.knownAt), to: frame.period.end)
        if let ahead { stretches.append((ahead, .pending)) }
        self.init(worstOf: stretches, over: frame.period)
    }
}
