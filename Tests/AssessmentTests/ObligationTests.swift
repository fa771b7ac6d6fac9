import Catalog
import Evidence
import Formats
import Testing

@testable import Assessment

/// When clocks start and stop, and in which period an obligation shows.
@Suite struct ObligationTests {
    private func facts() throws -> Facts {
        var facts = Facts()
        for kind in Sample.kinds { try facts.covered(kind.name, [-500...2_000]) }
        return facts
    }

    /// A store that becomes unencrypted is reviewed within a day.
    private func review(
        scope: String? = nil, until: String? = nil, limit: TimeSpan = .hours(24)
    ) throws -> ControlTest {
        let requirement = ResponseRequirement(
            trigger: ClockStart(
                kind: "store", filter: try Sample.predicate("!s.encrypted", of: "s"), moment: nil,
                key: try Sample.predicate("'k'", of: "s"),
                until: try until.map { try Sample.predicate($0, of: "s") }),
            target: ResponseTarget(
                kind: "answer", predicate: nil, key: try Sample.predicate("a.person", of: "a"), every: false),
            scope: try scope.map { try Sample.predicate($0, of: "s") }, limit: limit, skew: .zero)
        return Sample.test(.response(requirement))
    }

    private func store(
        _ facts: inout Facts, from: Int, to: Int? = nil, encrypted: Bool?, scoped: Bool = true
    ) {
        facts.state(
            "store", "k", from: from, to: to,
            ["encrypted": encrypted.map { .bool($0) } ?? .null, "scoped": .bool(scoped)])
    }

    private func dues(_ test: ControlTest, _ facts: Facts) throws -> [Int] {
        test.evaluate(facts.frame(try hours(0, 240))).rows.compactMap(\.due).map {
            Int(($0 - hour(0)).microseconds / 3_600_000_000)
        }
    }

    // MARK: Starting

    @Test func `a record that was deleted and made anew starts a clock anew`() throws {
        var facts = try facts()
        store(&facts, from: 10, encrypted: false)
        facts.end("store", "k", at: 50)
        store(&facts, from: 80, encrypted: false)
        #expect(try dues(try review(), facts) == [34, 104])
        store(&facts, from: 50, encrypted: false)
        #expect(try dues(try review(), facts) == [34], "without the time between it is one life")
    }

    @Test func `a record that comes into scope starts a clock`() throws {
        var facts = try facts()
        store(&facts, from: 10, encrypted: false, scoped: false)
        store(&facts, from: 50, encrypted: false, scoped: true)
        store(&facts, from: 60, encrypted: true, scoped: true)
        store(&facts, from: 70, encrypted: false, scoped: true)
        #expect(try dues(try review(scope: "s.scoped"), facts) == [74, 94])
        #expect(try dues(try review(), facts) == [34, 94])
    }

    @Test func `where it cannot be said whether a clock starts, none is started for certain`() throws {
        for (states, expected) in [
            ([true, nil, false], [Verdict.unknown, .unknown]), ([false, nil, false], [.fail, .unknown]),
            ([false, nil, true], [.fail]), ([true, nil, nil, true], [.unknown]),
        ] as [([Bool?], [Verdict])] {
            var facts = try facts()
            for (index, encrypted) in states.enumerated() {
                store(&facts, from: 10 + 30 * index, encrypted: encrypted)
            }
            let rows = try review().evaluate(facts.frame(try hours(0, 240))).rows
            #expect(rows.map(\.verdict) == expected, "\(states)")
        }
    }

    // MARK: Ending

