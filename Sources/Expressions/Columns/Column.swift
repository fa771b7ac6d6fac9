import Formats

/// The values of one field over the rows of a block, all of one machine type, so that an expression can be computed a
/// column at a time.
package struct Column: Sendable {
    /// One value a row, by machine type.
    package enum Values: Sendable {
        /// 0 is false, 1 is true.
        case flags([UInt8])
        case whole([Int64])
        case decimals([Double])
        /// Microseconds since 1970 in UTC.
        case timestamps([Int64])
        /// Microseconds.
        case durations([Int64])
        /// Numbers in a dictionary.
        case texts([UInt32], TextDictionary)
        /// Places in a list of distinct values: for lists, and whatever else has no machine type.
        case coded([UInt32], [Value])
    }

    package let values: Values
    /// 1 where the row has the field, 0 where it is absent (the value there means nothing); nil when every row has it.
    package let presence: [UInt8]?

    package init(_ values: Values, presence: [UInt8]? = nil) {
        self.values = values
        self.presence = presence
    }

    package var count: Int {
        switch values {
        case .flags(let values): values.count
        case .whole(let values), .timestamps(let values), .durations(let values): values.count
        case .decimals(let values): values.count
        case .texts(let values, _), .coded(let values, _): values.count
        }
    }

    /// The value in a row as expressions see it; nil when the field is absent there.
    package func value(_ row: Int) -> Value? {
        if let presence, presence[row] == 0 { return nil }
        return switch values {
        case .flags(let values): .bool(values[row] != 0)
        case .whole(let values): .int(values[row])
        case .decimals(let values): .double(values[row])
        case .timestamps(let values): .timestamp(Value.Timestamp(Instant(microseconds: values[row])))
        case .durations(let values): .duration(Value.Duration(TimeSpan(microseconds: values[row])))
        case .texts(let values, let dictionary): .string(dictionary.text(values[row]))
        case .coded(let values, let distinct): distinct[Int(values[row])]
        }
    }
}

/// The fields of one variable of an expression over the rows of a block: a column each.
package struct RecordColumns: Sendable {
    /// Declared fields in the order of declaration; the map that an expression sees has its fields in this order.
    package let fields: [(name: String, column: Column)]
    /// 1 where the variable is a record, 0 where it is null (an optional join without a match); nil when always a record.
    package let presence: [UInt8]?

    package init(fields: [(name: String, column: Column)], presence: [UInt8]? = nil) {
        self.fields = fields
        self.presence = presence
    }

    package subscript(name: String) -> Column? {
        fields.first { $0.name.hasSameBytes(as: name) }?.column
    }

    /// The record in a row as expressions see it.
    package func value(_ row: Int) -> Value {
        if let presence, presence[row] == 0 { return .null }
        var map = Value.Map()
        for field in fields {
            if let value = field.column.value(row) { map.insert(value, named: field.name) }
        }
        return .map(map)
    }
}

/// Rows over which an expression is computed: each of its variables as columns of equal length.
package struct ColumnBlock: Sendable {
    package let count: Int
    package var variables: [(name: String, record: RecordColumns)]
    /// What `at` stands for in each row, in microseconds since 1970; nil when it is not bound.
    package var instants: [Int64]?

    package init(
        count: Int, variables: [(name: String, record: RecordColumns)], instants: [Int64]? = nil
    ) {
        self.count = count
        self.variables = variables
        self.instants = instants
    }

    package subscript(variable: String) -> RecordColumns? {
        variables.first { $0.name.hasSameBytes(as: variable) }?.record
    }

    /// The bindings for one row: what the tree walk needs.
    package func bindings(_ row: Int) -> Bindings {
        var bindings = Bindings()
        for variable in variables { bindings[variable.name] = variable.record.value(row) }
        if let instants {
            bindings["at"] = .timestamp(Value.Timestamp(Instant(microseconds: instants[row])))
        }
        return bindings
    }
}
