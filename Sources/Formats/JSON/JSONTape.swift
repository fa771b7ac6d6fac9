/// What a reader of JSON accepts from a stranger.
package struct JSONLimits: Sendable {
    /// Longest text in bytes.
    package var bytes: Int
    /// Deepest nesting of arrays and objects.
    package var depth: Int

    package init(bytes: Int = 16 << 20, depth: Int = 64) {
        self.bytes = bytes
        self.depth = depth
    }

    package static let standard = JSONLimits()
}

/// Why a text is not JSON, and at which byte.
package struct JSONError: Error, Hashable, CustomStringConvertible {
    /// What is wrong with the text.
    package enum Reason: Hashable, Sendable {
        case tooLong(limit: Int), tooDeep(limit: Int)
        case unexpected(String, expected: String)
        case truncated, trailing, badNumber, badEscape, badUTF8, controlCharacter, loneSurrogate
        /// The name is a stranger's text, and no part of the description, which may go on record.
        case duplicateName(String)
    }

    package let reason: Reason
    /// Byte offset from the start of the text, counted from 0.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String {
        let what =
            switch reason {
            case .tooLong(let limit): "longer than \(limit) bytes"
            case .tooDeep(let limit): "nested deeper than \(limit) levels"
            case .unexpected(let found, let expected): "found \(found) where \(expected) was expected"
            case .truncated: "the text ends in the middle of a value"
            case .trailing: "something follows after the value"
            case .badNumber: "not a number as JSON writes it"
            case .badEscape: "unknown escape in a string"
            case .badUTF8: "not valid UTF-8"
            case .controlCharacter: "a control character stands unescaped in a string"
            case .loneSurrogate: "half of a surrogate pair"
            case .duplicateName: "a name occurs twice in one object"
            }
        return "not JSON: \(what) (byte \(offset + 1))"
    }
}

