import Expressions

/// Which rows of a block plainly pass: most do, so eight are told at once, a byte of a word each.
struct PassingRows {
    /// How many rows are told at once.
    static let width = 8

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    /// `ColumnAnswer` by row; nil when all are in scope.
    private let scoped: [UInt8]?
    /// `ColumnAnswer` by row.
    private let judged: [UInt8]
    /// What joins have found for each row.
    private let misses: [[Int32]]

    /// - Parameters:
    ///   - scoped: `ColumnAnswer` by row; nil when all are in scope.
    ///   - judged: `ColumnAnswer` by row.
    ///   - misses: what joins have found for each row.
    init(scoped: [UInt8]?, judged: [UInt8], misses: [[Int32]]) {
        self.scoped = scoped
        self.judged = judged
        self.misses = misses
    }

    /// How many of up to eight rows pass, with the first and the last of them; nil when there is a row in scope of which
    /// that cannot be said.
    @inline(__always)
    func passing(_ rows: Range<Int>) -> (count: Int, first: Int, last: Int)? {
        for matches in misses {
            for row in rows where matches[row] < JoinTable.Miss.absent { return nil }
        }
        // Bit 0 of a byte: the row passes. Bit 1: something else is to be told of it.
        let yes = Self.word(judged, rows) & Self.ones
        var standing = yes | (yes ^ Self.ones) << 1
        if let scoped {
            let scope = Self.word(scoped, rows)
            let inScope = (scope & Self.ones) &* 0xFF
            standing = standing & inScope | scope & Self.ones << 1
        }
        if rows.count < Self.width { standing &= 1 << UInt64(8 * rows.count) - 1 }
        if standing & Self.ones << 1 != 0 { return nil }
        let first = rows.lowerBound + standing.trailingZeroBitCount / 8
        let last = rows.lowerBound + Self.width - 1 - standing.leadingZeroBitCount / 8
        return (standing.nonzeroBitCount, first, last)
    }

    /// The bytes of some rows, the first of them the lowest.
    @inline(__always)
    private static func word(_ bytes: [UInt8], _ rows: Range<Int>) -> UInt64 {
        bytes.withUnsafeBytes { bytes in
            precondition(rows.upperBound <= bytes.count, "answers are as many as the rows")
            if rows.count == width {
                return UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: rows.lowerBound, as: UInt64.self))
            }
            return rows.reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
        }
    }
}
