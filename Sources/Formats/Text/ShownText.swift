extension Unicode.Scalar {
    /// Whether it may not stand in text that people are shown, tabs and line ends apart: control characters, what
    /// Unicode calls no character, and overrides of the writing direction, which would let a name change the order of
    /// the words around it.
    package var isUnfitToShow: Bool {
        switch value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x202A...0x202E, 0x2066...0x2069: true
        case 0xFDD0...0xFDEF: true
        default: value & 0xFFFE == 0xFFFE
        }
    }
}

extension String {
    /// With U+FFFD in the place of what is unfit to show.
    package var shown: String {
        guard unicodeScalars.contains(where: \.isUnfitToShow) else { return self }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars { result.append(scalar.isUnfitToShow ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    /// For a line of a terminal: what is unfit to show, and what would begin another line, as `\u{1b}`.
    package var onOneLine: String {
        guard unicodeScalars.contains(where: Self.breaksLine) else { return self }
        return unicodeScalars.map { scalar in
            Self.breaksLine(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }

    /// What `onOneLine` was made of: each `\u{1b}` is the character again.
    package var fromOneLine: String {
        let mark = "\\u{"
        let parts = split(separator: mark, omittingEmptySubsequences: false)
        var result = parts.first.map(String.init) ?? ""
        for part in parts.dropFirst() {
            guard let end = part.firstIndex(of: "}"), let value = UInt32(part[..<end], radix: 16),
                let scalar = Unicode.Scalar(value)
            else {
                result += mark
                result += part
                continue
            }
            result.unicodeScalars.append(scalar)
            result += part[part.index(after: end)...]
        }
        return result
    }

    /// A stranger's words for a message: not many of them, and without what is unfit for a line of a terminal.
    package var fewWords: String {
        String(String.UnicodeScalarView(unicodeScalars.filter { !Self.breaksLine($0) }.prefix(200)))
    }

    private static func breaksLine(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x2028, 0x2029: true
        default: scalar.isUnfitToShow
        }
    }
}
