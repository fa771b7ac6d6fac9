import Catalog
import Evidence
import Expressions
import Formats
import Ledger
import Testing

@testable import Assessment

/// Control totals of reconciliations: payrolls that state how many people a team has, in hours.
@Suite struct ReconTotalsTests {
    private static func recon(count: String? = "t.count", digest: String? = nil) throws -> Requirement {
        .recon(
            ReconRequirement(
                kind: "total", scope: nil, key: try Sample.predicate("t.team", of: "t"),
                partners: PartnerPopulation(
                    kind: "member", scope: try KindSample.predicate("m.active", "m"),
                    key: try Sample.predicate("m.team", of: "m")),
                totals: TotalsRequirement(
                    count: try KindSample.predicate(count, "t"), digest: try KindSample.predicate(digest, "t")
                ),
                grace: .hours(6)))
    }

    /// Ann and bob all the time, cid until hour 50.
    private static func facts(unseen: ClosedRange<Int>? = nil) throws -> Facts {
        var facts = Facts()
        try facts.covered("total", [-100...500])
        let seen = unseen.map { [-100...$0.lowerBound, $0.upperBound...500] } ?? [-100...500]
        try facts.covered("member", seen)
        for (name, end) in [("ann", 500), ("bob", 500), ("cid", 50)] {
            facts.state(
                "member", Identifier(name), from: -50, to: end,
                ["team": .string("red"), "active": .bool(true)])
        }
        return facts
    }

    private static func state(
        _ facts: inout Facts, _ count: Int64?, _ from: Int, _ to: Int?, team: String = "red",
        keys: [String] = []
    ) {
        var fields: [(String, JSON)] = [("team", .string(team))]
        if let count { fields.append(("count", .integer(count))) }
        let lines = keys.map { $0 + "\n" }.joined()
        fields.append(("keys", .string("sha256:" + Digest.sha256(Array(lines.utf8)).hex)))
        facts.add(
            .state(
                "total", Identifier(team), from: hour(from), to: to.map(hour),
                JSONObject(fields.map { .init(name: $0.0, value: $0.1) })))
    }

    /// By the simple evaluators, and the same on columns.
    private static func rows(_ facts: Facts, _ requirement: Requirement) throws -> TestRows {
        var builder = HistoryBuilder(
            knownAt: hour(90_000),
            kinds: [
                Kind(
                    name: "total", title: "Total", mode: .state,
                    fields: [
                        Field(name: "team", type: .text), Field(name: "count", type: .whole),
                        Field(name: "keys", type: .text),
                    ]),
                Kind(
                    name: "member", title: "Member", mode: .state,
                    fields: [Field(name: "team", type: .text), Field(name: "active", type: .flag)]),
            ])
        for fact in facts.recorded { builder.add(fact) }
        let history = builder.build()
        let period = try hours(0, 100)
        let test = Sample.test(requirement)
        let frame = Frame(history: history, period: period, knownAt: hour(90_000))
        let simple = try TestOutcome(test, frame, .standard)
        let swept = try TestOutcome(
            test, try SweepFrame(columns: ColumnHistory(history), period: period, knownAt: hour(90_000)),
            .standard)
        #expect(swept.listed == simple.listed && swept.units == simple.units)
        return simple.rows
    }

    @Test func `a total holds while as many are on record as it states`() throws {
        var facts = try Self.facts()
        Self.state(&facts, 3, 0, 60)
        Self.state(&facts, 2, 60, nil)
        let rows = try Self.rows(facts, Self.recon())
        #expect(
            rows.table() == [.pass: [[0, 50], [60, 100]], .tolerated: [[50, 56]], .fail: [[56, 60]]])
        let failing = try #require(rows.rows.first { $0.verdict == .fail })
        #expect(failing.reason == .total(stated: 3, found: 2))
        #expect(failing.reason?.description == "3 stated, 2 on record")
    }

    @Test func `none is a total too, and of a team that nobody states nothing is asked`() throws {
        var facts = try Self.facts()
        Self.state(&facts, 0, 0, nil, team: "blue")
        #expect(try Self.rows(facts, Self.recon()).table() == [.pass: [[0, 100]]])
    }

    @Test func `what was not seen, cannot be judged or is not stated leaves it open`() throws {
        var facts = try Self.facts(unseen: 20...30)
        Self.state(&facts, 3, 0, 40)
        Self.state(&facts, nil, 40, 45)
        Self.state(&facts, 3, 45, nil)
        facts.state("member", "dan", from: 47, to: 49, ["active": .bool(true)])
        facts.state("member", "eva", from: 49, to: 50, ["team": .string("red")])
        let table = try Self.rows(facts, Self.recon()).table()
        #expect(table[.unknown] == [[20, 30], [40, 45], [47, 50]])
        #expect(table[.pass] == [[0, 20], [30, 40], [45, 47]])
    }

    @Test func `equal counts of other people do not have the digest`() throws {
        var facts = try Self.facts()
        Self.state(&facts, 3, 0, 20, keys: ["ann", "bob", "cid"])
        Self.state(&facts, 3, 20, 40, keys: ["ann", "bob", "dan"])
        Self.state(&facts, 2, 40, nil, keys: ["ann", "bob"])
        let rows = try Self.rows(facts, Self.recon(count: nil, digest: "t.keys"))
        #expect(
            rows.table() == [
                .pass: [[0, 20], [50, 100]], .tolerated: [[20, 26]], .fail: [[26, 50]],
            ])
        #expect(rows.rows.first { $0.verdict == .fail }?.reason == .totalDigest)
        let both = try Self.rows(facts, Self.recon(digest: "t.keys")).rows.map(\.reason)
        #expect(both.contains(.totalDigest) && both.contains(.total(stated: 2, found: 3)))
    }
}
