/// Why a proof does not prove what it is said to.
package enum ProofError: Error, Hashable, CustomStringConvertible {
    case noSuchLeaf(index: Int, size: Int)
    case sizes(old: Int, new: Int)
    /// The two numbers of the proof fix how many hashes it has.
    case length(found: Int, expected: Int)
    /// The hashes do not lead to the root; `tree` says to which one.
    case root(tree: String)

    package var description: String {
        switch self {
        case .noSuchLeaf(let index, let size):
            "the proof is for entry \(index) of a tree of \(size), which has no such entry"
        case .sizes(let old, let new):
            "the proof says that a tree of \(old) entries grew into one of \(new)"
        case .length(let found, let expected):
            "the proof has \(found) hashes where \(expected) are needed"
        case .root(let tree):
            "the hashes of the proof do not lead to the root of the \(tree); "
                + "the entry, the proof or the root was changed"
        }
    }
}

/// The hashes that lead from one leaf to the root of a tree.
package struct InclusionProof: Sendable, Hashable {
    /// Which leaf, counted from 0.
    package let index: Int
    /// Number of leaves of the tree.
    package let size: Int
    /// The sibling hashes, nearest to the leaf first.
    package let path: [Digest]

    package init(index: Int, size: Int, path: [Digest]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// Checks that the leaf with this hash stands at `index` in the tree with this root (RFC 9162 §2.1.3.2).
    package func verify(leaf: Digest, root: Digest) throws(ProofError) {
        let expected = try Self.length(index: index, size: size)
        guard path.count == expected else { throw .length(found: path.count, expected: expected) }
        var (place, last) = (index, size - 1)
        var hash = leaf
        for sibling in path {
            if place & 1 == 1 || place == last {
                hash = MerkleTree.nodeHash(sibling, hash)
                // A node without a right neighbour stands for itself on the levels above.
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleTree.nodeHash(hash, sibling)
            }
            place >>= 1
            last >>= 1
        }
        guard last == 0, hash == root else { throw .root(tree: "tree of \(size) entries") }
    }

    /// How many hashes a proof for this leaf has: one a level below where its path leaves the right edge, and above it
    /// one for each time the path goes right.
    package static func length(index: Int, size: Int) throws(ProofError) -> Int {
        guard index >= 0, index < size else { throw .noSuchLeaf(index: index, size: size) }
        let inner = Int.bitWidth - (index ^ (size - 1)).leadingZeroBitCount
        return inner + (index >> inner).nonzeroBitCount
    }
}
