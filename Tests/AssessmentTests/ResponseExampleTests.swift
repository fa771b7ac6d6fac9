import Evidence
import Formats
import Testing

@testable import Assessment

/// The worked examples of the semantics for what must follow in time, in hours.
@Suite struct ResponseExampleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let key: Identifier
        let trigger: Int
        var answer: Int?
        var skew: Int64 = 0
        let verdict: Verdict
        var reason: VerdictReason?
        var testDescription: String { "\(key), skew \(skew)" }
    }

    static let cases: [Case] = [
        Case(key: "u1", trigger: -10, answer: 5, verdict: .pass, reason: .satisfied(at: hour(5))),
        Case(key: "u2", trigger: 100, answer: 130, verdict: .fail, reason: .late(by: .hours(6))),
        Case(key: "u3", trigger: 200, verdict: .fail, reason: .missed),
        Case(key: "u4", trigger: 300, answer: 324, verdict: .pass, reason: .satisfied(at: hour(324))),
        Case(key: "u5", trigger: 710, verdict: .pending, reason: .notYetDue(hour(734))),
        Case(key: "u6", trigger: 400, answer: 399, verdict: .fail, reason: .missed),
        Case(
            key: "u6", trigger: 400, answer: 399, skew: 2, verdict: .pass, reason: .satisfied(at: hour(399))),
        Case(key: "u7", trigger: 500, verdict: .unknown, reason: .uncovered),
    ]

    private func facts(_ cases: [Case]) throws -> Facts {
        var facts = Facts()
        for kind in ["request", "answer"] as [Identifier] {
            try facts.covered(kind, [-200...505, 520...2_000])
        }
        for example in cases {
            let person = JSON.string(example.key.text)
            facts.event("request", example.key, at: example.trigger, ["person": person])
            if let answer = example.answer {
                facts.event("answer", Identifier("to " + example.key.text), at: answer, ["person": person])
            }
        }
        return facts
    }

    @Test(arguments: cases) func `each case has the verdict of its row`(_ example: Case) throws {
        // All keys are there at once: none may take another's answer.
        let others = Self.cases.filter { $0.key != example.key }
        let test = Sample.test(try Sample.response(skew: .hours(example.skew)))
        let rows = test.evaluate(try facts(others + [example]).frame(try hours(0, 720))).rows
        let own = rows.filter { $0.key == example.key }
        #expect(own.map(\.verdict) == [example.verdict])
        #expect(own.map(\.reason) == [example.reason])
        #expect(own.map(\.due) == [hour(example.trigger + 24)])
    }

    @Test func `what falls due at the end of the period belongs to the next`() throws {
        let test = Sample.test(try Sample.response())
        let facts = try facts([Case(key: "u", trigger: 24, verdict: .fail)])
        let first = test.evaluate(facts.frame(try hours(0, 48))).rows
        let second = test.evaluate(facts.frame(try hours(48, 96))).rows
        #expect(first.map(\.verdict) == [.pending])
        #expect(second.map(\.verdict) == [.fail])
    }

    @Test func `a response is pending as long as it can still come or be collected`() throws {
        let test = Sample.test(try Sample.response(skew: .hours(2)))
        let facts = try facts([Case(key: "u", trigger: 100, verdict: .fail)])
        let period = try hours(0, 720)
        #expect(test.evaluate(facts.frame(period, knownAt: hour(126))).rows.map(\.verdict) == [.pending])
        #expect(test.evaluate(facts.frame(period, knownAt: hour(127))).rows.map(\.verdict) == [.fail])
    }

    @Test func `the deadline's own instant must be covered, because an answer at it is in time`() throws {
        var facts = Facts()
        try facts.covered("request", [-200...2_000])
        try facts.covered("answer", [-200...124, 130...2_000])
        facts.event("request", "u", at: 100, ["person": .string("u")])
        let test = Sample.test(try Sample.response())
        #expect(test.evaluate(facts.frame(try hours(0, 720))).rows.map(\.verdict) == [.unknown])
    }
}

/// People who leave, come back, and own several accounts.
@Suite struct OffboardingTests {
    private func facts(_ ended: [Int?]) throws -> Facts {
        var facts = Facts()
        for kind in ["employment", "account"] as [Identifier] { try facts.covered(kind, [-200...2_000]) }
        for (index, end) in ended.enumerated() {
            let person: KeyValuePairs<String, JSON> =
                end.map { ["person": .string("p"), "ended": .string(hour($0).description)] } ?? [
                    "person": .string("p")
                ]
            facts.state("employment", "p", from: index * 100, person)
        }
        return facts
    }

    private func account(_ facts: inout Facts, _ key: Identifier, _ at: Int, _ enabled: Bool) {
        facts.state("account", key, from: at, ["owner": .string("p"), "enabled": .bool(enabled)])
    }

