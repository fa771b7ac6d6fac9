import Evidence
package import Formats

/// What can be said as of one instant (Type I) of a test that judges what happens over time: that it is designed, and
/// the last unit that it judged.
package struct LastOccurrence: Sendable, Hashable {
    /// The event, window or trigger.
    package let key: Identifier
    /// When it was judged: when it fell due, or happened.
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
        let decided = evaluate(before).rows.filter {
            !$0.isStretch && $0.verdict != .pending && $0.verdict != .notApplicable
        }
        let last = decided.max {
            ($0.due ?? $0.interval.start, $1.verdict.rank, $1.key)
                < ($1.due ?? $1.interval.start, $0.verdict.rank, $0.key)
        }
        return last.map {
            LastOccurrence(
                key: $0.key, at: $0.due ?? $0.interval.start, verdict: $0.verdict, reason: $0.reason,
                references: $0.references)
        }
    }
}

extension Frame {
    /// The period is a single instant.
    var isInstant: Bool { period.isInstant }
}
