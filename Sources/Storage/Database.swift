/// Where tables live: one organisation's SQLite file, or a PostgreSQL server.
///
/// The SQL is written once, in the subset that both accept: BIGINT, TEXT and BYTEA columns, parameters `$1`, `$2` …,
/// `ON CONFLICT`, `RETURNING`, window functions. Calls block until they are done and may come from any thread.
package protocol Database: Sendable {
    /// Runs queries against one unchanging state of the database.
    func read<T>(_ body: (any Reading) throws -> T) throws -> T

    /// Runs one transaction: durable when it returns, undone as a whole when the body throws.
    ///
    /// A write inside a write is refused: it could not be durable on its own.
    func write<T>(_ body: (any Writing) throws -> T) throws -> T

    /// What the database finds wrong with its own files and indexes, in its own words; empty when they are sound.
    func damage() throws -> [String]

    /// Moves everything into the database's own file and empties the journal beside it, where erased rows would live on.
    /// False when another reader stands in the way: then the next to do so does it.
    func emptyJournal() throws -> Bool

    /// Lets go of the file or the server. Later calls throw.
    func close() throws
}

/// What may be asked of a database. Good only inside the closure that was given it.
package protocol Reading {
    /// Hands each row to the closure as it comes; nothing is collected, and a throwing closure ends the query.
    func query(_ sql: String, _ arguments: [SQLValue], _ row: (any Row) throws -> Void) throws

    /// Whether a table of this name is there.
    func hasTable(_ name: String) throws -> Bool
}

extension Reading {
    /// Hands each row of a query without parameters to the closure.
    package func query(_ sql: String, _ row: (any Row) throws -> Void) throws {
        try query(sql, [], row)
    }

    /// What the closure makes of the first row; nil when there is none. Further rows are not read.
    package func first<T>(
        _ sql: String, _ arguments: [SQLValue] = [], _ row: (any Row) throws -> T
    ) throws -> T? {
        var found: T?
        do {
            try query(sql, arguments) {
                found = try row($0)
                throw Enough()
            }
        } catch is Enough {}
        return found
    }

    /// What the closure makes of every row, collected. For answers known to be small.
    package func all<T>(
        _ sql: String, _ arguments: [SQLValue] = [], _ row: (any Row) throws -> T
    ) throws -> [T] {
        var found: [T] = []
        try query(sql, arguments) { found.append(try row($0)) }
        return found
    }

    /// The whole number in the first column of the first row; nil when there is no row or it holds NULL.
    package func integer(_ sql: String, _ arguments: [SQLValue] = []) throws -> Int64? {
        try first(sql, arguments) { try $0.optionalInteger(0) } ?? nil
    }
}

/// Ends a query that has given what was wanted.
private struct Enough: Error {}

/// What may be done to a database inside a transaction. Good only inside the closure that was given it.
package protocol Writing: Reading {
    /// Runs one statement and says how many rows it inserted, updated or deleted.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// Compiles a statement once, to be run many times with other values: the fast way to insert a million rows.
    func prepared(_ sql: String, _ body: (any PreparedStatement) throws -> Void) throws
}

extension Writing {
    /// Runs one statement without parameters.
    @discardableResult
    package func execute(_ sql: String) throws -> Int {
        try execute(sql, [])
    }
}

/// A compiled statement whose parameters are set one by one, by the number behind the `$`, counted from 1.
///
/// Every parameter is to be set anew before each run; one that was forgotten is an error, not the last row's value.
/// Good only inside the closure that was given it. Holds at most 64 parameters.
package protocol PreparedStatement {
    func bind(_ parameter: Int, _ value: Int64) throws(StorageError)
    func bind(_ parameter: Int, _ text: String) throws(StorageError)
    func bind(_ parameter: Int, _ bytes: [UInt8]) throws(StorageError)
    func bindNull(_ parameter: Int) throws(StorageError)

    /// Runs the statement with the values set since the last run and says how many rows it changed.
    @discardableResult
    func run() throws(StorageError) -> Int
}

extension PreparedStatement {
    /// Sets a parameter to a value of any type.
    package func bind(_ parameter: Int, _ value: SQLValue) throws(StorageError) {
        switch value {
        case .null: try bindNull(parameter)
        case .integer(let number): try bind(parameter, number)
        case .text(let text): try bind(parameter, text)
        case .bytes(let bytes): try bind(parameter, bytes)
        }
    }

    /// Sets a parameter; nil is NULL.
    package func bind(_ parameter: Int, optional value: Int64?) throws(StorageError) {
        if let value { try bind(parameter, value) } else { try bindNull(parameter) }
    }

    /// Sets a parameter; nil is NULL.
    package func bind(_ parameter: Int, optional text: String?) throws(StorageError) {
        if let text { try bind(parameter, text) } else { try bindNull(parameter) }
    }

    /// Sets a parameter; nil is NULL.
    package func bind(_ parameter: Int, optional bytes: [UInt8]?) throws(StorageError) {
        if let bytes { try bind(parameter, bytes) } else { try bindNull(parameter) }
    }

    /// Sets all parameters in order and runs.
    @discardableResult
    package func run(_ values: [SQLValue]) throws(StorageError) -> Int {
        for (index, value) in values.enumerated() { try bind(index + 1, value) }
        return try run()
    }
}
