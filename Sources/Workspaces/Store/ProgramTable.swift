import Assessment
import Evidence
import Formats
import Ledger
import Programs
import Storage

/// Where the applications of the program lie: the log has the digests, the payloads have the documents.
enum ProgramTable {
    static let migration = Migration(
        "program",
        [
            "CREATE TABLE program (leaf BIGINT PRIMARY KEY, recorded BIGINT NOT NULL, payload TEXT NOT NULL)",
            "CREATE TABLE assessment (leaf BIGINT PRIMARY KEY, recorded BIGINT NOT NULL, payload TEXT NOT NULL)",
        ])

    static func insert(
        into table: Table, leaf: Int, recorded: Instant, payload: BlobName, _ database: any Writing
    ) throws {
        try database.execute(
            "INSERT INTO \(table.rawValue) (leaf, recorded, payload) VALUES ($1, $2, $3)",
            [.integer(Int64(leaf)), .integer(recorded.microseconds), .text(payload.text)])
    }

    /// The two tables have the same shape: a leaf, its time, and the name of its payload.
    enum Table: String {
        case program, assessment
    }

    struct Row {
        let leaf: Int
        let recorded: Instant
        let payload: BlobName
    }

    /// The entry of the newest row; nil when there is none.
    static func newest(_ table: Table, _ database: any Reading) throws -> Int? {
        try database.integer("SELECT max(leaf) FROM \(table.rawValue)").map { Int($0) }
    }

    static func rows(_ table: Table, _ database: any Reading) throws -> [Row] {
        var found: [Row] = []
        try database.query("SELECT leaf, recorded, payload FROM \(table.rawValue) ORDER BY leaf") { row in
            let leaf = Int(try row.integer(0))
            guard let payload = BlobName(try row.text(2)) else {
                throw RecordError.statement(leaf: leaf, "the name of its payload is malformed")
            }
            found.append(
                Row(leaf: leaf, recorded: Instant(microseconds: try row.integer(1)), payload: payload))
        }
        return found
    }
}

extension Workspace {
    /// The program's history, each application proven against the log.
    ///
    /// - Parameter end: applications from this entry on do not count.
    func program(
        _ database: any Reading, knownAt: Instant = .distantFuture, before end: Int = .max
    ) throws -> (history: ProgramHistory, digest: Digest) {
        var collector = ProgramCollector(knownAt: knownAt)
        for row in try ProgramTable.rows(.program, database) where row.leaf < end {
            guard let entry = try LogTable.entry(row.leaf, database) else {
                throw RecordError.missingEntry(leaf: row.leaf)
            }
            try collector.add(leaf: row.leaf, entry: entry, payload: try blobs.get(row.payload))
        }
        return collector.finish()
    }
}
