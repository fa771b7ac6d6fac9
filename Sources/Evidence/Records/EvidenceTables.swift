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

    /// Entries behind a source's newest row that are looked at for a batch of it that no row tells of: few enough to be
    /// read each time that something is recorded. All others are compared by `IndexCheck`.
    private static let newestCompared = 16

    /// Where the next batch of a source stands in its series, as the entry of the newest one states it. A row only says
    /// which entry that is: a place that was taken from a wrong row could never be taken back.
    static func place(inSeriesOf source: Identifier, _ database: any Reading) throws -> SeriesPlace {
        let row = try database.first(
            "SELECT leaf, sequence FROM batch WHERE source = $1 ORDER BY sequence DESC LIMIT 1",
            [.text(source.text)]
        ) { (leaf: Int(try $0.integer(0)), sequence: Int(try $0.integer(1))) }
        try refuseUnlisted(source, after: row?.leaf ?? -1, database)
        guard let row else { return SeriesPlace(sequence: 0, previous: nil) }
        let entry = try? LogTable.entry(row.leaf, database)
        let first = try database.integer(
            "SELECT min(sequence) FROM batch WHERE source = $1", [.text(source.text)])
        // The lowest number is that of the first batch, unless a row was given another one.
        guard let entry, let stated = BatchStatement(entry.statement), stated.source == source,
            stated.series.sequence == row.sequence, first == 0
        else { throw RecordError.series(source, leaf: row.leaf) }
        return SeriesPlace(sequence: row.sequence + 1, previous: entry.leafHash)
    }

    /// Refuses to go on where one of the newest entries is a batch of the source and has no row that says so.
    private static func refuseUnlisted(
        _ source: Identifier, after leaf: Int, _ database: any Reading
    ) throws {
        let size = try LogTable.size(database)
        let first = max(leaf + 1, size - newestCompared)
        guard first < size else { return }
        for next in first..<size {
            // An entry that cannot be read is a fault of the log, which is checked apart.
            guard let entry = try? LogTable.entry(next, database) else { continue }
            if BatchStatement(entry.statement)?.source == source {
                throw RecordError.series(source, leaf: next)
            }
        }
    }

    /// What the log states of the newest batch of a source; nil before the first one.
    static func lastStatement(of source: Identifier, _ database: any Reading) throws -> BatchStatement? {
        let leaf = try database.integer(
            "SELECT leaf FROM batch WHERE source = $1 ORDER BY sequence DESC LIMIT 1", [.text(source.text)])
        return try leaf.flatMap { try LogTable.entry(Int($0), database) }.flatMap {
            BatchStatement($0.statement)
        }
    }

    /// Every kind of which something was ever recorded, by name; that it was looked at and not found is something.
    package static func kinds(_ database: any Reading) throws -> [Identifier] {
        try database.all("SELECT DISTINCT kind FROM stream ORDER BY kind") { Identifier(try $0.text(0)) }
    }

    /// Every kind of which facts are on record, by name. That a kind was looked at is none: it has no key.
    package static func kindsWithFacts(_ database: any Reading) throws -> [Identifier] {
        try database.all(
            """
            SELECT DISTINCT s.kind FROM stream s
            WHERE EXISTS (SELECT 1 FROM fact f WHERE f.stream = s.id AND f.record > '') ORDER BY s.kind
            """
        ) { Identifier(try $0.text(0)) }
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
    /// Its place in the source's series.
    package let sequence: Int
    package let recorded: Instant
    package let payload: BlobName
    package let items: Int
}

/// A batch that the database lists, however it does.
struct ListedBatch {
    let leaf: Int
    let row: Result<BatchRow, any Error>
}

extension EvidenceTables {
    private static let selection =
        "SELECT leaf, source, sequence, recorded, payload, items FROM batch ORDER BY leaf"

    /// All batches in log order.
    package static func batches(_ database: any Reading) throws -> [BatchRow] {
        try database.all(selection) { try batch($0) }
    }

    /// The same for who checks the table: a row that cannot be read hides none of the others.
    ///
    /// - Parameter unreadable: is told of rows of which not even the entry can be read.
    static func listed(
        _ database: any Reading, unreadable: (any Error) -> Void
    ) throws -> [ListedBatch] {
        var found: [ListedBatch] = []
        try database.query(selection) { row in
            do {
                found.append(ListedBatch(leaf: Int(try row.integer(0)), row: Result { try batch(row) }))
            } catch {
                unreadable(error)
            }
        }
        return found
    }

    private static func batch(_ row: any Row) throws -> BatchRow {
        let leaf = Int(try row.integer(0))
        guard let payload = BlobName(try row.text(4)) else {
            throw RecordError.statement(leaf: leaf, "the name of its payload is malformed")
        }
        return BatchRow(
            leaf: leaf, source: Identifier(try row.text(1)), sequence: Int(try row.integer(2)),
            recorded: Instant(microseconds: try row.integer(3)), payload: payload,
            items: Int(try row.integer(5)))
    }

    /// Records of a batch that were set aside, at most as many as were kept.
    package static func setAside(leaf: Int, _ database: any Reading) throws -> [SetAside] {
        try database.all(
            "SELECT line, reason FROM set_aside WHERE batch = $1 ORDER BY position", [.integer(Int64(leaf))]
        ) { SetAside(line: try $0.optionalInteger(0).map { Int($0) }, reason: try $0.text(1)) }
    }
}
