extension Sheet {
    /// About how many characters stand beside each other in a printed table.
    private static let characters = 110.0
    /// Longer words may be broken.
    private static let longestWord = 16

    /// How columns share a page by how much stands in them: each has room for its longest word, and of what is left a
    /// share by the square root of its longest line, so that a long text gets more and a short one is not squeezed. Their
    /// sum is at most the total.
    package func columnWidths(of total: Int) -> [Int] {
        let needs = columns.indices.map { column in
            let lines =
                [columns[column]]
                + rows.lazy.compactMap { $0.indices.contains(column) ? $0[column].lines : nil }.joined()
            let words = lines.lazy.flatMap { $0.utf8.split(separator: UInt8(ascii: " ")) }
            let word = min(words.map(\.count).max() ?? 0, Self.longestWord)
            let line = min(lines.map(\.utf8.count).max() ?? 0, 160)
            return (word: Double(word + 3), line: Double(max(9, line)).squareRoot())
        }
        let spare = max(0, Self.characters - needs.reduce(0) { $0 + $1.word })
        let all = needs.reduce(0) { $0 + $1.line }
        let widths = needs.map { $0.word + spare * $0.line / all }
        let sum = widths.reduce(0, +)
        return widths.map { Int(Double(total) * $0 / sum) }
    }
}
