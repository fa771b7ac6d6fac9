/// A word on an event that gave it another time than the word before.
package struct EventMove: Sendable, Hashable {
    /// Microseconds since 1970 in UTC.
    package let old, new: Int64
    /// Where the later word stands in the log.
    package let reference: FactReference

    package init(old: Int64, new: Int64, reference: FactReference) {
        self.old = old
        self.new = new
        self.reference = reference
    }
}

extension [EventMove] {
    /// Notes the move from an event in one row to the later word on it in another; at the same time it is none.
    mutating func note(from old: FactRows, _ row: Int, to new: FactRows, _ newRow: Int) {
        guard old.starts[row] != new.starts[newRow] else { return }
        append(
            EventMove(
                old: old.starts[row], new: new.starts[newRow],
                reference: FactReference(leaf: Int(new.leaves[newRow]), item: Int(new.items[newRow]))))
    }
}
