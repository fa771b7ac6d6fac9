/// Builds the tree from the tokens: operator precedence climbing over `Syntax`.
///
/// Chains of `&&` and `||` become one node each, so that a long list of conditions is not a deep tree.
struct Parser {
    private let tokens: [Token]
    private var position = 0
    private let limits: ExpressionLimits
    private var depth = 0

    init(_ tokens: [Token], limits: ExpressionLimits) {
        self.tokens = tokens
        self.limits = limits
    }

    static func parse(_ source: String, limits: ExpressionLimits) throws(Lexer.Failure) -> Syntax {
        guard source.utf8.count <= limits.sourceBytes else {
            throw Lexer.Failure(reason: .sourceTooLong(limit: limits.sourceBytes), offset: 0)
        }
        var parser = Parser(try Lexer.tokens(of: source), limits: limits)
        let syntax = try parser.expression()
        guard parser.current.kind == .end else { throw parser.unexpected("an operator or the end") }
        return syntax
    }

    var current: Token { tokens[position] }

    mutating func advance() {
        if position < tokens.count - 1 { position += 1 }
    }

    mutating func take(_ symbol: Token.Symbol) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Token.Symbol) throws(Lexer.Failure) {
        if !take(symbol) { throw unexpected("'\(symbol.rawValue)'") }
    }

    func unexpected(_ expected: String) -> Lexer.Failure {
        Lexer.Failure(
            reason: .unexpected(found: current.description, expected: expected), offset: current.offset)
    }

    /// A node, unless it stands higher than the limit.
    func node(_ form: Syntax.Form, at offset: Int) throws(Lexer.Failure) -> Syntax {
        let syntax = Syntax(form, at: offset)
        guard syntax.height <= limits.depth else {
            throw Lexer.Failure(reason: .nestedTooDeeply(limit: limits.depth), offset: offset)
        }
        return syntax
    }

    /// A whole expression: the conditional and everything that binds tighter.
    mutating func expression() throws(Lexer.Failure) -> Syntax {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depth else {
            throw Lexer.Failure(reason: .nestedTooDeeply(limit: limits.depth), offset: current.offset)
        }
        let condition = try operation(.or)
        let offset = current.offset
        guard take(.question) else { return condition }
        let yes = try operation(.or)
        try expect(.colon)
        let no = try expression()
        return try node(.conditional(condition, yes, no), at: offset)
    }

    private enum Strength: Int {
        case or, and, relation, sum, product, unary
    }

    /// Operands joined by operators at least as strong as asked for.
    private mutating func operation(_ weakest: Strength) throws(Lexer.Failure) -> Syntax {
        var left = try unary()
        while let (strength, infix) = infix(), strength.rawValue >= weakest.rawValue {
            let offset = current.offset
            advance()
            let tighter = Strength(rawValue: strength.rawValue + 1) ?? .unary
            if let infix {
                left = try node(.binary(infix, left, try operation(tighter)), at: offset)
                continue
            }
            var operands = [left]
            repeat {
                operands.append(try operation(tighter))
            } while take(strength == .and ? .and : .or)
            left = try node(strength == .and ? .and(operands) : .or(operands), at: offset)
        }
        return left
    }

    private func infix() -> (Strength, Syntax.Operator?)? {
        switch current.kind {
        case .name("in"): return (.relation, .isIn)
        case .symbol(let symbol):
            switch symbol {
            case .or: return (.or, nil)
            case .and: return (.and, nil)
            case .equal: return (.relation, .equal)
            case .unequal: return (.relation, .unequal)
            case .less: return (.relation, .less)
            case .lessOrEqual: return (.relation, .lessOrEqual)
            case .greater: return (.relation, .greater)
            case .greaterOrEqual: return (.relation, .greaterOrEqual)
            case .plus: return (.sum, .add)
            case .minus: return (.sum, .subtract)
            case .times: return (.product, .multiply)
            case .slash: return (.product, .divide)
            case .percent: return (.product, .remainder)
            default: return nil
            }
        default: return nil
        }
    }

    private mutating func unary() throws(Lexer.Failure) -> Syntax {
        // Signs are collected first, so that a long row of them needs no recursion.
        var signs: [Token] = []
        while current.kind == .symbol(.not) || current.kind == .symbol(.minus) {
            signs.append(current)
            advance()
        }
        var operand: Syntax
        if let sign = signs.last, sign.kind == .symbol(.minus), let literal = try negativeLiteral(sign.offset)
        {
            signs.removeLast()
            operand = try members(of: literal)
        } else {
            operand = try members(of: try primary())
        }
        for sign in signs.reversed() {
            operand = try node(sign.kind == .symbol(.not) ? .not(operand) : .negate(operand), at: sign.offset)
        }
        return operand
    }

    /// The number behind a minus as one literal, for only so can the least int be written.
    private mutating func negativeLiteral(_ offset: Int) throws(Lexer.Failure) -> Syntax? {
        let value: Value
        switch current.kind {
        case .integer(let magnitude):
            guard magnitude <= UInt64(Int64.max) + 1 else { throw tooLarge(at: offset) }
            value = .int(Int64(truncatingIfNeeded: 0 &- magnitude))
        case .double(let number): value = .double(-number)
        default: return nil
        }
        advance()
        return Syntax(.literal(value), at: offset)
    }

    private func tooLarge(at offset: Int) -> Lexer.Failure {
        Lexer.Failure(reason: .literal("this int does not fit 64 bits with sign"), offset: offset)
    }

    private mutating func primary() throws(Lexer.Failure) -> Syntax {
        let token = current
        switch token.kind {
        case .integer(let magnitude):
            guard let number = Int64(exactly: magnitude) else { throw tooLarge(at: token.offset) }
            return literal(.int(number))
        case .unsigned(let number): return literal(.uint(number))
        case .double(let number): return literal(.double(number))
        case .string(let text): return literal(.string(text))
        case .bytes(let bytes): return literal(.bytes(bytes))
        case .name(let name): return try named(name, absolute: false)
        case .symbol(.dot):
            advance()
            guard case .name(let name) = current.kind else { throw unexpected("a name") }
            return try named(name, absolute: true)
        case .symbol(.openParenthesis):
            advance()
            let inner = try expression()
            try expect(.closeParenthesis)
            return inner
        case .symbol(.openBracket): return try list()
        case .symbol(.openBrace): return try map()
        default: throw unexpected("an expression")
        }
    }

    private mutating func literal(_ value: Value) -> Syntax {
        defer { advance() }
        return Syntax(.literal(value), at: current.offset)
    }

    private mutating func named(_ name: String, absolute: Bool) throws(Lexer.Failure) -> Syntax {
        let offset = current.offset
        switch name {
        case "true": return literal(.bool(true))
        case "false": return literal(.bool(false))
        case "null": return literal(.null)
        case "in": throw unexpected("an expression")
        default:
            if Token.reserved.contains(name) {
                throw Lexer.Failure(
                    reason: .unsupported("'\(name)' is a reserved word; choose another name"), offset: offset)
            }
        }
        advance()
        guard take(.openParenthesis) else { return Syntax(.name(name, absolute: absolute), at: offset) }
        let arguments = try arguments()
        if name == "has", !absolute { return try has(arguments, at: offset) }
        return try call(name, arguments, at: offset)
    }

    private mutating func list() throws(Lexer.Failure) -> Syntax {
        let offset = current.offset
        advance()
        var elements: [Syntax.Element] = []
        while !take(.closeBracket) {
            let optional = take(.question)
            elements.append(Syntax.Element(value: try expression(), optional: optional))
            if !take(.comma), current.kind != .symbol(.closeBracket) { throw unexpected("',' or ']'") }
        }
        return try node(.list(elements), at: offset)
    }

    private mutating func map() throws(Lexer.Failure) -> Syntax {
        let offset = current.offset
        advance()
        var entries: [Syntax.Entry] = []
        while !take(.closeBrace) {
            let optional = take(.question)
            let key = try expression()
            try expect(.colon)
            entries.append(Syntax.Entry(key: key, value: try expression(), optional: optional))
            if !take(.comma), current.kind != .symbol(.closeBrace) { throw unexpected("',' or '}'") }
        }
        return try node(.map(entries), at: offset)
    }

    /// The arguments behind an opened parenthesis, up to and with the closing one.
    mutating func arguments() throws(Lexer.Failure) -> [Syntax] {
        var arguments: [Syntax] = []
        if take(.closeParenthesis) { return arguments }
        repeat { arguments.append(try expression()) } while take(.comma)
        if !take(.closeParenthesis) { throw unexpected("',' or ')'") }
        return arguments
    }
}
