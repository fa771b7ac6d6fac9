import Catalog
import Evidence
import Formats
import Ledger
import Testing

@testable import Assessment

/// Controls that make good for others, and statements that stand beside other tests.
@Suite struct CompensatingTests {
    private func test(_ id: Identifier, _ kind: Identifier) throws -> ControlTest {
        Sample.test(try Sample.state("s.encrypted", of: kind), id: id)
    }

    private func control(
        _ id: Identifier, _ tests: [Identifier], by compensating: [Identifier] = [],
        _ combination: Combination = .all
    ) -> ControlRule {
        ControlRule(
            id: id, title: "", criteria: ["CC6.1"], tests: tests, isKey: true, combination: combination,
            compensating: compensating)
    }

    private func result(
        _ facts: Facts, tests: [ControlTest], controls: [ControlRule], _ period: Interval? = nil
    ) throws -> AssessmentResult {
        let criteria = try CriteriaCatalog.builtin().criteria.filter { $0.id == "CC6.1" }
        let period = try period ?? hours(0, 240)
        let input = AssessmentInput(
            tests: tests, controls: controls, criteria: criteria, tolerance: .standard, period: period,
            knownAt: hour(90_000), programDigest: Digest.sha256([]), timeZoneData: "fixed")
        return try AssessmentResult(
            input, history: facts.wide(period).history, evidenceDigest: Digest.sha256([]))
    }

    /// Each pair is a record that is not encrypted for a while.
    private func stores(_ violated: [Identifier: [ClosedRange<Int>]]) throws -> Facts {
        var facts = Facts()
        try facts.covered("store", [-100...500])
        for (key, stretches) in violated {
            facts.state("store", key, from: -50, ["encrypted": .bool(true)])
            for stretch in stretches {
                facts.state(
                    "store", key, from: stretch.lowerBound, to: stretch.upperBound,
                    ["encrypted": .bool(false)])
            }
        }
        return facts
    }

    private func tests() throws -> [ControlTest] {
        try ["a", "b", "c"].map { key in
            Sample.test(
                .state(
                    StateRequirement(
                        kind: "store", scope: try Sample.predicate("s.encrypted || !s.encrypted", of: "s"),
                        require: try Sample.predicate("s.encrypted", of: "s"), grace: .zero)),
                id: Identifier("test-\(key)"))
        }
    }

