package import Catalog
package import Evidence
import Expressions
package import Formats
package import Ledger

/// Everything that decides a result, besides the evidence itself.
package struct AssessmentInput: Sendable {
    /// No period is longer; a hundred years, leap days included.
    package static let longestPeriod = TimeSpan.days(36_600)

    package let tests: [ControlTest]
    package let controls: [ControlRule]
    /// The criteria that the engagement does not leave out.
    package let criteria: [Criterion]
    package let tolerance: Tolerance
    package let period: Interval
    package let knownAt: Instant
    /// Digest of the program's whole history.
    package let programDigest: Digest
    /// Sources that were given up, as the program says.
    package let retirements: Retirements
    /// Version of the time zone data that calendar windows are computed with.
    package let timeZoneData: String

    package init(
        tests: [ControlTest], controls: [ControlRule], criteria: [Criterion], tolerance: Tolerance,
        period: Interval,
        knownAt: Instant, programDigest: Digest, retirements: Retirements = Retirements(),
        timeZoneData: String = CalendarWindows.timeZoneData
    ) {
        let combined = ControlRule.testsMadeUseOf(controls)
        self.tests = tests.map { combined.contains($0.id) ? $0.keepingMoments : $0 }
        self.controls = controls
        self.criteria = criteria
        self.tolerance = tolerance
        self.period = period
        self.knownAt = knownAt
        self.programDigest = programDigest
        self.retirements = retirements
        self.timeZoneData = timeZoneData
    }

    /// The part of the period that has passed.
    var elapsed: IntervalSet {
        let past = Interval(from: period.start, to: min(period.end, knownAt))
        return IntervalSet([past].compactMap { $0 })
    }

    /// The same with some of the tests only.
    package func only(_ isWanted: (ControlTest) -> Bool) -> AssessmentInput {
        AssessmentInput(
            tests: tests.filter(isWanted), controls: controls, criteria: criteria, tolerance: tolerance,
            period: period, knownAt: knownAt, programDigest: programDigest, retirements: retirements,
            timeZoneData: timeZoneData)
    }
}

/// The result of an assessment: a pure function of its input and the history (`docs/architecture.md`). No clock, no
/// network, no order of arrival has a part in it.
package struct AssessmentResult: Sendable {
    /// Changes when equal evidence may give another result.
    package static let engine = "assay-calculus/11"

    package let input: AssessmentInput
    package let evidenceDigest: Digest
    package let evidenceLeaves: Int
    package let tests: [TestOutcome]
    /// Of tests that judge what happens over time, when the result is as of one instant.
    package let lastOccurrences: [Identifier: LastOccurrence]
    package let controls: [ControlOutcome]
    package let criteria: [CriterionOutcome]
    package let categories: [CategoryOutcome]

    /// The result by the simple evaluators.
    ///
    /// - Parameter evidenceDigest: digest over the leaf hashes of the batches in the history.
    package init(
        _ input: AssessmentInput, history: History, evidenceDigest: Digest
    ) throws(CostError) {
        let frame = Frame(
            history: history.retiring(input.retirements), period: input.period, knownAt: input.knownAt)
        var last: [Identifier: LastOccurrence] = [:]
        for test in input.tests where frame.isInstant { last[test.id] = test.lastOccurrence(frame) }
        var outcomes: [TestOutcome] = []
        for test in input.tests { outcomes.append(try TestOutcome(test, frame, input.tolerance)) }
        self.init(
            input, tests: outcomes, lastOccurrences: last, evidenceDigest: evidenceDigest,
            evidenceLeaves: history.leaves.count)
    }

    /// The same result from columns, all cores at work: what one core computes is no other's business, and outcomes
    /// stand in the order of the tests whoever finishes first.
    ///
    /// - Parameters:
    ///   - memo: what earlier assessments found, and what this one finds for the next. The result's bytes are the same with
    ///     it and without.
    ///   - costLimit: what all evaluations of one test may take together, in units of `ExpressionLimits.cost`.
    /// - Throws: `CostError`, or that the columns cannot be read.
    package init(
        _ input: AssessmentInput, columns: ColumnHistory, evidenceDigest: Digest, memo: PartMemo? = nil,
        costLimit: Int = CostMeter.standard
    ) throws {
        let frame = try SweepFrame(
            columns: columns.retiring(input.retirements), period: input.period, knownAt: input.knownAt,
            memo: memo ?? PartMemo(isForNext: false))
        try BlockPass(input.tests, frame, costLimit: costLimit).run()
        let outcomes = try Parallel.map(input.tests, cost: frame.cost(of:)) {
            try TestOutcome($0, frame, input.tolerance, costLimit: costLimit)
        }
        var last: [Identifier: LastOccurrence] = [:]
        for test in input.tests where frame.frame.isInstant {
            last[test.id] = test.lastOccurrence(try frame.simple(test.evidenceKinds))
        }
        self.init(
            input, tests: outcomes, lastOccurrences: last, evidenceDigest: evidenceDigest,
            evidenceLeaves: columns.leaves.count)
    }

    private init(
        _ input: AssessmentInput, tests: [TestOutcome], lastOccurrences: [Identifier: LastOccurrence],
        evidenceDigest: Digest, evidenceLeaves: Int
    ) {
        let byID = Dictionary(tests.map { ($0.test.id, $0) }, uniquingKeysWith: { first, _ in first })
        let elapsed = input.elapsed
        let single = Parallel.map(input.controls) { control in
            ControlOutcome(
                control, tests: control.tests.compactMap { byID[$0] }, period: input.period,
                elapsed: elapsed, tolerance: input.tolerance)
        }
        let controls = ControlOutcome.compensated(single)
        let criteria = input.criteria.map { criterion in
            CriterionOutcome(
                criterion, controls: controls.filter { $0.control.criteria.contains(criterion.id) })
        }
        self.input = input
        self.evidenceDigest = evidenceDigest
        self.evidenceLeaves = evidenceLeaves
        self.tests = tests
        self.lastOccurrences = lastOccurrences
        self.controls = controls
        self.criteria = criteria
        categories = Category.allCases.map { category in
            CategoryOutcome(category, criteria: criteria.filter { $0.criterion.category == category })
        }
    }

    /// When a test was in force, where that is too little to speak for the part of the period that has passed; nil for
    /// one that speaks for it, or has not come into force yet.
    package func inPart(_ test: ControlTest) -> TestInPart? {
        test.inPart(of: input.elapsed, input.tolerance)
    }

    /// Whether anything is for a person to look at: an exception, or something that could not be determined. A test
    /// that no control names counts too.
    package var hasFindings: Bool {
        let findings: [Conclusion] = [.ineffective, .withExceptions, .noEvidence]
        return tests.contains { findings.contains($0.conclusion) || $0.hasExceptions }
            || controls.contains { outcome in
                findings.contains(outcome.conclusion) || outcome.hasExceptions
                    || (outcome.conclusion == .notTested && !outcome.control.tests.isEmpty)
            }
    }
}
