extension Expression {
    /// A truth value in SQL: true, false, and NULL where the expression has no value or one that is no truth value.
    ///
    /// SQL's AND, OR and NOT over NULL are CEL's over errors: `true OR NULL` is true, `false AND NULL` is false.
    package func sqlCondition(_ scope: SQLScope) throws(SQLTranslationError) -> String {
        try sqlTerm(syntax, scope).condition
    }

    /// A value in SQL.
    package func sqlValue(_ scope: SQLScope) throws(SQLTranslationError) -> SQLValueText {
        let term = try sqlTerm(syntax, scope)
        return SQLValueText(sql: term.value, type: term.type)
    }

    /// A value in SQL by which records are matched. NULL where it has no value, and where a choice says by null that
    /// there is none: who uses it has to know that no record says so.
    package func sqlKey(_ scope: SQLScope) throws(SQLTranslationError) -> SQLValueText {
        let term = try sqlTerm(syntax, scope, isKey: true)
        return SQLValueText(sql: term.value, type: term.type)
    }

    /// The instants, in microseconds, from which on a comparison with this variable may have another truth.
    package func sqlFlips(of variable: String, _ scope: SQLScope) throws(SQLTranslationError) -> [String] {
        // What the evaluator cannot split is not split here either.
        guard let atoms = try? temporalAtoms(of: variable) else { return [] }
        var found: [String] = []
        for atom in atoms {
            let turn = try sqlTerm(atom.turn, scope)
            guard turn.type == .timestamp else { continue }
            found.append(atom.includesTurn ? "(\(turn.sql)) + 1" : turn.sql)
        }
        return found
    }

    private func sqlTerm(
        _ syntax: Syntax, _ scope: SQLScope, isKey: Bool = false
    ) throws(SQLTranslationError) -> SQLTerm {
        var translator = SQLTranslator(scope: scope, cost: allowance)
        do {
            return try isKey ? translator.key(syntax) : translator.term(syntax)
        } catch {
            throw SQLTranslationError(error.construct, at: error.offset, in: source)
        }
    }
}

/// Walks an expression and writes it as SQL.
struct SQLTranslator {
    struct Failure: Error {
        let construct: String
        let offset: Int
    }

    var scope: SQLScope
    let cost: CostAllowance
    private var depth = 0

    init(scope: SQLScope, cost: CostAllowance) {
        self.scope = scope
        self.cost = cost
    }

    mutating func term(_ syntax: Syntax) throws(Failure) -> SQLTerm {
        if let constant = try constant(syntax) { return constant }
        switch syntax.form {
        case .literal: throw Failure(construct: "this constant", offset: syntax.offset)
        case .name(let name, _): return try named(name, at: syntax.offset)
        case .select, .has, .index: return try member(syntax)
        case .call(let function, let arguments): return try call(function, arguments, at: syntax.offset)
        case .matches: throw Failure(construct: "a regular expression", offset: syntax.offset)
        case .unknownCall: return .error
        case .negate(let operand): return try negated(try term(operand), at: syntax.offset)
        case .not(let operand): return .condition("(NOT \(try term(operand).condition))")
        case .binary(.isIn, let left, let right): return try isIn(left, right, at: syntax.offset)
        case .binary(let infix, let left, let right):
            return try binary(infix, try term(left), try term(right), at: syntax.offset)
        case .and(let operands): return .condition(try joined(operands, " AND "))
        case .or(let operands): return .condition(try joined(operands, " OR "))
        case .conditional(let condition, let yes, let no):
            return try conditional(try term(condition), try term(yes), try term(no), at: syntax.offset)
        case .list(let elements):
            var items: [SQLTerm] = []
            for element in elements {
                if element.optional {
                    throw Failure(construct: "an optional element", offset: element.value.offset)
                }
                items.append(try term(element.value))
            }
            return SQLTerm(sql: "NULL", form: .null, items: items)
        case .map: throw Failure(construct: "a map", offset: syntax.offset)
        case .comprehension(let comprehension): return try quantified(comprehension, at: syntax.offset)
        case .bind: throw Failure(construct: "cel.bind()", offset: syntax.offset)
        case .optionalMap: throw Failure(construct: "optMap()", offset: syntax.offset)
        }
    }

