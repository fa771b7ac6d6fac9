import Evidence
import Formats
import Programs
import TestSupport
import Testing

@testable import Assessment

/// The worked examples of the semantics for shares.
@Suite struct RatioTests {
    private static let target = Proportion(partsPerMillion: 999_000) ?? .percent(100)

    private func ratio(
        _ window: RatioWindow = .calendar(.day, zone: "UTC"), target: Proportion = target,
        kind: Identifier = "probe", scope: String? = nil, require: String = "p.up", group: String? = nil,
        every spacing: TimeSpan? = .minutes(1)
    ) throws -> Requirement {
        .ratio(
            RatioRequirement(
                kind: kind, scope: try KindSample.predicate(scope, "p"),
                require: try Sample.predicate(require, of: "p"), target: target, window: window,
                group: try KindSample.predicate(group, "p"), spacing: spacing))
    }

    /// A probe each minute from one minute to another, down at some.
    private func probe(
        _ facts: inout Facts, _ from: Int, _ to: Int, down: Set<Int> = [], service: String = "viewer"
    ) {
        for at in from..<to {
            let value = Facts.object(["service": .string(service), "up": .bool(!down.contains(at))])
            facts.add(.event("probe", Identifier("\(service)\(at)"), at: minute(at), value))
        }
    }

    private func cover(_ facts: inout Facts, _ stretches: [Range<Int>]) throws {
        for stretch in stretches {
            facts.add(.coverage("probe", try minutes(stretch.lowerBound, stretch.upperBound)))
        }
    }

    private func rows(_ facts: Facts, _ requirement: Requirement, hours last: Int, knownAt: Instant? = nil)
        throws -> TestRows
    {
        Sample.test(requirement).evaluate(
            facts.wide(try hours(0, last), knownAt: knownAt ?? hour(90_000)))
    }

    // MARK: Bounds

    @Test(
        arguments: [
            (43_170, 43_200, 0, Verdict.pass), (43_000, 43_000, 200, .unknown), (43_150, 43_200, 0, .fail),
            (43_199, 43_199, 1, .pass), (42_950, 43_000, 200, .fail), (0, 0, 0, .notApplicable),
            (999, 1_000, 0, .pass), (998_999, 1_000_000, 0, .fail), (0, 0, 1, .unknown),
        ] as [(Int, Int, Int, Verdict)])
    func `the verdict stands only where both bounds say the same`(
        _ good: Int, _ all: Int, _ unknown: Int, _ expected: Verdict
    ) {
        var tally = RatioTally()
        (tally.good, tally.all, tally.unknown) = (Int128(good), Int128(all), Int128(unknown))
        #expect(tally.verdict(Self.target) == expected)
    }

    @Test func `counts near the end of 64 bits are still exact`() {
        var tally = RatioTally()
        tally.all = Int128(Int64.max)
        tally.good = tally.all * 999_000 / 1_000_000
        #expect(tally.verdict(Self.target) == .fail)
        tally.good += 1
        #expect(tally.verdict(Self.target) == .pass)
    }

    @Test(arguments: [
        (999_000, 5, 5, Verdict.unknown), (999_000, 0, 5, .unknown), (1_000_000, 5, 5, .unknown),
        (1_000_000, 4, 5, .fail), (1_000_000, 0, 0, .unknown),
    ])
    func `without a bound on what was missed only a target of all can be failed`(
        _ target: Int64, _ good: Int, _ all: Int, _ expected: Verdict
    ) throws {
        var tally = RatioTally()
        (tally.good, tally.all, tally.isUnbounded) = (Int128(good), Int128(all), true)
        #expect(tally.verdict(try #require(Proportion(partsPerMillion: target))) == expected)
    }

