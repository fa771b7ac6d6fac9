extension Sheet {
    /// About how many characters stand beside each other in a printed table.
    private static let characters = 112
    /// Longer words may be broken.
    private static let longestWord = 20
    /// What the space around a cell takes, in characters.
    private static let padding = 2
    /// Rows that are measured; those of a longer table are much like these.
    private static let measured = 200

    /// How columns share a page, so that the table gets about as low as it can: each has room for its longest word, and
    /// what is left goes, character by character, to the column that makes its rows highest. Their sum is at most the
    /// total.
    package func columnWidths(of total: Int) -> [Int] {
        let heads = columns.map { [Self.bold($0.utf8.count)] }
        let lengths =
            [heads]
            + rows.prefix(Self.measured).map { row in
                columns.indices.map { row.indices.contains($0) ? Self.lengths(row[$0]) : [] }
            }
        let least = columns.indices.map { leastWidth($0) }
        var widths = least
        for _ in 0..<max(0, Self.characters - widths.reduce(0, +)) {
            guard let column = Self.highest(lengths, widths) else { break }
            widths[column] += 1
        }
        return Self.shares(of: total, as: widths, least: least)
    }

    /// Whole parts of a total; what rounding leaves over goes to the columns that lost most of what they need. No column
    /// gets less than the room for its longest word, as long as another has some to spare.
    private static func shares(of total: Int, as widths: [Int], least: [Int]) -> [Int] {
        let sum = widths.reduce(0, +)
        guard sum > 0 else { return widths }
        let needed = least.map { min(total, (total * $0 + sum - 1) / sum) }
        var shares = zip(widths, needed).map { max(total * $0 / sum, $1) }
        let losses = widths.indices.map {
            Double(total * widths[$0] - shares[$0] * sum) / Double(max(1, widths[$0]))
        }
        let neediest = losses.indices.sorted { (losses[$1], $0) < (losses[$0], $1) }
        for column in neediest.prefix(max(0, total - shares.reduce(0, +))) { shares[column] += 1 }
        for _ in 0..<max(0, shares.reduce(0, +) - total) {
            guard
                let widest = shares.indices.max(by: {
                    (shares[$0] - needed[$0], shares[$0]) < (shares[$1] - needed[$1], shares[$1])
                })
            else { break }
            shares[widest] -= 1
        }
        return shares
    }

    /// Room for the longest word.
    private func leastWidth(_ column: Int) -> Int {
        let cells = rows.prefix(Self.measured).compactMap { $0.indices.contains(column) ? $0[column] : nil }
        let words = cells.flatMap { cell in
            cell.lines.flatMap { $0.utf8.split(separator: UInt8(ascii: " ")) }.map { word in
                let count = Self.breadth(word)
                return cell.mark != nil ? Self.bold(count) + 2 : column > 0 ? count : Self.bold(count)
            }
        }
        let heads = columns[column].utf8.split(separator: UInt8(ascii: " ")).map {
            Self.bold(Self.breadth($0))
        }
        return min((words + heads).max() ?? 0, Self.longestWord) + Self.padding
    }

    /// In letters of usual width: some are nearly twice as wide, which counts in a short word.
    private static func breadth(_ word: Substring.UTF8View) -> Int {
        word.count + word.count { $0 == UInt8(ascii: "W") || $0 == UInt8(ascii: "M") }
    }

    /// Heads of columns and rows and marked cells are bold, which is wider.
    private static func bold(_ count: Int) -> Int { (count * 6 + 4) / 5 }

    private static func lengths(_ cell: Cell) -> [Int] {
        // A mark has a sign before its words.
        cell.lines.map { cell.mark == nil ? $0.utf8.count : bold($0.utf8.count + 2) }
    }

    /// The column that a reader would widen next: the one that adds most to the height of the rows it makes highest;
    /// nil when no row is higher than its lines.
    private static func highest(_ rows: [[[Int]]], _ widths: [Int]) -> Int? {
        var excess = widths.map { _ in 0 }
        for row in rows {
            let heights = zip(row, widths).map { lines, width in
                lines.reduce(0) { $0 + max(1, ($1 + width - padding - 1) / max(1, width - padding)) }
            }
            guard let most = heights.max() else { continue }
            for (column, height) in heights.enumerated() where height == most && height > row[column].count {
                excess[column] += height - row[column].count
            }
        }
        guard let most = excess.max(), most > 0 else { return nil }
        return excess.firstIndex(of: most)
    }
}
