import Evidence
import Formats
import Testing

@testable import Assessment

/// The worked examples of the semantics for requirements on states, in hours.
@Suite struct StateExampleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var gaps: [ClosedRange<Int>] = []
        var deleted: Int?
        var violated = 30...90
        var waivedFrom: Int?
        let expected: [Verdict: [[Int]]]
        var exceptions = 1
        var failing: Int64 = 0
        var testDescription: String { name }

        func facts() throws -> Facts {
            var facts = Facts()
            var covered: [ClosedRange<Int>] = []
            var start = -200
            for gap in gaps {
                covered.append(start...gap.lowerBound)
                start = gap.upperBound
            }
            try facts.covered("store", covered + [start...400])
            let (from, to) = (violated.lowerBound, violated.upperBound)
            facts.state("store", "k", from: -48, to: from, ["encrypted": .bool(true)])
            facts.state("store", "k", from: from, to: min(to, deleted ?? to), ["encrypted": .bool(false)])
            if deleted == nil { facts.state("store", "k", from: to, ["encrypted": .bool(true)]) }
            return facts
        }
    }

    static let cases: [Case] = [
        Case(
            name: "a: full coverage",
            expected: [.pass: [[0, 30], [90, 240]], .tolerated: [[30, 54]], .fail: [[54, 90]]], failing: 36),
        Case(
            name: "b: a gap inside the violation", gaps: [60...72],
            expected: [
                .pass: [[0, 30], [90, 240]], .tolerated: [[30, 54]], .fail: [[54, 60], [72, 90]],
                .unknown: [[60, 72]],
            ], failing: 24),
        Case(
            name: "c: a gap over the violation", gaps: [25...100],
            expected: [.pass: [[0, 25], [100, 240]], .unknown: [[25, 100]]], exceptions: 0),
        Case(
            name: "d: deleted", deleted: 70,
            expected: [
                .pass: [[0, 30]], .tolerated: [[30, 54]], .fail: [[54, 70]], .notApplicable: [[70, 240]],
            ], failing: 16),
        Case(
            name: "e: a waiver that was approved late", waivedFrom: 80,
            expected: [
                .pass: [[0, 30], [90, 240]], .tolerated: [[30, 54]], .fail: [[54, 80]], .waived: [[80, 90]],
            ], failing: 26),
        Case(
            name: "f: a gap does not heal", gaps: [40...70],
            expected: [
                .pass: [[0, 30], [90, 240]], .tolerated: [[30, 40]], .fail: [[70, 90]], .unknown: [[40, 70]],
            ], failing: 20),
        Case(
            name: "g: violated since before the period", violated: -12...400,
            expected: [.tolerated: [[0, 12]], .fail: [[12, 240]]], failing: 228),
    ]

    private func outcome(_ example: Case, _ period: Interval) throws -> TestOutcome {
        let waivers = try example.waivedFrom.map { [Sample.waiver(try hours(0, 240), recorded: $0)] } ?? []
        let test = Sample.test(try Sample.state("s.encrypted", grace: .hours(24)), waivers: waivers)
        return try TestOutcome(test, try example.facts().frame(period), .standard)
    }

    @Test(arguments: cases) func `each case has the verdicts of its row`(_ example: Case) throws {
        let outcome = try outcome(example, try hours(0, 240))
        #expect(outcome.rows.table() == example.expected)
        #expect(outcome.exceptions.count == example.exceptions)
        #expect(outcome.exceptions.first?.failing ?? .zero == .hours(example.failing))
    }

    @Test(arguments: [(40, Verdict.tolerated), (60, .fail), (100, .pass)])
    func `an instant of case a is judged by its whole history`(_ at: Int, _ expected: Verdict) throws {
        let period = try #require(Interval(instant: hour(at)))
        let outcome = try outcome(Self.cases[0], period)
        #expect(outcome.rows.rows.map(\.verdict) == [expected])
        #expect(outcome.rows.rows.map(\.interval) == [period])
        #expect(outcome.conclusion == (expected == .fail ? .ineffective : .effective))
        #expect(outcome.coverage.part == 1 && outcome.coverage.whole == 1)
    }

    @Test func `snapshots cover as long as they are fresh`() throws {
        let taken = [0, 24, 48, 120, 144]
        var facts = Facts()
        for at in taken { try facts.covered("store", [at...(at + 30)]) }
        facts.state("store", "k", from: 0, ["encrypted": .bool(true)])
        let rows = Sample.test(try Sample.state("s.encrypted")).evaluate(facts.frame(try hours(0, 168)))
        #expect(rows.table() == [.pass: [[0, 78], [120, 168]], .unknown: [[78, 120]]])
        #expect(rows.uncovered == IntervalSet([try hours(78, 120)]))
    }

    @Test func `a correction changes what was known before only for those who know it`() throws {
        var facts = Facts()
        try facts.covered("store", [-10...100])
        facts.state("store", "k", from: 0, to: 30, recorded: 10, ["encrypted": .bool(true)])
        facts.state("store", "k", from: 30, to: 60, recorded: 35, ["encrypted": .bool(true)])
        facts.state("store", "k", from: 20, to: 30, recorded: 50, ["encrypted": .bool(false)])
        let test = Sample.test(try Sample.state("s.encrypted", grace: .hours(4)))
        let period = try hours(0, 60)
        #expect(test.evaluate(facts.frame(period, knownAt: hour(40))).table() == [.pass: [[0, 60]]])
        #expect(
            test.evaluate(facts.frame(period, knownAt: hour(55))).table()
                == [.pass: [[0, 20], [30, 60]], .tolerated: [[20, 24]], .fail: [[24, 30]]])
    }

    @Test func `a comparison with the instant flips at the instant`() throws {
        var facts = Facts()
        try facts.covered("store", [-3_000...400])
        facts.state("store", "k", from: -2_100, ["created": .string(hour(-2_100).description)])
        facts.state("store", "k", from: 100, ["created": .string(hour(100).description)])
        let period = try hours(0, 240)
        for (require, flip) in [("at - s.created < days(90)", 0), ("at - s.created <= days(90)", 1)] {
            let rows = Sample.test(try Sample.state(require)).evaluate(facts.frame(period))
            #expect(rows.table() == [.pass: [[0, 60], [100, 240]], .fail: [[60, 100]]])
            let failing = rows.rows.first { $0.verdict == .fail }
            #expect(failing?.interval.start == hour(60) + TimeSpan(microseconds: Int64(flip)))
        }
    }

    @Test func `each version of a test judges its own time`() throws {
        var facts = Facts()
        try facts.covered("store", [-100...400])
        facts.state("store", "k", from: -48, ["retention": .integer(14)])
        let versions = [
            RequirementVersion(
                requirement: try Sample.state("s.retention >= 7", grace: .hours(24)),
                inForce: try #require(Interval(from: .distantPast, to: hour(120))), digest: "7"),
            RequirementVersion(
                requirement: try Sample.state("s.retention >= 35", grace: .hours(24)),
                inForce: try #require(Interval(from: hour(120), to: .distantFuture)), digest: "35"),
        ]
        let test = ControlTest(id: "test", title: "", versions: versions, waivers: [])
        let rows = test.evaluate(facts.frame(try hours(0, 240)))
        #expect(rows.table() == [.pass: [[0, 120]], .tolerated: [[120, 144]], .fail: [[144, 240]]])
    }

    @Test(arguments: [
        ("1", [[30, 54]], [[54, 240]]), ("2", [[30, 54], [120, 144]], [[54, 120], [144, 240]]),
    ])
    func `the grace runs on over a new version only if it asks the same`(
        _ digest: String, _ tolerated: [[Int]], _ failing: [[Int]]
    ) throws {
        var facts = Facts()
        try facts.covered("store", [-100...400])
        facts.state("store", "k", from: -48, ["encrypted": .bool(true)])
        facts.state("store", "k", from: 30, ["encrypted": .bool(false)])
        let requirement = try Sample.state("s.encrypted", grace: .hours(24))
        let versions = [
            RequirementVersion(
                requirement: requirement, inForce: try #require(Interval(from: .distantPast, to: hour(120))),
                digest: "1"),
            RequirementVersion(
                requirement: requirement,
                inForce: try #require(Interval(from: hour(120), to: .distantFuture)),
                digest: digest),
        ]
        let test = ControlTest(id: "test", title: "", versions: versions, waivers: [])
        let table = test.evaluate(facts.frame(try hours(0, 240))).table()
        #expect(table == [.pass: [[0, 30]], .tolerated: tolerated, .fail: failing])
    }

    @Test(
        arguments: [
            // Violated all along; mended, gone or out of scope while the test was taken out; another requirement.
            ([], "1", [[30, 40], [50, 54]], [[54, 240]]),
            ([(43, true, true)], "1", [[30, 40], [50, 70]], [[70, 240]]),
            ([(43, nil, true)], "1", [[30, 40], [50, 70]], [[70, 240]]),
            ([(43, false, false)], "1", [[30, 40], [50, 70]], [[70, 240]]),
            ([], "2", [[30, 40], [50, 74]], [[74, 240]]),
        ] as [([(Int, Bool?, Bool)], String, [[Int]], [[Int]])])
    func `taking a test out for a while does not start the grace anew`(
        _ changes: [(Int, Bool?, Bool)], _ digest: String, _ tolerated: [[Int]], _ failing: [[Int]]
    ) throws {
        var facts = Facts()
        try facts.covered("store", [-100...400])
        facts.state("store", "k", from: -48, ["encrypted": .bool(true), "scoped": .bool(true)])
        facts.state("store", "k", from: 30, ["encrypted": .bool(false), "scoped": .bool(true)])
        for (at, encrypted, scoped) in changes {
            if let encrypted {
                facts.state("store", "k", from: at, ["encrypted": .bool(encrypted), "scoped": .bool(scoped)])
            } else {
                facts.end("store", "k", at: at)
            }
            facts.state("store", "k", from: 46, ["encrypted": .bool(false), "scoped": .bool(true)])
        }
        let requirement = try Sample.state("s.encrypted", scope: "s.scoped", grace: .hours(24))
        let versions = [
            RequirementVersion(requirement: requirement, inForce: try hours(-90, 40), digest: "1"),
            RequirementVersion(requirement: requirement, inForce: try hours(50, 900), digest: digest),
        ]
        let test = ControlTest(id: "test", title: "", versions: versions, waivers: [])
        let period = try hours(0, 240)
        let rows = test.evaluate(facts.frame(period))
        #expect(
            rows.table() == [
                .pass: [[0, 30]], .tolerated: tolerated, .fail: failing, .notApplicable: [[40, 50]],
            ])
        #expect(try test.sweepsAlike(facts, period))
        #expect(try test.sqlRows(facts.frame(period)) == rows.asPrinted)
    }
}
