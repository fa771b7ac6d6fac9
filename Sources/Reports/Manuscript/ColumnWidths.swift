extension Sheet {
    /// How columns share a page by how much stands in them: each by the square root of its longest line, so that a long
    /// text gets more room and a short one is not squeezed. Their sum is at most the total.
    package func columnWidths(of total: Int) -> [Int] {
        let weights = columns.indices.map { column in
            let cells = rows.lazy.compactMap { $0.indices.contains(column) ? $0[column].lines : nil }.joined()
            let longest = cells.map(\.utf8.count).max() ?? 0
            return Double(max(9, columns[column].utf8.count, min(longest, 160))).squareRoot()
        }
        let all = weights.reduce(0, +)
        return weights.map { Int(Double(total) * $0 / all) }
    }
}
