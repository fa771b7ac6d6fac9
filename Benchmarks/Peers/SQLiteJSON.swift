import GRDBSQLite

/// SQLite's own reader of JSON, written in C.
enum SQLiteJSON {
    /// Seconds for a function of one text, such as `json_valid`, and the length of what it gives.
    static func seconds(_ function: String, of text: [UInt8]) throws -> (seconds: Double, bytes: Int) {
        var opened: OpaquePointer?
        guard sqlite3_open(":memory:", &opened) == SQLITE_OK, let connection = opened else {
            throw NotMeasured("SQLite cannot be opened")
        }
        defer { sqlite3_close(connection) }
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(connection, "SELECT \(function)(?1)", -1, &prepared, nil) == SQLITE_OK,
            let statement = prepared
        else { throw NotMeasured("SQLite has no function \(function)") }
        defer { sqlite3_finalize(statement) }
        return try text.withUnsafeBytes { bytes in
            try bytes.withMemoryRebound(to: CChar.self) { units in
                _ = sqlite3_bind_text(statement, 1, units.baseAddress, CInt(units.count), nil)
                var found = false
                let seconds = Stopwatch.seconds { found = sqlite3_step(statement) == SQLITE_ROW }
                guard found else { throw WrongAnswer("SQLite cannot read the JSON") }
                return (seconds, Int(sqlite3_column_bytes(statement, 0)))
            }
        }
    }
}
