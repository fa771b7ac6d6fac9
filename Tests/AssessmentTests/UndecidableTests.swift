import Catalog
import Evidence
import Formats
import Testing

@testable import Assessment

/// Records that cannot be read, or cannot be told whose they are, are never taken for absent.
@Suite struct UndecidableTests {
    private func facts(_ kinds: [Identifier]) throws -> Facts {
        var facts = Facts()
        for kind in kinds { try facts.covered(kind, [-200...2_000]) }
        return facts
    }

    private func verdicts(_ requirement: Requirement, _ facts: Facts) throws -> [Verdict] {
        Sample.test(requirement).evaluate(facts.frame(try hours(0, 240))).rows.map(\.verdict)
    }

    // MARK: A record that did not fit its kind

    @Test(arguments: ["!has(s.encrypted)", "has(s.encrypted) ? s.encrypted : true", "s.encrypted"])
    func `nothing is made of what an unreadable record lacks`(_ require: String) throws {
        var facts = try facts(["store"])
        facts.state("store", "k", from: -10, [:])
        #expect(try verdicts(try Sample.state(require), facts) == [.unknown])
    }

    @Test func `an unreadable event is neither right nor out of scope`() throws {
        var facts = try facts(["deploy"])
        facts.event("deploy", "d", at: 10, [:])
        #expect(
            try verdicts(try Sample.event("!has(d.author)", scope: "has(d.scoped)"), facts) == [.unknown])
    }

    // MARK: Joins

    @Test(arguments: [true, false]) func `an approver that may be there is not missing`(_ required: Bool)
        throws
    {
        let join = AsOfJoin(
            name: "approver", kind: "employment", local: try Sample.predicate("d.approver", of: "d"),
            remote: try Sample.predicate("e.person", of: "e"), asOf: nil, isRequired: required)
        let test = try Sample.event("approver == null", joins: [join])
        var facts = try facts(["deploy", "employment"])
        facts.event("deploy", "d", at: 10, ["approver": .string("ann")])
        #expect(try verdicts(test, facts) == [required ? .fail : .pass])
        facts.state("employment", "e", from: 20, ["active": .bool(true)])
        #expect(try verdicts(test, facts) == [required ? .fail : .pass], "it began later")
        facts.state("employment", "e", from: 0, to: 20, ["active": .bool(true)])
        #expect(try verdicts(test, facts) == [.unknown])
        facts.state("employment", "f", from: 0, ["person": .string("ann")])
        #expect(try verdicts(test, facts) == [.fail], "a match is a match")
    }

    @Test func `a scope may ask a joined record`() throws {
        let join = AsOfJoin(
            name: "author", kind: "employment", local: try Sample.predicate("d.author", of: "d"),
            remote: try Sample.predicate("e.person", of: "e"), asOf: nil, isRequired: true)
        let test = try Sample.event("d.author != d.approver", scope: "author.active", joins: [join])
        var facts = try facts(["deploy", "employment"])
        for (person, active) in [("ann", true), ("bob", false)] {
            facts.state(
                "employment", Identifier(person), from: 0,
                ["person": .string(person), "active": .bool(active)])
            facts.event(
                "deploy", Identifier(person), at: 10,
                ["author": .string(person), "approver": .string(person)])
        }
        facts.event("deploy", "z", at: 10, ["author": .string("nobody"), "approver": .string("ann")])
        let rows = Sample.test(test).evaluate(facts.frame(try hours(0, 240))).rows
        #expect(rows.map(\.key) == ["ann", "z"])
        #expect(rows.map(\.verdict) == [.fail, .unknown])
        #expect(rows[1].reason == .joinMissing("author"))
    }

    // MARK: Responses

    private func leaver() throws -> Facts {
        var facts = try facts(["employment", "account"])
        facts.state(
            "employment", "p", from: 0,
            ["person": .string("p"), "ended": .string(hour(50).description), "active": .bool(true)])
        return facts
    }

    struct Account: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let value: [(from: Int, owner: String?, enabled: Bool?)]
        /// With an account of the leaver's that was disabled in time.
        let every: Verdict
        let any: Verdict
        /// Without any other account.
        let alone: Verdict
    }

    @Test(arguments: [
        Account(
            testDescription: "of nobody known", value: [(0, nil, true)], every: .unknown, any: .pass,
            alone: .unknown),
        Account(
            testDescription: "unreadable", value: [(0, nil, nil)], every: .unknown, any: .pass,
            alone: .unknown),
        Account(
            testDescription: "perhaps disabled", value: [(0, "p", true), (60, "p", nil)], every: .unknown,
            any: .pass, alone: .unknown),
        Account(
            testDescription: "unreadable for a while, then disabled in time",
            value: [(0, "p", true), (60, "p", nil), (70, "p", false)], every: .pass, any: .pass, alone: .pass),
        Account(
            testDescription: "unreadable for a while, then disabled too late",
            value: [(0, "p", true), (60, "p", nil), (90, "p", false)], every: .unknown, any: .pass,
            alone: .unknown),
        Account(
            testDescription: "unreadable only after the deadline", value: [(0, "p", true), (90, "p", nil)],
            every: .fail, any: .pass, alone: .fail),
        Account(
            testDescription: "unreadable only before", value: [(0, nil, nil), (40, "p", true)], every: .fail,
            any: .pass, alone: .fail),
        Account(
            testDescription: "of nobody known, but disabled all the time", value: [(0, nil, false)],
            every: .pass, any: .pass, alone: .unknown),
        Account(
            testDescription: "somebody else's", value: [(0, "q", true)], every: .pass, any: .pass,
            alone: .notApplicable),
    ])
    func `an account that may be the leaver's may have to go`(_ account: Account) throws {
        var facts = try leaver()
        for (from, owner, enabled) in account.value {
            var value = JSONObject()
            if let owner { value.append("owner", .string(owner)) }
            if let enabled { value.append("enabled", .bool(enabled)) }
            facts.add(.state("account", "x", from: hour(from), value))
        }
        #expect(try verdicts(try Sample.offboarding(), facts) == [account.alone])
        facts.state("account", "a", from: 0, ["owner": .string("p"), "enabled": .bool(true)])
        facts.state("account", "a", from: 60, ["owner": .string("p"), "enabled": .bool(false)])
        #expect(try verdicts(try Sample.offboarding(), facts) == [account.every])
        #expect(try verdicts(try Sample.offboarding(every: false), facts) == [account.any])
    }

    @Test func `an account that says that it has no owner is nobody's`() throws {
        guard case .response(let rule) = try Sample.offboarding() else { return }
        let target = ResponseTarget(
            kind: "account", predicate: rule.target.predicate,
            key: try Sample.predicate("has(a.owner) ? a.owner : null", of: "a"), every: true)
        let test = Requirement.response(
            ResponseRequirement(trigger: rule.trigger, target: target, limit: .hours(24), skew: .zero))
        var facts = try leaver()
        facts.state("account", "x", from: 0, ["enabled": .bool(true)])
        #expect(try verdicts(test, facts) == [.notApplicable])
        facts.state("account", "y", from: 0, [:])
        #expect(try verdicts(test, facts) == [.unknown], "an unreadable one says nothing")
    }

    @Test func `an answer that may be meant for a trigger keeps it from failing`() throws {
        var facts = try facts(["request", "answer"])
        facts.event("request", "q", at: 10, ["person": .string("p")])
        #expect(try verdicts(try Sample.response(), facts) == [.fail])
        facts.event("answer", "late", at: 40, [:])
        #expect(try verdicts(try Sample.response(), facts) == [.fail])
        facts.event("answer", "in time", at: 20, [:])
        #expect(try verdicts(try Sample.response(), facts) == [.unknown])
        facts.event("answer", "clear", at: 30, ["person": .string("p")])
        #expect(try verdicts(try Sample.response(), facts) == [.pass])
    }

    @Test func `a record that may have announced a moment is one open obligation, not none`() throws {
        var facts = try facts(["employment", "account"])
        facts.state("employment", "p", from: 20, to: 40, [:])
        facts.state("employment", "p", from: 40, to: 60, [:])
        let rows = Sample.test(try Sample.offboarding()).evaluate(facts.frame(try hours(0, 240))).rows
        #expect(rows.map(\.verdict) == [.unknown])
        #expect(rows.map(\.due) == [hour(44)])
        facts.state("employment", "q", from: 20, ["person": .string("q")])
        #expect(try verdicts(try Sample.offboarding(), facts).count == 1, "who has not left owes nothing")
    }

    // MARK: Cadence

    private func reviews(_ fields: KeyValuePairs<String, JSON>) throws -> Facts {
        var facts = try facts(["store", "review"])
        for key in ["a", "b"] as [Identifier] {
            facts.state("store", key, from: -100, ["scoped": .bool(true)])
        }
        facts.event("review", "r", at: 10, ["done": .bool(true), "subject": .string("a")])
        facts.event("review", "s", at: 12, fields)
        return facts
    }

    @Test(arguments: [
        Schedule.calendar(.day, zone: "UTC", due: .zero), .rolling(.hours(24)),
    ])
    func `an event that may have been for anyone is missed by nobody`(_ schedule: Schedule) throws {
        let test = Sample.test(try Sample.cadence(schedule, per: "s.scoped"))
        let period = try hours(12, 24)
        func verdicts(_ fields: KeyValuePairs<String, JSON>) throws -> [Set<Verdict>] {
            let rows = test.evaluate(try reviews(fields).frame(period)).rows
            return ["a", "b"].map { key in Set(rows.filter { $0.key == key }.map(\.verdict)) }
        }
        #expect(try verdicts(["done": .bool(false)]) == [[.pass], [.fail]])
        #expect(try verdicts(["done": .bool(true)]) == [[.pass], [.unknown]])
        #expect(try verdicts([:]) == [[.pass], [.unknown]])
    }

    @Test func `a subject that may be out of scope neither passes nor fails`() throws {
        for schedule in [Schedule.calendar(.day, zone: "UTC", due: .zero), .rolling(.hours(24))] {
            var facts = try reviews(["done": .bool(false)])
            facts.state("store", "c", from: -100, ["encrypted": .bool(true)])
            let test = Sample.test(try Sample.cadence(schedule, per: "s.scoped"))
            let rows = test.evaluate(facts.frame(try hours(12, 24))).rows
            #expect(Set(rows.filter { $0.key == "c" }.map(\.verdict)) == [.unknown])
        }
    }

    @Test func `what an event may have freed for a later window is not missed there`() throws {
        // With a day of grace, an event of the second day serves the first, unless another one does.
        var facts = try facts(["review"])
        facts.event("review", "b", at: 30, ["done": .bool(true)])
        let test = Sample.test(try Sample.cadence(.calendar(.day, zone: "UTC", due: .hours(24))))
        let period = try hours(0, 48)
        #expect(test.evaluate(facts.frame(period)).rows.map(\.verdict) == [.pass, .fail])
        facts.event("review", "a", at: 25, [:])
        #expect(test.evaluate(facts.frame(period)).rows.map(\.verdict) == [.pass, .unknown])
    }
}
