extension RecordColumns {
    /// The rows of several records' columns, one behind the other. All have the same fields in the same order.
    package static func joined(_ parts: [RecordColumns]) -> RecordColumns {
        guard let first = parts.first, parts.count > 1 else {
            return parts.first ?? RecordColumns(fields: [])
        }
        let fields = first.fields.indices.map { index in
            (first.fields[index].name, Column.joined(parts.map { $0.fields[index].column }))
        }
        return RecordColumns(fields: fields)
    }
}

extension Column {
    fileprivate static func joined(_ parts: [Column]) -> Column {
        let presence: [UInt8]? =
            parts.allSatisfy { $0.presence == nil }
            ? nil : parts.flatMap { $0.presence ?? [UInt8](repeating: 1, count: $0.count) }
        return Column(Values.joined(parts.map(\.values)), presence: presence)
    }
}

extension Column.Values {
    fileprivate static func joined(_ parts: [Column.Values]) -> Column.Values {
        var joined = parts[0]
        for part in parts.dropFirst() {
            switch (joined, part) {
            case (.flags(let left), .flags(let right)): joined = .flags(left + right)
            case (.whole(let left), .whole(let right)): joined = .whole(left + right)
            case (.decimals(let left), .decimals(let right)): joined = .decimals(left + right)
            case (.timestamps(let left), .timestamps(let right)): joined = .timestamps(left + right)
            case (.durations(let left), .durations(let right)): joined = .durations(left + right)
            case (.texts(let left, let dictionary), .texts(let right, _)):
                joined = .texts(left + right, dictionary)
            case (.coded(let left, let distinct), .coded(let right, let more)):
                joined = .coded(left + right.map { $0 + UInt32(distinct.count) }, distinct + more)
            default: preconditionFailure("columns of one field have one type")
            }
        }
        return joined
    }
}
