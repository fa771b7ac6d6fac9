package import Catalog
package import Evidence
package import Formats

/// How the tests of a control combine.
package enum Combination: String, Sendable, Hashable {
    /// Every test must hold.
    case all
    /// One of them suffices.
    case any

    /// The tests together, at every instant.
    fileprivate func timeline(of tests: [Timeline], over period: Interval) -> Timeline {
        switch self {
        case .all: Timeline(worstOf: tests, over: period)
        case .any: Timeline(bestOf: tests, over: period)
        }
    }
}

/// A control as the roll-up sees it.
package struct ControlRule: Sendable {
    package let id: Identifier
    package let title: String
    package let criteria: [Identifier]
    package let tests: [Identifier]
    package let isKey: Bool
    package let combination: Combination
    /// Controls that make good for it while it fails.
    package let compensating: [Identifier]

    package init(
        id: Identifier, title: String, criteria: [Identifier], tests: [Identifier], isKey: Bool,
        combination: Combination, compensating: [Identifier] = []
    ) {
        self.id = id
        self.title = title
        self.criteria = criteria
        self.tests = tests
        self.isKey = isKey
        self.combination = combination
        self.compensating = compensating
    }
}

extension ControlRule {
    /// The tests that may stand in for others while these fail: where one of several suffices, and those of controls
    /// that make good for others.
    static func testsMadeUseOf(_ controls: [ControlRule]) -> Set<Identifier> {
        let makers = Set(controls.flatMap(\.compensating))
        let used = controls.filter { control in
            makers.contains(control.id) || (control.combination == .any && control.tests.count > 1)
        }
        return Set(used.flatMap(\.tests))
    }
}

