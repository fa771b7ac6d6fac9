/// Why one leaf is in a tree whose leaves come one after the other: keeps a few hashes for each step of the path instead of
/// all leaves.
package struct InclusionGathering: Sendable {
    /// A subtree beside the path, from the root down.
    private struct Sibling: Sendable {
        let leaves: Range<Int>
        var edge = MerkleAccumulator()
    }

    package let index: Int
    private let count: Int
    private var siblings: [Sibling] = []
    /// In the order of their leaves: the subtree whose leaves come next stands first.
    private var order: [Int] = []
    private var next = 0

    /// - Parameter size: leaves in the tree.
    package init(index: Int, size: Int) throws(TreeError) {
        guard index >= 0, index < size else { throw .noSuchLeaf(index: index, size: size) }
        self.index = index
        count = size
        var whole = 0..<size
        while whole.count > 1 {
            let split = whole.lowerBound + MerkleTree.leftCount(of: whole.count)
            let (left, right) = (whole.lowerBound..<split, split..<whole.upperBound)
            let isLeft = left.contains(index)
            siblings.append(Sibling(leaves: isLeft ? right : left))
            whole = isLeft ? left : right
        }
        order = siblings.indices.sorted {
            siblings[$0].leaves.lowerBound < siblings[$1].leaves.lowerBound
        }
    }

    /// Takes the next leaf, by its hash. Leaves beyond the size make `proof` fail.
    package mutating func append(_ leaf: Digest) {
        defer { next += 1 }
        while let first = order.first, siblings[first].leaves.upperBound <= next { order.removeFirst() }
        if next != index, let first = order.first { siblings[first].edge.append(leaf) }
    }

    /// The proof, once all leaves have come.
    package func proof() throws(TreeError) -> InclusionProof {
        guard next == count else { throw .sizes(old: next, new: count) }
        return InclusionProof(index: index, size: count, path: siblings.reversed().map(\.edge.root))
    }
}
