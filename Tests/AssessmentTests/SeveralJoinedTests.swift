import Evidence
import Formats
import Testing

@testable import Assessment

/// Joins that find more than one record: by the simple evaluators, from columns, and by SQLite.
@Suite struct SeveralJoinedTests {
    private func join(_ name: String = "approver", required: Bool = true) throws -> AsOfJoin {
        AsOfJoin(
            name: name, kind: "employment", local: try Sample.predicate("d.\(name)", of: "d"),
            remote: try Sample.predicate("e.person", of: "e"), asOf: nil, isRequired: required)
    }

    /// The employments of people: whoever is named twice has two, and a deployment by each pair of author and approver.
    private func facts(
        _ employments: [(person: String, active: Bool)], deploys: [(author: String, approver: String)],
        covered: [ClosedRange<Int>] = [-100...500]
    ) throws -> Facts {
        var facts = Facts()
        try facts.covered("deploy", covered)
        try facts.covered("employment", [-100...500])
        for (index, employment) in employments.enumerated() {
            facts.state(
                "employment", Identifier("e\(index)"), from: -50,
                ["person": .string(employment.person), "active": .bool(employment.active)])
        }
        for (index, deploy) in deploys.enumerated() {
            facts.event(
                "deploy", Identifier("d\(index)"), at: 10 + index,
                ["author": .string(deploy.author), "approver": .string(deploy.approver)])
        }
        return facts
    }

    /// The rows of the simple evaluator, once columns and SQLite were seen to give the same.
    private func rows(_ test: ControlTest, _ facts: Facts) throws -> [VerdictRow] {
        let period = try hours(0, 240)
        let rows = Array(test.evaluate(facts.frame(period)).rows)
        #expect(try test.sweepsAlike(facts, period))
        let names: [Verdict: String] = [.pass: "pass", .fail: "fail", .unknown: "none"]
        #expect(try test.sqlRows(facts.frame(period)).map(\.verdict) == rows.map { names[$0.verdict] })
        return rows
    }

    @Test func `what all the records say holds, and what only some of them say is unknown`() throws {
        let facts = try facts(
            [("ann", false), ("ann", true), ("bob", true), ("bob", true), ("eve", false), ("eve", false)],
            deploys: [("x", "ann"), ("x", "bob"), ("x", "eve")])
        let rows = try rows(Sample.test(Sample.event("approver.active", joins: [join()])), facts)
        #expect(rows.map(\.verdict) == [.unknown, .pass, .fail])
        #expect(rows[0].reason?.description.contains("do not say the same") == true)
        #expect(rows.map(\.references.count) == [3, 3, 3], "the event and both records")
    }

    @Test func `two joins are tried with each pair of records`() throws {
        let facts = try facts(
            [("ann", false), ("ann", true), ("bob", true), ("bob", true)],
            deploys: [("ann", "bob"), ("bob", "bob"), ("bob", "ann"), ("bob", "nobody")])
        let joins = [try join("author"), try join()]
        let either = try rows(
            Sample.test(Sample.event("author.active || approver.active", joins: joins)), facts)
        #expect(either.map(\.verdict) == [.pass, .pass, .pass, .fail])
        let both = try rows(
            Sample.test(Sample.event("author.active && approver.active", joins: joins)), facts)
        #expect(both.map(\.verdict) == [.unknown, .pass, .unknown, .fail])
    }

    @Test func `more records than anyone can have meant are not gone through`() throws {
        func verdict(_ count: Int) throws -> Verdict? {
            let facts = try facts(Array(repeating: ("ann", true), count: count), deploys: [("x", "ann")])
            let test = Sample.test(try Sample.event("approver.active", joins: [join()]))
            return try rows(test, facts).first?.verdict
        }
        #expect(try verdict(JoinedEvent.mostChoices) == .pass)
        #expect(try verdict(JoinedEvent.mostChoices + 1) == .unknown)
    }

    @Test func `an event that nobody vouches for is so whatever was found`() throws {
        let facts = try facts(
            Array(repeating: ("ann", true), count: 20) + [("bob", true), ("bob", false)],
            deploys: [("x", "ann"), ("x", "bob")], covered: [20...500])
        let rows = try rows(Sample.test(Sample.event("approver.active", joins: [join()])), facts)
        #expect(rows.map(\.reason) == [.uncovered, .uncovered])
    }

    @Test func `duties are in two pairs of hands only if they are so with every record`() throws {
        let facts = try facts(
            [("ann", true), ("ann", false), ("bob", true), ("bob", true), ("eve", false), ("eve", false)],
            deploys: [("x", "ann"), ("x", "bob"), ("x", "eve")])
        let rule = Requirement.sod(
            .event(
                SeparatedEvent(
                    kind: "deploy", scope: nil, first: try Sample.predicate("d.author", of: "d"),
                    second: try Sample.predicate("approver.active ? 'root' : d.author", of: "d"),
                    joins: [try join()])))
        let period = try hours(0, 240)
        let rows = Sample.test(rule).evaluate(facts.frame(period)).rows
        #expect(rows.map(\.verdict) == [.unknown, .pass, .fail])
        #expect(try Sample.test(rule).sweepsAlike(facts, period))
    }
}
