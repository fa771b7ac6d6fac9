import Evidence
import Formats
import Ledger
import TestSupport
import Testing

@testable import Assessment

/// What a test judges in a period, as a list with a root.
@Suite struct SamplingPopulationTests {
    private func population(_ test: ControlTest, _ facts: Facts, _ period: Interval) -> UnitPopulation {
        let frame = facts.frame(period)
        return UnitPopulation(test, frame, rows: test.evaluate(frame))
    }

    @Test func `records, events, windows and obligations are units`() throws {
        var facts = Facts()
        for kind in ["store", "deploy", "review", "request", "answer"] as [Identifier] {
            try facts.covered(kind, [-100...4_000])
        }
        facts.state("store", "s-1", from: -50, ["encrypted": .bool(true), "scoped": .bool(true)])
        facts.state("store", "s-2", from: 20, ["encrypted": .bool(false), "scoped": .bool(true)])
        facts.state("store", "s-3", from: 20, ["encrypted": .bool(false), "scoped": .bool(false)])
        facts.event("deploy", "c-1", at: 5, ["author": .string("ann"), "approver": .string("bob")])
        facts.event("review", "r-1", at: 30, ["done": .bool(true)])
        // Due within the period; due after it; answered.
        facts.event("request", "q-1", at: 10, ["person": .string("u1")])
        facts.event("request", "q-2", at: 90, ["person": .string("u2")])
        facts.event("request", "q-3", at: 20, ["person": .string("u3")])
        facts.event("answer", "a-3", at: 25, ["person": .string("u3")])
        let period = try hours(0, 96)
        func ids(_ requirement: Requirement) -> [String] {
            population(Sample.test(requirement), facts, period).units.map {
                "\($0.id) \($0.verdict.rawValue)"
            }
        }
        #expect(
            ids(try Sample.state("s.encrypted", scope: "s.scoped")) == [
                #"["one","s-1"] pass"#, #"["one","s-2"] fail"#,
            ])
        #expect(
            ids(try Sample.event("d.author != d.approver")) == [#"["one","c-1","2026-01-01T05:00:00Z"] pass"#]
        )
        #expect(
            ids(try Sample.cadence(.calendar(.day, zone: "UTC", due: .zero))) == [
                #"["","2026-01-01T00:00:00Z","2026-01-02T00:00:00Z"] fail"#,
                #"["","2026-01-02T00:00:00Z","2026-01-03T00:00:00Z"] pass"#,
                #"["","2026-01-03T00:00:00Z","2026-01-04T00:00:00Z"] fail"#,
                #"["","2026-01-04T00:00:00Z","2026-01-05T00:00:00Z"] fail"#,
            ])
        #expect(
            ids(try Sample.response(.hours(24))) == [
                #"["one","q-1","2026-01-02T10:00:00Z"] fail"#, #"["one","q-3","2026-01-02T20:00:00Z"] pass"#,
            ])
        #expect(
            population(Sample.test(try Sample.event("false")), Facts(), period).root == MerkleTree.emptyRoot)
    }

    @Test func `what nobody knows stays in the population`() throws {
        var facts = Facts()
        try facts.covered("deploy", [0...10])
        for number in 0..<4 {
            facts.event("deploy", Identifier("c-\(number)"), at: number * 6, ["author": .string("a")])
        }
        let population = population(Sample.test(try Sample.event("d.author == 'a'")), facts, try hours(0, 24))
        #expect(population.units.map(\.verdict) == [.pass, .pass, .unknown, .unknown])
    }

    @Test func `a verdict has no part in the name of a unit`() throws {
        // An obligation that is met and one that is missed have rows of other stretches, but the same name.
        var facts = Facts()
        for kind in ["request", "answer"] as [Identifier] { try facts.covered(kind, [-100...4_000]) }
        facts.event("request", "q-1", at: 10, ["person": .string("u1")])
        let test = Sample.test(try Sample.response(.hours(24)))
        let missed = population(test, facts, try hours(0, 96))
        facts.event("answer", "a-1", at: 12, ["person": .string("u1")])
        let met = population(test, facts, try hours(0, 96))
        #expect(missed.units.map(\.verdict) == [.fail])
        #expect(met.units.map(\.verdict) == [.pass])
        #expect(missed.root == met.root)
    }

    @Test func `obligations of one record that fall due together are as many units`() throws {
        var facts = Facts()
        for kind in ["store", "answer"] as [Identifier] { try facts.covered(kind, [-100...4_000]) }
        for at in 1..<7 { facts.state("store", "k", from: at, ["encrypted": .bool(at % 2 == 0)]) }
        let test = Sample.test(try Sample.dayEnd())
        let missed = population(test, facts, try hours(0, 96))
        let due = "2026-01-03T00:00:00Z"
        #expect(
            missed.units.map(\.id.text) == [
                #"["one","k","\#(due)",2]"#, #"["one","k","\#(due)",3]"#, #"["one","k","\#(due)"]"#,
            ])
        #expect(missed.units.map(\.verdict) == [.fail, .fail, .fail])
        // The one answer comes in time for all.
        facts.event("answer", "a", at: 9, ["person": .string("k")])
        let met = population(test, facts, try hours(0, 96))
        #expect(met.units.map(\.verdict) == [.pass, .pass, .pass])
        #expect(met.root == missed.root)
        #expect(UnitPopulation(met.units.reversed()).root == met.root)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `neither the order of facts nor of units matters`(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let facts = try RandomWorld(&generator).facts
        let period = try hours(0, RandomWorld.size)
        for test in try RandomWorld.tests(&generator) {
            let expected = population(test, facts, period)
            var shuffled = facts
            shuffled.recorded.shuffle(using: &generator)
            let other = population(test, shuffled, period)
            #expect(other.units == expected.units, "seed \(seed), \(test.id)")
            #expect(other.root == expected.root, "seed \(seed), \(test.id)")
            #expect(UnitPopulation(expected.units.shuffled(using: &generator)).root == expected.root)
            for index in 0..<expected.count {
                let leaf = MerkleTree.leafHash(expected.units[index].id.text.utf8)
                try expected.inclusionProof(index: index).verify(leaf: leaf, root: expected.root)
            }
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `the units of a population are the ones that are counted`(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let facts = try RandomWorld(&generator).facts
        let frame = facts.frame(try hours(0, RandomWorld.size))
        for test in try RandomWorld.tests(&generator) {
            let outcome = try TestOutcome(test, frame, .standard)
            let units = UnitPopulation(test, frame, rows: outcome.rows).units
            func count(_ verdicts: Verdict...) -> Int { units.filter { verdicts.contains($0.verdict) }.count }
            #expect(count(.fail) == outcome.units.failing, "seed \(seed), \(test.id)")
            #expect(count(.pass, .tolerated) == outcome.units.passing, "seed \(seed), \(test.id)")
            #expect(count(.unknown) == outcome.units.unknown, "seed \(seed), \(test.id)")
            // Obligations that fall due later are counted as pending and belong to the next population.
            #expect(count(.pending) <= outcome.units.pending, "seed \(seed), \(test.id)")
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `what has a time is in the population of exactly one of two adjacent periods`(_ seed: UInt64) throws
    {
        var generator = Seeded(seed)
        let facts = try RandomWorld(&generator).facts
        for test in try RandomWorld.tests(&generator) {
            func ids(_ from: Int, _ to: Int) throws -> Set<Identifier> {
                Set(population(test, facts, try hours(from, to)).units.filter { $0.at != nil }.map(\.id))
            }
            let (first, second) = (try ids(0, 24), try ids(24, RandomWorld.size))
            #expect(first.isDisjoint(with: second), "seed \(seed), \(test.id)")
            #expect(try first.union(second) == ids(0, RandomWorld.size), "seed \(seed), \(test.id)")
        }
    }
}
