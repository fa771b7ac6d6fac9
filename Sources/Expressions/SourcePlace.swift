/// A place in a source text as people count it.
struct SourcePlace {
    /// From 1.
    let line: Int
    /// From 1, in code points.
    let column: Int

    /// - Parameter offset: in bytes of UTF-8 from 0; beyond the end it means the end.
    init(offset: Int, in source: String) {
        var line = 1
        var column = 1
        var bytes = 0
        for scalar in source.unicodeScalars {
            if bytes >= offset { break }
            bytes += UTF8.width(scalar)
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        self.line = line
        self.column = column
    }

    /// The line and a caret below the place, each on a line of its own.
    func excerpt(of source: String) -> String {
        let lines = source.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard line <= lines.count else { return "" }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: lines[line - 1].filter { $0 != "\r" })
        // A tab before the caret stays a tab, so that the caret stands under its place whatever the tab width.
        var margin = String.UnicodeScalarView()
        margin.append(contentsOf: text.prefix(column - 1).map { $0 == "\t" ? "\t" : " " })
        return "\n" + String(text) + "\n" + String(margin) + "^"
    }
}

extension UTF8 {
    /// How many bytes a scalar takes.
    fileprivate static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x80: 1
        case 0x80..<0x800: 2
        case 0x800..<0x1_0000: 3
        default: 4
        }
    }
}
