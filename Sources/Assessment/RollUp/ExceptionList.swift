import Evidence
import Formats

/// What failed in a test, in the order of its rows.
///
/// There may be millions, nearly all of them one row that failed: so each is made of its row when it is asked for.
package struct ExceptionList: Sendable, RandomAccessCollection {
    private let rows: RowList
    /// Of each exception the place of its row; where several rows make it up, what its place in `runs` is, inverted bit by
    /// bit.
    private var places: [Int] = []
    private var runs: [ControlException] = []

    /// - Parameter rows: of which `append` tells those that failed.
    init(of rows: RowList) {
        self.rows = rows
        places.reserveCapacity(
            rows.stretches.reduce(0) { count, rows in
                count + rows.indices.count { rows[$0].verdict == .fail }
            })
    }

    /// Adds what an unbroken run of failing rows comes to.
    ///
    /// - Parameter place: of the first among the rows, by which one that is alone is told.
    mutating func append(_ run: ArraySlice<VerdictRow>, at place: Int) {
        if run.count == 1 { return places.append(place) }
        guard let exception = ControlException(run) else { return }
        places.append(~runs.count)
        runs.append(exception)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { places.count }

    package subscript(position: Int) -> ControlException {
        let place = places[position]
        if place < 0 { return runs[~place] }
        let (stretch, index) = rows.located(place)
        return ControlException(stretch, at: index)
    }
}

// Part by part: a row as a whole is dear to copy.
extension ControlException {
    fileprivate init(_ rows: [VerdictRow], at place: Int) {
        let interval = rows[place].interval
        self.init(
            key: rows[place].key, source: rows[place].source, interval: interval,
            failing: rows[place].isStretch ? interval.length : .zero, reason: rows[place].reason,
            due: rows[place].due, references: rows[place].references.inOrder)
    }

    /// Nil when there is no row.
    fileprivate init?(_ run: ArraySlice<VerdictRow>) {
        guard let first = run.first, let last = run.last,
            let interval = Interval(from: first.interval.start, to: last.interval.end)
        else { return nil }
        self.init(
            key: first.key, source: first.source, interval: interval,
            failing: first.isStretch ? run.reduce(.zero) { $0 + $1.interval.length } : .zero,
            reason: first.reason, due: first.due,
            references: FactReferences(run.flatMap(\.references)).inOrder)
    }
}
