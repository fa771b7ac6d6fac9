import Evidence
import Formats
import TestSupport
import Testing

@testable import Assessment

/// The scripts answer as the engine does, over random worlds. A failure prints its seed.
@Suite struct SQLTwinTests {
    /// A random world, period and time of knowledge, with tests that have waivers and more than one version.
    private static func cases(_ seed: Int) throws -> [(ControlTest, Frame)] {
        var generator = Seeded(UInt64(seed) &+ 7_000)
        let world = try RandomWorld(&generator)
        let from = generator.below(20)
        let period = try hours(from, from + 1 + generator.below(RandomWorld.size))
        let knownAt = generator.below(3) == 0 ? hour(generator.below(90)) : hour(90_000)
        let frame = world.facts.frame(period, knownAt: knownAt)
        let (first, second) = (try RandomWorld.tests(&generator), try RandomWorld.tests(&generator))
        return try zip(first, second).map { old, new in
            let change = hour(generator.below(60) - 5)
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
                        inForce: try #require(Interval(from: change, to: .distantFuture)), digest: digest),
                ] : old.versions
            let waivers = try (0..<generator.below(3)).map { number in
                let start = generator.below(RandomWorld.size)
                return Sample.waiver(
                    try hours(start, start + 1 + generator.below(20)),
                    recorded: generator.below(RandomWorld.size),
                    keys: generator.below(2) == 0 ? nil : ["a", "b-0"], id: Identifier("w\(number)"))
            }
            return (ControlTest(id: old.id, title: "", versions: versions, waivers: waivers), frame)
        }
    }

    @Test(arguments: 0..<60) func `SQLite answers as the engine does`(_ seed: Int) throws {
        for (test, frame) in try Self.cases(seed) {
            let expected = test.evaluate(frame).asPrinted
            let found = try test.sqlRows(frame)
            #expect(found == expected, "seed \(seed), \(test.id)")
        }
    }

    @Test(.enabled(if: DuckDB.obstacle == nil, "needs python3 with the package duckdb"))
    func `DuckDB answers as the engine does`() throws {
        let all = try (0..<12).flatMap { seed in try Self.cases(seed).map { (seed, $0, $1) } }
        let answers = try DuckDB.rows(try all.map { try $1.twin($2).script })
        try #require(answers.count == all.count)
        for (found, (seed, test, frame)) in zip(answers, all) {
            #expect(found == test.evaluate(frame).asPrinted, "seed \(seed), \(test.id)")
        }
    }
}
