import Catalog
import Evidence
import Formats
import Programs
import TestSupport
import Testing

@testable import Assessment

/// A small random world of 48 hours: records that are changed, corrected, deleted and made anew, events, gaps, values that
/// could not be read, with facts that became known at different times.
struct RandomWorld {
    static let size = 48
    static let keys: [Identifier] = ["a", "b", "c"]
    var facts = Facts()
    /// Each source covers its kind in these hours.
    var covered: [Bool] = []

    init(_ generator: inout Seeded) throws {
        covered = [Bool](repeating: true, count: Self.size)
        for _ in 0..<generator.below(4) {
            let start = generator.below(Self.size)
            for hour in start..<min(Self.size, start + 1 + generator.below(8)) { covered[hour] = false }
        }
        for kind in Sample.kinds { try coverage(kind.name) }
        for key in Self.keys {
            try states(key, &generator)
            events(key, &generator)
        }
    }

    /// Coverage stands in front of the window and behind it, so that deadlines can pass.
    private mutating func coverage(_ kind: Identifier) throws {
        try facts.covered(kind, [-100...0, Self.size...200])
        for hour in covered.indices where covered[hour] { try facts.covered(kind, [hour...hour + 1]) }
    }

    private mutating func states(_ key: Identifier, _ generator: inout Seeded) throws {
        var at = generator.below(20) - 10
        let end = at + generator.below(60)
        while at < end {
            let recorded = generator.below(3) == 0 ? at + generator.below(40) : at
            let owner = JSON.string(Self.keys[generator.below(3)].text)
            let encrypted = generator.below(3) > 0
            let scoped = generator.below(5) > 0
            switch generator.below(16) {
            case 0: facts.state("store", key, from: at, recorded: recorded, ["scoped": .bool(scoped)])
            case 1: facts.state("store", key, from: at, recorded: recorded, [:])
            case 2:
                facts.end("store", key, at: at)
                facts.end("account", key, at: at)
                at += 1 + generator.below(6)
                continue
            case 3:
                // A correction of a stretch that may lie behind, in the middle of others.
                let from = at - generator.below(10)
                facts.state(
                    "store", key, from: from, to: from + 1 + generator.below(8),
                    recorded: at + generator.below(30),
                    ["encrypted": .bool(!encrypted), "scoped": .bool(scoped)])
            default:
                facts.state(
                    "store", key, from: at, recorded: recorded,
                    ["encrypted": .bool(encrypted), "scoped": .bool(scoped)])
            }
            if generator.below(16) == 0 {
                facts.state("account", key, from: at, recorded: recorded, [:])
                at += 1 + generator.below(12)
                continue
            }
            facts.state(
                "account", key, from: at, recorded: recorded, ["owner": owner, "enabled": .bool(encrypted)])
            at += 1 + generator.below(12)
        }
        if Bool.random(using: &generator) {
            facts.end("store", key, at: at)
            facts.end("account", key, at: at)
        }
        if generator.below(12) == 0 {
            facts.state(
                "employment", key, from: generator.below(20), to: 20 + generator.below(20), recorded: 30, [:])
        }
        let left = generator.below(60) - 10
        facts.state(
            "employment", key, from: -10,
            ["person": .string(key.text), "ended": .string(hour(left).description), "active": .bool(true)])
        if generator.below(4) == 0 { facts.end("employment", key, at: generator.below(60) - 9) }
    }

    private mutating func events(_ key: Identifier, _ generator: inout Seeded) {
        for kind in ["deploy", "review", "request", "answer"] as [Identifier] {
            for number in 0..<generator.below(4) {
                let at = generator.below(70) - 12
                let person = JSON.string(Self.keys[generator.below(3)].text)
                let recorded = generator.below(3) == 0 ? at + generator.below(40) : at
                if generator.below(14) == 0 {
                    facts.event(kind, Identifier("\(key)-\(number)"), at: at, recorded: recorded, [:])
                    continue
                }
                facts.event(
                    kind, Identifier("\(key)-\(number)"), at: at, recorded: recorded,
                    [
                        "author": person, "approver": .string(key.text),
                        "scoped": .bool(generator.below(4) > 0),
                        "subject": .string(key.text), "done": .bool(generator.below(4) > 0),
                        "person": .string(key.text),
                    ])
            }
        }
    }

