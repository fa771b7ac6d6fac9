import Evidence
import Formats
import Testing

@testable import Assessment

/// What a waiver covers, in hours.
@Suite struct WaiverTests {
    /// A request at hour 10, which is due at hour 34.
    private func request(answered: Int?, recorded: Int = -9_000, covered: Int = 1_000) throws -> Facts {
        var facts = Facts()
        try facts.covered("request", [-100...1_000])
        try facts.covered("answer", [-100...covered])
        facts.event("request", "u", at: 10, ["person": .string("u")])
        if let answered {
            facts.event("answer", "to u", at: answered, recorded: recorded, ["person": .string("u")])
        }
        return facts
    }

    /// The verdict on it, which columns and SQL give too.
    private func verdict(
        _ facts: Facts, _ waived: [ClosedRange<Int>], knownAt: Instant = hour(90_000), until end: Int = 240,
        of requirement: Requirement? = nil
    ) throws -> Verdict? {
        let waivers = try waived.enumerated().map { number, waiver in
            Sample.waiver(
                try hours(waiver.lowerBound, waiver.upperBound), id: Identifier("w\(number)"))
        }
        let test = Sample.test(try requirement ?? Sample.response(), waivers: waivers)
        let frame = facts.frame(try hours(0, end), knownAt: knownAt)
        let rows = test.evaluate(frame)
        #expect(try test.sqlRows(frame) == rows.asPrinted, "\(waived)")
        let columns = try SweepFrame(
            columns: ColumnHistory(facts.history(knownAt: knownAt), blockRows: 2), period: frame.period,
            knownAt: knownAt, grain: 1)
        #expect(try test.sweep(columns).listed.rows == SweptRows(rows).listed.rows, "\(waived)")
        #expect(rows.rows.count == 1)
        return rows.rows.first?.verdict
    }

    @Test func `a late answer is waived where it came before the waiver's end`() throws {
        let cases: [(answered: Int, waivers: [ClosedRange<Int>], verdict: Verdict)] = [
            (40, [30...40], .waived), (38, [30...40], .waived), (41, [30...40], .fail),
            (40, [10...34], .fail), (40, [35...60], .fail), (40, [34...60], .waived),
            // One waiver after the other, as the versions of one are; and with a break between them.
            (50, [30...40, 40...60], .waived), (50, [30...40, 35...60], .waived),
            (50, [30...40, 41...60], .fail),
        ]
        for (answered, waivers, expected) in cases {
            let facts = try request(answered: answered)
            #expect(try verdict(facts, waivers) == expected, "\(answered), \(waivers)")
        }
    }

    @Test func `what nobody answers is waived for as long as the waiver lasts, and no longer`() throws {
        let facts = try request(answered: nil)
        for (knownAt, expected) in [(38, Verdict.waived), (40, .waived), (41, .fail), (90_000, .fail)] {
            #expect(try verdict(facts, [30...40], knownAt: hour(knownAt)) == expected, "\(knownAt)")
            // The end of the period settles nothing.
            #expect(
                try verdict(facts, [30...40], knownAt: hour(knownAt), until: 38) == expected, "\(knownAt)")
        }
        // Answered in time for the waiver, as is known later on only.
        let late = try request(answered: 39)
        #expect(try verdict(late, [30...40], knownAt: hour(38)) == .waived)
        #expect(try verdict(late, [30...40]) == .waived)
    }

    @Test func `what nobody has looked at since is not known to be open behind its waiver`() throws {
        for (covered, expected) in [(38, Verdict.waived), (40, .waived), (41, .fail)] {
            let facts = try request(answered: nil, covered: covered)
            #expect(try verdict(facts, [30...40], knownAt: hour(42)) == expected, "\(covered)")
        }
        // The answer of before the waiver's end, which is collected after it.
        let facts = try request(answered: 39, recorded: 43, covered: 38)
        for knownAt in [39, 41, 44] {
            #expect(try verdict(facts, [30...40], knownAt: hour(knownAt)) == .waived, "\(knownAt)")
        }
    }

    @Test func `what ended while it was waived stays waived`() throws {
        let review = try Sample.review(.hours(24), until: "s.encrypted")
        for (ended, answered, expected) in [
            (38, nil, Verdict.waived), (40, nil, .waived), (41, nil, .fail), (38, 60, .waived),
            (60, 38, .waived),
            (60, 50, .fail),
        ] as [(Int, Int?, Verdict)] {
            for isDeleted in [false, true] {
                var facts = Facts()
                for kind in ["store", "answer"] as [Identifier] { try facts.covered(kind, [-100...1_000]) }
                facts.state("store", "k", from: 10, ["encrypted": .bool(false), "scoped": .bool(true)])
                if isDeleted {
                    facts.end("store", "k", at: ended)
                } else {
                    facts.state("store", "k", from: ended, ["encrypted": .bool(true), "scoped": .bool(true)])
                }
                if let answered { facts.event("answer", "r", at: answered, ["person": .string("a")]) }
                let found = try verdict(facts, [30...40], of: review)
                #expect(found == expected, "\(ended), \(answered.map { "\($0)" } ?? "never"), \(isDeleted)")
            }
        }
    }

    @Test func `every waiver that carries an obligation on to its answer is told`() throws {
        let waivers = try [30...40, 40...300, 300...400].enumerated().map { number, waiver in
            Sample.waiver(
                try hours(waiver.lowerBound, waiver.upperBound), id: Identifier("w\(number)"))
        }
        let test = Sample.test(try Sample.response(), waivers: waivers)
        // The period ends before the second waiver begins.
        let frame = try request(answered: 50).frame(try hours(0, 38))
        let used = try TestOutcome(test, frame, .standard).usedWaivers
        #expect(
            used == [
                "w0": IntervalSet([try hours(34, 40)]), "w1": IntervalSet([try hours(40, 50)]),
            ])
    }

    @Test func `what is open behind its waiver is an open exception`() throws {
        let test = Sample.test(try Sample.response(), waivers: [Sample.waiver(try hours(30, 40))])
        func outcome(knownAt: Int) throws -> TestOutcome {
            let frame = try request(answered: nil).frame(try hours(0, 240), knownAt: hour(knownAt))
            return try TestOutcome(test, frame, .standard)
        }
        let (waived, open) = (try outcome(knownAt: 38), try outcome(knownAt: 90))
        #expect((waived.units.waived, waived.units.failing, waived.openExceptions) == (1, 0, 0))
        #expect((open.units.waived, open.units.failing, open.openExceptions) == (0, 1, 1))
        #expect(open.conclusion == .ineffective)
    }

    @Test func `a waiver of a source's records leaves those that another has under the same key`() throws {
        var facts = Facts()
        for source in ["one", "two"] as [Identifier] {
            try facts.covered("store", [-100...500], source: source)
            facts.state("store", "root", from: 30, to: 60, source: source, ["encrypted": .bool(false)])
        }
        let frame = facts.frame(try hours(0, 240))
        for (source, waived) in [("two", ["two"]), (nil, ["one", "two"]), ("three", [])]
            as [(Identifier?, [Identifier])]
        {
            let waiver = Sample.waiver(try hours(0, 240), keys: ["root"], source: source)
            let test = Sample.test(try Sample.state("s.encrypted"), waivers: [waiver])
            let rows = test.evaluate(frame)
            #expect(rows.rows.filter { $0.verdict == .waived }.map(\.source) == waived)
            #expect(rows.rows.filter { $0.verdict == .fail }.count == 2 - waived.count)
            #expect(try test.sqlRows(frame) == rows.asPrinted)
        }
    }
}