/// A validated JSON text as a flat list of tokens over its bytes; strings are decoded only when somebody asks.
///
/// Accepts exactly RFC 8259 with two restrictions of I-JSON (RFC 7493): no duplicate names, no lone surrogates.
package struct JSONTape: Sendable {
    /// What sort of value a token is.
    package enum Kind: UInt8, Sendable {
        case null, yes, no, number, string, array, object
    }

    struct Token: Sendable {
        var kind: Kind
        /// The string holds escapes, or the number is not a plain integer.
        var special: Bool
        /// Byte range of the text without quotes; for containers, of the whole value.
        var start: Int32
        var end: Int32
        /// Index of the token behind this value and everything in it.
        var next: Int32
    }

    /// One reference for both, so that a node is cheap to hand on.
    private final class Content: Sendable {
        let bytes: [UInt8]
        let tokens: [Token]

        init(_ bytes: [UInt8], _ tokens: [Token]) {
            self.bytes = bytes
            self.tokens = tokens
        }
    }

    private let content: Content

    var bytes: [UInt8] { content.bytes }
    var tokens: [Token] { content.tokens }

    /// Parses a whole text.
    package init(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        guard bytes.count <= min(limits.bytes, Int(Int32.max)) else {
            throw JSONError(.tooLong(limit: limits.bytes), at: limits.bytes)
        }
        var tokens: [Token] = []
        tokens.reserveCapacity(bytes.count / 8 + 4)
        var scanner = JSONScanner(bytes: bytes, depthLimit: limits.depth)
        try scanner.document(into: &tokens)
        content = Content(bytes, tokens)
    }

    /// The outermost value.
    package var root: Node { Node(tape: self, index: 0) }

    /// One value in the tape.
    package struct Node: Sendable {
        let tape: JSONTape
        let index: Int

        private var token: Token { tape.tokens[index] }
        package var kind: Kind { token.kind }

        /// The text of a string, decoded; nil for other kinds.
        package var string: String? {
            token.kind == .string ? tape.text(of: token) : nil
        }

        /// A whole number that fits 64 bits; nil for everything else, `1.0` and `1e3` included.
        package var integer: Int64? {
            guard token.kind == .number, !token.special else { return nil }
            return Int64(tape.rawText(of: token))
        }

        /// The number as it stands in the source.
        package var numberText: String? {
            token.kind == .number ? tape.rawText(of: token) : nil
        }

        /// The elements of an array, in order; empty for other kinds.
        package var elements: [Node] {
            guard token.kind == .array else { return [] }
            var found: [Node] = []
            var at = index + 1
            while at < Int(token.next) {
                found.append(Node(tape: tape, index: at))
                at = Int(tape.tokens[at].next)
            }
            return found
        }

        /// The members of an object, in source order; empty for other kinds.
        package var members: [(name: String, value: Node)] {
            guard token.kind == .object else { return [] }
            var found: [(name: String, value: Node)] = []
            var at = index + 1
            while at < Int(token.next) {
                found.append((tape.text(of: tape.tokens[at]), Node(tape: tape, index: at + 1)))
                at = Int(tape.tokens[at + 1].next)
            }
            return found
        }

        /// The first element of an array; nil for an empty one, and for other kinds.
        package var firstElement: Node? {
            guard token.kind == .array, index + 1 < Int(token.next) else { return nil }
            return Node(tape: tape, index: index + 1)
        }

        /// The member with this name, without decoding the others.
        package subscript(name: String) -> Node? {
            tape.place(of: name, in: index).map { Node(tape: tape, index: $0) }
        }

        /// The text of the member with this name; nil when it is anything else.
        package func text(_ name: String) -> String? {
            guard let place = tape.place(of: name, in: index) else { return nil }
            let token = tape.tokens[place]
            return token.kind == .string ? tape.text(of: token) : nil
        }

        /// How many members an object has; 0 for other kinds.
        package var memberCount: Int {
            guard token.kind == .object else { return 0 }
            var (at, count) = (index + 1, 0)
            while at < Int(token.next) {
                at = Int(tape.tokens[at + 1].next)
                count += 1
            }
            return count
        }

        /// The time that the member with this name holds as text; nil when it is anything else.
        package func instant(_ name: String) -> Instant? {
            guard let place = tape.place(of: name, in: index) else { return nil }
            let token = tape.tokens[place]
            guard token.kind == .string else { return nil }
            if token.special { return Instant(tape.text(of: token)) }
            return tape.bytes.withUnsafeBufferPointer {
                Instant(utf8: UnsafeBufferPointer(rebasing: $0[Int(token.start)..<Int(token.end)]))
            }
        }

        /// The value with everything in it, decoded.
        package var value: JSON { tape.value(at: index) }
    }

    private func place(of name: String, in object: Int) -> Int? {
        let tokens = tokens
        guard tokens[object].kind == .object else { return nil }
        let end = Int(tokens[object].next)
        var at = object + 1
        while at < end {
            if equals(tokens[at], name) { return at + 1 }
            at = Int(tokens[at + 1].next)
        }
        return nil
    }

    private func value(at index: Int) -> JSON {
        content.tokens.withUnsafeBufferPointer { tokens in
            content.bytes.withUnsafeBufferPointer { JSONDecoding(tokens, $0).value(at: index) }
        }
    }

    private func rawText(of token: Token) -> String {
        String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
    }

    private func text(of token: Token) -> String {
        token.special
            ? JSONScanner.unescaped(bytes[Int(token.start)..<Int(token.end)])
            : rawText(of: token)
    }

    private func equals(_ token: Token, _ name: String) -> Bool {
        if token.special { return text(of: token).utf8.elementsEqual(name.utf8) }
        let start = Int(token.start)
        guard Int(token.end) - start == name.utf8.count else { return false }
        let isSame = name.utf8.withContiguousStorageIfAvailable { name in
            for index in name.indices where bytes[start + index] != name[index] { return false }
            return true
        }
        return isSame ?? bytes[start..<Int(token.end)].elementsEqual(name.utf8)
    }
}

extension JSON {
    /// Parses a whole text into a value.
    package init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        self = try JSONTape(bytes, limits: limits).root.value
    }

    /// Parses a whole text into a value.
    package init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}
