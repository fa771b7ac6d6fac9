import Catalog
import Evidence
import Formats
import Ledger
import Programs
import TestSupport
import Testing

@testable import Assessment

/// Sweeps over columns against the simple evaluators, over random evidence. A failure prints its seed.
///
/// The standard run is short; with `ASSAY_FUZZ=full` in the environment it is the one that releases are checked with.
@Suite struct SweepTests {
    private static let seeds = Fuzzing.stretches(standard: 400, full: 100_000)

    @Test(arguments: seeds) func `columns give the rows of the simple evaluators`(seeds: Range<Int>) throws {
        let period = try hours(0, RandomWorld.size)
        for seed in seeds {
            var generator = Seeded(UInt64(seed))
            var world = try RandomWorld(&generator)
            try world.roughen(&generator)
            let knownAt = generator.below(3) == 0 ? hour(generator.below(80)) : hour(90_000)
            let told = world.facts.history(knownAt: knownAt)
            let retirements = RandomWorld.retirements(told, &generator)
            let frame = Frame(history: told.retiring(retirements), period: period, knownAt: knownAt)
            let columns = ColumnHistory(told, blockRows: 1 + seed % 4).retiring(retirements)
            let sweepFrame = try SweepFrame(
                columns: columns, period: period, knownAt: knownAt, grain: 1 + seed % 3)
            for test in try RandomWorld.tests(&generator) + RandomWorld.moreTests(&generator) {
                let simple = SweptRows(test.evaluate(frame))
                let swept = try test.sweep(sweepFrame)
                try #require(
                    swept.listed.rows == simple.listed.rows,
                    "seed \(seed), \(test.id): \(difference(simple.listed.rows, swept.listed.rows))")
                try #require(
                    swept.listed.uncovered == simple.listed.uncovered, "seed \(seed), \(test.id): uncovered")
                try #require(swept.plain.units == simple.plain.units, "seed \(seed), \(test.id): units")
                try #require(
                    swept.plain.stretches.map(\.interval) == simple.plain.stretches.map(\.interval)
                        && swept.plain.stretches.map(\.verdict) == simple.plain.stretches.map(\.verdict),
                    "seed \(seed), \(test.id): where it passed")
                let outcome = try TestOutcome(test, sweepFrame, .standard)
                let expected = try TestOutcome(test, frame, .standard)
                try #require(outcome.coverage == expected.coverage, "seed \(seed), \(test.id): coverage")
                try #require(outcome.units == expected.units, "seed \(seed), \(test.id): units")
                try #require(outcome.timeline == expected.timeline, "seed \(seed), \(test.id): timeline")
                if let evidence = expected.evidence {
                    let kept = try TestOutcome(test.keepingMoments, sweepFrame, .standard).evidence
                    try #require(kept == evidence, "seed \(seed), \(test.id): instants of events")
                }
                try #require(
                    outcome.conclusion == expected.conclusion, "seed \(seed), \(test.id): conclusion")
            }
        }
        Fuzzing.tell("histories", seeds)
    }

    private func difference(_ simple: RowList, _ swept: RowList) -> String {
        let (left, right) = (Set(simple), Set(swept))
        let missing = simple.filter { !right.contains($0) }.prefix(3)
        let surplus = swept.filter { !left.contains($0) }.prefix(3)
        return "missing \(Array(missing)), surplus \(Array(surplus))"
    }
}

extension ControlTest {
    /// Whether columns give what the simple evaluators give.
    func sweepsAlike(_ facts: Facts, _ period: Interval) throws -> Bool {
        let frame = facts.frame(period)
        let simple = SweptRows(evaluate(frame))
        let swept = try sweep(
            SweepFrame(columns: ColumnHistory(frame.history), period: period, knownAt: frame.knownAt))
        return swept.listed.rows == simple.listed.rows && swept.plain.units == simple.plain.units
            && swept.listed.uncovered == simple.listed.uncovered
    }
}

extension RandomWorld {
    /// Now and then a source is given up, of one kind or of all.
    static func retirements(_ history: History, _ generator: inout Seeded) -> Retirements {
        if generator.below(3) > 0 { return Retirements() }
        var decisions: [Retirements.Decision] = []
        for kind in history.kinds.keys.sorted() {
            for source in history.kinds[kind]?.sourceNames ?? [] where generator.below(4) == 0 {
                let start = hour(generator.below(size))
                guard let effect = Interval(from: start, to: .distantFuture) else { continue }
                let kinds = generator.below(2) == 0 ? nil : Set([kind])
                decisions.append(Retirements.Decision(source: source, kinds: kinds, effect: effect))
            }
        }
        return Retirements(decisions)
    }

