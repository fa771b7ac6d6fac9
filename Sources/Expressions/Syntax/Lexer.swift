/// Cuts a source into tokens, working on its bytes.
struct Lexer {
    /// What is wrong and where; the parser adds line and column.
    struct Failure: Error {
        let reason: ExpressionError.Reason
        let offset: Int
    }

    private let bytes: [UInt8]
    private var at = 0

    init(_ source: String) {
        bytes = Array(source.utf8)
    }

    /// All tokens, the last of them `.end`.
    static func tokens(of source: String) throws(Failure) -> [Token] {
        var lexer = Lexer(source)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private func peek(_ distance: Int = 0) -> UInt8 {
        at + distance < bytes.count ? bytes[at + distance] : 0
    }

    private mutating func next() throws(Failure) -> Token {
        skipBlanks()
        let start = at
        guard at < bytes.count else { return Token(kind: .end, offset: start) }
        let byte = bytes[at]
        let kind: Token.Kind
        if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && Self.isDigit(peek(1))) {
            kind = try number()
        } else if let prefix = stringPrefix() {
            kind = try text(prefix)
        } else if Self.isLetter(byte) {
            while at < bytes.count, Self.isLetter(bytes[at]) || Self.isDigit(bytes[at]) { at += 1 }
            kind = .name(String(decoding: bytes[start..<at], as: UTF8.self))
        } else if byte == UInt8(ascii: "`") {
            kind = try quotedName()
        } else {
            kind = .symbol(try symbol())
        }
        return Token(kind: kind, offset: start)
    }

    private mutating func skipBlanks() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0A, 0x0C, 0x0D: at += 1
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                while at < bytes.count, bytes[at] != 0x0A { at += 1 }
            default: return
            }
        }
    }

    private mutating func symbol() throws(Failure) -> Token.Symbol {
        // Symbols of two characters stand first in the list, so `<=` is never read as `<`.
        for symbol in Token.Symbol.allCases where bytes[at...].starts(with: symbol.rawValue.utf8) {
            at += symbol.rawValue.utf8.count
            return symbol
        }
        throw Failure(
            reason: .unexpected(
                found: "a character that CEL does not use", expected: "an operator or operand"),
            offset: at)
    }

    private mutating func quotedName() throws(Failure) -> Token.Kind {
        let start = at
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "`"), bytes[at] != 0x0A { at += 1 }
        let name = String(decoding: bytes[(start + 1)..<at], as: UTF8.self)
        guard peek() == UInt8(ascii: "`"), !name.isEmpty, name.utf8.allSatisfy(Self.mayStandInQuotedName)
        else {
            throw Failure(
                reason: .literal(
                    "a quoted field name holds letters, digits, '_', '.', '-', '/' or spaces, and ends in '`'"
                ),
                offset: start)
        }
        at += 1
        return .quotedName(name)
    }

    private mutating func number() throws(Failure) -> Token.Kind {
        let start = at
        if peek() == UInt8(ascii: "0"), peek(1) | 0x20 == UInt8(ascii: "x") {
            at += 2
            let digits = run(Self.isHexDigit)
            return try whole(digits, radix: 16, start: start)
        }
        var text = run(Self.isDigit)
        var isWhole = true
        if peek() == UInt8(ascii: "."), Self.isDigit(peek(1)) {
            isWhole = false
            at += 1
            text += "." + run(Self.isDigit)
        }
        if peek() | 0x20 == UInt8(ascii: "e") {
            let signed = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
            if Self.isDigit(peek(signed ? 2 : 1)) {
                isWhole = false
                text += "e" + (peek(1) == UInt8(ascii: "-") ? "-" : "")
                at += signed ? 2 : 1
                text += run(Self.isDigit)
            }
        }
        if isWhole { return try whole(text, radix: 10, start: start) }
        guard let value = Double(text.hasPrefix(".") ? "0" + text : text) else {
            throw Failure(reason: .literal("this number cannot be read"), offset: start)
        }
        guard value.isFinite else {
            throw Failure(reason: .literal("this number is larger than any double"), offset: start)
        }
        try endOfNumber(start)
        return .double(value)
    }

    private mutating func whole(_ digits: String, radix: Int, start: Int) throws(Failure) -> Token.Kind {
        guard !digits.isEmpty else {
            throw Failure(reason: .literal("hexadecimal digits are missing after 0x"), offset: start)
        }
        guard let value = UInt64(digits, radix: radix) else {
            throw Failure(reason: .literal("this whole number does not fit 64 bits"), offset: start)
        }
        let isUnsigned = peek() | 0x20 == UInt8(ascii: "u")
        if isUnsigned { at += 1 }
        try endOfNumber(start)
        return isUnsigned ? .unsigned(value) : .integer(value)
    }

    private func endOfNumber(_ start: Int) throws(Failure) {
        if Self.isLetter(peek()) || Self.isDigit(peek()) {
            throw Failure(
                reason: .literal("a number runs into a name; put a space or an operator between"), offset: at)
        }
    }

    private mutating func run(_ accept: (UInt8) -> Bool) -> String {
        let start = at
        while at < bytes.count, accept(bytes[at]) { at += 1 }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    /// The letters before a quote, when a string or bytes literal starts here.
    private func stringPrefix() -> (length: Int, isRaw: Bool, isBytes: Bool)? {
        var length = 0
        var isRaw = false
        var isBytes = false
        if peek() | 0x20 == UInt8(ascii: "b") {
            isBytes = true
            length = 1
        }
        if peek(length) | 0x20 == UInt8(ascii: "r") {
            isRaw = true
            length += 1
        }
        let quote = peek(length)
        guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
        return (length, isRaw, isBytes)
    }

    private mutating func text(_ prefix: (length: Int, isRaw: Bool, isBytes: Bool)) throws(Failure)
        -> Token.Kind
    {
        let start = at
        at += prefix.length
        let quote = bytes[at]
        let isTriple = peek(1) == quote && peek(2) == quote
        at += isTriple ? 3 : 1
        var reader = QuotedText(isBytes: prefix.isBytes)
        while true {
            guard at < bytes.count, isTriple || (bytes[at] != 0x0A && bytes[at] != 0x0D) else {
                throw Failure(reason: .literal("this text is not closed"), offset: start)
            }
            if bytes[at] == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                at += isTriple ? 3 : 1
                break
            }
            if bytes[at] == UInt8(ascii: "\\"), !prefix.isRaw {
                guard let length = reader.appendEscape(bytes[at...]) else {
                    throw Failure(reason: .literal(QuotedText.escapes(inBytes: prefix.isBytes)), offset: at)
                }
                at += length
            } else {
                reader.append(bytes[at])
                at += 1
            }
        }
        return prefix.isBytes ? .bytes(reader.bytes) : .string(String(decoding: reader.bytes, as: UTF8.self))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isHexDigit(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isHexDigit && byte < 0x80
    }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
    }
    private static func mayStandInQuotedName(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || ".-/ ".utf8.contains(byte)
    }
}