/// The outcome of a control: its tests together, at every instant and on the whole.
package struct ControlOutcome: Sendable {
    package let control: ControlRule
    package let timeline: Timeline
    /// Where its tests passed, of events only their instants: what counts where other controls fail.
    private(set) var passing: IntervalSet
    package private(set) var conclusion: Conclusion
    /// What the conclusion would be had every failure been made good.
    private(set) var madeGood: Conclusion
    /// What other controls made good while it failed.
    package internal(set) var mitigation: Mitigation?
    /// Its tests that are only listed beside the others, as alternative procedures.
    package private(set) var alternatives: [Identifier] = []
    /// Where, of the part of the period that has passed, none of its tests was in force; empty where that is too little to
    /// count. Otherwise a test that begins on the last day would speak for a year.
    package private(set) var untested = IntervalSet()
    /// Where all must hold: its tests that were in force for too little of the part of the period that has passed to speak
    /// for it, beside others that do. They leave the conclusion as it is, or adding a test would be a fault.
    package private(set) var testedInPart: [TestInPart] = []
    /// Its tests that were not in force in the period at all.
    package private(set) var absent: [Identifier] = []
    /// Whether exceptions are on record that the control answers for, whatever else is open.
    package let hasExceptions: Bool

    /// - Parameters:
    ///   - tests: the outcomes of those of the control's tests that were in force in the period.
    ///   - elapsed: the part of the period that has passed; nil is all of it.
    package init(
        _ control: ControlRule, tests all: [TestOutcome], period: Interval, elapsed: IntervalSet? = nil,
        tolerance: Tolerance = .standard
    ) {
        let alternatives = ControlRule.alternatives(all, control.combination)
        let tests = all.filter { !alternatives.contains($0.test.id) }
        let present = Set(all.map(\.test.id))
        // A test that was never in force has tested nothing, and its silence is no success.
        let missing = control.tests.filter { !present.contains($0) }
        let absent = missing.map { _ in Conclusion.notTested }
        let elapsed = elapsed ?? IntervalSet([period])
        let hasSeries = tests.contains { $0.evidence != nil }
        self.init(
            control, timelines: tests.map(\.timeline),
            evidence: hasSeries ? tests.map { $0.evidence ?? $0.timeline } : nil,
            conclusions: Self.weighed(tests, control.combination, elapsed, tolerance, \.conclusion) + absent,
            madeGood: Self.weighed(tests, control.combination, elapsed, tolerance, \.madeGood) + absent,
            hasExceptions: tests.contains(where: \.hasExceptions), period: period,
            carries: Self.carries(tests, elapsed, tolerance))
        self.alternatives = alternatives
        self.absent = missing
        if control.combination == .all {
            // While one of them was not in force, the others do not make up the control.
            passing =
                absent.isEmpty ? tests.reduce(passing) { $0.intersection($1.test.inForce) } : IntervalSet()
        }
        untested = Self.untested(tests, in: elapsed, tolerance)
        if !untested.isEmpty {
            if Self.speakForThePeriod.contains(conclusion) { conclusion = .noEvidence }
            if Self.speakForThePeriod.contains(madeGood) { madeGood = .noEvidence }
        } else if control.combination == .all {
            testedInPart = tests.compactMap { $0.test.inPart(of: elapsed, tolerance) }
        }
    }

    /// Conclusions that say of the whole period that nothing was wrong in it, or not much.
    private static let speakForThePeriod: Set<Conclusion> = [.effective, .withExceptions, .noOccurrence]

    private static func untested(
        _ tests: [TestOutcome], in elapsed: IntervalSet, _ tolerance: Tolerance
    ) -> IntervalSet {
        let inForce = IntervalSet(tests.flatMap { $0.test.versions.map(\.inForce) })
        return tests.isEmpty || inForce.isEnough(of: elapsed, tolerance)
            ? IntervalSet() : inForce.gaps(in: elapsed)
    }

    /// Whether those tests that ever held were in force for so much of a time that they may speak for all of it. Time
    /// out of force looks like time in which nothing applies, and that alone is no success.
    private static func carries(
        _ tests: [TestOutcome], _ elapsed: IntervalSet, _ tolerance: Tolerance
    ) -> Bool {
        let held = tests.filter { outcome in
            (outcome.evidence ?? outcome.timeline).segments.contains {
                $0.verdict == .pass || $0.verdict == .tolerated
            }
        }
        return IntervalSet(held.flatMap { $0.test.versions.map(\.inForce) }).isEnough(of: elapsed, tolerance)
    }

    /// What the tests conclude, as far as they speak for the period.
    ///
    /// Where one of several suffices, one that was in force for a part of the period only does not carry the rest of it.
    /// Such tests count together, each for its own part and as if all had to hold: beside one that was in force for all
    /// of it only if they were in force for enough of it. A failure of one is not made milder by the silence of another.
    private static func weighed(
        _ tests: [TestOutcome], _ combination: Combination, _ elapsed: IntervalSet, _ tolerance: Tolerance,
        _ conclusion: (TestOutcome) -> Conclusion
    ) -> [Conclusion] {
        let partial = tests.filter { !$0.test.speaks(for: elapsed, tolerance) }
        let own = partial.map(conclusion)
        guard combination == .any, !partial.isEmpty else { return tests.map(conclusion) }
        let whole = tests.filter { $0.test.speaks(for: elapsed, tolerance) }.map(conclusion)
        let isEnough = untested(partial, in: elapsed, tolerance).isEmpty
        return whole.isEmpty || isEnough ? whole + [combine(own, .all)] : whole
    }

    /// - Parameters:
    ///   - evidence: of each test what it shows beside the others; nil when that is what is drawn of it.
    ///   - madeGood: what the tests would conclude had every failure been made good; nil when none was.
    ///   - carries: whether those that held were in force for enough of the time.
    init(
        _ control: ControlRule, timelines: [Timeline], evidence: [Timeline]? = nil,
        conclusions: [Conclusion], madeGood: [Conclusion]? = nil, hasExceptions: Bool, period: Interval,
        carries: Bool = true
    ) {
        let drawn = control.combination.timeline(of: timelines, over: period)
        let shown = evidence.map { control.combination.timeline(of: $0, over: period) } ?? drawn
        self.control = control
        passing = shown.time(of: .pass)
        // One alternative's series of events is drawn only where none has anything to tell.
        timeline = control.combination == .any ? shown.filled(by: drawn) : drawn
        conclusion =
            control.combination == .any && carries && Self.alwaysHolds(shown)
            ? .effective : Self.combine(conclusions, control.combination)
        self.madeGood = madeGood.map { Self.combine($0, control.combination) } ?? conclusion
        // Where one alternative was effective, what failed in another is no exception of the control.
        let isCarried = control.combination == .any && conclusion == .effective
        self.hasExceptions = hasExceptions && !isCarried
    }

    /// At every instant one of the tests held, though perhaps none of them did all the time.
    private static func alwaysHolds(_ evidence: Timeline) -> Bool {
        let verdicts = Set(evidence.segments.map(\.verdict))
        return verdicts.contains(.pass) && verdicts.isSubset(of: [.pass, .tolerated, .notApplicable])
    }

    /// What is not decided yet stands before exceptions: those are kept beside the conclusion.
    private static let worstFirst: [Conclusion] = [
        .ineffective, .noEvidence, .notTested, .pending, .withExceptions, .effective, .noOccurrence,
    ]

    private static let bestFirst: [Conclusion] = [
        .effective, .withExceptions, .pending, .noEvidence, .ineffective, .notTested, .noOccurrence,
    ]

    private static func combine(_ conclusions: [Conclusion], _ combination: Combination) -> Conclusion {
        let order = combination == .all ? worstFirst : bestFirst
        return order.first { conclusions.contains($0) } ?? .notTested
    }
}