    /// A second source, kinds that were watched while others were not, and records that did not fit their kind.
    mutating func roughen(_ generator: inout Seeded) throws {
        for kind in Sample.kinds where generator.below(6) == 0 {
            let start = generator.below(Self.size)
            try facts.covered(kind.name, [start...start + 1 + generator.below(Self.size)])
        }
        if generator.below(3) == 0 {
            for kind in Sample.kinds where generator.below(2) == 0 {
                let start = generator.below(Self.size)
                try facts.covered(kind.name, [-50...start, start + 1...150], source: "two")
                let at = generator.below(40) - 5
                switch kind.mode {
                case .state:
                    facts.state(
                        kind.name, Self.keys[generator.below(3)], from: at, source: "two",
                        [
                            "owner": .string("a"), "person": .string("b"),
                            "encrypted": .bool(generator.below(2) == 0), "scoped": .bool(true),
                        ])
                case .event:
                    facts.event(
                        kind.name, Identifier("two-\(at)"), at: at, source: "two",
                        [
                            "author": .string("a"), "approver": .string("b"), "subject": .string("a"),
                            "done": .bool(true), "person": .string("c"),
                        ])
                }
            }
        }
        if generator.below(3) == 0 {
            let kind = Sample.kinds[generator.below(Sample.kinds.count)]
            let at = generator.below(40) - 5
            let key = Self.keys[generator.below(3)]
            switch kind.mode {
            case .state: facts.state(kind.name, key, from: at, recorded: at, [:])
            case .event: facts.event(kind.name, Identifier("misfit"), at: at, [:])
            }
        }
    }

    /// The kinds of test and the turns that the laws do not need.
    static func moreTests(_ generator: inout Seeded) throws -> [ControlTest] {
        let grace = TimeSpan.hours(Int64(generator.below(10)))
        func versions(_ first: Requirement, _ second: Requirement, same: Bool) throws -> ControlTest {
            let turn = hour(generator.below(Self.size))
            let before = try #require(Interval(from: .distantPast, to: turn))
            let back = turn + .hours(Int64(generator.below(4)))
            let after = try #require(Interval(from: back, to: .distantFuture))
            return ControlTest(
                id: "versions", title: "",
                versions: [
                    RequirementVersion(requirement: first, inForce: before, digest: "1"),
                    RequirementVersion(requirement: second, inForce: after, digest: same ? "1" : "2"),
                ], waivers: [])
        }
        var found = [
            try versions(
                Sample.state("s.encrypted", grace: grace),
                Sample.state("s.encrypted || s.scoped", scope: "s.scoped", grace: .hours(3)),
                same: Bool.random(using: &generator)),
            Sample.test(
                try Sample.state(
                    "at - timestamp('2026-01-01T00:00:00Z') < duration('\(generator.below(50))h') || s.encrypted",
                    grace: grace), id: "at"),
            Sample.test(
                .state(
                    StateRequirement(
                        kind: "store", scope: nil, require: try Sample.predicate("s.encrypted", of: "s"),
                        grace: grace, heal: .hours(Int64(generator.below(6))))), id: "heal"),
            Sample.test(
                try Sample.state("s.encrypted", grace: grace), id: "waived",
                waivers: [
                    Sample.waiver(
                        try hours(generator.below(20), 20 + generator.below(30)),
                        recorded: generator.below(30))
                ]),
        ]
        // Beside the join of `tests`: to records of the same kind, on something else.
        let join = AsOfJoin(
            name: "approver", kind: "store", local: try Sample.predicate("d.approver", of: "d"),
            remote: try Sample.predicate("s.encrypted ? 'a' : 'b'", of: "s"), asOf: nil, isRequired: true)
        found += try [
            Sample.test(Sample.event("approver.scoped", joins: [join]), id: "join-otherwise"),
            Sample.test(
                Sample.event("approver.scoped", scope: "d.scoped", joins: [join]), id: "join-in-scope"),
            Sample.test(
                Sample.event("d.scoped", scope: "approver.encrypted || d.scoped", joins: [join]),
                id: "scope-of-join"),
            Sample.test(
                .sod(
                    .event(
                        SeparatedEvent(
                            kind: "deploy", scope: Sample.predicate("d.scoped", of: "d"),
                            first: Sample.predicate("d.author", of: "d"),
                            second: Sample.predicate("approver.scoped ? d.approver : 'z'", of: "d"),
                            joins: [join]))),
                id: "duties-joined"),
            versions(
                Sample.cadence(.calendar(.day, zone: "UTC", due: grace)),
                Sample.cadence(.rolling(.hours(6)), qualify: nil), same: false),
            versions(
                Sample.response(grace), Sample.offboarding(.hours(4), every: false), same: false),
        ]
        for schedule in [Schedule.rolling(.hours(6)), .calendar(.day, zone: "UTC", due: grace)] {
            let subjects = CadenceSubjects(
                kind: "employment", scope: try Sample.predicate("at < e.ended", of: "e"),
                key: try Sample.predicate("r.subject", of: "r"))
            found.append(
                Sample.test(
                    .cadence(
                        CadenceRequirement(
                            kind: "review", qualify: nil, schedule: schedule, subjects: subjects)),
                    id: "subjects-at"))
        }
        return try found + responses(grace, &generator) + populations(grace, &generator)
    }

