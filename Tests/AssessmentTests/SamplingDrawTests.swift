import Formats
import Ledger
import TestSupport
import Testing

@testable import Assessment

/// Ranking, allocation and strata: what a sample is a function of.
@Suite struct SamplingDrawTests {
    private static let changes = (1...12).map { Identifier("CHG-00\($0 < 10 ? "0" : "")\($0)") }

    @Test func `the worked example, which leaves the root out`() {
        func first(_ count: Int) -> [Identifier] {
            SampleRank.first(count, of: Self.changes, seed: "engagement-2026-0042", root: nil).map(\.id)
        }
        #expect(first(3) == ["CHG-0005", "CHG-0011", "CHG-0004"])
        #expect(first(5) == ["CHG-0005", "CHG-0011", "CHG-0004", "CHG-0010", "CHG-0001"])
    }

    @Test func `seed and root both decide`() {
        func first(_ seed: String, _ root: Digest?) -> [Identifier] {
            SampleRank.first(6, of: Self.changes, seed: seed, root: root).map(\.id)
        }
        let root = Digest.sha256("a".utf8)
        #expect(first("s", root) != first("s", Digest.sha256("b".utf8)))
        #expect(first("s", root) != first("t", root))
        // The separator keeps a longer seed from standing for a seed and a root.
        #expect(first("s", nil) != first("s\0", nil))
    }

    @Test func `ids of different units are different`() {
        let ids = [
            SamplingUnit.id(source: "a", key: "b\",\"c", at: nil),
            SamplingUnit.id(source: "a\",\"b", key: "c", at: nil),
            SamplingUnit.id(source: "a", key: "b", at: hour(0)),
            SamplingUnit.id(source: "a", key: "b", at: hour(1)),
            SamplingUnit.id(source: "", key: "b", at: nil),
        ]
        #expect(Set(ids).count == ids.count)
        #expect(ids[2].text == #"["a","b","2026-01-01T00:00:00Z"]"#)
        for id in ids {
            let parts = SamplingUnit.parts(of: id)
            #expect(parts.map { SamplingUnit.id(source: $0.source, key: $0.key, at: $0.at) } == id)
        }
        let second = SamplingUnit.id(source: "a", key: "b", at: hour(0), ordinal: 2)
        #expect(second.text == #"["a","b","2026-01-01T00:00:00Z",2]"#)
        #expect(SamplingUnit.parts(of: second)?.at == hour(0))
        for other in [
            "", "CHG-1", #"["a"]"#, #"["a", "b"]"#, #"["a","b","yesterday"]"#, #"{"a":"b"}"#,
            #"["a","b","2026-01-01T00:00:00Z",1]"#, #"["a","b","2026-01-01T00:00:00Z","2"]"#,
        ] {
            #expect(SamplingUnit.parts(of: Identifier(other)) == nil, "\(other)")
        }
    }

    @Test(
        arguments: [
            ([6, 6, 2], 7, [3, 3, 1]), ([100, 0, 1], 2, [2, 0, 0]), ([3, 3], 6, [3, 3]),
            ([1, 1, 1], 2, [1, 1, 0]),
            ([5], 0, [0]), ([70, 20, 10], 10, [7, 2, 1]),
        ] as [([Int], Int, [Int])])
    func `sizes in proportion`(_ sizes: [Int], _ count: Int, _ expected: [Int]) throws {
        let strata = sizes.enumerated().map { (name: Identifier("s\($0.offset)"), size: $0.element) }
        #expect(try SampleAllocation.proportional(count).counts(strata) == expected)
    }

    @Test func `no stratum gives an item back when the sample grows`() throws {
        // The method of the largest remainder gives 4, 4, 2 of ten and 5, 5, 1 of eleven.
        let strata: [(name: Identifier, size: Int)] = [("a", 60), ("b", 60), ("c", 20)]
        let ten = try SampleAllocation.proportional(10).counts(strata)
        let eleven = try SampleAllocation.proportional(11).counts(strata)
        #expect(zip(ten, eleven).allSatisfy { $0 <= $1 }, "\(ten) \(eleven)")
    }

