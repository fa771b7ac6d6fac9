import Storage

/// A statement that is run many times, and knows which parameters still lack a value.
final class SQLitePrepared: PreparedStatement {
    /// A text or blob that waits for the run.
    private struct Waiting {
        let index: CInt
        let range: Range<Int>
        let isText: Bool
    }

    private let statement: CompiledStatement
    private let parameters: [CInt]
    private let complete: UInt64
    private var row = Row()

    /// The values of the next run.
    private struct Row {
        /// The parameters that have one.
        var bound: UInt64 = 0
        // SQLite would allocate a copy of each text and blob; they wait here instead, and it reads them where they stand.
        var waiting: [Waiting] = []
        var bytes: [UInt8] = []

        mutating func wait(_ value: some Sequence<UInt8>, for index: CInt, isText: Bool) {
            let start = bytes.count
            bytes.append(contentsOf: value)
            waiting.append(Waiting(index: index, range: start..<bytes.count, isText: isText))
        }

        mutating func note(_ parameter: Int, _ index: CInt) {
            let bit = UInt64(1) << UInt64(parameter - 1)
            // The last value counts.
            if bound & bit != 0 { waiting.removeAll { $0.index == index } }
            bound |= bit
        }

        mutating func clear() {
            waiting.removeAll(keepingCapacity: true)
            bytes.removeAll(keepingCapacity: true)
            bound = 0
        }
    }

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
        row.wait(text.utf8, for: try index(parameter), isText: true)
    }

    func bind(_ parameter: Int, _ blob: [UInt8]) throws(StorageError) {
        row.wait(blob, for: try index(parameter), isText: false)
    }

    func bindNull(_ parameter: Int) throws(StorageError) {
        try statement.bindNull(try index(parameter))
    }

    func run() throws(StorageError) -> Int {
        guard row.bound == complete else {
            let missing = (~row.bound & complete).trailingZeroBitCount + 1
            throw .parameters(sql: statement.sql, cause: "no value was set for $\(missing)")
        }
        let before = try statement.totalChanges
        defer { row.clear() }
        if let failure = row.bytes.withUnsafeBytes({ run(with: $0) }) { throw failure }
        return try statement.totalChanges - before
    }

    /// - Parameter bytes: stay where they are until SQLite has let go of them.
    private func run(with bytes: UnsafeRawBufferPointer) -> StorageError? {
        var failure: StorageError?
        do throws(StorageError) {
            for value in row.waiting {
                try statement.lend(
                    value.index, UnsafeRawBufferPointer(rebasing: bytes[value.range]), isText: value.isText)
            }
            while try statement.step() {}
        } catch { failure = error }
        // Also after an error, so that the statement can be used again and holds no lock.
        do throws(StorageError) { try statement.reset() } catch { failure = failure ?? error }
        return failure
    }

    private func index(_ parameter: Int) throws(StorageError) -> CInt {
        guard parameter >= 1, parameter <= parameters.count else {
            throw .parameters(
                sql: statement.sql,
                cause: "there is no $\(parameter) among its \(parameters.count) parameters")
        }
        row.note(parameter, parameters[parameter - 1])
        return parameters[parameter - 1]
    }
}
