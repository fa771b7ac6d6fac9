import Formats

/// A table of text with aligned columns that keeps within a width.
package struct Columns {
    private let heading: [String]
    private var rows: [[String]] = []
    private let width: Int
    private let whole: Set<Int>
    private let isBreaking: Bool

    /// - Parameters:
    ///   - width: most characters in a line; the widest column is shortened to fit.
    ///   - whole: columns that are never shortened.
    ///   - isBreaking: gives a long cell of the first column a line of its own where there is too little room.
    package init(
        _ heading: [String], width: Int = 100, whole: Set<Int> = [], isBreaking: Bool = false
    ) {
        self.isBreaking = isBreaking
        self.heading = heading
        self.width = width
        self.whole = whole
    }

    package mutating func add(_ cells: [String]) {
        // Names come from evidence: a control character in one would move the cursor or colour what stands above.
        rows.append(cells.map(\.onOneLine))
    }

    package var isEmpty: Bool { rows.isEmpty }

    /// The lines, without line ends.
    package var lines: [String] {
        var widths = heading.map(\.count)
        for row in rows {
            for (index, cell) in row.enumerated() where index < widths.count {
                widths[index] = max(widths[index], cell.count)
            }
        }
        let gaps = 2 * max(0, widths.count - 1)
        while widths.reduce(0, +) + gaps > width,
            let widest = widths.indices.filter({ !whole.contains($0) }).max(by: { widths[$0] < widths[$1] }),
            widths[widest] > 8
        {
            widths[widest] -= 1
        }
        if isBreaking, let first = widths.first {
            widths[0] = max(8, first - max(0, widths.reduce(0, +) + gaps - width))
        }
        return ([heading] + rows).flatMap { row in
            guard let first = row.first, isBreaking, first.count > widths[0] else {
                return [line(row, widths)]
            }
            return [first] + (row.count > 1 ? [line([""] + row.dropFirst(), widths)] : [])
        }
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in row.enumerated() where index < widths.count {
            if index > 0 { line += "  " }
            let shown = cell.count > widths[index] ? cell.prefix(widths[index] - 1) + "…" : cell[...]
            line += shown + String(repeating: " ", count: widths[index] - shown.count)
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}

extension String {
    /// The text in lines of at most so many characters, broken between words, each behind the indent.
    package func wrapped(indent: Int, width: Int = 100) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > width {
                lines.append(margin + line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [margin + line]
    }

    /// The text in lines of at most so many characters: the first at the margin, the others behind the indent.
    package func hanging(by indent: Int, width: Int = 100) -> [String] {
        let lines = wrapped(indent: prefix { $0 == " " }.count, width: width)
        guard let first = lines.first, lines.count > 1 else { return lines }
        return [first] + lines.dropFirst().joined(separator: " ").wrapped(indent: indent, width: width)
    }
}
