import Catalog
import Evidence
import Formats
import Ledger
import TestSupport
import Testing

@testable import Assessment

/// Evidence that arrives in instalments: what an assessment finds with the help of the one before is, byte for byte, what
/// it finds alone. A failure prints its seed.
@Suite struct IncrementalTests {
    private static let seeds = Fuzzing.stretches(standard: 60, full: 20_000)

    @Test(arguments: seeds) func `each instalment gives the bytes of a full run`(seeds: Range<Int>) throws {
        var reused = 0
        for seed in seeds {
            var generator = Seeded(UInt64(seed))
            let world = try Instalments(&generator)
            let tests = try Self.tests(&generator)
            var parts = KnownParts()
            for step in 0..<4 {
                let period = generator.below(6) == 0 ? try hours(0, 30) : try hours(0, RandomWorld.size)
                let (knownAt, history) = world.known(step, &generator)
                let columns = ColumnHistory(history, blockRows: 1 + generator.below(3))
                let input = AssessmentInput(
                    tests: tests, controls: [], criteria: [], tolerance: .standard, period: period,
                    knownAt: knownAt, programDigest: Digest.sha256([]))
                // By way of bytes, as the next process would find them.
                let memo = PartMemo(try #require(KnownParts(bytes: parts.bytes)))
                let full = try AssessmentResult(input, columns: columns, evidenceDigest: Digest.sha256([]))
                let incremental = try AssessmentResult(
                    input, columns: columns, evidenceDigest: Digest.sha256([]), memo: memo)
                let simple = try AssessmentResult(input, history: history, evidenceDigest: Digest.sha256([]))
                try #require(
                    try full.canonical == simple.canonical,
                    "seed \(seed), instalment \(step), all tests at once")
                try #require(
                    try full.canonical == incremental.canonical, "seed \(seed), instalment \(step)")
                for (one, other) in zip(full.tests, incremental.tests) {
                    try #require(one.listed == other.listed, "seed \(seed), \(step), \(one.test.id)")
                }
                reused += parts.keys.intersection(memo.parts.keys).count
                parts = memo.parts
            }
        }
        #expect(reused > 4 * seeds.count)
        Fuzzing.tell("histories in instalments", seeds)
    }

    @Test
    func `nothing is swept again when nothing has changed, and only what a late fact touches when one comes`()
        throws
    {
        var facts = try Facts.deployments()
        let test = Sample.test(try Sample.event("d.author != d.approver"))
        func parts(_ facts: Facts, _ known: KnownParts) throws -> KnownParts {
            let memo = PartMemo(known)
            let frame = try SweepFrame(
                columns: ColumnHistory(facts.history(), blockRows: 10), period: try hours(0, 48),
                knownAt: hour(100), memo: memo)
            let swept = try test.sweep(frame)
            let simple = SweptRows(test.evaluate(facts.frame(try hours(0, 48), knownAt: hour(100))))
            #expect(swept.listed.rows == simple.listed.rows)
            return memo.parts
        }
        let first = try parts(facts, KnownParts())
        #expect(first.keys.count == 4)
        #expect(try parts(facts, first).keys == first.keys)
        facts.event(
            "deploy", "late", at: 35,
            ["author": .string("a"), "approver": .string("a"), "scoped": .bool(true)])
        let second = try parts(facts, first)
        #expect(second.keys.count == 5)
        #expect(second.keys.intersection(first.keys).count == 3)
    }

    @Test func `bytes that are no parts are none`() throws {
        let bytes = KnownParts().bytes
        #expect(KnownParts(bytes: bytes) != nil)
        #expect(KnownParts(bytes: Array(bytes.dropLast())) == nil)
        #expect(KnownParts(bytes: Array("ASSAYCOL".utf8) + bytes.dropFirst(8)) == nil)
        #expect(SweptPart(stored: [0, 1, 0, 0, 0, 7]) == nil)
    }

    // MARK: Tests

    /// Whatever tests over events there are, each with a digest of its own, and some that are always swept whole.
    private static func tests(_ generator: inout Seeded) throws -> [ControlTest] {
        let all = try RandomWorld.tests(&generator) + RandomWorld.moreTests(&generator) + joined(&generator)
        return all.enumerated().map { number, test in
            ControlTest(
                id: Identifier("\(number)-\(test.id)"), title: "",
                versions: test.versions.enumerated().map { index, version in
                    RequirementVersion(
                        requirement: version.requirement, inForce: version.inForce,
                        digest: "\(number)-\(index)")
                }, waivers: test.waivers)
        }
    }

    /// Records that are looked up as of the event, and as of another time.
    private static func joined(_ generator: inout Seeded) throws -> [ControlTest] {
        let isRequired = Bool.random(using: &generator)
        return try [nil, "timestamp('2026-01-02T00:00:00Z')"].map { asOf in
            let join = AsOfJoin(
                name: "account", kind: "account", local: try Sample.predicate("d.author", of: "d"),
                remote: try Sample.predicate("a.owner", of: "a"),
                asOf: try asOf.map { try Sample.predicate($0, of: "d") }, isRequired: isRequired)
            return Sample.test(
                try Sample.event(
                    "account == null || account.enabled", scope: "d.scoped && account != null", joins: [join]),
                id: "joined")
        }
    }

    @Test func `a part that is taken is forgotten, unless another assessment follows`() {
        let key = Digest.sha256([])
        let (last, next) = (PartMemo(isForNext: false), PartMemo())
        for memo in [last, next] {
            #expect(memo.part(key) == nil)
            memo.keep(.events(EventPart()), as: key)
            #expect(memo.isKnown(key))
            #expect(memo.part(key) != nil)
        }
        #expect(last.part(key) == nil)
        #expect(!last.isKnown(key))
        #expect(next.part(key) != nil)
        #expect(next.parts.keys == [key])
    }
}

/// A random world whose facts, coverage among them, become known step by step.
private struct Instalments {
    private let facts: Facts

    init(_ generator: inout Seeded) throws {
        var world = try RandomWorld(&generator)
        try world.roughen(&generator)
        var facts = Facts()
        for fact in world.facts.recorded {
            var recorded = fact.recorded
            if case .coverage(let interval) = fact.fact.shape {
                // Mostly with the day it is about, sometimes later.
                recorded =
                    max(hour(-200), min(interval.end, hour(60))) + .hours(Int64(generator.below(3) * 5))
            }
            facts.recorded.append(
                RecordedFact(
                    fact: fact.fact, source: fact.source, recorded: recorded, reference: fact.reference))
        }
        self.facts = facts
    }

    /// What is known after a step; now and then as it was known before.
    func known(_ step: Int, _ generator: inout Seeded) -> (Instant, History) {
        let at = hour(14 * (step + 1) + generator.below(14) - (generator.below(5) == 0 ? 30 : 0))
        return (at, facts.history(knownAt: at))
    }
}
