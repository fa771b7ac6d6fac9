import Catalog
import Expressions
import Formats

extension TwinBuilder {
    /// The steps of a response requirement; the last is `response_rows`.
    mutating func response(_ versions: [Numbered<ResponseRequirement>]) throws(SQLTwinError) {
        for version in versions { try obligations(version) }
        step(
            "response_rows", "From the trigger to the answer; a failure from the deadline on",
            versions.map { version in
                """
                SELECT 'response' AS part, source, unit AS key, a,
                       CASE WHEN b <= a THEN a + 1 WHEN b < p1 THEN b WHEN a < p1 THEN p1 ELSE a + 1 END AS b, verdict, due, 0 AS is_stretch
                FROM (SELECT source, unit, verdict, due, p1,
                             CASE WHEN verdict = 'fail' THEN due ELSE began END AS a,
                             CASE WHEN due >= p1 THEN p1
                                  WHEN verdict = 'pass' THEN \(SQLText.later("answered", "due"))
                                  WHEN verdict = 'fail' THEN COALESCE(answered, \(SQLText.earlier("horizon", "p1")))
                                  ELSE due END AS b
                      FROM answered_\(version.number)) AS r\(version.number)
                """
            }.joined(separator: "\nUNION ALL "))
    }

    private mutating func obligations(_ version: Numbered<ResponseRequirement>) throws(SQLTwinError) {
        let (n, rule) = (version.number, version.rule)
        let triggers = try table(rule.trigger.kind)
        let type =
            triggers.kind.mode == .event
            ? try eventTriggers(version, triggers) : try stateTriggers(version, triggers)
        step(
            "due_\(n)", "The obligations that begin before the end of the period and fall due in it or later",
            """
            SELECT ROW_NUMBER() OVER (ORDER BY g.source, g.unit, g.began) AS n, g.unit, g.source, g.began, g.wanted, g.is_doubtful,
                   g.began + t.sla AS due, g.began + t.sla + t.skew AS latest, g.began - t.skew AS since
            FROM triggers_\(n) g JOIN test_versions t ON t.version = \(n) CROSS JOIN parameters p
            WHERE t.f0 <= g.began AND g.began < t.f1 AND p.p0 <= g.began + t.sla AND g.began < p.p1
            """)
        let targets = try table(rule.target.kind)
        if targets.kind.mode == .event {
            try eventAnswers(version, targets, type)
        } else {
            try stateAnswers(version, targets, type)
        }
        let answered =
            rule.target.every
            ? "CASE WHEN COUNT(*) = COUNT(answered) THEN MAX(answered) END" : "MIN(answered)"
        let noResource = rule.target.every ? "WHEN s.n IS NULL THEN 'n/a' " : ""
        step(
            "answered_\(n)",
            rule.target.every ? "Answered when the last of them has" : "Answered when the first of them has",
            """
            SELECT d.unit, d.source, d.began, d.due, s.answered, l.horizon, l.p1,
                   CASE WHEN d.due >= l.p1 THEN 'pending'
                        WHEN d.is_doubtful = 1 OR d.wanted IS NULL THEN 'none'
                        WHEN s.answered <= d.latest THEN 'pass'
                        WHEN l.is_covered = 0 AND d.latest < l.known_at THEN 'none'
                        WHEN l.horizon <= d.latest AND d.latest < l.awaited THEN 'none'
                        WHEN l.horizon <= d.latest THEN 'pending'
                        WHEN c.a IS NULL THEN 'none'
                        \(noResource)ELSE 'fail' END AS verdict
            FROM due_\(n) d CROSS JOIN \(try limits(rule.target.kind)) l
            LEFT JOIN (SELECT n, CASE WHEN answered <= (SELECT known_at FROM parameters) THEN answered END AS answered
                       FROM (SELECT n, \(answered) AS answered FROM answers_\(n) GROUP BY n) AS all_answers) AS s ON s.n = d.n
            LEFT JOIN \(try complete(rule.target.kind)) c ON c.a <= d.began AND d.due < c.b
            """)
    }

    // MARK: Triggers

    /// Filter and scope together: false when either is, else NULL when either cannot be decided.
    private mutating func starts(
        _ rule: ResponseRequirement, _ record: Named, at instant: String
    ) throws(SQLTwinError) -> String {
        var parts: [String] = []
        for predicate in [rule.trigger.filter, rule.scope].compactMap({ $0 }) {
            parts.append(try condition(predicate, record, at: instant, joined: []))
        }
        return parts.isEmpty ? "(1 = 1)" : "(\(parts.joined(separator: " AND ")))"
    }

    private mutating func eventTriggers(
        _ version: Numbered<ResponseRequirement>, _ table: RecordTable
    ) throws(SQLTwinError) -> SQLType? {
        let (n, rule) = (version.number, version.rule)
        let event = Named(table: table, alias: "e")
        let starts = try self.starts(rule, event, at: "e.happened")
        let moment = try self.moment(rule.trigger.moment, event, at: "e.happened")
        let key = try self.key(rule.trigger.key, event, at: "e.happened")
        step(
            "triggers_\(n)", "What starts a clock, when, and what it is to be matched with",
            """
            SELECT unit, source, began, wanted, is_doubtful
            FROM (SELECT e.key AS unit, e.source, \(moment ?? "e.happened") AS began, \(key.sql) AS wanted,
                         CASE WHEN \(starts) IS NULL THEN 1 ELSE 0 END AS is_doubtful
                  FROM \(table.name) e WHERE \(SQLText.notFalse(starts))) AS g
            WHERE began IS NOT NULL
            """)
        return key.type
    }

