/// The one pass that turns bytes into tokens. It owns the position; the tape owns what was found.
struct JSONScanner {
    private let bytes: [UInt8]
    private let depthLimit: Int
    private var at = 0

    init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    mutating func document(into tokens: inout [JSONTape.Token]) throws(JSONError) {
        skipSpace()
        try value(into: &tokens, depth: 0)
        skipSpace()
        if at != bytes.count { throw JSONError(.trailing, at: at) }
    }

    private mutating func value(into tokens: inout [JSONTape.Token], depth: Int) throws(JSONError) {
        guard at < bytes.count else { throw JSONError(.truncated, at: at) }
        switch bytes[at] {
        case UInt8(ascii: "{"): try object(into: &tokens, depth: depth + 1)
        case UInt8(ascii: "["): try array(into: &tokens, depth: depth + 1)
        case UInt8(ascii: "\""): try string(into: &tokens)
        case UInt8(ascii: "t"): try word("true", .yes, into: &tokens)
        case UInt8(ascii: "f"): try word("false", .no, into: &tokens)
        case UInt8(ascii: "n"): try word("null", .null, into: &tokens)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(into: &tokens)
        default: throw unexpected("a value")
        }
    }

    private mutating func object(into tokens: inout [JSONTape.Token], depth: Int) throws(JSONError) {
        let opening = try open(.object, into: &tokens, depth: depth)
        var count = 0
        skipSpace()
        if take("}") { return close(opening, in: &tokens) }
        while true {
            skipSpace()
            guard at < bytes.count else { throw JSONError(.truncated, at: at) }
            guard bytes[at] == UInt8(ascii: "\"") else { throw unexpected("a name in quotes") }
            count += 1
            try string(into: &tokens)
            skipSpace()
            guard take(":") else { throw unexpected("a colon") }
            skipSpace()
            try value(into: &tokens, depth: depth)
            skipSpace()
            if take(",") { continue }
            guard take("}") else { throw unexpected("a comma or }") }
            close(opening, in: &tokens)
            return try refuseDuplicates(of: opening, count: count, in: tokens)
        }
    }

    private mutating func array(into tokens: inout [JSONTape.Token], depth: Int) throws(JSONError) {
        let opening = try open(.array, into: &tokens, depth: depth)
        skipSpace()
        if take("]") { return close(opening, in: &tokens) }
        while true {
            skipSpace()
            try value(into: &tokens, depth: depth)
            skipSpace()
            if take(",") { continue }
            guard take("]") else { throw unexpected("a comma or ]") }
            return close(opening, in: &tokens)
        }
    }

    private mutating func open(
        _ kind: JSONTape.Kind, into tokens: inout [JSONTape.Token], depth: Int
    ) throws(JSONError) -> Int {
        if depth > depthLimit { throw JSONError(.tooDeep(limit: depthLimit), at: at) }
        tokens.append(.init(kind: kind, special: false, start: Int32(at), end: 0, next: 0))
        at += 1
        return tokens.count - 1
    }

    private func close(_ opening: Int, in tokens: inout [JSONTape.Token]) {
        tokens[opening].end = Int32(at)
        tokens[opening].next = Int32(tokens.count)
    }

    private mutating func word(
        _ word: StaticString, _ kind: JSONTape.Kind, into tokens: inout [JSONTape.Token]
    ) throws(JSONError) {
        let end = at + word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { expected in
            bytes[at..<min(end, bytes.count)].elementsEqual(expected)
        }
        guard matches else { throw unexpected("\(word)") }
        tokens.append(
            .init(
                kind: kind, special: false, start: Int32(at), end: Int32(end), next: Int32(tokens.count + 1)))
        at = end
    }

    private mutating func number(into tokens: inout [JSONTape.Token]) throws(JSONError) {
        let start = at
        var isInteger = true
        _ = take("-")
        if take("0") {
            if at < bytes.count, isDigit(bytes[at]) { throw JSONError(.badNumber, at: at) }
        } else {
            try digits()
        }
        if take(".") {
            isInteger = false
            try digits()
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            try digits()
        }
        tokens.append(
            .init(
                kind: .number, special: !isInteger, start: Int32(start), end: Int32(at),
                next: Int32(tokens.count + 1)))
    }

    private mutating func digits() throws(JSONError) {
        let start = at
        while at < bytes.count, isDigit(bytes[at]) { at += 1 }
        if at == start { throw JSONError(at == bytes.count ? .truncated : .badNumber, at: at) }
    }

