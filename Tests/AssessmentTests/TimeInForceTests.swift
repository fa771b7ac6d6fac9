import Catalog
import Evidence
import Formats
import Ledger
import Testing

@testable import Assessment

/// What tests say that were in force, or that were watched, for a part of the period only.
@Suite struct TimeInForceTests {
    private static let period = (from: 0, to: 240)

    private func control(
        _ id: Identifier, _ tests: [Identifier], _ combination: Combination = .all,
        by makers: [Identifier] = []
    ) -> ControlRule {
        ControlRule(
            id: id, title: "", criteria: id == "C-1" ? ["CC6.1"] : [], tests: tests, isKey: true,
            combination: combination, compensating: makers)
    }

    private func test(_ id: Identifier, _ versions: [(Requirement, ClosedRange<Int>)]) throws -> ControlTest {
        ControlTest(
            id: id, title: "",
            versions: try versions.enumerated().map { index, version in
                RequirementVersion(
                    requirement: version.0,
                    inForce: try hours(version.1.lowerBound, version.1.upperBound), digest: "\(index)")
            }, waivers: [])
    }

    /// By the simple evaluators and by the sweeps, which must agree.
    private func result(
        _ facts: Facts, _ tests: [ControlTest], _ controls: [ControlRule]
    ) throws -> AssessmentResult {
        let period = try hours(Self.period.from, Self.period.to)
        let input = AssessmentInput(
            tests: tests, controls: controls,
            criteria: try CriteriaCatalog.builtin().criteria.filter { $0.id == "CC6.1" },
            tolerance: .standard, period: period, knownAt: hour(90_000), programDigest: Digest.sha256([]),
            timeZoneData: "fixed")
        let history = facts.wide(period).history
        let simple = try AssessmentResult(input, history: history, evidenceDigest: Digest.sha256([]))
        let swept = try AssessmentResult(
            input, columns: ColumnHistory(history, blockRows: 2), evidenceDigest: Digest.sha256([]))
        #expect(try swept.canonical == simple.canonical)
        return simple
    }

    /// A store that fails for a while, and accounts that are as they should be.
    private func world(
        failing: ClosedRange<Int> = 50...90, covered: ClosedRange<Int> = -100...500
    ) throws -> Facts {
        var facts = Facts()
        try facts.covered("store", [covered])
        facts.state("store", "k", from: -50, ["encrypted": .bool(true)])
        facts.state(
            "store", "k", from: failing.lowerBound, to: failing.upperBound, ["encrypted": .bool(false)])
        facts.state("store", "k", from: failing.upperBound, ["encrypted": .bool(true)])
        try facts.covered("account", [-100...500])
        facts.state("account", "x", from: -50, ["enabled": .bool(true)])
        return facts
    }

    private let always = -1_000...100_000
    private var stores: Requirement { get throws { try Sample.state("s.encrypted") } }
    private var accounts: Requirement {
        get throws {
            .state(
                StateRequirement(
                    kind: "account", scope: nil, require: try Sample.predicate("a.enabled", of: "a"),
                    grace: .zero))
        }
    }

    // MARK: What is made good

    @Test func `a failure that was made good leaves open what nobody saw`() throws {
        let tests = [
            try test("stores", [(stores, always)]), try test("accounts", [(accounts, always)]),
            try test("unseen", [(try Sample.event("true"), always)]),
            try test("late", [(stores, 10_000...20_000)]),
        ]
        let cases: [([Identifier], CriterionStatus)] = [
            (["stores"], .met), (["stores", "unseen"], .notDeterminable),
            (["stores", "late"], .notDeterminable),
        ]
        for (own, expected) in cases {
            let found = try result(
                try world(), tests.filter { own.contains($0.id) || $0.id == "accounts" },
                [control("C-1", own, by: ["C-2"]), control("C-2", ["accounts"])])
            #expect(found.controls[0].conclusion == .ineffective)
            #expect(found.controls[0].mitigation?.isComplete == true)
            #expect(found.criteria.map(\.status) == [expected], "\(own)")
        }
    }

