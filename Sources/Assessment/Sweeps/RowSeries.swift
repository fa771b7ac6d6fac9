import Evidence
import Formats

/// Rows of one key in the making: a stretch that says the same as the one before it lengthens it.
struct RowSeries {
    let key: Identifier
    let source: Identifier
    let period: Interval
    private var rows: [VerdictRow]
    private var open: OpenRow?

    private struct OpenRow {
        let start: Int64
        var end: Int64
        let verdict: Verdict
        let reason: VerdictReason?
        let run: Int64?
        var references: FactReferences
        var isJoined = false
    }

    /// - Parameter rows: those of other keys, to which those of this one are added.
    init(key: Identifier, source: Identifier, period: Interval, after rows: consuming [VerdictRow]) {
        self.rows = rows
        self.key = key
        self.source = source
        self.period = period
    }

    /// Adds a stretch, clipped to the period, that does not begin before the last one.
    mutating func add(
        from start: Int64, to end: Int64, _ verdict: Verdict, _ reason: VerdictReason? = nil,
        run: Int64? = nil, _ reference: FactReference, _ partner: FactReference? = nil
    ) {
        let start = max(start, period.start.microseconds)
        let end = min(end, period.end.microseconds)
        guard start < end else { return }
        if let last = open, last.end == start, last.verdict == verdict, last.run == run,
            last.reason == reason
        {
            open?.end = end
            open?.isJoined = true
            for reference in [reference, partner].compactMap({ $0 })
            where !last.references.suffix(2).contains(reference) {
                open?.references.append(reference)
            }
            return
        }
        flush()
        open = OpenRow(
            start: start, end: end, verdict: verdict, reason: reason, run: run,
            references: FactReferences(reference))
        if let partner { open?.references.append(partner) }
    }

    /// Gives back the rows of all keys, and keeps none: their only owner may go on adding to them in place.
    mutating func finish() -> [VerdictRow] {
        flush()
        var found: [VerdictRow] = []
        swap(&found, &rows)
        return found
    }

    private mutating func flush() {
        guard let row = open else { return }
        open = nil
        guard
            let interval = Interval(
                from: Instant(microseconds: row.start), to: Instant(microseconds: row.end))
        else { return }
        rows.append(
            VerdictRow(
                key: key, source: source, interval: interval, verdict: row.verdict, reason: row.reason,
                references: row.isJoined ? row.references.inOrder : row.references,
                run: row.run.map { Instant(microseconds: $0) }))
    }

    /// Adds a stretch in which the key does not live, anywhere in the series.
    mutating func addOutside(from start: Int64, to end: Int64) {
        let start = max(start, period.start.microseconds)
        let end = min(end, period.end.microseconds)
        guard
            let interval = Interval(from: Instant(microseconds: start), to: Instant(microseconds: end))
        else { return }
        flush()
        rows.append(VerdictRow(key: key, source: source, interval: interval, verdict: .notApplicable))
    }
}
