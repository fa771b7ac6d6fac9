import GRDB
import GRDBSQLite
import Storage

/// One access to the database. A class only so that it can be ended for everyone who kept it.
final class SQLiteSession: Writing {
    private var database: GRDB.Database?
    private let path: String

    init(_ database: GRDB.Database, path: String) {
        self.database = database
        self.path = path
    }

    func end() {
        database = nil
    }

    func query(_ sql: String, _ arguments: [SQLValue], _ row: (any Storage.Row) throws -> Void) throws {
        try running(sql, arguments) { statement in
            let current = SQLiteRow(statement.pointer)
            defer { current.end() }
            while try statement.step() { try row(current) }
        }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try running(sql, arguments) { statement in
            let before = try statement.totalChanges
            // Rows of a RETURNING clause are passed over; the statement takes effect all the same.
            while try statement.step() {}
            return try statement.totalChanges - before
        }
    }

    func prepared(_ sql: String, _ body: (any PreparedStatement) throws -> Void) throws {
        let statement = CompiledStatement(
            try open().makeStatement(sql: sql), on: try open(), sql: sql, path: path)
        defer { statement.end() }
        try body(try SQLitePrepared(statement))
    }

    func hasTable(_ name: String) throws -> Bool {
        try integer("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1", [.text(name)]) != nil
    }

    private func open() throws(StorageError) -> GRDB.Database {
        guard let database else { throw .expired(what: "transaction") }
        return database
    }

    private func running<T>(
        _ sql: String, _ arguments: [SQLValue], _ body: (CompiledStatement) throws -> T
    ) throws -> T {
        let database = try open()
        var compiled = try database.cachedStatement(sql: sql)
        // A query may run inside the rows of the same query; then each needs a statement of its own.
        if sqlite3_stmt_busy(compiled.sqliteStatement) != 0 {
            compiled = try database.makeStatement(sql: sql)
        }
        let statement = CompiledStatement(compiled, on: database, sql: sql, path: path)
        defer { statement.end() }
        let parameters = try statement.parameters()
        guard parameters.count == arguments.count else {
            throw StorageError.parameters(
                sql: sql, cause: "has \(parameters.count) parameters and was given \(arguments.count) values")
        }
        for (parameter, value) in zip(parameters, arguments) { try statement.bind(parameter, value) }
        return try body(statement)
    }
}
