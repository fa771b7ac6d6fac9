package import Expressions
package import Formats

extension ColumnHistory {
    /// The history again, of some kinds only. The other kinds keep their sources and coverage and lose their records.
    ///
    /// Amounts come back as numbers and not as the texts they were written as; expressions see no difference.
    package func history(of wanted: Set<Identifier>) throws -> History {
        var found: [Identifier: KindHistory] = [:]
        for (name, kind) in kinds {
            var history = KindHistory(kind: kind.kind)
            for (source, columns) in kind.sources {
                var records = SourceHistory()
                records.coverage = columns.coverage
                records.since = columns.since
                records.asked = columns.asked
                records.retired = columns.retired
                if wanted.contains(name) {
                    records.states = states(columns.states)
                    records.events = try columns.events.map(events) ?? []
                }
                history.sources[source] = records
            }
            found[name] = history
        }
        return History(kinds: found, leaves: leaves)
    }

    private func states(_ columns: StateColumns) -> [Identifier: [StateVersion]] {
        var found: [Identifier: [StateVersion]] = [:]
        for row in 0..<columns.count {
            let (start, end) = (columns.starts[row], columns.ends[row])
            guard let interval = Interval(from: Instant(microseconds: start), to: Instant(microseconds: end))
            else { continue }
            found[texts.identifier(columns.keys[row]), default: []].append(
                StateVersion(
                    interval: interval, value: columns.record.stored(row), reference: columns.reference(row)))
        }
        return found
    }

    private func events(_ blocks: any EventBlocks) throws -> [EventRecord] {
        var found: [EventRecord] = []
        for index in 0..<blocks.blockCount {
            let block = try blocks.block(index, fields: nil)
            let identity = try blocks.identity(index)
            for row in 0..<block.count {
                found.append(
                    EventRecord(
                        id: identity.ids.identifier(row), at: Instant(microseconds: block.instants[row]),
                        value: block.record.stored(row), reference: identity.reference(row)))
            }
        }
        return found
    }
}

extension RecordColumns {
    /// The record in a row in its stored form.
    package func stored(_ row: Int) -> JSONObject {
        var object = JSONObject()
        for field in fields {
            if let value = field.column.value(row) { object.append(field.name, value.stored) }
        }
        return object
    }
}

extension Value {
    /// The stored form of a field's value (`FieldType.typed`).
    fileprivate var stored: JSON {
        switch self {
        case .bool(let flag): .bool(flag)
        case .int(let number): .integer(number)
        case .double(let number): .string("\(number)")
        case .string(let text): .string(text)
        case .timestamp(let time): .string(time.instant.description)
        case .duration(let duration): .string(duration.span.description)
        case .list(let items): .array(items.map(\.stored))
        default: .null
        }
    }
}
