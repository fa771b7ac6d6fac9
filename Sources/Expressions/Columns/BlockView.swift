internal import Formats

/// A block as a plan sees it: each of the plan's reads with its rows.
struct BlockView {
    enum Source {
        /// Nothing has this name.
        case nothing
        case instants([Int64])
        case record(RecordColumns)
        /// No column when the record's kind does not declare the field.
        case field(Column?, states: FieldStates)
    }

    let block: ColumnBlock
    let sources: [Source]

    /// Nil for a block whose names would be looked up in other ways than plain variables and fields: for such the tree
    /// walk is right.
    init?(_ block: ColumnBlock, for plan: ColumnPlan) {
        self.block = block
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

    var count: Int { block.count }

    private static func source(of read: ColumnRead, in block: ColumnBlock) -> Source? {
        let isInstant = block.instants != nil && read.variable.hasSameBytes(as: "at")
        switch read {
        case .whole(let name):
            if isInstant, let instants = block.instants {
                precondition(instants.count >= block.count, "a block has an instant for each of its rows")
                return .instants(instants)
            }
            return block[name].map { .record($0) } ?? .nothing
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
                bindings["at"] = .timestamp(Value.Timestamp(Instant(microseconds: instants[row])))
            } else if let fields = need.fields {
                bindings[need.variable] = record(need.variable, fields, row)
            } else {
                bindings[need.variable] = block[need.variable]?.value(row)
            }
        }
        return bindings
    }

    private func record(_ variable: String, _ fields: [(name: String, read: Int)], _ row: Int) -> Value? {
        var map = Value.Map()
        for field in fields {
            guard case .field(let column, let states) = sources[field.read] else { return nil }
            if states.isNull(row) { return .null }
            if let value = column?.value(row) { map.insert(value, named: field.name) }
        }
        return .map(map)
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

    func isNull(_ row: Int) -> Bool { codes.map { $0[row] == Self.null } ?? false }
}
