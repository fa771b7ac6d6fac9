import Catalog
import Expressions
import Formats

extension TwinBuilder {
    /// The steps of a response requirement; the last is `response_rows`.
    mutating func response(_ versions: [Numbered<ResponseRequirement>]) throws(SQLTwinError) {
        var types: [SQLType?] = []
        for version in versions { types.append(try obligations(version)) }
        let all = Array(zip(versions, types))
        try consume(all.filter { $0.0.rule.target.consumes })
        for (version, type) in all { try answered(version, type) }
        step(
            "response_rows",
            "From the trigger to the answer; a failure from the deadline on, until it was settled: answered or ended, or as far as is known",
            versions.map { version in
                """
                SELECT 'response' AS part, source, unit AS key, a,
                       CASE WHEN b <= a THEN a + 1 WHEN b < p1 THEN b WHEN a < p1 THEN p1 ELSE a + 1 END AS b, verdict, due,
                       CASE WHEN verdict = 'fail' THEN \(SQLText.earlier("ended", "silent")) END AS settled, 0 AS is_stretch
                FROM (SELECT source, unit, verdict, due, ended, COALESCE(answered, horizon) AS silent, p1,
                             CASE WHEN verdict = 'fail' THEN due ELSE began END AS a,
                             CASE WHEN due >= p1 THEN p1
                                  WHEN verdict = 'n/a' AND ended <= due THEN ended
                                  WHEN verdict = 'pass' THEN \(SQLText.later("answered", "due"))
                                  WHEN verdict = 'fail' THEN COALESCE(answered, \(SQLText.earlier("horizon", "p1")))
                                  ELSE due END AS b
                      FROM answered_\(version.number)) AS r\(version.number)
                """
            }.joined(separator: "\nUNION ALL "))
    }

    /// `due_n` and `endings_n`; returns the type of what answers are matched by.
    private mutating func obligations(
        _ version: Numbered<ResponseRequirement>
    ) throws(SQLTwinError) -> SQLType? {
        let (n, rule) = (version.number, version.rule)
        let triggers = try table(rule.trigger.kind)
        let type =
            triggers.kind.mode == .event
            ? try eventTriggers(version, triggers) : try stateTriggers(version, triggers)
        let clock = clock(rule.deadline, version: n)
        step(
            "owed_\(n)", "The obligations that begin while the version is in force",
            """
            SELECT ROW_NUMBER() OVER (ORDER BY g.source, g.unit, g.began) AS n, g.unit, g.source, g.began, g.wanted, g.is_doubtful,
                   \(clock.due) AS due, \(clock.due) + t.skew AS latest, g.began - t.skew AS since
            FROM triggers_\(n) g JOIN test_versions t ON t.version = \(n)\(clock.join)
            WHERE t.f0 <= g.began AND g.began < t.f1
            """)
        step(
            "due_\(n)", "Of these, all that begin before the end of the period and fall due in it or later",
            "SELECT o.* FROM owed_\(n) o CROSS JOIN parameters p WHERE p.p0 <= o.due AND o.began < p.p1")
        try endings(version, triggers)
        return type
    }

