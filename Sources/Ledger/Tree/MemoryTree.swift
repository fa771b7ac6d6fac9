/// A whole tree in memory, about 64 bytes a leaf: for populations, of which every item must be provable.
package struct MemoryTree: Sendable, HashReader {
    /// `levels[level][index]`.
    private var levels: [[Digest]] = []
    private var edge = MerkleAccumulator()

    package init() {}

    /// The tree over these leaves, given by their hashes.
    package init(_ leaves: some Sequence<Digest>) {
        append(contentsOf: leaves)
    }

    /// Number of leaves.
    package var size: Int { edge.size }

    /// The root over all leaves.
    package var root: Digest { edge.root }

    /// Appends a leaf by its hash.
    package mutating func append(_ leaf: Digest) {
        // A closure may not change `self` while `edge` is being changed, so the levels are lent out apart.
        var levels = levels
        self.levels = []
        edge.append(leaf) { node in
            if node.level == levels.count { levels.append([]) }
            levels[node.level].append(node.digest)
        }
        self.levels = levels
    }

    /// Appends leaves by their hashes.
    package mutating func append(contentsOf leaves: some Sequence<Digest>) {
        for leaf in leaves { append(leaf) }
    }

    package func hash(level: Int, index: Int) throws(TreeError) -> Digest {
        guard levels.indices.contains(level), levels[level].indices.contains(index) else {
            throw .noSuchNode(level: level, index: index)
        }
        return levels[level][index]
    }

    /// Why the leaf at `index` is in this tree.
    package func inclusionProof(index: Int) throws -> InclusionProof {
        try MerkleTree.inclusionProof(index: index, size: size, reader: self)
    }

    /// Why the first `old` leaves are the beginning of this tree.
    package func consistencyProof(old: Int) throws -> ConsistencyProof {
        try MerkleTree.consistencyProof(old: old, new: size, reader: self)
    }
}