    private mutating func string(into tokens: inout [JSONTape.Token]) throws(JSONError) {
        at += 1
        let start = at
        var special = false
        var ascii = true
        while true {
            at = bytes.withUnsafeBytes { EightBytes.first(in: $0, from: at, EightBytes.special) }
            guard at < bytes.count else { throw JSONError(.truncated, at: at) }
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") { break }
            if byte < 0x20 { throw JSONError(.controlCharacter, at: at) }
            if byte == UInt8(ascii: "\\") {
                special = true
                try escape()
            } else {
                if byte >= 0x80 { ascii = false }
                at += 1
            }
        }
        if !ascii, String(validating: bytes[start..<at], as: UTF8.self) == nil {
            throw JSONError(.badUTF8, at: start)
        }
        tokens.append(
            .init(
                kind: .string, special: special, start: Int32(start), end: Int32(at),
                next: Int32(tokens.count + 1)))
        at += 1
    }

    private mutating func escape() throws(JSONError) {
        let start = at
        guard at + 1 < bytes.count else { throw JSONError(.truncated, at: at) }
        switch bytes[at + 1] {
        case UInt8(ascii: "u"):
            guard let first = hex(at + 2) else { throw JSONError(.badEscape, at: start) }
            at += 6
            switch first {
            case 0xD800...0xDBFF:
                guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
                    bytes[at + 1] == UInt8(ascii: "u"),
                    let second = hex(at + 2), (0xDC00...0xDFFF).contains(second)
                else { throw JSONError(.loneSurrogate, at: start) }
                at += 6
            case 0xDC00...0xDFFF: throw JSONError(.loneSurrogate, at: start)
            default: break
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        default: throw JSONError(.badEscape, at: start)
        }
    }

    private func hex(_ start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[start..<start + 4] {
            guard let digit = Self.hexDigit(byte) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    /// Decodes the escapes of a string that the scanner has already accepted.
    static func unescaped(_ slice: ArraySlice<UInt8>) -> String {
        var units: [UInt8] = []
        units.reserveCapacity(slice.count)
        var at = slice.startIndex
        func unit(_ start: Int) -> UInt32 {
            slice[start..<start + 4].reduce(0) { $0 << 4 | (hexDigit($1) ?? 0) }
        }
        while at < slice.endIndex {
            guard slice[at] == UInt8(ascii: "\\") else {
                units.append(slice[at])
                at += 1
                continue
            }
            let code = slice[at + 1]
            at += 2
            switch code {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = unit(at)
                at += 4
                if (0xD800...0xDBFF).contains(scalar) {
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (unit(at + 2) - 0xDC00)
                    at += 6
                }
                if let scalar = Unicode.Scalar(scalar) { units.append(contentsOf: Character(scalar).utf8) }
            default: units.append(code)
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    /// Names are compared after decoding; `"a"` and `"\u0061"` are the same name.
    private func refuseDuplicates(
        of object: Int, count: Int, in tokens: [JSONTape.Token]
    ) throws(JSONError) {
        if count < 2 { return }
        // Nearly every object is small and its names have no escapes: then nothing is allocated.
        let duplicate =
            count <= 16
            ? smallDuplicate(of: object, in: tokens) : largeDuplicate(of: object, count, in: tokens)
        guard let duplicate else { return }
        let token = tokens[duplicate]
        throw JSONError(.duplicateName(String(decoding: name(token), as: UTF8.self)), at: Int(token.start))
    }

    /// The first name that stood before, each compared with those before it.
    private func smallDuplicate(of object: Int, in tokens: [JSONTape.Token]) -> Int? {
        let end = Int(tokens[object].next)
        var at = object + 1
        while at < end {
            var earlier = object + 1
            while earlier < at {
                if areEqual(tokens[earlier], tokens[at]) { return at }
                earlier = Int(tokens[earlier + 1].next)
            }
            at = Int(tokens[at + 1].next)
        }
        return nil
    }

    private func largeDuplicate(of object: Int, _ count: Int, in tokens: [JSONTape.Token]) -> Int? {
        var seen: Set<[UInt8]> = []
        seen.reserveCapacity(count)
        var at = object + 1
        while at < Int(tokens[object].next) {
            if !seen.insert(name(tokens[at])).inserted { return at }
            at = Int(tokens[at + 1].next)
        }
        return nil
    }

    private func areEqual(_ first: JSONTape.Token, _ second: JSONTape.Token) -> Bool {
        if first.special || second.special { return name(first) == name(second) }
        let length = Int(first.end - first.start)
        guard length == Int(second.end - second.start) else { return false }
        let (left, right) = (Int(first.start), Int(second.start))
        for offset in 0..<length where bytes[left + offset] != bytes[right + offset] { return false }
        return true
    }

    private func name(_ token: JSONTape.Token) -> [UInt8] {
        let raw = bytes[Int(token.start)..<Int(token.end)]
        return token.special ? Array(Self.unescaped(raw).utf8) : Array(raw)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: scalar) else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            default: return
            }
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private func unexpected(_ expected: String) -> JSONError {
        guard at < bytes.count else { return JSONError(.truncated, at: at) }
        let byte = bytes[at]
        let found = (0x21...0x7E).contains(byte) ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
        return JSONError(.unexpected(found, expected: expected), at: at)
    }
}
