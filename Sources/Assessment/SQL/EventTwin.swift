import Expressions
import Formats

extension TwinBuilder {
    /// The steps of an event requirement; the last is `event_rows`.
    mutating func event(_ versions: [Numbered<EventRequirement>]) throws(SQLTwinError) {
        for version in versions { try events(version) }
        step(
            "event_rows", "One row an event",
            versions.map { version in
                """
                SELECT 'event' AS part, source, key, a, a + 1 AS b, verdict, CAST(NULL AS BIGINT) AS due, 0 AS is_stretch
                FROM event_\(version.number)
                """
            }.joined(separator: "\nUNION ALL "))
    }

    private mutating func events(_ version: Numbered<EventRequirement>) throws(SQLTwinError) {
        let (n, rule) = (version.number, version.rule)
        let records = try table(rule.kind)
        let event = Named(table: records, alias: "e")
        let scope = try condition(rule.scope, event, at: "e.happened")
        var joins: [(name: String, record: Named)] = []
        var tests = ""
        var tables = ""
        for (index, join) in rule.joins.enumerated() {
            let alias = "j\(index + 1)"
            let found = try lookUp(join, event, "found_\(n)_\(index + 1)", version: n)
            let joined = try table(join.kind)
            tables += """

                JOIN \(found) m\(index + 1) ON m\(index + 1).row_id = e.row_id
                LEFT JOIN \(joined.name) \(alias) ON \(alias).row_id = m\(index + 1).matched
                """
            tests += "\n            WHEN m\(index + 1).is_known = 0 THEN 'none'"
            if join.isRequired { tests += " WHEN m\(index + 1).matched IS NULL THEN 'fail'" }
            // The last join of a name is the one that counts.
            joins.removeAll { $0.name.hasSameBytes(as: join.name) }
            joins.append((join.name, Named(table: joined, alias: alias, found: "m\(index + 1).matched")))
        }
        let require = try condition(rule.require, event, at: "e.happened", joined: joins)
        let doubt = scope.map { "WHEN \($0) IS NULL THEN 'none' " } ?? ""
        let judged = rule.joins.isEmpty ? "event_\(n)" : "judged_\(n)"
        let each = rule.joins.isEmpty ? "" : ", with each choice of records where a join finds several"
        step(
            judged, "Each event of the period in scope, by version \(n) of the test\(each)",
            """
            SELECT e.row_id, e.source, e.key, e.happened AS a,
                   CASE \(doubt)WHEN c.c0 IS NULL AND e.happened >= v.awaited THEN 'pending' WHEN c.c0 IS NULL THEN 'none'\(tests)
                        WHEN \(require) THEN 'pass' WHEN NOT \(require) THEN 'fail' ELSE 'none' END AS verdict
            FROM \(records.name) e CROSS JOIN parameters p
            JOIN test_versions t ON t.version = \(n)
            JOIN \(try waits(rule.kind)) v ON v.source = e.source
            LEFT JOIN coverage c ON c.kind = \(SQLText.quoted(rule.kind)) AND c.source = e.source
                                AND c.c0 <= e.happened AND e.happened < c.c1\(tables)
            WHERE p.p0 <= e.happened AND e.happened < p.p1 AND t.f0 <= e.happened AND e.happened < t.f1
              AND \(SQLText.notFalse(scope ?? "(1 = 1)"))
            """)
        if !rule.joins.isEmpty { choices(of: judged, in: "event_\(n)") }
    }

    /// What holds of an event whichever records are chosen; too many choices are not gone through.
    private mutating func choices(of judged: String, in name: String) {
        step(
            name, "What holds of each event with all records that may be meant",
            """
            SELECT row_id, source, key, a,
                   CASE WHEN MIN(verdict) <> MAX(verdict) THEN 'none'
                        WHEN COUNT(*) > \(JoinedEvent.mostChoices) AND MIN(verdict) <> 'pending' THEN 'none'
                        ELSE MIN(verdict) END AS verdict
            FROM \(judged) GROUP BY row_id, source, key, a
            """)
    }

    /// The step that finds, for each event, the records as they stood at an instant; columns row_id, is_known, matched.
    private mutating func lookUp(
        _ join: AsOfJoin, _ event: Named, _ name: String, version: Int
    ) throws(SQLTwinError) -> String {
        let records = try table(join.kind)
        let local = try key(join.local, event, at: "e.happened")
        let remote = try key(join.remote, Named(table: records, alias: "r"), at: nil)
        let moment = try self.moment(join.asOf, event, at: "e.happened")
        let fits = local.type != nil && local.type == remote.type
        step(
            name + "_wanted", "What each event is to be joined with as \(join.name), and as of when",
            """
            SELECT e.row_id, \(local.sql) AS wanted, \(moment ?? "e.happened") AS as_of FROM \(event.table.name) e
            """)
        step(
            name, "The records of \(join.kind) found, one a row; a row without where there is none",
            """
            SELECT w.row_id, r.row_id AS matched,
                   CASE WHEN w.wanted IS NULL OR w.as_of IS NULL OR c.a IS NULL THEN 0 ELSE 1 END AS is_known
            FROM \(name)_wanted w
            LEFT JOIN \(try complete(join.kind)) c ON c.a <= w.as_of AND w.as_of < c.b
            LEFT JOIN \(records.name) r ON c.a IS NOT NULL AND r.v0 <= w.as_of AND w.as_of < r.v1
                 AND \(fits ? "\(remote.sql) = w.wanted" : "1 = 0")
            """)
        return name
    }
}
