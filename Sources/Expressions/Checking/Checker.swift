import Formats

extension Expression {
    /// The type of the expression, given the types of its variables.
    ///
    /// The check is gradual: what is declared `dyn`, or comes from it, is left to the evaluation. Unknown names,
    /// unknown functions and operands that can never fit are errors.
    package func check(_ declarations: Declarations) throws(ExpressionError) -> CheckedType {
        var checker = Checker(declarations)
        do {
            let type = try checker.type(of: syntax)
            return checker.unifier.resolved(type)
        } catch {
            throw ExpressionError(.type(error.message), at: error.offset, in: source)
        }
    }
}

/// Deduces types bottom-up.
struct Checker {
    private let declarations: Declarations
    /// Collects problems instead of stopping at the first, and minds what is untyped.
    let isStrict: Bool
    private(set) var problems: [TypeProblem] = []
    var unifier: Unifier
    private var locals: [(name: String, type: CheckedType)] = []
    /// How many macros over lists stand around.
    private var loops = 0
    /// Whether null may say that there is nothing in the part that is looked at next: in the whole, or in a branch
    /// of the choice that is the whole.
    var mayBeNull = false

    init(_ declarations: Declarations, isStrict: Bool = false) {
        self.declarations = declarations
        self.isStrict = isStrict
        unifier = Unifier(takesNullForTimes: !isStrict)
    }

    mutating func type(of syntax: Syntax) throws(TypeProblem) -> CheckedType {
        isStrict ? recovered(syntax) : try deduced(syntax)
    }

    /// The type; after a problem, which is noted, `dyn`, so that one mistake is reported once.
    mutating func recovered(_ syntax: Syntax) -> CheckedType {
        do {
            return try deduced(syntax)
        } catch {
            note(error)
            return .dyn
        }
    }

    /// Notes a problem, or stops at it when the check is not strict.
    private mutating func report(_ problem: TypeProblem) throws(TypeProblem) {
        if !isStrict { throw problem }
        note(problem)
    }

    private mutating func note(_ problem: TypeProblem) {
        if problems.count < StrictCheck.mostProblems { problems.append(problem) }
    }

    private mutating func deduced(_ syntax: Syntax) throws(TypeProblem) -> CheckedType {
        let orNull = mayBeNull
        mayBeNull = false
        switch syntax.form {
        case .literal(let value): return Self.type(of: value)
        case .name(let name, let absolute): return try named(name, absolute: absolute, at: syntax.offset)
        case .select(let operand, let field, let optional):
            if let type = qualified(syntax) { return type }
            let selected = try selection(field, from: try type(of: operand), at: syntax.offset)
            if optional, case .applied("optional_type", _) = unifier.shallow(selected) { return selected }
            return optional ? .optional(selected) : selected
        case .has(let operand, let field, _):
            _ = try selection(field, from: try type(of: operand), at: syntax.offset)
            return .bool
        case .index(let operand, let key, let optional):
            return try index(operand, key, optional, at: syntax.offset)
        case .matches(let text, _):
            try require(text, .string, "matches()")
            return .bool
        case .call(let function, let arguments) where function == .greatest || function == .least:
            return try extreme(function, try types(of: arguments), at: syntax.offset)
        case .call(let function, let arguments):
            if let type = try strictly(function, arguments, at: syntax.offset) { return type }
            return try call(
                function.rawValue, function.overloads, try types(of: arguments), at: syntax.offset)
        case .unknownCall(let name, let arguments):
            let overloads = declarations.overloads(of: name)
            if overloads.isEmpty {
                if isStrict { _ = try types(of: arguments) }
                throw unknown(name, at: syntax.offset)
            }
            return try call(name, overloads, try types(of: arguments), at: syntax.offset)
        case .negate(let operand):
            return try call(
                "-", ["int -> int", "double -> double"].map { Overload($0) }, [try type(of: operand)],
                at: syntax.offset)
        case .not(let operand):
            try require(operand, .bool, "!")
            return .bool
        case .binary(let infix, let left, let right):
            return try call(
                infix.rawValue, infix.overloads, [try type(of: left), try type(of: right)], at: syntax.offset)
        case .and(let operands), .or(let operands):
            for operand in operands { try require(operand, .bool, "&& and ||") }
            return .bool
        case .conditional(let condition, let yes, let no):
            try require(condition, .bool, "?:")
            return try choice(yes, no, orNull: orNull, at: syntax.offset)
        case .list, .map: return try collection(syntax)
        case .comprehension(let comprehension): return try comprehended(comprehension, at: syntax.offset)
        case .bind(let name, let bound, let body):
            return try type(of: body, with: [(name, try type(of: bound))])
        case .optionalMap(let operand, let name, let body, let flat):
            let content = unifier.open()
            guard unifier.accepts(.optional(content), try type(of: operand)) else {
                throw failure("optMap() needs an optional before the dot", at: operand.offset)
            }
            let result = try type(of: body, with: [(name, content)])
            return flat ? result : .optional(result)
        }
    }

