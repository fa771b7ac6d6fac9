package import Ledger
package import Storage

/// The hashes over the log's entries, in tiles of up to 256: a row for each.
package enum TileTable {
    /// The hashes of one tile, in bytes; nil when there is no such tile.
    package static func bytes(row: Int, index: Int, _ database: any Reading) throws -> [UInt8]? {
        try database.first(
            "SELECT hashes FROM tile WHERE level = $1 AND position = $2",
            [.integer(Int64(row)), .integer(Int64(index))]
        ) { try $0.bytes(0) }
    }

    /// The hashes of one tile, which must have so many.
    static func hashes(row: Int, index: Int, count: Int, _ database: any Reading) throws -> [Digest] {
        guard let bytes = try bytes(row: row, index: index, database),
            let hashes = try? TileLayout.hashes(inTile: bytes, count: count)
        else { throw RecordError.missingTile(row: row, index: index) }
        return hashes
    }

    /// Lets the body write tiles, each in the place of a shorter one.
    package static func write(
        _ database: any Writing, _ body: ((TileFilling.Tile) throws -> Void) throws -> Void
    ) throws {
        try database.prepared(
            """
            INSERT INTO tile (level, position, hashes) VALUES ($1, $2, $3)
            ON CONFLICT (level, position) DO UPDATE SET hashes = excluded.hashes
            """
        ) { statement in
            try body { tile in
                try statement.bind(1, Int64(tile.row))
                try statement.bind(2, Int64(tile.index))
                try statement.bind(3, tile.bytes)
                try statement.run()
            }
        }
    }
}

/// Reads the hashes of the log out of its stored tiles.
package struct DatabaseHashReader: HashReader {
    private let database: any Reading

    package init(_ database: any Reading) {
        self.database = database
    }

    package func hash(level: Int, index: Int) throws -> Digest {
        let place = TilePlace(level: level, index: index)
        let bytes = try TileTable.bytes(row: place.row, index: place.tile, database)
        guard let hash = bytes.flatMap({ place.hash(inTile: $0) }) else {
            throw RecordError.missingTile(row: place.row, index: place.tile)
        }
        return hash
    }

    /// Reads a tile once for all of its hashes that are asked for.
    package func hashes(level: Int, indexes: Range<Int>) throws -> [Digest] {
        var hashes: [Digest] = []
        var tile: (place: TilePlace, bytes: [UInt8])?
        for index in indexes {
            let place = TilePlace(level: level, index: index)
            if tile?.place.tile != place.tile {
                tile = try TileTable.bytes(row: place.row, index: place.tile, database).map { (place, $0) }
            }
            guard let hash = tile.flatMap({ place.hash(inTile: $0.bytes) }) else {
                throw RecordError.missingTile(row: place.row, index: place.tile)
            }
            hashes.append(hash)
        }
        return hashes
    }
}
