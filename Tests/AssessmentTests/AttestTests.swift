import Evidence
import Formats
import TestSupport
import Testing

@testable import Assessment

/// Statements that must stand, in hours.
@Suite struct AttestTests {
    private static let digest = "sha256:" + String(repeating: "0a", count: 32)

    private func attest(
        valid: Int64 = 100, from: String? = nil, until: String? = nil, windows: AttestWindows? = nil
    ) throws -> Requirement {
        .attest(
            AttestRequirement(
                kind: "statement", qualify: try Sample.predicate("s.about == 'plan'", of: "s"),
                attester: try Sample.predicate("s.attester", of: "s"),
                operator: try Sample.predicate("s.operator", of: "s"),
                artifacts: try Sample.predicate("s.artifacts", of: "s"),
                from: try KindSample.predicate(from, "s"), until: try KindSample.predicate(until, "s"),
                valid: .hours(valid), windows: windows))
    }

    private func sign(
        _ facts: inout Facts, _ at: Int, about: String? = "plan", attester: String? = "ann",
        operator: String? = "bob", artifacts: [String]? = [digest], from: Int? = nil, until: Int? = nil
    ) {
        var value = JSONObject()
        let texts = [("about", about), ("attester", attester), ("operator", `operator`)]
        for (name, text) in texts { if let text { value.append(name, .string(text)) } }
        if let artifacts { value.append("artifacts", .array(artifacts.map { .string($0) })) }
        for (name, at) in [("from", from), ("until", until)] {
            if let at { value.append(name, .string(hour(at).description)) }
        }
        facts.add(.event("statement", Identifier("s\(at)"), at: hour(at), value))
    }

    private func facts(_ covered: [ClosedRange<Int>] = [-900...900]) throws -> Facts {
        var facts = Facts()
        try facts.covered("statement", covered)
        return facts
    }

    private func table(_ facts: Facts, _ requirement: Requirement, knownAt: Instant = hour(90_000)) throws
        -> [Verdict: [[Int]]]
    {
        Sample.test(requirement).evaluate(facts.wide(try hours(0, 240), knownAt: knownAt)).table()
    }

    // MARK: At every instant