    /// The moments that a record's versions announce, or at which its filter becomes true.
    private mutating func stateTriggers(
        _ version: Numbered<ResponseRequirement>, _ table: RecordTable
    ) throws(SQLTwinError) -> SQLType? {
        let (n, rule) = (version.number, version.rule)
        let record = Named(table: table, alias: "r")
        let starts = try self.starts(rule, record, at: "r.v0")
        let moment = try self.moment(rule.trigger.moment, record, at: "r.v0")
        let key = try self.key(rule.trigger.key, record, at: "r.v0")
        step(
            "announced_\(n)",
            "What each stretch of a record says (0 no, 1 yes, 2 cannot be said), and what it said just before",
            """
            SELECT unit, source, v0, v1, began, wanted, starts,
                   CASE WHEN LAG(v1) OVER w = v0 THEN LAG(starts) OVER w ELSE 0 END AS started_before
            FROM (SELECT r.key AS unit, r.source, r.v0, r.v1, \(moment ?? "r.v0") AS began, \(key.sql) AS wanted,
                         COALESCE(\(SQLText.number(starts)), 2) AS starts
                  FROM \(table.name) r) AS g
            WINDOW w AS (PARTITION BY source, unit ORDER BY v0)
            """)
        let counts = moment == nil ? "started_before = 0" : "began IS NOT NULL AND began < v1"
        step(
            "triggers_\(n)", "What starts a clock, each moment once, and what it is to be matched with",
            """
            SELECT unit, source, began, wanted, is_doubtful
            FROM (SELECT unit, source, began, wanted, CASE WHEN starts = 2 THEN 1 ELSE 0 END AS is_doubtful,
                         ROW_NUMBER() OVER (PARTITION BY source, unit, began ORDER BY v0) AS place
                  FROM announced_\(n) WHERE starts <> 0 AND \(counts)) AS g
            WHERE place = 1
            """)
        return key.type
    }

    // MARK: Answers

    private func matches(_ key: SQLValueText, _ type: SQLType?) -> String {
        key.type != nil && key.type == type ? "\(key.sql) = d.wanted" : "1 = 0"
    }

    private mutating func eventAnswers(
        _ version: Numbered<ResponseRequirement>, _ table: RecordTable, _ type: SQLType?
    ) throws(SQLTwinError) {
        let (n, target) = (version.number, version.rule.target)
        let event = Named(table: table, alias: "e")
        let key = try self.key(target.key, event, at: "e.happened")
        let passes = try condition(target.predicate, event, at: "e.happened")
        step(
            "answers_\(n)", "The first answer in each source",
            """
            SELECT d.n, MIN(e.happened) AS answered
            FROM due_\(n) d JOIN \(table.name) e ON d.since <= e.happened AND \(matches(key, type))
            WHERE \(passes ?? "(1 = 1)")
            GROUP BY d.n, e.source
            """)
    }

    /// A resource answers when it first satisfies the predicate, or ceases to exist, after it has come to be the key's.
    private mutating func stateAnswers(
        _ version: Numbered<ResponseRequirement>, _ table: RecordTable, _ type: SQLType?
    ) throws(SQLTwinError) {
        let (n, target) = (version.number, version.rule.target)
        let record = Named(table: table, alias: "r")
        let instant = "(\(SQLText.later("r.v0", "d.since")))"
        let key = try self.key(target.key, record, at: instant)
        let passes = try condition(target.predicate, record, at: instant)
        step(
            "chains_\(n)", "The records of \(target.kind), numbered by stretches of unbroken life",
            """
            SELECT row_id, source, key, v0, SUM(fresh) OVER (PARTITION BY source, key ORDER BY v0) AS chain
            FROM (SELECT row_id, source, key, v0,
                         CASE WHEN v0 <= LAG(v1) OVER (PARTITION BY source, key ORDER BY v0) THEN 0 ELSE 1 END AS fresh
                  FROM \(table.name)) AS marked
            """)
        step(
            "concerned_\(n)", "The resources that must respond, from when on they are the trigger's",
            """
            SELECT d.n, r.source, r.key, MIN(r.v0) AS v0
            FROM due_\(n) d JOIN \(table.name) r ON d.since < r.v1 AND r.v0 <= d.latest
            WHERE \(matches(key, type))
            GROUP BY d.n, r.source, r.key
            """)
        step(
            "answers_\(n)", "When each of them has responded; NULL when it has not",
            """
            SELECT d.n, COALESCE(MIN(CASE WHEN \(passes ?? "(1 = 1)") THEN \(instant) END),
                                 CASE WHEN MAX(r.v1) < \(SQLText.open) THEN MAX(r.v1) END) AS answered
            FROM concerned_\(n) b JOIN due_\(n) d ON d.n = b.n
            JOIN chains_\(n) f ON f.source = b.source AND f.key = b.key AND f.v0 = b.v0
            JOIN chains_\(n) c ON c.source = f.source AND c.key = f.key AND c.chain = f.chain AND c.v0 >= f.v0
            JOIN \(table.name) r ON r.row_id = c.row_id
            GROUP BY d.n, b.source, b.key
            """)
    }
}
