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
        let place = TilePlace(level: level, index: index)
        let inRow = size >> (place.row * TileLayout.height)
        let width = min(TileLayout.width, inRow - place.tile * TileLayout.width)
        let tile = TilePath(.hashes(level: place.row), index: place.tile, width: width)
        guard let bytes = try files.file(at: tile.text) else { throw missing }
        guard bytes.count == width * Digest.length else {
            throw TileFault.Reason.length(found: bytes.count, expected: width * Digest.length)
        }
        guard let hash = place.hash(inTile: bytes) else { throw missing }
        return hash
    }
}
