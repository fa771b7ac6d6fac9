import Expressions
import Formats
import Workload

/// An expression with the same question asked in Swift, which knows the answer.
struct Predicate: Sendable {
    let name: String
    let source: String
    /// What cel-go took on another machine for expressions of this shape, in seconds; nil where none was measured.
    let celGo: Double?
    let holds: @Sendable (JSON) -> Bool

    func hits(_ records: [JSON]) -> Int { records.count { holds($0) } }

    static let all = [
        Predicate(name: "P1 two bools", source: "r.encrypted && !r.shared", celGo: 0.72e-6) {
            $0["encrypted"]?.bool == true && $0["shared"]?.bool == false
        },
        Predicate(name: "P2 timestamp compare", source: "r.merged >= r.opened", celGo: 1.16e-6) {
            ($0["merged"]?.string).flatMap { Instant($0) } ?? .distantPast
                >= ($0["opened"]?.string).flatMap { Instant($0) } ?? .distantPast
        },
        Predicate(
            name: "P3 all over 5 rules", source: "r.rules.all(rule, rule.port != 22 || rule.from != 'any')",
            celGo: 3.90e-6
        ) { record in
            (record["rules"]?.array ?? []).allSatisfy {
                $0["port"] != .integer(22) || $0["from"] != .string("any")
            }
        },
        Predicate(
            name: "P4 four-way and",
            source: "r.encrypted && r.owner != '' && r.days >= 30 && r.region == 'eu-1'",
            celGo: 0.66e-6
        ) { record in
            record["encrypted"]?.bool == true && record["owner"] != .string("")
                && record["days"]?.integer ?? 0 >= 30 && record["region"] == .string("eu-1")
        },
    ]
}

/// The tree-walking evaluator of CEL, one record at a time, and then the same over columns.
enum Predicates {
    static func run(_ setting: Setting) throws -> [Finding] {
        let records = records()
        let bindings = records.map { record in
            var bindings = Bindings()
            bindings["r"] = value(of: record)
            return bindings
        }
        let python = try CELPython.seconds(
            Predicate.all, records: Array(records.prefix(setting.size(500, quick: 100))),
            scratch: setting.folder)
        var findings: [Finding] = []
        for (index, predicate) in Predicate.all.enumerated() {
            let expression = try Expression(parsing: predicate.source)
            let repeats = setting.size(100, quick: 30)
            var times: [Double] = []
            for _ in 0..<5 {
                var hits = 0
                times.append(
                    try Stopwatch.seconds {
                        for _ in 0..<repeats {
                            for record in bindings {
                                if case .bool(true) = try expression.evaluate(record) { hits += 1 }
                            }
                        }
                    })
                try expect(hits, is: repeats * predicate.hits(records), predicate.name)
            }
            let each = times.median / Double(repeats * records.count)
            findings.append(
                Finding(
                    "CEL \(predicate.name)", Figure.time(each),
                    beside: predicate.celGo.map { "cited, elsewhere: cel-go \(Figure.time($0))" } ?? "",
                    ratio: predicate.celGo.map { $0 / each }))
            if let python {
                findings.append(
                    Finding(
                        "  beside cel-python", Figure.time(each),
                        beside: "cel-python: \(Figure.time(python[index]))", ratio: python[index] / each))
            }
        }
        if python == nil { findings.append(Finding("  cel-python beside them", "not installed")) }
        return try findings + PredicateColumns.run(setting, records: records)
    }

    static func records() -> [JSON] { (0..<1_000).map { record(SplitMix64(seed: UInt64($0))) } }

    private static func record(_ seeded: SplitMix64) -> JSON {
        var random = seeded
        let opened = Int64(1_750_000_000_000_000) + Int64(random.below(30_000_000)) * 1_000_000
        let merged = opened + (Int64(random.below(100_000)) - 1_000) * 1_000_000
        let rules = (0..<5).map { _ in
            JSON.object([
                ("port", .integer([22, 443, 8443, 5432][random.below(4)])),
                ("from", .string(["any", "office", "vpn", "peer", "none"][random.below(5)])),
            ])
        }
        return .object([
            ("encrypted", .bool(random.below(20) > 0)), ("shared", .bool(random.below(10) == 0)),
            ("owner", .string(random.below(30) == 0 ? "" : "p-\(random.below(400))")),
            ("days", .integer(Int64(random.below(400)))), ("region", .string("eu-\(random.below(3))")),
            ("opened", .string("\(Instant(microseconds: opened))")),
            ("merged", .string("\(Instant(microseconds: merged))")), ("rules", .array(rules)),
        ])
    }

    /// As evidence is given to expressions: times are timestamps.
    static func value(of json: JSON, named name: String = "") -> Value {
        switch json {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .integer(let number): return .int(number)
        case .decimal(let text): return .string(text)
        case .string(let text):
            if name == "opened" || name == "merged", let instant = Instant(text) {
                return .timestamp(Value.Timestamp(instant))
            }
            return .string(text)
        case .array(let elements): return .list(elements.map { value(of: $0) })
        case .object(let object):
            var map = Value.Map()
            for member in object.members {
                map.insert(value(of: member.value, named: member.name), named: member.name)
            }
            return .map(map)
        }
    }
}
