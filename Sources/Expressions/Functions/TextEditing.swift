/// The string extension: positions count code points.
extension Function {
    func edit(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        if self == .join { return try joined(arguments) }
        guard case .string(let text)? = arguments.first else { throw mismatch(arguments) }
        switch (self, arguments.count) {
        case (.lowerAscii, 1): return .string(String(decoding: text.utf8.map(Self.lowered), as: UTF8.self))
        case (.upperAscii, 1): return .string(String(decoding: text.utf8.map(Self.raised), as: UTF8.self))
        case (.reverse, 1): return .string(Self.text(text.unicodeScalars.reversed()))
        case (.quote, 1): return .string(Self.quoted(text))
        case (.trim, 1):
            let start = text.unicodeScalars.drop { $0.properties.isWhitespace }
            let end = start.reversed().drop { $0.properties.isWhitespace }
            return .string(Self.text(end.reversed()))
        case (.charAt, 2): return try charAt(text, arguments)
        case (.indexOf, 2...3), (.lastIndexOf, 2...3): return try position(text, arguments)
        case (.substring, 2...3): return try substring(text, arguments)
        case (.format, 2):
            guard case .list(let values) = arguments[1] else { throw mismatch(arguments) }
            return .string(try TextFormat.apply(text, values))
        case (.replace, 3...4): return try replaced(text, arguments)
        case (.split, 2...3): return try split(text, arguments)
        default: throw mismatch(arguments)
        }
    }

    /// Longest text that replacing and joining may make, so that small inputs cannot fill the memory.
    private static let longest = 1 << 20

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
    private static func raised(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte - 0x20 : byte }

    private static func quoted(_ text: String) -> String {
        let escapes: [Unicode.Scalar: String] = [
            "\u{07}": "\\a", "\u{08}": "\\b", "\u{0C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
            "\u{0B}": "\\v", "\\": "\\\\", "\"": "\\\"",
        ]
        return "\"" + text.unicodeScalars.map { escapes[$0] ?? String($0) }.joined() + "\""
    }

    /// The argument as a position from 0 up to and with the given end.
    private func place(_ index: Int, _ arguments: [Value], upTo end: Int) throws(EvaluationError.Reason)
        -> Int
    {
        guard case .int(let number) = arguments[index] else { throw mismatch(arguments) }
        guard number >= 0, number <= end else { throw .outOfRange }
        return Int(number)
    }

    private func part(_ index: Int, _ arguments: [Value]) throws(EvaluationError.Reason) -> String {
        guard case .string(let text) = arguments[index] else { throw mismatch(arguments) }
        return text
    }

    /// How many times at most; -1 for no bound.
    private func count(_ index: Int, _ arguments: [Value]) throws(EvaluationError.Reason) -> Int {
        guard arguments.count > index else { return .max }
        guard case .int(let number) = arguments[index] else { throw mismatch(arguments) }
        return number < 0 ? .max : Int(number)
    }

    private func charAt(_ text: String, _ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        let scalars = Array(text.unicodeScalars)
        let place = try place(1, arguments, upTo: scalars.count)
        return .string(place < scalars.count ? String(scalars[place]) : "")
    }

    private func position(_ text: String, _ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        let text = Array(text.unicodeScalars)
        let part = Array(try part(1, arguments).unicodeScalars)
        if self == .indexOf {
            let start = arguments.count == 3 ? try place(2, arguments, upTo: text.count) : 0
            return .int(Int64(firstOffset(of: part, in: text, from: start) ?? -1))
        }
        let last = arguments.count == 3 ? try place(2, arguments, upTo: text.count) : text.count
        // Searched from behind, over both reversed.
        let skipped = max(0, text.count - part.count - last)
        let found = firstOffset(of: part.reversed(), in: text.reversed(), from: skipped)
        return .int(found.map { Int64(text.count - $0 - part.count) } ?? -1)
    }

    private func substring(_ text: String, _ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        let scalars = Array(text.unicodeScalars)
        let start = try place(1, arguments, upTo: scalars.count)
        let end = arguments.count == 3 ? try place(2, arguments, upTo: scalars.count) : scalars.count
        guard start <= end else { throw .outOfRange }
        return .string(Self.text(scalars[start..<end]))
    }

    /// The pieces of a text between the occurrences of another one, cut at most so many times.
    private static func pieces(_ text: String, by part: String, cuts: Int) -> [[Unicode.Scalar]] {
        let scalars = Array(text.unicodeScalars)
        let part = Array(part.unicodeScalars)
        var pieces: [[Unicode.Scalar]] = []
        var start = 0
        for found in offsets(of: part, in: scalars) where pieces.count < cuts {
            if found < start { continue }
            pieces.append(Array(scalars[start..<found]))
            start = found + part.count
        }
        pieces.append(Array(scalars[start...]))
        return pieces
    }

    private func replaced(_ text: String, _ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        let (old, new) = (try part(1, arguments), try part(2, arguments))
        let pieces = Self.pieces(text, by: old, cuts: try count(3, arguments))
        if pieces.count == 1 { return .string(text) }
        return .string(try Self.glued(pieces.map { Self.text($0) }, by: new))
    }

    private func split(_ text: String, _ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        let separator = try part(1, arguments)
        let most = try count(2, arguments)
        if most == 0 { return .list([]) }
        if separator.isEmpty {
            let scalars = Array(text.unicodeScalars)
            let single = scalars.prefix(most == .max ? scalars.count : min(most - 1, scalars.count))
            var parts = single.map { Value.string(String($0)) }
            if single.count < scalars.count { parts.append(.string(Self.text(scalars[single.count...]))) }
            return .list(parts)
        }
        return .list(
            Self.pieces(text, by: separator, cuts: most == .max ? .max : most - 1).map {
                .string(Self.text($0))
            })
    }

    private func joined(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        guard (1...2).contains(arguments.count), case .list(let elements) = arguments[0] else {
            throw mismatch(arguments)
        }
        let separator = arguments.count == 2 ? try part(1, arguments) : ""
        var parts: [String] = []
        for element in elements {
            guard case .string(let text) = element else { throw mismatch([element]) }
            parts.append(text)
        }
        return .string(try Self.glued(parts, by: separator))
    }

    private static func glued(_ parts: [String], by separator: String) throws(EvaluationError.Reason)
        -> String
    {
        let length = parts.reduce(separator.utf8.count * max(0, parts.count - 1)) { $0 + $1.utf8.count }
        guard length <= longest else {
            throw .invalidArgument("the text would be longer than \(longest) bytes")
        }
        return parts.joined(separator: separator)
    }
}
