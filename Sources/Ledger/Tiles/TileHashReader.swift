/// The hashes of a published log, taken from its tiles. They are as good as the tiles are: check those first.
package struct TileHashReader<Files: FileReader>: HashReader {
    private let files: Files
    private let size: Int

    /// - Parameter size: the number of entries of the checkpoint that the tiles were published with.
    package init(_ files: Files, size: Int) {
        self.files = files
        self.size = size
    }

    package func hash(level: Int, index: Int) throws -> Digest {
        let missing = TreeError.noSuchNode(level: level, index: index)
        guard level >= 0, index >= 0, level < Int.bitWidth - 1, index < size >> level else { throw missing }
        let row = level / TileLayout.height
        // Between the levels that tiles hold, a hash is the root over a stretch of one tile.
        let length = 1 << (level % TileLayout.height)
        let (number, start) = (index * length).quotientAndRemainder(dividingBy: TileLayout.width)
        let width = min(TileLayout.width, size >> (row * TileLayout.height) - number * TileLayout.width)
        let tile = TilePath(.hashes(level: row), index: number, width: width)
        guard let bytes = try files.file(at: tile.text) else { throw missing }
        let hashes = try TileLayout.hashes(inTile: bytes, count: width)
        guard start + length <= hashes.count else { throw missing }
        var edge = MerkleAccumulator()
        for hash in hashes[start..<start + length] { edge.append(hash) }
        return edge.root
    }
}
