package import Expressions
package import Formats

/// All versions of the state records of one kind from one source, as columns. Rows stand in the order of the keys' bytes,
/// then of time; the versions of one key do not overlap.
package struct StateColumns: Sendable {
    /// Numbers in the history's dictionary.
    package let keys: [UInt32]
    /// Microseconds since 1970 in UTC.
    package let starts: [Int64]
    package let ends: [Int64]
    /// Where the facts stand in the log.
    package let leaves: [UInt32]
    package let items: [UInt32]
    package let record: RecordColumns

    package init(
        keys: [UInt32], starts: [Int64], ends: [Int64], leaves: [UInt32], items: [UInt32],
        record: RecordColumns
    ) {
        self.keys = keys
        self.starts = starts
        self.ends = ends
        self.leaves = leaves
        self.items = items
        self.record = record
    }

    package var count: Int { keys.count }

    package func reference(_ row: Int) -> FactReference {
        FactReference(leaf: Int(leaves[row]), item: Int(items[row]))
    }

    /// Calls back for each key of a part with its rows.
    ///
    /// - Parameter part: one of those that `cuts` gives; nil is all rows.
    package func forEachKey(
        in part: Range<Int>? = nil, _ body: (_ key: UInt32, _ rows: Range<Int>) -> Void
    ) {
        var first = part?.lowerBound ?? 0
        let end = part?.upperBound ?? keys.count
        while first < end {
            let last = endOfKey(first)
            body(keys[first], first..<last)
            first = last
        }
    }

    /// All rows in parts of about so many, the rows of a key always in one of them.
    package func cuts(every count: Int) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var first = 0
        while first < keys.count {
            let last = endOfKey(min(keys.count, first + max(1, count)) - 1)
            parts.append(first..<last)
            first = last
        }
        return parts
    }

    private func endOfKey(_ row: Int) -> Int {
        var end = row + 1
        while end < keys.count, keys[end] == keys[row] { end += 1 }
        return end
    }

    /// Whether any of some rows holds at some time of a period.
    package func lives(_ rows: Range<Int>, in period: Interval) -> Bool {
        let (from, to) = (period.start.microseconds, period.end.microseconds)
        return rows.contains { starts[$0] < to && ends[$0] > from }
    }
}
