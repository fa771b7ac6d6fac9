import Testing

@testable import Ledger

@Suite struct MerkleTreeTests {
    @Test func `known leaf, node and empty hashes come out`() throws {
        #expect(
            MerkleTree.leafHash([]).hex == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
        #expect(
            MerkleTree.leafHash(bytes("L123456")).hex
                == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56")
        // The published node answer joins two four-byte texts, which no digest can be.
        #expect(
            Digest.sha256([1] + bytes("N123") + bytes("N456")).hex
                == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb")
        let (left, right) = (MerkleTree.leafHash([]), MerkleTree.leafHash([1]))
        #expect(MerkleTree.nodeHash(left, right) == .sha256([1] + left.bytes + right.bytes))
        #expect(
            MerkleTree.emptyRoot.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(MemoryTree().root == MerkleTree.emptyRoot)
    }

    @Test func `a digest has one spelling and is ordered by its bytes`() throws {
        let digest = Digest.sha256(bytes("a"))
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(hex: digest.hex.uppercased()) == nil)
        #expect(Digest(hex: String(digest.hex.dropLast(2))) == nil)
        #expect(Digest(bytes: digest.bytes.dropLast()) == nil)
        let all = leaves(200)
        #expect(all.sorted().map(\.hex) == all.map(\.hex).sorted())
    }

    @Test func `a digest is the same from arrays, slices, lazy sequences and pieces`() {
        let content = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let expected = Digest.sha256(content)
        #expect(Digest.sha256(([0] + content).dropFirst()) == expected)
        #expect(Digest.sha256(content.lazy.map { $0 }) == expected)
        var running = RunningDigest()
        running.update(content[..<313])
        running.update(content[313...])
        #expect(running.finish() == expected)
    }

    @Test func `leaves that come in stretches make the same tree, wherever they are cut`() {
        let all = leaves(100)
        for first in 0...all.count {
            for second in stride(from: first, through: all.count, by: 7) {
                var tree = MerkleAccumulator()
                for stretch in [0..<first, first..<second, second..<all.count] {
                    tree.append(MerkleStretch(start: stretch.lowerBound, Array(all[stretch])))
                }
                #expect(tree.size == all.count && tree.root == NaiveTree.root(all[...]))
            }
        }
    }

    @Test func `roots of every size agree with the definition`() throws {
        let all = leaves(130)
        var tree = MemoryTree()
        var accumulator = MerkleAccumulator()
        for size in 0...all.count {
            let expected = NaiveTree.root(all[..<size])
            #expect(tree.root == expected)
            #expect(accumulator.root == expected)
            if size < all.count {
                tree.append(all[size])
                accumulator.append(all[size])
            }
        }
        for size in 0...all.count {
            #expect(try MerkleTree.root(size: size, reader: tree) == NaiveTree.root(all[..<size]))
        }
    }

    @Test func `appending in batches stores the same nodes as one tree in memory`() throws {
        let all = leaves(300)
        let tree = MemoryTree(all)
        for cut in [0, 1, 7, 8, 129, 255, 256, 300] {
            let store = StoredHashes(try MerkleTree.append(all[..<cut], size: 0, reader: StoredHashes([])))
            let added = try MerkleTree.append(all[cut...], size: cut, reader: store)
            let nodes = store.nodes.merging(StoredHashes(added).nodes) { a, _ in
                Issue.record("a node was made twice")
                return a
            }
            #expect(nodes.count == 300 + 150 + 75 + 37 + 18 + 9 + 4 + 2 + 1)
            for (place, digest) in nodes {
                #expect(try tree.hash(level: place.level, index: place.index) == digest)
            }
        }
    }

    @Test func `a missing stored hash is named`() {
        #expect(throws: TreeError.noSuchNode(level: 1, index: 0)) {
            try MerkleTree.root(size: 3, reader: MemoryTree(leaves(1)))
        }
    }
}

/// Nodes as a store would keep them.
struct StoredHashes: HashReader {
    struct Place: Hashable { let level, index: Int }
    let nodes: [Place: Digest]

    init(_ nodes: [TreeNode]) {
        self.nodes = Dictionary(
            nodes.map { (Place(level: $0.level, index: $0.index), $0.digest) },
            uniquingKeysWith: { a, _ in a })
    }

    func hash(level: Int, index: Int) throws -> Digest {
        guard let digest = nodes[Place(level: level, index: index)] else {
            throw TreeError.noSuchNode(level: level, index: index)
        }
        return digest
    }
}