    @Test func `any completion of what is unknown agrees with a decided verdict`() throws {
        for seed in UInt64(0)..<500 {
            var random = Seeded(seed)
            let unknown = random.below(6)
            let all = random.below(12)
            let good = all == 0 ? 0 : random.below(all + 1)
            let target = try #require(Proportion(partsPerMillion: Int64(1 + random.below(1_000_000))))
            var tally = RatioTally()
            (tally.good, tally.all, tally.unknown) = (Int128(good), Int128(all), Int128(unknown))
            var found: Set<Verdict> = []
            for better in 0...unknown where all + unknown > 0 {
                let isEnough =
                    Int64(good + better) * 1_000_000 >= target.partsPerMillion * Int64(all + unknown)
                found.insert(isEnough ? .pass : .fail)
            }
            let expected = found.count == 1 ? found.first : found.isEmpty ? .notApplicable : .unknown
            #expect(tally.verdict(target) == expected, "seed \(seed)")
        }
    }

    // MARK: Events

    @Test func `each day of probes is judged with what was missed in it`() throws {
        var facts = Facts()
        try cover(&facts, [0..<3_000, 3_060..<4_500, 4_560..<5_800, 5_801..<7_200])
        probe(&facts, 0, 3_000, down: [1_500, 1_501])
        probe(&facts, 3_060, 4_500, down: [4_400, 4_401, 4_402])
        probe(&facts, 4_560, 5_800)
        probe(&facts, 5_801, 7_200)
        let rows = try rows(facts, try ratio(), hours: 120)
        #expect(rows.rows.map(\.verdict) == [.pass, .fail, .unknown, .fail, .pass])
        #expect(
            rows.rows.map(\.reason) == [
                .share(good: 1_440, of: 1_440, unknown: 0), .share(good: 1_438, of: 1_440, unknown: 0),
                .share(good: 1_380, of: 1_380, unknown: 60), .share(good: 1_377, of: 1_380, unknown: 60),
                .share(good: 1_439, of: 1_439, unknown: 1),
            ])
        #expect(rows.rows[1].references.count == 2)
        #expect(rows.uncovered.length == .minutes(121))
    }

    @Test func `without a declared spacing any gap leaves its window open`() throws {
        var facts = Facts()
        try cover(&facts, [0..<100, 101..<2_880])
        probe(&facts, 0, 100)
        probe(&facts, 101, 2_880)
        #expect(
            try rows(facts, try ratio(every: nil), hours: 48).rows.map(\.verdict) == [.unknown, .pass])
        #expect(try rows(facts, try ratio(), hours: 48).rows.map(\.verdict) == [.pass, .pass])
    }

    @Test func `each gap counts in full, and what is known from inside it counts too`() throws {
        var facts = Facts()
        try cover(&facts, [0..<10, 12..<20, 22..<1_440])
        // Half a minute more than two spacings could hold three events.
        let requirement = try ratio(every: .seconds(90))
        #expect(
            try rows(facts, requirement, hours: 24).rows.map(\.reason) == [
                .share(good: 0, of: 0, unknown: 4)
            ])
        for at in 0..<6 {
            let value = Facts.object(["service": .string("viewer"), "up": .bool(true)])
            facts.add(.event("probe", Identifier("x\(at)"), at: minute(10) + .seconds(Int64(at)), value))
        }
        // Two more may have happened in the other gap.
        #expect(
            try rows(facts, requirement, hours: 24).rows.map(\.reason) == [
                .share(good: 0, of: 0, unknown: 8)
            ])
    }

    @Test func `much that is known from one gap leaves no less open in another`() throws {
        var facts = Facts()
        try cover(&facts, [0..<600, 610..<900, 960..<1_440])
        probe(&facts, 0, 100)
        for at in 0..<10 {
            let value = Facts.object(["service": .string("viewer"), "up": .bool(false)])
            facts.add(.event("probe", Identifier("x\(at)"), at: minute(600) + .seconds(Int64(at)), value))
        }
        for group in [nil, "p.service"] {
            let test = Sample.test(try ratio(target: .percent(90), group: group, every: .minutes(10)))
            let frame = facts.wide(try hours(0, 24))
            let found = test.evaluate(frame)
            #expect(found.rows.map(\.verdict) == [.unknown])
            #expect(found.rows.map(\.reason) == [.share(good: 100, of: 100, unknown: 16)])
            let columns = try SweepFrame(
                columns: ColumnHistory(frame.history, blockRows: 3), period: frame.period,
                knownAt: frame.knownAt, memo: PartMemo())
            #expect(try test.sweep(columns).listed.rows == found.rows)
            #expect(try test.sqlRows(frame) == found.asPrinted)
        }
    }

    @Test func `an event that cannot be judged is unknown mass`() throws {
        var facts = Facts()
        try cover(&facts, [0..<1_440])
        probe(&facts, 0, 9)
        facts.add(.event("probe", "x", at: minute(20), Facts.object(["service": .string("viewer")])))
        for (target, expected) in [(900_000, Verdict.pass), (900_001, .unknown)] as [(Int64, Verdict)] {
            let target = try #require(Proportion(partsPerMillion: target))
            let row = try rows(facts, try ratio(target: target), hours: 24).rows[0]
            #expect(row.verdict == expected)
            #expect(row.reason == .share(good: 9, of: 9, unknown: 1))
        }
    }

    @Test func `each group is a unit from its first event on, and an event of no group may be of any`() throws
    {
        var facts = Facts()
        try cover(&facts, [0..<2_880])
        probe(&facts, 0, 10)
        probe(&facts, 1_450, 1_460)
        probe(&facts, 1_500, 1_510, down: [1_505], service: "archive")
        facts.add(.event("probe", "lost", at: minute(1_600), Facts.object(["up": .bool(true)])))
        let rows = try rows(facts, try ratio(target: .percent(95), group: "p.service"), hours: 48)
        #expect(rows.rows.map(\.key) == ["archive", "viewer", "viewer"])
        #expect(rows.rows.map(\.verdict) == [.fail, .pass, .unknown])
        #expect(rows.rows[2].reason == .share(good: 10, of: 10, unknown: 1))
        let outcome = try TestOutcome(
            Sample.test(try ratio(target: .percent(95), group: "p.service")), facts.wide(try hours(0, 48)),
            .standard)
        #expect((outcome.units.failing, outcome.units.passing, outcome.units.unknown) == (1, 1, 1))
    }

    @Test func `a window that ends after the horizon is pending, and belongs where it ends`() throws {
        var facts = Facts()
        try cover(&facts, [0..<2_000])
        probe(&facts, 0, 2_000, down: [1])
        let requirement = try ratio(target: .percent(100))
        let early = try rows(facts, requirement, hours: 72, knownAt: minute(2_000))
        #expect(early.rows.map(\.verdict) == [.fail, .pending, .pending])
        #expect(early.rows[1].reason == .notYetDue(hour(48)))
        // Collected lately: awaited. Long ago: missing.
        #expect(
            try rows(facts, requirement, hours: 72, knownAt: hour(50)).rows.map(\.verdict)
                == [.fail, .pending, .pending])
        #expect(
            try rows(facts, requirement, hours: 72, knownAt: hour(90)).rows.map(\.verdict)
                == [.fail, .unknown, .unknown])
        let test = Sample.test(requirement)
        let second = test.evaluate(facts.wide(try hours(12, 48)))
        #expect(second.rows.map(\.interval) == [try hours(0, 24), try hours(24, 48)])
    }

    @Test func `the whole period is one window, and nothing at all is not applicable only where covered`()
        throws
    {
        var facts = Facts()
        try cover(&facts, [0..<1_440])
        #expect(try rows(facts, try ratio(.period), hours: 24).rows.map(\.verdict) == [.notApplicable])
        #expect(try rows(Facts(), try ratio(.period), hours: 24).rows.map(\.verdict) == [.unknown])
        #expect(
            try rows(Facts(), try ratio(.period, every: nil), hours: 24).rows.map(\.verdict) == [.unknown])
        probe(&facts, 0, 10, down: [3])
        let requirement = try ratio(.period, scope: "p.service == 'viewer'")
        let row = try rows(facts, requirement, hours: 24).rows[0]
        #expect(row.verdict == .fail)
        #expect(try row.interval == hours(0, 24))
        let other = try ratio(.period, scope: "p.service == 'other'")
        #expect(try rows(facts, other, hours: 24).rows.map(\.verdict) == [.notApplicable])
    }

    @Test func `windows follow the zone`() throws {
        var facts = Facts()
        try cover(&facts, [-1_440..<4_320])
        let rows = try rows(facts, try ratio(.calendar(.day, zone: "Europe/Berlin")), hours: 48)
        #expect(rows.rows.map(\.interval) == [try hours(-1, 23), try hours(23, 47)])
        let nowhere = try self.rows(facts, try ratio(.calendar(.day, zone: "Nowhere/Else")), hours: 48)
        #expect(nowhere.rows.isEmpty)
        #expect(nowhere.uncovered == IntervalSet([try hours(0, 48)]))
    }

    @Test func `a waiver of the last instant waives a failing window whole`() throws {
        var facts = Facts()
        try cover(&facts, [0..<2_880])
        probe(&facts, 0, 2_880, down: [5, 6, 1_445, 1_446])
        let waiver = Sample.waiver(try hours(20, 24))
        let rows = Sample.test(try ratio(), waivers: [waiver]).evaluate(facts.wide(try hours(0, 48)))
        #expect(rows.rows.map(\.verdict) == [.waived, .fail])
    }

    // MARK: Time

    private func stores() -> Facts {
        var facts = Facts()
        facts.state("store", "a", from: -10, ["encrypted": .bool(true)])
        facts.state("store", "a", from: 30, to: 36, ["encrypted": .bool(false)])
        facts.state("store", "b", from: 24, ["encrypted": .bool(true)])
        return facts
    }

    private func weighed(_ target: Int64, require: String = "p.encrypted", scope: String? = nil) throws
        -> Requirement
    {
        try ratio(target: .percent(target), kind: "store", scope: scope, require: require, every: nil)
    }

    @Test func `states are weighed by the time for which they are in scope and seen`() throws {
        var facts = stores()
        try facts.covered("store", [-10...500])
        // The second day: 42 of 48 hours.
        for (target, expected) in [(87, Verdict.pass), (88, .fail)] as [(Int64, Verdict)] {
            let rows = try rows(facts, try weighed(target), hours: 48)
            #expect(rows.rows.map(\.verdict) == [.pass, expected])
        }
        let reasons = try rows(facts, try weighed(88), hours: 48).rows.compactMap(\.reason)
        #expect(reasons.map(\.description) == ["1d of 1d, 0 unknown", "1d18h of 2d, 0 unknown"])
    }

    @Test func `time that its own source did not watch or nothing can judge is unknown mass`() throws {
        var facts = stores()
        try facts.covered("store", [-10...24, 27...500])
        // Somebody looked all the time, so that no other record can have lived there.
        try facts.covered("store", [-10...500], source: "two")
        let row = try rows(facts, try weighed(90), hours: 48).rows[1]
        #expect(row.reason == .shareOfTime(good: .hours(36), of: .hours(42), unknown: .hours(6)))
        #expect(row.verdict == .fail)
        #expect(try rows(facts, try weighed(80), hours: 48).rows[1].verdict == .unknown)
        #expect(try rows(facts, try weighed(75), hours: 48).rows[1].verdict == .pass)
        let doubtful = try rows(facts, try weighed(75, require: "p.retention > 0"), hours: 48)
        #expect(doubtful.rows.map(\.verdict) == [.unknown, .unknown])
        #expect(try rows(Facts(), try weighed(75), hours: 24).rows.map(\.verdict) == [.unknown])
    }

    @Test func `without anybody watching, any record may have lived, whatever is known of others`() throws {
        var facts = Facts()
        try facts.covered("store", [-10...6, 24...500])
        facts.state("store", "a", from: -10, to: 6, ["encrypted": .bool(true)])
        facts.state("store", "b", from: 24, ["encrypted": .bool(true)])
        let frame = facts.wide(try hours(0, 48))
        let test = Sample.test(try weighed(75))
        let rows = test.evaluate(frame).rows
        #expect(rows.map(\.verdict) == [.unknown, .pass])
        #expect(rows[0].reason == .shareOfTime(good: .hours(6), of: .hours(6), unknown: nil))
        #expect(rows[0].reason?.description == "6h of 6h, no telling how much unknown")
        #expect(try test.sqlRows(frame).map(\.verdict) == ["none", "pass"])
        // Only a target of all is beyond the help of what was not seen.
        facts.state("store", "c", from: 0, to: 6, ["encrypted": .bool(false)])
        let all = Sample.test(try weighed(100))
        #expect(all.evaluate(facts.wide(try hours(0, 48))).rows.map(\.verdict) == [.fail, .pass])
        #expect(try all.sqlRows(facts.wide(try hours(0, 48))).map(\.verdict) == ["fail", "pass"])
    }

    @Test func `a comparison with the instant divides the time`() throws {
        var facts = Facts()
        try facts.covered("store", [-10...500])
        facts.state("store", "a", from: 0, ["created": .string(hour(0).description)])
        let rows = try rows(facts, try weighed(25, require: "at - p.created < duration('6h')"), hours: 48)
        #expect(rows.rows.map(\.verdict) == [.pass, .fail])
    }

    @Test func `each window is judged by the version in force at its end`() throws {
        var facts = Facts()
        try cover(&facts, [0..<4_320])
        probe(&facts, 0, 4_320, down: Set(stride(from: 0, to: 4_320, by: 100)))
        let versions = [
            RequirementVersion(
                requirement: try ratio(target: .percent(90)), inForce: try hours(0, 36), digest: "1"),
            RequirementVersion(requirement: try ratio(), inForce: try hours(36, 72), digest: "2"),
        ]
        let test = ControlTest(id: "t", title: "", versions: versions, waivers: [])
        let rows = test.evaluate(facts.wide(try hours(0, 72)))
        #expect(rows.rows.map(\.verdict) == [.pass, .fail, .fail])
    }

    @Test func `a window in which the test was taken out for a while may pass, and never fails`() throws {
        var facts = Facts()
        try cover(&facts, [0..<7_200])
        probe(&facts, 0, 5_760, down: [1_500, 1_501, 1_502])
        let frame = facts.wide(try hours(0, 96))
        let days = try [0, 24, 48, 72].map { try hours($0, $0 + 24) }
        let windows: [(RatioWindow, [Interval], [Verdict])] = [
            (.calendar(.day, zone: "UTC"), days, [.pass, .unknown, .pass, .pass]),
            // Each stretch without a break is a window of its own.
            (.period, [try hours(0, 36), try hours(60, 96)], [.fail, .pass]),
        ]
        for (window, expected, verdicts) in windows {
            let versions = [
                RequirementVersion(
                    requirement: try ratio(window), inForce: try hours(-9, 36), digest: "1"),
                RequirementVersion(
                    requirement: try ratio(window), inForce: try hours(60, 900), digest: "1"),
            ]
            let test = ControlTest(id: "t", title: "", versions: versions, waivers: [])
            let rows = test.evaluate(frame)
            #expect(rows.rows.map(\.interval) == expected)
            #expect(rows.rows.map(\.verdict) == verdicts)
            #expect(rows.rows.allSatisfy { ($0.reason == .notInForce) == ($0.verdict == .unknown) })
            let columns = try SweepFrame(
                columns: ColumnHistory(frame.history), period: frame.period, knownAt: frame.knownAt)
            #expect(try test.sweep(columns).plain.units.passing == verdicts.filter { $0 == .pass }.count)
            #expect(try test.sqlRows(frame) == rows.asPrinted)
        }
    }
}
