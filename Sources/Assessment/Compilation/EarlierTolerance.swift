import Formats
package import Programs

extension AssessmentInput {
    /// The shares that were agreed for this period when the program stood otherwise.
    ///
    /// What was raised or lowered after the fact would else judge the earlier result too, and hide that conclusions changed.
    /// - Parameters:
    ///   - later: the program that this input is made from. An assessment on record names no period, so it is the one with
    ///     these dates and shares.
    ///   - earlier: there, the period is the one of that name, else one of the same dates.
    /// - Returns: this input's own shares where the earlier program had no such period, or no period is named.
    package func agreedTolerance(by later: Program, asOf earlier: Program) -> Tolerance {
        let named = later.periods.filter {
            $0.interval(in: later.zone) == period && Tolerance($0) == tolerance
        }
        guard !named.isEmpty else { return tolerance }
        let before =
            named.compactMap { earlier.period($0.id) }.first
            ?? earlier.periods.first { $0.interval(in: earlier.zone) == period }
        return before.map { Tolerance($0) } ?? tolerance
    }
}
