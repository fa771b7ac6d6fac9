internal import Formats

/// A value that rows supply to an expression.
enum ColumnRead {
    case field(variable: String, name: String)
    /// A variable as a whole, or `at`.
    case whole(String)
    /// Whether a variable is null, and no more of it.
    case presence(String)

    var variable: String {
        switch self {
        case .field(let variable, _), .whole(let variable), .presence(let variable): variable
        }
    }

    func isSame(as other: ColumnRead) -> Bool {
        switch (self, other) {
        case (.field(let a, let x), .field(let b, let y)): a.hasSameBytes(as: b) && x.hasSameBytes(as: y)
        case (.whole(let a), .whole(let b)), (.presence(let a), .presence(let b)): a.hasSameBytes(as: b)
        default: false
        }
    }
}

/// An expression taken apart for computing a block at a time: its nodes with their operands and what each of them reads.
struct ColumnPlan: Sendable {
    enum Form {
        /// The same in every row: a value, or nil for an error.
        case constant(Value?)
        /// One of the plan's reads as it stands.
        case read(Int)
        case has(Int)
        /// A variable beside null.
        case isNull(Int)
        case isNotNull(Int)
        case not(Int)
        case and([Int])
        case or([Int])
        case conditional(Int, Int, Int)
        case negate(Int)
        case binary(Syntax.Operator, Int, Int)
        /// What only the tree walk knows how to compute.
        case opaque
    }

    struct Node {
        let syntax: Syntax
        let form: Form
        /// Places in the plan's reads, ascending.
        let reads: [Int]
        /// What the tree walk needs to have bound for this node.
        let needs: [Need]
    }

    /// A variable and which of it a node reads.
    struct Need {
        let variable: String
        /// Nil for the variable as a whole.
        let fields: [(name: String, read: Int)]?
    }

    private(set) var nodes: [Node] = []
    private(set) var reads: [ColumnRead] = []
    private(set) var root = 0
    /// What each walk of a node may take.
    let cost: CostAllowance

    /// Nil when a constant part uses up all steps: then only the tree walk stops where it has to.
    init?(_ syntax: Syntax, cost: CostAllowance) {
        self.cost = cost
        guard let root = add(syntax) else { return nil }
        self.root = root
    }

    private mutating func add(_ syntax: Syntax) -> Int? {
        let own = ownReads(syntax)
        guard let form = own.isEmpty ? constant(syntax) : form(of: syntax) else { return nil }
        nodes.append(Node(syntax: syntax, form: form, reads: own, needs: needs(own)))
        return nodes.count - 1
    }

    private func constant(_ syntax: Syntax) -> Form? {
        do {
            let value = try Evaluator.evaluate(Bindings(), cost: cost) {
                evaluator throws(EvaluationError) in try evaluator.value(of: syntax)
            }
            return .constant(value)
        } catch {
            return error.isAbsorbable ? .constant(nil) : nil
        }
    }

    private mutating func form(of syntax: Syntax) -> Form? {
        switch syntax.form {
        case .name(let name, _): return .read(place(of: .whole(name)))
        case .select(let operand, let field, optional: false):
            return variable(operand).map { .read(place(of: .field(variable: $0, name: field))) } ?? .opaque
        case .index(let operand, let key, optional: false):
            guard case .literal(.string(let field)) = key.form, let name = variable(operand) else {
                return .opaque
            }
            return .read(place(of: .field(variable: name, name: field)))
        case .has(let operand, let field, _):
            return variable(operand).map { .has(place(of: .field(variable: $0, name: field))) } ?? .opaque
        case .not(let operand): return add(operand).map { .not($0) }
        case .negate(let operand): return add(operand).map { .negate($0) }
        case .and(let operands): return all(operands).map { .and($0) }
        case .or(let operands): return all(operands).map { .or($0) }
        case .conditional(let condition, let yes, let no):
            return all([condition, yes, no]).map { .conditional($0[0], $0[1], $0[2]) }
        case .binary(let infix, let left, let right):
            if let read = besideNull(left, right) ?? besideNull(right, left) {
                if infix == .equal { return .isNull(read) }
                if infix == .unequal { return .isNotNull(read) }
            }
            return all([left, right]).map { .binary(infix, $0[0], $0[1]) }
        default: return .opaque
        }
    }

    private mutating func all(_ operands: [Syntax]) -> [Int]? {
        var places: [Int] = []
        for operand in operands {
            guard let place = add(operand) else { return nil }
            places.append(place)
        }
        return places
    }

    private func variable(_ syntax: Syntax) -> String? {
        guard case .name(let name, _) = syntax.form, !Value.typeNames.contains(name) else { return nil }
        return name
    }

    private mutating func besideNull(_ operand: Syntax, _ other: Syntax) -> Int? {
        guard case .literal(.null) = other.form else { return nil }
        return variable(operand).map { place(of: .presence($0)) }
    }

    private mutating func place(of read: ColumnRead) -> Int {
        if let known = reads.firstIndex(where: { $0.isSame(as: read) }) { return known }
        reads.append(read)
        return reads.count - 1
    }

    private mutating func ownReads(_ syntax: Syntax) -> [Int] {
        var found: Set<Int> = []
        syntax.visitNames(bound: []) { name, parent, isSelected in
            found.insert(place(of: Self.read(name, within: parent, isSelected: isSelected)))
        }
        return found.sorted()
    }

    private static func read(_ name: String, within parent: Syntax?, isSelected: Bool) -> ColumnRead {
        switch parent?.form {
        case .select(_, let field, _)? where isSelected, .has(_, let field, _)? where isSelected:
            return .field(variable: name, name: field)
        case .index(_, let key, _)? where isSelected:
            guard case .literal(.string(let field)) = key.form else { return .whole(name) }
            return .field(variable: name, name: field)
        case .binary(let infix, let left, let right)? where infix == .equal || infix == .unequal:
            for side in [left, right] { if case .literal(.null) = side.form { return .presence(name) } }
            return .whole(name)
        default: return .whole(name)
        }
    }

    private func needs(_ own: [Int]) -> [Need] {
        var variables: [String] = []
        for read in own where !variables.contains(where: { $0.hasSameBytes(as: reads[read].variable) }) {
            variables.append(reads[read].variable)
        }
        return variables.map { variable in
            var fields: [(name: String, read: Int)]? = []
            for read in own where reads[read].variable.hasSameBytes(as: variable) {
                switch reads[read] {
                case .field(_, let name): fields?.append((name, read))
                case .presence: break
                case .whole: fields = nil
                }
            }
            return Need(variable: variable, fields: fields)
        }
    }
}
