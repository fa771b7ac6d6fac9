import Formats

extension TestOutcome {
    /// How many of the exceptions last at the end of what is known: a record that fails and was not seen otherwise
    /// since, or something due that nobody has answered. What happened at an instant, and a window that has passed, is
    /// over.
    package var openExceptions: Int {
        listed.byUnit.reduce(0) { count, unit in
            count + unit.rows.count(where: Self.isUnanswered) + (Self.isFailing(unit.rows) ? 1 : 0)
        }
    }

    /// Of an obligation only the time behind its due instant has failed, which a missed window never is.
    private static func isUnanswered(_ row: VerdictRow) -> Bool {
        row.verdict == .fail && row.reason == .missed && row.due == row.interval.start
    }

    /// Nothing collected since then says that it was put right, that the record ceased to exist, or that the test is
    /// out of force: a unit's stretches go on to the end of the period, whatever is said of it.
    private static func isFailing(_ rows: ArraySlice<VerdictRow>) -> Bool {
        let decided = rows.last { $0.isStretch && $0.verdict != .unknown && $0.verdict != .pending }
        return decided?.verdict == .fail
    }
}
