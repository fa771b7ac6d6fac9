import GRDBSQLite

/// What keeps a published query from being answered by SQLite.
package struct OracleFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// The published queries in the system's SQLite: the whole workload in one database in memory, with the indexes that serve
/// the queries.
package final class SQLiteOracle {
    private static let indexes = [
        "CREATE INDEX resource_key ON resource (kind, key, v0)",
        "CREATE INDEX account_key ON idp_account (key, v0)",
        "CREATE INDEX employment_key ON hr_employment (person_id, v0)",
        "CREATE INDEX store_key ON cloud_store (key, v0)",
        "CREATE INDEX fixed_finding ON vuln_fixed (finding, instant)",
        "CREATE INDEX backup_store ON backup_job (store, instant)",
        "CREATE INDEX probe_time ON uptime_probe (instant)",
        "CREATE INDEX calendar_unit ON calendar (unit, w0)",
        "CREATE INDEX coverage_kind ON coverage (kind, s0)",
        "ANALYZE",
    ]

    private let connection: OpaquePointer

    package init(_ evidence: SeededEvidence) throws {
        var opened: OpaquePointer?
        guard sqlite3_open(":memory:", &opened) == SQLITE_OK, let connection = opened else {
            sqlite3_close(opened)
            throw OracleFailure("SQLite cannot open a database in memory")
        }
        self.connection = connection
        try execute("BEGIN")
        for table in SQLTable.all { try load(table, evidence) }
        for index in Self.indexes { try execute(index) }
        try execute("COMMIT")
    }

    deinit { sqlite3_close(connection) }

    /// The answer to a query.
    ///
    /// - Parameter text: what stands in the query's file.
    package func answer(_ query: PublishedQuery, text: String) throws -> QueryAnswer {
        var builder = QueryAnswerBuilder(query)
        let (before, last) = Self.statements(text)
        for statement in before { try execute(statement) }
        try rows(last) { row in
            let kind = Int(sqlite3_column_int64(row, 0))
            let keys = kind < 0 ? Vocabulary.services : WorkloadKind.all[kind].keys
            builder.add(
                key: keys.text(Int(sqlite3_column_int64(row, 1))), start: sqlite3_column_int64(row, 2),
                end: sqlite3_column_int64(row, 3), verdict: String(cString: sqlite3_column_text(row, 4)))
        }
        return builder.finish()
    }

    /// Counts the units of each verdict inside the database, which is what is timed.
    package func count(_ query: PublishedQuery, text: String) throws {
        let rollUp =
            query.isOverStretches
            ? """
            SELECT worst, count(*), sum(span) FROM (
                SELECT max(CASE verdict WHEN 'fail' THEN 4 WHEN 'pass' THEN 3 WHEN 'tolerated' THEN 3
                    WHEN 'none' THEN 2 ELSE 0 END) AS worst, sum("end" - start) AS span
                FROM answer GROUP BY kind, key) GROUP BY worst
            """ : "SELECT verdict, count(*) FROM answer GROUP BY verdict"
        let (before, last) = Self.statements(text)
        for statement in before { try execute(statement) }
        try rows("WITH answer AS (SELECT * FROM (\(last))) \(rollUp)") { _ in }
    }

    /// The query and what makes its temporary tables, in SQLite's words.
    private static func statements(_ text: String) -> (before: [String], last: String) {
        let lines = text.split(separator: "\n").map { line in
            String(line.firstRange(of: "--").map { line[..<$0.lowerBound] } ?? line)
        }
        let words = lines.joined(separator: "\n").replacing("greatest(", with: "max(")
            .replacing("least(", with: "min(")
        let statements = words.split(separator: ";").map(String.init)
        return (Array(statements.dropLast()), statements.last ?? "")
    }

    private func load(_ table: SQLTable, _ evidence: SeededEvidence) throws {
        let columns = table.columns.map { column in
            if case .text(.words) = column.type { return "\(column.name) TEXT" }
            return "\(column.name) INTEGER"
        }
        try execute("CREATE TABLE \(table.name) (\(columns.joined(separator: ", ")))")
        let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        let statement = try prepare("INSERT INTO \(table.name) VALUES (\(marks))")
        defer { sqlite3_finalize(statement) }
        try table.rows(of: evidence) { fields in
            for (place, field) in fields.enumerated() {
                let index = CInt(place + 1)
                switch field {
                case .null: sqlite3_bind_null(statement, index)
                case .integer(let number): sqlite3_bind_int64(statement, index, number)
                case .text(let text):
                    // A destructor of -1 tells SQLite to copy the text.
                    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
                    sqlite3_bind_text(statement, index, text, -1, copied)
                }
            }
            guard sqlite3_step(statement) == SQLITE_DONE else { throw failure(table.name) }
            sqlite3_reset(statement)
        }
    }

    private func rows(_ sql: String, _ body: (OpaquePointer) -> Void) throws {
        let statement = try prepare(sql)
        defer { sqlite3_finalize(statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: body(statement)
            case SQLITE_DONE: return
            default: throw failure(sql)
            }
        }
    }

    private func execute(_ sql: String) throws {
        guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
    }

    private func prepare(_ sql: String) throws -> OpaquePointer {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &prepared, nil) == SQLITE_OK, let prepared else {
            throw failure(sql)
        }
        return prepared
    }

    private func failure(_ what: String) -> OracleFailure {
        OracleFailure("SQLite: \(String(cString: sqlite3_errmsg(connection))) in \(what.prefix(80))")
    }
}
