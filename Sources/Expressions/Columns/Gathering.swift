package import Formats

extension Column {
    /// The column's values in some rows, in their order. A negative row has no value.
    package func gathered(_ rows: [Int32]) -> Column {
        func pick<Element>(_ values: [Element], _ none: Element) -> [Element] {
            rows.map { $0 < 0 ? none : values[Int($0)] }
        }
        let values: Values =
            switch values {
            case .flags(let values): .flags(pick(values, 0))
            case .whole(let values): .whole(pick(values, 0))
            case .decimals(let values): .decimals(pick(values, 0))
            case .timestamps(let values): .timestamps(pick(values, 0))
            case .durations(let values): .durations(pick(values, 0))
            case .texts(let values, let dictionary): .texts(pick(values, 0), dictionary)
            case .coded(let values, let distinct): .coded(pick(values, 0), distinct)
            }
        return Column(values, presence: presence.map { pick($0, 0) })
    }
}

extension RecordColumns {
    /// The records in some rows, in their order; a negative row is null.
    package func gathered(_ rows: [Int32], fields wanted: Set<Identifier>? = nil) -> RecordColumns {
        let isWhole = !rows.contains { $0 < 0 }
        return RecordColumns(
            fields: fields.filter { wanted?.contains(Identifier($0.name)) ?? true }.map {
                ($0.name, $0.column.gathered(rows))
            },
            presence: isWhole ? nil : rows.map { $0 < 0 ? 0 : 1 })
    }
}
