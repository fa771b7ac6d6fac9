import Formats

extension ControlRule {
    /// Of a control's tests those that are signed statements standing beside other tests. Where one test suffices they
    /// take no part: a statement never turns what another test could not see into a pass. It is listed instead.
    static func alternatives(_ tests: [TestOutcome], _ combination: Combination) -> [Identifier] {
        guard combination == .any, tests.contains(where: { !$0.isStatement }) else { return [] }
        return tests.filter(\.isStatement).map(\.test.id)
    }
}

extension TestOutcome {
    /// Whether it rests on signed statements in the period, if only for a part of it: which part of its conclusion they
    /// made cannot be told. What it once was, or is to be, says nothing of the period.
    var isStatement: Bool {
        test.versions.contains { version in
            if case .attest = version.requirement {
                version.inForce.clipped(to: timeline.period) != nil
            } else {
                false
            }
        }
    }
}
