import Formats
package import Storage

/// When whole snapshots were taken. Of what they found as it was nothing is on file but this: a statement about the time
/// before one, which becomes known after it, holds until that snapshot and no longer (`docs/evidence.md`).
package enum SnapshotTable {
    /// Snapshots of batches before `stretch_from` are not known.
    package static let migration = Migration(
        "snapshots",
        [
            """
            CREATE TABLE snapshot (stream BIGINT NOT NULL, taken BIGINT NOT NULL, PRIMARY KEY (stream, taken))
            \(Migration.byKey)
            """
        ])

    static func insert(_ stream: Int64, _ taken: Instant, _ database: any Writing) throws {
        try database.execute(
            "INSERT INTO snapshot (stream, taken) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            [.integer(stream), .integer(taken.microseconds)])
    }

    /// The last snapshot of a stream.
    static func newest(_ stream: Int64, _ database: any Reading) throws -> Instant? {
        try database.integer("SELECT max(taken) FROM snapshot WHERE stream = $1", [.integer(stream)])
            .map { Instant(microseconds: $0) }
    }

    /// The first snapshot that was taken after an instant.
    static func next(_ stream: Int64, after instant: Instant, _ database: any Reading) throws -> Instant? {
        try database.integer(
            "SELECT min(taken) FROM snapshot WHERE stream = $1 AND taken > $2",
            [.integer(stream), .integer(instant.microseconds)]
        ).map { Instant(microseconds: $0) }
    }
}

/// The whole snapshots that the log tells of, beside those on file.
struct TakenSnapshots {
    private struct Taken: Hashable {
        let source: Identifier
        let kind: Identifier
        let at: Instant
    }

    /// The first batch whose snapshots are all on file.
    private let firstLeaf: Int
    private var told: Set<Taken> = []

    init(from firstLeaf: Int = 0) {
        self.firstLeaf = firstLeaf
    }

    mutating func add(_ batch: BatchStatement, leaf: Int) {
        if leaf < firstLeaf { return }
        for kind in batch.wholeKinds {
            told.insert(Taken(source: batch.source, kind: kind, at: batch.started))
        }
    }

    /// How many are on file that the log does not tell of, or the other way round.
    func differences(_ database: any Reading) throws -> Int {
        var (stored, common) = (0, 0)
        try database.query(
            "SELECT s.source, s.kind, t.taken FROM snapshot t JOIN stream s ON s.id = t.stream"
        ) { row in
            stored += 1
            let taken = Taken(
                source: Identifier(try row.text(0)), kind: Identifier(try row.text(1)),
                at: Instant(microseconds: try row.integer(2)))
            if told.contains(taken) { common += 1 }
        }
        return stored + told.count - 2 * common
    }
}
