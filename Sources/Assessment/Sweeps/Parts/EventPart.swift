import Evidence
import Formats

/// What one version of a test finds in one block of events, in their order; events that are out of scope are left out.
struct EventPart: Sendable {
    /// Events that passed one after another.
    struct Passed: Sendable {
        let count: Int
        let interval: Interval
        /// So many of the rows stand before them.
        let rowsBefore: Int
    }

    /// Of events that did not pass: those that did would each take as much memory as a row.
    private(set) var rows: [VerdictRow] = []
    private(set) var passed: [Passed] = []
    /// When the events that passed happened, in a sweep that keeps it; never stored.
    var moments: [Int64] = []

    init(rows: Int = 0, passed: Int = 0) {
        self.rows.reserveCapacity(rows)
        self.passed.reserveCapacity(passed)
    }

    /// Adds the row of the next event, whatever its verdict.
    mutating func add(_ row: consuming VerdictRow) {
        if row.verdict == .pass { return pass(1, over: row.interval) }
        rows.append(row)
    }

    mutating func pass(_ count: Int, over interval: Interval) {
        passed.append(Passed(count: count, interval: interval, rowsBefore: rows.count))
    }

    /// Goes through rows and passed events in the order of the events.
    func forEach(row tell: (VerdictRow) -> Void, passed pass: (Passed) -> Void) {
        var next = 0
        for place in 0...rows.count {
            while next < passed.count, passed[next].rowsBefore == place {
                pass(passed[next])
                next += 1
            }
            if place < rows.count { tell(rows[place]) }
        }
    }

    /// Adds what was found to the rows of a test.
    ///
    /// - Parameter awaited: from here on what nobody vouched for is not collected *yet*. It moves with the time of
    ///   knowledge, so it has no say in the part itself.
    func add(to found: inout SweptRows, of source: Identifier, awaited: Instant) {
        var next = 0
        func interrupt(before end: Int) {
            if next < end { found.plain.endSeries(of: source) }
            next = end
        }
        for run in passed {
            interrupt(before: run.rowsBefore)
            found.plain.addEvents(run.count, over: run.interval, of: source)
        }
        interrupt(before: rows.count)
        found.plain.keep(moments: moments)
        found.list(moments: rows, awaited: awaited)
    }
}
