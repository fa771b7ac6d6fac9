package import Catalog
package import Evidence
import Expressions
package import Formats

extension InventoryItem {
    /// The live records of each kind of state, as they were last collected before an instant.
    package static func items(in columns: ColumnHistory, by end: Instant) -> [InventoryItem] {
        columns.kinds.values.filter { $0.kind.mode == .state }.sorted { $0.kind.name < $1.kind.name }
            .compactMap { kind in
                let past = Interval(from: .distantPast, to: end)
                let ends = kind.sources.mapValues { source in
                    past.flatMap { source.coverage.clipped(to: $0).intervals.last?.end }
                }
                let count = kind.sources.reduce(0) { count, source in
                    let last = (ends[source.key] ?? nil) ?? end
                    return count + source.value.states.living(at: last - TimeSpan(microseconds: 1))
                }
                guard !kind.sources.isEmpty else { return nil }
                return InventoryItem(
                    kind: kind.kind.name, title: kind.kind.title, sources: kind.sourceNames, count: count,
                    tiedOut: ends.values.contains { $0 == nil } ? nil : ends.values.compactMap(\.self).min())
            }
    }
}

extension StateColumns {
    /// How many records live at an instant.
    fileprivate func living(at instant: Instant) -> Int {
        let at = instant.microseconds
        return (0..<count).count { starts[$0] <= at && at < ends[$0] }
    }
}

extension IncidentRecord {
    /// The kind of evidence that incidents come as.
    package static let kind: Identifier = "incident.record"

    /// Incidents on record in a stretch of time, each as it was last known there.
    package static func records(in history: History, during period: Interval) -> [IncidentRecord] {
        guard let kind = history[kind] else { return [] }
        var found: [IncidentRecord] = []
        for source in kind.sourceNames {
            for (key, versions) in kind.sources[source]?.states ?? [:] {
                guard let last = versions.last(where: { $0.interval.clipped(to: period) != nil }) else {
                    continue
                }
                found.append(
                    IncidentRecord(
                        key: key, severity: last.value["severity"]?.string ?? "not stated",
                        opened: last.value["opened_at"]?.string ?? "not stated",
                        isContained: last.value["contained"]?.bool, touchesPHI: last.value["phi"]?.bool,
                        touchesCare: last.value["clinical"]?.bool))
            }
        }
        return found.sorted { (Identifier($0.opened), $0.key) < (Identifier($1.opened), $1.key) }
    }
}

extension ColumnHistory {
    /// Every text that is the value of a field which these kinds mark as personal or protected.
    package func personalTexts(by marked: KindCatalog) throws -> Set<Identifier> {
        let personal = PersonalFields(marked.kinds)
        var found = PersonalTexts(texts)
        for (name, kind) in kinds {
            let fields = Set(personal.fields(of: name).map { Identifier($0) })
            if fields.isEmpty { continue }
            for source in kind.sources.values {
                found.add(source.states.record, fields)
                guard let events = source.events else { continue }
                for part in try Parallel.chunks(
                    events.blockCount,
                    map: { chunk in
                        var found = PersonalTexts(texts)
                        for index in chunk {
                            found.add(try events.block(index, fields: fields).record, fields)
                        }
                        return found
                    })
                {
                    found.add(part)
                }
            }
        }
        return found.texts
    }
}

/// Texts that were met in some fields.
private struct PersonalTexts: Sendable {
    private let dictionary: TextDictionary
    /// By number in the dictionary.
    private var isMet: [Bool]
    private var others: Set<Identifier> = []

    init(_ dictionary: TextDictionary) {
        self.dictionary = dictionary
        isMet = [Bool](repeating: false, count: dictionary.count)
    }

    var texts: Set<Identifier> {
        others.union(isMet.indices.filter { isMet[$0] }.map { dictionary.identifier(UInt32($0)) })
    }

    mutating func add(_ record: RecordColumns, _ fields: Set<Identifier>) {
        for field in record.fields where fields.contains(Identifier(field.name)) {
            switch field.column.values {
            case .texts(let numbers, _):
                for row in numbers.indices where field.column.presence.map({ $0[row] != 0 }) ?? true {
                    isMet[Int(numbers[row])] = true
                }
            case .coded(_, let values): for value in values { add(value) }
            case .flags, .whole: break
            case .decimals(let values): addEach(values.count, of: field.column)
            case .timestamps(let values), .durations(let values): addEach(values.count, of: field.column)
            }
        }
    }

    mutating func add(_ other: PersonalTexts) {
        for number in other.isMet.indices where other.isMet[number] { isMet[number] = true }
        others.formUnion(other.others)
    }

    private mutating func addEach(_ count: Int, of column: Column) {
        for row in 0..<count { if let value = column.value(row) { add(value) } }
    }

    private mutating func add(_ value: Value) {
        switch value {
        case .string(let text): others.insert(Identifier(text))
        case .list(let items): for item in items { add(item) }
        // As a fact's line writes them, and so as a key made of one would.
        case .double(let number): others.insert(Identifier("\(number)"))
        case .timestamp(let time): others.insert(Identifier(time.instant.description))
        case .duration(let duration): others.insert(Identifier(duration.span.description))
        default: break
        }
    }
}
