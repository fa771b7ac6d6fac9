/// A program file whose bytes have been found fit to read: UTF-8, no control characters, not too long.
struct SourceText: Sendable {
    /// More than any written document needs; machine-made ones belong into evidence.
    static let longest = 1 << 20

    let file: String
    let text: String
    /// Lines without their ends.
    let lines: [Substring.UTF8View]

    /// Nil when the bytes are no text; the finding says why and where.
    init?(_ program: ProgramFile, findings: inout [Finding]) {
        func refuse(_ rule: String, line: Int, column: Int, _ message: String, _ remedy: String) {
            let place = Place(file: program.path, line: line, column: column)
            findings.append(Finding(.error, rule, at: place, message, remedy: remedy))
        }
        guard program.bytes.count <= Self.longest else {
            refuse("too-large", line: 1, column: 1, "the file is longer than 1 MiB", "split it")
            return nil
        }
        guard let whole = String(validating: program.bytes, as: UTF8.self) else {
            let line = program.bytes.prefix(Self.validPrefix(program.bytes)).count { $0 == 0x0A } + 1
            refuse("not-text", line: line, column: 1, "not UTF-8 text", "save the file as UTF-8")
            return nil
        }
        var text = whole
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        text.makeContiguousUTF8()
        var line = 1
        var column = 0
        for scalar in text.unicodeScalars {
            column += 1
            if scalar == "\n" {
                line += 1
                column = 0
            } else if !Self.isPrintable(scalar) {
                let code = String(scalar.value, radix: 16, uppercase: true)
                refuse(
                    "not-text", line: line, column: column,
                    "the character U+\(code) cannot stand in a text file",
                    "delete it, or write it as an escape in double quotes")
                return nil
            }
        }
        file = program.path
        self.text = text
        lines = text.utf8Lines
    }

    /// The characters that YAML 1.1 lets a file hold.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x85: true
        case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD: scalar.value != 0xFEFF
        case 0x10000...0x10FFFF: true
        default: false
        }
    }

    /// How many bytes at the front are valid, to within one character.
    private static func validPrefix(_ bytes: [UInt8]) -> Int {
        var valid = 0
        var invalid = bytes.count
        while valid + 1 < invalid {
            let middle = (valid + invalid) / 2
            // A cut inside a character is not an error of the file: step back to where a character begins.
            var cut = middle
            while cut > valid, cut < bytes.count, bytes[cut] & 0xC0 == 0x80, middle - cut < 3 { cut -= 1 }
            if String(validating: bytes[..<cut], as: UTF8.self) != nil {
                valid = middle
            } else {
                invalid = middle
            }
        }
        return valid
    }

    /// Where the characters of a scalar stand; nil when its text is not literally in the file.
    func inset(of value: String, _ style: Node.Style, at place: Place) -> Text.Inset? {
        switch style {
        case .plain, .quoted:
            // A bound on the work, since the search starts from the beginning of the line.
            guard let line = line(place.line), line.count <= 4_096 else { return nil }
            let column = style == .quoted ? place.column + 1 : place.column
            let rest = String(Substring(line)).unicodeScalars.dropFirst(column - 1)
            return rest.starts(with: value.unicodeScalars) ? .line(column: column) : nil
        case .literal:
            var number = place.line + 1
            while let line = line(number) {
                let indent = line.prefix { $0 == UInt8(ascii: " ") }.count
                if indent < line.count { return .block(line: place.line + 1, column: indent + 1) }
                number += 1
            }
            return nil
        case .raw: return .block(line: place.line, column: 1)
        case .folded: return nil
        }
    }

    /// A line by its number from 1.
    func line(_ number: Int) -> Substring.UTF8View? {
        lines.indices.contains(number - 1) ? lines[number - 1] : nil
    }
}

extension String {
    /// Lines without LF or CR LF; by bytes, because to Swift CR LF is one character.
    fileprivate var utf8Lines: [Substring.UTF8View] {
        utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
    }
}
