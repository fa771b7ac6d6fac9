import Evidence
import Formats
import Testing

@testable import Assessment

/// The worked examples of the semantics for separated duties, in hours.
@Suite struct SodTests {
    // MARK: Roles

    /// Those who hold the role of this name.
    static func role(_ name: String) throws -> RolePopulation {
        RolePopulation(
            name: name, kind: "role", scope: try Sample.predicate("r.name == '\(name)'", of: "r"),
            key: try Sample.predicate("r.person", of: "r"))
    }

    private func roles() throws -> Requirement {
        .sod(.roles(try Self.role("deployer"), try Self.role("developer")))
    }

    private func give(_ facts: inout Facts, _ name: String, _ person: String, _ from: Int, _ to: Int) {
        facts.state(
            "role", Identifier("\(name) \(person)"), from: from, to: to,
            ["name": .string(name), "person": .string(person)])
    }

    private func facts(_ covered: [ClosedRange<Int>] = [-100...500]) throws -> Facts {
        var facts = Facts()
        try facts.covered("role", covered)
        give(&facts, "developer", "ann", 0, 100)
        give(&facts, "developer", "ann", 150, 200)
        give(&facts, "deployer", "ann", 90, 160)
        give(&facts, "developer", "bob", 20, 240)
        return facts
    }

    private func outcome(_ facts: Facts) throws -> TestOutcome {
        try TestOutcome(Sample.test(try roles()), facts.wide(try hours(0, 240)), .standard)
    }

