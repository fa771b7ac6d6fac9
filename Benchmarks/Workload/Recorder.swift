import Formats

/// Writes facts into a table with the times at which they became known, and hands the table on when it is full.
///
/// Draws for every fact, in this order: late (once in 100; then 1 day and up to 30 days, else a minute and up to an
/// hour); corrected (once in 500; then an hour and up to 20 days after the first record).
struct Recorder {
    private(set) var table: FactTable
    private var draws: SplitMix64
    /// States are known by then at the latest: what is believed of their ends depends on the next version.
    private let latest: Int64
    private let limit: Int
    private let body: (FactTable) throws -> Void

    init(
        _ kind: WorkloadKind, _ draws: SplitMix64, latest: Int64 = .max, limit: Int,
        _ body: @escaping (FactTable) throws -> Void
    ) {
        table = FactTable(kind)
        self.draws = draws
        self.latest = latest
        self.limit = limit
        self.body = body
    }

    /// - Parameter mistake: a value that was recorded wrongly at first, if the fact is one that was corrected.
    mutating func record(
        _ key: Int, from start: Int64, to end: Int64 = FactTable.open, _ values: [Int64],
        mistake: (column: Int, value: Int64), isKept: Bool = true
    ) throws {
        typealias Calendar = WorkloadCalendar
        var known = start
        if draws.once(in: 100) {
            known += Calendar.day + draws.below(30 * Calendar.day)
        } else {
            known += 60 * Calendar.second + draws.below(Calendar.hour)
        }
        var correction = FactTable.open
        if draws.once(in: 500) { correction = known + Calendar.hour + draws.below(20 * Calendar.day) }
        guard isKept else { return }
        known = min(known, latest)
        if correction != FactTable.open {
            correction = min(correction, latest)
            var wrong = values
            wrong[mistake.column] = mistake.value
            table.append(key, from: start, to: end, known: known, superseded: correction, wrong)
            known = correction
        }
        table.append(key, from: start, to: end, known: known, superseded: FactTable.open, values)
    }

    /// To be called where a table may end: between keys, or between events.
    mutating func mayEnd() throws {
        if table.count >= limit { try end() }
    }

    mutating func end() throws {
        guard table.count > 0 else { return }
        try body(table)
        table.removeAll()
    }
}
