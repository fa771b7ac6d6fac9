import Catalog
import Evidence
import Expressions
import Formats
import Foundation
import Ledger
import Storage
import StorageSQLite
import TestSupport
import Testing

/// Random evidence with everything that columns can hold.
struct ColumnSamples {
    var generator: Seeded

    init(_ seed: Int) { generator = Seeded(UInt64(seed)) }

    static let types = [
        "string", "bool", "int", "decimal", "timestamp", "duration", "list(string)", "list(int)",
        "list(bool)", "list(decimal)", "list(timestamp)", "list(duration)", "list(list(string))",
    ]

    /// A kind of state and one of event with a field of each type, and one of each mode without any.
    static func kinds(without type: String? = nil) throws -> KindCatalog {
        let fields = types.filter { $0 != type }.map { "{\"name\":\"\($0)\",\"type\":\"\($0)\"}" }
            .joined(separator: ",")
        return try KindCatalog(
            parsing: Array(
                """
                {"version":"sample","kinds":[
                  {"kind":"state","title":"","mode":"state","fields":[\(fields)]},
                  {"kind":"event","title":"","mode":"event","fields":[\(fields)]},
                  {"kind":"bare.state","title":"","mode":"state","fields":[{"name":"n","type":"int"}]},
                  {"kind":"bare.event","title":"","mode":"event","fields":[{"name":"n","type":"int"}]}
                ]}
                """.utf8), name: "sample")
    }

    private static let words = ["", "a", "b", "Zoë", "Zoe\u{308}", "日本", "\u{1F600}", "a longer text", "\0"]

    private mutating func item(_ type: String) -> JSON {
        switch type {
        case "string": .string(Self.words[generator.below(Self.words.count)])
        case "bool": .bool(generator.below(2) == 0)
        case "int": .integer(Int64(generator.below(2_000)) - 1_000)
        case "decimal": .string("\(Double(generator.below(100)) / 4)")
        case "timestamp":
            .string(Instant(microseconds: Int64(generator.below(1 << 50))).description)
        case "duration": .string(TimeSpan.minutes(Int64(generator.below(10_000))).description)
        default:
            .array((0..<generator.below(3)).map { _ in item(String(type.dropFirst(5).dropLast())) })
        }
    }

    mutating func value(_ kind: Identifier) -> JSONObject {
        var object = JSONObject()
        if kind.text.hasPrefix("bare") {
            object.append("n", .integer(Int64(generator.below(3))))
        } else {
            for type in Self.types where generator.below(4) > 0 { object.append(type, item(type)) }
        }
        return object
    }

    /// Facts about a few keys up to an hour, late and corrected ones among them.
    mutating func facts(upTo now: Int, count: Int) -> [Fact] {
        (0..<count).map { _ in
            let at = hour(max(0, now - generator.below(generator.below(4) == 0 ? 200 : 5)))
            let kind: Identifier = ["state", "event", "bare.state", "bare.event"][generator.below(4)]
            let key = Identifier("\(Self.words[generator.below(9)])-\(generator.below(6))")
            if kind.text.hasSuffix("event") {
                let id = Identifier("\(key)-\(generator.below(40))")
                return .event(kind, id, at: at, value(kind))
            }
            switch generator.below(8) {
            case 0: return .state(kind, key, from: at, nil)
            case 1:
                let to = at + .minutes(Int64(30 + generator.below(600)))
                return .state(kind, key, from: at, to: to, generator.below(3) == 0 ? nil : value(kind))
            default: return .state(kind, key, from: at, value(kind))
            }
        }
    }

