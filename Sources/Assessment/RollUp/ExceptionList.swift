import Evidence
import Formats

/// What failed in a test, in the order of its rows.
///
/// There may be millions, nearly all of them one row that failed: so each is made of its row when it is asked for.
package struct ExceptionList: Sendable, RandomAccessCollection {
    private let rows: [VerdictRow]
    /// Of each exception the place of its row; where several rows make it up, what its place in `runs` is, inverted bit by
    /// bit.
    private var places: [Int] = []
    private var runs: [ControlException] = []

    /// - Parameter rows: of which `append` tells those that failed.
    init(of rows: [VerdictRow]) {
        self.rows = rows
        places.reserveCapacity(rows.indices.count { rows[$0].verdict == .fail })
    }

    /// Adds what an unbroken run of failing rows comes to; one that is alone is told by its place among the rows.
    mutating func append(_ run: ArraySlice<VerdictRow>) {
        if run.count == 1 { return places.append(run.startIndex) }
        guard let exception = ControlException(run) else { return }
        places.append(~runs.count)
        runs.append(exception)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { places.count }

    package subscript(position: Int) -> ControlException {
        let place = places[position]
        return place < 0 ? runs[~place] : ControlException(rows, at: place)
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
            reason: first.reason, due: first.due, references: FactReferences(run.flatMap(\.references)).inOrder)
    }
}