    private func verdicts(_ facts: Facts, every: Bool = true) throws -> [Verdict] {
        let test = Sample.test(try Sample.offboarding(every: every))
        return test.evaluate(facts.frame(try hours(0, 720))).rows.map(\.verdict)
    }

    @Test func `every account must go, not just one`() throws {
        var facts = try facts([50])
        account(&facts, "a", -10, true)
        account(&facts, "b", -10, true)
        account(&facts, "a", 55, false)
        #expect(try verdicts(facts) == [.fail])
        #expect(try verdicts(facts, every: false) == [.pass])
        account(&facts, "b", 74, false)
        #expect(try verdicts(facts) == [.pass])
    }

    @Test func `a deleted account has gone, and one that was off already needs nothing`() throws {
        var facts = try facts([50])
        account(&facts, "a", -10, true)
        facts.end("account", "a", at: 60)
        account(&facts, "b", -10, false)
        #expect(try verdicts(facts) == [.pass])
    }

    @Test(
        arguments: [
            ("!a.enabled", true, false, Verdict.pass), ("a.enabled == false", true, false, .pass),
            ("a.enabled != true", true, false, .pass),
            ("!a.enabled && true != a.enabled", true, false, .pass),
            ("a.enabled", false, false, .fail), ("!(a.enabled || a.owner == 'p')", true, false, .fail),
            ("!a.enabled && a.owner == 'q'", true, false, .fail), ("a.enabled", false, true, .pass),
        ] as [(String, Bool, Bool, Verdict)])
    func `an account that is deleted answers where all must, or where it is asked not to be something`(
        _ becomes: String, _ isEnabled: Bool, _ every: Bool, _ expected: Verdict
    ) throws {
        var facts = try facts([50])
        // While it lives, it is never what is asked for.
        account(&facts, "a", -10, isEnabled)
        facts.end("account", "a", at: 60)
        let test = Sample.test(try Sample.offboarding(every: every, becomes: becomes))
        let frame = facts.frame(try hours(0, 720))
        #expect(test.evaluate(frame).rows.map(\.verdict) == [expected])
        #expect(try test.sweepsAlike(facts, hours(0, 720)))
        #expect(try test.sqlRows(frame).map(\.verdict) == [expected.rawValue])
    }

    @Test(
        arguments: [
            (40...55, true, Verdict.unknown), (40...50, true, .pass), (61...70, true, .pass),
            (60...61, true, .unknown), (40...55, false, .pass),
        ] as [(ClosedRange<Int>, Bool, Verdict)])
    func `that every account went can be said only where no other can have been there unseen`(
        _ gap: ClosedRange<Int>, _ every: Bool, _ expected: Verdict
    ) throws {
        var facts = Facts()
        try facts.covered("employment", [-200...2_000])
        try facts.covered("account", [-200...gap.lowerBound, gap.upperBound...2_000])
        facts.state(
            "employment", "p", from: 0,
            ["person": .string("p"), "ended": .string(hour(50).description)])
        account(&facts, "a", -10, true)
        account(&facts, "a", 60, false)
        let test = Sample.test(try Sample.offboarding(every: every))
        let frame = facts.frame(try hours(0, 720))
        #expect(test.evaluate(frame).rows.map(\.verdict) == [expected])
        #expect(try test.sweepsAlike(facts, hours(0, 720)))
        #expect(try test.sqlRows(frame).map(\.verdict) == [expected.rawValue])
    }

    @Test func `an answer within the skew is not known to be the last where nobody looked`() throws {
        var facts = Facts()
        try facts.covered("employment", [-200...2_000])
        try facts.covered("account", [-200...75, 77...2_000])
        facts.state(
            "employment", "p", from: 0,
            ["person": .string("p"), "ended": .string(hour(50).description)])
        account(&facts, "a", -10, true)
        // Due at 74, and in time until 79.
        account(&facts, "a", 78, false)
        guard case .response(let rule) = try Sample.offboarding() else { return }
        let test = Sample.test(
            .response(
                ResponseRequirement(
                    trigger: rule.trigger, target: rule.target, limit: rule.limit, skew: .hours(5))))
        let frame = facts.frame(try hours(0, 720))
        #expect(test.evaluate(frame).rows.map(\.reason) == [.uncovered])
        #expect(try test.sweepsAlike(facts, hours(0, 720)))
        #expect(try test.sqlRows(frame).map(\.verdict) == ["none"])
    }

    @Test func `where its end is no answer, an account may still answer in a later life`() throws {
        var facts = try facts([50])
        account(&facts, "a", -10, false)
        facts.end("account", "a", at: 60)
        account(&facts, "a", 70, true)
        let test = Sample.test(try Sample.offboarding(every: false, becomes: "a.enabled"))
        let frame = facts.frame(try hours(0, 720))
        #expect(test.evaluate(frame).rows.map(\.reason) == [.satisfied(at: hour(70))])
        #expect(try test.sweepsAlike(facts, hours(0, 720)))
        #expect(try test.sqlRows(frame).map(\.verdict) == ["pass"])
    }

