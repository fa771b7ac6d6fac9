import Storage

/// A statement that is run many times, and knows which parameters still lack a value.
final class SQLitePrepared: PreparedStatement {
    private let statement: CompiledStatement
    private let parameters: [CInt]
    private let complete: UInt64
    private var bound: UInt64 = 0

    init(_ statement: CompiledStatement) throws(StorageError) {
        self.statement = statement
        parameters = try statement.parameters()
        guard parameters.count <= 64 else {
            throw .parameters(
                sql: statement.sql,
                cause: "a prepared statement holds at most 64 parameters, not \(parameters.count)")
        }
        complete = parameters.isEmpty ? 0 : UInt64.max >> UInt64(64 - parameters.count)
    }

    func bind(_ parameter: Int, _ value: Int64) throws(StorageError) {
        try statement.bind(try index(parameter), value)
    }

    func bind(_ parameter: Int, _ text: String) throws(StorageError) {
        try statement.bind(try index(parameter), text)
    }

    func bind(_ parameter: Int, _ bytes: [UInt8]) throws(StorageError) {
        try statement.bind(try index(parameter), bytes)
    }

    func bindNull(_ parameter: Int) throws(StorageError) {
        try statement.bindNull(try index(parameter))
    }

    func run() throws(StorageError) -> Int {
        guard bound == complete else {
            let missing = (~bound & complete).trailingZeroBitCount + 1
            throw .parameters(sql: statement.sql, cause: "no value was set for $\(missing)")
        }
        let before = try statement.totalChanges
        var failure: StorageError?
        do { while try statement.step() {} } catch { failure = error }
        // Also after an error, so that the statement can be used again and holds no lock.
        try statement.reset()
        bound = 0
        if let failure { throw failure }
        return try statement.totalChanges - before
    }

    private func index(_ parameter: Int) throws(StorageError) -> CInt {
        guard parameter >= 1, parameter <= parameters.count else {
            throw .parameters(
                sql: statement.sql,
                cause: "there is no $\(parameter) among its \(parameters.count) parameters")
        }
        bound |= 1 << UInt64(parameter - 1)
        return parameters[parameter - 1]
    }
}
