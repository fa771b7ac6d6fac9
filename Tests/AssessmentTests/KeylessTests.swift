import Evidence
import Formats
import Testing

@testable import Assessment

/// Records that say by null that they have no key: they are nobody's, and in no one's way.
@Suite struct KeylessTests {
    private static let owner = "has(a.owner) ? a.owner : null"
    private static let person = "has(e.person) ? e.person : null"

    private func facts(_ kinds: [Identifier]) throws -> Facts {
        var facts = Facts()
        for kind in kinds { try facts.covered(kind, [-200...2_000]) }
        return facts
    }

    /// What the simple evaluator says, once columns were seen to say the same, and SQLite the same or nothing.
    private func verdicts(
        _ requirement: Requirement, _ facts: Facts, hasTwin: Bool
    ) throws -> [Verdict] {
        let (test, period) = (Sample.test(requirement), try hours(0, 240))
        let frame = facts.frame(period)
        let rows = test.evaluate(frame)
        #expect(try test.sweepsAlike(facts, period))
        if hasTwin {
            #expect(try test.sqlRows(frame) == rows.asPrinted)
        } else {
            #expect(throws: SQLTwinError.self) { try test.twin(frame) }
        }
        return rows.rows.map(\.verdict)
    }

    @Test(arguments: [true, false]) func `it is joined with nothing`(_ required: Bool) throws {
        let join = AsOfJoin(
            name: "approver", kind: "employment", local: try Sample.predicate("d.approver", of: "d"),
            remote: try Sample.predicate(Self.person, of: "e"), asOf: nil, isRequired: required)
        let test = try Sample.event("approver == null", joins: [join])
        let without: [Verdict] = [required ? .fail : .pass]
        var facts = try facts(["deploy", "employment"])
        facts.event("deploy", "d", at: 10, ["approver": .string("ann")])
        facts.state("employment", "f", from: 0, ["person": .string("bob")])
        #expect(try verdicts(test, facts, hasTwin: true) == without)
        facts.state("employment", "e", from: 0, ["active": .bool(true)])
        #expect(try verdicts(test, facts, hasTwin: false) == without)
        facts.state("employment", "g", from: 0, [:])
        #expect(try verdicts(test, facts, hasTwin: false) == [.unknown], "an unreadable one says nothing")
    }

    @Test func `it answers nobody`() throws {
        guard case .response(let rule) = try Sample.offboarding() else { return }
        let target = ResponseTarget(
            kind: "account", predicate: rule.target.predicate,
            key: try Sample.predicate(Self.owner, of: "a"), every: true)
        let test = Requirement.response(
            ResponseRequirement(trigger: rule.trigger, target: target, limit: .hours(24), skew: .zero))
        var facts = try facts(["employment", "account"])
        facts.state(
            "employment", "p", from: 0,
            ["person": .string("p"), "ended": .string(hour(50).description), "active": .bool(true)])
        facts.state("account", "x", from: 0, ["owner": .string("p"), "enabled": .bool(true)])
        facts.state("account", "x", from: 60, ["owner": .string("p"), "enabled": .bool(false)])
        #expect(try verdicts(test, facts, hasTwin: true) == [.pass])
        facts.state("account", "y", from: 0, ["enabled": .bool(true)])
        #expect(try verdicts(test, facts, hasTwin: false) == [.pass])
    }

    private func recon(_ key: String, _ partner: String) throws -> Requirement {
        .recon(
            ReconRequirement(
                kind: "account", scope: nil, key: try Sample.predicate(key, of: "a"),
                partners: PartnerPopulation(
                    kind: "employment", scope: nil, key: try Sample.predicate(partner, of: "e")),
                grace: .zero))
    }

    @Test func `it has no partner`() throws {
        var facts = try facts(["account", "employment"])
        facts.state("account", "a", from: -10, ["owner": .string("ann"), "enabled": .bool(true)])
        facts.state("employment", "e", from: -10, ["person": .string("ann"), "active": .bool(true)])
        let test = try recon(Self.owner, Self.person)
        #expect(try verdicts(test, facts, hasTwin: true) == [.pass])
        facts.state("account", "b", from: -10, ["enabled": .bool(true)])
        #expect(try verdicts(test, facts, hasTwin: false) == [.pass, .fail])
    }

    @Test func `it is no partner`() throws {
        var facts = try facts(["account", "employment"])
        facts.state("account", "a", from: -10, ["owner": .string("ann"), "enabled": .bool(true)])
        facts.state("employment", "e", from: -10, ["active": .bool(true)])
        #expect(try verdicts(try recon("a.owner", Self.person), facts, hasTwin: false) == [.fail])
    }
}