    @Test func `a failure in the little that was watched is made good, and the rest stays unknown`() throws {
        let found = try result(
            try world(failing: 210...300, covered: 200...500),
            [try test("stores", [(stores, always)]), try test("accounts", [(accounts, always)])],
            [control("C-1", ["stores"], by: ["C-2"]), control("C-2", ["accounts"])])
        #expect(found.controls[0].conclusion == .ineffective)
        #expect(found.controls[0].mitigation?.isComplete == true)
        #expect(found.criteria.map(\.status) == [.notDeterminable])
    }

    @Test(
        arguments: [
            (-1_000...100_000, [[50, 90]]), (70...100_000, [[70, 90]]), (0...60, [[50, 60]]),
            (10_000...20_000, nil), (100...200, nil),
        ] as [(ClosedRange<Int>, [[Int]]?)])
    func `a control of several tests makes good only while all of them are in force`(
        _ second: ClosedRange<Int>, _ expected: [[Int]]?
    ) throws {
        let late = try test("second", [(accounts, second)])
        let present = second.lowerBound < Self.period.to ? [late] : []
        let found = try result(
            try world(),
            [try test("stores", [(stores, always)]), try test("accounts", [(accounts, always)])] + present,
            [control("C-1", ["stores"], by: ["C-2"]), control("C-2", ["accounts", "second"])])
        let mitigated = found.controls[0].mitigation?.time.intervals.map { interval in
            [interval.start, interval.end].map { Int(($0 - hour(0)).microseconds / 3_600_000_000) }
        }
        #expect(mitigated == expected)
    }

    // MARK: All must hold

