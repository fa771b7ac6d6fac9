import Evidence
import Formats
import Testing

@testable import Assessment

/// The worked example of the semantics for events that are judged together with a state of their time.
@Suite struct EventExampleTests {
    private func join(required: Bool = true, asOf: String? = nil) throws -> AsOfJoin {
        AsOfJoin(
            name: "approver", kind: "employment", local: try Sample.predicate("d.approver", of: "d"),
            remote: try Sample.predicate("e.person", of: "e"),
            asOf: try asOf.map { try Sample.predicate($0, of: "d") }, isRequired: required)
    }

    private func facts(_ deploys: [(id: Identifier, at: Int, author: String, approver: String?)]) throws
        -> Facts
    {
        var facts = Facts()
        try facts.covered("deploy", [-100...500])
        try facts.covered("employment", [-100...60, 80...500])
        for person in ["ann", "bob"] {
            facts.state(
                "employment", Identifier(person), from: -50,
                ["person": .string(person), "active": .bool(true)])
        }
        for deploy in deploys {
            let approver = deploy.approver.map { JSON.string($0) }
            let value: KeyValuePairs<String, JSON> =
                approver.map { ["author": .string(deploy.author), "approver": $0] }
                ?? ["author": .string(deploy.author)]
            facts.event("deploy", deploy.id, at: deploy.at, value)
        }
        return facts
    }

    @Test func `the approver is looked up as of the deployment`() throws {
        let facts = try facts([
            ("c50", 50, "ann", "ann"), ("c70", 70, "ann", "bob"), ("c90", 90, "ann", "bob"),
        ])
        let test = Sample.test(try Sample.event("d.author != approver.person", joins: [try join()]))
        let outcome = try TestOutcome(test, facts.frame(try hours(0, 240)), .standard)
        #expect(outcome.rows.rows.map(\.verdict) == [.fail, .unknown, .pass])
        #expect(outcome.rows.rows[1].reason == .joinUncovered("approver"))
        #expect((outcome.units.failing, outcome.units.passing, outcome.units.unknown) == (1, 1, 1))
    }

    @Test(
        arguments: [
            ("nobody", true, Verdict.fail), ("nobody", false, .pass), (nil, true, .unknown),
            (nil, false, .unknown),
        ] as [(String?, Bool, Verdict)])
    func `a join without a match`(_ approver: String?, _ required: Bool, _ expected: Verdict) throws {
        let facts = try facts([("c", 90, "ann", approver)])
        let test = Sample.test(try Sample.event("approver == null", joins: [try join(required: required)]))
        #expect(test.evaluate(facts.frame(try hours(0, 240))).rows.map(\.verdict) == [expected])
    }

    @Test func `a join may look at another instant`() throws {
        var facts = try facts([("c", 90, "ann", "bob")])
        facts.state(
            "employment", "bob", from: 85, to: 95, ["person": .string("bob"), "active": .bool(false)])
        let now = Sample.test(try Sample.event("approver.active", joins: [try join()]))
        let before = Sample.test(
            try Sample.event("approver.active", joins: [try join(asOf: "at - duration('6h')")]))
        #expect(now.evaluate(facts.frame(try hours(0, 240))).rows.map(\.verdict) == [.fail])
        #expect(before.evaluate(facts.frame(try hours(0, 240))).rows.map(\.verdict) == [.pass])
    }

    @Test func `the period's first instant belongs to it and its last does not`() throws {
        let facts = try facts([("a", 0, "x", "y"), ("b", 239, "x", "y"), ("c", 240, "x", "y")])
        let test = Sample.test(try Sample.event("d.author != d.approver"))
        #expect(test.evaluate(facts.frame(try hours(0, 240))).rows.map(\.key) == ["a", "b"])
        #expect(test.evaluate(facts.frame(try hours(240, 480))).rows.map(\.key) == ["c"])
    }

    @Test func `an event that nobody vouched for, a missing field and an unknown scope are no passes`() throws
    {
        var facts = Facts()
        try facts.covered("deploy", [0...100, 110...240])
        facts.event(
            "deploy", "a", at: 105, ["author": .string("x"), "approver": .string("y"), "scoped": .bool(true)])
        facts.event("deploy", "b", at: 120, ["author": .string("x"), "scoped": .bool(true)])
        facts.event("deploy", "c", at: 130, ["author": .string("x"), "approver": .string("y")])
        facts.event(
            "deploy", "d", at: 140,
            ["author": .string("x"), "approver": .string("x"), "scoped": .bool(false)])
        let test = Sample.test(try Sample.event("d.author != d.approver", scope: "d.scoped"))
        let rows = test.evaluate(facts.frame(try hours(0, 240)))
        #expect(rows.rows.map(\.key) == ["a", "b", "c"])
        #expect(rows.rows.allSatisfy { $0.verdict == .unknown })
        #expect(rows.uncovered == IntervalSet([try hours(100, 110)]))
    }

    @Test func `two sources of one kind are each judged, and each must cover`() throws {
        var facts = Facts()
        try facts.covered("deploy", [0...240], source: "one")
        try facts.covered("deploy", [0...100], source: "two")
        facts.event("deploy", "c", at: 50, source: "one", ["author": .string("x"), "approver": .string("y")])
        facts.event("deploy", "c", at: 50, source: "two", ["author": .string("x"), "approver": .string("x")])
        let rows = Sample.test(try Sample.event("d.author != d.approver")).evaluate(
            facts.frame(try hours(0, 240)))
        #expect(rows.rows.map(\.source) == ["one", "two"])
        #expect(rows.rows.map(\.verdict) == [.pass, .fail])
        #expect(rows.uncovered == IntervalSet([try hours(100, 240)]))
    }

    @Test func `a source that comes later takes nothing from the time before it`() throws {
        var facts = Facts()
        try facts.covered("deploy", [0...400], source: "one")
        facts.event("deploy", "c", at: 50, source: "one", ["author": .string("x"), "approver": .string("y")])
        let late: KeyValuePairs<String, JSON> = ["author": .string("x"), "approver": .string("y")]
        facts.event("deploy", "d", at: 300, source: "two", recorded: 310, late)
        try facts.covered("deploy", [310...400], source: "two", recorded: 400)
        let duties = SeparatedEvent(
            kind: "deploy", scope: nil, first: try Sample.predicate("d.author", of: "d"),
            second: try Sample.predicate("d.approver", of: "d"))
        for requirement in [try Sample.event("d.author != d.approver"), .sod(.event(duties))] {
            let test = Sample.test(requirement)
            let rows = test.evaluate(facts.frame(try hours(0, 240)))
            #expect(rows.rows.map(\.verdict) == [.pass])
            #expect(rows.uncovered.isEmpty)
            // From its first event on it counts.
            let all = test.evaluate(facts.frame(try hours(0, 400)))
            #expect(all.uncovered == IntervalSet([try hours(300, 310)]))
            #expect(all.rows.map(\.verdict) == [.pass, .unknown])
            #expect(try test.sweepsAlike(facts, hours(0, 240)))
            #expect(try test.sweepsAlike(facts, hours(0, 400)))
        }
    }
}