/// Whether a criterion is proposed as met.
package enum CriterionStatus: String, Sendable, Hashable, CaseIterable {
    case met
    case notMet = "not met"
    case notDeterminable = "not determinable"
    /// No control addresses it, or none of its controls is tested.
    case notAddressed = "not addressed"

    /// Worst first.
    static let worstFirst: [CriterionStatus] = [.notMet, .notDeterminable, .notAddressed, .met]
}

/// A criterion with the controls that bear on it.
package struct CriterionOutcome: Sendable {
    package let criterion: Criterion
    package let controls: [Identifier]
    package let status: CriterionStatus
    /// Exceptions are on record, whatever the status.
    package let hasExceptions: Bool

    package init(_ criterion: Criterion, controls: [ControlOutcome]) {
        let key = controls.filter(\.control.isKey)
        let counted = key.isEmpty ? controls : key
        let conclusions = counted.map(\.weighed)
        self.criterion = criterion
        self.controls = controls.map(\.control.id)
        hasExceptions = counted.contains(where: \.hasExceptions)
        if conclusions.contains(.ineffective) {
            status = .notMet
        } else if conclusions.contains(.noEvidence) || conclusions.contains(.pending) {
            status = .notDeterminable
        } else if conclusions.contains(.notTested), conclusions.contains(where: { $0 != .notTested }) {
            // A key control that nothing tests cannot be carried by its neighbours.
            status = .notDeterminable
        } else if conclusions.contains(.effective) || conclusions.contains(.withExceptions) {
            status = .met
        } else if conclusions.contains(.noOccurrence) {
            status = .notDeterminable
        } else {
            status = .notAddressed
        }
    }
}

/// A category is as good as its worst criterion; one that nothing addresses is not met by silence.
package struct CategoryOutcome: Sendable {
    package let category: Catalog.Category
    package let status: CriterionStatus
    package let addressed: Int
    package let criteria: Int

    package init(_ category: Catalog.Category, criteria: [CriterionOutcome]) {
        let addressed = criteria.filter { $0.status != .notAddressed }
        self.category = category
        self.criteria = criteria.count
        self.addressed = addressed.count
        status =
            addressed.isEmpty
            ? .notAddressed
            : CriterionStatus.worstFirst.first { status in criteria.contains { $0.status == status } }
                ?? .notAddressed
    }
}
