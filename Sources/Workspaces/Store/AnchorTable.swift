import Evidence
import Formats
import Ledger
import Storage

/// Where the anchors lie: the log has the digests, the blobs have the cosigned notes and the time stamps.
enum AnchorTable {
    static let migration = Migration(
        "anchors",
        [
            "CREATE TABLE anchor (leaf BIGINT PRIMARY KEY, size BIGINT NOT NULL, recorded BIGINT NOT NULL)",
            "CREATE TABLE witnessed (witness TEXT PRIMARY KEY, size BIGINT NOT NULL)",
            "CREATE TABLE recovery (leaf BIGINT PRIMARY KEY)",
        ])

    struct Row {
        let leaf: Int
        let size: Int
        let recorded: Instant
    }

    static func insert(_ anchor: AnchorStatement, leaf: Int, _ database: any Writing) throws {
        try database.execute(
            "INSERT INTO anchor (leaf, size, recorded) VALUES ($1, $2, $3)",
            [
                .integer(Int64(leaf)), .integer(Int64(anchor.size)),
                .integer(anchor.recorded.microseconds),
            ])
    }

    static func rows(_ database: any Reading) throws -> [Row] {
        try database.all("SELECT leaf, size, recorded FROM anchor ORDER BY leaf") { row in
            Row(
                leaf: Int(try row.integer(0)), size: Int(try row.integer(1)),
                recorded: Instant(microseconds: try row.integer(2)))
        }
    }

    static func recoveries(_ database: any Reading) throws -> [Int] {
        try database.all("SELECT leaf FROM recovery ORDER BY leaf") { Int(try $0.integer(0)) }
    }

    /// The size that this witness has signed last, as far as is known here.
    static func witnessed(_ key: NoteVerifier, _ database: any Reading) throws -> Int {
        Int(
            try database.integer("SELECT size FROM witnessed WHERE witness = $1", [.text(key.hint)]) ?? 0)
    }

    /// The same of all witnesses, by their keys.
    static func witnessed(_ database: any Reading) throws -> [String: Int] {
        var found: [String: Int] = [:]
        try database.query("SELECT witness, size FROM witnessed") {
            found[try $0.text(0)] = Int(try $0.integer(1))
        }
        return found
    }

    static func setWitnessed(_ key: NoteVerifier, _ size: Int, _ database: any Writing) throws {
        try database.execute(
            "INSERT INTO witnessed (witness, size) VALUES ($1, $2) ON CONFLICT (witness) DO UPDATE SET size = $2",
            [.text(key.hint), .integer(Int64(size))])
    }
}

/// An anchor with everything that it names.
struct StoredAnchor {
    let leaf: Int
    let statement: AnchorStatement
    let note: [UInt8]
    /// In the order of the statement's stamps.
    let replies: [[UInt8]]

    /// Reads an anchor, its blobs by the digests that the log states.
    init(_ row: AnchorTable.Row, blobs: any BlobStore, _ database: any Reading) throws {
        leaf = row.leaf
        statement = try Self.statement(row, database)
        note = try Self.note(statement, row, blobs: blobs)
        replies = try statement.stamps.map { try blobs.get(Self.name($0.reply, row.leaf)) }
    }

    /// The blobs that an anchor rests on.
    static func names(_ row: AnchorTable.Row, _ database: any Reading) throws -> [BlobName] {
        let statement = try statement(row, database)
        return try ([statement.note] + statement.stamps.map(\.reply)).map { try name($0, row.leaf) }
    }

    /// The cosigned checkpoint that an anchor states.
    static func note(
        _ statement: AnchorStatement, _ row: AnchorTable.Row, blobs: any BlobStore
    ) throws -> [UInt8] {
        try blobs.get(name(statement.note, row.leaf))
    }

    /// What the log says of an anchor.
    static func statement(
        _ row: AnchorTable.Row, _ database: any Reading
    ) throws -> AnchorStatement {
        guard let entry = try LogTable.entry(row.leaf, database) else {
            throw RecordError.missingEntry(leaf: row.leaf)
        }
        guard let statement = AnchorStatement(entry.statement), statement.size == row.size else {
            throw RecordError.statement(leaf: row.leaf, "it is not the anchor that the index says it is")
        }
        return statement
    }

    private static func name(_ digest: Digest, _ leaf: Int) throws -> BlobName {
        guard let name = BlobName(digest.hex) else { throw RecordError.missingEntry(leaf: leaf) }
        return name
    }
}
