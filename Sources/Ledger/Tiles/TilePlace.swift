/// Where tiles hold the root of a complete subtree: as one of their hashes, or as the root over a stretch of them.
package struct TilePlace: Sendable, Hashable {
    /// Level among the rows of tiles: row r holds the roots over 256^r entries each.
    package let row: Int
    /// Position of the tile in its row, from the left.
    package let tile: Int
    /// The hashes of the tile that the root is over.
    package let stretch: Range<Int>

    /// - Parameters:
    ///   - level: 0 is a leaf.
    ///   - index: position among the nodes of the level, from the left.
    package init(level: Int, index: Int) {
        row = level / TileLayout.height
        let length = 1 << (level % TileLayout.height)
        let (number, start) = (index * length).quotientAndRemainder(dividingBy: TileLayout.width)
        tile = number
        stretch = start..<start + length
    }

    /// The root, out of the tile's bytes; nil when the tile does not reach so far.
    package func hash(inTile bytes: [UInt8]) -> Digest? {
        guard stretch.upperBound * Digest.length <= bytes.count else { return nil }
        var edge = MerkleAccumulator()
        for place in stretch {
            let start = place * Digest.length
            guard let hash = Digest(bytes: bytes[start..<start + Digest.length]) else { return nil }
            edge.append(hash)
        }
        return edge.root
    }
}
