import Evidence
import Formats
import TestSupport
import Testing

@testable import Assessment

/// How far back a cadence test looks, and that nothing nearer is overlooked.
@Suite struct ReachTests {
    private func facts(_ events: [Int]) throws -> Facts {
        var facts = Facts()
        try facts.covered("review", [-1_000...2_000])
        for (index, at) in events.enumerated() {
            facts.event("review", Identifier("r\(index)"), at: at, ["done": .bool(true)])
        }
        return facts
    }

    private func verdicts(_ facts: Facts, due: Int64 = 24, _ period: Interval) throws -> [Verdict] {
        Sample.test(try Sample.cadence(.calendar(.day, zone: "UTC", due: .hours(due)))).evaluate(
            facts.frame(period)
        )
        .rows.map(\.verdict)
    }

    @Test func `one event of ancient times costs no time`() throws {
        var facts = try facts([30])
        facts.add(
            .event(
                "review", "old", at: try #require(Instant("0001-01-01T00:00:00Z")),
                Facts.object(["done": .bool(true)])))
        let clock = ContinuousClock()
        let period = try hours(0, 48)
        var found: [Verdict] = []
        let taken = try clock.measure { found = try verdicts(facts, period) }
        #expect(found == [.pass, .fail])
        #expect(taken < .seconds(2))
    }

    @Test func `a chain of events that each served the day before is followed to its start`() throws {
        // Every event stands in the day after the one it serves, from long before the period.
        let late = (-20..<3).map { 24 * $0 + 30 }
        #expect(try verdicts(try facts(late), try hours(0, 72)) == [.pass, .pass, .pass])
        // One more at the start, in its own day, and all serve their own.
        #expect(try verdicts(try facts([24 * -20 + 2] + late), try hours(0, 72)) == [.pass, .pass, .pass])
        // Without the last, the day that was served by it is missed.
        #expect(try verdicts(try facts(late.dropLast()), try hours(0, 72)) == [.pass, .pass, .fail])
    }

    @Test func `whoever looks at a part of the time finds the same`() throws {
        for seed in 0..<60 {
            var generator = Seeded(UInt64(seed))
            let due = Int64(generator.below(60))
            let events = (0..<generator.below(30)).map { _ in generator.below(24 * 30) - 24 * 20 }
            let facts = try facts(events)
            let whole = try verdicts(facts, due: due, try hours(-480, 240))
            let part = try verdicts(facts, due: due, try hours(0, 240))
            #expect(whole.suffix(part.count) == part[...], "seed \(seed)")
        }
    }
}

/// Violations that come and go.
@Suite struct HealingTests {
    private func table(_ heal: Int64, _ states: [(from: Int, encrypted: Bool?)], gap: ClosedRange<Int>? = nil)
        throws
        -> TestOutcome
    {
        var facts = Facts()
        try facts.covered("store", gap.map { [-100...$0.lowerBound, $0.upperBound...500] } ?? [-100...500])
        for (from, encrypted) in states {
            if let encrypted {
                facts.state("store", "k", from: from, ["encrypted": .bool(encrypted)])
            } else {
                facts.end("store", "k", at: from)
            }
        }
        let requirement = StateRequirement(
            kind: "store", scope: nil, require: try Sample.predicate("s.encrypted", of: "s"),
            grace: .hours(24), heal: .hours(heal))
        return try TestOutcome(Sample.test(.state(requirement)), facts.frame(try hours(0, 240)), .standard)
    }

    private static let flapping: [(from: Int, encrypted: Bool?)] = [
        (-10, true), (10, false), (30, true), (35, false), (60, true),
    ]

    @Test func `a pass that is too short does not end the violation`() throws {
        let quick = try table(0, Self.flapping)
        #expect(
            quick.rows.table() == [
                .pass: [[0, 10], [30, 35], [60, 240]], .tolerated: [[10, 30], [35, 59]], .fail: [[59, 60]],
            ])
        let slow = try table(6, Self.flapping)
        #expect(
            slow.rows.table() == [
                .pass: [[0, 10], [30, 35], [60, 240]], .tolerated: [[10, 30]], .fail: [[35, 60]],
            ])
        #expect(slow.exceptions.map(\.failing) == [.hours(25)])
        let exact = try table(5, Self.flapping)
        #expect(exact.rows.table() == quick.rows.table())
    }

    @Test func `a pass that was not seen to last does not heal`() throws {
        // Twelve hours of passing with a gap in them: neither part is as long as asked for.
        let states: [(from: Int, encrypted: Bool?)] = [
            (-10, true), (10, false), (30, true), (42, false), (50, true),
        ]
        #expect(try table(8, states).rows.table()[.fail] == nil)
        #expect(try table(8, states, gap: 35...37).rows.table()[.fail] == [[42, 50]])
    }

    @Test func `what was deleted begins anew`() throws {
        let states: [(from: Int, encrypted: Bool?)] = [
            (-10, true), (10, false), (30, nil), (35, false), (50, true),
        ]
        #expect(try table(1_000, states).rows.table()[.fail] == nil)
    }

    @Test func `a run of many short failures is one exception`() throws {
        let states = (0..<20).map { (from: 8 * $0 - 10, encrypted: Optional($0 % 2 == 0)) }
        let outcome = try table(24, states)
        #expect(outcome.exceptions.count == 1)
        #expect(outcome.units.failing == 1)
    }
}
