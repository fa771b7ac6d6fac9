import Catalog
import Evidence
import Expressions
import Formats

/// The exported table of a kind: one row a version of a record, or an event.
struct RecordTable {
    let kind: Kind
    let name: String
    /// The columns of all its fields, by the fields' names.
    private let columns: [Identifier: String]

    private static let own = ["row_id", "source", "key", "v0", "v1", "happened", "leaf", "item"]

    init(_ kind: Kind, name: String) {
        self.kind = kind
        self.name = name
        // Databases hold names to be equal that differ in case only.
        var taken = Set(Self.own)
        var columns: [Identifier: String] = [:]
        for field in kind.fields {
            var column = field.name
            while !taken.insert(column.lowercased()).inserted { column += "_" }
            columns[Identifier(field.name)] = column
        }
        self.columns = columns
    }

    private func elements(_ field: Field) -> String { "\(name)_\(SQLText.plain(field.name))" }

    /// The fields as an expression finds them when a row of the table goes by this name.
    func fields(_ alias: String) -> [Identifier: SQLColumn] {
        var found: [Identifier: SQLColumn] = [:]
        for field in kind.fields {
            guard let column = columns[Identifier(field.name)] else { continue }
            let isList = if case .list = field.type { true } else { false }
            found[Identifier(field.name)] = SQLColumn(
                "\(alias).\(SQLText.name(column))", field.type.sql,
                elements: isList ? SQLElements(table: elements(field), owner: "\(alias).row_id") : nil)
        }
        return found
    }

    /// The table with its rows, and one more for each list, holding only these fields.
    ///
    /// - Parameter number: the number of the last row exported; counts up. Events are numbered in the order of time, then
    ///   id.
    func tables(
        _ history: KindHistory?, fields used: Set<Identifier>, number: inout Int64
    ) throws(SQLTwinError) -> [ExportedTable] {
        let fields = kind.fields.filter { used.contains(Identifier($0.name)) }
        let times: [ExportedTable.Column] =
            kind.mode == .state
            ? [.init(name: "v0", type: "BIGINT"), .init(name: "v1", type: "BIGINT")]
            : [.init(name: "happened", type: "BIGINT")]
        var table = ExportedTable(
            name,
            kind.mode == .state
                ? "\(kind.name): one row for each stretch [v0, v1) of a record; NULL is an absent field"
                : "\(kind.name): one row an event; NULL is an absent field",
            [
                .init(name: "row_id", type: "BIGINT"), .init(name: "source", type: "TEXT"),
                .init(name: "key", type: "TEXT"),
            ] + times + [.init(name: "leaf", type: "BIGINT"), .init(name: "item", type: "BIGINT")]
                + fields.map {
                    .init(name: columns[Identifier($0.name)] ?? $0.name, type: $0.type.columnType)
                })
        var lists: [Identifier: ExportedTable] = [:]
        for field in fields {
            guard case .list(let element) = field.type else { continue }
            lists[Identifier(field.name)] = ExportedTable(
                elements(field), "\(kind.name).\(field.name): the elements of the lists",
                [
                    .init(name: "row_id", type: "BIGINT"), .init(name: "place", type: "BIGINT"),
                    .init(name: "value", type: element.columnType),
                ])
        }
        for record in history.map(records) ?? [] {
            number += 1
            var row: [ExportedValue] = [.integer(number), .text(record.source.text), .text(record.key.text)]
            row += record.times
            row += [.integer(Int64(record.reference.leaf)), .integer(Int64(record.reference.item))]
            guard case .map(let values) = kind.expressionValue(of: record.value) else { continue }
            for field in fields {
                let value = values[field.name]
                if case .list(let items)? = value {
                    row.append(.integer(Int64(items.count)))
                    for (place, item) in items.enumerated() {
                        lists[Identifier(field.name)]?.rows.append([
                            .integer(number), .integer(Int64(place)), ExportedValue(item),
                        ])
                    }
                } else {
                    row.append(value.map(ExportedValue.init) ?? .null)
                }
            }
            table.rows.append(row)
        }
        let all = [table] + fields.compactMap { lists[Identifier($0.name)] }
        let hasZero = all.contains { $0.rows.contains { $0.contains { $0.hasZeroByte } } }
        if hasZero { throw .text(kind: kind.name) }
        return all
    }

    private struct Exported {
        let source: Identifier
        let key: Identifier
        let times: [ExportedValue]
        let value: JSONObject
        let reference: FactReference
    }

    private func records(_ history: KindHistory) -> [Exported] {
        if kind.mode == .event {
            let all = history.sourceNames.flatMap { source in
                (history.sources[source]?.events ?? []).map { (source: source, event: $0) }
            }
            return all.sorted {
                ($0.event.at, $0.event.id, $0.source) < ($1.event.at, $1.event.id, $1.source)
            }.map {
                Exported(
                    source: $0.source, key: $0.event.id, times: [ExportedValue($0.event.at)],
                    value: $0.event.value, reference: $0.event.reference)
            }
        }
        return history.sourceNames.flatMap { source -> [Exported] in
            let states = history.sources[source]?.states ?? [:]
            return states.keys.sorted().flatMap { key in
                (states[key] ?? []).map { version in
                    Exported(
                        source: source, key: key,
                        times: [ExportedValue(version.interval.start), ExportedValue(version.interval.end)],
                        value: version.value, reference: version.reference)
                }
            }
        }
    }
}

extension ExportedValue {
    fileprivate init(_ value: Value) {
        switch value {
        case .bool(let flag): self = .integer(flag ? 1 : 0)
        case .int(let number): self = .integer(number)
        case .double(let number): self = .decimal(number)
        case .string(let text): self = .text(text)
        case .timestamp(let timestamp): self = .integer(timestamp.instant.microseconds)
        case .duration(let duration): self = .integer(duration.span.microseconds)
        default: self = .null
        }
    }

    fileprivate var hasZeroByte: Bool {
        if case .text(let text) = self { text.utf8.contains(0) } else { false }
    }
}

extension FieldType {
    fileprivate var sql: SQLType {
        switch self {
        case .text: .text
        case .flag: .flag
        case .whole: .whole
        case .decimal: .decimal
        case .timestamp: .timestamp
        case .duration: .duration
        case .list(let element): .list(element.sql)
        }
    }

    fileprivate var columnType: String {
        switch self {
        case .text: "TEXT"
        case .decimal: "DOUBLE"
        case .flag, .whole, .timestamp, .duration, .list: "BIGINT"
        }
    }
}
