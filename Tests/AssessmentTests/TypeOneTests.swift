import Catalog
import Evidence
import Formats
import Ledger
import Programs
import Testing

@testable import Assessment

/// Results as of one instant.
@Suite struct TypeOneTests {
    private func instant(_ at: Int) throws -> Interval { try #require(Interval(instant: hour(at))) }

    private func outcome(_ requirement: Requirement, _ facts: Facts, at: Int) throws -> TestOutcome {
        try TestOutcome(Sample.test(requirement), facts.wide(try instant(at)), .standard)
    }

    @Test(arguments: [
        (40, Verdict.tolerated, Conclusion.effective), (60, .fail, .ineffective), (100, .pass, .effective),
    ])
    func `case a of the state examples`(_ at: Int, _ verdict: Verdict, _ conclusion: Conclusion) throws {
        let facts = try StateExampleTests.cases[0].facts()
        let outcome = try outcome(try Sample.state("s.encrypted", grace: .hours(24)), facts, at: at)
        #expect(outcome.rows.rows.map(\.verdict) == [verdict])
        #expect(outcome.conclusion == conclusion)
    }

    @Test(arguments: [
        (100, Verdict.pass), (130, .tolerated), (147, .fail), (150, .notApplicable), (183, .notApplicable),
    ])
    func `a reconciliation is judged by its whole history`(_ at: Int, _ expected: Verdict) throws {
        var facts = Facts()
        try facts.covered("account", [-100...500])
        try facts.covered("employment", [-100...500])
        facts.state("account", "bob", from: 10, to: 150, ["owner": .string("bob")])
        facts.state("employment", "bob", from: -100, to: 120, ["person": .string("bob")])
        facts.state("account", "rest", from: 0, to: 500, ["owner": .string("ann")])
        facts.state("employment", "ann", from: -100, ["person": .string("ann")])
        let requirement = Requirement.recon(
            ReconRequirement(
                kind: "account", scope: nil, key: try Sample.predicate("a.owner", of: "a"),
                partners: PartnerPopulation(
                    kind: "employment", scope: nil, key: try Sample.predicate("e.person", of: "e")),
                grace: .hours(24)))
        let outcome = try outcome(requirement, facts, at: at)
        #expect(outcome.rows.verdict("bob", at: hour(at)) ?? .notApplicable == expected)
        #expect(outcome.rows.verdict("rest", at: hour(at)) == .pass)
    }

    @Test(arguments: [(85, Conclusion.effective), (95, .ineffective), (155, .ineffective), (170, .effective)])
    func `roles are told apart at an instant`(_ at: Int, _ expected: Conclusion) throws {
        var facts = Facts()
        try facts.covered("role", [-100...500])
        for (name, from, to) in [("developer", 0, 100), ("developer", 150, 200), ("deployer", 90, 160)] {
            facts.state(
                "role", Identifier(name), from: from, to: to,
                ["name": .string(name), "person": .string("ann")])
        }
        let requirement = Requirement.sod(
            .roles(try SodTests.role("developer"), try SodTests.role("deployer")))
        #expect(try outcome(requirement, facts, at: at).conclusion == expected)
    }

    // MARK: What happens over time

    @Test func `a share of a period as a whole is none of an instant`() throws {
        var facts = Facts()
        try facts.covered("store", [-12_000...900])
        facts.state("store", "a", from: -9_000, ["encrypted": .bool(false)])
        facts.state("store", "a", from: 2, ["encrypted": .bool(true)])
        let share = RatioRequirement(
            kind: "store", scope: nil, require: try Sample.predicate("s.encrypted", of: "s"),
            target: .percent(90), window: .period)
        let test = Sample.test(.ratio(share))
        let frame = facts.wide(try instant(5))
        #expect(test.evaluate(frame).rows.isEmpty)
        #expect(test.lastOccurrence(frame) == nil)
        let columns = try SweepFrame(
            columns: ColumnHistory(frame.history), period: frame.period, knownAt: frame.knownAt)
        let swept = try test.sweep(columns)
        #expect(swept.listed.rows.isEmpty && swept.plain.units == UnitCounts())
        #expect(try test.sqlRows(frame).isEmpty)
        #expect(test.evaluate(facts.wide(try hours(0, 5))).rows.map(\.verdict) == [.fail])
    }

    @Test func `what is counted decides nothing at an instant, not even at its own`() throws {
        var facts = Facts()
        for kind in Sample.kinds { try facts.covered(kind.name, [-9_000...9_000]) }
        facts.state("store", "s", from: -900, ["encrypted": .bool(true)])
        facts.event("request", "open", at: 90, ["person": .string("ann")])
        facts.event("request", "due", at: 76, ["person": .string("bob")])
        facts.event("deploy", "d", at: 100, ["author": .string("a"), "approver": .string("a")])
        let holds = Sample.test(try Sample.state("s.encrypted"), id: "stores")
        let share = RatioRequirement(
            kind: "deploy", scope: nil, require: try Sample.predicate("d.author != d.approver", of: "d"),
            target: .percent(90), window: .calendar(.day, zone: "UTC"))
        let duties = SeparatedEvent(
            kind: "deploy", scope: nil, first: try Sample.predicate("d.author", of: "d"),
            second: try Sample.predicate("d.approver", of: "d"))
        // A window ends, an event happens and an obligation falls due just then.
        let cases: [(Requirement, Int)] = try [
            (Sample.response(), 100), (Sample.response(.hours(48)), 100),
            (Sample.event("d.author != d.approver"), 100), (.sod(.event(duties)), 100),
            (Sample.cadence(.calendar(.day, zone: "UTC", due: .zero)), 96), (.ratio(share), 120),
        ]
        for (requirement, at) in cases {
            let end = hour(at) + TimeSpan(microseconds: at == 100 ? 1 : 0)
            let period = try #require(Interval(from: end - TimeSpan(microseconds: 1), to: end))
            let test = Sample.test(requirement)
            let frame = facts.wide(period)
            let outcome = try TestOutcome(test, frame, .standard)
            #expect(outcome.rows.rows.isEmpty && outcome.conclusion == .noOccurrence, "\(requirement.kind)")
            #expect(!outcome.hasExceptions && outcome.units == UnitCounts())
            #expect(try test.sweepsAlike(facts, period), "\(requirement.kind)")
            if requirement.kind != .sod { #expect(try test.sqlRows(frame).isEmpty, "\(requirement.kind)") }
            let control = ControlRule(
                id: "c", title: "", criteria: [], tests: ["stores", "test"], isKey: true, combination: .all)
            let held = try TestOutcome(holds, frame, .standard)
            let whole = ControlOutcome(control, tests: [held, outcome], period: period)
            #expect(whole.conclusion == .effective && !whole.hasExceptions, "\(requirement.kind)")
            // In a period that begins there, each of them counts.
            let longer = try #require(Interval(from: period.start, to: hour(121)))
            #expect(!test.evaluate(facts.wide(longer)).rows.isEmpty, "\(requirement.kind)")
        }
    }

    @Test(arguments: [(30, Verdict.pass), (40, .fail)])
    func `a rolling cadence is judged at an instant`(_ at: Int, _ expected: Verdict) throws {
        var facts = Facts()
        try facts.covered("review", [-900...900])
        facts.event("review", "r", at: 20, ["done": .bool(true)])
        let outcome = try outcome(try Sample.cadence(.rolling(.hours(15))), facts, at: at)
        #expect(outcome.rows.rows.map(\.verdict) == [expected])
    }

    @Test func `a cadence and a response tell what they last judged`() throws {
        var facts = Facts()
        for kind in ["review", "request", "answer", "store"] as [Identifier] {
            try facts.covered(kind, [-9_000...900])
        }
        facts.event("review", "r", at: -30, ["done": .bool(true)])
        facts.event("request", "q1", at: -300, ["person": .string("ann")])
        facts.event("request", "q2", at: -200, ["person": .string("bob")])
        facts.event("answer", "a2", at: -190, ["person": .string("bob")])
        facts.event("request", "q3", at: 2, ["person": .string("eve")])
        let tests = [
            Sample.test(try Sample.cadence(.calendar(.day, zone: "UTC", due: .zero)), id: "daily"),
            Sample.test(try Sample.response(), id: "answered"),
            Sample.test(try Sample.state("s.encrypted"), id: "stores"),
        ]
        func result(_ period: Interval) throws -> AssessmentResult {
            let input = AssessmentInput(
                tests: tests, controls: [], criteria: [], tolerance: .standard, period: period,
                knownAt: hour(90_000), programDigest: Digest.sha256([]), timeZoneData: "fixed")
            return try AssessmentResult(
                input, history: facts.wide(period).history, evidenceDigest: Digest.sha256([]))
        }
        let last = try result(try instant(5)).lastOccurrences
        #expect(last["daily"]?.at == hour(0))
        #expect(last["daily"]?.verdict == .fail)
        #expect(last["answered"]?.key == "q2")
        #expect(last["answered"]?.verdict == .pass)
        #expect(last["answered"]?.at == hour(-176))
        #expect(last["stores"] == nil)
        let json = try result(try instant(5)).json["lastOccurrences"]?.array
        #expect(json?.map { $0["test"]?.string } == ["answered", "daily"])
        // The day of the review ended at -24.
        #expect(try result(try instant(-24)).lastOccurrences["daily"]?.verdict == .pass)
        // A period of any length judges what falls into it, and has no need of this.
        #expect(try result(try hours(0, 5)).lastOccurrences.isEmpty)
        #expect(try result(try hours(0, 5)).json["lastOccurrences"] == nil)
    }

    /// The window of day 0 ends at hour 24 and falls due at hour 36; the instant lies between.
    @Test(
        arguments: [
            (nil, 12, -5), (33, 12, -5), (26, 26, 26), (10, 10, 10),
        ] as [(Int?, Int, Int)])
    func `what comes after the instant decides no window`(_ review: Int?, _ at: Int, _ met: Int) throws {
        var facts = Facts()
        try facts.covered("review", [-9_000...900])
        for at in [-5, review].compactMap(\.self) {
            facts.event("review", Identifier("r\(at)"), at: at, ["done": .bool(true)])
        }
        let last = try lastOfDaily(facts, at: 29)
        #expect(last?.verdict == .pass && last?.at == hour(at), "\(String(describing: last))")
        #expect(last?.reason == .satisfied(at: hour(met)))
    }

    @Test func `a window that was missed counts from its due time on`() throws {
        var facts = Facts()
        try facts.covered("review", [-9_000...900])
        facts.event("review", "r", at: -5, ["done": .bool(true)])
        let before = try lastOfDaily(facts, at: 35)
        #expect(before?.verdict == .pass)
        let then = try lastOfDaily(facts, at: 36)
        #expect(then?.verdict == .fail && then?.at == hour(36))
    }

    /// What both evaluators say of a review each day, twelve hours later at most.
    private func lastOfDaily(_ facts: Facts, at: Int) throws -> LastOccurrence? {
        let test = Sample.test(try Sample.cadence(.calendar(.day, zone: "UTC", due: .hours(12))), id: "daily")
        let input = AssessmentInput(
            tests: [test], controls: [], criteria: [], tolerance: .standard, period: try instant(at),
            knownAt: hour(90_000), programDigest: Digest.sha256([]), timeZoneData: "fixed")
        let history = facts.wide(input.period).history
        let simple = try AssessmentResult(input, history: history, evidenceDigest: Digest.sha256([]))
        let swept = try AssessmentResult(
            input, columns: ColumnHistory(history), evidenceDigest: Digest.sha256([]))
        #expect(simple.lastOccurrences == swept.lastOccurrences)
        return simple.lastOccurrences["daily"]
    }

    @Test func `of several last occurrences at one instant the worst is told`() throws {
        var facts = Facts()
        for kind in ["request", "answer"] as [Identifier] { try facts.covered(kind, [-9_000...900]) }
        for (key, person) in [("q1", "bob"), ("q2", "ann"), ("q3", "eve")] as [(Identifier, String)] {
            facts.event("request", key, at: -200, ["person": .string(person)])
        }
        facts.event("answer", "a1", at: -190, ["person": .string("bob")])
        facts.event("answer", "a3", at: -190, ["person": .string("eve")])
        let test = Sample.test(try Sample.response())
        let last = test.lastOccurrence(facts.wide(try instant(5)))
        #expect(
            last?.key == "q2" && last?.verdict == .fail && last?.at == hour(-176),
            "\(String(describing: last))")
    }
}
