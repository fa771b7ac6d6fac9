import Catalog
import Evidence
import Expressions
import Formats
import Testing

@testable import Assessment

/// Hours since the start of 2026 in UTC, the scale of all examples.
func hour(_ count: Int) -> Instant {
    Instant(microseconds: (1_767_225_600 + Int64(count) * 3_600) * 1_000_000)
}

func day(_ count: Int) -> Instant { hour(24 * count) }

func hours(_ from: Int, _ to: Int) throws -> Interval {
    try #require(Interval(from: hour(from), to: hour(to)))
}

func days(_ from: Int, _ to: Int) throws -> Interval { try hours(24 * from, 24 * to) }

enum Sample {
    static let kinds: [Kind] = [
        Kind(
            name: "store", title: "Store", mode: .state,
            fields: [
                Field(name: "encrypted", type: .flag), Field(name: "scoped", type: .flag),
                Field(name: "retention", type: .whole), Field(name: "created", type: .timestamp),
            ]),
        Kind(
            name: "account", title: "Account", mode: .state,
            fields: [Field(name: "owner", type: .text), Field(name: "enabled", type: .flag)]),
        Kind(
            name: "employment", title: "Employment", mode: .state,
            fields: [
                Field(name: "person", type: .text), Field(name: "ended", type: .timestamp),
                Field(name: "active", type: .flag),
            ]),
        Kind(
            name: "deploy", title: "Deployment", mode: .event,
            fields: [
                Field(name: "author", type: .text), Field(name: "approver", type: .text),
                Field(name: "scoped", type: .flag),
            ]),
        Kind(
            name: "review", title: "Review", mode: .event,
            fields: [Field(name: "subject", type: .text), Field(name: "done", type: .flag)]),
        Kind(name: "request", title: "Request", mode: .event, fields: [Field(name: "person", type: .text)]),
        Kind(name: "answer", title: "Answer", mode: .event, fields: [Field(name: "person", type: .text)]),
    ]

    static func predicate(_ text: String, of variable: String) throws -> Predicate {
        Predicate(variable: variable, expression: try Expression(parsing: text))
    }

    static func state(
        _ require: String, scope: String? = nil, grace: TimeSpan = .zero, heal: TimeSpan = .zero,
        of kind: Identifier = "store"
    ) throws -> Requirement {
        .state(
            StateRequirement(
                kind: kind, scope: try scope.map { try predicate($0, of: "s") },
                require: try predicate(require, of: "s"), grace: grace, heal: heal))
    }

    static func event(_ require: String, scope: String? = nil, joins: [AsOfJoin] = []) throws -> Requirement {
        .event(
            EventRequirement(
                kind: "deploy", scope: try scope.map { try predicate($0, of: "d") },
                require: try predicate(require, of: "d"), joins: joins))
    }

    static func cadence(
        _ schedule: Schedule, qualify: String? = "r.done", per scope: String? = nil
    ) throws -> Requirement {
        .cadence(
            CadenceRequirement(
                kind: "review", qualify: try qualify.map { try predicate($0, of: "r") }, schedule: schedule,
                subjects: try scope.map {
                    CadenceSubjects(
                        kind: "store", scope: try predicate($0, of: "s"),
                        key: try predicate("r.subject", of: "r"))
                }))
    }

    /// A request that must be answered.
    static func response(
        _ limit: TimeSpan = .hours(24), skew: TimeSpan = .zero, consumes: Bool = false
    ) throws -> Requirement {
        try response(deadline: .span(limit), skew: skew, consumes: consumes)
    }

    static func response(
        deadline: Deadline, skew: TimeSpan = .zero, consumes: Bool = false
    ) throws -> Requirement {
        .response(
            ResponseRequirement(
                trigger: ClockStart(
                    kind: "request", filter: nil, moment: nil, key: try predicate("q.person", of: "q")),
                target: ResponseTarget(
                    kind: "answer", predicate: nil, key: try predicate("a.person", of: "a"), every: false,
                    consumes: consumes),
                deadline: deadline, skew: skew))
    }

    /// A store that is not encrypted any more is reviewed.
    static func review(_ limit: TimeSpan, until: String?) throws -> Requirement {
        .response(
            ResponseRequirement(
                trigger: ClockStart(
                    kind: "store", filter: try predicate("!s.encrypted", of: "s"), moment: nil,
                    key: try predicate("s.scoped ? 'a' : 'b'", of: "s"),
                    until: try until.map { try predicate($0, of: "s") }),
                target: ResponseTarget(
                    kind: "answer", predicate: nil, key: try predicate("a.person", of: "a"), every: false),
                limit: limit, skew: .zero))
    }

    /// A store that is not encrypted any more is answered for by the end of the next day.
    static func dayEnd() throws -> Requirement {
        .response(
            ResponseRequirement(
                trigger: ClockStart(
                    kind: "store", filter: try predicate("!s.encrypted", of: "s"), moment: nil,
                    key: try predicate("'k'", of: "s")),
                target: ResponseTarget(
                    kind: "answer", predicate: nil, key: try predicate("a.person", of: "a"), every: false),
                deadline: .businessDays(1, BusinessWeek(zone: "UTC", days: [1, 2, 3, 4, 5, 6, 7])),
                skew: .zero))
    }