    /// The type of a choice; where null may stand, that of the other branch.
    private mutating func choice(
        _ yes: Syntax, _ no: Syntax, orNull: Bool, at offset: Int
    ) throws(TypeProblem) -> CheckedType {
        mayBeNull = orNull
        let first = try type(of: yes)
        mayBeNull = orNull
        let second = try type(of: no)
        if orNull, unifier.shallow(first) == .null { return second }
        if orNull, unifier.shallow(second) == .null { return first }
        return try call("?:", [Overload("A; A -> A")], [first, second], at: offset)
    }

    func failure(_ problem: String, remedy: String = "", at offset: Int) -> TypeProblem {
        TypeProblem(.type, problem, remedy: remedy, at: offset)
    }

    private func name(_ type: CheckedType) -> String { unifier.resolved(type).description }

    private static func type(of value: Value) -> CheckedType {
        switch value {
        case .timestamp: .timestamp
        case .duration: .duration
        case .list: .list(.dyn)
        case .map: .map(.dyn, .dyn)
        default: .named(value.typeName)
        }
    }

    /// Runs a check inside one more macro over a list.
    mutating func inLoop(at offset: Int, _ body: (inout Checker) throws(TypeProblem) -> Void)
        throws(TypeProblem)
    {
        loops += 1
        defer { loops -= 1 }
        if isStrict, loops == StrictCheck.nestedMacros + 1 {
            try report(
                TypeProblem(
                    .nesting, "macros over lists stand \(loops) deep in each other",
                    remedy:
                        "nest at most \(StrictCheck.nestedMacros); split the test, or bring the lists to one",
                    at: offset))
        }
        try body(&self)
    }

    private mutating func types(of arguments: [Syntax]) throws(TypeProblem) -> [CheckedType] {
        var types: [CheckedType] = []
        for argument in arguments { types.append(try type(of: argument)) }
        return types
    }

    mutating func type(
        of body: Syntax, with variables: [(name: String, type: CheckedType)]
    ) throws(TypeProblem) -> CheckedType {
        locals.append(contentsOf: variables)
        defer { locals.removeLast(variables.count) }
        return try type(of: body)
    }

    mutating func require(_ syntax: Syntax, _ wanted: CheckedType, _ context: String) throws(TypeProblem) {
        let given = try type(of: syntax)
        if !unifier.accepts(wanted, given) {
            try report(failure("\(context) needs \(wanted) here, not \(name(given))", at: syntax.offset))
        }
    }

    private func named(_ name: String, absolute: Bool, at offset: Int) throws(TypeProblem) -> CheckedType {
        if !absolute, let local = locals.last(where: { $0.name.hasSameBytes(as: name) }) { return local.type }
        if let type = declarations.resolve(name, absolute: absolute) { return type }
        if Value.typeNames.contains(name) { return .type(.named(name)) }
        throw TypeProblem(
            .name, "nothing is called '\(name)' here", word: name,
            known: (declarations.names + locals.map(\.name)).sorted(), at: offset)
    }

