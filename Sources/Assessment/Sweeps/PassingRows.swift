import Expressions

/// Which rows of a block plainly pass. Most do, so they are told many at a time.
struct PassingRows {
    /// How many rows are told at once.
    static let chunk = 64

    private enum Standing {
        static let outOfScope: UInt8 = 0
        static let passes: UInt8 = 1
        /// Something else is to be told of the row.
        static let other: UInt8 = 2
    }

    private let standings: [UInt8]

    /// - Parameters:
    ///   - scoped: `ColumnAnswer` by row; nil when all are in scope.
    ///   - judged: `ColumnAnswer` by row.
    ///   - misses: what joins have found for each row.
    init(scoped: [UInt8]?, judged: [UInt8], misses: [[Int32]]) {
        let (yes, no) = (ColumnAnswer.yes, ColumnAnswer.no)
        var standings: [UInt8] =
            if let scoped {
                zip(scoped, judged).map { scope, judged in
                    scope == no
                        ? Standing.outOfScope
                        : scope == yes && judged == yes ? Standing.passes : Standing.other
                }
            } else {
                judged.map { $0 == yes ? Standing.passes : Standing.other }
            }
        for matches in misses {
            for row in matches.indices where matches[row] < JoinTable.Miss.absent {
                standings[row] = Standing.other
            }
        }
        self.standings = standings
    }

    /// How many of up to `chunk` rows pass, with the first and the last of them; nil when there is a row in scope of
    /// which that cannot be said.
    func passing(_ rows: Range<Int>) -> (count: Int, first: Int, last: Int)? {
        standings.withUnsafeBufferPointer { standings in
            precondition(rows.upperBound <= standings.count, "answers are as many as the rows")
            // All rows are looked at, which vector instructions do faster than to stop.
            var (count, seen): (UInt8, UInt8) = (0, 0)
            for row in rows {
                count += standings[row] & Standing.passes
                seen |= standings[row]
            }
            if seen & Standing.other != 0 { return nil }
            var (first, last) = (rows.lowerBound, rows.upperBound)
            if count > 0 {
                while standings[first] != Standing.passes { first += 1 }
                repeat { last -= 1 } while standings[last] != Standing.passes
            }
            return (Int(count), first, last)
        }
    }
}
