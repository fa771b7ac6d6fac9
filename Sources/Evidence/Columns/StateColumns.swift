package import Expressions

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
}