    /// Records a batch of some mode from some source.
    mutating func record(into recording: Recording, at now: Int, facts count: Int) throws {
        let source: Identifier = ["one", "two", "日本"][generator.below(3)]
        let kinds = Array(recording.kinds.kinds.map(\.name).filter { _ in generator.below(2) == 0 })
        var facts = facts(upTo: now, count: count)
        if generator.below(2) == 0,
            let covered = Interval(from: hour(now - generator.below(9) - 1), to: hour(now))
        {
            facts += kinds.map { .coverage($0, covered) }
        }
        guard generator.below(3) == 0 else {
            try recording.record(facts, kinds: kinds, at: now, source: source)
            return
        }
        // A snapshot speaks of one instant, and is taken to hold on for a while.
        var states: [Fact] = []
        for fact in facts where fact.kind == "bare.state" {
            if let value = fact.value, !states.contains(where: { $0.key == fact.key }) {
                states.append(.state(fact.kind, fact.key, from: hour(now), value))
            }
        }
        if let held = Interval(from: hour(now), to: hour(now + 26)) {
            states.append(.coverage("bare.state", held))
        }
        try recording.record(
            states, mode: .snapshot, kinds: ["bare.state"], at: now,
            failures: generator.below(4) == 0
                ? [CollectionFailure(kind: "bare.event", scope: "x", reason: "y")] : [], source: source)
    }
}

extension Recording {
    func archive(_ store: any ColumnStore, tiny: Bool = true) -> ColumnArchive {
        var sizes = ColumnSizes()
        if tiny { (sizes.blockRows, sizes.heldRows, sizes.files, sizes.slack) = (4, 9, 3, 200) }
        return ColumnArchive(store, key: Array(repeating: 2, count: 32), sizes: sizes)
    }

    @discardableResult
    func read<T>(_ body: (EvidenceReader) throws -> T) throws -> T {
        try database.read { try body(EvidenceReader($0, blobs: blobs)) }
    }

    /// What columns must say.
    func expected(knownAt: Int = 10_000) throws -> (history: ColumnHistory, digest: Ledger::Digest) {
        let known = try read { try $0.history(kinds: kinds, knownAt: hour(knownAt)) }
        return (ColumnHistory(known.history), known.digest)
    }
}

/// The fields of a row; a record's own description has no fixed order.
private func text(_ record: RecordColumns, _ row: Int) -> String {
    record.fields.map { field in
        "\(field.name)=\(field.column.value(row).map { "\($0)" } ?? "absent")"
    }.joined(separator: " ")
}

/// A history as lines that can be compared: everything in it, by what it means.
func lines(_ history: ColumnHistory) throws -> [String] {
    var lines = ["leaves \(history.leaves)"]
    for (name, kind) in history.kinds.sorted(by: { $0.key < $1.key }) {
        for source in kind.sourceNames {
            guard let columns = kind.sources[source] else { continue }
            lines.append(
                "\(name) \(source) \(columns.since) \(columns.asked) \(columns.coverage.intervals)")
            let states = columns.states
            for row in 0..<states.count {
                let key = history.texts.identifier(states.keys[row])
                lines.append(
                    "\(key) \(states.starts[row]) \(states.ends[row]) \(states.reference(row)) "
                        + text(states.record, row))
            }
            guard let events = columns.events else { continue }
            lines.append("events")
            let fields = Set(kind.kind.fields.map { Identifier($0.name) })
            for block in 0..<events.blockCount {
                let rows = try events.block(block, fields: fields)
                let identity = try events.identity(block)
                #expect(events.span(block) == rows.instants[0]...rows.instants[rows.count - 1])
                for row in 0..<rows.count {
                    lines.append(
                        "\(identity.ids.identifier(row)) \(rows.instants[row]) \(identity.reference(row)) "
                            + text(rows.record, row))
                }
            }
        }
    }
    return lines
}

/// The first line in which two histories differ; nil when they say the same.
func difference(_ found: [String], _ expected: [String]) -> String? {
    if let (left, right) = zip(found, expected).first(where: { !$0.hasSameBytes(as: $1) }) {
        return "found \(left), expected \(right)"
    }
    return found.count == expected.count ? nil : "\(found.count) lines, expected \(expected.count)"
}

/// Expects two histories to say the same, and shows where they do not.
func expectSame(
    _ found: [String], _ expected: [String], _ note: String = "",
    at location: SourceLocation = #_sourceLocation
) {
    if let difference = difference(found, expected) {
        Issue.record("\(note): \(difference)", sourceLocation: location)
    }
}

extension Field {
    /// A field of a type by its name in documents.
    static func sample(_ type: String) -> Field? {
        FieldType(type).map { Field(name: "field", type: $0) }
    }
}
