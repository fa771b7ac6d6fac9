import Formats
import GRDBSQLite
import Glibc
import Storage

/// A row of the fact table, as our own store has written it.
struct FactRow {
    let stream: Int64
    let record: [UInt8]
    let start: Int64
    let digest: [UInt8]
    let revision: Int64
    let batch: Int64
    let item: Int64

    /// All rows in the order in which they were written.
    static func all(in database: some Database) throws -> [FactRow] {
        try database.read { database in
            try database.all(
                "SELECT stream, record, start, digest, revision, batch, item FROM fact ORDER BY batch, item"
            ) { row in
                FactRow(
                    stream: try row.integer(0), record: Array(try row.text(1).utf8),
                    start: try row.integer(2),
                    digest: try row.bytes(3), revision: try row.integer(4), batch: try row.integer(5),
                    item: try row.integer(6))
            }
        }
    }
}

/// The least that any program must do to put rows into SQLite: its own calls, one prepared statement, and the same
/// durability and size of transactions as ours.
struct BareSQLite {
    private static let batch = 50_000

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let connection: OpaquePointer
    private let statement: OpaquePointer

    /// Seconds for the rows of our index.
    /// - Parameter isByKey: in a table that lies in the order of its key, as our own does; else in one as SQLite makes it,
    ///   with an index beside it.
    static func insert(_ rows: [FactRow], into path: String, isByKey: Bool = false) throws -> Double {
        try insert(
            rows.count, into: path,
            """
            CREATE TABLE fact (stream BIGINT NOT NULL, record TEXT NOT NULL, start BIGINT NOT NULL,
                digest BYTEA NOT NULL, revision BIGINT NOT NULL, batch BIGINT NOT NULL, item BIGINT NOT NULL,
                PRIMARY KEY (stream, record, start, digest, revision)) \(isByKey ? Migration.byKey : "")
            """, "INSERT INTO fact VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        ) { peer, index in
            let row = rows[index]
            sqlite3_bind_int64(peer.statement, 1, row.stream)
            sqlite3_bind_int64(peer.statement, 3, row.start)
            sqlite3_bind_int64(peer.statement, 5, row.revision)
            sqlite3_bind_int64(peer.statement, 6, row.batch)
            sqlite3_bind_int64(peer.statement, 7, row.item)
            try peer.text(2, row.record[...]) {
                try row.digest.withUnsafeBytes { digest in
                    sqlite3_bind_blob(peer.statement, 4, digest.baseAddress, CInt(digest.count), nil)
                    try peer.step()
                }
            }
        }
    }

    /// Seconds for each line as a text under its key and time: what a program without any ideas would store.
    static func insert(lines: [UInt8], _ rows: [FactRow], into path: String) throws -> Double {
        let texts = lines.split(separator: 0x0A)
        return try insert(
            texts.count, into: path,
            "CREATE TABLE line (record TEXT PRIMARY KEY, start BIGINT NOT NULL, text TEXT NOT NULL)",
            "INSERT INTO line VALUES (?1, ?2, ?3)"
        ) { peer, index in
            sqlite3_bind_int64(peer.statement, 2, rows[index].start)
            try peer.text(1, rows[index].record[...]) {
                try peer.text(3, texts[index]) { try peer.step() }
            }
        }
    }

    private static func insert(
        _ count: Int, into path: String, _ table: String, _ sql: String,
        _ row: (BareSQLite, Int) throws -> Void
    ) throws -> Double {
        var opened: OpaquePointer?
        guard sqlite3_open(path, &opened) == SQLITE_OK, let connection = opened else {
            throw Failure(description: "SQLite cannot open \(path)")
        }
        defer { sqlite3_close(connection) }
        for setting in ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", table] {
            try execute(connection, setting)
        }
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &prepared, nil) == SQLITE_OK, let statement = prepared
        else { throw Failure(description: String(cString: sqlite3_errmsg(connection))) }
        defer { sqlite3_finalize(statement) }
        let peer = BareSQLite(connection: connection, statement: statement)
        let seconds = try Stopwatch.seconds {
            for start in stride(from: 0, to: count, by: batch) {
                try execute(connection, "BEGIN IMMEDIATE")
                for index in start..<min(count, start + batch) { try row(peer, index) }
                try execute(connection, "COMMIT")
            }
        }
        try expect(Int(sqlite3_total_changes(connection)), is: count, "rows that the peer inserted")
        return seconds
    }

    private static func execute(_ connection: OpaquePointer, _ sql: String) throws {
        guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
            throw Failure(description: String(cString: sqlite3_errmsg(connection)))
        }
    }

    /// Lends a text to the statement while the body runs.
    private func text(_ index: CInt, _ units: ArraySlice<UInt8>, _ body: () throws -> Void) throws {
        try units.withUnsafeBytes { bytes in
            try bytes.withMemoryRebound(to: CChar.self) { text in
                _ = sqlite3_bind_text(statement, index, text.baseAddress, CInt(text.count), nil)
                try body()
            }
        }
    }

    private func step() throws {
        guard sqlite3_step(statement) == SQLITE_DONE else {
            throw Failure(description: String(cString: sqlite3_errmsg(connection)))
        }
        sqlite3_reset(statement)
    }
}
