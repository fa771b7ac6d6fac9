package import Evidence
import Expressions
package import Formats

/// What sweeps are evaluated against: the evidence as columns, the period, and the time of knowledge.
package struct SweepFrame: Sendable {
    package let columns: ColumnHistory
    /// Sources and coverage without the records: all that the rules about silence need.
    let frame: Frame

    package init(columns: ColumnHistory, period: Interval, knownAt: Instant) throws {
        self.columns = columns
        frame = Frame(history: try columns.history(of: []), period: period, knownAt: knownAt)
    }

    var period: Interval { frame.period }

    /// The frame of the simple evaluators, with the records of some kinds.
    func simple(_ kinds: Set<Identifier>) throws -> Frame {
        Frame(history: try columns.history(of: kinds), period: frame.period, knownAt: frame.knownAt)
    }
}

/// The rows of one test, with the units that plainly passed counted and not listed: there may be millions.
package struct SweptRows: Sendable {
    package var listed: TestRows
    package var passing: PassingUnits

    init(listed: TestRows = TestRows(), passing: PassingUnits = PassingUnits()) {
        self.listed = listed
        self.passing = passing
    }

    /// The same from rows that are all listed.
    package init(_ rows: TestRows) {
        self.init()
        listed.uncovered = rows.uncovered
        for row in rows.rows {
            if row.isPlainPass {
                passing.add(row.interval, isEvent: row.due == nil)
            } else {
                listed.rows.append(row)
            }
        }
    }

    mutating func add(_ other: SweptRows) {
        listed.rows += other.listed.rows
        listed.uncovered = listed.uncovered.union(other.listed.uncovered)
        passing.add(other.passing)
    }
}

/// Events, windows and obligations that passed.
package struct PassingUnits: Sendable, Hashable {
    package private(set) var count = 0
    private var events: Interval?
    private var others: [Interval] = []

    package init() {}

    mutating func add(_ interval: Interval, isEvent: Bool) {
        count += 1
        if isEvent { extend(to: interval) } else { add(interval) }
    }

    mutating func add(events count: Int, over interval: Interval) {
        self.count += count
        extend(to: interval)
    }

    mutating func add(_ other: PassingUnits) {
        count += other.count
        if let events = other.events { extend(to: events) }
        for interval in other.others { add(interval) }
    }

    /// Events that pass one after another count as one stretch: between them nothing happened that could have failed.
    private mutating func extend(to interval: Interval) {
        let start = min(events?.start ?? interval.start, interval.start)
        events = Interval(from: start, to: max(events?.end ?? interval.end, interval.end))
    }

    private mutating func add(_ interval: Interval) {
        if let last = others.last, last.start <= interval.start, interval.start <= last.end {
            let end = max(last.end, interval.end)
            others[others.count - 1] = Interval(from: last.start, to: end) ?? last
        } else {
            others.append(interval)
        }
    }

    /// Where on the timeline they stand, in order and disjoint.
    package var stretches: [Interval] { IntervalSet((events.map { [$0] } ?? []) + others).intervals }
}

extension VerdictRow {
    /// One unit that passed, and nothing more to say of it.
    package var isPlainPass: Bool { verdict == .pass && !isStretch }
}
