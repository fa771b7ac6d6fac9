import Formats
package import Storage

/// When whole snapshots were taken. Of what they found as it was nothing is on file but this: a statement about the time
/// before one, which becomes known after it, holds until that snapshot and no longer (`engine.md` §3).
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

/// Ends what becomes known late where the next snapshot, which is known already, begins to tell.
struct LateFacts {
    let source: Identifier
    /// When the snapshot was taken of which they are; nil for changes.
    let taken: Instant?

    /// The facts, with an end where one is due; nil when none is.
    func bounded(_ facts: [Fact], _ database: any Writing) throws -> [Fact]? {
        var known: [Identifier: (stream: Int64, newest: Instant)] = [:]
        for kind in Fact.kinds(of: facts) {
            let stream = try EvidenceTables.stream(source: source, kind: kind, database)
            if let newest = try SnapshotTable.newest(stream, database) { known[kind] = (stream, newest) }
        }
        // Most come behind the newest snapshot, and nothing has to be looked up for each of them.
        if known.values.allSatisfy({ $0.newest <= taken ?? .distantPast }) { return nil }
        let isLate = { (fact: Fact) in known[fact.kind].map { told(fact.start) < $0.newest } ?? false }
        guard facts.contains(where: isLate) else { return nil }
        return try facts.map { fact in
            guard isLate(fact), let stream = known[fact.kind]?.stream else { return fact }
            return try bounded(fact, stream, database)
        }
    }

    /// As of when it is said that something holds from an instant on.
    private func told(_ start: Instant) -> Instant { max(taken ?? start, start) }

    private func bounded(_ fact: Fact, _ stream: Int64, _ database: any Reading) throws -> Fact {
        guard case .state(let from, nil, let value) = fact.shape,
            let next = try SnapshotTable.next(stream, after: told(from), database)
        else { return fact }
        // What is known to have begun in between holds on.
        let change = try database.integer(
            "SELECT min(start) FROM fact WHERE stream = $1 AND record = $2 AND start > $3",
            [.integer(stream), .text(fact.key.text), .integer(from.microseconds)])
        let end = min(next, change.map { Instant(microseconds: $0) } ?? next)
        return .state(fact.kind, fact.key, from: from, to: end, value)
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