    /// `answered_n`: what became of each obligation that is due.
    private mutating func answered(
        _ version: Numbered<ResponseRequirement>, _ type: SQLType?
    ) throws(SQLTwinError) {
        let (n, rule) = (version.number, version.rule)
        let mayEnd = rule.trigger.until != nil
        let targets = try table(rule.target.kind)
        if rule.target.consumes {
            step(
                "answers_\(n)", "What each has taken",
                "SELECT n, answered FROM taken WHERE version = \(n)")
        } else if targets.kind.mode == .event {
            try eventAnswers(version, targets, type)
        } else {
            try stateAnswers(version, targets, type)
        }
        let answered =
            rule.target.every
            ? "CASE WHEN COUNT(*) = COUNT(answered) THEN MAX(answered) END" : "MIN(answered)"
        let noResource = rule.target.every ? "WHEN s.n IS NULL THEN 'n/a' " : ""
        let isEnded =
            mayEnd ? "WHEN u.ended <= d.due AND (s.answered IS NULL OR u.ended < s.answered) THEN 'n/a'" : ""
        // That all have answered can be said only where no other can have been there unseen.
        let asksAll = rule.target.every && targets.kind.mode == .state
        let isBorneOut = asksAll ? " AND k.a IS NOT NULL" : ""
        let isUnseen = asksAll ? "WHEN s.answered <= d.latest THEN 'none'" : ""
        let complete = try self.complete(rule.target.kind)
        let last = "(\(SQLText.later("s.answered", "d.began")))"
        let seen = asksAll ? " LEFT JOIN \(complete) k ON k.a <= d.began AND \(last) < k.b" : ""
        let mayBeEnded = mayEnd ? "WHEN u.doubted <= d.due THEN 'none'" : ""
        step(
            "answered_\(n)",
            rule.target.every ? "Answered when the last of them has" : "Answered when the first of them has",
            """
            SELECT d.unit, d.source, d.began, d.due, s.answered, l.horizon, l.p1,
                   \(mayEnd ? "u.ended" : "CAST(NULL AS BIGINT) AS ended"),
                   CASE WHEN d.due >= l.p1 THEN 'pending'
                        WHEN d.is_doubtful = 1 THEN 'none'
                        \(isEnded)
                        WHEN d.wanted IS NULL THEN 'none'
                        WHEN s.answered <= d.latest\(isBorneOut) THEN 'pass'
                        WHEN l.is_covered = 0 AND d.latest < l.known_at THEN 'none'
                        WHEN l.horizon <= d.latest AND d.latest < l.awaited THEN 'none'
                        WHEN l.horizon <= d.latest THEN 'pending'
                        WHEN c.a IS NULL THEN 'none'
                        \(isUnseen)
                        \(mayBeEnded)
                        \(noResource)ELSE 'fail' END AS verdict
            FROM due_\(n) d CROSS JOIN \(try limits(rule.target.kind)) l
            LEFT JOIN (SELECT n, CASE WHEN answered <= (SELECT known_at FROM parameters) THEN answered END AS answered
                       FROM (SELECT n, \(answered) AS answered FROM answers_\(n) GROUP BY n) AS all_answers) AS s ON s.n = d.n
            LEFT JOIN \(complete) c ON c.a <= d.began AND d.due < c.b\(seen)\(mayEnd ? " LEFT JOIN endings_\(n) u ON u.n = d.n" : "")
            """)
    }

    /// When an obligation `g` falls due, and what has to be joined for it. Business days are worked out beforehand, for SQL
    /// knows no time zones.
    private mutating func clock(_ deadline: Deadline, version n: Int) -> (due: String, join: String) {
        guard case .businessDays(_, let week) = deadline else { return ("g.began + t.sla", "") }
        let period = frame.period
        let days = CalendarWindows(.day, zone: week.zone)?
            .windows(from: period.start - deadline.longest - .days(2), to: period.end)
        if let clock = DeadlineClock(deadline) {
            add(deadlines: (days ?? []).map { ($0, clock.due(after: $0.start)) }, version: n)
        }
        return ("y.due", " JOIN deadlines y ON y.version = \(n) AND y.d0 <= g.began AND g.began < y.d1")
    }

