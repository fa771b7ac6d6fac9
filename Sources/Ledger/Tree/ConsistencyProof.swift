/// The hashes that show one tree to be the beginning of another: nothing removed, nothing changed, only added.
package struct ConsistencyProof: Sendable, Hashable {
    /// Number of leaves of the earlier tree.
    package let old: Int
    /// Number of leaves of the later tree.
    package let new: Int
    /// The hashes, lowest first; empty when the sizes are equal or the earlier tree is empty.
    package let path: [Digest]

    package init(old: Int, new: Int, path: [Digest]) {
        self.old = old
        self.new = new
        self.path = path
    }

    /// Checks that the tree with the old root grew into the tree with the new one (RFC 9162 §2.1.4.2).
    package func verify(oldRoot: Digest, newRoot: Digest) throws(ProofError) {
        guard old >= 0, old <= new else { throw .sizes(old: old, new: new) }
        let expected = Self.length(old: old, new: new)
        guard path.count == expected else { throw .length(found: path.count, expected: expected) }
        if old == 0 {
            // Every tree grew out of the empty one, so only the empty root itself is there to be checked.
            guard oldRoot == MerkleTree.emptyRoot else { throw .root(tree: "empty tree") }
            guard new > 0 || newRoot == oldRoot else { throw .root(tree: "empty tree") }
            return
        }
        if old == new {
            guard oldRoot == newRoot else { throw .root(tree: "tree of \(new) entries") }
            return
        }
        try walk(from: oldRoot, to: newRoot)
    }

    private func walk(from oldRoot: Digest, to newRoot: Digest) throws(ProofError) {
        var (place, last) = (old - 1, new - 1)
        while place & 1 == 1 {
            place >>= 1
            last >>= 1
        }
        // A complete old tree is a node of the new one: its root starts the walk and is not in the proof.
        var rest = path[...]
        guard let start = old.nonzeroBitCount == 1 ? oldRoot : rest.popFirst() else {
            throw .length(found: 0, expected: 1)
        }
        var (oldHash, newHash) = (start, start)
        for hash in rest {
            if place & 1 == 1 || place == last {
                oldHash = MerkleTree.nodeHash(hash, oldHash)
                newHash = MerkleTree.nodeHash(hash, newHash)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                newHash = MerkleTree.nodeHash(newHash, hash)
            }
            place >>= 1
            last >>= 1
        }
        guard last == 0, newHash == newRoot else { throw .root(tree: "tree of \(new) entries") }
        guard oldHash == oldRoot else { throw .root(tree: "tree of \(old) entries") }
    }

    /// How many hashes a proof between these sizes has: that of the subtree where the old tree ends, unless it is the
    /// old tree itself, and the path from that subtree to the new root.
    private static func length(old: Int, new: Int) -> Int {
        if old == 0 || old == new { return 0 }
        let level = old.trailingZeroBitCount
        let (place, last) = ((old - 1) >> level, (new - 1) >> level)
        let inner = Int.bitWidth - (place ^ last).leadingZeroBitCount
        return inner + (place >> inner).nonzeroBitCount + (old.nonzeroBitCount == 1 ? 0 : 1)
    }
}
