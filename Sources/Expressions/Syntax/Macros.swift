import Formats

extension Parser {
    /// `has(x.field)`: whether the field is there, without reading it.
    func has(_ arguments: [Syntax], at offset: Int) throws(Lexer.Failure) -> Syntax {
        guard arguments.count == 1, case .select(let operand, let field, let optional) = arguments[0].form
        else {
            throw Lexer.Failure(
                reason: .macro("has() takes one selection, such as has(x.field)"), offset: offset)
        }
        return try node(.has(operand, field: field, optional: optional), at: arguments[0].offset)
    }

    /// The macro of this name and number of arguments; nil when it is an ordinary method.
    func macro(
        _ name: String, of receiver: Syntax, _ arguments: [Syntax], at offset: Int
    ) throws(Lexer.Failure) -> Syntax? {
        switch (name, arguments.count) {
        case ("all", 2), ("all", 3), ("exists", 2), ("exists", 3), ("filter", 2):
            return try comprehension(
                name, receiver, arguments, condition: arguments.count - 1, result: nil, at: offset)
        case ("exists_one", 2), ("existsOne", 2), ("exists_one", 3), ("existsOne", 3):
            return try comprehension(
                "existsOne", receiver, arguments, condition: arguments.count - 1, result: nil, at: offset)
        case ("map", 2):
            return try comprehension(name, receiver, arguments, condition: nil, result: 1, at: offset)
        case ("map", 3):
            return try comprehension(name, receiver, arguments, condition: 1, result: 2, at: offset)
        case ("transformList", 3), ("transformMap", 3), ("transformMapEntry", 3):
            return try comprehension(name, receiver, arguments, condition: nil, result: 2, at: offset)
        case ("transformList", 4), ("transformMap", 4), ("transformMapEntry", 4):
            return try comprehension(name, receiver, arguments, condition: 2, result: 3, at: offset)
        case ("optMap", 2), ("optFlatMap", 2):
            let variable = try variable(arguments[0], of: name)
            return try node(
                .optionalMap(receiver, variable, arguments[1], flat: name == "optFlatMap"), at: offset)
        case ("bind", 3):
            guard let path = receiver.path, path.names == ["cel"] else { return nil }
            return try node(
                .bind(try variable(arguments[0], of: name), arguments[1], arguments[2]), at: offset)
        default: return nil
        }
    }

    /// The variables stand before the first of condition and result.
    private func comprehension(
        _ name: String, _ range: Syntax, _ arguments: [Syntax], condition: Int?, result: Int?, at offset: Int
    ) throws(Lexer.Failure) -> Syntax? {
        guard let kind = Syntax.Comprehension.Kind(rawValue: name) else { return nil }
        let variables = condition ?? result ?? 1
        let first = try variable(arguments[0], of: name)
        let second = variables > 1 ? try variable(arguments[1], of: name) : nil
        if let second, second.hasSameBytes(as: first) {
            throw Lexer.Failure(
                reason: .macro("the two variables of \(name)() need different names"),
                offset: arguments[1].offset)
        }
        return try node(
            .comprehension(
                Syntax.Comprehension(
                    kind: kind, range: range, first: first, second: second,
                    condition: condition.map { arguments[$0] }, result: result.map { arguments[$0] })),
            at: offset)
    }

    private func variable(_ argument: Syntax, of name: String) throws(Lexer.Failure) -> String {
        guard case .name(let variable, absolute: false) = argument.form else {
            throw Lexer.Failure(
                reason: .macro("\(name)() takes the name of a variable here, such as \(name)(x, ...)"),
                offset: argument.offset)
        }
        return variable
    }
}
