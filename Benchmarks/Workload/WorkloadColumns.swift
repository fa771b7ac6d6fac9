import Catalog
package import Evidence
import Expressions
package import Formats

extension SeededEvidence {
    /// The rows as columns, as known at the end of the period: what `ColumnHistory(history())` is, without a JSON object
    /// for every record.
    ///
    /// - Parameter knownAt: an earlier time of knowledge.
    package func columns(knownAt: Instant = .distantFuture) throws -> ColumnHistory {
        let latest = min(calendar.end, knownAt.microseconds)
        var texts = VocabularyNumbers()
        var drafts: [(kind: WorkloadKind, source: SourceDraft)] = []
        for (leaf, kind) in WorkloadKind.all.enumerated() {
            var draft = SourceDraft(kind, leaf: UInt32(leaf), coverage: coverage(kind).intervals.count)
            try stream(kind) { draft.add($0, latest: latest, &texts) }
            draft.seal()
            drafts.append((kind, draft))
        }
        let dictionary = texts.dictionary
        var kinds: [Identifier: KindColumns] = [:]
        for (kind, draft) in drafts {
            let past = Interval(from: .distantPast, to: Instant(microseconds: latest))
            let coverage = past.map { self.coverage(kind).clipped(to: $0) } ?? IntervalSet()
            let first = coverage.intervals.map(\.end.microseconds).min() ?? .max
            let source = SourceColumns(
                coverage: coverage, since: Instant(microseconds: min(first, draft.since)),
                states: draft.states(dictionary), events: draft.events(dictionary))
            kinds[kind.name] = KindColumns(kind: kind.kind, sources: ["collector": source])
        }
        return ColumnHistory(
            kinds: kinds, texts: dictionary, leaves: Array(WorkloadKind.all.indices))
    }
}

/// The numbers of vocabularies' texts in one dictionary.
private struct VocabularyNumbers {
    private var interner = TextInterner()
    private var known: [Vocabulary: [UInt32]] = [:]

    var dictionary: TextDictionary { interner.dictionary }

    /// The dictionary's numbers for all codes of a vocabulary up to the highest that occurs.
    mutating func numbers(_ vocabulary: Vocabulary, upTo highest: UInt32) -> [UInt32] {
        var found = known[vocabulary] ?? []
        while found.count <= Int(highest) {
            found.append(interner.number(of: vocabulary.text(found.count)))
        }
        known[vocabulary] = found
        return found
    }
}

/// One kind's rows on their way into columns.
private struct SourceDraft {
    private let kind: WorkloadKind
    private let leaf: UInt32
    private var item: UInt32
    private(set) var since = Int64.max
    private var keys: [UInt32] = []
    private var starts: [Int64] = []
    private var ends: [Int64] = []
    private var items: [UInt32] = []
    private var ids = (bytes: [UInt8](), ends: [UInt32]())
    private var fields: [FieldValues]
    private var blocks: [(instants: [Int64], items: [UInt32], ids: TextColumn, fields: [FieldValues])] = []

    init(_ kind: WorkloadKind, leaf: UInt32, coverage: Int) {
        self.kind = kind
        self.leaf = leaf
        item = UInt32(coverage)
        fields = kind.columns.map { FieldValues($0.name, $0.type) }
    }

    /// Adds what is known of a table's rows by the end of the period.
    mutating func add(_ table: FactTable, latest: Int64, _ texts: inout VocabularyNumbers) {
        let isState = kind.kind.mode == .state
        let keyNumbers = isState ? texts.numbers(kind.keys, upTo: table.keys.max() ?? 0) : []
        let numbers = table.columns.map { column -> [UInt32] in
            guard case .text(let vocabulary) = column.type else { return [] }
            return texts.numbers(vocabulary, upTo: column.codes.filter { $0 != .max }.max() ?? 0)
        }
        for row in 0..<table.count {
            let own = item
            item += 1
            let isLast = row + 1 == table.count || table.keys[row + 1] != table.keys[row]
            let isDeleted = isState && isLast && table.ends[row] != FactTable.open
            if isDeleted { item += 1 }
            if table.known[row] <= latest {
                since = min(since, min(table.starts[row], table.known[row]))
                if table.superseded[row] > latest {
                    append(table, row, own, isState ? keyNumbers[Int(table.keys[row])] : 0, numbers)
                }
            }
            if isDeleted, table.ends[row] <= latest, let key = keys.last,
                key == keyNumbers[Int(table.keys[row])]
            {
                ends[ends.count - 1] = table.ends[row]
            }
        }
    }

