/// Leaves that stand together in a tree, as the complete subtrees that they make up there: what of the tree's hashing can
/// be done without a look at any other leaf.
package struct MerkleStretch: Sendable {
    /// The first leaf's place in the tree.
    package let start: Int
    package let count: Int
    let subtrees: [TreeNode]

    /// - Parameter leaves: hashes of the leaves from `start` on.
    package init(start: Int, _ leaves: [Digest]) {
        self.start = start
        count = leaves.count
        var rest = leaves[...]
        subtrees = Self.subtrees(start: start, count: leaves.count).map { level, index in
            let own = rest.prefix(1 << level)
            rest.removeFirst(own.count)
            return TreeNode(level: level, index: index, digest: Self.root(own))
        }
    }

    /// The largest complete subtrees within a stretch, left to right.
    private static func subtrees(start: Int, count: Int) -> [(level: Int, index: Int)] {
        var found: [(level: Int, index: Int)] = []
        let end = start + count
        var start = start
        while start < end {
            // As high as the place allows, and as the leaves suffice for.
            let level = min(start.trailingZeroBitCount, Int.bitWidth - 1 - (end - start).leadingZeroBitCount)
            found.append((level, start >> level))
            start += 1 << level
        }
        return found
    }

    /// The root of a complete subtree, level by level.
    private static func root(_ leaves: ArraySlice<Digest>) -> Digest {
        var nodes = Array(leaves)
        var width = nodes.count
        while width > 1 {
            width /= 2
            for place in 0..<width {
                nodes[place] = MerkleTree.nodeHash(nodes[2 * place], nodes[2 * place + 1])
            }
        }
        return nodes[0]
    }
}
