import Catalog
import Evidence
import Expressions
import Formats

/// Collects the steps of a test's query, and which kinds and fields they read.
struct TwinBuilder {
    let test: ControlTest
    let frame: Frame
    let includesPersonal: Bool
    private let kinds: [Identifier: Kind]
    private(set) var steps: [SQLStep] = []
    private(set) var used: [Identifier: Set<Identifier>] = [:]
    private(set) var windows: [[ExportedValue]] = []
    private(set) var deadlines: [[ExportedValue]] = []
    private var tables: [Identifier: RecordTable] = [:]
    private var done: Set<String> = []

    init(_ test: ControlTest, _ frame: Frame, kinds: [Kind], includesPersonal: Bool) {
        self.test = test
        self.frame = frame
        self.includesPersonal = includesPersonal
        self.kinds = Dictionary(kinds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func step(_ name: String, _ meaning: String, _ sql: String) {
        steps.append(SQLStep(name: name, meaning: meaning, sql: sql))
    }

    mutating func step(_ step: SQLStep) { steps.append(step) }

    mutating func add(windows: [Interval], version: Int) {
        for window in windows {
            self.windows.append([
                .integer(Int64(version)), .text("\(window.start)"), ExportedValue(window.start),
                ExportedValue(window.end),
            ])
        }
    }

    mutating func add(deadlines: [(day: Interval, due: Instant)], version: Int) {
        for (day, due) in deadlines {
            self.deadlines.append([
                .integer(Int64(version)), ExportedValue(day.start), ExportedValue(day.end),
                ExportedValue(due),
            ])
        }
    }

    // MARK: Tables

    /// The table of a kind; asks for its export.
    mutating func table(_ name: Identifier) throws(SQLTwinError) -> RecordTable {
        if let table = tables[name] { return table }
        guard let kind = frame.history[name]?.kind ?? kinds[name] else {
            throw .noKind(test: test.id, kind: name)
        }
        var plain = "facts_" + SQLText.plain(name.text)
        while tables.values.contains(where: { $0.name == plain }) { plain += "_" }
        let table = RecordTable(kind, name: plain)
        tables[name] = table
        used[name, default: []] = []
        return table
    }

    /// All records that the query reads, with their kinds in order of name.
    func exportedTables() throws(SQLTwinError) -> [ExportedTable] {
        var found: [ExportedTable] = []
        var number: Int64 = 0
        for name in tables.keys.sorted() {
            found +=
                try tables[name]?.tables(frame.history[name], fields: used[name] ?? [], number: &number) ?? []
        }
        return found
    }

    // MARK: Expressions

    /// A record that an expression names: which table, and the name its row goes by in the query.
    struct Named {
        let table: RecordTable
        let alias: String
        /// NULL where there is no record.
        var found: String?
    }

    private mutating func scope(
        _ expression: Expression, _ records: [(name: String, record: Named)], at instant: String?
    ) throws(SQLTwinError) -> SQLScope {
        var scope = SQLScope()
        for (name, named) in records {
            let kind = named.table.kind
            scope.bind(name, fields: named.table.fields(named.alias), found: named.found)
            for use in expression.fields(of: name) {
                guard let field = kind.field(use.name) else { continue }
                if field.isPHI { throw .health(test: test.id, kind: kind.name, field: field.name) }
                if field.isPersonal, !includesPersonal {
                    throw .personal(test: test.id, kind: kind.name, field: field.name)
                }
                used[kind.name, default: []].insert(Identifier(field.name))
            }
        }
        if let instant { scope.bind("at", instant: instant) }
        return scope
    }

    private func translated<T>(
        _ body: () throws(SQLTranslationError) -> T
    ) throws(SQLTwinError) -> T {
        do { return try body() } catch { throw .expression(test: test.id, error) }
    }

    /// A predicate as a condition, with more records than its own where others are joined.
    mutating func condition(
        _ predicate: Predicate, _ record: Named, at instant: String?, joined: [(name: String, record: Named)]
    ) throws(SQLTwinError) -> String {
        // A join of the same name hides the record.
        let own = joined.contains { $0.name.hasSameBytes(as: predicate.variable) }
        let records = (own ? [] : [(predicate.variable, record)]) + joined
        let scope = try self.scope(predicate.expression, records, at: instant)
        return try translated { () throws(SQLTranslationError) in try predicate.expression.sqlCondition(scope)
        }
    }

    /// Nil for no predicate.
    mutating func condition(
        _ predicate: Predicate?, _ record: Named, at instant: String?
    ) throws(SQLTwinError) -> String? {
        guard let predicate else { return nil }
        return try condition(predicate, record, at: instant, joined: [])
    }

    mutating func value(
        _ predicate: Predicate, _ record: Named, at instant: String?
    ) throws(SQLTwinError) -> SQLValueText {
        let scope = try self.scope(predicate.expression, [(predicate.variable, record)], at: instant)
        return try translated { () throws(SQLTranslationError) in try predicate.expression.sqlValue(scope) }
    }

    /// What records are matched by: a text, a whole number or a flag; anything else matches nothing. A record that
    /// says that it has no key SQL cannot tell from one whose key is unknown; `checkDecidable` refuses it where that
    /// matters.
    mutating func key(
        _ predicate: Predicate, _ record: Named, at instant: String?
    ) throws(SQLTwinError) -> SQLValueText {
        let scope = try self.scope(predicate.expression, [(predicate.variable, record)], at: instant)
        let value = try translated { () throws(SQLTranslationError) in try predicate.expression.sqlKey(scope)
        }
        switch value.type {
        case .text, .whole, .flag: return value
        default: return SQLValueText(sql: "CAST(NULL AS TEXT)", type: nil)
        }
    }

    /// As `key`, but an empty text is no key either.
    mutating func identity(_ predicate: Predicate, _ record: Named) throws(SQLTwinError) -> SQLValueText {
        let key = try self.key(predicate, record, at: nil)
        return key.type == .text ? SQLValueText(sql: "NULLIF(\(key.sql), '')", type: key.type) : key
    }

    /// An instant in microseconds; NULL where the expression gives none, nil for no expression.
    mutating func moment(
        _ predicate: Predicate?, _ record: Named, at instant: String?
    ) throws(SQLTwinError) -> String? {
        guard let predicate else { return nil }
        let value = try self.value(predicate, record, at: instant)
        return value.type == .timestamp ? value.sql : "CAST(NULL AS BIGINT)"
    }

    mutating func flips(_ predicate: Predicate, _ record: Named) throws(SQLTwinError) -> [String] {
        let scope = try self.scope(predicate.expression, [(predicate.variable, record)], at: nil)
        return try translated { () throws(SQLTranslationError) in
            try predicate.expression.sqlFlips(of: "at", scope)
        }
    }

    // MARK: Coverage

    /// The step of the stretches in which every source of a kind held every record; columns a, b.
    mutating func complete(_ kind: Identifier) throws(SQLTwinError) -> String {
        let name = "complete_" + (try table(kind)).name.dropFirst("facts_".count)
        guard done.insert(name).inserted else { return name }
        let quoted = SQLText.quoted(kind)
        step(
            name + "_points", "Where the coverage of \(kind) may change",
            """
            SELECT c0 AS t FROM coverage WHERE kind = \(quoted)
            UNION SELECT c1 FROM coverage WHERE kind = \(quoted)
            UNION SELECT since FROM sources WHERE kind = \(quoted)
            UNION SELECT retired FROM sources WHERE kind = \(quoted)
            """)
        step(
            name + "_parts",
            "The parts in which some source covers \(kind), and every source that was known by then and not given up",
            """
            SELECT g.a, g.b
            FROM (SELECT t AS a, LEAD(t) OVER (ORDER BY t) AS b FROM \(name)_points) AS g
            JOIN sources s ON s.kind = \(quoted)
            LEFT JOIN coverage c ON c.kind = s.kind AND c.source = s.source AND c.c0 <= g.a AND c.c1 >= g.b
            WHERE g.b IS NOT NULL
            GROUP BY g.a, g.b
            HAVING COUNT(c.c0) > 0
               AND MIN(CASE WHEN c.c0 IS NOT NULL OR g.b <= s.since OR s.retired <= g.a THEN 1 ELSE 0 END) = 1
            """)
        step(
            .islands(
                name, "Where \"not found\" among \(kind) means \"does not exist\"", of: name + "_parts",
                by: []))
        return name
    }

    /// The step of one row that says what time a kind may be judged by: awaited, horizon, is_covered, and the parameters.
    mutating func limits(_ kind: Identifier) throws(SQLTwinError) -> String {
        let complete = try self.complete(kind)
        let name = "limits_" + complete.dropFirst("complete_".count)
        guard done.insert(name).inserted else { return name }
        step(
            name,
            "awaited: from when on uncovered time is not known yet; horizon: the last instant of which anything can be known",
            """
            SELECT p.p0, p.p1, p.known_at,
                   CASE WHEN c.last < p.known_at AND p.known_at - c.last <= p.lag THEN c.last ELSE p.known_at END AS awaited,
                   CASE WHEN c.last IS NULL THEN \(-SQLText.open) WHEN c.last < p.known_at THEN c.last ELSE p.known_at END AS horizon,
                   CASE WHEN c.last IS NULL THEN 0 ELSE 1 END AS is_covered
            FROM parameters p CROSS JOIN (SELECT MAX(b) AS last FROM \(complete)) AS c
            """)
        return name
    }

    /// The step of the stretches in which the test was in force without a break; columns a, b.
    mutating func standing() -> String {
        guard done.insert("standing").inserted else { return "standing" }
        step("standing_parts", "Each version's time in force", "SELECT f0 AS a, f1 AS b FROM test_versions")
        step(
            .islands(
                "standing", "Where the test was in force without a break", of: "standing_parts", by: []))
        return "standing"
    }

    /// The step of the time that each version answers for; columns version, due, f0, f1, and since: when the test was
    /// first in force.
    mutating func terms() -> String {
        guard done.insert("terms").inserted else { return "terms" }
        step(
            "terms", "Each version up to the next one, the time for which the test was taken out included",
            """
            SELECT version, due, f0, COALESCE(LEAD(f0) OVER (ORDER BY f0), f1) AS f1, MIN(f0) OVER () AS since
            FROM test_versions
            """)
        return "terms"
    }

    /// The step of each source's `awaited`; columns source, awaited.
    mutating func waits(_ kind: Identifier) throws(SQLTwinError) -> String {
        let name = "waits_" + (try table(kind)).name.dropFirst("facts_".count)
        guard done.insert(name).inserted else { return name }
        step(
            name, "For each source of \(kind), from when on uncovered time is not known yet",
            """
            SELECT s.source,
                   CASE WHEN MAX(c.c1) < MAX(p.known_at) AND MAX(p.known_at) - MAX(c.c1) <= MAX(p.lag)
                        THEN MAX(c.c1) ELSE MAX(p.known_at) END AS awaited
            FROM sources s CROSS JOIN parameters p
            LEFT JOIN coverage c ON c.kind = s.kind AND c.source = s.source
            WHERE s.kind = \(SQLText.quoted(kind))
            GROUP BY s.source
            """)
        return name
    }
}