    @Test func `a person is in violation while holding both roles`() throws {
        let outcome = try outcome(try facts())
        #expect(
            outcome.rows.table("ann") == [
                .pass: [[0, 90], [100, 150], [160, 200]], .fail: [[90, 100], [150, 160]],
                .notApplicable: [[200, 240]],
            ])
        #expect(outcome.rows.table("bob") == [.pass: [[20, 240]], .notApplicable: [[0, 20]]])
        #expect(outcome.exceptions.map(\.failing) == [.hours(10), .hours(10)])
        #expect(
            outcome.exceptions.map(\.reason)
                == Array(repeating: .bothRoles("deployer", "developer"), count: 2))
        #expect((outcome.units.failing, outcome.units.passing) == (1, 1))
    }

    @Test func `while nobody collected the roles nothing is known, and a gap divides no violation`() throws {
        let outcome = try outcome(try facts([-100...94, 97...500]))
        #expect(
            outcome.rows.table("ann") == [
                .pass: [[0, 90], [100, 150], [160, 200]], .fail: [[90, 94], [97, 100], [150, 160]],
                .unknown: [[94, 97]], .notApplicable: [[200, 240]],
            ])
        #expect(outcome.exceptions.map(\.failing) == [.hours(7), .hours(10)])
        #expect(outcome.rows.uncovered == IntervalSet([try hours(94, 97)]))
    }

    @Test func `a role that cannot be decided, or that names nobody, makes nobody pass`() throws {
        var facts = try facts()
        facts.state("role", "odd", from: 60, to: 70, ["person": .string("bob")])
        facts.state("role", "lost", from: 120, to: 130, ["name": .string("deployer")])
        let outcome = try outcome(facts)
        #expect(
            outcome.rows.table("bob") == [
                .pass: [[20, 60], [70, 120], [130, 240]], .unknown: [[60, 70], [120, 130]],
                .notApplicable: [[0, 20]],
            ])
        // Ann deploys then, and the nameless record is no developer's.
        #expect(outcome.rows.verdict("ann", at: hour(125)) == .pass)
        #expect(outcome.rows.table("lost") == [.unknown: [[120, 130]]])
        // Fails are known in spite of it.
        #expect(outcome.rows.table("ann")[.fail] == [[90, 100], [150, 160]])
    }

    @Test func `who held no role in the period is no part of the population`() throws {
        var facts = try facts()
        give(&facts, "developer", "eve", 240, 300)
        #expect(!(try outcome(facts)).rows.rows.contains { $0.key == "eve" })
        #expect(try outcome(Facts()).conclusion == .noEvidence)
    }

    // MARK: Events

    private func event(_ second: String = "d.approver", joins: [AsOfJoin] = [], scope: String? = nil) throws
        -> Requirement
    {
        .sod(
            .event(
                SeparatedEvent(
                    kind: "deploy", scope: try KindSample.predicate(scope, "d"),
                    first: try Sample.predicate("d.author", of: "d"),
                    second: try Sample.predicate(second, of: "d"), joins: joins)))
    }

    private func deploys(_ deploys: [(id: Identifier, at: Int, author: String?, approver: String?)]) throws
        -> Facts
    {
        var facts = Facts()
        try facts.covered("deploy", [-100...500])
        try facts.covered("employment", [-100...60, 80...500])
        for person in ["ann", "bob"] {
            facts.state("employment", Identifier(person), from: -50, ["person": .string(person)])
        }
        for deploy in deploys {
            var value = JSONObject()
            if let author = deploy.author { value.append("author", .string(author)) }
            if let approver = deploy.approver { value.append("approver", .string(approver)) }
            facts.add(.event("deploy", deploy.id, at: hour(deploy.at), value))
        }
        return facts
    }

    @Test func `the approver is looked up as of the deployment`() throws {
        let join = AsOfJoin(
            name: "approver", kind: "employment", local: try Sample.predicate("d.approver", of: "d"),
            remote: try Sample.predicate("e.person", of: "e"), asOf: nil, isRequired: true)
        let facts = try deploys([
            ("c50", 50, "ann", "ann"), ("c70", 70, "ann", "bob"), ("c90", 90, "ann", "bob"),
            ("c95", 95, "ann", "nobody"),
        ])
        let test = Sample.test(try event("approver.person", joins: [join]))
        let outcome = try TestOutcome(test, facts.wide(try hours(0, 94)), .standard)
        #expect(outcome.rows.rows.map(\.verdict) == [.fail, .unknown, .pass])
        #expect(outcome.rows.rows[0].reason == .sameHands)
        #expect((outcome.units.failing, outcome.units.passing, outcome.units.unknown) == (1, 1, 1))
        let last = test.evaluate(facts.wide(try hours(94, 240)))
        #expect(last.rows.map(\.reason) == [.joinMissing("approver")])
    }

    @Test(
        arguments: [
            ("ann", "bob", Verdict.pass), ("ann", "ann", .fail), (nil, "ann", .unknown),
            ("ann", nil, .unknown),
            ("ann", "", .unknown), ("", "", .unknown),
        ] as [(String?, String?, Verdict)])
    func `two hands must be named to be told apart`(
        _ author: String?, _ approver: String?, _ expected: Verdict
    ) throws {
        let facts = try deploys([("c", 10, author, approver)])
        let rows = Sample.test(try event()).evaluate(facts.wide(try hours(0, 94)))
        #expect(rows.rows.map(\.verdict) == [expected])
    }

    @Test(arguments: [
        ("['eve', d.approver]", Verdict.pass), ("['eve', 'ann']", .fail), ("['eve', '']", .unknown),
        ("['eve', d.nothing]", .unknown), ("{'a': 1}", .unknown), ("7", .pass),
    ])
    func `several hands must all be others`(_ second: String, _ expected: Verdict) throws {
        let facts = try deploys([("c", 10, "ann", "bob")])
        let rows = Sample.test(try event(second)).evaluate(facts.wide(try hours(0, 94)))
        #expect(rows.rows.map(\.verdict) == [expected])
    }

    @Test func `events out of scope are no units, and gaps in their collection are shown`() throws {
        var facts = Facts()
        try facts.covered("deploy", [0...50, 60...240])
        let value: KeyValuePairs<String, JSON> = ["author": .string("x"), "approver": .string("x")]
        facts.event("deploy", "a", at: 10, value)
        facts.event("deploy", "b", at: 55, value)
        let rows = Sample.test(try event(scope: "at < timestamp('\(hour(12))')")).evaluate(
            facts.wide(try hours(0, 240)))
        #expect(rows.rows.map(\.key) == ["a"])
        let all = Sample.test(try event()).evaluate(facts.wide(try hours(0, 240)))
        #expect(all.rows.map(\.verdict) == [.fail, .unknown])
        #expect(all.uncovered == IntervalSet([try hours(50, 60)]))
    }
}
