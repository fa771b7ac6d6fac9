import Storage
import StorageSQLite
import Testing

@Suite struct MigrationTests {
    let folder: TemporaryFolder
    var path: String { folder.path("a.db") }

    init() throws {
        folder = try TemporaryFolder()
    }

    private let first = Migration("first", ["CREATE TABLE a (id BIGINT)", "INSERT INTO a (id) VALUES (1)"])
    private let second = Migration("second", ["INSERT INTO a (id) VALUES (2)"])

    private func open(_ migrations: [Migration]) throws -> [Int64] {
        let database = try SQLiteDatabase(path: path, migrations: migrations)
        defer { try? database.close() }
        return try database.read { try $0.all("SELECT id FROM a ORDER BY id") { try $0.integer(0) } }
    }

    @Test func `each migration is applied once`() throws {
        #expect(try open([first]) == [1])
        #expect(try open([first]) == [1])
        #expect(try open([first, second]) == [1, 2])
        #expect(try open([first, second]) == [1, 2])
    }

    @Test func `a newer database is refused, and said to be newer`() throws {
        _ = try open([first, second])
        #expect(throws: StorageError.newerSchema(path: path, migration: "second")) { try open([first]) }
        let error = StorageError.newerSchema(path: path, migration: "second")
        #expect(error.description.contains("newer version"))
        #expect(try open([first, second]) == [1, 2])
    }

    @Test func `another order is refused`() throws {
        _ = try open([first, second])
        #expect(
            throws: StorageError.migrationOrder(path: path, position: 1, applied: "first", known: "second")
        ) {
            try open([second, first])
        }
    }

    @Test func `a migration that fails leaves the database as it was`() throws {
        _ = try open([first])
        let broken = Migration("broken", ["INSERT INTO a (id) VALUES (3)", "INSERT INTO nowhere VALUES (1)"])
        #expect(throws: StorageError.self) { try open([first, second, broken]) }
        #expect(try open([first]) == [1])
    }

    @Test func `one name for two migrations is refused`() throws {
        #expect(throws: StorageError.migrationTwice(name: "first")) { try open([first, first]) }
    }

    @Test func `openers at the same time apply each migration once`() async throws {
        let (path, migrations) = (path, [first, second])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { try SQLiteDatabase(path: path, migrations: migrations).close() }
            }
            try await group.waitForAll()
        }
        #expect(try open(migrations) == [1, 2])
    }
}
