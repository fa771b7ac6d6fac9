/// The right edge of a tree: enough to append to it and to know its root, and no more.
///
/// Keeps one hash per complete subtree of the edge, so a population of any length is summed up in a few hundred bytes.
package struct MerkleAccumulator: Sendable, Hashable {
    /// Leaves so far.
    package private(set) var size = 0
    /// Roots of the complete subtrees, largest and leftmost first; one for each bit set in `size`.
    private(set) var edge: [Digest] = []

    /// The edge of an empty tree.
    package init() {}

    /// The edge of `size` leaves whose complete subtrees are known.
    init(size: Int, edge: [Digest]) {
        precondition(edge.count == size.nonzeroBitCount, "one complete subtree for each bit of the size")
        self.size = size
        self.edge = edge
    }

    /// The edge of the first `size` leaves of a stored tree; reads one hash for each bit set in `size`.
    package init(size: Int, reader: some HashReader) throws {
        guard size >= 0 else { throw TreeError.sizes(old: 0, new: size) }
        self.size = size
        edge = try Self.completeSubtrees(start: 0, count: size).map {
            try reader.hash(level: $0.level, index: $0.index)
        }
    }

    /// Appends a leaf by its hash.
    package mutating func append(_ leaf: Digest) {
        append(leaf) { _ in }
    }

    /// Appends a leaf by its hash and reports the nodes that this creates: the leaf first, then every complete
    /// subtree that it closes, lowest first.
    package mutating func append(_ leaf: Digest, created: (TreeNode) -> Void) {
        append(TreeNode(level: 0, index: size, digest: leaf), created: created)
    }

    /// Appends leaves of which the subtrees are known already.
    package mutating func append(_ leaves: MerkleStretch) {
        precondition(leaves.start == size, "a stretch stands where its subtrees were computed for")
        for subtree in leaves.subtrees { append(subtree) { _ in } }
    }

    /// Appends a complete subtree, which must begin at the end.
    private mutating func append(_ subtree: TreeNode, created: (TreeNode) -> Void) {
        var node = subtree
        created(node)
        while node.index & 1 == 1, let left = edge.popLast() {
            node = TreeNode(
                level: node.level + 1, index: node.index >> 1, digest: MerkleTree.nodeHash(left, node.digest))
            created(node)
        }
        edge.append(node.digest)
        size += 1 << subtree.level
    }

    /// The root over all leaves so far.
    package var root: Digest {
        edge.foldedFromTheRight
    }

    /// Places of the complete subtrees that make up `count` leaves from `start`, left to right.
    static func completeSubtrees(start: Int, count: Int) -> [(level: Int, index: Int)] {
        var places: [(level: Int, index: Int)] = []
        var (start, rest) = (start, count)
        while rest > 0 {
            let level = Int.bitWidth - 1 - rest.leadingZeroBitCount
            places.append((level, start >> level))
            start += 1 << level
            rest -= 1 << level
        }
        return places
    }
}
