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
    /// Whether it rests on signed statements only.
    var isStatement: Bool {
        test.versions.allSatisfy { if case .attest = $0.requirement { true } else { false } }
    }
}