    struct Ending: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var states: [(from: Int, encrypted: Bool?, scoped: Bool)] = []
        var deleted: Int?
        var answered: Int?
        let expected: Verdict
    }

    @Test(arguments: [
        Ending(testDescription: "nothing changes", expected: .fail),
        Ending(testDescription: "until holds", states: [(20, true, true)], expected: .notApplicable),
        Ending(
            testDescription: "until holds as it falls due", states: [(34, true, true)],
            expected: .notApplicable),
        Ending(testDescription: "until holds too late", states: [(35, true, true)], expected: .fail),
        Ending(testDescription: "out of scope", states: [(20, false, false)], expected: .notApplicable),
        Ending(testDescription: "deleted", deleted: 20, expected: .notApplicable),
        Ending(testDescription: "deleted too late", deleted: 40, expected: .fail),
        Ending(testDescription: "may have ended", states: [(20, nil, true)], expected: .unknown),
        Ending(
            testDescription: "may have ended, then did", states: [(20, nil, true), (30, true, true)],
            expected: .notApplicable),
        Ending(testDescription: "answered first", states: [(20, true, true)], answered: 15, expected: .pass),
        Ending(
            testDescription: "answered, perhaps for nothing", states: [(20, nil, true)], answered: 30,
            expected: .pass),
        Ending(
            testDescription: "answered when it no longer mattered", states: [(20, true, true)], answered: 30,
            expected: .notApplicable),
    ])
    func `an obligation may end without its answer`(_ example: Ending) throws {
        var facts = try facts()
        store(&facts, from: 10, encrypted: false)
        for (from, encrypted, scoped) in example.states {
            store(&facts, from: from, encrypted: encrypted, scoped: scoped)
        }
        if let deleted = example.deleted { facts.end("store", "k", at: deleted) }
        if let answered = example.answered {
            facts.event("answer", "a", at: answered, ["person": .string("k")])
        }
        let test = try review(scope: "s.scoped", until: "s.encrypted")
        let rows = test.evaluate(facts.frame(try hours(0, 240))).rows
        #expect(rows.first?.verdict == example.expected)
        if example.expected == .notApplicable {
            #expect(rows.first?.reason?.description.hasPrefix("needed no longer since") == true)
        }
    }

    @Test func `without until, deletion is no remedy`() throws {
        var facts = try facts()
        store(&facts, from: 10, encrypted: false)
        facts.end("store", "k", at: 20)
        #expect(try review().evaluate(facts.frame(try hours(0, 240))).rows.map(\.verdict) == [.fail])
    }

    // MARK: One answer, one trigger

    private func consuming(_ facts: Facts, skew: Int64 = 0, _ range: ClosedRange<Int> = 0...240) throws
        -> RowList
    {
        guard case .response(let rule) = try Sample.response(.hours(24), skew: .hours(skew)) else {
            return []
        }
        let target = ResponseTarget(
            kind: "answer", predicate: nil, key: rule.target.key, every: false, consumes: true)
        let requirement = ResponseRequirement(
            trigger: rule.trigger, target: target, limit: rule.limit, skew: rule.skew)
        return Sample.test(.response(requirement)).evaluate(
            facts.frame(try hours(range.lowerBound, range.upperBound))
        ).rows
    }

    @Test(arguments: [
        ([10, 12], [20], [Verdict.pass, .fail]), ([10, 12], [20, 21], [.pass, .pass]),
        // The answer comes too late for the first, and is the second's.
        ([10, 30], [40], [.fail, .pass]), ([10, 30], [40, 41], [.fail, .pass]),
        ([10, 11, 12], [11, 12], [.pass, .pass, .fail]),
    ])
    func `one answer discharges one trigger, that which falls due first`(
        _ triggers: [Int], _ answers: [Int], _ expected: [Verdict]
    ) throws {
        var facts = try facts()
        for at in triggers { facts.event("request", Identifier("q\(at)"), at: at, ["person": .string("p")]) }
        for at in answers { facts.event("answer", Identifier("a\(at)"), at: at, ["person": .string("p")]) }
        #expect(try consuming(facts).map(\.verdict) == expected)
        // Whoever looks at a part of the time finds the same.
        let parts = try Array(consuming(facts, 0...35)) + Array(consuming(facts, 35...240))
        #expect(parts.filter { $0.verdict != .pending }.count == expected.count)
        let verdicts = Dictionary(parts.filter { $0.verdict != .pending }.map { ($0.key, $0.verdict) }) {
            _, last in last
        }
        for (at, verdict) in zip(triggers, expected) { #expect(verdicts[Identifier("q\(at)")] == verdict) }
    }

    @Test func `late is told of the trigger that was left without`() throws {
        var facts = try facts()
        for at in [10, 12] { facts.event("request", Identifier("q\(at)"), at: at, ["person": .string("p")]) }
        for at in [20, 50] { facts.event("answer", Identifier("a\(at)"), at: at, ["person": .string("p")]) }
        #expect(try consuming(facts).map(\.reason) == [.satisfied(at: hour(20)), .late(by: .hours(14))])
    }

    @Test func `a trigger that may need the answer keeps others from passing by it`() throws {
        var facts = try facts()
        facts.event("request", "b", at: 12, ["person": .string("p")])
        facts.event("answer", "a", at: 20, ["person": .string("p")])
        #expect(try consuming(facts).map(\.verdict) == [.pass])
        facts.event("request", "a", at: 10, [:])
        #expect(try consuming(facts).map(\.verdict) == [.unknown, .unknown])
        facts.event("answer", "b", at: 21, ["person": .string("p")])
        #expect(try consuming(facts).map(\.verdict) == [.unknown, .pass])
    }

    @Test func `an answer that may count keeps triggers from failing`() throws {
        var facts = try facts()
        for at in [10, 12] { facts.event("request", Identifier("q\(at)"), at: at, ["person": .string("p")]) }
        facts.event("answer", "a", at: 20, ["person": .string("p")])
        facts.event("answer", "b", at: 15, [:])
        #expect(try consuming(facts).map(\.verdict) == [.pass, .unknown])
    }

    // MARK: Periods

    @Test func `a late answer fails to the end of the period and no further`() throws {
        var facts = try facts()
        facts.event("request", "q", at: 10, ["person": .string("p")])
        facts.event("answer", "a", at: 300, ["person": .string("p")])
        let outcome = try TestOutcome(
            Sample.test(try Sample.response()), facts.frame(try hours(0, 240)), .standard)
        #expect(outcome.rows.rows.map(\.interval) == [try hours(34, 240)])
        #expect(outcome.rows.rows.map(\.reason) == [.late(by: .hours(266))])
        #expect(outcome.exceptions.map(\.interval) == [try hours(34, 240)])
    }

    @Test func `where triggers were not seen, what would have fallen due is unknown`() throws {
        var facts = Facts()
        try facts.covered("answer", [-500...2_000])
        try facts.covered("request", [-500 ... -20, -10...200, 230...2_000])
        func uncovered(_ from: Int, _ to: Int) throws -> IntervalSet {
            Sample.test(try Sample.response()).evaluate(facts.frame(try hours(from, to))).uncovered
        }
        #expect(try uncovered(0, 240) == IntervalSet([try hours(4, 14), try hours(224, 240)]))
        #expect(try uncovered(240, 300) == IntervalSet([try hours(240, 254)]))
    }

    @Test func `two obligations of one record are two units, also where one ends as the other begins`() throws
    {
        var facts = try facts()
        store(&facts, from: 10, encrypted: false)
        store(&facts, from: 20, encrypted: true)
        store(&facts, from: 34, encrypted: false)
        facts.event("answer", "a", at: 40, ["person": .string("k")])
        let outcome = try TestOutcome(
            try review(limit: .hours(24)), facts.frame(try hours(0, 240)), .standard)
        #expect(outcome.rows.rows.map(\.interval.start) == [hour(34), hour(34)])
        #expect((outcome.units.passing, outcome.units.failing) == (1, 1))
    }
}
