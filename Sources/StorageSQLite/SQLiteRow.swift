import GRDBSQLite
import Storage

/// The row that a statement stands on. One object serves all rows of a query and is ended with it.
final class SQLiteRow: Storage.Row {
    private var statement: OpaquePointer?
    let count: Int

    init(_ statement: OpaquePointer?) {
        self.statement = statement
        count = Int(sqlite3_column_count(statement))
    }

    func end() {
        statement = nil
    }

    func value(_ column: Int) throws(StorageError) -> SQLValue {
        switch try kind(column, "a value") {
        case SQLITE_NULL: .null
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(statement, CInt(column)))
        case SQLITE_TEXT: .text(try readText(column))
        case SQLITE_BLOB: .bytes(readBytes(column))
        default: throw wrongKind(column, "BIGINT, TEXT or BYTEA")
        }
    }

    func integer(_ column: Int) throws(StorageError) -> Int64 {
        guard try kind(column, "BIGINT") == SQLITE_INTEGER else { throw wrongKind(column, "BIGINT") }
        return sqlite3_column_int64(statement, CInt(column))
    }

    func text(_ column: Int) throws(StorageError) -> String {
        guard try kind(column, "TEXT") == SQLITE_TEXT else { throw wrongKind(column, "TEXT") }
        return try readText(column)
    }

    func bytes(_ column: Int) throws(StorageError) -> [UInt8] {
        guard try kind(column, "BYTEA") == SQLITE_BLOB else { throw wrongKind(column, "BYTEA") }
        return readBytes(column)
    }

    func withBytes<Result>(
        _ column: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(StorageError) -> Result {
        guard try kind(column, "BYTEA") == SQLITE_BLOB else { throw wrongKind(column, "BYTEA") }
        return body(blob(column))
    }

    func optionalInteger(_ column: Int) throws(StorageError) -> Int64? {
        try kind(column, "BIGINT") == SQLITE_NULL ? nil : try integer(column)
    }

    func optionalText(_ column: Int) throws(StorageError) -> String? {
        try kind(column, "TEXT") == SQLITE_NULL ? nil : try text(column)
    }

    private func kind(_ column: Int, _ wanted: String) throws(StorageError) -> CInt {
        guard let statement else { throw .expired(what: "row") }
        // Out of range, SQLite's answer is undefined.
        guard column >= 0, column < count else {
            throw .wrongKind(
                column: column, name: "?", wanted: wanted, found: "nothing: there are \(count) columns")
        }
        return sqlite3_column_type(statement, CInt(column))
    }

    private func readText(_ column: Int) throws(StorageError) -> String {
        guard let units = sqlite3_column_text(statement, CInt(column)) else { return "" }
        let buffer = UnsafeBufferPointer(
            start: units, count: Int(sqlite3_column_bytes(statement, CInt(column))))
        guard let text = String(validating: buffer, as: UTF8.self) else {
            throw wrongKind(column, "TEXT", found: "bytes that are not UTF-8")
        }
        return text
    }

    private func readBytes(_ column: Int) -> [UInt8] { Array(blob(column)) }

    /// Valid until the statement goes on.
    private func blob(_ column: Int) -> UnsafeRawBufferPointer {
        guard let start = sqlite3_column_blob(statement, CInt(column)) else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, CInt(column))))
    }

    private func wrongKind(_ column: Int, _ wanted: String, found: String? = nil) -> StorageError {
        let name = sqlite3_column_name(statement, CInt(column)).map { String(cString: $0) } ?? "?"
        let actual =
            switch sqlite3_column_type(statement, CInt(column)) {
            case SQLITE_NULL: "NULL"
            case SQLITE_INTEGER: "BIGINT"
            case SQLITE_TEXT: "TEXT"
            case SQLITE_BLOB: "BYTEA"
            default: "a floating-point number"
            }
        return .wrongKind(column: column, name: name, wanted: wanted, found: found ?? actual)
    }
}
