/// The content of a string or bytes literal while its escapes are being replaced.
struct QuotedText {
    private let isBytes: Bool
    private(set) var bytes: [UInt8] = []

    init(isBytes: Bool) {
        self.isBytes = isBytes
    }

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Replaces the escape that starts with the backslash at the start of the rest; gives its length, nil when it is
    /// no escape of CEL.
    mutating func appendEscape(_ rest: ArraySlice<UInt8>) -> Int? {
        guard let letter = rest.dropFirst().first else { return nil }
        switch letter {
        case UInt8(ascii: "a"): bytes.append(0x07)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "v"): bytes.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            bytes.append(letter)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            return code(rest.dropFirst(2), digits: 2, radix: 16).map { $0 + 2 }
        case UInt8(ascii: "u"):
            return isBytes ? nil : code(rest.dropFirst(2), digits: 4, radix: 16).map { $0 + 2 }
        case UInt8(ascii: "U"):
            return isBytes ? nil : code(rest.dropFirst(2), digits: 8, radix: 16).map { $0 + 2 }
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            return code(rest.dropFirst(), digits: 3, radix: 8).map { $0 + 1 }
        default: return nil
        }
        return 2
    }

    private mutating func code(_ rest: ArraySlice<UInt8>, digits: Int, radix: Int) -> Int? {
        let text = String(decoding: rest.prefix(digits), as: UTF8.self)
        guard text.utf8.count == digits, text.first != "+", text.first != "-",
            let value = UInt32(text, radix: radix)
        else { return nil }
        if isBytes {
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else {
            guard let scalar = Unicode.Scalar(value) else { return nil }
            bytes.append(contentsOf: String(Character(scalar)).utf8)
        }
        return digits
    }

    static func escapes(inBytes: Bool) -> String {
        inBytes
            ? "bytes know the escapes \\a \\b \\f \\n \\r \\t \\v \\\\ \\? \\\" \\' \\` \\xHH and \\000 to \\377"
            : "a string knows the escapes \\a \\b \\f \\n \\r \\t \\v \\\\ \\? \\\" \\' \\` \\xHH \\uHHHH \\UHHHHHHHH and \\000 to \\377"
    }
}
