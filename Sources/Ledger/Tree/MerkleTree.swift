/// The root of one complete subtree: it covers the leaves `index << level ..< (index + 1) << level`.
package struct TreeNode: Sendable, Hashable {
    /// 0 is a leaf.
    package let level: Int
    /// Position among the nodes of its level, from the left.
    package let index: Int
    package let digest: Digest

    package init(level: Int, index: Int, digest: Digest) {
        self.level = level
        self.index = index
        self.digest = digest
    }
}

/// Wherever the hashes of complete subtrees are kept. A node, once there, never changes.
package protocol HashReader {
    /// The hash of the complete subtree at this place; throws when it is not there.
    func hash(level: Int, index: Int) throws -> Digest

    /// The hashes of neighbours on one level, in order. Implement it when one reading for many is cheaper.
    func hashes(level: Int, indexes: Range<Int>) throws -> [Digest]
}

extension HashReader {
    package func hashes(level: Int, indexes: Range<Int>) throws -> [Digest] {
        try indexes.map { try hash(level: level, index: $0) }
    }
}

/// A question that a tree of this size cannot answer.
package enum TreeError: Error, Hashable, CustomStringConvertible {
    case noSuchLeaf(index: Int, size: Int)
    case noSuchNode(level: Int, index: Int)
    /// Consistency is asked from a larger tree, or a negative one, to a smaller one.
    case sizes(old: Int, new: Int)

    package var description: String {
        switch self {
        case .noSuchLeaf(let index, let size):
            "entry \(index) is not in a tree of \(size); entries count from 0"
        case .noSuchNode(let level, let index):
            "the tree holds no hash at level \(level), index \(index); "
                + "the stored tree is shorter than it should be"
        case .sizes(let old, let new):
            "a tree of \(old) entries cannot have grown into one of \(new); give the smaller size first"
        }
    }
}

/// The Merkle tree of RFC 6962 and RFC 9162 §2.1 over SHA-256.
///
/// Everything is computed from the complete subtrees that a `HashReader` keeps; nothing is read twice, and no
/// operation reads more than about 2 log₂(size) hashes.
package enum MerkleTree {
    /// The root of a tree without entries: SHA-256 of nothing.
    package static let emptyRoot = Digest.sha256(EmptyCollection())

    /// SHA-256(0x00 ‖ entry).
    package static func leafHash(_ entry: some Sequence<UInt8>) -> Digest {
        var hasher = RunningDigest()
        hasher.update(0x00)
        hasher.update(entry)
        return hasher.finish()
    }

    /// SHA-256(0x00 ‖ entry), for bytes in a row.
    package static func leafHash(_ entry: UnsafeRawBufferPointer) -> Digest {
        // To copy a short entry costs less than to feed the hash twice.
        if entry.count > 1_023 {
            var hasher = RunningDigest()
            hasher.update(0x00)
            hasher.update(entry)
            return hasher.finish()
        }
        return withUnsafeTemporaryAllocation(byteCount: 1 + entry.count, alignment: 1) { buffer in
            buffer[0] = 0x00
            UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyMemory(from: entry)
            return Digest.sha256(UnsafeRawBufferPointer(buffer))
        }
    }

    /// The same for an array.
    package static func leafHash(_ entry: [UInt8]) -> Digest {
        entry.withUnsafeBytes { leafHash($0) }
    }

    /// SHA-256(0x01 ‖ left ‖ right).
    package static func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Digest.length, alignment: 1) { buffer in
            buffer[0] = 0x01
            left.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: buffer[1..<33]).copyMemory(from: $0)
            }
            right.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: buffer[33..<65]).copyMemory(from: $0)
            }
            return Digest.sha256(UnsafeRawBufferPointer(buffer))
        }
    }

    /// The nodes that come into being when leaves are appended to a tree of this size: each leaf, followed by the
    /// complete subtrees that it closes, lowest first. The caller stores them all.
    package static func append(
        _ leaves: some Sequence<Digest>, size: Int, reader: some HashReader
    ) throws -> [TreeNode] {
        var edge = try MerkleAccumulator(size: size, reader: reader)
        var nodes: [TreeNode] = []
        for leaf in leaves {
            edge.append(leaf) { nodes.append($0) }
        }
        return nodes
    }

    /// The root of the first `size` entries; any size up to the stored one.
    package static func root(size: Int, reader: some HashReader) throws -> Digest {
        try MerkleAccumulator(size: size, reader: reader).root
    }

    /// Why the entry at `index` is in the tree of the first `size` entries (RFC 9162 §2.1.3.1).
    package static func inclusionProof(
        index: Int, size: Int, reader: some HashReader
    ) throws -> InclusionProof {
        guard index >= 0, index < size else { throw TreeError.noSuchLeaf(index: index, size: size) }
        var path: [Digest] = []
        var (start, count) = (0, size)
        while count > 1 {
            let split = leftCount(of: count)
            if index < start + split {
                path.append(try subtree(start: start + split, count: count - split, reader: reader))
                count = split
            } else {
                path.append(try subtree(start: start, count: split, reader: reader))
                (start, count) = (start + split, count - split)
            }
        }
        // The walk went down from the root; a proof is read from the leaf up.
        return InclusionProof(index: index, size: size, path: path.reversed())
    }

    /// Why the tree of the first `old` entries is the beginning of the tree of the first `new` (RFC 9162 §2.1.4.1).
    package static func consistencyProof(
        old: Int, new: Int, reader: some HashReader
    ) throws -> ConsistencyProof {
        guard old >= 0, old <= new else { throw TreeError.sizes(old: old, new: new) }
        if old == 0 || old == new { return ConsistencyProof(old: old, new: new, path: []) }
        var path: [Digest] = []
        var (start, count) = (0, new)
        while old < start + count {
            let split = leftCount(of: count)
            if old <= start + split {
                path.append(try subtree(start: start + split, count: count - split, reader: reader))
                count = split
            } else {
                path.append(try subtree(start: start, count: split, reader: reader))
                (start, count) = (start + split, count - split)
            }
        }
        // Unless this subtree is the whole old tree, whose root the verifier has, it needs to be told.
        if start > 0 { path.append(try subtree(start: start, count: count, reader: reader)) }
        return ConsistencyProof(old: old, new: new, path: path.reversed())
    }

    /// The largest power of two below `count`, where a tree of that many leaves is split.
    static func leftCount(of count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// The root over `count` leaves from `start`, which lies where such a subtree can begin.
    private static func subtree(start: Int, count: Int, reader: some HashReader) throws -> Digest {
        try MerkleAccumulator.completeSubtrees(start: start, count: count)
            .map { try reader.hash(level: $0.level, index: $0.index) }
            .foldedFromTheRight
    }
}

extension Array<Digest> {
    /// The root above complete subtrees of falling size.
    var foldedFromTheRight: Digest {
        guard var root = last else { return MerkleTree.emptyRoot }
        for left in dropLast().reversed() {
            root = MerkleTree.nodeHash(left, root)
        }
        return root
    }
}
