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

    /// Where the earlier version may have recorded a stretch, a snapshot says at worst once more what is known.
    @Test func `a store without stretches goes on with whatever may be one`() throws {
        let path = NSTemporaryDirectory() + "tables-" + UUID().uuidString + ".db"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let before = Self.before + [EvidenceTables.byKey]
        do {
            let database = try SQLiteDatabase(path: path, migrations: before)
            // A record and its facts: start and batch; the open state is the one that begins at 5.
            let facts: [(record: String, start: Int64, batch: Int64)] = [
                ("plain", 2, 0), ("plain", 5, 1), ("beside", 5, 1), ("beside", 7, 1), ("after", 5, 1),
                ("after", 3, 2), ("again", 4, 1), ("again", 5, 0), ("again", 5, 2),
            ]
            try database.write { (database) throws in
                for (index, fact) in facts.enumerated() {
                    try database.execute(
                        """
                        INSERT INTO fact (stream, record, start, digest, revision, batch, item)
                        VALUES (1, $1, $2, $3, 0, $4, $5)
                        """,
                        [
                            .text(fact.record), .integer(fact.start), .bytes([UInt8(index)]),
                            .integer(fact.batch), .integer(Int64(index)),
                        ])
                }
                for record in Set(facts.map(\.record)) {
                    try database.execute(
                        "INSERT INTO open_state (stream, record, since, value_digest) VALUES (1, $1, 5, x'01')",
                        [.text(record)])
                }
                try database.execute(
                    """
                    INSERT INTO batch (leaf, source, sequence, recorded, payload, items)
                    VALUES (6, 's', 0, 0, 'p', 9)
                    """)
            }
            try database.close()
        }
        let database = try SQLiteDatabase(path: path, migrations: before + [StretchTable.migration])
        let rows = try database.read {
            try $0.all("SELECT record, start, until FROM stretch ORDER BY record") { try $0.values() }
        }
        #expect(
            rows == [
                [.text("after"), .integer(3), .integer(.max)],
                [.text("beside"), .integer(7), .integer(.max)],
            ])
        #expect(try database.read { try $0.integer("SELECT leaf FROM stretch_from") } == 7)
        try database.close()
    }
}
