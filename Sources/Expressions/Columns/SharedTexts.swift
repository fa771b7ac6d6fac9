internal import Formats

/// Makes texts of different dictionaries comparable by number.
struct SharedTexts {
    private var interner = TextInterner()
    /// By lexicon: for each of its numbers the shared number and 1; 0 where it is not known yet.
    private var tables: [Int: [UInt32]] = [:]

    /// The numbers of two columns in one numbering. Where a row has no text its number means nothing.
    mutating func comparable(
        _ a: [UInt32], _ x: Vector.Lexicon, _ validA: [UInt8]?, _ b: [UInt32], _ y: Vector.Lexicon,
        _ validB: [UInt8]?, _ rows: Int
    ) -> ([UInt32], [UInt32]) {
        if x.owner == y.owner { return (a, b) }
        if case .dictionary(let first) = x.texts, case .dictionary(let second) = y.texts,
            first.isSame(as: second)
        {
            return (a, b)
        }
        return (shared(a, x, validA, rows), shared(b, y, validB, rows))
    }

    private mutating func shared(
        _ numbers: [UInt32], _ lexicon: Vector.Lexicon, _ valid: [UInt8]?, _ rows: Int
    ) -> [UInt32] {
        var table = tables.removeValue(forKey: lexicon.owner) ?? []
        if table.count < lexicon.count {
            table += [UInt32](repeating: 0, count: lexicon.count - table.count)
        }
        var result = [UInt32](repeating: 0, count: rows)
        for row in 0..<rows where valid?[row] != 0 {
            let number = Int(numbers[row])
            if table[number] == 0, let text = lexicon.text(numbers[row]) {
                table[number] = interner.number(of: text) + 1
            }
            result[row] = table[number]
        }
        tables[lexicon.owner] = table
        return result
    }
}
