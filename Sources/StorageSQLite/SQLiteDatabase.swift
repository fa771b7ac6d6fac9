import GRDB
import GRDBSQLite
package import Storage

/// One SQLite file, shared by the threads of this process and by other processes.
///
/// Write-ahead log with `synchronous = FULL`: a transaction that has returned survives a power cut. Readers see
/// one unchanging state and never wait for the writer; writers wait a minute for each other.
package struct SQLiteDatabase: Storage.Database {
    /// The file, for messages.
    package let path: String
    private let pool: DatabasePool
    /// Seconds. A large import may write for a while; whoever waits for it should not give up on the way.
    private static let patience = 60

    /// Opens the file, making it when it is missing, and applies the migrations it has not seen.
    package init(path: String, migrations: [Migration]) throws(StorageError) {
        var settings = Configuration()
        settings.busyMode = .timeout(Double(Self.patience))
        settings.foreignKeysEnabled = true
        self.path = path
        do {
            pool = try DatabasePool(path: path, configuration: settings)
            // Opening a pool sets NORMAL, which may lose the last commits in a power cut.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            // What is removed is written over, however SQLite was built.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA secure_delete = ON") }
            try migrate(migrations, path: path)
        } catch {
            throw SQLiteFailure.translated(error, path: path)
        }
    }

    package func read<T>(_ body: (any Reading) throws -> T) throws -> T {
        try translating {
            // The reentrant call, because the plain one ends the process when a read stands inside a read.
            try pool.unsafeReentrantRead { database in
                if database.isInsideTransaction { return try Self.use(database, path, body) }
                return try Self.transaction(.deferred, database) { try Self.use(database, path, body) }
            }
        }
    }

    package func write<T>(_ body: (any Writing) throws -> T) throws -> T {
        try translating {
            try pool.unsafeReentrantWrite { database in
                // Asked to begin a transaction on a closed connection, SQLite would say "out of memory".
                if database.sqliteConnection == nil { throw StorageError.closed(path: path) }
                if database.isInsideTransaction { throw StorageError.nestedWrite(path: path) }
                return try Self.transaction(.immediate, database) { try Self.use(database, path, body) }
            }
        }
    }

    package func damage() throws -> [String] {
        try read { try $0.all("PRAGMA integrity_check(20)") { try $0.text(0) } }.filter { $0 != "ok" }
    }

    package func emptyJournal() throws -> Bool {
        do {
            try pool.writeWithoutTransaction { database in
                // Who reads may go on for hours; whoever erases is told, and tries again later.
                try database.execute(sql: "PRAGMA busy_timeout = 2000")
                defer { try? database.execute(sql: "PRAGMA busy_timeout = \(Self.patience * 1000)") }
                _ = try database.checkpoint(.truncate)
            }
            return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return false
        } catch let error as DatabaseError {
            throw SQLiteFailure.translated(error, path: path)
        }
    }

    package func close() throws {
        try translating { try pool.close() }
    }

    private func translating<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw SQLiteFailure.translated(error, path: path)
        }
    }

    private static func use<T>(
        _ database: GRDB.Database, _ path: String, _ body: (SQLiteSession) throws -> T
    ) throws -> T {
        let session = SQLiteSession(database, path: path)
        defer { session.end() }
        return try body(session)
    }

    private static func transaction<T>(
        _ kind: GRDB.Database.TransactionKind, _ database: GRDB.Database, _ body: () throws -> T
    ) throws -> T {
        var result: T?
        try database.inTransaction(kind) {
            result = try body()
            return .commit
        }
        guard let result else { throw StorageError.expired(what: "transaction") }
        return result
    }
}
