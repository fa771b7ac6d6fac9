package import Formats
package import Programs

extension AssessmentInput {
    /// The shares that were agreed for this period when the program stood otherwise.
    ///
    /// What was raised or lowered after the fact would else judge the earlier result too, and hide that conclusions changed.
    /// - Parameters:
    ///   - named: the period that was asked for. An assessment on record names none: it may be of any with these dates and
    ///     shares, so the strictest that were agreed for one of them count.
    ///   - later: the program that this input is made from.
    ///   - earlier: there, the period is the one of that name, else one of the same dates.
    /// - Returns: this input's own shares where the earlier program had no such period, or no period is meant.
    package func agreedTolerance(
        of named: Identifier?, by later: Program, asOf earlier: Program
    ) -> Tolerance {
        let meant =
            named.map { [$0] }
            ?? later.periods.filter {
                $0.interval(in: later.zone) == period && Tolerance($0) == tolerance
            }.map(\.id)
        guard !meant.isEmpty else { return tolerance }
        let same = meant.compactMap { earlier.period($0) }
        let before =
            same.isEmpty ? earlier.periods.filter { $0.interval(in: earlier.zone) == period } : same
        return Tolerance.strictest(before.map { Tolerance($0) }) ?? tolerance
    }
}

extension Tolerance {
    /// What satisfies all of several; nil when there are none.
    fileprivate static func strictest(_ all: [Tolerance]) -> Tolerance? {
        guard let deviations = all.map(\.deviations).min(), let coverage = all.map(\.coverage).max()
        else { return nil }
        return Tolerance(deviations: deviations, coverage: coverage)
    }
}
