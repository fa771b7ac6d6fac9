import GRDB
import GRDBSQLite
import Storage

/// A compiled statement, driven through SQLite's own calls: a row costs no allocation on our side.
final class CompiledStatement {
    let sql: String
    private let path: String
    // Keeps the pointer alive.
    private let compiled: GRDB.Statement
    private var live: OpaquePointer?
    private let connection: OpaquePointer?

    init(_ compiled: GRDB.Statement, on database: GRDB.Database, sql: String, path: String) {
        self.compiled = compiled
        self.sql = sql
        self.path = path
        live = compiled.sqliteStatement
        connection = database.sqliteConnection
    }

    /// Sets the statement back, so that it holds no lock and no value, and refuses every later use.
    func end() {
        guard let pointer = live else { return }
        live = nil
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

    /// Valid while the statement has not ended; for rows, which end before it.
    var pointer: OpaquePointer? { live }

    var totalChanges: Int {
        get throws(StorageError) {
            _ = try open()
            return Int(sqlite3_total_changes64(connection))
        }
    }

    /// SQLite's index for each of `$1`, `$2` …
    ///
    /// To SQLite these are names, numbered as they first occur: in `VALUES ($2, $1)` the name `$2` has index 1.
    func parameters() throws(StorageError) -> [CInt] {
        let pointer = try open()
        let count = sqlite3_bind_parameter_count(pointer)
        var found: [CInt] = []
        var number: CInt = 0
        while number < count {
            number += 1
            let index = sqlite3_bind_parameter_index(pointer, "$\(number)")
            guard index > 0 else {
                throw .parameters(
                    sql: sql, cause: "parameters must be $1, $2 … without a gap; $\(number) is missing")
            }
            found.append(index)
        }
        return found
    }

    /// Goes to the next row; false when there is none.
    func step() throws(StorageError) -> Bool {
        let pointer = try open()
        // A full disk makes SQLite roll back by itself; what follows must not run outside the transaction.
        if sqlite3_get_autocommit(connection) != 0 {
            throw .expired(what: "transaction that was rolled back")
        }
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure()
        }
    }

    func reset() throws(StorageError) {
        let pointer = try open()
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

    func bind(_ index: CInt, _ value: SQLValue) throws(StorageError) {
        switch value {
        case .null: try bindNull(index)
        case .integer(let number): try bind(index, number)
        case .text(let text): try bind(index, text)
        case .bytes(let bytes): try bind(index, bytes)
        }
    }

    func bindNull(_ index: CInt) throws(StorageError) {
        try check(sqlite3_bind_null(try open(), index))
    }

    func bind(_ index: CInt, _ value: Int64) throws(StorageError) {
        try check(sqlite3_bind_int64(try open(), index, value))
    }

    func bind(_ index: CInt, _ text: String) throws(StorageError) {
        let pointer = try open()
        var text = text
        let code = text.withUTF8 { units in
            units.withMemoryRebound(to: CChar.self) { units in
                // A null pointer would mean NULL, and an empty text may have one.
                units.isEmpty
                    ? sqlite3_bind_text(pointer, index, "", 0, Self.copied)
                    : sqlite3_bind_text64(
                        pointer, index, units.baseAddress, UInt64(units.count), Self.copied,
                        UInt8(SQLITE_UTF8))
            }
        }
        try check(code)
    }

    func bind(_ index: CInt, _ bytes: [UInt8]) throws(StorageError) {
        let pointer = try open()
        let code = bytes.withUnsafeBytes {
            // A null pointer would mean NULL, and so would the address of no bytes at all.
            $0.isEmpty
                ? sqlite3_bind_zeroblob(pointer, index, 0)
                : sqlite3_bind_blob64(pointer, index, $0.baseAddress, UInt64($0.count), Self.copied)
        }
        try check(code)
    }

    /// Binds bytes without copying them: they must stay where they are until the statement is set back.
    func lend(_ index: CInt, _ bytes: UnsafeRawBufferPointer, isText: Bool) throws(StorageError) {
        let pointer = try open()
        let count = UInt64(bytes.count)
        // A null pointer would mean NULL, and so would the address of no bytes at all.
        if bytes.isEmpty {
            try check(
                isText
                    ? sqlite3_bind_text(pointer, index, "", 0, Self.copied)
                    : sqlite3_bind_zeroblob(pointer, index, 0))
        } else if isText {
            let text = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            try check(sqlite3_bind_text64(pointer, index, text, count, nil, UInt8(SQLITE_UTF8)))
        } else {
            try check(sqlite3_bind_blob64(pointer, index, bytes.baseAddress, count, nil))
        }
    }

    /// SQLITE_TRANSIENT, a macro that Swift does not see: SQLite takes its own copy.
    private static var copied: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    private func open() throws(StorageError) -> OpaquePointer {
        guard let live else { throw .expired(what: "statement \"\(sql)\"") }
        return live
    }

    private func check(_ code: CInt) throws(StorageError) {
        if code != SQLITE_OK { throw failure() }
    }

    private func failure() -> StorageError {
        SQLiteFailure.last(on: connection, sql: sql, path: path)
    }
}