    /// What depends on no name is computed here and now, and written as a constant.
    private func constant(_ syntax: Syntax) throws(Failure) -> SQLTerm? {
        if case .name = syntax.form { return nil }
        var isFree = true
        syntax.visitNames(bound: []) { _, _, _ in isFree = false }
        guard isFree else { return nil }
        let constant = try? Evaluator.evaluate(Bindings(), cost: cost) { evaluator throws(EvaluationError) in
            try evaluator.value(of: syntax)
        }
        guard let value = constant else { return .error }
        if case .list(let elements) = value, elements.contains(where: \.isList) {
            throw Failure(construct: "a list of lists", offset: syntax.offset)
        }
        guard let term = SQLTerm(constant: value) else {
            throw Failure(construct: "a constant of type \(value.typeName)", offset: syntax.offset)
        }
        return term
    }

    private func named(_ name: String, at offset: Int) throws(Failure) -> SQLTerm {
        switch scope.variable(name) {
        case .instant(let sql): return .value(sql, .timestamp)
        case .element(let term): return term
        case .record(_, let found): return SQLTerm(sql: "NULL", form: .record(found: found))
        case nil: throw Failure(construct: "the name '\(name)'", offset: offset)
        }
    }

    private mutating func joined(_ operands: [Syntax], _ word: String) throws(Failure) -> String {
        var parts: [String] = []
        for operand in operands { parts.append(try term(operand).condition) }
        return "(\(parts.joined(separator: word)))"
    }

    /// A term of which, where it is a choice, a branch may be null.
    mutating func key(_ syntax: Syntax) throws(Failure) -> SQLTerm {
        guard case .conditional(let condition, let yes, let no) = syntax.form else { return try term(syntax) }
        return try conditional(try term(condition), try branch(yes), try branch(no), at: syntax.offset)
    }

    private mutating func branch(_ syntax: Syntax) throws(Failure) -> SQLTerm {
        if case .literal(.null) = syntax.form { return .error }
        return try key(syntax)
    }

    private func conditional(
        _ condition: SQLTerm, _ yes: SQLTerm, _ no: SQLTerm, at offset: Int
    ) throws(Failure) -> SQLTerm {
        for branch in [yes, no] {
            if let construct = branch.beyondChoice { throw Failure(construct: construct, offset: offset) }
        }
        let form = yes.form == .error ? no.form : yes.form
        let fits = [yes, no].allSatisfy { $0.form == form || $0.form == .error }
        if !fits { throw Failure(construct: "a choice between values of two types", offset: offset) }
        let truth = SQLTerm.condition(condition.condition).value
        func choice(_ yes: String, _ no: String) -> String {
            "(CASE \(truth) WHEN 1 THEN \(yes) WHEN 0 THEN \(no) END)"
        }
        let bound = max(yes.bound, no.bound)
        switch form {
        case .value(let type): return .value(choice(yes.value, no.value), type, bound: bound)
        case .optional:
            return SQLTerm(
                sql: choice(yes.sql, no.sql), form: form, bound: bound,
                found: choice(yes.isFound, no.isFound))
        // Neither branch ever has a value; others have been refused.
        default: return .error
        }
    }

    // MARK: Lists