    @Test func `each time that somebody leaves counts`() throws {
        // Left at 50, back at 100, left again at 250.
        var facts = try facts([50, nil, 250])
        account(&facts, "a", -10, true)
        account(&facts, "a", 60, false)
        account(&facts, "a", 110, true)
        #expect(try verdicts(facts) == [.pass, .fail])
        account(&facts, "a", 260, false)
        #expect(try verdicts(facts) == [.pass, .pass])
    }

    @Test func `a date of leaving that was put off does not count until it comes`() throws {
        // Announced at 0 for 150; at 100 put off to 300.
        var facts = try facts([150, 300])
        account(&facts, "a", -10, true)
        account(&facts, "a", 310, false)
        let test = Sample.test(try Sample.offboarding())
        let rows = test.evaluate(facts.frame(try hours(0, 720))).rows
        #expect(rows.map(\.verdict) == [.pass])
        #expect(rows.map(\.due) == [hour(324)])
    }

    @Test(
        arguments: [
            (nil, nil, [Verdict.fail]), (nil, 120, [.fail]), (70, nil, []), (nil, 90, []), (nil, 95, []),
        ] as [(Int?, Int?, [Verdict])])
    func `a date of leaving stands when the record ends before it, unless it was taken back`(
        _ withdrawn: Int?, _ again: Int?, _ expected: [Verdict]
    ) throws {
        // Announced at 0 for 100; the record ends at 90.
        var facts = try facts([100])
        if let withdrawn { facts.state("employment", "p", from: withdrawn, ["person": .string("p")]) }
        facts.end("employment", "p", at: 90)
        // Somebody comes back, or was changed and not ended at all.
        if let again { facts.state("employment", "p", from: again, ["person": .string("p")]) }
        account(&facts, "a", -10, true)
        let test = Sample.test(try Sample.offboarding())
        let frame = facts.frame(try hours(0, 720))
        #expect(test.evaluate(frame).rows.map(\.verdict) == expected)
        #expect(try test.sweepsAlike(facts, hours(0, 720)))
        #expect(try test.sqlRows(frame).map(\.verdict) == expected.map(\.rawValue))
    }

    @Test func `with until, what a record announced ends with it`() throws {
        var facts = try facts([100])
        facts.end("employment", "p", at: 90)
        account(&facts, "a", -10, true)
        guard case .response(var rule) = try Sample.offboarding() else { return }
        rule.trigger.until = try Sample.predicate("t.person == 'q'", of: "t")
        let test = Sample.test(.response(rule))
        let frame = facts.frame(try hours(0, 720))
        #expect(test.evaluate(frame).rows.isEmpty)
        #expect(try test.sweepsAlike(facts, hours(0, 720)))
        #expect(try test.sqlRows(frame).isEmpty)
    }

    @Test func `an account that is switched on again later has answered before`() throws {
        var facts = try facts([50])
        account(&facts, "a", -10, true)
        account(&facts, "a", 60, false)
        account(&facts, "a", 65, true)
        #expect(try verdicts(facts) == [.pass])
    }

    @Test func `somebody without accounts is no unit`() throws {
        #expect(try verdicts(try facts([50])) == [.notApplicable])
    }

    @Test(arguments: [(nil, .unknown), (true, .fail), (false, nil)] as [(Bool?, Verdict?)])
    func `a trigger of which it is not known whether it counts does not vanish`(
        _ active: Bool?, _ expected: Verdict?
    ) throws {
        var facts = Facts()
        for kind in ["employment", "account"] as [Identifier] { try facts.covered(kind, [-200...2_000]) }
        let ended = JSON.string(hour(50).description)
        let active = active.map { JSON.bool($0) } ?? .null
        facts.state("employment", "p", from: 0, ["person": .string("p"), "ended": ended, "active": active])
        account(&facts, "a", -10, true)
        guard case .response(let rule) = try Sample.offboarding() else { return }
        let scoped = ResponseRequirement(
            trigger: rule.trigger, target: rule.target, scope: try Sample.predicate("t.active", of: "t"),
            limit: rule.limit, skew: rule.skew)
        let rows = Sample.test(.response(scoped)).evaluate(facts.frame(try hours(0, 720))).rows
        #expect(rows.map(\.verdict) == [expected].compactMap { $0 })
    }

    @Test func `a trigger without a key cannot be matched`() throws {
        var facts = Facts()
        for kind in ["employment", "account"] as [Identifier] { try facts.covered(kind, [-200...2_000]) }
        facts.state("employment", "p", from: 0, ["ended": .string(hour(50).description)])
        #expect(try verdicts(facts) == [.unknown])
    }
}
