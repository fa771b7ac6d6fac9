import Catalog
import Evidence
import Formats
import Ledger
import TestSupport
import Testing

@testable import Assessment

/// The laws of the semantics over random worlds. A failure prints its seed.
@Suite struct LawTests {
    private static let seeds = 0..<80
    private static let size = RandomWorld.size

    private static let otherKinds: Set<Identifier> = ["ratio", "recon", "duties", "roles", "attest"]

    /// - Parameter others: those of the further kinds of test for which the law is asked too.
    private func each(
        with others: Set<Identifier> = [],
        _ body: (_ seed: Int, _ world: RandomWorld, _ test: ControlTest, _ generator: inout Seeded) throws ->
            Void
    ) throws {
        for seed in Self.seeds {
            var generator = Seeded(UInt64(seed))
            let world = try RandomWorld(&generator)
            for test in try RandomWorld.tests(&generator) + Self.others(seed, others) {
                try body(seed, world, test, &generator)
            }
        }
    }

    /// Drawn by a generator of their own, so that a seed stays the same world and tests.
    private static func others(_ seed: Int, _ wanted: Set<Identifier>) throws -> [ControlTest] {
        var generator = Seeded(UInt64(seed) &+ 50_000)
        return try RandomWorld.others(&generator).filter { wanted.contains($0.id) }
    }