    @Test(
        arguments: [
            // What fails, what else fails meanwhile, and what is then mitigated.
            ([50...90], [], [[50, 90]], true), ([50...90], [60...70], [[50, 60], [70, 90]], false),
            ([50...90], [40...100], nil, false),
            ([50...90, 120...130], [100...110], [[50, 90], [120, 130]], true),
            ([], [40...100], nil, false),
        ] as [([ClosedRange<Int>], [ClosedRange<Int>], [[Int]]?, Bool)])
    func `failing time that another control passed is mitigated`(
        _ failing: [ClosedRange<Int>], _ other: [ClosedRange<Int>], _ expected: [[Int]]?, _ isComplete: Bool
    ) throws {
        func outcome(_ id: Identifier, _ stretches: [ClosedRange<Int>], by: [Identifier]) throws
            -> ControlOutcome
        {
            let facts = try stores(["k": stretches])
            let tested = try TestOutcome(try test("t", "store"), facts.wide(try hours(0, 240)), .standard)
            return ControlOutcome(control(id, ["t"], by: by), tests: [tested], period: try hours(0, 240))
        }
        let both = ControlOutcome.compensated([
            try outcome("A", failing, by: ["B", "unknown"]), try outcome("B", other, by: []),
        ])
        let mitigated = both[0].mitigation?.time.intervals.map { interval in
            [interval.start, interval.end].map { Int(($0 - hour(0)).microseconds / 3_600_000_000) }
        }
        #expect(mitigated == expected)
        #expect(both[0].mitigation?.isComplete ?? false == isComplete)
        #expect(both[0].mitigation?.by ?? ["B"] == ["B"])
        #expect(both[1].mitigation == nil)
        // The failure itself stays on record.
        #expect(both[0].conclusion == (failing.isEmpty ? .effective : .ineffective))
        let criterion = CriterionOutcome(
            try #require(try CriteriaCatalog.builtin().criteria.first), controls: [both[0]])
        #expect(criterion.status == (failing.isEmpty || isComplete ? .met : .notMet))
    }

    @Test func `unknown, tolerated and waived time makes nothing good`() throws {
        var facts = Facts()
        try facts.covered("store", [-100...500], source: "one")
        facts.state("store", "k", from: -50, to: 50, ["encrypted": .bool(true)])
        facts.state("store", "k", from: 50, to: 90, ["encrypted": .bool(false)])
        facts.state("store", "k", from: 90, ["encrypted": .bool(true)])
        let failing = try TestOutcome(try test("t", "store"), facts.wide(try hours(0, 240)), .standard)
        let tolerant = try TestOutcome(
            Sample.test(try Sample.state("s.encrypted", grace: .hours(100))), facts.wide(try hours(0, 240)),
            .standard)
        let waived = try TestOutcome(
            Sample.test(try Sample.state("s.encrypted"), waivers: [Sample.waiver(try hours(0, 240))]),
            facts.wide(try hours(0, 240)), .standard)
        let unknown = try TestOutcome(
            Sample.test(try Sample.state("s.nothing")), facts.wide(try hours(0, 240)), .standard)
        for other in [tolerant, waived, unknown] {
            let both = ControlOutcome.compensated([
                ControlOutcome(control("A", ["t"], by: ["B"]), tests: [failing], period: try hours(0, 240)),
                ControlOutcome(control("B", ["test"]), tests: [other], period: try hours(0, 240)),
            ])
            #expect(both[0].mitigation == nil)
        }
    }

    @Test func `a result shows what was mitigated and by whom`() throws {
        var facts = try stores(["k": [50...90]])
        try facts.covered("account", [-100...500])
        facts.state("account", "x", from: -50, ["owner": .string("ann"), "enabled": .bool(true)])
        let other = Sample.test(
            .state(
                StateRequirement(
                    kind: "account", scope: nil, require: try Sample.predicate("a.enabled", of: "a"),
                    grace: .zero)), id: "accounts")
        let stores = Sample.test(try Sample.state("s.encrypted"), id: "stores")
        let result = try result(
            facts, tests: [stores, other],
            controls: [control("A-1", ["stores"], by: ["A-2"]), control("A-2", ["accounts"])])
        #expect(result.criteria.map(\.status) == [.met])
        #expect(result.hasFindings)
        let first = result.json["controls"]?.array?.first
        #expect(first?["conclusion"]?.string == "ineffective")
        #expect(first?["mitigated"]?["complete"] == .bool(true))
        #expect(first?["mitigated"]?["by"] == .array([.string("A-2")]))
        #expect(result.json["controls"]?.array?.last?["mitigated"] == nil)
    }

    // MARK: Events

    /// A store that is not encrypted in [50, 90), and deployments, each by an author and an approver.
    private func deployments(_ hands: [Int: (String, String)]) throws -> Facts {
        var facts = try stores(["k": [50...90]])
        try facts.covered("deploy", [-100...500])
        for (at, (author, approver)) in hands.sorted(by: { $0.key < $1.key }) {
            facts.event(
                "deploy", Identifier("d\(at)"), at: at,
                ["author": .string(author), "approver": .string(approver)])
        }
        return facts
    }

    private func storesAndDeploys() throws -> [ControlTest] {
        [
            Sample.test(try Sample.state("s.encrypted"), id: "stores"),
            Sample.test(try Sample.event("d.author != d.approver"), id: "deploys"),
        ]
    }

    /// The result by the simple evaluators, and the one from columns.
    private func results(
        _ facts: Facts, tests: [ControlTest], controls: [ControlRule]
    ) throws -> [AssessmentResult] {
        let simple = try result(facts, tests: tests, controls: controls)
        let swept = try AssessmentResult(
            simple.input, columns: ColumnHistory(facts.wide(simple.input.period).history, blockRows: 2),
            evidenceDigest: Digest.sha256([]))
        #expect(try swept.canonical == simple.canonical)
        return [simple, swept]
    }

    @Test(arguments: [[], [60]] as [[Int]])
    func `between two events nothing passed that another test failed`(_ within: [Int]) throws {
        var hands = [40: ("a", "b"), 100: ("a", "b"), 150: ("a", "a")]
        for at in within { hands[at] = ("a", "b") }
        let controls = [
            control("A-1", ["stores", "deploys"], .any), control("A-2", ["stores"], by: ["A-3"]),
            control("A-3", ["deploys"]),
        ]
        let instants = Int64(within.count)
        for result in try results(try deployments(hands), tests: try storesAndDeploys(), controls: controls) {
            #expect(result.controls[0].conclusion == .ineffective)
            #expect(result.controls[0].timeline.time(.fail) == .hours(40) + TimeSpan(microseconds: -instants))
            // Of what failed, an event makes good its own instant.
            let mitigated = result.controls[1].mitigation?.time.length ?? .zero
            #expect(mitigated == TimeSpan(microseconds: instants))
            #expect(result.controls[1].mitigation?.isComplete != true)
            #expect(result.criteria.map(\.status) == [.notMet])
            // What is drawn runs through, from the first event to the last that passed.
            #expect(result.tests[1].timeline.time(.pass) == .hours(60) + TimeSpan(microseconds: 1))
            #expect(result.controls[2].timeline == result.tests[1].timeline)
        }
    }

    @Test func `an event that fails is made good by what passed at its instant`() throws {
        let facts = try deployments([40: ("a", "b"), 150: ("a", "a")])
        let controls = [control("A-1", ["deploys"], by: ["A-2"]), control("A-2", ["stores"])]
        for result in try results(facts, tests: try storesAndDeploys(), controls: controls) {
            #expect(result.controls[0].mitigation?.isComplete == true)
        }
    }

    @Test func `two tests of the same events carry a control together, each where it passed`() throws {
        let tests = [
            Sample.test(try Sample.event("d.author == 'a'"), id: "authors"),
            Sample.test(try Sample.event("d.approver == 'a'"), id: "approvers"),
        ]
        let controls = [control("A-1", ["authors", "approvers"], .any)]
        let cases: [(approver: String, conclusion: Conclusion, drawn: Int64)] = [
            ("a", .effective, 80), ("b", .ineffective, 30),
        ]
        for (approver, expected, drawn) in cases {
            let hands = [10: ("a", "a"), 40: ("a", "b"), 100: ("b", approver), 150: ("a", "a")]
            let facts = try deployments(hands)
            for result in try results(facts, tests: tests, controls: controls) {
                #expect(result.tests.map(\.conclusion) == [.ineffective, .ineffective])
                #expect(result.controls[0].conclusion == expected)
                // Between the events that passed, the control is drawn as its tests are.
                let passed = result.controls[0].timeline.time(.pass)
                #expect(passed == .hours(drawn) + TimeSpan(microseconds: 2))
            }
        }
    }

    // MARK: Statements

    private func statement() throws -> ControlTest {
        let rule = AttestRequirement(
            kind: "statement", qualify: nil, attester: try Sample.predicate("s.attester", of: "s"),
            operator: try Sample.predicate("s.operator", of: "s"),
            artifacts: try Sample.predicate("s.artifacts", of: "s"), valid: .days(100))
        return Sample.test(.attest(rule), id: "signed")
    }

    @Test func `a statement never turns what nobody saw into a pass, and is listed instead`() throws {
        var facts = Facts()
        try facts.covered("store", [-100...50, 200...500])
        facts.state("store", "k", from: -50, ["encrypted": .bool(true)])
        try facts.covered("statement", [-100...500])
        let digest = "sha256:" + String(repeating: "0a", count: 32)
        facts.event(
            "statement", "s", at: -10,
            [
                "attester": .string("ann"), "operator": .string("bob"),
                "artifacts": .array([.string(digest)]),
            ])
        let stores = Sample.test(try Sample.state("s.encrypted"), id: "stores")
        for combination in [Combination.any, .all] {
            let result = try result(
                facts, tests: [stores, try statement()],
                controls: [control("A-1", ["stores", "signed"], combination), control("A-2", ["signed"])])
            #expect(result.tests.map(\.conclusion) == [.noEvidence, .effective])
            #expect(result.controls.map(\.conclusion) == [.noEvidence, .effective])
            #expect(result.controls[0].timeline.time(.unknown) == .hours(150))
            #expect(result.controls[0].alternatives == (combination == .any ? ["signed"] : []))
            #expect(result.controls[1].alternatives.isEmpty)
        }
    }

    @Test
    func `a statement beside a test does not make good for the time in which the test was not in force`()
        throws
    {
        var facts = Facts()
        try facts.covered("store", [-100...500])
        facts.state("store", "k", from: -50, ["encrypted": .bool(true)])
        let late = RequirementVersion(
            requirement: try Sample.state("s.encrypted"), inForce: try hours(200, 500), digest: "1")
        let stores = ControlTest(id: "stores", title: "", versions: [late], waivers: [])
        let result = try result(
            facts, tests: [stores, try statement()], controls: [control("A-1", ["stores", "signed"], .any)])
        #expect(result.controls[0].conclusion == .noEvidence)
        #expect(result.controls[0].untested == IntervalSet([try hours(0, 200)]))
    }

    private func control(_ id: Identifier, _ tests: [Identifier], _ combination: Combination) -> ControlRule {
        control(id, tests, by: [], combination)
    }
}
