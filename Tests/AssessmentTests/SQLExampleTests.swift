import Evidence
import Formats
import Programs
import Testing

@testable import Assessment

/// The worked examples of the semantics, answered by SQLite.
@Suite struct SQLExampleTests {
    @Test(arguments: StateExampleTests.cases) func `states`(_ example: StateExampleTests.Case) throws {
        let waivers = try example.waivedFrom.map { [Sample.waiver(try hours(0, 240), recorded: $0)] } ?? []
        let test = Sample.test(try Sample.state("s.encrypted", grace: .hours(24)), waivers: waivers)
        let rows = try test.sqlRows(try example.facts().frame(try hours(0, 240)))
        #expect(rows.table() == example.expected)
    }

    @Test func `a comparison with the instant turns at the computed microsecond`() throws {
        var facts = Facts()
        try facts.covered("store", [-3_000...400])
        facts.state("store", "k", from: -2_100, ["created": .string(hour(-2_100).description)])
        facts.state("store", "k", from: 100, ["created": .string(hour(100).description)])
        let test = Sample.test(try Sample.state("at - s.created < days(90)"))
        let rows = try test.sqlRows(facts.frame(try hours(0, 240)))
        #expect(rows.table() == [.pass: [[0, 60], [100, 240]], .fail: [[60, 100]]])
    }