    /// One of each kind of test, with random parameters.
    static func tests(_ generator: inout Seeded) throws -> [ControlTest] {
        let grace = TimeSpan.hours(Int64(generator.below(10)))
        let span = TimeSpan.hours(Int64(1 + generator.below(12)))
        let due = TimeSpan.hours(Int64(generator.below(30)))
        let join = AsOfJoin(
            name: "approver", kind: "store", local: try Sample.predicate("d.approver", of: "d"),
            remote: try Sample.predicate("s.scoped ? 'a' : 'b'", of: "s"), asOf: nil,
            isRequired: Bool.random(using: &generator))
        return [
            Sample.test(try Sample.state("s.encrypted", scope: "s.scoped", grace: grace), id: "state"),
            Sample.test(try Sample.event("d.author != d.approver", scope: "d.scoped"), id: "event"),
            Sample.test(
                try Sample.event("approver == null || approver.encrypted", joins: [join]), id: "join"),
            Sample.test(try Sample.cadence(.rolling(span)), id: "rolling"),
            Sample.test(try Sample.cadence(.rolling(span), per: "s.scoped"), id: "rolling-per"),
            Sample.test(try Sample.cadence(.calendar(.day, zone: "UTC", due: due)), id: "daily"),
            Sample.test(
                try Sample.cadence(.calendar(.day, zone: "Asia/Tokyo", due: due), per: "true"),
                id: "daily-per"),
            Sample.test(try Sample.response(grace, skew: .hours(Int64(generator.below(3)))), id: "response"),
            Sample.test(
                try Sample.state(
                    "s.encrypted", scope: "s.scoped", grace: grace, heal: .hours(Int64(generator.below(6)))),
                id: "heal"),
            Sample.test(
                try Sample.response(grace, skew: .hours(Int64(generator.below(3))), consumes: true),
                id: "consume"),
            Sample.test(try Sample.review(grace, until: nil), id: "becomes"),
            Sample.test(try Sample.review(grace, until: "s.encrypted"), id: "until"),
            Sample.test(
                try Sample.response(
                    deadline: .businessDays(1, BusinessWeek(zone: "Asia/Tokyo", days: [1, 2, 3, 4, 5, 6, 7]))),
                id: "business"),
            Sample.test(try leaving(grace, &generator), id: "offboarding"),
        ]
    }

    /// The kinds of test that come besides, of which not all laws speak: shares, reconciliations, duties, statements.
    static func others(_ generator: inout Seeded) throws -> [ControlTest] {
        let target = try #require(Proportion(partsPerMillion: Int64(1 + generator.below(1_000_000))))
        let spacing = [nil, TimeSpan.hours(1), .hours(5)][generator.below(3)]
        let share = RatioRequirement(
            kind: "deploy", scope: try KindSample.predicate([nil, "d.scoped"][generator.below(2)], "d"),
            require: try Sample.predicate("d.author != d.approver", of: "d"), target: target,
            window: generator.below(2) == 0 ? .period : .calendar(.day, zone: "UTC"),
            group: try KindSample.predicate([nil, "d.author"][generator.below(2)], "d"), spacing: spacing)
        let scope = [nil, "e.active"][generator.below(2)]
        let duties = SeparatedEvent(
            kind: "deploy", scope: try Sample.predicate("d.scoped", of: "d"),
            first: try Sample.predicate("d.author", of: "d"),
            second: try Sample.predicate("d.approver", of: "d"))
        let roles = [
            RolePopulation(
                name: "owner", kind: "account", scope: try Sample.predicate("a.enabled", of: "a"),
                key: try Sample.predicate("a.owner", of: "a")),
            RolePopulation(
                name: "worker", kind: "employment", scope: try KindSample.predicate(scope, "e"),
                key: try Sample.predicate("e.person", of: "e")),
        ]
        let digest = "sha256:" + String(repeating: "0a", count: 32)
        let statement = AttestRequirement(
            kind: "review", qualify: try Sample.predicate("r.done", of: "r"),
            attester: try Sample.predicate("r.subject", of: "r"),
            operator: try Sample.predicate("'a'", of: "r"),
            artifacts: try Sample.predicate("['\(digest)']", of: "r"),
            valid: .hours(Int64(1 + generator.below(20))))
        return [
            Sample.test(.ratio(share), id: "ratio"),
            Sample.test(
                try ReconTests.recon(grace: Int64(generator.below(10)), scope: "a.enabled", partners: scope),
                id: "recon"),
            Sample.test(.sod(.event(duties)), id: "duties"),
            Sample.test(.sod(.roles(roles[0], roles[1])), id: "roles"),
            Sample.test(.attest(statement), id: "attest"),
        ]
    }

    /// A record that satisfies a positive condition before it is known to be anyone's leaves the verdict on all of
    /// someone's records open, whatever comes later; so that condition is asked of any one record only.
    private static func leaving(_ grace: TimeSpan, _ generator: inout Seeded) throws -> Requirement {
        let isEvery = Bool.random(using: &generator)
        return try Sample.offboarding(
            grace, every: isEvery, becomes: isEvery || generator.below(2) == 0 ? "!a.enabled" : "a.enabled")
    }
}

/// A row as the laws compare it: which facts it rests on and where a period cut it is left out.
struct Judgement: Hashable, CustomStringConvertible {
    let key: Identifier
    let source: Identifier
    let at: Instant
    let verdict: Verdict
    var description: String { "\(key) \(at) \(verdict)" }
}

extension TestRows {
    /// Every unit that is counted: by when it happened or fell due.
    var counted: Set<Judgement> {
        Set(
            rows.filter { !$0.isStretch }.map {
                Judgement(
                    key: $0.key, source: $0.source, at: $0.due ?? $0.interval.start, verdict: $0.verdict)
            })
    }

    /// The verdicts that are measured in time, hour by hour.
    func hourly(_ range: Range<Int>) -> Set<Judgement> {
        var found: Set<Judgement> = []
        for row in rows where row.isStretch && row.verdict != .notApplicable {
            for index in range where row.interval.contains(hour(index)) {
                found.insert(
                    Judgement(key: row.key, source: row.source, at: hour(index), verdict: row.verdict))
            }
        }
        return found
    }
}
