import Evidence
import Foundation
import Storage
import StorageSQLite
import Testing

@Suite struct EvidenceTablesTests {
    private static let before = [LogTable.migration, EvidenceTables.migration, MemberTable.migration]

    private static let fact =
        "SELECT stream, record, start, digest, revision, batch, item FROM fact ORDER BY batch, item"
    private static let state = "SELECT stream, record, since, value_digest FROM open_state ORDER BY record"

    private static func rows(_ database: SQLiteDatabase) throws -> [[SQLValue]] {
        try database.read { database in
            try database.all(fact) { try $0.values() } + database.all(state) { try $0.values() }
        }
    }

    @Test func `a store whose rows were written twice goes on with the same rows`() throws {
        let path = NSTemporaryDirectory() + "tables-" + UUID().uuidString + ".db"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        var rows: [[SQLValue]] = []
        do {
            let database = try SQLiteDatabase(path: path, migrations: Self.before)
            try database.write { (database) throws in
                for index in 0..<50 as Range<Int64> {
                    let key = SQLValue.text("k-\(index * 37 % 50)é")
                    try database.execute(
                        "INSERT INTO fact (stream, record, start, digest, revision, batch, item) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        [
                            .integer(1), key, .integer(-index), .bytes([UInt8(index)]), .integer(0),
                            .integer(7), .integer(index),
                        ])
                    try database.execute(
                        "INSERT INTO open_state (stream, record, since, value_digest) VALUES ($1, $2, $3, $4)",
                        [.integer(1), key, .integer(-index), .bytes(index % 5 == 0 ? [] : [UInt8(index)])])
                }
            }
            rows = try Self.rows(database)
            try database.close()
        }
        let database = try SQLiteDatabase(path: path, migrations: Self.before + [EvidenceTables.byKey])
        #expect(try Self.rows(database) == rows && rows.count == 100)
        #expect(try database.damage().isEmpty)
        // What is known is known still.
        let again = try database.write {
            try $0.execute(
                """
                INSERT INTO fact (stream, record, start, digest, revision, batch, item)
                SELECT stream, record, start, digest, revision, 8, item FROM fact WHERE item < 50 ON CONFLICT DO NOTHING
                """)
        }
        #expect(again == 0)
        let plan = try database.read {
            try $0.all(
                "EXPLAIN QUERY PLAN SELECT 1 FROM fact WHERE stream = 1 AND record = 'a' AND start = 2"
            ) {
                try $0.text(3)
            }
        }
        #expect(plan.allSatisfy { $0.contains("PRIMARY KEY") && !$0.contains("SCAN") }, "\(plan)")
        try database.close()
    }
}