    @Test func `the verdicts on a key fill the period, no instant twice`() throws {
        let period = try hours(0, Self.size)
        try each { seed, world, test, _ in
            let rows = test.evaluate(world.facts.frame(period)).rows.filter(\.isStretch)
            for (key, own) in Dictionary(grouping: rows, by: \.key) {
                let total = own.reduce(TimeSpan.zero) { $0 + $1.interval.length }
                #expect(total == period.length, "seed \(seed), \(test.id), \(key)")
                #expect(
                    IntervalSet(own.map(\.interval)) == IntervalSet([period]),
                    "seed \(seed), \(test.id), \(key)")
            }
        }
    }

    @Test func `a version split in two equal ones changes nothing`() throws {
        let period = try hours(0, Self.size)
        try each { seed, world, test, generator in
            var split = world
            for fact in world.facts.recorded where generator.below(2) == 0 {
                guard case .state(let from, nil, let value?) = fact.fact.shape else { continue }
                let next = world.facts.recorded.compactMap { other -> Instant? in
                    guard case .state(let start, nil, _) = other.fact.shape, start > from,
                        other.fact.kind == fact.fact.kind, other.fact.key == fact.fact.key
                    else { return nil }
                    return start
                }.min()
                let middle = from + .hours(1)
                if let next, next <= middle { continue }
                // A change inside a stretch that a correction set apart would end that stretch.
                let isCorrected = world.facts.recorded.contains { other in
                    guard case .state(let start, let end?, _) = other.fact.shape else { return false }
                    return other.fact.kind == fact.fact.kind && other.fact.key == fact.fact.key
                        && start <= middle && middle < end
                }
                if isCorrected { continue }
                split.facts.recorded.append(
                    RecordedFact(
                        fact: .state(fact.fact.kind, fact.fact.key, from: middle, value), source: fact.source,
                        recorded: fact.recorded,
                        reference: FactReference(leaf: split.facts.recorded.count, item: 0)))
            }
            let whole = test.evaluate(world.facts.frame(period))
            let parts = test.evaluate(split.facts.frame(period))
            let plain: (TestRows) -> [[String]] = { rows in
                rows.rows.map {
                    ["\($0.key)", "\($0.interval)", "\($0.verdict)", "\($0.reason?.description ?? "")"]
                }
            }
            #expect(plain(whole) == plain(parts), "seed \(seed), \(test.id)")
        }
    }

    /// Of a ratio this is not so: a window belongs to the period in which it ends, and the whole period is another window.
    /// Reconciliations have it in `ReconTests`.
    @Test func `adjacent periods make up the whole, and each obligation falls in one of them`() throws {
        try each(with: ["duties"]) { seed, world, test, generator in
            let middle = 1 + generator.below(Self.size - 1)
            let whole = test.evaluate(world.facts.frame(try hours(0, Self.size)))
            let first = test.evaluate(world.facts.frame(try hours(0, middle)))
            let second = test.evaluate(world.facts.frame(try hours(middle, Self.size)))
            let context: Comment = "seed \(seed), \(test.id), cut at \(middle)"
            let size = 0..<Self.size
            #expect(whole.hourly(size) == first.hourly(size).union(second.hourly(size)), context)
            // What falls due later is announced as pending and counted by the period in which it falls due.
            let due = { (rows: TestRows, end: Int) in
                rows.counted.filter { $0.verdict != .pending || $0.at < hour(end) }
            }
            let (one, two) = (due(first, middle), due(second, Self.size))
            #expect(one.isDisjoint(with: two), context)
            #expect(due(whole, Self.size) == one.union(two), context)
            #expect(whole.uncovered == first.uncovered.union(second.uncovered), context)
        }
    }

    /// Of a ratio `RatioTests` says more: any completion of what is unknown agrees with a decided verdict. Reconciliations
    /// have it in `ReconTests`.
    @Test func `with less coverage nothing becomes a pass`() throws {
        let period = try hours(0, Self.size)
        try each(with: ["duties"]) { seed, world, test, generator in
            var poorer = world
            poorer.facts.recorded = world.facts.recorded.filter {
                if case .coverage = $0.fact.shape { generator.below(4) > 0 } else { true }
            }
            let passes: (RandomWorld) -> Set<Judgement> = { world in
                let rows = test.evaluate(world.facts.frame(period))
                return rows.counted.union(rows.hourly(0..<Self.size)).filter { $0.verdict == .pass }
            }
            let (rich, poor) = (passes(world), passes(poorer))
            #expect(poor.isSubset(of: rich), "seed \(seed), \(test.id): \(poor.subtracting(rich))")
        }
    }

    @Test func `what is recorded after the time of knowledge has no effect, nor has the order of arrival`()
        throws
    {
        let period = try hours(0, Self.size)
        for seed in Self.seeds {
            var generator = Seeded(UInt64(seed))
            let world = try RandomWorld(&generator)
            let tests = try RandomWorld.tests(&generator) + Self.others(seed, Self.otherKinds)
            let knownAt = hour(generator.below(60))
            var known = world
            known.facts.recorded = world.facts.recorded.filter { $0.recorded <= knownAt }
            known.facts.recorded.shuffle(using: &generator)
            let input = AssessmentInput(
                tests: tests, controls: [], criteria: [], tolerance: .standard, period: period,
                knownAt: knownAt,
                programDigest: Digest.sha256([]), timeZoneData: "fixed")
            let results = try [world, known, world].map { world in
                try AssessmentResult(
                    input, history: world.facts.history(knownAt: knownAt), evidenceDigest: Digest.sha256([]))
            }
            let bytes = try results.map { try $0.canonical }
            #expect(bytes[0] == bytes[1], "seed \(seed)")
            #expect(bytes[0] == bytes[2], "seed \(seed)")
        }
    }

    /// The world with some values that could not be read.
    private func spoiled(_ world: RandomWorld, _ generator: inout Seeded) -> RandomWorld {
        var spoiled = world
        spoiled.facts.recorded = world.facts.recorded.map { recorded in
            guard recorded.fact.value != nil, generator.below(6) == 0 else { return recorded }
            let fact: Fact
            switch recorded.fact.shape {
            case .state(let from, let to, _):
                fact = .state(recorded.fact.kind, recorded.fact.key, from: from, to: to, JSONObject())
            case .event(let at, _): fact = .event(recorded.fact.kind, recorded.fact.key, at: at, JSONObject())
            case .coverage: return recorded
            }
            return RecordedFact(
                fact: fact, source: recorded.source, recorded: recorded.recorded,
                reference: recorded.reference)
        }
        return spoiled
    }

    @Test func `a value that cannot be read makes nothing pass`() throws {
        let period = try hours(0, Self.size)
        // Of several records that a join finds, one that cannot be read any more is not found, and the others decide.
        try each { seed, world, test, generator in
            if test.id == "join" { return }
            let passes: (RandomWorld) -> Set<Judgement> = { world in
                let rows = test.evaluate(world.facts.frame(period))
                return rows.counted.union(rows.hourly(0..<Self.size)).filter { $0.verdict == .pass }
            }
            let (plain, poor) = (passes(world), passes(spoiled(world, &generator)))
            #expect(poor.isSubset(of: plain), "seed \(seed), \(test.id): \(poor.subtracting(plain))")
        }
    }

    @Test func `a value that cannot be read makes no event, window or obligation fail`() throws {
        let period = try hours(0, Self.size)
        try each { seed, world, test, generator in
            if test.id == "join" { return }
            let failures: (RandomWorld) -> Set<Judgement> = { world in
                test.evaluate(world.facts.frame(period)).counted.filter { $0.verdict == .fail }
            }
            let (plain, poor) = (failures(world), failures(spoiled(world, &generator)))
            #expect(poor.isSubset(of: plain), "seed \(seed), \(test.id): \(poor.subtracting(plain))")
        }
    }

    @Test func `a timeline shows a fail where a row fails, and a pass only among passes`() throws {
        let period = try hours(0, Self.size)
        try each { seed, world, test, _ in
            let frame = world.facts.frame(period)
            let rows = test.evaluate(frame)
            let timeline = Timeline(SweptRows(rows), frame)
            let total = timeline.segments.reduce(TimeSpan.zero) { $0 + $1.interval.length }
            #expect(total == period.length, "seed \(seed), \(test.id)")
            for segment in timeline.segments {
                let inside = rows.rows.filter { $0.interval.clipped(to: segment.interval) != nil }
                #expect(
                    inside.allSatisfy { $0.verdict.rank >= segment.verdict.rank },
                    "seed \(seed), \(test.id), \(segment.interval)")
                // Between two passing events nothing happened that could have failed.
                let passes = rows.rows.filter { $0.verdict == .pass }
                if segment.verdict == .pass {
                    #expect(
                        passes.contains { $0.interval.start < segment.interval.end }
                            && passes.contains { $0.interval.end > segment.interval.start },
                        "seed \(seed), \(test.id)")
                }
            }
        }
    }

    @Test func `waivers hide no raw verdict`() throws {
        let period = try hours(0, Self.size)
        try each(with: Self.otherKinds) { seed, world, test, generator in
            let waivers = try (0..<generator.below(4)).map { number in
                let from = generator.below(Self.size)
                let keys: Set<Identifier>? = generator.below(2) == 0 ? nil : ["a", "b-0"]
                return Sample.waiver(
                    try hours(from, from + 1 + generator.below(20)), recorded: generator.below(Self.size),
                    keys: keys,
                    id: Identifier("w\(number)"))
            }
            let waived = ControlTest(id: test.id, title: "", versions: test.versions, waivers: waivers)
            let frame = world.facts.frame(period)
            let plain = test.evaluate(frame)
            var raw = waived.evaluate(frame)
            var rows = Array(raw.rows)
            for index in rows.indices {
                let row = rows[index]
                #expect((row.verdict == .waived) == (row.raw == .fail), "seed \(seed), \(test.id)")
                let at = row.failed ?? row.interval.start
                let own = waivers.filter { $0.keys?.contains(row.key) ?? true }.compactMap(\.effect)
                let allowed =
                    row.unanswered.map { IntervalSet(own).covers($0) } ?? own.contains { $0.contains(at) }
                if row.verdict == .waived { #expect(allowed, "seed \(seed), \(test.id)") }
                if row.verdict == .fail { #expect(!allowed, "seed \(seed), \(test.id)") }
                rows[index].verdict = row.raw ?? row.verdict
            }
            raw.rows = RowList(rows)
            #expect(raw.counted == plain.counted, "seed \(seed), \(test.id)")
            #expect(raw.hourly(0..<Self.size) == plain.hourly(0..<Self.size), "seed \(seed), \(test.id)")
        }
    }
}

/// The definitions of the semantics, hour by hour, without any of the engine's shortcuts.
@Suite struct OracleTests {
    private static let size = RandomWorld.size

    @Test(arguments: 0..<400) func `states are judged as defined`(_ seed: Int) throws {
        var generator = Seeded(UInt64(seed))
        let world = try RandomWorld(&generator)
        let grace = generator.below(10)
        let test = Sample.test(
            try Sample.state("s.encrypted", scope: "s.scoped", grace: .hours(Int64(grace))))
        let frame = world.facts.frame(try hours(0, Self.size))
        let rows = test.evaluate(frame)
        let start = -20
        for (key, versions) in frame.history["store"]?.sources["one"]?.states ?? [:] {
            guard
                versions.contains(where: { $0.interval.start < hour(Self.size) && $0.interval.end > hour(0) })
            else { continue }
            // Where the run of hours without a pass began; nil outside life and scope, and after a pass.
            var run: Int?
            for time in start..<Self.size {
                let value = versions.first { $0.interval.contains(hour(time)) }?.value
                let covered = time < 0 || world.covered[time]
                let expected: Verdict
                if let value, value["scoped"] == nil {
                    // It could not be read: perhaps out of scope, perhaps not.
                    run = run ?? time
                    expected = .unknown
                } else if let value, value["scoped"] == .bool(true) {
                    if covered, value["encrypted"] == .bool(true) {
                        run = nil
                        expected = .pass
                    } else {
                        run = run ?? time
                        let isKnown = covered && value["encrypted"] != nil
                        expected = !isKnown ? .unknown : time < (run ?? time) + grace ? .tolerated : .fail
                    }
                } else {
                    run = nil
                    expected = .notApplicable
                }
                guard time >= 0 else { continue }
                #expect(rows.verdict(key, at: hour(time)) == expected, "seed \(seed), \(key), hour \(time)")
            }
        }
    }

    @Test(arguments: 0..<200) func `rolling windows are judged as defined`(_ seed: Int) throws {
        var generator = Seeded(UInt64(seed))
        let world = try RandomWorld(&generator)
        let span = 1 + generator.below(12)
        let test = Sample.test(try Sample.cadence(.rolling(.hours(Int64(span)))))
        let frame = world.facts.frame(try hours(0, Self.size))
        let rows = test.evaluate(frame)
        let events = frame.history["review"]?.sources["one"]?.events ?? []
        let done = events.filter { $0.value["done"] == .bool(true) }
        let unclear = events.filter { $0.value["done"] == nil }
        for time in 0..<Self.size {
            // (time - span, time]: whole hours and the first microsecond of the last.
            let window = time - span..<time
            let isDone = done.contains { $0.at > hour(time - span) && $0.at <= hour(time) }
            let isCovered = (window.clamped(to: 0..<Self.size) + [time]).allSatisfy { world.covered[$0] }
            let isUnclear = unclear.contains { $0.at > hour(time - span) && $0.at <= hour(time) }
            let expected: Verdict = isDone ? .pass : isCovered && !isUnclear ? .fail : .unknown
            #expect(rows.verdict("", at: hour(time)) == expected, "seed \(seed), hour \(time)")
        }
    }

    @Test(arguments: 0..<300) func `responses are judged as defined`(_ seed: Int) throws {
        var generator = Seeded(UInt64(seed))
        let world = try RandomWorld(&generator)
        let (limit, skew) = (generator.below(12), generator.below(3))
        let knownAt = generator.below(80)
        let test = Sample.test(try Sample.response(.hours(Int64(limit)), skew: .hours(Int64(skew))))
        let frame = world.facts.frame(try hours(0, Self.size), knownAt: hour(knownAt))
        let rows = test.evaluate(frame).rows
        let horizon = min(hour(knownAt), hour(200))
        for trigger in frame.history["request"]?.sources["one"]?.events ?? [] {
            let due = trigger.at + .hours(Int64(limit))
            let own = rows.filter { $0.key == trigger.id }
            guard due >= hour(0), trigger.at < hour(Self.size) else {
                #expect(own.isEmpty, "seed \(seed), \(trigger.id)")
                continue
            }
            let latest = due + .hours(Int64(skew))
            let answers = (frame.history["answer"]?.sources["one"]?.events ?? []).filter {
                $0.at >= trigger.at - .hours(Int64(skew))
            }
            let person = trigger.value["person"]
            let answer = answers.first { $0.value["person"] == person && person != nil }
            let isUnclear = person == nil || answers.contains { $0.value["person"] == nil && $0.at <= latest }
            // Closed on both sides: the hour that begins with the deadline is touched.
            let isCovered = (0..<Self.size).allSatisfy {
                world.covered[$0] || hour($0 + 1) <= trigger.at || hour($0) > due
            }
            let expected: Verdict =
                if due >= hour(Self.size) {
                    .pending
                } else if person == nil {
                    .unknown
                } else if let answer, answer.at <= latest, answer.at <= hour(knownAt) {
                    .pass
                } else if latest >= horizon {
                    .pending
                } else {
                    isCovered && !isUnclear ? .fail : .unknown
                }
            #expect(own.map(\.verdict) == [expected], "seed \(seed), \(trigger.id)")
        }
    }
}