    private mutating func append(
        _ table: FactTable, _ row: Int, _ item: UInt32, _ key: UInt32, _ numbers: [[UInt32]]
    ) {
        let start = table.starts[row]
        if kind.kind.mode == .state {
            if let last = keys.last, last == key { ends[ends.count - 1] = start }
            keys.append(key)
            ends.append(Instant.distantFuture.microseconds)
        } else {
            ids.bytes += Array(kind.keys.text(Int(table.keys[row])).utf8)
            ids.ends.append(UInt32(ids.bytes.count))
        }
        starts.append(start)
        items.append(item)
        for index in fields.indices { fields[index].append(table.columns[index], row, numbers[index]) }
        if kind.kind.mode == .event, starts.count == EventBlock.capacity { seal() }
    }

    /// Ends a block of events.
    mutating func seal() {
        guard kind.kind.mode == .event, !starts.isEmpty else { return }
        blocks.append((starts, items, TextColumn(bytes: ids.bytes, ends: ids.ends), fields))
        starts = []
        items = []
        ids = ([], [])
        fields = kind.columns.map { FieldValues($0.name, $0.type) }
    }

    func states(_ texts: TextDictionary) -> StateColumns {
        let isState = kind.kind.mode == .state
        return StateColumns(
            keys: keys, starts: isState ? starts : [], ends: ends,
            leaves: [UInt32](repeating: leaf, count: keys.count), items: isState ? items : [],
            record: RecordColumns(fields: isState ? fields.map { $0.column(texts) } : []))
    }

    func events(_ texts: TextDictionary) -> (any EventBlocks)? {
        guard kind.kind.mode == .event else { return nil }
        return MemoryEventBlocks(
            blocks.map { block in
                EventBlock(
                    instants: block.instants,
                    record: RecordColumns(fields: block.fields.map { $0.column(texts) }),
                    identity: EventIdentity(
                        ids: block.ids, leaves: [UInt32](repeating: leaf, count: block.instants.count),
                        items: block.items))
            })
    }
}

/// The values of one field, translated.
private struct FieldValues {
    private let name: String
    private let type: FactType
    private var flags: [UInt8] = []
    private var codes: [UInt32] = []
    private var numbers: [Int64] = []
    private var presence: [UInt8] = []
    private var isWhole = true

    init(_ name: String, _ type: FactType) {
        self.name = name
        self.type = type
    }

    mutating func append(_ column: FactColumn, _ row: Int, _ texts: [UInt32]) {
        let isPresent: Bool
        switch type {
        case .flag:
            isPresent = column.flags[row] != 2
            flags.append(isPresent ? column.flags[row] : 0)
        case .text:
            isPresent = column.codes[row] != .max
            codes.append(isPresent ? texts[Int(column.codes[row])] : 0)
        case .whole, .time:
            isPresent = column.numbers[row] != FactTable.absent
            numbers.append(isPresent ? column.numbers[row] : 0)
        }
        presence.append(isPresent ? 1 : 0)
        isWhole = isWhole && isPresent
    }

    func column(_ texts: TextDictionary) -> (name: String, column: Column) {
        let values: Column.Values =
            switch type {
            case .flag: .flags(flags)
            case .text: .texts(codes, texts)
            case .whole: .whole(numbers)
            case .time: .timestamps(numbers)
            }
        return (name, Column(values, presence: isWhole ? nil : presence))
    }
}
