extension Parser {
    /// What follows an operand: selections, indices and method calls.
    mutating func members(of operand: Syntax) throws(Lexer.Failure) -> Syntax {
        var operand = operand
        while true {
            let offset = current.offset
            if take(.dot) {
                let optional = take(.question)
                operand = try member(of: operand, optional: optional)
            } else if take(.openBracket) {
                let optional = take(.question)
                let key = try expression()
                try expect(.closeBracket)
                operand = try node(.index(operand, key, optional: optional), at: offset)
            } else if current.kind == .symbol(.openBrace), operand.path != nil {
                throw Lexer.Failure(
                    reason: .unsupported("messages cannot be built here; write a map {'field': value}"),
                    offset: offset)
            } else {
                return operand
            }
        }
    }

    private mutating func member(of operand: Syntax, optional: Bool) throws(Lexer.Failure) -> Syntax {
        let offset = current.offset
        switch current.kind {
        case .quotedName(let name):
            advance()
            return try node(.select(operand, field: name, optional: optional), at: offset)
        case .name(let name) where name != "in" && name != "true" && name != "false" && name != "null":
            advance()
            if !optional, take(.openParenthesis) {
                return try method(name, of: operand, try arguments(), at: offset)
            }
            let selection = try node(.select(operand, field: name, optional: optional), at: offset)
            // The names of the types of time and of addresses hold dots; nothing else of their packages exists here.
            if let path = selection.path, (2...3).contains(path.names.count) {
                let name = path.names.joined(separator: ".")
                if Value.typeNames.contains(name) {
                    return Syntax(.name(name, absolute: path.absolute), at: operand.offset)
                }
            }
            return selection
        default: throw unexpected("a field name")
        }
    }

    /// A call without a receiver.
    func call(_ name: String, _ arguments: [Syntax], at offset: Int) throws(Lexer.Failure) -> Syntax {
        guard let function = Function.globals[name] else {
            return try node(.unknownCall(name, arguments), at: offset)
        }
        return try call(function, arguments, at: offset)
    }

    private func call(_ function: Function, _ arguments: [Syntax], at offset: Int) throws(Lexer.Failure)
        -> Syntax
    {
        if function == .matches, arguments.count == 2, case .literal(.string(let source)) = arguments[1].form
        {
            return try node(.matches(arguments[0], try pattern(source, at: arguments[1].offset)), at: offset)
        }
        return try node(.call(function, arguments), at: offset)
    }

    private func pattern(_ source: String, at offset: Int) throws(Lexer.Failure) -> Pattern {
        do {
            return try Pattern(source)
        } catch {
            throw Lexer.Failure(reason: .pattern(error.problem), offset: offset)
        }
    }

    private func method(
        _ name: String, of receiver: Syntax, _ arguments: [Syntax], at offset: Int
    ) throws(Lexer.Failure) -> Syntax {
        if let macro = try macro(name, of: receiver, arguments, at: offset) { return macro }
        if let path = receiver.path {
            // `math.greatest(1, 2)` looks like a method of a variable but is a function of that dotted name.
            let qualified = (path.names + [name]).joined(separator: ".")
            if let function = Function.globals[qualified] { return try call(function, arguments, at: offset) }
        }
        guard let function = Function.methods[name] else {
            return try node(.unknownCall(name, [receiver] + arguments), at: offset)
        }
        return try call(function, [receiver] + arguments, at: offset)
    }
}