    @Test(
        arguments: [
            (Combination.all, -1_000...100_000, 0), (.all, 230...100_000, 10), (.all, 0...120, 120),
            (.all, 5...100_000, 0), (.any, 230...100_000, 0),
        ] as [(Combination, ClosedRange<Int>, Int)])
    func `a test of a part of the period beside one of all of it is told, and leaves the conclusion`(
        _ combination: Combination, _ second: ClosedRange<Int>, _ told: Int
    ) throws {
        let tests = [
            try test("accounts", [(accounts, always)]), try test("second", [(accounts, second)]),
        ]
        let found = try result(try world(), tests, [control("C-1", tests.map(\.id), combination)])
        let outcome = try #require(found.controls.first)
        #expect(outcome.conclusion == .effective && outcome.untested.isEmpty)
        #expect(outcome.testedInPart.map(\.test) == (told > 0 ? ["second"] : []))
        let lengths = outcome.testedInPart.map(\.inForce.length)
        #expect(lengths == (told > 0 ? [TimeSpan.hours(Int64(told))] : []))
        #expect(
            outcome.testedInPart.first?.share.partsPerMillion
                == (told > 0 ? told * 1_000_000 / 240 : nil))
        let json = found.json["controls"]?.array?.first?["testedInPart"]?.array
        #expect(json?.compactMap { $0["test"]?.string } == (told > 0 ? ["second"] : nil))
    }

    @Test func `what is told of no test at all is not told again of each in part`() throws {
        let found = try result(
            try world(), [try test("accounts", [(accounts, 200...240)])], [control("C-1", ["accounts"])])
        #expect(found.controls[0].conclusion == .noEvidence && found.controls[0].testedInPart.isEmpty)
        let absent = try result(
            try world(), [try test("accounts", [(accounts, always)])],
            [control("C-1", ["accounts", "elsewhere"])])
        #expect(absent.controls[0].conclusion == .notTested && absent.controls[0].absent == ["elsewhere"])
    }

    // MARK: One of several suffices

    @Test(
        arguments: [
            // The first fails for forty hours; the others never do.
            ([-1_000...100_000, 230...100_000], .ineffective), ([-1_000...100_000, 0...235], .effective),
            ([0...120, 120...240], .ineffective), ([200...240, 0...200], .effective),
            ([-1_000...100_000, 0...120, 120...240], .effective),
            ([-1_000...100_000, 0...100, 120...240], .effective),
            ([-1_000...100_000, 0...60, 120...240], .ineffective), ([100...240], .noEvidence),
            // Neither carries the time between them, and that does not soften what failed.
            ([0...100, 150...240], .ineffective), ([0...40, 150...240], .noEvidence),
        ] as [([ClosedRange<Int>], Conclusion)])
    func `an alternative carries no more than the time in which it was in force`(
        _ inForce: [ClosedRange<Int>], _ expected: Conclusion
    ) throws {
        let tests = try inForce.enumerated().map { index, stretch in
            try test(Identifier("t\(index)"), [(index == 0 ? stores : accounts, stretch)])
        }
        let found = try result(try world(), tests, [control("C-1", tests.map(\.id), .any)])
        #expect(found.controls[0].conclusion == expected)
    }

    @Test(
        arguments: [
            ([-1_000...100_000], .effective), ([0...130, 130...240], .effective),
            ([192...240], .noOccurrence),
            ([-1_000...10, 230...100_000], .noOccurrence),
        ] as [([ClosedRange<Int>], Conclusion)])
    func `days in which one test held do not speak for a period in which nothing happened for the other`(
        _ inForce: [ClosedRange<Int>], _ expected: Conclusion
    ) throws {
        var facts = try world()
        try facts.covered("deploy", [-100...500])
        let tests = [
            try test("events", [(try Sample.event("true"), always)]),
            try test("accounts", inForce.map { (try accounts, $0) }),
        ]
        let found = try result(facts, tests, [control("C-1", tests.map(\.id), .any)])
        #expect(found.tests[0].conclusion == .noOccurrence)
        #expect(found.controls[0].conclusion == expected)
    }

    @Test func `a known failure in a part of the period leaves the control tested`() throws {
        var facts = try world()
        try facts.covered("deploy", [-100...500])
        let tests = [
            try test("events", [(try Sample.event("true"), always)]),
            try test("stores", [(stores, 40...100)]),
        ]
        let found = try result(facts, tests, [control("C-1", tests.map(\.id), .any)])
        #expect(found.tests.map(\.conclusion) == [.noOccurrence, .ineffective])
        #expect(found.controls[0].conclusion == .noOccurrence)
        #expect(found.controls[0].hasExceptions)
        #expect(found.criteria.map(\.status) == [.notDeterminable])
    }

    // MARK: Coverage

    @Test func `a test over what nobody collected has no evidence, however late it begins`() throws {
        for requirement in [try stores, try Sample.event("true"), try Sample.response(.hours(1))] {
            let found = try result(Facts(), [try test("t", [(requirement, 230...500)])], [])
            #expect(found.tests[0].conclusion == .noEvidence)
            #expect(found.tests[0].coverage.partsPerMillion == 0)
        }
    }

    @Test func `what was not covered counts against the time in force, not against the period`() throws {
        var facts = Facts()
        try facts.covered("deploy", [-100...150, 160...500])
        for (inForce, expected) in [(140...500, Conclusion.noEvidence), (-100...500, .noOccurrence)] {
            let found = try result(facts, [try test("t", [(try Sample.event("true"), inForce)])], [])
            #expect(found.tests[0].conclusion == expected)
        }
    }

    @Test func `a test of which nothing could fall due yet is pending`() throws {
        var facts = Facts()
        try facts.covered("request", [-100...500])
        try facts.covered("answer", [-100...500])
        for (inForce, expected) in [(230...500, Conclusion.pending), (200...500, .noOccurrence)] {
            let found = try result(facts, [try test("t", [(try Sample.response(), inForce)])], [])
            #expect(found.tests[0].conclusion == expected)
        }
    }

    // MARK: Statements

    @Test(
        arguments: [
            ([-900 ... -500, -500...100_000], true), ([-900...10, 10...100_000], true),
            ([-900...240, 240...100_000], false),
        ] as [([ClosedRange<Int>], Bool)])
    func `what a statement once was, or is to be, lends it nothing`(
        _ inForce: [ClosedRange<Int>], _ isStatement: Bool
    ) throws {
        let rule = AttestRequirement(
            kind: "statement", qualify: nil, attester: try Sample.predicate("s.attester", of: "s"),
            operator: try Sample.predicate("s.operator", of: "s"),
            artifacts: try Sample.predicate("s.artifacts", of: "s"), valid: .days(100))
        let signed = try test("signed", [(accounts, inForce[0]), (.attest(rule), inForce[1])])
        var facts = try world()
        try facts.covered("statement", [-100...500])
        let found = try result(
            facts, [try test("unseen", [(try Sample.event("true"), always)]), signed],
            [control("C-1", ["unseen", "signed"], .any)])
        #expect(found.controls[0].alternatives == (isStatement ? ["signed"] : []))
        #expect(found.controls[0].conclusion == (isStatement ? .noEvidence : .effective))
    }
}