    private mutating func isIn(_ left: Syntax, _ right: Syntax, at offset: Int) throws(Failure) -> SQLTerm {
        let element = try term(left)
        let list = try term(right)
        if let items = list.items {
            let present = ([element] + items.filter { !$0.isConstant }).map { "\($0.presence) IS NOT NULL" }
            var equal: [String] = []
            for item in items { equal.append(try self.equal(element, item, at: offset)) }
            let any = equal.isEmpty ? "(1 = 0)" : "(\(equal.joined(separator: " OR ")))"
            return .condition("(CASE WHEN \(present.joined(separator: " AND ")) THEN \(any) END)")
        }
        guard case .list(let type)? = list.type, let rows = list.elements else {
            if list.type != nil || list.form == .error { return .condition("(NULL = 1)") }
            throw Failure(construct: "'in' over something else than a list", offset: offset)
        }
        let (name, item) = enter(type)
        let equal = try self.equal(element, item, at: offset)
        return .condition(
            "(CASE WHEN \(element.presence) IS NOT NULL AND \(list.value) IS NOT NULL THEN EXISTS (SELECT 1 FROM "
                + "\(rows.table) \(name) WHERE \(name).row_id = \(rows.owner) AND \(equal)) END)")
    }

    private mutating func enter(_ type: SQLType) -> (name: String, item: SQLTerm) {
        depth += 1
        let name = "e\(depth)"
        let item = SQLTerm.value("\(name).value", type, bound: Self.largestField)
        return (name, item)
    }

    /// `all`, `exists` and `exists_one` over a list: counts of the elements that pass, fail, and cannot be judged.
    private mutating func quantified(
        _ comprehension: Syntax.Comprehension, at offset: Int
    ) throws(Failure) -> SQLTerm {
        guard let condition = comprehension.condition, comprehension.second == nil,
            comprehension.result == nil,
            comprehension.kind != .filter
        else { throw Failure(construct: "the macro \(comprehension.kind.rawValue)()", offset: offset) }
        let list = try term(comprehension.range)
        if let items = list.items {
            return try writtenOut(comprehension, condition, over: items, at: offset)
        }
        if list.form == .error { return .error }
        guard case .list(let type)? = list.type, let rows = list.elements else {
            throw Failure(construct: "a macro over something else than a list field", offset: offset)
        }
        let outer = scope
        let (name, item) = enter(type)
        scope.bind(comprehension.first, element: item)
        let truth = SQLTerm.condition(try term(condition).condition).value
        scope = outer
        let judged = "j\(name)"
        let yes = "COUNT(CASE WHEN \(judged).truth = 1 THEN 1 END)"
        let no = "COUNT(CASE WHEN \(judged).truth = 0 THEN 1 END)"
        let answer =
            switch comprehension.kind {
            case .exists: "WHEN \(yes) > 0 THEN 1 WHEN \(no) = COUNT(*) THEN 0"
            case .all: "WHEN \(no) > 0 THEN 0 WHEN \(yes) = COUNT(*) THEN 1"
            default: "WHEN \(yes) + \(no) < COUNT(*) THEN NULL WHEN \(yes) = 1 THEN 1 ELSE 0"
            }
        // Judged first and counted then: a count of what reads no element would count the rows of the query around it, and
        // inside a count DuckDB finds no names of the queries around.
        return .value(
            "(CASE WHEN \(list.value) IS NOT NULL THEN (SELECT CASE \(answer) END FROM (SELECT \(truth) AS truth "
                + "FROM \(rows.table) \(name) WHERE \(name).row_id = \(rows.owner)) AS \(judged)) END)",
            .flag)
    }
}

extension SQLTerm {
    /// What a choice cannot be made of, in words; nil for what it can.
    fileprivate var beyondChoice: String? {
        if items != nil || elements != nil { return "a choice between lists" }
        return switch form {
        case .value(.list): "a choice between lists"
        case .record: "a choice between records"
        case .null: "a choice with null"
        case .value, .optional, .error: nil
        }
    }

    /// For an optional, 1 where there is one, and NULL where there was nothing to select from.
    fileprivate var isFound: String {
        if form == .error { return "NULL" }
        return found.map { "(CASE WHEN \($0) IS NOT NULL THEN 1 END)" } ?? "1"
    }
}

extension Value {
    fileprivate var isList: Bool { if case .list = self { true } else { false } }
}
