/// What a strict check found out about an expression.
///
/// Strict means: every variable has a declared type and stays typed. There is no `dyn()`, lists hold one type, constants
/// that are converted can be, and macros do not stand in macros without end. All problems are reported, not the first.
package struct StrictCheck: Sendable {
    /// The expression's type; `dyn` where a problem or an undeclared type keeps it unknown.
    package let type: CheckedType
    /// In the order of the source; at most 20, since more would not be read.
    package let problems: [TypeProblem]

    /// Deepest macros inside macros: beyond, the work is more than the cube of a list's length.
    static let nestedMacros = 3
    static let mostProblems = 20
}

extension Expression {
    /// Checks against the types of the variables.
    ///
    /// - Parameters:
    ///   - expected: types of which the whole must have one; none means that any will do.
    ///   - orNull: whether a choice that is the whole may have null for a branch, as in `has(a.x) ? a.x : null`.
    package func checkStrictly(
        _ declarations: Declarations, expecting expected: [CheckedType] = [], orNull: Bool = false
    ) -> StrictCheck {
        var checker = Checker(declarations, isStrict: true)
        checker.mayBeNull = orNull
        let given = checker.recovered(syntax)
        let type = checker.unifier.resolved(given)
        var problems = checker.problems.sorted { $0.offset < $1.offset }
        if problems.isEmpty, !expected.isEmpty,
            !expected.contains(where: { checker.unifier.accepts($0, type) })
        {
            let wanted = expected.map(\.description).joined(separator: " or ")
            problems = [
                TypeProblem(
                    .type, "the expression gives \(type) where \(wanted) is needed",
                    remedy: expected == [.bool] ? "compare it with something" : "", at: 0)
            ]
        }
        return StrictCheck(type: type, problems: problems)
    }
}

extension Checker {
    /// What only a strict check minds about a call.
    mutating func strictly(
        _ function: Function, _ arguments: [Syntax], at offset: Int
    ) throws(TypeProblem) -> CheckedType? {
        guard isStrict else { return nil }
        switch (function, arguments.count) {
        case (.dyn, _):
            throw TypeProblem(
                .untyped, "dyn() hides a type from the check",
                remedy: "remove it, or convert with int(), double() or string()", at: offset)
        // What is formatted may be of many types, though in other lists they are a mistake.
        case (.format, 2):
            guard case .list(let elements) = arguments[1].form else { return nil }
            try require(arguments[0], .string, "format()")
            for element in elements { _ = try type(of: element.value) }
            return .string
        case (.toDuration, 1), (.toTimestamp, 1), (.toInt, 1), (.toUInt, 1), (.toDouble, 1), (.toBool, 1),
            (.ip, 1),
            (.cidr, 1):
            guard case .literal(let value) = arguments[0].form, case .string = value else { return nil }
            do {
                _ = try function.apply([value])
            } catch {
                let reason = EvaluationError(error, at: offset).explanation
                throw TypeProblem(.constant, reason, at: arguments[0].offset)
            }
            return nil
        default: return nil
        }
    }

    /// A list or map literal of mixed types, which a strict check does not let pass.
    func mixed(_ noun: String, _ left: CheckedType, _ right: CheckedType, at offset: Int) -> TypeProblem {
        TypeProblem(
            .untyped, "\(noun) mixes \(unifier.resolved(left)) and \(unifier.resolved(right))",
            remedy: "keep to one type", at: offset)
    }

    /// A function that does not exist, or exists but is called in another way.
    func unknown(_ name: String, at offset: Int) -> TypeProblem {
        var remedy = ""
        if name == "now" {
            remedy = "tests have no clock; in a state test compare with \"at\", the instant of the evaluation"
        } else if Function.globals[name] != nil {
            remedy = "write \(name)(x), not x.\(name)()"
        } else if Function.methods[name] != nil {
            remedy = "write x.\(name)(...), not \(name)(x, ...)"
        } else if Self.macros.contains(name) {
            remedy = "\(name)() is a macro: give it the name of a variable first, such as x.\(name)(y, ...)"
        }
        let known =
            remedy.isEmpty ? Set(Function.globals.keys).union(Function.methods.keys).union(Self.macros) : []
        return TypeProblem(
            .function, "there is no function '\(name)'", remedy: remedy, word: name, known: known.sorted(),
            at: offset)
    }

    private static let macros: Set<String> = [
        "has", "all", "exists", "exists_one", "existsOne", "filter", "map", "transformList", "transformMap",
        "transformMapEntry", "optMap", "optFlatMap", "cel.bind",
    ]

    /// What to do about operands that no overload takes.
    func remedy(_ function: String, _ overloads: [Overload], _ arguments: [CheckedType]) -> String {
        let types = arguments.map { unifier.shallow($0) }
        let isList = types.map { if case .applied("list", _) = $0 { true } else { false } }
        if types.contains(.null) { return "ask with has(x.field) whether a field is there" }
        if function == "contains", isList.first == true { return "write y in x, or x.exists(y, ...)" }
        if Function(rawValue: function) != nil {
            let ways = overloads.map { "(\($0.arguments.joined(separator: ", ")))" }
            return "it takes " + ways.joined(separator: " or ")
        }
        if types.contains(.double), types.contains(.int) {
            return "write the whole number as a decimal: 1.0, not 1"
        }
        if types.contains(.string), types.contains(.timestamp) {
            return "write timestamp('2026-03-01T00:00:00Z')"
        }
        if types.contains(.string), types.contains(.duration) { return "write duration('36h') or days(2)" }
        if types.contains(.int), types.contains(.duration) { return "write days(n) or duration('36h')" }
        if function == "in" { return "to the right of in stands a list of what stands to the left" }
        return types.count == 2 ? "bring both sides to one type" : ""
    }
}
