import Formats

/// Writes JSON values as YAML in block style that every YAML 1.1 and 1.2 reader takes for the same value.
struct YAMLWriter {
    private(set) var text = ""

    /// A mapping at the margin.
    mutating func document(_ object: JSONObject) {
        members(object, indent: 0)
    }

    private mutating func members(_ object: JSONObject, indent: Int) {
        for member in object.members {
            text += String(repeating: " ", count: indent) + Self.inline(member.name) + ":"
            value(member.value, indent: indent)
        }
    }

    /// What stands behind a colon or a hyphen, with the end of its line.
    private mutating func value(_ value: JSON, indent: Int) {
        switch value {
        case .object(let object) where !object.members.isEmpty:
            text += "\n"
            members(object, indent: indent + 2)
        case .array(let elements) where !elements.isEmpty:
            text += "\n"
            for element in elements {
                text += String(repeating: " ", count: indent + 2) + "-"
                self.value(element, indent: indent + 2)
            }
        case .string(let string) where Self.isBlock(string): block(string, indent: indent + 2)
        default: text += " \(Self.scalar(value))\n"
        }
    }

    private static func scalar(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .decimal(let number): number
        case .string(let string): inline(string)
        case .array: "[]"
        case .object: "{}"
        }
    }

    /// A literal block: `|-` when the text does not end its last line, `|+` when empty lines follow it.
    private mutating func block(_ string: String, indent: Int) {
        let ends = string.utf8.reversed().prefix { $0 == UInt8(ascii: "\n") }.count
        let chomping = ends == 0 ? "-" : ends == 1 ? "" : "+"
        // Without the number a reader would take the first line's own spaces for indentation.
        let first = string.utf8.first
        let number = first == UInt8(ascii: " ") || first == UInt8(ascii: "\n") ? "2" : ""
        text += " |\(number)\(chomping)\n"
        var lines = string.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if ends > 0 { lines.removeLast() }
        for line in lines {
            if !line.isEmpty { text += String(repeating: " ", count: indent) + String(Substring(line)) }
            text += "\n"
        }
    }

    /// Several lines of printable text, the first and last with something on them: what a block can say exactly.
    private static func isBlock(_ string: String) -> Bool {
        guard string.utf8.contains(UInt8(ascii: "\n")),
            string.unicodeScalars.allSatisfy({ $0 == "\n" || isRaw($0) })
        else { return false }
        let lines = string.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // Lines of nothing but spaces are where readers differ.
        return lines.contains { !$0.isEmpty }
            && lines.allSatisfy { line in
                line.isEmpty || line.contains { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            }
    }

    /// One line: bare when nothing in it can be misread, else in double quotes.
    static func inline(_ string: String) -> String {
        if isBare(string) { return string }
        var quoted = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where isRaw(scalar): quoted.unicodeScalars.append(scalar)
            case _ where scalar.value <= 0xFF: quoted += "\\x" + hex(scalar.value, digits: 2)
            case _ where scalar.value <= 0xFFFF: quoted += "\\u" + hex(scalar.value, digits: 4)
            default: quoted += "\\U" + hex(scalar.value, digits: 8)
            }
        }
        return quoted + "\""
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    /// May stand in a file as it is, and is no line break to any reader.
    private static func isRaw(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: true
        case 0xA0...0xD7FF: scalar.value != 0x2028 && scalar.value != 0x2029
        case 0xE000...0xFFFD: scalar.value != 0xFEFF
        case 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static func isBare(_ string: String) -> Bool {
        let bytes = Array(string.utf8)
        guard let first = bytes.first, let last = bytes.last, last != UInt8(ascii: " "),
            last != UInt8(ascii: ":")
        else { return false }
        guard isLetter(first) || isDigit(first) || first == UInt8(ascii: "/") else { return false }
        for (index, byte) in bytes.enumerated() {
            guard isLetter(byte) || isDigit(byte) || " _-./:()'+=<>@%;$!?&|^~*".utf8.contains(byte) else {
                return false
            }
            if byte == UInt8(ascii: " "), bytes[index - 1] == UInt8(ascii: ":") { return false }
        }
        return !isSpecial(string)
    }

    /// Words and numbers that some reader takes for something else than a text; a date is read as what its key asks for.
    private static func isSpecial(_ string: String) -> Bool {
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        if words.contains(string.lowercased()) { return true }
        guard string.utf8.first.map(isDigit) == true, CalendarDate(string) == nil else { return false }
        return string.utf8.allSatisfy { isDigit($0) || "._+-:eE".utf8.contains($0) }
            || ["0x", "0o", "0b", "0X"].contains(String(string.prefix(2)))
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