    private func qualified(_ syntax: Syntax) -> CheckedType? {
        guard let path = syntax.path, let root = path.names.first,
            path.absolute || !locals.contains(where: { $0.name.hasSameBytes(as: root) })
        else { return nil }
        return declarations.resolve(path.names.joined(separator: "."), absolute: path.absolute)
    }

    private mutating func selection(
        _ field: String, from type: CheckedType, at offset: Int
    ) throws(TypeProblem) -> CheckedType {
        switch unifier.shallow(type) {
        case .dyn, .open: return .dyn
        case .record(let record): return try self.field(field, of: record, at: offset)
        case .applied("map", let parameters) where unifier.accepts(.string, parameters[0]):
            return parameters[1]
        case .applied("optional_type", let parameters):
            return .optional(try selection(field, from: parameters[0], at: offset))
        default: throw failure("\(name(type)) has no fields, so no '\(field)'", at: offset)
        }
    }

    private mutating func index(
        _ operand: Syntax, _ key: Syntax, _ optional: Bool, at offset: Int
    ) throws(TypeProblem) -> CheckedType {
        var container = try type(of: operand)
        if case .record(let record) = unifier.shallow(container) {
            return try element(of: record, key, optional: optional, at: offset)
        }
        let key = try type(of: key)
        var wraps = optional
        if case .applied("optional_type", let parameters) = unifier.shallow(container) {
            container = parameters[0]
            wraps = true
        }
        let element = try call(
            "[]", ["list(A); int -> A", "map(A, B); A -> B"].map { Overload($0) }, [container, key],
            at: offset)
        return wraps ? .optional(element) : element
    }

    /// `math.greatest` and `math.least` take any number of numbers, or one list of them.
    private mutating func extreme(
        _ function: Function, _ arguments: [CheckedType], at offset: Int
    ) throws(TypeProblem) -> CheckedType {
        var given = arguments
        if given.count == 1, case .applied("list", let parameters) = unifier.shallow(given[0]) {
            given = parameters
        }
        var result: CheckedType?
        for type in given.map({ unifier.shallow($0) }) {
            guard [.int, .uint, .double, .dyn].contains(type) else {
                throw failure("'\(function.rawValue)' takes numbers, not \(name(type))", at: offset)
            }
            result = result.map { $0 == type ? type : .dyn } ?? type
        }
        guard let result else {
            throw failure("'\(function.rawValue)' needs at least one number", at: offset)
        }
        return result
    }

    /// The result of the overloads that fit; dyn when several fit with different results.
    private mutating func call(
        _ function: String, _ overloads: [Overload], _ arguments: [CheckedType], at offset: Int
    ) throws(TypeProblem) -> CheckedType {
        var result: CheckedType?
        for overload in overloads where overload.arguments.count == arguments.count {
            let before = unifier.mark()
            var parameters: [String: CheckedType] = [:]
            for name in overload.typeParameters { parameters[name] = unifier.open() }
            let fits = zip(overload.arguments, arguments).allSatisfy { notation, given in
                guard let wanted = CheckedType(notation: notation, parameters: parameters) else {
                    return false
                }
                return unifier.accepts(wanted, given)
            }
            let given = CheckedType(notation: overload.result, parameters: parameters) ?? .dyn
            guard fits, let earlier = result else {
                if fits { result = given } else { unifier.undo(to: before) }
                continue
            }
            let other = unifier.resolved(given)
            unifier.undo(to: before)
            if unifier.resolved(earlier) != other { result = .dyn }
        }
        if let result { return result }
        let given = arguments.map { name($0) }.joined(separator: ", ")
        throw failure(
            "'\(function)' is not defined for (\(given))", remedy: remedy(function, overloads, arguments),
            at: offset)
    }
}
