/// A tree that grows, and the tiles that its hashes fill: what appends to a stored log, and what checks one, goes by.
package struct TileFilling: Sendable {
    /// One tile, full or at the right edge.
    package struct Tile: Sendable, Hashable {
        /// Row r holds the roots over 256^r entries each.
        package let row: Int
        /// Position in the row, from the left.
        package let index: Int
        package fileprivate(set) var hashes: [Digest]

        package var bytes: [UInt8] { hashes.flatMap(\.bytes) }
    }

    package private(set) var tree: MerkleAccumulator
    /// The tile at the right edge of each row; it may be empty, and is never full.
    private var edge: [Tile]

    /// An empty tree.
    package init() {
        tree = MerkleAccumulator()
        edge = []
    }

    /// A tree of `size` entries, of which `stored` gives the tiles of the right edge: one reading for each row.
    ///
    /// - Parameter stored: exactly `count` hashes of a tile.
    package init(
        size: Int, stored: (_ row: Int, _ index: Int, _ count: Int) throws -> [Digest]
    ) rethrows {
        var edge: [Tile] = []
        var subtrees: [Digest] = []
        while size >> (edge.count * TileLayout.height) > 0 {
            let row = edge.count
            let (index, width) = (size >> (row * TileLayout.height)).quotientAndRemainder(
                dividingBy: TileLayout.width)
            let hashes = width > 0 ? try stored(row, index, width) : []
            var tile = MerkleAccumulator()
            for hash in hashes { tile.append(hash) }
            // Rows farther up hold the larger subtrees, which stand farther left.
            subtrees = tile.edge + subtrees
            edge.append(Tile(row: row, index: index, hashes: hashes))
        }
        self.edge = edge
        tree = MerkleAccumulator(size: size, edge: subtrees)
    }

    /// Appends a leaf by its hash and hands over each tile that this fills.
    package mutating func append(_ leaf: Digest, filled: (Tile) throws -> Void) rethrows {
        // Taken out of the structure, so that growing a tile does not copy it.
        var edge = edge
        self.edge = []
        var full: [Tile] = []
        tree.append(leaf) { node in
            guard node.level.isMultiple(of: TileLayout.height) else { return }
            let row = node.level / TileLayout.height
            if row == edge.count { edge.append(Tile(row: row, index: 0, hashes: [])) }
            edge[row].hashes.append(node.digest)
            if edge[row].hashes.count == TileLayout.width {
                full.append(edge[row])
                edge[row] = Tile(row: row, index: edge[row].index + 1, hashes: [])
            }
        }
        self.edge = edge
        for tile in full { try filled(tile) }
    }

    /// The tiles of the right edge that hold anything, lowest row first.
    package var partial: [Tile] {
        edge.filter { !$0.hashes.isEmpty }
    }
}
