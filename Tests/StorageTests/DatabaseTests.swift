import Storage
import StorageSQLite
import Testing

@Suite struct DatabaseTests {
    let folder: TemporaryFolder
    let database: SQLiteDatabase

    init() throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.path("a.db"), migrations: [Self.things])
    }

    static let things = Migration(
        "things",
        ["CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT, body BYTEA, CHECK (id < 1000000000))"])

    private func count() throws -> Int64? {
        try database.read { try $0.integer("SELECT count(*) FROM thing") }
    }

    @Test(arguments: [
        [SQLValue.integer(.max), .text("é"), .bytes([0, 255])],
        [.integer(.min), .text("e\u{301}"), .bytes([])],
        [.integer(0), .text(""), .null], [.integer(-1), .null, .bytes(Array("body".utf8))],
        [.integer(2), .text("a\u{0}b"), .bytes([0])],
    ])
    func `every value comes back as it went in`(values: [SQLValue]) throws {
        let found = try database.write { (database) throws in
            // Numbered out of order on purpose: to SQLite, $3 is the first parameter here.
            try database.execute("CREATE TABLE v (body BYTEA, name TEXT, id BIGINT)")
            try database.execute("INSERT INTO v (body, name, id) VALUES ($3, $2, $1)", values)
            try database.prepared("INSERT INTO v (body, name, id) VALUES ($3, $2, $1)") { try $0.run(values) }
            return try database.all("SELECT id, name, body FROM v") { try $0.values() }
        }
        #expect(found == [values, values])
    }

    @Test func `a megabyte comes back as it went in`() throws {
        let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        try database.write {
            _ = try $0.execute("INSERT INTO thing (id, body) VALUES (1, $1)", [.bytes(body)])
        }
        let found = try database.read { try $0.first("SELECT body FROM thing") { try $0.bytes(0) } }
        #expect(found == body)
    }

    @Test func `a body that throws leaves nothing behind`() throws {
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try database.write { (database) throws in
                try database.execute("INSERT INTO thing (id) VALUES ($1)", [1])
                throw Stop()
            }
        }
        #expect(try count() == 0)
        try database.write { _ = try $0.execute("INSERT INTO thing (id) VALUES (1)") }
        #expect(try count() == 1)
    }

    @Test func `a broken rule is told by name, and one can go on`() throws {
        try database.write { (database) throws in
            try database.execute("INSERT INTO thing (id) VALUES ($1)", [1])
            try database.prepared("INSERT INTO thing (id) VALUES ($1)") { (statement) throws in
                #expect { try statement.run([1]) } throws: { error in
                    guard case .constraint(_, let cause) = error as? StorageError else { return false }
                    return cause.contains("thing.id")
                }
                #expect(try statement.run([2]) == 1)
            }
        }
        #expect(try count() == 2)
    }

    @Test func `changed rows are counted, and conflicts can be passed over`() throws {
        try database.write { (database) throws in
            #expect(try database.execute("INSERT INTO thing (id) VALUES (1), (2), (3)") == 3)
            #expect(
                try database.execute("INSERT INTO thing (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", [2])
                    == 0)
            #expect(try database.execute("UPDATE thing SET name = $1 WHERE id > $2", ["x", 1]) == 2)
            #expect(try database.all("DELETE FROM thing RETURNING id") { try $0.integer(0) } == [1, 2, 3])
            #expect(try database.execute("CREATE TABLE other (id BIGINT)") == 0)
        }
    }

    @Test func `a value of another kind is refused, with the column's name`() throws {
        try database.write { (database) throws in
            try database.execute("INSERT INTO thing (id, name) VALUES (1, 'n')")
            try database.query("SELECT id, name, body, 1.5 AS half FROM thing") { (row) throws in
                #expect(try row.value(2) == .null)
                #expect(
                    throws: StorageError.wrongKind(column: 0, name: "id", wanted: "TEXT", found: "BIGINT")
                ) {
                    try row.text(0)
                }
                #expect(
                    throws: StorageError.wrongKind(column: 1, name: "name", wanted: "BIGINT", found: "TEXT")
                ) {
                    try row.optionalInteger(1)
                }
                #expect(
                    throws: StorageError.wrongKind(column: 2, name: "body", wanted: "BYTEA", found: "NULL")
                ) {
                    try row.bytes(2)
                }
                #expect(throws: StorageError.self) { try row.value(3) }
                #expect(throws: StorageError.self) { try row.integer(4) }
                #expect(throws: StorageError.self) { try row.integer(-1) }
            }
        }
    }

    @Test func `bytes that are no text are not read as text`() throws {
        #expect(throws: StorageError.self) {
            try database.read { try $0.first("SELECT CAST(x'ff' AS TEXT)") { try $0.text(0) } }
        }
    }

    @Test(arguments: [
        ("INSERT INTO thing (id, name) VALUES ($1, $2)", [SQLValue.integer(1)]),
        ("INSERT INTO thing (id) VALUES ($1)", [1, 2]), ("INSERT INTO thing (id) VALUES ($2)", [1]),
        ("INSERT INTO thing (id) VALUES (?)", [1]), ("INSERT INTO nothing VALUES (1)", []), ("", []),
        ("DELETE FROM thing; DELETE FROM thing", []), ("INSERT INTO thing (id) VALUES (\"x\")", []),
    ])
    func `a statement that does not fit is refused`(sql: String, values: [SQLValue]) throws {
        #expect(throws: StorageError.self) { try database.write { _ = try $0.execute(sql, values) } }
        #expect(try count() == 0)
    }

    @Test func `a forgotten parameter is an error, not the last row's value`() throws {
        try database.write { (database) throws in
            try database.prepared("INSERT INTO thing (id, name) VALUES ($1, $2)") { (statement) throws in
                try statement.run([1, "a"])
                try statement.bind(1, 2)
                #expect(throws: StorageError.self) { try statement.run() }
                try statement.bind(2, "b")
                try statement.run()
                #expect(throws: StorageError.self) { try statement.bind(3, 1) }
                #expect(throws: StorageError.self) { try statement.bind(0, 1) }
            }
        }
        #expect(try count() == 2)
    }

    @Test func `of several values for one parameter the last counts, whatever they are`() throws {
        try database.write { (database) throws in
            try database.prepared("INSERT INTO thing (id, name) VALUES ($1, $2)") { (statement) throws in
                try statement.bind(2, "a")
                try statement.bind(2, "")
                try statement.run([1, "first"])
                try statement.bind(1, 2)
                try statement.bind(2, "b")
                try statement.bindNull(2)
                try statement.run()
                try statement.bind(1, 3)
                try statement.bind(2, "c")
                try statement.bind(2, "d")
                try statement.run()
                // One that fails leaves nothing behind for the next.
                #expect(throws: StorageError.self) { try statement.run([3, "again"]) }
                try statement.bind(1, 4)
                #expect(throws: StorageError.self) { try statement.run() }
            }
        }
        let names = try database.read {
            try $0.all("SELECT coalesce(name, '-') FROM thing ORDER BY id") { try $0.text(0) }
        }
        #expect(names == ["first", "-", "d"])
    }

    @Test func `nothing works after its closure has ended`() throws {
        var row: (any Row)?
        var reading: (any Reading)?
        var statement: (any PreparedStatement)?
        try database.write { (database) throws in
            reading = database
            try database.query("SELECT 1") { row = $0 }
            try database.prepared("INSERT INTO thing (id) VALUES ($1)") { statement = $0 }
        }
        #expect(throws: StorageError.self) { try row?.integer(0) }
        #expect(throws: StorageError.self) { try reading?.integer("SELECT 1") }
        #expect(throws: StorageError.self) { try statement?.bind(1, 1) }
        #expect(throws: StorageError.self) { try statement?.run() }
    }

    @Test func `the same query may run inside its own rows`() throws {
        let sql = "SELECT value FROM (SELECT 1 AS value UNION ALL SELECT 2) WHERE value >= $1 ORDER BY value"
        let found = try database.read { (database) throws in
            try database.all(sql, [1]) { (outer) throws in
                let inner = try database.all(sql, [outer.value(0)]) { try $0.integer(0) }
                return [try outer.integer(0)] + inner
            }
        }
        #expect(found == [[1, 1, 2], [2, 2]])
    }

    @Test func `a read inside a write sees its rows, a write inside a write is refused`() throws {
        try database.write { (outer) throws in
            try outer.execute("INSERT INTO thing (id) VALUES (1)")
            #expect(try count() == 1)
            #expect(throws: StorageError.nestedWrite(path: database.path)) {
                try database.write { _ = try $0.execute("INSERT INTO thing (id) VALUES (2)") }
            }
        }
        try database.read { (_) throws in #expect(try count() == 1) }
    }

    @Test func `a read cannot change anything`() throws {
        #expect(throws: StorageError.self) {
            try database.read { try $0.query("INSERT INTO thing (id) VALUES (1)") { _ in } }
        }
        #expect(try count() == 0)
    }

    @Test func `a read sees one state, whatever another connection writes`() throws {
        let other = try SQLiteDatabase(path: database.path, migrations: [Self.things])
        try database.read { (reading) throws in
            #expect(try reading.integer("SELECT count(*) FROM thing") == 0)
            try other.write { _ = try $0.execute("INSERT INTO thing (id) VALUES (1)") }
            #expect(try reading.integer("SELECT count(*) FROM thing") == 0)
        }
        #expect(try count() == 1)
        try other.close()
    }

    @Test func `writers on one database take turns`() async throws {
        let database = database
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for step in 0..<25 {
                        try database.write { (writing) throws in
                            let next = try writing.integer("SELECT coalesce(max(id), 0) + 1 FROM thing") ?? 0
                            try writing.execute(
                                "INSERT INTO thing (id, name) VALUES ($1, $2)",
                                [.integer(next), .text("\(task) \(step)")])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try count() == 100)
    }

    @Test func `commits are durable and foreign keys hold`() throws {
        try database.write { (writing) throws in
            #expect(try writing.integer("PRAGMA synchronous") == 2)
            #expect(try writing.integer("PRAGMA foreign_keys") == 1)
            #expect(try writing.first("PRAGMA journal_mode") { try $0.text(0) } == "wal")
            #expect(try writing.integer("PRAGMA busy_timeout") == 60_000)
        }
    }

    @Test func `a file that is no database is refused by name`() throws {
        let path = folder.path("b.db")
        try DurableFile.write([UInt8](repeating: 65, count: 4_096), to: path)
        #expect { try SQLiteDatabase(path: path, migrations: []) } throws: { error in
            if case .notADatabase(path, _) = error as? StorageError { true } else { false }
        }
        #expect(throws: StorageError.self) {
            try SQLiteDatabase(path: folder.path("no/such/folder.db"), migrations: [])
        }
    }

    @Test func `a database that may not be written tells how it can be read all the same`() throws {
        let error = StorageError.readOnly(path: database.path)
        #expect(throws: error) {
            try database.write { (database) throws in
                try database.execute("PRAGMA query_only = ON")
                try database.execute("INSERT INTO thing (id) VALUES (1)")
            }
        }
        #expect(error.description.contains("copy the whole folder"))
    }

    @Test func `a closed database says so`() throws {
        try database.close()
        #expect(throws: StorageError.closed(path: database.path)) { try count() }
        #expect(throws: StorageError.closed(path: database.path)) { try database.write { _ in } }
    }
}
