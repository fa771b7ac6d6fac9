import Catalog
import Expressions
import Formats

extension ColumnHistory {
    /// The columns of a history.
    ///
    /// - Parameter blockRows: how many events a block holds.
    package init(_ history: History, blockRows: Int = EventBlock.capacity) {
        var interner = TextInterner()
        var drafts: [Identifier: [Identifier: SourceDraft]] = [:]
        for name in history.kinds.keys.sorted() {
            guard let kind = history.kinds[name] else { continue }
            for source in kind.sourceNames {
                guard let records = kind.sources[source] else { continue }
                drafts[name, default: [:]][source] = SourceDraft(records, kind.kind, &interner)
            }
        }
        // Columns hold the dictionary by value: it must be whole before the first one is made.
        let texts = interner.dictionary
        var kinds: [Identifier: KindColumns] = [:]
        for (name, kind) in history.kinds {
            kinds[name] = KindColumns(
                kind: kind.kind, sources: (drafts[name] ?? [:]).mapValues { $0.columns(texts, blockRows) })
        }
        self.init(kinds: kinds, texts: texts, leaves: history.leaves)
    }
}

/// One source's records on their way into columns.
private struct SourceDraft {
    let records: SourceHistory
    let mode: Kind.Mode
    var keys: [UInt32] = []
    var versions: [StateVersion] = []
    var fields: [FieldRows]

    init(_ records: SourceHistory, _ kind: Kind, _ texts: inout TextInterner) {
        self.records = records
        mode = kind.mode
        fields = kind.fields.map(FieldRows.init)
        switch kind.mode {
        case .state:
            for key in records.states.keys.sorted() {
                let number = texts.number(of: key.text)
                for version in records.states[key] ?? [] {
                    keys.append(number)
                    versions.append(version)
                    add(version.value, &texts)
                }
            }
        case .event:
            for event in records.events { add(event.value, &texts) }
        }
    }

    private mutating func add(_ value: JSONObject, _ texts: inout TextInterner) {
        for index in fields.indices { fields[index].append(value[fields[index].field.name], &texts) }
    }

    func columns(_ texts: TextDictionary, _ blockRows: Int) -> SourceColumns {
        let states = StateColumns(
            keys: keys, starts: versions.map(\.interval.start.microseconds),
            ends: versions.map(\.interval.end.microseconds),
            leaves: versions.map { UInt32($0.reference.leaf) },
            items: versions.map { UInt32($0.reference.item) },
            record: RecordColumns(fields: mode == .state ? fields.map { $0.column(texts) } : []))
        return SourceColumns(
            coverage: records.coverage, since: records.since, asked: records.asked, retired: records.retired,
            states: states, events: mode == .event ? MemoryEventBlocks(blocks(texts, blockRows)) : nil)
    }

    private func blocks(_ texts: TextDictionary, _ blockRows: Int) -> [EventBlock] {
        stride(from: 0, to: records.events.count, by: blockRows).map { start in
            let rows = start..<min(start + blockRows, records.events.count)
            let events = records.events[rows]
            var bytes: [UInt8] = []
            var ends: [UInt32] = []
            for event in events {
                bytes += Array(event.id.text.utf8)
                ends.append(UInt32(bytes.count))
            }
            return EventBlock(
                instants: events.map(\.at.microseconds),
                record: RecordColumns(fields: fields.map { $0.column(texts, rows) }),
                identity: EventIdentity(
                    ids: TextColumn(bytes: bytes, ends: ends),
                    leaves: events.map { UInt32($0.reference.leaf) },
                    items: events.map { UInt32($0.reference.item) }))
        }
    }
}
