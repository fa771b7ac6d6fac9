import Testing

@testable import Ledger

@Suite struct ProofTests {
    private static let all = leaves(70)
    private static let tree = MemoryTree(all)

    @Test(arguments: 1...70)
    func `every inclusion proof is the defined one and holds`(size: Int) throws {
        let root = NaiveTree.root(Self.all[..<size])
        for index in 0..<size {
            let proof = try MerkleTree.inclusionProof(index: index, size: size, reader: Self.tree)
            #expect(proof.path == NaiveTree.path(index, Self.all[..<size]))
            try proof.verify(leaf: Self.all[index], root: root)
            for other in [index - 1, index + 1] {
                let moved = InclusionProof(index: other, size: size, path: proof.path)
                #expect(throws: ProofError.self) { try moved.verify(leaf: Self.all[index], root: root) }
            }
        }
    }

    @Test(arguments: 1...70)
    func `a proof from leaves that come one by one is the same`(size: Int) throws {
        for index in 0..<size {
            var gathering = try InclusionGathering(index: index, size: size)
            for (place, leaf) in Self.all[..<size].enumerated() {
                if place == size - 1 { #expect(throws: TreeError.self) { try gathering.proof() } }
                gathering.append(leaf)
            }
            let expected = try MerkleTree.inclusionProof(index: index, size: size, reader: Self.tree)
            #expect(try gathering.proof() == expected)
            gathering.append(Self.all[0])
            #expect(throws: TreeError.self) { try gathering.proof() }
        }
        #expect(throws: TreeError.self) { try InclusionGathering(index: size, size: size) }
    }

    @Test(arguments: 0...70)
    func `every consistency proof is the defined one and holds`(new: Int) throws {
        let newRoot = NaiveTree.root(Self.all[..<new])
        for old in 0...new {
            let oldRoot = NaiveTree.root(Self.all[..<old])
            let proof = try MerkleTree.consistencyProof(old: old, new: new, reader: Self.tree)
            #expect(proof.path == (old == 0 ? [] : NaiveTree.consistency(old, Self.all[..<new])))
            try proof.verify(oldRoot: oldRoot, newRoot: newRoot)
            let wrong = Digest.sha256([9])
            #expect(throws: ProofError.self) { try proof.verify(oldRoot: wrong, newRoot: newRoot) }
            if old > 0 {
                #expect(throws: ProofError.self) { try proof.verify(oldRoot: oldRoot, newRoot: wrong) }
            }
        }
    }

    @Test(arguments: [(0, 1), (0, 2), (3, 7), (6, 7), (10, 21), (64, 65), (69, 70)])
    func `an inclusion proof with any bit flipped is refused`(index: Int, size: Int) throws {
        let proof = try MerkleTree.inclusionProof(index: index, size: size, reader: Self.tree)
        let root = NaiveTree.root(Self.all[..<size])
        let leaf = Self.all[index]
        func refused(_ path: [Digest], _ leaf: Digest = leaf, _ root: Digest = root) {
            #expect(throws: ProofError.self) {
                try InclusionProof(index: index, size: size, path: path).verify(leaf: leaf, root: root)
            }
        }
        for bit in 0..<256 {
            for at in proof.path.indices {
                var path = proof.path
                path[at] = try #require(path[at].flipping(bit: bit))
                refused(path)
            }
            refused(proof.path, try #require(leaf.flipping(bit: bit)))
            refused(proof.path, leaf, try #require(root.flipping(bit: bit)))
        }
        refused(proof.path + [root])
        if !proof.path.isEmpty {
            refused(Array(proof.path.dropLast()))
            refused(Array(proof.path.dropFirst()))
        }
    }

    @Test(arguments: [(1, 2), (3, 7), (4, 7), (6, 7), (8, 8), (13, 64), (64, 70)])
    func `a consistency proof with any bit flipped or of another length is refused`(old: Int, new: Int) throws
    {
        let proof = try MerkleTree.consistencyProof(old: old, new: new, reader: Self.tree)
        let (oldRoot, newRoot) = (NaiveTree.root(Self.all[..<old]), NaiveTree.root(Self.all[..<new]))
        func refused(_ path: [Digest]) {
            #expect(throws: ProofError.self) {
                try ConsistencyProof(old: old, new: new, path: path).verify(
                    oldRoot: oldRoot, newRoot: newRoot)
            }
        }
        for bit in 0..<256 {
            for at in proof.path.indices {
                var path = proof.path
                path[at] = try #require(path[at].flipping(bit: bit))
                refused(path)
            }
        }
        refused(proof.path + [oldRoot])
        if !proof.path.isEmpty {
            refused([])
            refused(Array(proof.path.dropLast()))
        }
    }

    @Test func `numbers that no tree has are refused`() {
        let leaf = Self.all[0]
        for (index, size) in [(0, 0), (-1, 1), (1, 1), (0, -1), (Int.max, Int.max), (5, Int.min)] {
            #expect(throws: ProofError.noSuchLeaf(index: index, size: size)) {
                try InclusionProof(index: index, size: size, path: []).verify(leaf: leaf, root: leaf)
            }
        }
        for (old, new) in [(-1, 1), (2, 1), (0, -1), (Int.min, Int.max)] {
            #expect(throws: ProofError.sizes(old: old, new: new)) {
                try ConsistencyProof(old: old, new: new, path: []).verify(oldRoot: leaf, newRoot: leaf)
            }
        }
        let far = ConsistencyProof(old: Int.max - 1, new: Int.max, path: [])
        #expect(throws: ProofError.self) { try far.verify(oldRoot: leaf, newRoot: leaf) }
        #expect(throws: TreeError.noSuchLeaf(index: 70, size: 70)) { try Self.tree.inclusionProof(index: 70) }
        #expect(throws: TreeError.sizes(old: 71, new: 70)) { try Self.tree.consistencyProof(old: 71) }
    }

    @Test func `a proof reads a number of hashes that grows with the logarithm`() throws {
        let reader = CountingTree(tree: MemoryTree(leaves(4095)))
        for index in [0, 1, 2047, 2048, 4093, 4094] {
            let before = reader.reads.value
            _ = try MerkleTree.inclusionProof(index: index, size: 4095, reader: reader)
            #expect(reader.reads.value - before <= 24)
        }
    }
}

private struct CountingTree: HashReader {
    final class Counter { var value = 0 }
    let tree: MemoryTree
    let reads = Counter()

    func hash(level: Int, index: Int) throws -> Digest {
        reads.value += 1
        return try tree.hash(level: level, index: index)
    }
}
