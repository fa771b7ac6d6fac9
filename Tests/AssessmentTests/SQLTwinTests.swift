import Evidence
import Formats
import Programs
import TestSupport
import Testing

@testable import Assessment

/// The scripts answer as the engine does, over random worlds. A failure prints its seed.
@Suite struct SQLTwinTests {
    /// Those of the laws, reconciliations, and shares.
    private static func tests(_ generator: inout Seeded) throws -> [ControlTest] {
        let grace = Int64(generator.below(10))
        let scope = generator.below(2) == 0 ? nil : "a.enabled"
        let partners = [nil, "e.active", "at < e.ended"][generator.below(3)]
        let target = [1, 500_000, 700_000, 1_000_000][generator.below(4)]
        let spacing = [nil, TimeSpan.hours(1), .hours(5)][generator.below(3)]
        let group = [nil, "d.author", "d.scoped"][generator.below(3)]
        let window: RatioWindow =
            generator.below(3) == 0 ? .period : .calendar(.day, zone: "Asia/Tokyo")
        let share = RatioRequirement(
            kind: "deploy", scope: scope == nil ? nil : try Sample.predicate("d.scoped", of: "d"),
            require: try Sample.predicate("d.author != d.approver", of: "d"),
            target: try #require(Proportion(partsPerMillion: Int64(target))), window: window,
            group: try KindSample.predicate(group, "d"), spacing: spacing)
        let weighed = RatioRequirement(
            kind: "store", scope: scope == nil ? nil : try Sample.predicate("s.scoped", of: "s"),
            require: try Sample.predicate("s.encrypted", of: "s"),
            target: try #require(Proportion(partsPerMillion: Int64(target))), window: window,
            group: try KindSample.predicate([nil, "s.encrypted ? 'x' : 'y'"][generator.below(2)], "s"),
            spacing: nil)
        var totals = try ReconTests.recon(grace: grace, scope: scope, partners: partners)
        if case .recon(var rule) = totals {
            let count = ["1", "2", "a.enabled ? 1 : 0", "size(a.owner)"][generator.below(4)]
            rule.totals = TotalsRequirement(count: try Sample.predicate(count, of: "a"), digest: nil)
            totals = .recon(rule)
        }
        return try RandomWorld.tests(&generator) + [
            Sample.test(.ratio(share), id: "ratio"), Sample.test(.ratio(weighed), id: "weighed"),
            Sample.test(
                try ReconTests.recon(grace: grace, scope: scope, partners: partners), id: "recon"),
            Sample.test(totals, id: "totals"),
        ]
    }

    /// A random world, period and time of knowledge, with tests that have waivers and more than one version.
    private static func cases(_ seed: Int) throws -> [(ControlTest, Frame)] {
        var generator = Seeded(UInt64(seed) &+ 7_000)
        let world = try RandomWorld(&generator)
        let from = generator.below(20)
        let period = try hours(from, from + 1 + generator.below(RandomWorld.size))
        let knownAt = generator.below(3) == 0 ? hour(generator.below(90)) : hour(90_000)
        let told = world.facts.history(knownAt: knownAt)
        let history = told.retiring(RandomWorld.retirements(told, &generator))
        let frame = Frame(history: history, period: period, knownAt: knownAt)
        let (first, second) = (try tests(&generator), try tests(&generator))
        return try zip(first, second).map { old, new in
            let change = hour(generator.below(60) - 5)
            let back = change + .hours(Int64(generator.below(4)))
            let isChanged = generator.below(3) == 0
            let digest = Bool.random(using: &generator) ? "1" : "2"
            let versions =
                isChanged
                ? [
                    RequirementVersion(
                        requirement: old.versions[0].requirement,
                        inForce: try #require(Interval(from: hour(-30), to: change)), digest: "1"),
                    RequirementVersion(
                        requirement: new.versions[0].requirement,
                        inForce: try #require(Interval(from: back, to: .distantFuture)), digest: digest),
                ] : old.versions
            let waivers = try (0..<generator.below(3)).map { number in
                let start = generator.below(RandomWorld.size)
                return Sample.waiver(
                    try hours(start, start + 1 + generator.below(20)),
                    recorded: generator.below(RandomWorld.size),
                    keys: generator.below(2) == 0 ? nil : ["a", "b-0"], source: number == 0 ? nil : "one",
                    id: Identifier("w\(number)"))
            }
            return (ControlTest(id: old.id, title: "", versions: versions, waivers: waivers), frame)
        }
    }

    /// Nil where records cannot be judged or matched: that is refused.
    private static func twin(_ test: ControlTest, _ frame: Frame) throws -> SQLTwin? {
        do {
            return try test.twin(frame)
        } catch SQLTwinError.undecidable {
            return nil
        }
    }

    @Test func `most evidence can be judged by SQL`() throws {
        let all = try (0..<60).flatMap { try Self.cases($0) }
        let written = try all.filter { try Self.twin($0, $1) != nil }
        #expect(written.count * 5 > all.count * 2, "\(written.count) of \(all.count)")
        let kinds = Set(written.map { $0.0.id })
        #expect(
            kinds.isSuperset(of: [
                "state", "event", "join", "rolling-per", "daily-per", "response", "offboarding",
                "recon", "totals", "ratio", "weighed", "heal", "becomes", "until", "business", "consume",
            ]))
    }

    @Test(arguments: 0..<60) func `SQLite answers as the engine does`(_ seed: Int) throws {
        for (test, frame) in try Self.cases(seed) {
            guard let twin = try Self.twin(test, frame) else { continue }
            let expected = test.evaluate(frame).asPrinted
            #expect(try SQLRunner.rows(twin.script) == expected, "seed \(seed), \(test.id)")
        }
    }

    @Test(.enabled(if: DuckDB.obstacle == nil, "needs python3 with the package duckdb"))
    func `DuckDB answers as the engine does`() throws {
        let all = try (0..<12).flatMap { seed in try Self.cases(seed).map { (seed, $0, $1) } }
        let written = try all.compactMap { seed, test, frame in
            try Self.twin(test, frame).map { (seed: seed, test: test, frame: frame, script: $0.script) }
        }
        #expect(Set(written.map(\.test.id)).isSuperset(of: ["recon", "ratio", "consume", "heal", "until"]))
        let answers = try DuckDB.rows(written.map(\.script))
        try #require(answers.count == written.count)
        for (found, (seed, test, frame, _)) in zip(answers, written) {
            #expect(found == test.evaluate(frame).asPrinted, "seed \(seed), \(test.id)")
        }
    }
}
