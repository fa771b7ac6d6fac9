import GRDB
import GRDBSQLite
import Glibc
import Storage

/// Turns what SQLite reports into what the reader can act on.
enum SQLiteFailure {
    /// The error as one of ours; an unknown one keeps its text.
    static func translated(_ error: any Error, path: String) -> StorageError {
        switch error {
        case let error as StorageError: error
        case let error as DatabaseError:
            failure(
                code: error.extendedResultCode.rawValue, message: error.message ?? "SQLite says no more",
                sql: error.sql, path: path)
        default: .file(path: path, doing: "open the database", cause: "\(error)")
        }
    }

    /// What a failing call on this connection has to say.
    static func last(on connection: OpaquePointer?, sql: String, path: String) -> StorageError {
        failure(
            code: sqlite3_extended_errcode(connection), message: String(cString: sqlite3_errmsg(connection)),
            sql: sql, path: path)
    }

    /// The file was moved or removed while it was open, which SQLite counts as read-only too.
    private static let movedAway = SQLITE_READONLY | 4 << 8

    /// Whether a file is there to be read and nothing can be written beside it.
    private static func isAmongReadOnly(_ path: String) -> Bool {
        access(path, R_OK) == 0 && access(DurableFile.split(path).folder, W_OK) != 0
    }

    private static func failure(code: CInt, message: String, sql: String?, path: String) -> StorageError {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .busy(path: path)
        case SQLITE_NOTADB, SQLITE_CORRUPT: .notADatabase(path: path, cause: message)
        case SQLITE_CONSTRAINT: .constraint(sql: sql ?? "", cause: message)
        case SQLITE_READONLY where code != movedAway: .readOnly(path: path)
        case SQLITE_CANTOPEN where isAmongReadOnly(path): .readOnly(path: path)
        case SQLITE_MISUSE where sql == nil: .closed(path: path)
        case SQLITE_CANTOPEN: .file(path: path, doing: "open the database", cause: message)
        case SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, SQLITE_PERM:
            .file(path: path, doing: "write to the database", cause: message)
        default: .statement(sql: sql ?? "", cause: message)
        }
    }
}
