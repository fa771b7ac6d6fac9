import Evidence
import Formats
import Ledger
import Testing

@testable import Assessment

/// Shares, whatever the length of what they are shares of; and what a result says of tests and controls together.
@Suite struct ShareTests {
    private func outcome(
        _ facts: Facts, _ requirement: Requirement, _ period: Interval, knownAt: Instant = hour(90_000)
    ) throws
        -> TestOutcome
    {
        try TestOutcome(Sample.test(requirement), facts.frame(period, knownAt: knownAt), .standard)
    }

    @Test func `a period that has not begun leaves the other shares to decide`() throws {
        // The window ends in the period but is judged before it begins: what is known of it counts.
        var rows = TestRows()
        for (index, verdict) in [Verdict.pass, .unknown].enumerated() {
            rows.rows.append(
                VerdictRow(
                    key: Identifier("\(index)"), interval: try hours(0, 1), verdict: verdict, due: hour(1)))
        }
        #expect(TestOutcome.coverage(SweptRows(rows), IntervalSet()) == Ratio(1, of: 2))
        #expect(TestOutcome.coverage(SweptRows(), IntervalSet()) == Ratio(0, of: 0))
    }

    @Test func `a century of many records does not overflow`() throws {
        let century = try #require(Interval(from: hour(0), to: hour(24 * 36_500)))
        var rows = TestRows()
        for index in 0..<4_000 {
            rows.rows.append(
                VerdictRow(
                    key: Identifier("\(index)"), interval: century, verdict: index < 1_000 ? .unknown : .pass)
            )
        }
        rows.uncovered = IntervalSet([try #require(Interval(from: hour(0), to: hour(24 * 3_650)))])
        #expect(TestOutcome.coverage(SweptRows(rows), IntervalSet([century])).partsPerMillion == 750_000)
        rows.rows = []
        #expect(TestOutcome.coverage(SweptRows(rows), IntervalSet([century])).partsPerMillion == 900_000)
        let whole = Int128(Int64.max) * 1_000_000
        #expect([499_999, 500_000].contains(Ratio(scaling: whole / 2, of: whole).partsPerMillion))
        #expect(Ratio(scaling: whole, of: whole).partsPerMillion == 1_000_000)
        #expect(Ratio(scaling: 70_000_001, of: 70_000_001).partsPerMillion == 1_000_000)
        #expect((Ratio(scaling: 70_000_000, of: 70_000_001).partsPerMillion ?? 0) < 1_000_000)
        #expect((Ratio(scaling: whole - 1, of: whole).partsPerMillion ?? 0) < 1_000_000)
    }

    // MARK: Controls

    private func result(_ tests: [ControlTest], _ control: ControlRule?, _ facts: Facts) throws
        -> AssessmentResult
    {
        let input = AssessmentInput(
            tests: tests, controls: [control].compactMap { $0 }, criteria: [], tolerance: .standard,
            period: try hours(0, 240), knownAt: hour(90_000), programDigest: Digest.sha256([]),
            timeZoneData: "fixed")
        return try AssessmentResult(input, history: facts.history(), evidenceDigest: Digest.sha256([]))
    }

    private func rule(_ tests: [Identifier], _ combination: Combination = .all) -> ControlRule {
        ControlRule(
            id: "C-1", title: "", criteria: [], tests: tests, isKey: true, combination: combination)
    }

    private func store(encrypted: Bool) throws -> Facts {
        var facts = Facts()
        try facts.covered("store", [-100...500])
        facts.state("store", "k", from: -10, ["encrypted": .bool(true)])
        if !encrypted { facts.state("store", "k", from: 10, to: 20, ["encrypted": .bool(false)]) }
        return facts
    }

    @Test func `a test that was not in force does not help its control`() throws {
        let test = Sample.test(try Sample.state("s.encrypted"), id: "one")
        let facts = try store(encrypted: true)
        #expect(try result([test], rule(["one"]), facts).controls[0].conclusion == .effective)
        let half = try result([test], rule(["one", "two"]), facts)
        #expect(half.controls[0].conclusion == .notTested)
        #expect(half.hasFindings)
        #expect(try result([test], rule(["one", "two"], .any), facts).controls[0].conclusion == .effective)
        #expect(try !result([test], rule([]), facts).hasFindings)
    }

    @Test func `a test that no control names is looked at too`() throws {
        let test = Sample.test(try Sample.state("s.encrypted"), id: "one")
        #expect(try result([test], nil, try store(encrypted: false)).hasFindings)
        #expect(try !result([test], nil, try store(encrypted: true)).hasFindings)
        #expect(try result([test], nil, Facts()).hasFindings)
    }

    @Test func `exceptions stay on record beside what is pending`() throws {
        var facts = try store(encrypted: true)
        for number in 0..<40 {
            facts.state("store", Identifier("s\(number)"), from: -10, ["encrypted": .bool(true)])
        }
        facts.state("store", "k", from: 10, to: 20, ["encrypted": .bool(false)])
        for kind in ["request", "answer"] as [Identifier] { try facts.covered(kind, [-300...90_000]) }
        facts.event("request", "q", at: 239, ["person": .string("p")])
        let tests = [
            Sample.test(try Sample.state("s.encrypted"), id: "one"),
            Sample.test(try Sample.response(), id: "two"),
        ]
        let result = try result(tests, rule(["one", "two"]), facts)
        #expect(result.tests.map(\.conclusion) == [.withExceptions, .pending])
        #expect(result.controls[0].conclusion == .pending)
        #expect(result.controls[0].hasExceptions)
        #expect(result.hasFindings)
        #expect(result.json["controls"]?.array?[0]["exceptions"] == .bool(true))
    }

    // MARK: Versions

    @Test func `a result says when each version was put on record`() throws {
        let version = RequirementVersion(
            requirement: try Sample.state("s.encrypted"), inForce: .always, digest: "1", recorded: hour(7))
        let test = ControlTest(id: "one", title: "", versions: [version], waivers: [])
        let result = try result([test], nil, try store(encrypted: true))
        let versions = result.json["tests"]?.array?[0]["versions"]
        #expect(versions?.array?[0]["recorded"]?.string == hour(7).description)
    }

    @Test func `a failure that nobody watched all the time is one exception, with its parts among the rows`()
        throws
    {
        var facts = Facts()
        try facts.covered("store", [-100...10, 20...400])
        facts.state("store", "whole", from: -100, to: 400, ["encrypted": .bool(true)])
        facts.state("store", "parted", from: 5, to: 400, ["encrypted": .bool(false)])
        facts.state("store", "short", from: 30, to: 31, ["encrypted": .bool(false)])
        let judged = try result([Sample.test(try Sample.state("s.encrypted"))], nil, facts)
        let found = try #require(judged.json["tests"]?.array?[0])
        #expect(found["exceptions"]?.array?.map { $0.array?[0].string } == ["parted", "short"])
        let rows = found["rows"]?.array?.compactMap { $0.array } ?? []
        let failing = rows.filter { $0[4].string == "fail" }
        #expect(failing.map { $0[0].string } == ["parted", "parted"])
        #expect(failing.map { $0[2].string } == [hour(5).description, hour(20).description])
        #expect(!rows.contains { $0[0].string == "short" && $0[4].string == "fail" })
    }
}

/// Timelines of tests that look at events.
@Suite struct EventTimelineTests {
    private func outcome(_ events: [(at: Int, author: String)], gap: ClosedRange<Int>? = nil) throws
        -> TestOutcome
    {
        var facts = Facts()
        try facts.covered("deploy", gap.map { [-100...$0.lowerBound, $0.upperBound...500] } ?? [-100...500])
        for (index, event) in events.enumerated() {
            facts.event("deploy", Identifier("d\(index)"), at: event.at, ["author": .string(event.author)])
        }
        let test = Sample.test(try Sample.event("d.author == 'x'"))
        return try TestOutcome(test, facts.frame(try hours(0, 240)), .standard)
    }

    private func segments(_ outcome: TestOutcome) -> [String] {
        outcome.timeline.segments.map { segment in
            let from = (segment.interval.start - hour(0)).microseconds
            let to = (segment.interval.end - hour(0)).microseconds
            let hours = { (count: Int64) in
                let rest = count % 3_600_000_000
                return "\(count / 3_600_000_000)" + (rest == 0 ? "" : "+\(rest)us")
            }
            return "\(hours(from))-\(hours(to)) \(segment.verdict.rawValue)"
        }
    }

    @Test func `a series of passing events is one stretch`() throws {
        let outcome = try outcome([(10, "x"), (20, "x"), (20, "x"), (200, "x")])
        #expect(segments(outcome) == ["0-10 n/a", "10-200+1us pass", "200+1us-240 n/a"])
        #expect(outcome.units.passing == 4)
        #expect(outcome.rows.rows.count == 4)
    }

    @Test func `what fails in between breaks the series, and time that nobody saw shows through it`() throws {
        #expect(
            segments(try outcome([(10, "x"), (20, "x"), (30, "y"), (40, "x"), (50, "x")])) == [
                "0-10 n/a", "10-20+1us pass", "20+1us-30 n/a", "30-30+1us fail", "30+1us-40 n/a",
                "40-50+1us pass", "50+1us-240 n/a",
            ])
        #expect(
            segments(try outcome([(10, "x"), (20, "x"), (40, "x")], gap: 25...30)) == [
                "0-10 n/a", "10-25 pass", "25-30 none", "30-40+1us pass", "40+1us-240 n/a",
            ])
        #expect(
            segments(try outcome([(10, "x"), (20, "y"), (20, "x"), (30, "x")])) == [
                "0-10 n/a", "10-10+1us pass", "10+1us-20 n/a", "20-20+1us fail",
                "20+1us-30+1us pass", "30+1us-240 n/a",
            ])
    }

    @Test func `a million events do not make a long timeline`() throws {
        var rows = TestRows()
        for index in 0..<100_000 {
            let at = try #require(Interval(instant: hour(0) + .seconds(Int64(index))))
            rows.rows.append(VerdictRow(key: "e", interval: at, verdict: .pass, isStretch: false))
        }
        let frame = Frame(history: History(kinds: [:]), period: try hours(0, 240), knownAt: hour(300))
        #expect(Timeline(SweptRows(rows), frame).segments.count == 2)
    }

    @Test func `a result lists the events that are not plain passes`() throws {
        var facts = Facts()
        try facts.covered("deploy", [-100...500])
        for (index, author) in ["x", "y", "x", "z"].enumerated() {
            facts.event("deploy", Identifier("d\(index)"), at: 10 + index, ["author": .string(author)])
        }
        let waivers = [Sample.waiver(try hours(0, 240), keys: ["d3"])]
        let test = Sample.test(try Sample.event("d.author == 'x'"), waivers: waivers)
        let input = AssessmentInput(
            tests: [test], controls: [], criteria: [], tolerance: .standard, period: try hours(0, 240),
            knownAt: hour(300), programDigest: Digest.sha256([]), timeZoneData: "fixed")
        let result = try AssessmentResult(input, history: facts.history(), evidenceDigest: Digest.sha256([]))
        let found = try #require(result.json["tests"]?.array?[0])
        #expect(found["exceptions"]?.array?.map { $0.array?[0].string } == ["d1"])
        #expect(found["rows"]?.array?.map { $0.array?[0].string } == ["d3"])
        #expect(result.json["tests"]?.array?[0]["units"]?["passing"] == .integer(2))
        #expect(result.tests[0].rows.rows.count == 4, "all are there to be explained")
    }
}
