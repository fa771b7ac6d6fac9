import Evidence
package import Formats

/// What can be said as of one instant (Type I) of a test that judges what happens over time: that it is designed, and
/// the last unit that it judged.
package struct LastOccurrence: Sendable, Hashable {
    /// The event, window or trigger.
    package let key: Identifier
    /// When it was decided: when it fell due, was met before that, or happened.
    package let at: Instant
    package let verdict: Verdict
    package let reason: VerdictReason?
    package let references: FactReferences
}

extension ControlTest {
    /// How far back the last occurrence is looked for: a year and some leeway.
    static let lookBack = TimeSpan.days(400)

    /// The last unit that was decided before the end of a period; of several at that instant the worst, because one that
    /// passed must not hide one that failed. Nil for tests that hold at every instant, and when there was none for a year.
    package func lastOccurrence(_ frame: Frame) -> LastOccurrence? {
        guard let past = Interval(from: frame.period.end - Self.lookBack, to: frame.period.end) else {
            return nil
        }
        var before = Frame(history: frame.history, period: past, knownAt: frame.knownAt)
        before.isLookBack = true
        let last = frame.period.end - TimeSpan(microseconds: 1)
        let decided = evaluate(before).rows.compactMap { row in
            row.isStretch ? nil : row.decided(by: last).map { (row: row, at: $0) }
        }
        let latest = decided.max {
            ($0.row.instant, $1.row.verdict.rank, $0.row.key)
                < ($1.row.instant, $0.row.verdict.rank, $1.row.key)
        }
        return latest.map {
            LastOccurrence(
                key: $0.row.key, at: $0.at, verdict: $0.row.verdict, reason: $0.row.reason,
                references: $0.row.references)
        }
    }
}

extension VerdictRow {
    /// When it was decided, if that was by an instant. A window may end before it and fall due behind it: until then
    /// nothing is missing, and what came later has no part in what was so by then.
    fileprivate func decided(by last: Instant) -> Instant? {
        switch verdict {
        case .pending, .notApplicable: return nil
        case .pass where instant > last:
            guard case .satisfied(let met)? = reason, met <= last else { return nil }
            return met
        case .pass, .fail, .tolerated, .waived, .unknown: return instant <= last ? instant : nil
        }
    }
}

extension Frame {
    /// The period is a single instant.
    var isInstant: Bool { period.isInstant }
}
