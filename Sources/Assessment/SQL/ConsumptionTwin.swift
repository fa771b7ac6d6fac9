import Catalog
import Expressions
import Formats

extension TwinBuilder {
    /// `taken`, where one event answers one obligation only: the one that falls due first takes the first event that is
    /// left, in time if there is one, or else late once all others have taken theirs. `Consumption` is what it follows.
    ///
    /// - Parameter versions: those that consume, each with the type of what its answers are matched by.
    mutating func consume(
        _ versions: [(Numbered<ResponseRequirement>, SQLType?)]
    ) throws(SQLTwinError) {
        if versions.isEmpty { return }
        for (version, _) in versions {
            if case .businessDays = version.rule.deadline {
                throw .requirement(test: test.id, kind: "response with consume and business days")
            }
        }
        claims(versions)
        try offers(versions)
        takeInTime()
        takeLate()
        step(
            "taken", "When each obligation was answered by what it took",
            """
            SELECT c.version, c.n, f.happened AS answered
            FROM claims c
            JOIN (SELECT wanted, step, picked FROM picks WHERE picked IS NOT NULL
                  UNION ALL SELECT q.wanted, q.step, k.picked FROM late_picks k
                            JOIN open_claims q ON q.wanted = k.wanted AND q.place = k.place WHERE k.picked IS NOT NULL) AS k
                 ON k.wanted = c.wanted AND k.step = c.step
            JOIN offers f ON f.wanted = c.wanted AND f.step = c.step AND f.row_id = k.picked
            """)
    }

    private mutating func claims(_ versions: [(Numbered<ResponseRequirement>, SQLType?)]) {
        let all = versions.map { version, type in
            let (n, mayEnd) = (version.number, version.rule.trigger.until != nil)
            let last = mayEnd ? SQLText.earlier("o.latest", "COALESCE(u.ended, o.latest)") : "o.latest"
            return """
                SELECT \(n) AS version, o.n, \(Self.name("o.wanted", type)) AS wanted, o.unit, o.source, o.began, o.due, o.since, o.latest, \(last) AS last
                FROM owed_\(n) o\(mayEnd ? " LEFT JOIN endings_\(n) u ON u.n = o.n" : "") WHERE o.wanted IS NOT NULL
                """
        }
        step(
            "claims", "The obligations of each key, in the order in which they may take an answer",
            """
            SELECT version, n, wanted, since, latest, last,
                   ROW_NUMBER() OVER (PARTITION BY wanted ORDER BY due, began, unit, source, version) AS step
            FROM (\(all.joined(separator: "\nUNION ALL "))) AS o
            """)
    }

    /// What the event or trigger is matched by, as a text that no value of another type has.
    private static func name(_ key: String, _ type: SQLType?) -> String {
        switch type {
        case .text: "'text ' || \(key)"
        case .whole: "'int ' || CAST(\(key) AS TEXT)"
        case .flag: "'bool ' || CAST(\(key) AS TEXT)"
        default: "CAST(NULL AS TEXT)"
        }
    }

    private mutating func offers(
        _ versions: [(Numbered<ResponseRequirement>, SQLType?)]
    ) throws(SQLTwinError) {
        var all: [String] = []
        for (version, _) in versions {
            let (n, target) = (version.number, version.rule.target)
            let events = try table(target.kind)
            guard events.kind.mode == .event else {
                throw .requirement(test: test.id, kind: "response that consumes states")
            }
            let event = Named(table: events, alias: "e")
            let key = try self.key(target.key, event, at: "e.happened")
            let passes = try condition(target.predicate, event, at: "e.happened")
            all.append(
                """
                SELECT c.wanted, c.step, e.row_id, e.happened, CASE WHEN c.latest < e.happened THEN 1 ELSE 0 END AS is_late
                FROM claims c JOIN \(events.name) e ON c.wanted = \(Self.name(key.sql, key.type))
                     AND (c.latest < e.happened OR (c.since <= e.happened AND e.happened <= c.last))
                WHERE c.version = \(n) AND \(passes ?? "(1 = 1)")
                """)
        }
        step(
            "offers", "The events that each may take; events are numbered in the order of time",
            all.joined(separator: "\nUNION ALL "))
    }

    private mutating func takeInTime() {
        let spent = "w.used || COALESCE(CAST(w.picked AS TEXT) || ',', '')"
        step(
            "picks", "One after another: the first event in time that nobody before has taken",
            """
            SELECT CAST(wanted AS TEXT) AS wanted, COUNT(*) AS final, CAST(0 AS BIGINT) AS step,
                   CAST(',' AS TEXT) AS used, CAST(NULL AS BIGINT) AS picked
            FROM claims GROUP BY wanted
            UNION ALL
            SELECT w.wanted, w.final, w.step + 1, \(spent),
                   (SELECT MIN(f.row_id) FROM offers f WHERE f.wanted = w.wanted AND f.step = w.step + 1 AND f.is_late = 0
                       AND instr(\(spent), ',' || CAST(f.row_id AS TEXT) || ',') = 0)
            FROM picks w WHERE w.step < w.final
            """)
        step(
            "spent", "What has been taken in time",
            """
            SELECT w.wanted, \(spent) AS used FROM picks w WHERE w.step = w.final
            """)
    }

    private mutating func takeLate() {
        step(
            "open_claims", "The obligations that found nothing in time",
            """
            SELECT wanted, step, ROW_NUMBER() OVER (PARTITION BY wanted ORDER BY step) AS place
            FROM picks WHERE step > 0 AND picked IS NULL
            """)
        step(
            "late_offers", "The events that came too late for them",
            """
            SELECT q.wanted, q.place, f.row_id FROM open_claims q
            JOIN offers f ON f.wanted = q.wanted AND f.step = q.step AND f.is_late = 1
            """)
        let spent = "w.used || COALESCE(CAST(w.picked AS TEXT) || ',', '')"
        step(
            "late_picks", "One after another: the first of these that is left",
            """
            SELECT CAST(q.wanted AS TEXT) AS wanted, COUNT(*) AS final, CAST(0 AS BIGINT) AS place,
                   CAST(MAX(s.used) AS TEXT) AS used, CAST(NULL AS BIGINT) AS picked
            FROM open_claims q JOIN spent s ON s.wanted = q.wanted GROUP BY q.wanted
            UNION ALL
            SELECT w.wanted, w.final, w.place + 1, \(spent),
                   (SELECT MIN(f.row_id) FROM late_offers f WHERE f.wanted = w.wanted AND f.place = w.place + 1
                       AND instr(\(spent), ',' || CAST(f.row_id AS TEXT) || ',') = 0)
            FROM late_picks w WHERE w.place < w.final
            """)
    }
}
