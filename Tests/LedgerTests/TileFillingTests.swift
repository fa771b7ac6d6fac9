import Testing

@testable import Ledger

@Suite struct TileFillingTests {
    private struct Place: Hashable {
        let row: Int
        let index: Int
    }

    private func leaf(_ index: Int) -> Digest { .sha256("\(index)".utf8) }

    /// The tiles as a store keeps them: each in the place of a shorter one.
    private func store(_ filling: inout TileFilling, _ range: Range<Int>, _ tiles: inout [Place: [UInt8]]) {
        for index in range {
            filling.append(leaf(index)) { tiles[Place(row: $0.row, index: $0.index)] = $0.bytes }
        }
        for tile in filling.partial { tiles[Place(row: tile.row, index: tile.index)] = tile.bytes }
    }

    @Test(arguments: [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000])
    func `a log that goes on from its stored tiles has the tree of one that never stopped`(size: Int) throws {
        var tiles: [Place: [UInt8]] = [:]
        var filling = TileFilling()
        store(&filling, 0..<size, &tiles)
        let first = tiles
        var again = try TileFilling(size: size) {
            try TileLayout.hashes(inTile: tiles[Place(row: $0, index: $1)] ?? [], count: $2)
        }
        #expect(again.tree == filling.tree)
        #expect(again.partial == filling.partial)
        store(&again, size..<size + 300, &tiles)
        var whole = MerkleAccumulator()
        for index in 0..<size + 300 { whole.append(leaf(index)) }
        #expect(again.tree == whole)
        // What a log is published with, and no tile more.
        let published = TileLayout.tiles(size: size + 300).compactMap { tile -> (Place, Int)? in
            guard case .hashes(let row) = tile.content else { return nil }
            return (Place(row: row, index: tile.index), tile.width)
        }
        #expect(
            tiles.mapValues(\.count)
                == Dictionary(uniqueKeysWithValues: published.map { ($0.0, $0.1 * Digest.length) }))
        for (place, bytes) in first { #expect(tiles[place]?.starts(with: bytes) == true) }
    }

    @Test func `the root over any complete subtree comes out of one tile`() throws {
        var tiles: [Place: [UInt8]] = [:]
        var filling = TileFilling()
        let size = 66_000
        store(&filling, 0..<size, &tiles)
        let tree = MemoryTree((0..<size).map(leaf))
        for level in 0..<17 {
            for index in [0, (size >> level) / 2, (size >> level) - 1] {
                let place = TilePlace(level: level, index: index)
                let found = tiles[Place(row: place.row, index: place.tile)].flatMap(place.hash(inTile:))
                let expected = try tree.hash(level: level, index: index)
                #expect(found == expected, "level \(level), index \(index)")
            }
            let beyond = TilePlace(level: level, index: size >> level)
            #expect(tiles[Place(row: beyond.row, index: beyond.tile)].flatMap(beyond.hash(inTile:)) == nil)
        }
    }
}
