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
        for unit in rows.rows.byUnit { add(unit: unit.rows.filter(\.isStretch)) }
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
            if row.verdict == .pass {
                plain.keep(moments: CollectionOfOne(row.interval.start.microseconds))
                return plain.addEvents(1, over: row.interval, of: row.source)
            }
            plain.endSeries(of: row.source)
        } else if row.verdict == .pass {
            return plain.addOccurrence(row.interval)
        }
        listed.rows.append(row)
    }

    /// Lists events, none of which passed; of that they interrupt series of those that did, others tell.
    ///
    /// - Parameter awaited: what is uncovered from here on is not collected *yet*.
    mutating func list(moments rows: [VerdictRow], awaited: Instant) {
        var rows = rows
        for place in rows.indices
        where rows[place].interval.start >= awaited && rows[place].reason == .uncovered {
            rows[place].verdict = .pending
        }
        listed.rows.adopt(rows)
    }

    /// Adds all rows of a unit that is measured in time.
    mutating func add(unit rows: some Collection<VerdictRow>) {
        if rows.isEmpty { return }
        guard !listsStretches, rows.allSatisfy(\.isPlainStretch) else {
            return listed.rows.append(contentsOf: rows)
        }
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
        listed.rows.changeOpen { listed in
            // The walk appends to the rows that are here already, so that none is copied.
            var rows: [VerdictRow] = []
            swap(&rows, &listed)
            let first = rows.count
            var walk = KeyWalk(key: key, source: source, period: period, after: consume rows)
            body(&walk)
            listed = walk.finish()
            let own = first..<listed.count
            if mustApply, own.allSatisfy({ listed[$0].verdict == .notApplicable }) {
                listed.removeLast(own.count)
            } else if !own.isEmpty, !listsStretches, own.allSatisfy({ listed[$0].isPlainStretch }) {
                for index in own { plain.add(listed[index].verdict, over: listed[index].interval) }
                plain.endUnit()
                listed.removeLast(own.count)
            }
        }
    }

    mutating func add(_ other: SweptRows) {
        listed.rows.adopt(other.listed.rows)
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
