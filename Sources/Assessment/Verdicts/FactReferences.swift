package import Evidence

/// The facts that a row rests on, in an order that the row gives them.
///
/// There may be millions of rows, most of which rest on one fact or on two: those stand in the row itself.
package struct FactReferences: Sendable, Hashable, RandomAccessCollection, ExpressibleByArrayLiteral {
    /// A reference whose numbers are small, as nearly all are.
    private struct Short: Hashable {
        let leaf: UInt32
        let item: UInt32

        init?(_ reference: FactReference) {
            guard let leaf = UInt32(exactly: reference.leaf), let item = UInt32(exactly: reference.item)
            else { return nil }
            (self.leaf, self.item) = (leaf, item)
        }

        var whole: FactReference { FactReference(leaf: Int(leaf), item: Int(item)) }
    }

    // The same references are always stored the same way, so that comparing is all there is to equality.
    private enum Storage: Hashable {
        case none
        case one(Short)
        case two(Short, Short)
        case more([FactReference])
    }

    private var storage: Storage

    package init() { storage = .none }

    package init(_ reference: FactReference) {
        self.init()
        append(reference)
    }

    package init(_ references: some Sequence<FactReference>) {
        let all = Array(references)
        self.init()
        if all.count > 2 { storage = .more(all) } else { all.forEach { append($0) } }
    }

    package init(arrayLiteral references: FactReference...) { self.init(references) }

    package mutating func append(_ reference: FactReference) {
        if case .more(var all) = storage {
            // Else it would be copied.
            storage = .none
            all.append(reference)
            storage = .more(all)
            return
        }
        switch (storage, Short(reference)) {
        case (.none, let first?): storage = .one(first)
        case (.one(let first), let second?): storage = .two(first, second)
        default: storage = .more(self + [reference])
        }
    }

    package var startIndex: Int { 0 }

    package var endIndex: Int {
        switch storage {
        case .none: 0
        case .one: 1
        case .two: 2
        case .more(let all): all.count
        }
    }

    package subscript(position: Int) -> FactReference {
        switch storage {
        case .more(let all): return all[position]
        case .one(let first) where position == 0: return first.whole
        case .two(let first, _) where position == 0: return first.whole
        case .two(_, let second) where position == 1: return second.whole
        default: preconditionFailure("no reference \(position) among \(count)")
        }
    }

    /// Each once, in rising order.
    var inOrder: FactReferences {
        let isSorted = indices.dropFirst().allSatisfy { self[$0 - 1] < self[$0] }
        return isSorted ? self : FactReferences(Set(self).sorted())
    }

    /// Those of both, each once, in rising order.
    func union(_ other: FactReferences) -> FactReferences {
        FactReferences(Set(self).union(other).sorted())
    }
}