    @Test func `a new version that asks something else lets the grace begin anew`() throws {
        var facts = Facts()
        try facts.covered("store", [-100...400])
        facts.state("store", "k", from: -48, ["retention": .integer(14)])
        let change = hour(120)
        let versions = [
            RequirementVersion(
                requirement: try Sample.state("s.retention >= 7", grace: .hours(24)),
                inForce: try #require(Interval(from: .distantPast, to: change)), digest: "1"),
            RequirementVersion(
                requirement: try Sample.state("s.retention >= 35", grace: .hours(24)),
                inForce: try #require(Interval(from: change, to: .distantFuture)), digest: "2"),
        ]
        let test = ControlTest(id: "test", title: "", versions: versions, waivers: [])
        let rows = try test.sqlRows(facts.frame(try hours(0, 240)))
        #expect(rows.table() == [.pass: [[0, 120]], .tolerated: [[120, 144]], .fail: [[144, 240]]])
    }

    @Test func `events are joined as of their time`() throws {
        var facts = Facts()
        try facts.covered("deploy", [-100...500])
        try facts.covered("employment", [-100...60, 80...500])
        for person in ["ann", "bob"] {
            facts.state("employment", Identifier(person), from: -50, ["person": .string(person)])
        }
        for (at, approver) in [(50, "ann"), (70, "bob"), (90, "bob")] {
            facts.event(
                "deploy", Identifier("c\(at)"), at: at,
                ["author": .string("ann"), "approver": .string(approver)])
        }
        let join = AsOfJoin(
            name: "approver", kind: "employment", local: try Sample.predicate("d.approver", of: "d"),
            remote: try Sample.predicate("e.person", of: "e"), asOf: nil, isRequired: true)
        let test = Sample.test(try Sample.event("d.author != approver.person", joins: [join]))
        let rows = try test.sqlRows(facts.frame(try hours(0, 240)))
        #expect(rows.map(\.verdict) == ["fail", "none", "pass"])
        #expect(rows.map(\.key) == ["c50", "c70", "c90"])
    }

    @Test(
        arguments: [
            ([80, 190, 300], 0, nil, ["pass", "fail", "pass", "pass"]),
            ([80, 190, 300], 14, nil, ["pass", "pass", "fail", "pass"]),
            ([80, 190, 270, 300], 14, nil, ["pass", "pass", "pass", "pass"]),
            ([80, 190, 300], 0, 120...130, ["pass", "none", "pass", "pass"]),
        ] as [([Int], Int64, ClosedRange<Int>?, [String])])
    func `quarters`(_ days: [Int], _ due: Int64, _ gap: ClosedRange<Int>?, _ expected: [String]) throws {
        let test = Sample.test(try Sample.cadence(.calendar(.quarter, zone: "UTC", due: .days(due))))
        let rows = try test.sqlRows(
            try CadenceExampleTests.reviews(days, gap: gap).frame(try self.days(0, 365)))
        #expect(rows.map(\.verdict) == expected)
    }

    @Test func `thirty days back`() throws {
        let unit: Int64 = 86_400_000_000
        let test = Sample.test(try Sample.cadence(.rolling(.days(30))))
        let whole = try test.sqlRows(try CadenceExampleTests.reviews([10, 35, 80]).frame(try days(0, 120)))
        #expect(
            whole.table(unit: unit) == [
                .pass: [[10, 65], [80, 110]], .fail: [[0, 10], [65, 80], [110, 120]],
            ])
        let gap = try test.sqlRows(
            try CadenceExampleTests.reviews([10, 35, 80], gap: 68...70).frame(try days(0, 120)))
        #expect(gap.filter { $0.verdict == "none" }.map { ($0.starts - hour(0).microseconds) / unit } == [68])
    }

    @Test(arguments: ResponseExampleTests.cases) func `responses`(_ example: ResponseExampleTests.Case) throws
    {
        var facts = Facts()
        for kind in ["request", "answer"] as [Identifier] {
            try facts.covered(kind, [-200...505, 520...2_000])
        }
        let person = JSON.string(example.key.text)
        facts.event("request", example.key, at: example.trigger, ["person": person])
        if let answer = example.answer { facts.event("answer", "a", at: answer, ["person": person]) }
        let test = Sample.test(try Sample.response(skew: .hours(example.skew)))
        let rows = try test.sqlRows(facts.frame(try hours(0, 720)))
        #expect(rows.map(\.verdict) == [example.verdict.rawValue])
    }

    // MARK: Reconciliations

    @Test(arguments: ReconTests.expected)
    func `each account has the verdicts of its row`(
        _ key: Identifier, _ table: [Verdict: [[Int]]], _: Int
    ) throws {
        let rows = try Sample.test(try ReconTests.recon()).sqlRows(
            try ReconTests.facts().wide(try hours(0, 240)))
        #expect(rows.table(key.text) == table)
    }

    @Test(arguments: ["at < e.ended", "e.active"])
    func `a partner counts as long as its scope says`(_ scope: String) throws {
        var facts = Facts()
        try facts.covered("account", [-100...500])
        try facts.covered("employment", [-100...500])
        facts.state("account", "ann", from: 0, to: 240, ["owner": .string("ann"), "enabled": .bool(true)])
        let ended = JSON.string(hour(77).description)
        facts.state(
            "employment", "ann", from: -9, to: 77,
            ["person": .string("ann"), "ended": ended, "active": .bool(true)])
        facts.state(
            "employment", "ann", from: 77, ["person": .string("ann"), "ended": ended, "active": .bool(false)])
        // Nobody's name, for a while: it may be hers.
        facts.state(
            "employment", "x", from: 90, to: 95, ["ended": ended, "active": .bool(scope == "e.active")])
        let test = Sample.test(try ReconTests.recon(grace: 0, partners: scope))
        let frame = facts.wide(try hours(0, 240))
        let rows = try test.sqlRows(frame)
        #expect(rows == test.evaluate(frame).asPrinted)
        #expect(rows.first?.verdict == "pass")
        #expect(rows.contains { $0.verdict == "none" } == (scope == "e.active"))
    }

    // MARK: Shares

    @Test(
        arguments: [
            (43_170, 43_200, 0, Verdict.pass), (43_000, 43_000, 200, .unknown), (43_150, 43_200, 0, .fail),
            (43_199, 43_199, 1, .pass), (42_950, 43_000, 200, .fail), (0, 0, 0, .notApplicable),
        ] as [(Int, Int, Int, Verdict)])
    func `shares`(_ good: Int, _ all: Int, _ unknown: Int, _ expected: Verdict) throws {
        // What is unknown is unwatched time at the end, a probe a minute.
        let watched = max(all, 1)
        var facts = Facts()
        facts.add(.coverage("probe", try minutes(0, watched)))
        facts.add(.coverage("probe", try minutes(watched + unknown, watched + unknown + 10)))
        for at in 0..<all {
            facts.add(
                .event("probe", Identifier("p\(at)"), at: minute(at), Facts.object(["up": .bool(at < good)])))
        }
        let requirement = RatioRequirement(
            kind: "probe", scope: nil, require: try Sample.predicate("p.up", of: "p"),
            target: try #require(Proportion(partsPerMillion: 999_000)), window: .period,
            spacing: .minutes(1))
        let frame = facts.wide(try minutes(0, watched + unknown))
        let rows = try Sample.test(.ratio(requirement)).sqlRows(frame)
        #expect(rows.map(\.verdict) == [expected.rawValue])
    }

    private func days(_ from: Int, _ to: Int) throws -> Interval { try hours(24 * from, 24 * to) }
}