    /// Whoever leaves loses every account.
    static func offboarding(
        _ limit: TimeSpan = .hours(24), every: Bool = true, becomes: String = "!a.enabled"
    ) throws -> Requirement {
        .response(
            ResponseRequirement(
                trigger: ClockStart(
                    kind: "employment", filter: nil, moment: try predicate("t.ended", of: "t"),
                    key: try predicate("t.person", of: "t")),
                target: ResponseTarget(
                    kind: "account", predicate: try predicate(becomes, of: "a"),
                    key: try predicate("a.owner", of: "a"), every: every),
                limit: limit, skew: .zero))
    }

    static func test(
        _ requirement: Requirement, id: Identifier = "test", waivers: [WaiverRule] = []
    ) -> ControlTest {
        ControlTest(
            id: id, title: "",
            versions: [RequirementVersion(requirement: requirement, inForce: .always, digest: "1")],
            waivers: waivers)
    }

    static func waiver(
        _ interval: Interval, recorded: Int = -9_000, keys: Set<Identifier>? = nil,
        source: Identifier? = nil, id: Identifier = "w"
    ) -> WaiverRule {
        WaiverRule(
            id: id, test: "test", keys: keys, source: source, interval: interval, recorded: hour(recorded))
    }
}

/// Facts in the order in which they were put on record; each is a batch of its own.
struct Facts {
    var recorded: [RecordedFact] = []

    mutating func add(_ fact: Fact, from source: Identifier = "one", recorded: Int = -9_000) {
        self.recorded.append(
            RecordedFact(
                fact: fact, source: source, recorded: hour(recorded),
                reference: FactReference(leaf: self.recorded.count, item: 0)))
    }

    /// One deployment an hour for forty hours, all of them watched; every seventh was approved by its author.
    static func deployments() throws -> Facts {
        var facts = Facts()
        try facts.covered("deploy", [-100...200])
        for at in 0..<40 {
            facts.event(
                "deploy", Identifier("d-\(at)"), at: at,
                ["author": .string("a"), "approver": .string(at % 7 == 0 ? "a" : "b"), "scoped": .bool(true)])
        }
        return facts
    }

    mutating func state(
        _ kind: Identifier, _ key: Identifier, from: Int, to: Int? = nil, source: Identifier = "one",
        recorded: Int = -9_000, _ fields: KeyValuePairs<String, JSON>
    ) {
        add(
            .state(kind, key, from: hour(from), to: to.map(hour), Self.object(fields)), from: source,
            recorded: recorded)
    }

    mutating func end(_ kind: Identifier, _ key: Identifier, at: Int, source: Identifier = "one") {
        add(.state(kind, key, from: hour(at), nil), from: source)
    }

    mutating func event(
        _ kind: Identifier, _ id: Identifier, at: Int, source: Identifier = "one", recorded: Int = -9_000,
        _ fields: KeyValuePairs<String, JSON>
    ) {
        add(.event(kind, id, at: hour(at), Self.object(fields)), from: source, recorded: recorded)
    }

    mutating func covered(
        _ kind: Identifier, _ stretches: [ClosedRange<Int>], source: Identifier = "one",
        recorded: Int = -9_000
    ) throws {
        for stretch in stretches {
            add(
                .coverage(kind, try hours(stretch.lowerBound, stretch.upperBound)), from: source,
                recorded: recorded)
        }
    }

    static func object(_ fields: KeyValuePairs<String, JSON>) -> JSONObject {
        JSONObject(fields.map { .init(name: $0.key, value: $0.value) })
    }

    func history(knownAt: Instant = hour(90_000)) -> History {
        var builder = HistoryBuilder(knownAt: knownAt, kinds: Sample.kinds)
        for fact in recorded { builder.add(fact) }
        return builder.build()
    }

    func frame(_ period: Interval, knownAt: Instant = hour(90_000)) -> Frame {
        Frame(history: history(knownAt: knownAt), period: period, knownAt: knownAt)
    }
}

extension TestRows {
    /// What a table of the semantics prints: for each verdict its stretches in hours.
    func table(_ key: Identifier? = nil, unit: Int64 = 3_600_000_000) -> [Verdict: [[Int]]] {
        var found: [Verdict: [Interval]] = [:]
        for row in rows where key == nil || row.key == key {
            found[row.verdict, default: []].append(row.interval)
        }
        return found.mapValues { intervals in
            IntervalSet(intervals).intervals.map { [Self.count($0.start, unit), Self.count($0.end, unit)] }
        }
    }

    private static func count(_ instant: Instant, _ unit: Int64) -> Int {
        Int(((instant - hour(0)).microseconds + unit / 2) / unit)
    }

    /// The verdict on a key at an instant; nil when it has no row there.
    func verdict(_ key: Identifier, at instant: Instant) -> Verdict? {
        rows.first { $0.key == key && $0.interval.contains(instant) }?.verdict
    }
}

extension AssessmentResult {
    /// What its canonical bytes say; null when they say nothing that can be read.
    var json: JSON { (try? JSON(parsing: canonical)) ?? .null }
}
