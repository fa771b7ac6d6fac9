import Catalog
import Evidence
import Formats
import Ledger
import Testing

@testable import Assessment

@Suite struct RollUpTests {
    private static let period =
        Interval.always.clipped(to: Interval(from: hour(0), to: hour(240)) ?? .always) ?? .always

    private func rule(_ combination: Combination = .all, id: Identifier = "C", isKey: Bool = true)
        -> ControlRule
    {
        ControlRule(id: id, title: "", criteria: ["X"], tests: [], isKey: isKey, combination: combination)
    }

    private func control(
        _ conclusions: [Conclusion], _ combination: Combination = .all, isKey: Bool = true
    ) -> ControlOutcome {
        ControlOutcome(
            rule(combination, isKey: isKey), timelines: [], conclusions: conclusions,
            hasExceptions: conclusions.contains { [.withExceptions, .ineffective].contains($0) },
            period: Self.period)
    }

    private func criterion(_ controls: [ControlOutcome]) throws -> CriterionOutcome {
        let criterion = try #require(try CriteriaCatalog.builtin().criteria.first)
        return CriterionOutcome(criterion, controls: controls)
    }

    /// Stores that are as they should be, except where said.
    private func stores(_ violated: [(key: Identifier, from: Int, to: Int)], gap: ClosedRange<Int>? = nil)
        throws -> Facts
    {
        var facts = Facts()
        try facts.covered("store", gap.map { [-100...$0.lowerBound, $0.upperBound...500] } ?? [-100...500])
        for key in ["a", "b"] as [Identifier] {
            facts.state("store", key, from: -50, ["encrypted": .bool(true)])
        }
        for (key, from, to) in violated {
            facts.state("store", key, from: from, to: to, ["encrypted": .bool(false)])
        }
        return facts
    }

    private func outcome(
        _ facts: Facts, _ requirement: Requirement? = nil, waivers: [WaiverRule] = [],
        tolerance: Tolerance = .standard, knownAt: Instant = hour(90_000)
    ) throws -> TestOutcome {
        let test = Sample.test(try requirement ?? Sample.state("s.encrypted"), waivers: waivers)
        return try TestOutcome(test, facts.frame(Self.period, knownAt: knownAt), tolerance)
    }

    // MARK: The worked example

