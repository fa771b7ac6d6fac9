import Catalog
import Evidence
import Formats
import Programs
import Testing

@testable import Assessment

/// Modifiers as SQL where random worlds seldom lead: each script against the engine, and against what was worked out.
@Suite struct SQLModifierTests {
    private static func facts() throws -> Facts {
        var facts = Facts()
        for kind in Sample.kinds { try facts.covered(kind.name, [-500...2_000]) }
        return facts
    }

    /// What the script prints, by verdict, once the engine says the same.
    private static func table(
        _ requirement: Requirement, _ facts: Facts, _ key: String? = nil
    ) throws -> [Verdict: [[Int]]] {
        let test = Sample.test(requirement)
        let frame = facts.wide(try hours(0, 100))
        let rows = try test.sqlRows(frame)
        #expect(rows == test.evaluate(frame).asPrinted)
        return rows.table(key)
    }

    @Test func `an obligation ends with the record's first life, whatever a later one says`() throws {
        var facts = try Self.facts()
        facts.state("store", "k", from: 10, ["encrypted": .bool(false), "scoped": .bool(true)])
        facts.end("store", "k", at: 20)
        facts.state("store", "k", from: 50, ["encrypted": .bool(true), "scoped": .bool(true)])
        let review = try Sample.review(.hours(24), until: "s.encrypted")
        #expect(try Self.table(review, facts) == [.notApplicable: [[10, 20]]])
    }

    @Test func `who is late takes no answer that is another's in time`() throws {
        var facts = try Self.facts()
        facts.event("request", "first", at: 0, ["person": .string("ann")])
        facts.event("request", "second", at: 12, ["person": .string("ann")])
        facts.event("answer", "one", at: 30, ["person": .string("ann")])
        let response = try Sample.response(consumes: true)
        #expect(try Self.table(response, facts, "second") == [.pass: [[12, 36]]])
        #expect(try Self.table(response, facts, "first") == [.fail: [[24, 100]]])
        facts.event("answer", "two", at: 40, ["person": .string("ann")])
        #expect(try Self.table(response, facts, "first") == [.fail: [[24, 40]]])
    }

    /// Conditions on a record that a join need not find, and what is said of an event without it.
    private static let unfound = [
        ("approver.?active.orValue(true)", "none"), ("approver.?active.hasValue()", "none"),
        ("!approver.?active.hasValue()", "none"), ("approver == null || approver.?active.hasValue()", "pass"),
        ("approver == null || approver.?person.orValue('zoe') == 'zoe'", "pass"),
        ("has(approver.active)", "none"), ("approver.?person.orValue('zoe') in []", "none"),
        ("(d.scoped ? approver.?active : approver.?active).orValue(true)", "none"),
        ("(d.scoped ? approver.?person : d.?author).orValue('zoe') == 'ann'", "pass"),
        ("(d.scoped ? d.?author : approver.?person).hasValue()", "none"),
    ]

    /// Deployments approved by somebody known, by somebody of whom a field is missing, and by nobody known.
    private static func approved(_ require: String) throws -> (test: ControlTest, frame: Frame) {
        var facts = try Self.facts()
        facts.state("employment", "bob", from: -50, ["person": .string("bob"), "active": .bool(true)])
        facts.state("employment", "eve", from: -50, ["person": .string("eve")])
        for (at, approver) in [(10, "bob"), (20, "eve"), (30, "nobody")] {
            facts.event(
                "deploy", Identifier("d\(at)"), at: at,
                ["author": .string("ann"), "approver": .string(approver), "scoped": .bool(false)])
        }
        let join = AsOfJoin(
            name: "approver", kind: "employment", local: try Sample.predicate("d.approver", of: "d"),
            remote: try Sample.predicate("e.person", of: "e"), asOf: nil, isRequired: false)
        return (Sample.test(try Sample.event(require, joins: [join])), facts.wide(try hours(0, 100)))
    }

    @Test(arguments: unfound) func `nothing is said of a record that was not found`(
        _ require: String, _ verdict: String
    ) throws {
        let (test, frame) = try Self.approved(require)
        let rows = try test.sqlRows(frame)
        #expect(rows == test.evaluate(frame).asPrinted)
        #expect(rows.first { $0.key == "d30" }?.verdict == verdict)
    }

    @Test(.enabled(if: DuckDB.obstacle == nil, "needs python3 with the package duckdb"))
    func `DuckDB says nothing of a record that was not found`() throws {
        let cases = try Self.unfound.map { try Self.approved($0.0) }
        let rows = try DuckDB.rows(cases.map { try $0.test.twin($0.frame).script })
        #expect(rows == cases.map { $0.test.evaluate($0.frame).asPrinted })
    }

    @Test func `one that may be a partner leaves a total open`() throws {
        var facts = try Self.facts()
        facts.state("account", "a", from: -10, ["owner": .string("ann"), "enabled": .bool(true)])
        facts.state("employment", "e", from: -10, ["person": .string("ann"), "active": .bool(true)])
        facts.state("employment", "f", from: 20, to: 30, ["person": .string("ann")])
        facts.state(
            "employment", "g", from: 40, to: 50, ["person": .string("ann"), "active": .bool(true)])
        var rule = try #require(
            { if case .recon(let rule) = $0 { rule } else { nil } }(
                try ReconTests.recon(grace: 0, partners: "e.active")))
        rule.totals = TotalsRequirement(count: try Sample.predicate("1", of: "a"), digest: nil)
        #expect(
            try Self.table(.recon(rule), facts) == [
                .pass: [[0, 20], [30, 40], [50, 100]], .unknown: [[20, 30]], .fail: [[40, 50]],
            ])
        rule.totals = TotalsRequirement(count: nil, digest: try Sample.predicate("a.owner", of: "a"))
        #expect(throws: SQLTwinError.self) { try Self.table(.recon(rule), facts) }
    }

    @Test func `time of nothing is no occurrence, and unknown where nobody looked`() throws {
        let rule = RatioRequirement(
            kind: "store", scope: nil, require: try Sample.predicate("s.encrypted", of: "s"),
            target: try #require(Proportion(partsPerMillion: 500_000)), window: .calendar(.day, zone: "UTC"),
            group: nil, spacing: nil)
        var facts = Facts()
        try facts.covered("store", [-500...30, 40...2_000])
        facts.state("store", "k", from: 72, to: 84, ["encrypted": .bool(true)])
        #expect(
            try Self.table(.ratio(rule), facts) == [
                .notApplicable: [[0, 24], [48, 72]], .unknown: [[24, 48]], .pass: [[72, 96]],
            ])
    }

    @Test func `a pass ends a run when it has lasted exactly long enough`() throws {
        for (end, failing) in [(26, [[20, 23], [26, 40]]), (25, [[20, 23], [25, 40]])] {
            var facts = try Self.facts()
            for (from, encrypted) in [(10, false), (23, true), (end, false), (40, true)] {
                facts.state("store", "k", from: from, ["encrypted": .bool(encrypted)])
            }
            let state = try Sample.state("s.encrypted", grace: .hours(10), heal: .hours(3))
            let table = try Self.table(state, facts)
            #expect(table[.fail] == (end == 26 ? [[20, 23], [36, 40]] : failing))
        }
    }
}