    @Test func `a size that cannot be had is refused`() {
        let strata: [(name: Identifier, size: Int)] = [("a", 3), ("b", 2)]
        func refusal(_ allocation: SampleAllocation) -> SampleError? {
            do throws(SampleError) {
                _ = try allocation.counts(strata)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(.proportional(6)) == .tooMany(asked: 6, population: 5))
        #expect(refusal(.proportional(-1)) == .negative(-1))
        #expect(refusal(.explicit(["c": 1])) == .noStratum("c", known: ["a", "b"]))
        #expect(refusal(.explicit(["b": 3])) == .tooManyOf("b", asked: 3, population: 2))
        #expect(refusal(.explicit(["b": 2])) == nil)
    }

    // MARK: Properties

    private static func population(_ generator: inout Seeded) -> UnitPopulation {
        UnitPopulation(
            (0..<(1 + generator.below(60))).map { number in
                SamplingUnit(
                    source: ["git", "jira", "cloud"][generator.below(3)], key: Identifier("k-\(number)"),
                    at: hour(generator.below(24 * 300)), verdicts: [.pass], references: [])
            })
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `a larger sample keeps what a smaller one drew`(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let population = Self.population(&generator)
        let period = try days(0, 300)
        for stratification in Stratification.allCases {
            var before: [Identifier: [SamplePick]] = [:]
            for size in 0...population.count {
                let draw = try SampleDraw(
                    from: population, seed: "s\(seed)", stratification: stratification,
                    allocation: .proportional(size), period: period, zone: "Europe/Zurich")
                #expect(draw.size == size, "seed \(seed)")
                for drawn in draw.strata {
                    let earlier = before[drawn.stratum.name] ?? []
                    #expect(
                        Array(drawn.picks.prefix(earlier.count)) == earlier,
                        "seed \(seed), \(stratification), size \(size), \(drawn.stratum.name)")
                    before[drawn.stratum.name] = drawn.picks
                }
            }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `strata part the population`(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let population = Self.population(&generator)
        let period = try days(0, 300)
        for stratification in Stratification.allCases {
            let strata = try stratification.strata(of: population.units, period: period, zone: "Asia/Tokyo")
            for unit in population.units {
                #expect(
                    strata.filter { $0.contains(source: unit.source, at: unit.at) }.count == 1,
                    "seed \(seed), \(stratification), \(unit.id)")
            }
            let all = try SampleDraw(
                from: population, seed: "s", stratification: stratification,
                allocation: .proportional(population.count), period: period, zone: "Asia/Tokyo")
            let drawn = all.strata.flatMap { $0.picks.map(\.index) }
            #expect(drawn.sorted() == Array(0..<population.count), "seed \(seed), \(stratification)")
            #expect(all.strata.map(\.population).reduce(0, +) == population.count)
        }
    }

    @Test func `months are those of the zone, and their names too`() throws {
        // 2026-01-31T23:30 in UTC is February in Zurich and January in New York.
        let unit = SamplingUnit(
            source: "s", key: "k", at: Instant("2026-01-31T23:30:00Z"), verdicts: [.pass], references: [])
        for (zone, expected) in [
            ("UTC", "2026-01"), ("Europe/Zurich", "2026-02"), ("America/New_York", "2026-01"),
        ] {
            let strata = try Stratification.month.strata(of: [unit], period: days(5, 100), zone: zone)
            #expect(strata.map(\.name).count == 4, "\(zone)")
            #expect(
                strata.filter { $0.contains(source: unit.source, at: unit.at) }.map(\.name.text) == [
                    expected
                ], "\(zone)")
        }
        let record = SamplingUnit(source: "s", key: "k", at: nil, verdicts: [.pass], references: [])
        #expect(throws: SampleError.noMonth(record.id)) {
            try Stratification.month.strata(of: [unit, record], period: days(0, 10), zone: "UTC")
        }
    }

    @Test func `an empty seed draws nothing`() throws {
        var generator = Seeded(1)
        let population = Self.population(&generator)
        #expect(throws: SampleError.emptySeed) {
            try SampleDraw(
                from: population, seed: "", allocation: .proportional(1), period: days(0, 300), zone: "UTC")
        }
    }

    @Test(
        arguments: [
            ("annual", 400, 1, 1), ("quarterly", 4, 2, 2), ("Monthly", 12, 2, 3), ("weekly", 52, 5, 5),
            ("daily", 365, 15, 25), ("hourly", 9_000, 25, 60), ("weekly", 3, 3, 3), ("event", 4, 4, 4),
            ("event", 30, 5, 5), ("event", 101, 11, 11), ("continuous", 250, 25, 25), ("event", 251, 25, 60),
            (nil, 0, 0, 0),
        ] as [(String?, Int, Int, Int)])
    func `sizes of practice`(_ frequency: String?, _ population: Int, _ smallest: Int, _ largest: Int) {
        let size = PracticeSize(frequency: frequency, population: population)
        #expect((size.smallest, size.largest) == (smallest, largest))
        #expect(size.note.contains("not a standard"))
    }
}
