import Evidence
import Formats
import Testing

@testable import Assessment

/// Sources that were given up: by the simple evaluators, from columns, and by SQLite.
@Suite struct RetirementTests {
    private static let none = Retirements()

    /// The source "old" is given up from an hour on.
    private func givenUp(from start: Int, kinds: Set<Identifier>? = nil) throws -> Retirements {
        let effect = try #require(Interval(from: hour(start), to: .distantFuture))
        return Retirements([Retirements.Decision(source: "old", kinds: kinds, effect: effect)])
    }

    /// Two sources of a kind: the old one is covered up to hour 50, the new one from hour 40 on.
    private func moved(_ kind: Identifier, others: [Identifier] = []) throws -> Facts {
        var facts = Facts()
        for other in others { try facts.covered(other, [-100...500]) }
        try facts.covered(kind, [-100...50], source: "old")
        try facts.covered(kind, [40...500], source: "new", recorded: 40)
        return facts
    }

    private func frame(_ facts: Facts, _ retirements: Retirements) throws -> Frame {
        Frame(
            history: facts.history().retiring(retirements), period: try hours(0, 240), knownAt: hour(90_000))
    }

    /// The rows of the simple evaluator, once columns, and SQLite where it can, were seen to give the same.
    private func rows(
        _ test: ControlTest, _ facts: Facts, _ retirements: Retirements, hasTwin: Bool = true
    ) throws -> TestRows {
        let frame = try frame(facts, retirements)
        let rows = test.evaluate(frame)
        let simple = SweptRows(rows)
        let histories = [
            ColumnHistory(facts.history()).retiring(retirements), ColumnHistory(frame.history),
        ]
        for columns in histories {
            let swept = try test.sweep(
                SweepFrame(columns: columns, period: frame.period, knownAt: frame.knownAt))
            #expect(swept.listed.rows == simple.listed.rows)
            #expect(swept.plain.units == simple.plain.units)
            #expect(swept.listed.uncovered == simple.listed.uncovered)
        }
        if hasTwin { #expect(try test.sqlRows(frame) == rows.asPrinted) }
        return rows
    }

    private func verdict(_ rows: TestRows, _ key: Identifier) -> Verdict? {
        rows.rows.first { $0.key == key }?.verdict
    }

    // MARK: Absence

    private func reviewed(_ facts: Facts) -> Facts {
        var facts = facts
        for (index, at) in [-10, 30, 150].enumerated() {
            facts.event(
                "review", Identifier("r\(index)"), at: at, source: at < 50 ? "old" : "new",
                recorded: at < 50 ? -9_000 : at, ["done": .bool(true)])
        }
        return facts
    }

    private func cadence() throws -> ControlTest {
        Sample.test(try Sample.cadence(.rolling(.hours(48))))
    }

    @Test func `what nobody did is a failure once only the new source is waited for`() throws {
        let facts = reviewed(try moved("review"))
        #expect(
            try rows(cadence(), facts, Self.none).table()
                == [.pass: [[0, 78], [150, 198]], .unknown: [[78, 150], [198, 240]]])
        #expect(
            try rows(cadence(), facts, givenUp(from: 50)).table()
                == [.pass: [[0, 78], [150, 198]], .fail: [[78, 150], [198, 240]]])
        #expect(
            try rows(cadence(), facts, givenUp(from: 50, kinds: ["review"])).table()
                == rows(cadence(), facts, givenUp(from: 50)).table())
        #expect(
            try rows(cadence(), facts, givenUp(from: 50, kinds: ["store"])).table()
                == rows(cadence(), facts, Self.none).table())
    }

    @Test func `the days before it was on record stay unknown`() throws {
        let facts = reviewed(try moved("review"))
        #expect(
            try rows(cadence(), facts, givenUp(from: 100)).table()
                == [
                    .pass: [[0, 78], [150, 198]], .unknown: [[78, 148]], .fail: [[148, 150], [198, 240]],
                ])
    }

    @Test func `a kind whose only source was given up is looked at by nobody`() throws {
        var facts = Facts()
        try facts.covered("review", [-100...50], source: "old")
        facts = reviewed(facts)
        facts.recorded.removeAll { $0.source == "new" }
        let table = try rows(cadence(), facts, givenUp(from: 50)).table()
        #expect(table == [.pass: [[0, 78]], .unknown: [[78, 240]]])
    }

    @Test func `an answer that did not come is missed`() throws {
        var facts = try moved("answer", others: ["request"])
        facts.event("request", "q1", at: 100, ["person": .string("ann")])
        facts.event("request", "q2", at: 110, ["person": .string("bob")])
        facts.event("answer", "a", at: 115, source: "new", recorded: 115, ["person": .string("bob")])
        let test = Sample.test(try Sample.response(.hours(24)))
        let before = try rows(test, facts, Self.none)
        #expect(verdict(before, "q1") == .unknown && verdict(before, "q2") == .pass)
        let after = try rows(test, facts, givenUp(from: 50))
        #expect(verdict(after, "q1") == .fail && verdict(after, "q2") == .pass)
    }

    // MARK: Records

    private func employed() throws -> Facts {
        var facts = try moved("employment", others: ["deploy"])
        for person in ["ann", "bob"] {
            facts.state(
                "employment", Identifier("old-\(person)"), from: -50, source: "old",
                ["person": .string(person), "active": .bool(true)])
        }
        for (person, active) in [("ann", false), ("eve", true)] {
            facts.state(
                "employment", Identifier("new-\(person)"), from: 40, source: "new", recorded: 40,
                ["person": .string(person), "active": .bool(active)])
        }
        let deploys = [(20, "ann"), (45, "ann"), (100, "ann"), (101, "bob"), (102, "eve")]
        for (at, approver) in deploys {
            facts.event("deploy", Identifier("d\(at)"), at: at, ["approver": .string(approver)])
        }
        return facts
    }

    private func approved() throws -> ControlTest {
        let join = AsOfJoin(
            name: "approver", kind: "employment", local: try Sample.predicate("d.approver", of: "d"),
            remote: try Sample.predicate("e.person", of: "e"), asOf: nil, isRequired: true)
        return Sample.test(try Sample.event("approver.active", joins: [join]))
    }

    @Test func `a join does not find what a source that was given up had left open`() throws {
        let facts = try employed()
        let verdicts = try [Self.none, givenUp(from: 50)].map { retirements in
            let rows = try rows(approved(), facts, retirements)
            return ["d20", "d45", "d100", "d101", "d102"].map { verdict(rows, Identifier($0)) }
        }
        #expect(verdicts[0] == [.pass, .unknown, .unknown, .unknown, .unknown])
        #expect(verdicts[1] == [.pass, .unknown, .fail, .fail, .pass])
    }

    @Test func `what was remembered before a source was given up is not used after it`() throws {
        let facts = try employed()
        let test = try approved()
        var parts = KnownParts()
        for retirements in [Self.none, try givenUp(from: 50), Self.none] {
            let memo = PartMemo(parts)
            let frame = try frame(facts, retirements)
            let swept = try test.sweep(
                SweepFrame(
                    columns: ColumnHistory(facts.history(), blockRows: 2).retiring(retirements),
                    period: frame.period, knownAt: frame.knownAt, memo: memo))
            #expect(swept.listed.rows == SweptRows(test.evaluate(frame)).listed.rows)
            parts = memo.parts
        }
    }

    @Test func `records end with the retirement, or where the coverage ends`() throws {
        let test = Sample.test(try Sample.state("s.encrypted"))
        var facts = try moved("store")
        facts.state("store", "s", from: -50, source: "old", ["encrypted": .bool(true)])
        #expect(
            try rows(test, facts, Self.none).table("s") == [.pass: [[0, 50]], .unknown: [[50, 240]]])
        #expect(
            try rows(test, facts, givenUp(from: 60)).table("s")
                == [.pass: [[0, 50]], .unknown: [[50, 60]], .notApplicable: [[60, 240]]])
        try facts.covered("store", [50...80], source: "old")
        #expect(
            try rows(test, facts, givenUp(from: 60)).table("s")
                == [.pass: [[0, 80]], .notApplicable: [[80, 240]]])
        // Of what it leaves open later nobody says when it ended; a stretch with an end stays.
        facts.state("store", "t", from: 100, source: "old", recorded: 100, ["encrypted": .bool(false)])
        facts.state(
            "store", "u", from: 100, to: 120, source: "old", recorded: 100, ["encrypted": .bool(false)])
        let later = try rows(test, facts, givenUp(from: 60))
        #expect(later.table("t").isEmpty)
        #expect(
            later.table("u") == [.notApplicable: [[0, 100], [120, 240]], .unknown: [[100, 120]]])
    }

    @Test func `giving a source up answers nothing`() throws {
        var facts = try moved("account", others: ["employment"])
        for (person, ended) in [("ann", 30), ("bob", 10), ("eve", 30)] {
            facts.state(
                "employment", Identifier(person), from: -50,
                ["person": .string(person), "ended": .string(hour(ended).description)])
            facts.state(
                "account", Identifier("of-\(person)"), from: -50, source: "old",
                ["owner": .string(person), "enabled": .bool(true)])
        }
        facts.end("account", "of-eve", at: 45, source: "old")
        let test = Sample.test(try Sample.offboarding())
        let rows = try rows(test, facts, givenUp(from: 50), hasTwin: false)
        #expect(verdict(rows, "ann") == .unknown, "its account may live on")
        #expect(verdict(rows, "bob") == .fail, "it was there when the time had run out")
        #expect(verdict(rows, "eve") == .pass, "it was seen to end")
        #expect(throws: SQLTwinError.self) { try test.sqlRows(frame(facts, givenUp(from: 50))) }
    }

    @Test func `a record that ends of itself when its source is given up is an answer`() throws {
        var facts = try moved("account", others: ["employment"])
        facts.state(
            "employment", "ann", from: -50,
            ["person": .string("ann"), "ended": .string(hour(30).description)]
        )
        facts.state(
            "account", "of-ann", from: -50, source: "old", ["owner": .string("ann"), "enabled": .bool(true)])
        facts.end("account", "of-ann", at: 50, source: "old")
        let rows = try rows(Sample.test(Sample.offboarding()), facts, givenUp(from: 50), hasTwin: false)
        #expect(verdict(rows, "ann") == .pass)
    }

    @Test func `a moment that a record announced stands when its source is given up`() throws {
        var facts = try moved("employment", others: ["account"])
        facts.state(
            "employment", "ann", from: -50, source: "old",
            ["person": .string("ann"), "ended": .string(hour(100).description)])
        facts.state("account", "of-ann", from: -50, ["owner": .string("ann"), "enabled": .bool(true)])
        guard case .response(var rule) = try Sample.offboarding() else { return }
        rule.trigger.until = try Sample.predicate("has(t.active) && t.active", of: "t")
        let test = Sample.test(.response(rule))
        #expect(verdict(try rows(test, facts, givenUp(from: 60), hasTwin: false), "ann") == .fail)
        facts.end("employment", "ann", at: 45, source: "old")
        #expect(verdict(try rows(test, facts, givenUp(from: 60), hasTwin: false), "ann") == nil)
    }

    @Test func `giving a source up ends no obligation`() throws {
        var facts = try moved("store", others: ["answer"])
        facts.state(
            "store", "s", from: 30, source: "old", ["encrypted": .bool(false), "scoped": .bool(true)])
        let test = Sample.test(try Sample.review(.hours(48), until: "s.encrypted"))
        let rows = try rows(test, facts, givenUp(from: 50), hasTwin: false)
        #expect(verdict(rows, "s") == .fail)
        #expect(throws: SQLTwinError.self) { try test.sqlRows(frame(facts, givenUp(from: 50))) }
    }
}
