/// One word of the source.
struct Token: Sendable {
    enum Kind: Sendable, Equatable {
        case name(String)
        /// A field name in backticks.
        case quotedName(String)
        case integer(UInt64)
        case unsigned(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        case symbol(Symbol)
        case end
    }

    enum Symbol: String, Sendable, CaseIterable {
        case equal = "==", unequal = "!=", lessOrEqual = "<=", greaterOrEqual = ">=", and = "&&", or = "||"
        case less = "<", greater = ">", plus = "+", minus = "-", times = "*", slash = "/", percent = "%",
            not = "!"
        case question = "?", colon = ":", comma = ",", dot = "."
        case openParenthesis = "(", closeParenthesis = ")", openBracket = "[", closeBracket = "]"
        case openBrace = "{", closeBrace = "}"
    }

    let kind: Kind
    let offset: Int

    /// The token as a message names it. Literals are not repeated, only their sort.
    var description: String {
        switch kind {
        case .name(let name): "'\(name)'"
        case .quotedName(let name): "'`\(name)`'"
        case .integer, .unsigned, .double: "a number"
        case .string: "a string"
        case .bytes: "a bytes literal"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .end: "the end"
        }
    }

    /// Words that may name fields and methods, but no variables and no functions.
    static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
        "package",
        "namespace", "return", "var", "void", "while",
    ]
}
