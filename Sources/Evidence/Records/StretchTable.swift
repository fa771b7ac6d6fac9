import Formats
package import Storage

/// What is said of records for stretches with an end, as far as nothing that became known later ends it: a snapshot that
/// finds a record otherwise there, or not at all, says something new, whatever the open states say.
package enum StretchTable {
    /// Of batches that an earlier version recorded the stretches are not known: whatever came beside or after an open
    /// state may be one, which at worst keeps a fact once more. `stretch_from` has the first leaf after them.
    package static let migration = Migration(
        "stretches",
        [
            """
            CREATE TABLE stretch (stream BIGINT NOT NULL, record TEXT NOT NULL, start BIGINT NOT NULL,
                until BIGINT NOT NULL, PRIMARY KEY (stream, record, start)) \(Migration.byKey)
            """,
            """
            INSERT INTO stretch (stream, record, start, until)
            SELECT o.stream, o.record, min(f.start), \(Int64.max) FROM open_state o
            JOIN fact f ON f.stream = o.stream AND f.record = o.record AND f.start <> o.since
            WHERE f.batch >= (SELECT max(g.batch) FROM fact g
                WHERE g.stream = o.stream AND g.record = o.record AND g.start = o.since)
            GROUP BY o.stream, o.record
            """,
            "CREATE TABLE stretch_from (leaf BIGINT PRIMARY KEY)",
            "INSERT INTO stretch_from (leaf) SELECT coalesce(max(leaf) + 1, 0) FROM batch",
        ])

    /// The stretches of one stream by record.
    static func stretches(
        _ stream: Int64, _ database: any Reading
    ) throws -> [Identifier: [Interval]] {
        var found: [Identifier: [Interval]] = [:]
        try database.query("SELECT record, start, until FROM stretch WHERE stream = $1", [.integer(stream)]) {
            row in
            guard
                let interval = Interval(
                    from: Instant(microseconds: try row.integer(1)),
                    to: Instant(microseconds: try row.integer(2)))
            else { return }
            found[Identifier(try row.text(0)), default: []].append(interval)
        }
        return found
    }

    static func isEmpty(_ stream: Int64, _ database: any Reading) throws -> Bool {
        try database.integer("SELECT 1 FROM stretch WHERE stream = $1 LIMIT 1", [.integer(stream)]) == nil
    }

    /// Notes a stretch. Of two that begin at one time the longer one is kept: at worst a fact is kept once more.
    static func insert(
        _ stream: Int64, _ record: Identifier, _ stretch: Interval, _ database: any Writing
    ) throws {
        try database.execute(
            """
            INSERT INTO stretch (stream, record, start, until) VALUES ($1, $2, $3, $4)
            ON CONFLICT (stream, record, start) DO UPDATE SET until = excluded.until
                WHERE excluded.until > stretch.until
            """,
            [
                .integer(stream), .text(record.text), .integer(stretch.start.microseconds),
                .integer(stretch.end.microseconds),
            ])
    }

    /// Removes the stretches that an open state ends, which begins within them or after them: unless a later one that was
    /// known before them holds on.
    static func end(
        _ stream: Int64, _ record: Identifier, at start: Instant, _ database: any Writing
    ) throws {
        try database.execute(
            """
            DELETE FROM stretch WHERE stream = $1 AND record = $2 AND start <= $3 AND NOT EXISTS
                (SELECT 1 FROM open_state o WHERE o.stream = $1 AND o.record = $2 AND o.since > $3)
            """, [.integer(stream), .text(record.text), .integer(start.microseconds)])
    }

    /// How often it is told which batch that is: once, unless the table was changed.
    static func tellings(_ database: any Reading) throws -> Int {
        Int(try database.integer("SELECT count(*) FROM stretch_from") ?? 0)
    }

    /// The first batch whose stretches are all on file.
    static func firstLeaf(_ database: any Reading) throws -> Int {
        Int(try database.integer("SELECT leaf FROM stretch_from") ?? 0)
    }
}