    /// `endings_n`: when an obligation came to an end without an answer, and from when on it may have; nothing where
    /// none can.
    private mutating func endings(
        _ version: Numbered<ResponseRequirement>, _ table: RecordTable
    ) throws(SQLTwinError) {
        let (n, rule) = (version.number, version.rule)
        guard let until = rule.trigger.until else { return }
        let record = Named(table: table, alias: "r")
        let instant = "(\(SQLText.later("r.v0", "d.began")))"
        var ends = try condition(until, record, at: instant, joined: [])
        if let scope = try condition(rule.scope, record, at: instant) { ends = "(\(ends) OR NOT \(scope))" }
        step(
            "later_\(n)",
            "What a trigger's record says from then on: 1 that nothing is due any more, 2 that this cannot be said",
            """
            SELECT n, t, v1, says, SUM(fresh) OVER (PARTITION BY n ORDER BY t) AS chain
            FROM (SELECT d.n, \(instant) AS t, r.v1,
                         CASE WHEN \(ends) THEN 1 WHEN \(ends) IS NULL THEN 2 ELSE 0 END AS says,
                         CASE WHEN LAG(r.v1) OVER (PARTITION BY d.n ORDER BY r.v0) < r.v0 THEN 1 ELSE 0 END AS fresh
                  FROM owed_\(n) d JOIN \(table.name) r ON r.source = d.source AND r.key = d.unit AND d.began < r.v1) AS said
            """)
        step(
            "endings_\(n)",
            "When it ended, by its own word or its record's end, and from when on it may have",
            """
            SELECT n, COALESCE(said, CASE WHEN last < \(SQLText.open) THEN last END) AS ended,
                   CASE WHEN said IS NULL OR doubted < said THEN doubted END AS doubted
            FROM (SELECT n, MIN(CASE WHEN says = 1 THEN t END) AS said, MIN(CASE WHEN says = 2 THEN t END) AS doubted,
                         MAX(v1) AS last
                  FROM later_\(n) WHERE chain = 0 GROUP BY n) AS first_life
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
            "What each stretch of a record says (0 no, 1 yes, 2 cannot be said), what it said just before, and when it says more",
            """
            SELECT unit, source, v0, v1, began, wanted, starts,
                   CASE WHEN LAG(v1) OVER w = v0 THEN LAG(starts) OVER w ELSE 0 END AS started_before,
                   LEAD(v0) OVER w AS said_next
            FROM (SELECT r.key AS unit, r.source, r.v0, r.v1, \(moment ?? "r.v0") AS began, \(key.sql) AS wanted,
                         COALESCE(\(SQLText.number(starts)), 2) AS starts
                  FROM \(table.name) r) AS g
            WINDOW w AS (PARTITION BY source, unit ORDER BY v0)
            """)
        // Nobody took back what was announced where the record merely ended, unless its end is to end that too.
        let stands =
            rule.trigger.until == nil
            ? "(began < v1 OR said_next IS NULL OR began < said_next)" : "began < v1"
        let counts = moment == nil ? "started_before = 0" : "began IS NOT NULL AND \(stands)"
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

    /// A resource answers when it first satisfies the predicate, or ceases to exist where that is an answer, after it has
    /// come to be the key's. Where it is none, each of its lives is looked at.
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
        let endAnswers = target.isAnsweredByEnd
        let life = endAnswers ? "" : " JOIN chains_\(n) f ON f.row_id = r.row_id"
        step(
            "concerned_\(n)", "The resources that must respond, from when on they are the trigger's",
            """
            SELECT d.n, r.source, r.key, MIN(r.v0) AS v0
            FROM due_\(n) d JOIN \(table.name) r ON d.since < r.v1 AND r.v0 <= d.latest\(life)
            WHERE \(matches(key, type))
            GROUP BY d.n, r.source, r.key\(endAnswers ? "" : ", f.chain")
            """)
        let satisfied = "MIN(CASE WHEN \(passes ?? "(1 = 1)") THEN \(instant) END)"
        let gone = "CASE WHEN MAX(r.v1) < \(SQLText.open) THEN MAX(r.v1) END"
        step(
            "answers_\(n)", "When each of them has responded; NULL when it has not",
            """
            SELECT d.n, \(endAnswers ? "COALESCE(\(satisfied), \(gone))" : satisfied) AS answered
            FROM concerned_\(n) b JOIN due_\(n) d ON d.n = b.n
            JOIN chains_\(n) f ON f.source = b.source AND f.key = b.key AND f.v0 = b.v0
            JOIN chains_\(n) c ON c.source = f.source AND c.key = f.key AND c.chain = f.chain AND c.v0 >= f.v0
            JOIN \(table.name) r ON r.row_id = c.row_id
            GROUP BY d.n, b.source, b.key, b.v0
            """)
    }
}
