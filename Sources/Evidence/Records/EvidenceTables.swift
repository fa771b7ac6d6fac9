package import Formats
import Ledger
package import Storage

/// The evidence tables: an index over payloads that can be rebuilt from them and the log.
package enum EvidenceTables {
    package static let migration = Migration(
        "evidence",
        [
            """
            CREATE TABLE batch (leaf BIGINT PRIMARY KEY, source TEXT NOT NULL,
                sequence BIGINT NOT NULL, recorded BIGINT NOT NULL, payload TEXT NOT NULL, items BIGINT NOT NULL, UNIQUE (source, sequence))
            """,
            """
            CREATE TABLE set_aside (batch BIGINT NOT NULL, position BIGINT NOT NULL, line BIGINT,
                reason TEXT NOT NULL, PRIMARY KEY (batch, position))
            """,
            """
            CREATE TABLE stream (id BIGINT PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL,
                UNIQUE (source, kind))
            """,
            """
            CREATE TABLE fact (stream BIGINT NOT NULL, record TEXT NOT NULL, start BIGINT NOT NULL,
                digest BYTEA NOT NULL, revision BIGINT NOT NULL, batch BIGINT NOT NULL, item BIGINT NOT NULL,
                PRIMARY KEY (stream, record, start, digest, revision))
            """,
            """
            CREATE TABLE open_state (stream BIGINT NOT NULL, record TEXT NOT NULL, since BIGINT NOT NULL,
                value_digest BYTEA NOT NULL, PRIMARY KEY (stream, record))
            """,
        ])

    /// The two tables that have a row for each fact, written once instead of twice.
    package static let byKey = Migration(
        "evidence by key",
        [
            """
            CREATE TABLE fact_by_key (stream BIGINT NOT NULL, record TEXT NOT NULL, start BIGINT NOT NULL,
                digest BYTEA NOT NULL, revision BIGINT NOT NULL, batch BIGINT NOT NULL, item BIGINT NOT NULL,
                PRIMARY KEY (stream, record, start, digest, revision)) \(Migration.byKey)
            """,
            """
            INSERT INTO fact_by_key (stream, record, start, digest, revision, batch, item)
            SELECT stream, record, start, digest, revision, batch, item FROM fact
            ORDER BY stream, record, start, digest, revision
            """,
            "DROP TABLE fact", "ALTER TABLE fact_by_key RENAME TO fact",
            """
            CREATE TABLE open_state_by_key (stream BIGINT NOT NULL, record TEXT NOT NULL, since BIGINT NOT NULL,
                value_digest BYTEA NOT NULL, PRIMARY KEY (stream, record)) \(Migration.byKey)
            """,
            """
            INSERT INTO open_state_by_key (stream, record, since, value_digest)
            SELECT stream, record, since, value_digest FROM open_state ORDER BY stream, record
            """,
            "DROP TABLE open_state", "ALTER TABLE open_state_by_key RENAME TO open_state",
        ])

    /// Where the next batch of a source stands in its series.
    static func place(inSeriesOf source: Identifier, _ database: any Reading) throws -> SeriesPlace {
        let last = try database.first(
            """
            SELECT b.sequence, e.bytes FROM batch b JOIN entry e ON e.leaf = b.leaf
            WHERE b.source = $1 ORDER BY b.sequence DESC LIMIT 1
            """, [.text(source.text)]
        ) { (sequence: Int(try $0.integer(0)), hash: MerkleTree.leafHash(try $0.bytes(1))) }
        return SeriesPlace(sequence: last.map { $0.sequence + 1 } ?? 0, previous: last?.hash)
    }

    /// What the log states of the newest batch of a source; nil before the first one.
    static func lastStatement(of source: Identifier, _ database: any Reading) throws -> BatchStatement? {
        let leaf = try database.integer(
            "SELECT leaf FROM batch WHERE source = $1 ORDER BY sequence DESC LIMIT 1", [.text(source.text)])
        return try leaf.flatMap { try LogTable.entry(Int($0), database) }.flatMap {
            BatchStatement($0.statement)
        }
    }

    /// The number of a source's stream of one kind, made when it is new.
    static func stream(source: Identifier, kind: Identifier, _ database: any Writing) throws -> Int64 {
        let names: [SQLValue] = [.text(source.text), .text(kind.text)]
        let known = try database.integer("SELECT id FROM stream WHERE source = $1 AND kind = $2", names)
        if let known { return known }
        let next = (try database.integer("SELECT max(id) FROM stream") ?? 0) + 1
        try database.execute(
            "INSERT INTO stream (id, source, kind) VALUES ($1, $2, $3)", [.integer(next)] + names)
        return next
    }
}

/// A batch as the database lists it.
package struct BatchRow: Sendable, Hashable {
    package let leaf: Int
    package let source: Identifier
    package let recorded: Instant
    package let payload: BlobName
    package let items: Int
}

extension EvidenceTables {
    /// All batches in log order.
    package static func batches(_ database: any Reading) throws -> [BatchRow] {
        var found: [BatchRow] = []
        try database.query("SELECT leaf, source, recorded, payload, items FROM batch ORDER BY leaf") { row in
            let leaf = Int(try row.integer(0))
            guard let payload = BlobName(try row.text(3)) else {
                throw RecordError.statement(leaf: leaf, "the name of its payload is malformed")
            }
            found.append(
                BatchRow(
                    leaf: leaf, source: Identifier(try row.text(1)),
                    recorded: Instant(microseconds: try row.integer(2)), payload: payload,
                    items: Int(try row.integer(4))))
        }
        return found
    }

    /// Records of a batch that were set aside, at most as many as were kept.
    package static func setAside(leaf: Int, _ database: any Reading) throws -> [SetAside] {
        try database.all(
            "SELECT line, reason FROM set_aside WHERE batch = $1 ORDER BY position", [.integer(Int64(leaf))]
        ) { SetAside(line: try $0.optionalInteger(0).map { Int($0) }, reason: try $0.text(1)) }
    }
}
