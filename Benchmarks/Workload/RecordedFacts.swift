package import Evidence
import Catalog
import Formats

extension SeededEvidence {
    /// The rows as facts with the times at which they became known, replayed into what is known at the end of the period.
    /// For small sizes: every record becomes a JSON object.
    package func history() -> History {
        let latest = Instant(microseconds: calendar.end)
        var builder = HistoryBuilder(knownAt: latest, kinds: WorkloadKind.all.map(\.kind))
        for (leaf, kind) in WorkloadKind.all.enumerated() {
            var item = 0
            func add(_ fact: Fact, known: Int64) {
                builder.add(
                    RecordedFact(
                        fact: fact, source: "collector", recorded: Instant(microseconds: known),
                        reference: FactReference(leaf: leaf, item: item)))
                item += 1
            }
            for interval in coverage(kind).intervals {
                add(.coverage(kind.name, interval), known: interval.end.microseconds)
            }
            try? stream(kind) { table in
                for row in 0..<table.count {
                    add(table.fact(row), known: table.known[row])
                    if let end = table.deletion(after: row) {
                        add(end, known: min(end.start.microseconds, calendar.end))
                    }
                }
            }
        }
        return builder.build()
    }
}

extension FactTable {
    /// The fact in a row.
    package func fact(_ row: Int) -> Fact {
        let key = Identifier(kind.keys.text(Int(keys[row])))
        var value = JSONObject()
        for column in columns {
            if let json = column.json(row) { value.append(column.name, json) }
        }
        let start = Instant(microseconds: starts[row])
        return kind.kind.mode == .state
            ? .state(kind.name, key, from: start, value) : .event(kind.name, key, at: start, value)
    }

    /// The fact that the record ceased to exist, where a row is its last.
    func deletion(after row: Int) -> Fact? {
        guard !ends.isEmpty, ends[row] != Self.open, row + 1 == count || keys[row + 1] != keys[row] else {
            return nil
        }
        return .state(
            kind.name, Identifier(kind.keys.text(Int(keys[row]))), from: Instant(microseconds: ends[row]), nil
        )
    }
}

extension FactColumn {
    /// The stored form of a field; nil where it is absent.
    fileprivate func json(_ row: Int) -> JSON? {
        switch type {
        case .flag: flags[row] == 2 ? nil : .bool(flags[row] == 1)
        case .whole: numbers[row] == FactTable.absent ? nil : .integer(numbers[row])
        case .time:
            numbers[row] == FactTable.absent
                ? nil : .string(Instant(microseconds: numbers[row]).description)
        case .text(let vocabulary):
            codes[row] == .max ? nil : .string(vocabulary.text(Int(codes[row])))
        }
    }
}