    @Test func `all of a control's tests together, at every instant`() throws {
        // T1: nothing known for [60,72). T2: one key fails in [100,110), another is unknown in [105,120).
        let first = try outcome(try stores([], gap: 60...72))
        var facts = Facts()
        try facts.covered("store", [-100...500], source: "one")
        try facts.covered("store", [-100...105, 120...500], source: "two")
        facts.state("store", "a", from: -50, source: "one", ["encrypted": .bool(true)])
        facts.state("store", "a", from: 100, to: 110, source: "one", ["encrypted": .bool(false)])
        facts.state("store", "b", from: -50, source: "two", ["encrypted": .bool(true)])
        let control = ControlOutcome(rule(), tests: [first, try outcome(facts)], period: Self.period)
        let segments = control.timeline.segments.map { [$0.interval.start, $0.interval.end] }
        #expect(
            segments
                == [[0, 60], [60, 72], [72, 100], [100, 110], [110, 120], [120, 240]].map { $0.map(hour) })
        #expect(control.timeline.segments.map(\.verdict) == [.pass, .unknown, .pass, .fail, .unknown, .pass])
        #expect(control.timeline.time(.fail) == .hours(10))
        #expect(control.timeline.time(.unknown) == .hours(22))
        #expect(control.timeline.time(.pass) == .hours(208))
        let whole = Self.period.end.microseconds - Self.period.start.microseconds
        let known = whole - control.timeline.time(.unknown).microseconds
        #expect(Ratio(control.timeline.time(.pass).microseconds, of: whole).partsPerMillion == 866_666)
        #expect(Ratio(known, of: whole).partsPerMillion == 908_333)
    }

    @Test func `any of a control's tests suffices`() throws {
        let first = try outcome(try stores([("a", 10, 50)]))
        let second = try outcome(try stores([("a", 40, 60)]))
        let control = ControlOutcome(rule(.any), tests: [first, second], period: Self.period)
        #expect(control.timeline.time(.fail) == .hours(10))
        #expect(control.timeline.time(.pass) == .hours(230))
    }

    // MARK: In force for a part of the period

    @Test(
        arguments: [
            ([0...240], .effective, []), ([10...240], .effective, []), ([13...240], .noEvidence, [0...13]),
            ([230...240], .noEvidence, [0...230]), ([-10...100, 100...300], .effective, []),
            ([0...100, 150...240], .noEvidence, [100...150]),
        ] as [([ClosedRange<Int>], Conclusion, [ClosedRange<Int>])])
    func `a test that was in force for a part of the period does not speak for all of it`(
        _ inForce: [ClosedRange<Int>], _ expected: Conclusion, _ untested: [ClosedRange<Int>]
    ) throws {
        let versions = try inForce.enumerated().map { index, stretch in
            RequirementVersion(
                requirement: try Sample.state("s.encrypted"),
                inForce: try hours(stretch.lowerBound, stretch.upperBound), digest: "\(index)")
        }
        let test = ControlTest(id: "test", title: "", versions: versions, waivers: [])
        let outcome = try TestOutcome(test, stores([]).frame(Self.period), .standard)
        #expect(outcome.conclusion == .effective)
        for combination in [Combination.all, .any] {
            let control = ControlOutcome(rule(combination), tests: [outcome], period: Self.period)
            #expect(control.conclusion == expected)
            #expect(
                control.untested == IntervalSet(try untested.map { try hours($0.lowerBound, $0.upperBound) }))
        }
    }

    @Test func `what is left of the period counts only once it has passed, and one test in force suffices`()
        throws
    {
        func outcome(from start: Int, _ violated: [(key: Identifier, from: Int, to: Int)] = []) throws
            -> TestOutcome
        {
            let version = RequirementVersion(
                requirement: try Sample.state("s.encrypted"), inForce: try hours(start, 500), digest: "1")
            let test = ControlTest(id: Identifier("t\(start)"), title: "", versions: [version], waivers: [])
            return try TestOutcome(test, stores(violated).frame(Self.period), .standard)
        }
        let late = try outcome(from: 100)
        let begun = IntervalSet([try hours(100, 140)])
        #expect(
            ControlOutcome(rule(), tests: [late], period: Self.period, elapsed: begun).conclusion
                == .effective)
        let both = ControlOutcome(rule(), tests: [late, try outcome(from: 0)], period: Self.period)
        #expect(both.conclusion == .effective && both.untested.isEmpty)
        // Silence does not soften a failure.
        let failing = try outcome(from: 150, [("a", 160, 200), ("b", 160, 200)])
        #expect(ControlOutcome(rule(), tests: [failing], period: Self.period).conclusion == .ineffective)
    }

    // MARK: Conclusions

    @Test func `a test without any evidence has no evidence, of whichever kind it is`() throws {
        for requirement in [
            try Sample.state("s.encrypted"), try Sample.event("true"), try Sample.cadence(.rolling(.days(1))),
            try Sample.cadence(.calendar(.day, zone: "UTC", due: .zero)), try Sample.response(),
            try Sample.cadence(.calendar(.day, zone: "UTC", due: .zero), per: "true"),
            try Sample.cadence(.rolling(.days(1)), per: "true"), try Sample.offboarding(),
        ] {
            let none = try outcome(Facts(), requirement)
            #expect(none.conclusion == .noEvidence, "\(requirement)")
            #expect(none.timeline.time(.pass) == .zero)
            #expect(none.timeline.time(.notApplicable) == .zero, "\(requirement)")
        }
    }

    @Test func `where all was collected and nothing happened there was no occurrence`() throws {
        var facts = Facts()
        for kind in Sample.kinds { try facts.covered(kind.name, [-1_000...1_000]) }
        for requirement in [
            try Sample.state("s.encrypted"), try Sample.event("true"), try Sample.response(),
            try Sample.cadence(.calendar(.day, zone: "UTC", due: .zero), per: "true"),
            try Sample.offboarding(),
        ] {
            #expect(try outcome(facts, requirement).conclusion == .noOccurrence, "\(requirement)")
        }
        facts.state("store", "a", from: -50, ["encrypted": .bool(false), "scoped": .bool(false)])
        #expect(
            try outcome(facts, try Sample.state("s.encrypted", scope: "s.scoped")).conclusion == .noOccurrence
        )
    }

    @Test func `before the period begins everything is pending`() throws {
        var facts = Facts()
        try facts.covered("store", [-100 ... -1])
        facts.state("store", "a", from: -50, ["encrypted": .bool(true)])
        #expect(try outcome(facts, knownAt: hour(-1)).conclusion == .pending)
        #expect(try outcome(facts, try Sample.event("true"), knownAt: hour(-1)).conclusion == .pending)
    }

    @Test func `too little coverage is no evidence, unless what was seen fails too often already`() throws {
        #expect(try outcome(try stores([], gap: 100...112)).conclusion == .effective)
        #expect(try outcome(try stores([], gap: 100...113)).conclusion == .noEvidence)
        #expect(try outcome(try stores([("a", 10, 20)], gap: 100...200)).conclusion == .ineffective)
    }

    @Test(arguments: [
        (0, 20, Conclusion.effective), (1, 19, .withExceptions), (1, 18, .ineffective), (1, 0, .ineffective),
        (50_001, 949_999, .ineffective), (50_000, 950_000, .withExceptions),
        (500_004, 9_499_996, .ineffective),
    ])
    func `the rate of failures decides, to the last unit`(
        _ failing: Int, _ passing: Int, _ expected: Conclusion
    ) {
        var units = UnitCounts()
        units.failing = failing
        units.passing = passing
        #expect(TestOutcome.conclude(units, Ratio(1, of: 1), .standard, hasBegun: true) == expected)
    }

    @Test func `units that nothing is known of stand beside the rate`() throws {
        var facts = try stores([])
        try facts.covered("deploy", [-100...500])
        for number in 0..<20 {
            facts.event(
                "deploy", Identifier("d\(number)"), at: number, number == 0 ? [:] : ["author": .string("x")])
        }
        let outcome = try outcome(facts, try Sample.event("d.author == 'x'"))
        #expect((outcome.units.passing, outcome.units.unknown, outcome.units.failing) == (19, 1, 0))
        #expect(outcome.coverage == Ratio(19, of: 20))
        #expect(outcome.conclusion == .effective)
    }

    // MARK: Controls, criteria, categories

    @Test(
        arguments: [
            ([], Conclusion.notTested, Conclusion.notTested), ([.effective], .effective, .effective),
            ([.effective, .ineffective], .ineffective, .effective),
            ([.effective, .noEvidence], .noEvidence, .effective),
            ([.withExceptions, .noEvidence], .noEvidence, .withExceptions),
            ([.pending, .effective], .pending, .effective),
            ([.pending, .withExceptions], .pending, .withExceptions),
            ([.notTested, .effective], .notTested, .effective),
            ([.notTested, .withExceptions], .notTested, .withExceptions),
            ([.notTested, .noEvidence], .noEvidence, .noEvidence),
            ([.notTested, .noOccurrence], .notTested, .notTested),
            ([.noOccurrence, .effective], .effective, .effective),
            ([.noEvidence, .ineffective], .ineffective, .noEvidence),
        ] as [([Conclusion], Conclusion, Conclusion)])
    func `tests combine to a control`(_ tests: [Conclusion], _ all: Conclusion, _ any: Conclusion) {
        #expect(control(tests, .all).conclusion == all)
        #expect(control(tests, .any).conclusion == any)
    }

    @Test(
        arguments: [
            ([], CriterionStatus.notAddressed), ([.notTested], .notAddressed), ([.effective], .met),
            ([.effective, .withExceptions], .met), ([.effective, .noEvidence], .notDeterminable),
            ([.noEvidence, .ineffective], .notMet), ([.effective, .pending], .notDeterminable),
            ([.noOccurrence], .notDeterminable), ([.effective, .noOccurrence], .met),
            ([.withExceptions, .pending], .notDeterminable),
        ] as [([Conclusion], CriterionStatus)])
    func `controls combine to a criterion`(_ conclusions: [Conclusion], _ status: CriterionStatus) throws {
        let outcome = try criterion(conclusions.map { control($0 == .notTested ? [] : [$0]) })
        #expect(outcome.status == status)
        let exceptions: [Conclusion] = [.withExceptions, .ineffective]
        #expect(outcome.hasExceptions == conclusions.contains { exceptions.contains($0) })
    }

    @Test func `where there are key controls the others do not count`() throws {
        #expect(try criterion([control([.effective]), control([.ineffective], isKey: false)]).status == .met)
        #expect(try criterion([control([.ineffective], isKey: false)]).status == .notMet)
    }

    @Test func `a category is as good as its worst criterion`() throws {
        let met = try criterion([control([.effective])])
        let open = try criterion([control([.noEvidence])])
        let failed = try criterion([control([.ineffective])])
        let empty = try criterion([])
        func status(_ criteria: [CriterionOutcome]) -> CriterionStatus {
            CategoryOutcome(.security, criteria: criteria).status
        }
        #expect(status([met, met]) == .met)
        #expect(status([met, open]) == .notDeterminable)
        #expect(status([open, failed, met]) == .notMet)
        #expect(status([met, empty]) == .notAddressed)
        #expect(status([empty]) == .notAddressed)
        #expect(status([]) == .notAddressed)
        #expect(CategoryOutcome(.security, criteria: [met, empty]).addressed == 1)
    }

    // MARK: Waivers

    @Test(
        arguments: [
            (10, 20, 5, [10, 20]), (10, 20, 10, [10, 20]), (10, 20, 15, [15, 20]), (10, 20, 20, nil),
            (10, 20, 30, nil),
        ] as [(Int, Int, Int, [Int]?)])
    func `a waiver works from its recording on`(_ from: Int, _ to: Int, _ recorded: Int, _ effect: [Int]?)
        throws
    {
        let waiver = Sample.waiver(try hours(from, to), recorded: recorded)
        #expect(waiver.effect == (try effect.map { try hours($0[0], $0[1]) }))
    }

    @Test func `overlapping waivers cover their union, and only their keys`() throws {
        let waivers = [
            Sample.waiver(try hours(10, 30), keys: ["a"], id: "w1"),
            Sample.waiver(try hours(20, 40), recorded: 25, keys: ["a"], id: "w2"),
        ]
        let outcome = try outcome(try stores([("a", 5, 50), ("b", 5, 50)]), waivers: waivers)
        #expect(
            outcome.rows.table("a") == [
                .pass: [[0, 5], [50, 240]], .fail: [[5, 10], [40, 50]], .waived: [[10, 40]],
            ])
        #expect(outcome.rows.table("b") == [.pass: [[0, 5], [50, 240]], .fail: [[5, 50]]])
        #expect(outcome.units.failing == 2)
        // Units count once, as the worst that they were; that "a" failed under a waiver as well is not lost by that.
        #expect((outcome.units.waived, outcome.waivedFailures) == (0, 1))
        // One run, though a waiver lies in it.
        #expect(outcome.exceptions.filter { $0.key == "a" }.map(\.failing) == [.hours(15)])
    }

    @Test func `what is waived whole is an exception, not a failure`() throws {
        let outcome = try outcome(try stores([("a", 5, 50)]), waivers: [Sample.waiver(try hours(0, 240))])
        #expect((outcome.units.waived, outcome.units.failing, outcome.units.passing) == (1, 0, 1))
        #expect(outcome.waivedFailures == 1)
        #expect(outcome.conclusion == .withExceptions)
        #expect(outcome.exceptions.isEmpty)
    }

    // MARK: Versions

    @Test func `a test that became another kind of test is judged by each in its time`() throws {
        var facts = try stores([("a", 10, 20), ("a", 150, 160)])
        try facts.covered("deploy", [-100...500])
        for at in [50, 150] { facts.event("deploy", Identifier("d\(at)"), at: at, ["author": .string("x")]) }
        let versions = [
            RequirementVersion(
                requirement: try Sample.state("s.encrypted"),
                inForce: try #require(Interval(from: .distantPast, to: hour(100))), digest: "1"),
            RequirementVersion(
                requirement: try Sample.event("false"), inForce: try hours(100, 200), digest: "2"),
        ]
        let test = ControlTest(id: "test", title: "", versions: versions, waivers: [])
        let outcome = try TestOutcome(test, facts.frame(Self.period), .standard)
        #expect(
            outcome.rows.table("a")
                == [.pass: [[0, 10], [20, 100]], .fail: [[10, 20]], .notApplicable: [[100, 240]]])
        #expect(outcome.rows.rows.filter { !$0.isStretch }.map(\.key) == ["d150"])
        #expect((outcome.units.failing, outcome.units.passing) == (2, 1))
        #expect(outcome.exceptions.map(\.failing) == [.hours(10), .zero])
    }

    // MARK: Shares

    @Test func `a share is exact and never overflows`() {
        #expect(Ratio(0, of: 0).partsPerMillion == nil)
        #expect(Ratio(0, of: 5).partsPerMillion == 0)
        #expect(Ratio(1, of: 3).partsPerMillion == 333_333)
        #expect(Ratio(.max, of: .max).partsPerMillion == 1_000_000)
        #expect(Ratio(.max - 1, of: .max).partsPerMillion == 999_999)
        #expect(Ratio(.max, of: 1).partsPerMillion == .max)
        #expect(Ratio(-1, of: 1).partsPerMillion == -1_000_000)
        #expect(Ratio(1, of: 20).isAtMost(partsPerMillion: 50_000))
        #expect(!Ratio(500_001, of: 10_000_000).isAtMost(partsPerMillion: 50_000))
    }
}
