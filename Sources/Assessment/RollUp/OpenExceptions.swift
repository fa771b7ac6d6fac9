package import Formats

extension TestOutcome {
    /// How many of the exceptions last at the end of what is known: a record that fails and was not seen otherwise
    /// since, or something due that nobody has answered. What happened at an instant, and a window that has passed, is
    /// over.
    ///
    /// - Parameter knownAt: the time of knowledge.
    package func openExceptions(knownAt: Instant) -> Int {
        let end = min(timeline.period.end, knownAt)
        return listed.byUnit.reduce(0) { count, unit in
            count + unit.rows.count(where: Self.isUnanswered)
                + (Self.isFailing(unit.rows, until: end) ? 1 : 0)
        }
    }

    /// Of an obligation only the time behind its due instant has failed, which a missed window never is.
    private static func isUnanswered(_ row: VerdictRow) -> Bool {
        row.verdict == .fail && row.reason == .missed && row.due == row.interval.start
    }

    /// Nothing collected since then says that it was put right, or that the record ceased to exist.
    private static func isFailing(_ rows: ArraySlice<VerdictRow>, until end: Instant) -> Bool {
        let stretches = rows.filter(\.isStretch)
        let decided = stretches.last { $0.verdict != .unknown && $0.verdict != .pending }
        guard decided?.verdict == .fail, let last = stretches.last else { return false }
        return last.interval.end >= end
    }
}
