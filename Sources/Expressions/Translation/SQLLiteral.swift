import Formats

/// A text as a constant of SQL.
package enum SQLLiteral {
    /// A text between single quotes, the quotes inside it doubled.
    ///
    /// A text with control characters is written as JSON and read back, so that no constant goes over a line's end: the
    /// steps of a query are indented, and the programs that run scripts drop a carriage return before a line feed. `->>` is
    /// the one way to such a character that SQLite and DuckDB share; `char(10)` of the one is `chr(10)` of the other.
    package static func text(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 }
        if isPlain { return between("'", text) }
        return "(\(between("'", String(decoding: CanonicalJSON.encode(text), as: UTF8.self))) ->> '$')"
    }

    /// A text between two quotes of a sort, the quotes inside it doubled.
    package static func between(_ quote: Unicode.Scalar, _ text: String) -> String {
        var quoted = String.UnicodeScalarView([quote])
        for scalar in text.unicodeScalars {
            if scalar == quote { quoted.append(quote) }
            quoted.append(scalar)
        }
        quoted.append(quote)
        return String(quoted)
    }
}
