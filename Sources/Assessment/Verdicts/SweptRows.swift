import Evidence
package import Formats

/// The rows of one test, with the events that plainly passed counted and not listed: there may be millions.
package struct SweptRows: Sendable {
    package var listed: TestRows
    package var passing: PassingEvents

    init(listed: TestRows = TestRows(), passing: PassingEvents = PassingEvents()) {
        self.listed = listed
        self.passing = passing
    }

    /// The same from rows that are all listed.
    package init(_ rows: TestRows) {
        self.init()
        listed.uncovered = rows.uncovered
        listed.rows = rows.rows.filter { !$0.isPlainPass }
        let moments = rows.rows.filter(\.isMoment).sorted {
            ($0.source, $0.interval.start, $0.key) < ($1.source, $1.interval.start, $1.key)
        }
        for row in moments {
            if row.isPlainPass {
                passing.add(1, over: row.interval, of: row.source)
            } else {
                passing.endSeries(of: row.source)
            }
        }
    }

    mutating func add(_ other: SweptRows) {
        listed.rows += other.listed.rows
        listed.uncovered = listed.uncovered.union(other.listed.uncovered)
        passing.add(other.passing)
    }
}

/// Events that passed.
///
/// They last a microsecond each. A series of them from one source, with nothing else to tell of an event in
/// between, is one stretch from the first to just after the last: nothing happened there that could have failed.
package struct PassingEvents: Sendable, Hashable {
    package private(set) var count = 0
    private var series: [Identifier: [Interval]] = [:]
    /// Sources whose next passing event begins a new series.
    private var ended: Set<Identifier> = []

    package init() {}

    /// Adds events of a source that follow one another, and follow those that were added before.
    mutating func add(_ count: Int, over interval: Interval, of source: Identifier) {
        self.count += count
        let isNew = ended.remove(source) != nil
        if !isNew, let last = series[source]?.last, let joined = Interval(from: last.start, to: interval.end)
        {
            series[source]?.removeLast()
            series[source]?.append(joined)
        } else {
            series[source, default: []].append(interval)
        }
    }

    /// Something else is to be told of an event of a source.
    mutating func endSeries(of source: Identifier) {
        ended.insert(source)
    }

    /// Adds those of another part of the test.
    mutating func add(_ other: PassingEvents) {
        count += other.count
        for (source, intervals) in other.series { series[source, default: []] += intervals }
    }

    /// Where on the timeline they stand, in order and disjoint.
    package var stretches: [Interval] { IntervalSet(series.values.flatMap(\.self)).intervals }
}

extension VerdictRow {
    /// An event that passed, and nothing more to say of it.
    package var isPlainPass: Bool { isMoment && verdict == .pass }
}