    /// Shares, populations and duties.
    private static func populations(_ grace: TimeSpan, _ generator: inout Seeded) throws -> [ControlTest] {
        func ratio(_ group: String?, _ spacing: TimeSpan?) throws -> Requirement {
            .ratio(
                RatioRequirement(
                    kind: "review", scope: try Sample.predicate("r.subject != 'c'", of: "r"),
                    require: try Sample.predicate("r.done", of: "r"),
                    target: try #require(Proportion("\(1 + generator.below(100))%")),
                    window: generator.below(3) == 0 ? .period : .calendar(.day, zone: "UTC"),
                    group: try group.map { try Sample.predicate($0, of: "r") }, spacing: spacing))
        }
        let turn = generator.below(60) - 5
        let scopes = [
            "e.active", "e.active && at < e.ended", "!has(e.ended) || at <= e.ended + duration('3h')",
            "at >= e.ended || at < timestamp('\(hour(turn))')",
        ]
        let scope = try Sample.predicate(scopes[generator.below(scopes.count)], of: "e")
        let enabled = ["a.enabled", "a.enabled || at - timestamp('\(hour(turn))') > duration('1h')"]
        let recon = ReconRequirement(
            kind: "account", scope: try Sample.predicate(enabled[generator.below(2)], of: "a"),
            key: try Sample.predicate("a.owner", of: "a"),
            partners: PartnerPopulation(
                kind: "employment", scope: generator.below(4) == 0 ? nil : scope,
                key: try Sample.predicate("e.person", of: "e")), grace: grace)
        let duties = SeparatedEvent(
            kind: "deploy", scope: try Sample.predicate("d.scoped", of: "d"),
            first: try Sample.predicate("d.author", of: "d"),
            second: try Sample.predicate("d.approver", of: "d"))
        let roles = [
            RolePopulation(
                name: "owner", kind: "account", scope: generator.below(2) == 0 ? nil : recon.scope,
                key: recon.key),
            RolePopulation(name: "worker", kind: "employment", scope: scope, key: recon.partners.key),
        ]
        return [
            Sample.test(.sod(.roles(roles[0], roles[1])), id: "roles"),
            Sample.test(try ratio("r.subject", nil), id: "ratio"),
            Sample.test(try ratio(nil, .hours(Int64(1 + generator.below(5)))), id: "ratio-spaced"),
            Sample.test(.recon(recon), id: "recon"), Sample.test(.sod(.event(duties)), id: "duties"),
        ]
    }

    /// Triggers and answers of every mode.
    private static func responses(_ grace: TimeSpan, _ generator: inout Seeded) throws -> [ControlTest] {
        func target(_ kind: Identifier, _ predicate: String?, _ key: String) throws -> ResponseTarget {
            ResponseTarget(
                kind: kind, predicate: try predicate.map { try Sample.predicate($0, of: "o") },
                key: try Sample.predicate(key, of: "o"), every: Bool.random(using: &generator))
        }
        func trigger(_ kind: Identifier, _ filter: String?, _ moment: String?, _ key: String) throws
            -> ClockStart
        {
            ClockStart(
                kind: kind, filter: try filter.map { try Sample.predicate($0, of: "t") },
                moment: try moment.map { try Sample.predicate($0, of: "t") },
                key: try Sample.predicate(key, of: "t"))
        }
        let triggers = try [
            trigger("deploy", "t.scoped", nil, "t.author"), trigger("account", "!t.enabled", nil, "t.owner"),
            trigger("employment", "t.active", "t.ended", "t.person"),
            trigger("request", nil, nil, "t.person"),
            trigger("employment", "at >= t.ended", nil, "t.person"),
            trigger("employment", "at >= t.ended - duration('3h')", "t.ended", "t.person"),
        ]
        let targets = try [
            target("review", "o.done", "o.subject"), target("account", "!o.enabled", "o.owner"),
            target("answer", nil, "o.person"), target("account", nil, "o.owner"),
            target("account", "o.enabled", "o.owner"), target("employment", "at >= o.ended", "o.person"),
        ]
        return try triggers.map { trigger in
            let needsScope = trigger.kind == "deploy" && Bool.random(using: &generator)
            return Sample.test(
                .response(
                    ResponseRequirement(
                        trigger: trigger, target: targets[generator.below(targets.count)],
                        scope: needsScope ? try Sample.predicate("t.author != t.approver", of: "t") : nil,
                        limit: grace, skew: .hours(Int64(generator.below(3))))),
                id: Identifier("response-\(trigger.kind)"))
        }
    }
}
