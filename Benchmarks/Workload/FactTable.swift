package import Catalog
package import Formats

/// What a column holds.
package enum FactType: Sendable, Hashable {
    case flag, whole, time
    /// Numbers of the vocabulary's texts.
    case text(Vocabulary)
}

/// The values of one field, in the order of the rows. Only the array of its type is in use.
package struct FactColumn: Sendable {
    package let name: String
    package let type: FactType
    /// 0, 1, or 2 where the field is absent.
    package var flags: [UInt8] = []
    /// `UInt32.max` where the field is absent.
    package var codes: [UInt32] = []
    /// `Int64.min` where the field is absent; times are in microseconds.
    package var numbers: [Int64] = []

    init(_ name: String, _ type: FactType) {
        self.name = name
        self.type = type
    }

    fileprivate mutating func append(_ value: Int64) {
        switch type {
        case .flag: flags.append(value == FactTable.absent ? 2 : UInt8(truncatingIfNeeded: value))
        case .text: codes.append(value == FactTable.absent ? .max : UInt32(truncatingIfNeeded: value))
        case .whole, .time: numbers.append(value)
        }
    }

    fileprivate mutating func removeAll() {
        flags.removeAll(keepingCapacity: true)
        codes.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
    }
}

/// Rows of one kind as arrays, one entry a row in each.
///
/// States are sorted by key, then time; events by time. A fact that was corrected stands there twice: first as it was
/// believed, with the time at which that ended in `superseded`, then as it is. Both speak of the same time.
package struct FactTable: Sendable {
    static let absent = Int64.min
    /// Stands for "until further notice" in `ends` and `superseded`.
    package static let open = Int64.max

    package let kind: WorkloadKind
    /// Number of the record's key or the event's id; its text is `kind.keys.text(number)`.
    package private(set) var keys: [UInt32] = []
    /// From when on the state holds, or when the event happened, in microseconds since 1970.
    package private(set) var starts: [Int64] = []
    /// Until when the state holds; empty for events.
    package private(set) var ends: [Int64] = []
    /// When the fact was put on record.
    package private(set) var known: [Int64] = []
    /// When a correction was put on record.
    package private(set) var superseded: [Int64] = []
    package private(set) var columns: [FactColumn]

    init(_ kind: WorkloadKind) {
        self.kind = kind
        columns = kind.columns.map { FactColumn($0.name, $0.type) }
    }

    package var count: Int { keys.count }

    mutating func append(
        _ key: Int, from start: Int64, to end: Int64, known: Int64, superseded: Int64, _ values: [Int64]
    ) {
        keys.append(UInt32(truncatingIfNeeded: key))
        starts.append(start)
        if kind.kind.mode == .state { ends.append(end) }
        self.known.append(known)
        self.superseded.append(superseded)
        for index in columns.indices { columns[index].append(values[index]) }
    }

    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        known.removeAll(keepingCapacity: true)
        superseded.removeAll(keepingCapacity: true)
        for index in columns.indices { columns[index].removeAll() }
    }
}

/// A kind of evidence in the workload: how programs declare it, and how its rows are numbered.
package struct WorkloadKind: Sendable, Hashable {
    package let kind: Kind
    package let keys: Vocabulary
    package let columns: [FactColumnHead]

    package struct FactColumnHead: Sendable, Hashable {
        package let name: String
        package let type: FactType
    }

    package var name: Identifier { kind.name }

    init(
        _ name: String, _ title: String, _ mode: Kind.Mode, keys: String, digits: Int,
        _ columns: KeyValuePairs<String, FactType>
    ) {
        let fields = columns.map { column in
            let type: FieldType =
                switch column.value {
                case .flag: .flag
                case .whole: .whole
                case .time: .timestamp
                case .text: .text
                }
            return Field(name: column.key, type: type)
        }
        kind = Kind(name: Identifier(name), title: title, mode: mode, fields: fields)
        self.keys = .numbered(prefix: keys, digits: digits)
        self.columns = columns.map { FactColumnHead(name: $0.key, type: $0.value) }
    }
}
