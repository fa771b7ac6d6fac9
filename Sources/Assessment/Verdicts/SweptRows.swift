import Evidence
import Formats

/// The rows of one test, with the units of which there is nothing to tell counted and not listed: there may be millions.
package struct SweptRows: Sendable {
    package var listed: TestRows
    package var plain = PlainUnits()
    /// Whether units that are measured in time are listed in any case.
    private let listsStretches: Bool

    init(listsStretches: Bool = false) {
        listed = TestRows()
        self.listsStretches = listsStretches
    }

    /// The same from rows that are all listed, and sorted.
    package init(_ rows: TestRows) {
        self.init()
        listed.uncovered = rows.uncovered
        for unit in rows.rows.byUnit { add(unit: unit.filter(\.isStretch)) }
        let others = rows.rows.filter { !$0.isStretch }
        for row in others where !row.isMoment { add(row) }
        // Whether passing events follow one another is seen in order of time.
        let moments = others.filter(\.isMoment).sorted {
            ($0.source, $0.interval.start, $0.key) < ($1.source, $1.interval.start, $1.key)
        }
        for row in moments { add(row) }
        listed.sort()
    }

    /// Adds the row of an event, a window or an obligation; the events of a source in order of time.
    mutating func add(_ row: consuming VerdictRow) {
        if row.isMoment {
            if row.verdict == .pass { return plain.addEvents(1, over: row.interval, of: row.source) }
            plain.endSeries(of: row.source)
        } else if row.verdict == .pass {
            return plain.addOccurrence(row.interval)
        }
        listed.rows.append(row)
    }

    /// Adds events of a source that stand together in time, none of which passed.
    ///
    /// - Parameter awaited: what is uncovered from here on is not collected *yet*.
    mutating func addMoments(_ rows: ArraySlice<VerdictRow>, of source: Identifier, awaited: Instant) {
        plain.endSeries(of: source)
        let first = listed.rows.count
        listed.rows += rows
        for place in first..<listed.rows.count
        where listed.rows[place].interval.start >= awaited && listed.rows[place].reason == .uncovered {
            listed.rows[place].verdict = .pending
        }
    }

    /// Adds all rows of a unit that is measured in time.
    mutating func add(unit rows: some Collection<VerdictRow>) {
        if rows.isEmpty { return }
        guard !listsStretches, rows.allSatisfy(\.isPlainStretch) else { return listed.rows += rows }
        for row in rows { plain.add(row.verdict, over: row.interval) }
        plain.endUnit()
    }

    /// Adds all rows of a unit that is measured in time, as a walk over it finds them.
    ///
    /// - Parameter mustApply: a unit that never applies is left out.
    mutating func addUnit(
        _ key: Identifier, of source: Identifier, in period: Interval, mustApply: Bool = false,
        _ body: (inout KeyWalk) -> Void
    ) {
        // The walk appends to the rows that are here already, so that none is copied.
        var rows: [VerdictRow] = []
        swap(&rows, &listed.rows)
        let first = rows.count
        var walk = KeyWalk(key: key, source: source, period: period, after: consume rows)
        body(&walk)
        listed.rows = walk.finish()
        let own = first..<listed.rows.count
        if mustApply, own.allSatisfy({ listed.rows[$0].verdict == .notApplicable }) {
            listed.rows.removeLast(own.count)
        } else if !own.isEmpty, !listsStretches, own.allSatisfy({ listed.rows[$0].isPlainStretch }) {
            for index in own { plain.add(listed.rows[index].verdict, over: listed.rows[index].interval) }
            plain.endUnit()
            listed.rows.removeLast(own.count)
        }
    }

    mutating func add(_ other: SweptRows) {
        if listed.rows.isEmpty { listed.rows = other.listed.rows } else { listed.rows += other.listed.rows }
        listed.uncovered = listed.uncovered.union(other.listed.uncovered)
        plain.add(other.plain)
    }
}

extension VerdictRow {
    /// Whether it says no more than what the coverage of its sources does.
    fileprivate var isPlainStretch: Bool {
        switch verdict {
        case .pass, .pending, .notApplicable: true
        case .unknown:
            switch reason {
            case .uncovered, .joinUncovered: true
            default: false
            }
        case .fail, .tolerated, .waived: false
        }
    }
}

extension [VerdictRow] {
    /// Sorted rows, those of one key and source together.
    var byUnit: RowUnits { RowUnits(rows: self) }
}

/// Sorted rows, those of one key and source together.
struct RowUnits: Sequence, IteratorProtocol {
    let rows: [VerdictRow]
    private var first = 0

    init(rows: [VerdictRow]) {
        self.rows = rows
    }

    mutating func next() -> ArraySlice<VerdictRow>? {
        guard first < rows.count else { return nil }
        var last = first + 1
        while last < rows.count, rows[last].key == rows[first].key, rows[last].source == rows[first].source {
            last += 1
        }
        defer { first = last }
        return rows[first..<last]
    }
}
