import Evidence
import Formats
import Testing

@testable import Assessment

/// What is said of the time between the last collection and now.
@Suite struct AwaitedTests {
    private func rows(coveredTo end: Int, knownAt: Int) throws -> TestRows {
        var facts = Facts()
        try facts.covered("store", [0...end])
        facts.state("store", "a", from: 0, ["encrypted": .bool(true)])
        let test = Sample.test(try Sample.state("s.encrypted"))
        return test.evaluate(facts.frame(try hours(0, 100), knownAt: hour(knownAt)))
    }

    @Test func `a collection is awaited for 26 hours`() throws {
        #expect(
            try rows(coveredTo: 40, knownAt: 66).table("a") == [.pass: [[0, 40]], .pending: [[40, 100]]])
    }

    @Test func `after that the whole time since the last one is unknown`() throws {
        let expected: [Verdict: [[Int]]] = [.pass: [[0, 40]], .unknown: [[40, 67]], .pending: [[67, 100]]]
        #expect(try rows(coveredTo: 40, knownAt: 67).table("a") == expected)
    }

    @Test func `a gap that lies behind is unknown, however short`() throws {
        var facts = Facts()
        try facts.covered("store", [0...10, 11...40])
        facts.state("store", "a", from: 0, ["encrypted": .bool(true)])
        let test = Sample.test(try Sample.state("s.encrypted"))
        let rows = test.evaluate(facts.frame(try hours(0, 40), knownAt: hour(41)))
        #expect(rows.table("a") == [.pass: [[0, 10], [11, 40]], .unknown: [[10, 11]]])
    }

    @Test func `a record that passes says nothing about the time in which nobody looked`() throws {
        var facts = Facts()
        try facts.covered("store", [90...100])
        facts.state("store", "a", from: 90, ["encrypted": .bool(true)])
        let test = Sample.test(try Sample.state("s.encrypted"))
        let outcome = try TestOutcome(test, facts.frame(try hours(0, 100), knownAt: hour(100)), .standard)
        #expect(outcome.timeline.segments.map(\.verdict) == [.unknown, .pass])
        #expect(outcome.coverage.partsPerMillion == 100_000)
        #expect(outcome.conclusion == .noEvidence)
    }

    @Test func `what lies ahead of now is pending in every timeline`() throws {
        var facts = Facts()
        try facts.covered("deploy", [0...50])
        let outcome = try TestOutcome(
            Sample.test(try Sample.event("true")), facts.frame(try hours(0, 100), knownAt: hour(50)),
            .standard)
        #expect(outcome.timeline.segments.map(\.verdict) == [.notApplicable, .pending])
        #expect(outcome.conclusion == .noOccurrence)
    }

    @Test func `an obligation that was not met fails from its due time on, and not before`() throws {
        var facts = Facts()
        try facts.covered("request", [0...100])
        try facts.covered("answer", [0...100])
        facts.event("request", "q", at: 10, ["person": .string("ann")])
        let rows = Sample.test(try Sample.response(.hours(24))).evaluate(facts.frame(try hours(0, 100)))
        #expect(rows.table("q") == [.fail: [[34, 100]]])
        #expect(rows.rows[0].due == hour(34))
    }
}

/// More than one source of a kind.
@Suite struct SourceTests {
    private func coverage(_ facts: Facts) -> IntervalSet? {
        facts.history()["store"]?.completeCoverage
    }

    @Test func `completeness needs every source from its first record on, and not before`() throws {
        var facts = Facts()
        try facts.covered("store", [0...100], source: "old")
        facts.state("store", "b", from: 60, source: "new", recorded: 60, ["encrypted": .bool(true)])
        #expect(coverage(facts) == IntervalSet([try hours(0, 60)]))
        try facts.covered("store", [60...80], source: "new", recorded: 80)
        #expect(coverage(facts) == IntervalSet([try hours(0, 80)]))
    }

    @Test func `a source that is backfilled counts from its first fact`() throws {
        var facts = Facts()
        try facts.covered("store", [0...100], source: "old")
        facts.state("store", "b", from: 20, source: "new", recorded: 90, ["encrypted": .bool(true)])
        #expect(coverage(facts) == IntervalSet([try hours(0, 20)]))
    }
}

/// Controls whose tests are alternatives.
@Suite struct AlternativeTests {
    @Test func `an alternative that always holds makes a control effective`() throws {
        let period = try hours(0, 100)
        let first = Timeline(
            worstOf: [(try hours(0, 50), Verdict.pass), (try hours(50, 100), .fail)], over: period)
        let second = Timeline(
            worstOf: [(try hours(0, 50), Verdict.fail), (try hours(50, 100), .pass)], over: period)
        for (combination, expected) in [(Combination.any, Conclusion.effective), (.all, .ineffective)] {
            let control = ControlRule(
                id: "C-1", title: "", criteria: [], tests: ["a", "b"], isKey: true, combination: combination)
            let outcome = ControlOutcome(
                control, timelines: [first, second], conclusions: [.ineffective, .ineffective],
                hasExceptions: true, period: period)
            #expect(outcome.conclusion == expected)
            #expect(outcome.hasExceptions == (combination == .all))
        }
    }
}