    @Test func `a statement stands from its signature to its expiry`() throws {
        var facts = try facts()
        sign(&facts, -50)
        sign(&facts, 80)
        #expect(
            try table(facts, try attest()) == [
                .pass: [[0, 50], [80, 180]], .fail: [[50, 80], [180, 240]],
            ])
        let outcome = try TestOutcome(Sample.test(try attest()), facts.wide(try hours(0, 240)), .standard)
        #expect(outcome.exceptions.map(\.reason) == [.notAttested, .notAttested])
    }

    @Test(
        arguments: [
            (nil, nil, [20, 120]), (10, nil, [20, 120]), (60, nil, [60, 160]), (nil, 70, [20, 70]),
            (nil, 500, [20, 120]), (60, 70, [60, 70]), (60, 60, nil), (nil, 10, nil),
        ] as [(Int?, Int?, [Int]?)])
    func `its own dates can only narrow that`(_ from: Int?, _ until: Int?, _ stands: [Int]?) throws {
        var facts = try facts()
        sign(&facts, 20, from: from, until: until)
        let requirement = try attest(
            from: from == nil ? nil : "s.from", until: until == nil ? nil : "s.until")
        #expect(try table(facts, requirement)[.pass] == stands.map { [$0] })
        #expect(try table(facts, requirement)[.unknown] == nil)
    }

    @Test func `a signature for oneself, for nothing or for something else is no statement`() throws {
        var facts = try facts()
        sign(&facts, 0, attester: "bob")
        sign(&facts, 60, artifacts: [])
        sign(&facts, 120, artifacts: ["plan.pdf"])
        sign(&facts, 180, about: "budget")
        let rows = Sample.test(try attest(valid: 30)).evaluate(facts.wide(try hours(0, 240)))
        #expect(rows.table() == [.fail: [[0, 240]]])
        #expect(rows.rows.first { $0.interval.contains(hour(10)) }?.reason == .selfAttested)
        #expect(rows.rows.first { $0.interval.contains(hour(70)) }?.reason == .notAttested)
    }

    @Test func `one unbroken failure is one exception, whatever was signed that does not count`() throws {
        var facts = try facts()
        sign(&facts, -40)
        for at in [20, 60, 100] { sign(&facts, at, artifacts: []) }
        sign(&facts, 140, attester: "bob")
        let test = Sample.test(try attest(valid: 30))
        let outcome = try TestOutcome(test, facts.wide(try hours(0, 240)), .standard)
        #expect(
            outcome.rows.rows.map(\.interval) == [
                try hours(0, 140), try hours(140, 170), try hours(170, 240),
            ])
        #expect(outcome.rows.rows.map(\.reason) == [.notAttested, .selfAttested, .notAttested])
        #expect(outcome.rows.rows.allSatisfy { $0.run == hour(-10) })
        #expect(outcome.exceptions.map(\.interval) == [try hours(0, 240)])
        #expect(outcome.exceptions.map(\.failing) == [.hours(240)])
    }

    @Test func `what a statement leaves open is unknown for as long as it could stand`() throws {
        var facts = try facts()
        sign(&facts, 0, about: nil)
        sign(&facts, 40, attester: nil)
        sign(&facts, 80, operator: "")
        sign(&facts, 120, artifacts: nil)
        sign(&facts, 160)
        let requirement = try attest(valid: 10, until: "s.until")
        #expect(
            try table(facts, requirement)[.unknown] == [
                [0, 10], [40, 50], [80, 90], [120, 130], [160, 170],
            ])
        #expect(try table(facts, requirement)[.pass] == nil)
        #expect(try table(facts, try attest(valid: 10, from: "s.from"))[.pass] == nil)
    }

    @Test func `a gap in the collection may hide a statement that stands for long`() throws {
        var facts = try facts([-900...30, 40...900])
        sign(&facts, 20)
        #expect(
            try table(facts, try attest(valid: 50))
                == [.fail: [[0, 20], [90, 240]], .pass: [[20, 70]], .unknown: [[70, 90]]])
        #expect(try table(Facts(), try attest()) == [.unknown: [[0, 240]]])
    }

    @Test func `a failure that began while nobody collected began where that is known`() throws {
        var facts = try facts([-900...50, 60...900])
        sign(&facts, 20)
        let rows = Sample.test(try attest(valid: 30)).evaluate(facts.wide(try hours(30, 240))).rows
        #expect(rows.map(\.verdict) == [.pass, .unknown, .fail])
        #expect(rows.map(\.run) == [nil, nil, rows[2].interval.start])
        // A gap behind its beginning does not end it.
        var other = try self.facts([-900...100, 110...900])
        sign(&other, 20)
        let later = Sample.test(try attest(valid: 30)).evaluate(other.wide(try hours(30, 240))).rows
        #expect(later.map(\.verdict) == [.pass, .fail, .unknown, .fail])
        #expect(later.map(\.run) == [nil, hour(50), hour(50), hour(50)])
    }

    @Test(arguments: ["1", "2"])
    func `one unbroken failure is one exception also over a version that asks the same`(
        _ continuity: String
    ) throws {
        var facts = try facts()
        sign(&facts, -140)
        let versions = [
            RequirementVersion(
                requirement: try attest(), inForce: try hours(-900, 100), digest: "a", continuity: "1"),
            RequirementVersion(
                requirement: try attest(), inForce: try hours(100, 900), digest: "b", continuity: continuity),
        ]
        let test = ControlTest(id: "t", title: "", versions: versions, waivers: [])
        let outcome = try TestOutcome(test, facts.wide(try hours(0, 240)), .standard)
        let isSame = continuity == "1"
        #expect(outcome.rows.rows.map(\.run) == [hour(-40), isSame ? hour(-40) : hour(100)])
        #expect(
            outcome.exceptions.map(\.interval)
                == (isSame ? [try hours(0, 240)] : [try hours(0, 100), try hours(100, 240)]))
    }

    @Test func `one pass says what looking at every statement at every instant says`() throws {
        let attesters: [String?] = ["ann", "bob", nil, "ann"]
        for seed in UInt64(0)..<60 {
            var random = Seeded(seed)
            let gap = 40..<(40 + random.below(9))
            var facts = try facts([-900...gap.lowerBound, gap.upperBound...900])
            var signed: [(at: Int, worth: Int)] = []
            for at in -60..<240 where random.below(12) == 0 {
                let worth = random.below(4)
                signed.append((at, worth))
                sign(&facts, at, attester: attesters[worth], artifacts: worth == 3 ? [] : [Self.digest])
            }
            let rows = Sample.test(try attest(valid: 20)).evaluate(facts.wide(try hours(0, 240)))
            for at in 0..<240 {
                let present = signed.filter { $0.at <= at && at < $0.at + 20 }.map(\.worth)
                let isHidden = !gap.isEmpty && at >= gap.lowerBound && at < gap.upperBound + 20
                let isOpen = isHidden || present.contains(2)
                let expected: Verdict = present.contains(0) ? .pass : isOpen ? .unknown : .fail
                #expect(rows.verdict("", at: hour(at)) == expected, "seed \(seed), hour \(at)")
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a long history of statements does not take its square`() throws {
        var facts = try facts([-30_000...900])
        for at in -20_000..<0 { sign(&facts, at) }
        #expect(try table(facts, try attest(valid: 10)) == [.pass: [[0, 9]], .fail: [[9, 240]]])
    }

    @Test func `what lies ahead, and what is awaited, is pending`() throws {
        var facts = try facts([-900...100])
        sign(&facts, 20)
        #expect(
            try table(facts, try attest(valid: 50), knownAt: hour(110))
                == [.fail: [[0, 20], [70, 100]], .pass: [[20, 70]], .pending: [[100, 240]]])
        sign(&facts, 90)
        #expect(
            try table(facts, try attest(valid: 50), knownAt: hour(110))
                == [.fail: [[0, 20], [70, 90]], .pass: [[20, 70], [90, 110]], .pending: [[110, 240]]])
    }

    @Test func `outside its time in force the test does not apply`() throws {
        var facts = try facts()
        sign(&facts, 0)
        let version = RequirementVersion(
            requirement: try attest(), inForce: try hours(50, 150), digest: "1")
        let test = ControlTest(id: "t", title: "", versions: [version], waivers: [])
        let rows = test.evaluate(facts.wide(try hours(0, 240)))
        #expect(
            rows.table() == [
                .notApplicable: [[0, 50], [150, 240]], .pass: [[50, 100]], .fail: [[100, 150]],
            ])
    }

    // MARK: In each window

    @Test func `in each window one statement must be signed, and one serves one window`() throws {
        var facts = try facts()
        sign(&facts, 10)
        sign(&facts, 26)
        sign(&facts, 50, attester: "bob")
        sign(&facts, 80, attester: nil)
        sign(&facts, 98)
        let day = try attest(windows: AttestWindows(unit: .day, zone: "UTC"))
        let rows = Sample.test(day).evaluate(facts.wide(try hours(0, 144)))
        #expect(rows.rows.map(\.verdict) == [.pass, .pass, .fail, .unknown, .pass, .fail])
        let late = try attest(windows: AttestWindows(unit: .day, zone: "UTC", due: .hours(4)))
        let graced = Sample.test(late).evaluate(facts.wide(try hours(0, 144)))
        // What was signed at 98 serves the day before, within its four hours; its own day is missed only if what was
        // signed at 80, by nobody knows whom, does not count.
        #expect(graced.rows.map(\.verdict) == [.pass, .pass, .fail, .pass, .unknown, .fail])
        #expect(rows.rows.allSatisfy { !$0.references.isEmpty || $0.verdict == .fail })
    }

    @Test(arguments: [false, true])
    func `a window in which the test was taken out is unknown, and other rules are no break`(
        _ isReplaced: Bool
    ) throws {
        let day = try attest(windows: AttestWindows(unit: .day, zone: "UTC"))
        let between = RequirementVersion(
            requirement: try attest(), inForce: try hours(60, 61), digest: "2")
        let versions =
            [RequirementVersion(requirement: day, inForce: try hours(-24, 60), digest: "1")]
            + (isReplaced ? [between] : [])
            + [RequirementVersion(requirement: day, inForce: try hours(61, 900), digest: "3")]
        let test = ControlTest(id: "t", title: "", versions: versions, waivers: [])
        let rows = test.evaluate(try facts().wide(try hours(0, 96)))
        let verdicts = rows.rows.filter { !$0.isStretch }.map(\.verdict)
        #expect(verdicts == [.fail, .fail, isReplaced ? .fail : .unknown, .fail])
    }

    @Test func `windows without any collection are unknown`() throws {
        let day = try attest(windows: AttestWindows(unit: .day, zone: "UTC"))
        let rows = Sample.test(day).evaluate(Facts().wide(try hours(0, 48)))
        #expect(rows.rows.map(\.verdict) == [.unknown, .unknown])
    }
}
