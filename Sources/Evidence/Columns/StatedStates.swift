import Ledger
import Storage

/// One state as it was said.
package struct StatedState: Sendable, Hashable {
    /// A number in the history's dictionary.
    package let key: UInt32
    /// Microseconds since 1970 in UTC.
    package let start: Int64
    /// Nil holds until the next one.
    package let end: Int64?
    /// Whether there is a value; a fact without one says that the record had ceased to exist.
    package let exists: Bool
    package let reference: FactReference
}

/// All that was said of the records of one kind from one source, also what something later overrides and that records had
/// ceased to exist. Only its place is known: it is read when it is asked for, and not kept.
package struct StatedStates: Sendable {
    let list: BlockList
    let store: any ColumnStore
    let schema: Digest

    /// Hands over one state after the other, in the order in which they became known.
    ///
    /// - Throws: `ColumnError` where the files are gone or damaged by now.
    package func forEach(_ body: (StatedState) throws -> Void) throws {
        let blocks = try OpenBlocks(list, in: store, .states, schema: schema)
        for block in 0..<blocks.count {
            func column(_ index: Int) throws -> [Int64] {
                var chunk = try blocks.chunk(block, index)
                return try PackedIntegers.read(&chunk, count: blocks[block].rows)
            }
            let (keys, starts, ends, flags) = (
                try column(0), try column(1), try column(2), try column(3)
            )
            let (leaves, items) = (try column(4), try column(5))
            for row in keys.indices {
                try body(
                    StatedState(
                        key: UInt32(truncatingIfNeeded: keys[row]), start: starts[row],
                        end: flags[row] & FactRows.hasEnd == 0 ? nil : ends[row],
                        exists: flags[row] & FactRows.hasValue != 0,
                        reference: FactReference(leaf: Int(leaves[row]), item: Int(items[row]))))
            }
        }
    }
}
