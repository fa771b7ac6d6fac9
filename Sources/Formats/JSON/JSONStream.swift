/// Walks through a JSON text of any length and hands out the parts that matter one by one, each as a tape.
///
///     try json.object { name in
///         if name == "results" { try json.array { take(try json.record()) } }
///     }
///
/// What a body leaves alone is skipped. Memory holds one piece of the input and one part. What is skipped is only
/// balanced, not validated.
package final class JSONStream {
    private let input: ByteStream
    private let limits: JSONLimits
    private var piece: [UInt8] = []
    private var at = 0
    /// Bytes in the pieces before this one.
    private var before = 0
    /// A value stands at the position and nobody has taken it.
    private var isUntaken = false

    /// - Parameter limits: longest and deepest part that is handed out.
    package init(_ input: ByteStream, limits: JSONLimits = .standard) {
        self.input = input
        self.limits = limits
    }

    /// Byte offset from the start of the text, counted from 0.
    package var offset: Int { before + at }

    // MARK: Walking

    /// Goes through the members of the object here, in their order. False when the value is no object: it is skipped.
    @discardableResult
    package func object(_ body: (_ name: String) throws -> Void) throws -> Bool {
        guard try peek() == UInt8(ascii: "{") else {
            try skip()
            return false
        }
        at += 1
        isUntaken = false
        if try take(UInt8(ascii: "}")) { return true }
        while true {
            guard try peek() == UInt8(ascii: "\"") else { throw try unexpected("a name in quotes") }
            guard let quoted = try capture(limit: limits.bytes) else {
                throw JSONError(.tooLong(limit: limits.bytes), at: offset)
            }
            let name = try JSONTape(quoted).root.string ?? ""
            guard try take(UInt8(ascii: ":")) else { throw try unexpected("a colon") }
            isUntaken = true
            try body(name)
            if isUntaken { try skip() }
            if try take(UInt8(ascii: ",")) { continue }
            guard try take(UInt8(ascii: "}")) else { throw try unexpected("a comma or }") }
            return true
        }
    }

    /// Goes through the elements of the array here. False when the value is no array: it is skipped.
    @discardableResult
    package func array(_ body: () throws -> Void) throws -> Bool {
        guard try peek() == UInt8(ascii: "[") else {
            try skip()
            return false
        }
        at += 1
        isUntaken = false
        if try take(UInt8(ascii: "]")) { return true }
        while true {
            isUntaken = true
            try body()
            if isUntaken { try skip() }
            if try take(UInt8(ascii: ",")) { continue }
            guard try take(UInt8(ascii: "]")) else { throw try unexpected("a comma or ]") }
            return true
        }
    }

    /// Goes through values that follow each other, as JSON Lines do.
    package func values(_ body: () throws -> Void) throws {
        while try peek() != nil {
            isUntaken = true
            try body()
            if isUntaken { try skip() }
        }
    }

    /// Nothing may follow any more.
    package func end() throws {
        if try peek() != nil { throw JSONError(.trailing, at: offset) }
    }

    /// Whether the value here begins with this character: `{`, `[` or `"`.
    package func isAt(_ scalar: Unicode.Scalar) throws -> Bool {
        try peek() == UInt8(ascii: scalar)
    }

    /// The value here, validated; or why it cannot be read, when the text goes on behind it.
    package func record() throws -> Result<JSONTape.Node, JSONError> {
        isUntaken = false
        let start = offset
        guard let bytes = try capture(limit: limits.bytes) else {
            return .failure(JSONError(.tooLong(limit: limits.bytes), at: start))
        }
        do throws(JSONError) {
            return .success(try JSONTape(bytes, limits: limits).root)
        } catch {
            return .failure(JSONError(error.reason, at: start + error.offset))
        }
    }

    /// The value here when it can be read; for parts of which nothing depends.
    /// - Throws: only where the text ends, or the input does not go on: that is no matter of the value.
    package func value() throws -> JSONTape.Node? {
        let found = try record()
        return try? found.get()
    }

    /// The bytes of the value here, however long it is, in pieces.
    package func bytes(_ sink: (ArraySlice<UInt8>) throws -> Void) throws {
        isUntaken = false
        try walk(sink)
    }

    package func skip() throws { try bytes { _ in } }

    // MARK: Bytes

    private func refill() throws -> Bool {
        before += piece.count
        at = 0
        piece = try input.next()
        return !piece.isEmpty
    }

    /// The next byte that is no white space; nil at the end.
    private func peek() throws -> UInt8? {
        while true {
            while at < piece.count {
                switch piece[at] {
                case 0x20, 0x09, 0x0A, 0x0D: at += 1
                default: return piece[at]
                }
            }
            if try !refill() { return nil }
        }
    }

    private func take(_ byte: UInt8) throws -> Bool {
        guard let next = try peek() else { throw JSONError(.truncated, at: offset) }
        if next == byte { at += 1 }
        return next == byte
    }

    private func unexpected(_ expected: String) throws -> JSONError {
        guard let byte = try peek() else { return JSONError(.truncated, at: offset) }
        let found = (0x21...0x7E).contains(byte) ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
        return JSONError(.unexpected(found, expected: expected), at: offset)
    }

    /// Where a value ends is found by its brackets and quotes alone.
    private struct Extent {
        var depth = 0
        var isInString = false
        var isEscaped = false
        var isScalar = false
        var isDone = false

        /// Goes on through the bytes; gives the index behind the last one that belongs to the value.
        mutating func advance(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
            var at = start
            while at < bytes.count {
                if isInString, !isEscaped {
                    at = EightBytes.first(in: UnsafeRawBufferPointer(bytes), from: at, EightBytes.marks)
                    if at == bytes.count { break }
                }
                let byte = bytes[at]
                if isInString {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isInString = false
                        if depth == 0 { return done(at + 1) }
                    }
                    at += 1
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""):
                    isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    if isScalar { return done(at) }
                    depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return done(at) }
                    depth -= 1
                    if depth == 0 { return done(at + 1) }
                case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
                    if depth == 0 { return done(at) }
                default:
                    if depth == 0 { isScalar = true }
                }
                at += 1
            }
            return at
        }

        private mutating func done(_ end: Int) -> Int {
            isDone = true
            return end
        }
    }

    /// The bytes of the value here; nil when they are more than the limit. Either way the position is behind it.
    private func capture(limit: Int) throws -> [UInt8]? {
        var found: [UInt8]? = []
        try walk { piece in
            if let count = found?.count, count + piece.count <= limit {
                found?.append(contentsOf: piece)
            } else {
                found = nil
            }
        }
        return found
    }

    /// Goes past the value here, piece by piece.
    private func walk(_ sink: (ArraySlice<UInt8>) throws -> Void) throws {
        guard try peek() != nil else { throw JSONError(.truncated, at: offset) }
        let start = offset
        var extent = Extent()
        while true {
            let from = at
            at = piece.withUnsafeBufferPointer { extent.advance($0, from: from) }
            try sink(piece[from..<at])
            if extent.isDone { break }
            if try !refill() {
                if extent.isScalar, !extent.isInString, extent.depth == 0 { break }
                throw JSONError(.truncated, at: offset)
            }
        }
        if offset == start { throw try unexpected("a value") }
    }
}
