internal import Formats

/// A stretch of a block as a plan sees it: each of the plan's reads with its rows.
struct BlockView {
    enum Source {
        /// Nothing has this name.
        case nothing
        case instants([Int64])
        case record(RecordColumns)
        /// 1 where a variable is a record, 0 where it is null; nil when it is never null.
        case presence([UInt8]?)
        /// No column when the record's kind does not declare the field.
        case field(Column?, states: FieldStates)
    }

    let block: ColumnBlock
    /// The rows of the block that this is about; the sources have these alone.
    let rows: Range<Int>
    let sources: [Source]

    /// Nil for a block whose names would be looked up in other ways than plain variables and fields: for such the tree
    /// walk is right.
    init?(_ block: ColumnBlock, for plan: ColumnPlan) {
        self.block = block
        rows = 0..<block.count
        var names: Set<Identifier> = []
        for variable in block.variables {
            let isPlain =
                !variable.name.utf8.contains(UInt8(ascii: ".")) && !Value.typeNames.contains(variable.name)
            guard isPlain, names.insert(Identifier(variable.name)).inserted else { return nil }
        }
        var sources: [Source] = []
        for read in plan.reads {
            guard let source = Self.source(of: read, in: block) else { return nil }
            sources.append(source)
        }
        self.sources = sources
    }

    private init(_ whole: BlockView, rows: Range<Int>) {
        block = whole.block
        self.rows = rows
        sources = whole.sources.map { $0.cut(rows) }
    }

    var count: Int { rows.count }

    /// The view of some of the rows.
    func cut(_ rows: Range<Int>) -> BlockView {
        rows == self.rows ? self : BlockView(self, rows: rows)
    }

    private static func source(of read: ColumnRead, in block: ColumnBlock) -> Source? {
        let isInstant = block.instants != nil && read.variable.hasSameBytes(as: "at")
        switch read {
        case .whole(let name):
            if isInstant, let instants = block.instants {
                precondition(instants.count >= block.count, "a block has an instant for each of its rows")
                return .instants(instants)
            }
            return block[name].map { .record($0) } ?? .nothing
        case .presence(let name):
            if isInstant { return .presence(nil) }
            return block[name].map { .presence($0.presence) } ?? .nothing
        case .field(let variable, let name):
            if isInstant { return nil }
            guard let record = block[variable] else { return .nothing }
            let columns = record.fields.filter { $0.name.hasSameBytes(as: name) }
            guard columns.count < 2 else { return nil }
            let column = columns.first?.column
            for rows in [column?.count, column?.presence?.count, record.presence?.count] {
                precondition(rows ?? block.count >= block.count, "a block's columns are as long as the block")
            }
            return .field(column, states: FieldStates(column, record.presence, rows: block.count))
        }
    }

    /// The bindings that a node needs in a row.
    func bindings(_ needs: [ColumnPlan.Need], row: Int) -> Bindings {
        var bindings = Bindings()
        for need in needs {
            if let instants = block.instants, need.variable.hasSameBytes(as: "at") {
                let instant = Instant(microseconds: instants[rows.lowerBound + row])
                bindings["at"] = .timestamp(Value.Timestamp(instant))
            } else if let record = block[need.variable] {
                bindings[need.variable] =
                    need.fields.map { value(of: record, $0, row) } ?? record.value(rows.lowerBound + row)
            }
        }
        return bindings
    }

    private func value(of record: RecordColumns, _ fields: [(name: String, read: Int)], _ row: Int) -> Value {
        if let presence = record.presence, presence[rows.lowerBound + row] == 0 { return .null }
        var map = Value.Map()
        for field in fields {
            guard case .field(let column?, _) = sources[field.read] else { continue }
            if let value = column.value(row) { map.insert(value, named: field.name) }
        }
        return .map(map)
    }
}

extension BlockView.Source {
    fileprivate func cut(_ rows: Range<Int>) -> BlockView.Source {
        switch self {
        case .nothing: .nothing
        case .instants(let instants): .instants(Array(instants[rows]))
        case .record(let record): .record(record.cut(rows))
        case .presence(let presence): .presence(presence.map { Array($0[rows]) })
        case .field(let column, let states): .field(column?.cut(rows), states: states.cut(rows))
        }
    }
}

extension RecordColumns {
    fileprivate func cut(_ rows: Range<Int>) -> RecordColumns {
        RecordColumns(
            fields: fields.map { ($0.name, $0.column.cut(rows)) }, presence: presence.map { Array($0[rows]) })
    }
}

extension Column {
    fileprivate func cut(_ rows: Range<Int>) -> Column {
        let values: Values =
            switch values {
            case .flags(let flags): .flags(Array(flags[rows]))
            case .whole(let numbers): .whole(Array(numbers[rows]))
            case .decimals(let numbers): .decimals(Array(numbers[rows]))
            case .timestamps(let times): .timestamps(Array(times[rows]))
            case .durations(let lengths): .durations(Array(lengths[rows]))
            case .texts(let numbers, let dictionary): .texts(Array(numbers[rows]), dictionary)
            case .coded(let codes, let distinct): .coded(Array(codes[rows]), distinct)
            }
        return Column(values, presence: presence.map { Array($0[rows]) })
    }
}

/// In which rows a field can be read.
struct FieldStates {
    static let absent: UInt8 = 0
    static let present: UInt8 = 1
    /// The record itself is null.
    static let null: UInt8 = 2

    /// Nil when the field is present in every row.
    let codes: [UInt8]?
    /// 1 where there is a value, otherwise 0; nil when there is one in every row.
    let valid: [UInt8]?

    init(_ column: Column?, _ record: [UInt8]?, rows: Int) {
        let present = column == nil ? [UInt8](repeating: Self.absent, count: rows) : column?.presence
        guard let record else {
            codes = present
            valid = present
            return
        }
        if let present {
            codes = Loop.zip(present, record, rows) { $1 == 0 ? Self.null : $0 }
            valid = Loop.zip(present, record, rows) { $0 & $1 }
        } else {
            codes = Loop.map(record, rows) { $0 == 0 ? Self.null : Self.present }
            valid = record
        }
    }

    private init(codes: [UInt8]?, valid: [UInt8]?) {
        self.codes = codes
        self.valid = valid
    }

    func cut(_ rows: Range<Int>) -> FieldStates {
        FieldStates(codes: codes.map { Array($0[rows]) }, valid: valid.map { Array($0[rows]) })
    }
}
