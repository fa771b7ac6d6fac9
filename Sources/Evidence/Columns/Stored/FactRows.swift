import Catalog
import Expressions
import Formats

/// Facts of one kind from one source as rows: states as they were said, in the order in which they became known, or
/// events, of which only the latest word on each id is kept, by time and then id.
///
/// Columns of a block of states: keys, starts, ends, flags, leaves, items, recorded, fields. Of events: instants, ids,
/// leaves, items, recorded, fields.
struct FactRows {
    let kind: Kind
    /// Where a state begins to hold or an event happened, in microseconds since 1970.
    private(set) var starts: [Int64] = []
    /// States: the key's number in the dictionary.
    private(set) var keys: [Int64] = []
    /// States: where it ends; nothing when the flag is not set.
    private(set) var ends: [Int64] = []
    /// States: `hasEnd`, `hasValue`.
    private(set) var flags: [Int64] = []
    /// Events.
    private(set) var ids = TextRows()
    private(set) var leaves: [Int64] = []
    private(set) var items: [Int64] = []
    private(set) var recorded: [Int64] = []
    private(set) var fields: [FieldRows]

    static let hasEnd: Int64 = 1
    static let hasValue: Int64 = 2

    /// Column of the first field.
    static func firstField(_ mode: Kind.Mode) -> Int { mode == .state ? 7 : 5 }

    init(_ kind: Kind) {
        self.kind = kind
        fields = kind.fields.map(FieldRows.init)
    }

    var count: Int { starts.count }

    /// Adds a state or an event; a fact of the other mode is passed over.
    mutating func append(
        _ fact: Fact, recorded: Instant, leaf: Int, item: Int, _ texts: inout TextInterner
    ) {
        switch (kind.mode, fact.shape) {
        case (.state, .state(let from, let to, _)):
            starts.append(from.microseconds)
            keys.append(Int64(texts.number(of: fact.key.text)))
            ends.append(to?.microseconds ?? 0)
            flags.append((to == nil ? 0 : Self.hasEnd) | (fact.value == nil ? 0 : Self.hasValue))
        case (.event, .event(let at, _)):
            starts.append(at.microseconds)
            ids.append(fact.key.text.utf8)
        default: return
        }
        leaves.append(Int64(leaf))
        items.append(Int64(item))
        self.recorded.append(recorded.microseconds)
        for index in fields.indices {
            fields[index].append(fact.value?[fields[index].field.name], &texts)
        }
    }

    /// Adds all rows of other such rows.
    ///
    /// - Parameters:
    ///   - texts: the numbers here of the texts there.
    ///   - first: the item that there is called 0.
    mutating func append(_ other: FactRows, texts: [UInt32], first: Int) {
        starts += other.starts
        keys += other.keys.map { Int64(texts[Int($0)]) }
        ends += other.ends
        flags += other.flags
        ids.append(other.ids)
        leaves += other.leaves
        items += other.items.map { $0 + Int64(first) }
        recorded += other.recorded
        for index in fields.indices { fields[index].append(other.fields[index], texts: texts) }
    }

    /// Adds a row of other such rows.
    mutating func append(_ row: Int, of other: FactRows) {
        starts.append(other.starts[row])
        if kind.mode == .state {
            keys.append(other.keys[row])
            ends.append(other.ends[row])
            flags.append(other.flags[row])
        } else {
            ids.append(other.ids[row])
        }
        leaves.append(other.leaves[row])
        items.append(other.items[row])
        recorded.append(other.recorded[row])
        for index in fields.indices { fields[index].append(row, of: other.fields[index]) }
    }

    // MARK: Order

    /// Whether the word on an event in one row became known before another.
    func precedes(_ row: Int, _ other: FactRows, _ otherRow: Int) -> Bool {
        (recorded[row], leaves[row], items[row])
            < (other.recorded[otherRow], other.leaves[otherRow], other.items[otherRow])
    }

    /// Whether an event comes before another, by time and then id.
    func comesBefore(_ row: Int, _ at: Int64, _ id: ArraySlice<UInt8>) -> Bool {
        starts[row] != at ? starts[row] < at : ids[row].lexicographicallyPrecedes(id)
    }

    // MARK: Chunks

    func chunks(_ rows: some Collection<Int>) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        func add(_ column: [Int64]) {
            var chunk: [UInt8] = []
            PackedIntegers.write(rows.map { column[$0] }, into: &chunk)
            chunks.append(chunk)
        }
        if kind.mode == .state {
            for column in [keys, starts, ends, flags] { add(column) }
        } else {
            add(starts)
            var chunk: [UInt8] = []
            ids.write(rows, into: &chunk)
            chunks.append(chunk)
        }
        for column in [leaves, items, recorded] { add(column) }
        for field in fields {
            var chunk: [UInt8] = []
            field.write(rows, into: &chunk)
            chunks.append(chunk)
        }
        return chunks
    }

    /// Adds all rows of a stored block.
    mutating func append(_ block: StoredFacts) {
        keys += block.keys
        starts += block.starts
        ends += block.ends
        flags += block.flags
        ids.append(block.ids)
        leaves += block.leaves
        items += block.items
        recorded += block.recorded
        for (index, field) in block.fields.enumerated() { fields[index].append(field) }
    }

    // MARK: States

    /// The states that follow from what was said.
    func resolved(_ texts: TextDictionary) -> StateColumns {
        var (heads, next) = ([Int32](repeating: -1, count: texts.count), [Int32](repeating: -1, count: count))
        var order: [UInt32] = []
        // From behind, so that each chain stands in the order of knowledge.
        for row in (0..<count).reversed() {
            let key = Int(keys[row])
            if heads[key] < 0 { order.append(UInt32(key)) }
            next[row] = heads[key]
            heads[key] = Int32(row)
        }
        order.sort(by: texts.precedes)
        var found: [(key: UInt32, stretch: ResolvedStretch)] = []
        found.reserveCapacity(count)
        var points: [StatePoint] = []
        for key in order {
            points.removeAll(keepingCapacity: true)
            var row = heads[Int(key)]
            while row >= 0 {
                points.append(point(Int(row)))
                row = next[Int(row)]
            }
            for stretch in StateResolution.stretches(points) { found.append((key, stretch)) }
        }
        let rows = found.map(\.stretch.row)
        return StateColumns(
            keys: found.map(\.key), starts: found.map(\.stretch.interval.start.microseconds),
            ends: found.map(\.stretch.interval.end.microseconds),
            leaves: rows.map { UInt32(truncatingIfNeeded: leaves[$0]) },
            items: rows.map { UInt32(truncatingIfNeeded: items[$0]) },
            record: RecordColumns(
                fields: fields.map { $0.column(texts, rows) }))
    }

    private func point(_ row: Int) -> StatePoint {
        StatePoint(
            from: Instant(microseconds: starts[row]),
            to: flags[row] & Self.hasEnd == 0 ? nil : Instant(microseconds: ends[row]),
            exists: flags[row] & Self.hasValue != 0, recorded: Instant(microseconds: recorded[row]),
            reference: FactReference(leaf: Int(leaves[row]), item: Int(items[row])), row: row)
    }
}
