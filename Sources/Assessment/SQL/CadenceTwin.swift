import Catalog
import Evidence
import Expressions
import Formats

extension TwinBuilder {
    /// The steps of a cadence requirement; the last is `cadence_rows`.
    mutating func cadence(_ versions: [Numbered<CadenceRequirement>]) throws(SQLTwinError) {
        var calendar: [Numbered<CadenceRequirement>] = []
        var rolling: [Numbered<CadenceRequirement>] = []
        for version in versions {
            try subjects(version)
            try occurrences(version)
            switch version.rule.schedule {
            case .calendar(let unit, let zone, let due):
                addWindows(version, unit, zone, due)
                calendar.append(version)
            case .rolling: rolling.append(version)
            }
        }
        var parts: [String] = []
        if !calendar.isEmpty {
            let walks = versions.count > 1 || calendar.contains { $0.rule.schedule.due > .zero }
            parts.append(try discharge(calendar, walks: walks))
        }
        if !rolling.isEmpty { parts.append(try roll(rolling)) }
        step("cadence_rows", "Windows, or stretches of time", parts.joined(separator: "\nUNION ALL "))
    }

    // MARK: Subjects and events

    /// `lives_n`: who must act, and where each exists and is in scope; columns key, a, b. `seen_n`: up to when it is known
    /// whether each exists.
    private mutating func subjects(_ version: Numbered<CadenceRequirement>) throws(SQLTwinError) {
        let n = version.number
        guard let subjects = version.rule.subjects else {
            step(
                "lives_\(n)", "The organisation as a whole must act",
                "SELECT '' AS key, \(-SQLText.open) AS a, \(SQLText.open) AS b")
            return step("seen_\(n)", "It is always there", "SELECT '' AS key, \(SQLText.open) AS seen")
        }
        let records = try table(subjects.kind)
        let scope = try condition(subjects.scope, Named(table: records, alias: "r"), at: "r.v0")
        step(
            "in_scope_\(n)",
            "The records of \(subjects.kind) that must act, unless they are clearly out of scope",
            """
            SELECT r.source, r.key, r.v0 AS a, r.v1 AS b FROM \(records.name) r
            WHERE \(SQLText.notFalse(scope ?? "(1 = 1)"))
            """)
        step(
            "seen_\(n)",
            "Up to when it is known whether each exists: to its end, unless its source stopped looking before",
            """
            SELECT i.key, MAX(CASE WHEN c.last IS NULL OR c.last <= i.a THEN i.a + 1 WHEN c.last < i.b THEN c.last ELSE i.b END) AS seen
            FROM in_scope_\(n) i
            LEFT JOIN (SELECT source, MAX(c1) AS last FROM coverage WHERE kind = \(SQLText.quoted(subjects.kind))
                       GROUP BY source) AS c ON c.source = i.source
            GROUP BY i.key
            """)
        step(.islands("lives_\(n)", "Where each exists and is in scope", of: "in_scope_\(n)", by: ["key"]))
    }

    /// `births_n`: where each subject is too new for a span before any instant to lie in its life; columns key, a, b.
    private mutating func births(_ version: Numbered<CadenceRequirement>) throws(SQLTwinError) {
        let n = version.number
        guard let kind = version.rule.subjects?.kind else {
            return step("births_\(n)", "It was always there", "SELECT '' AS key, 0 AS a, 0 AS b WHERE 1 = 0")
        }
        step(
            "births_\(n)",
            "Where each is new: its source was looking just before, and it was not there within the span before",
            """
            SELECT l.key, l.a, l.a + t.span AS b
            FROM lives_\(n) l JOIN test_versions t ON t.version = \(n)
            WHERE NOT EXISTS (SELECT 1 FROM lives_\(n) e WHERE e.key = l.key AND l.a - t.span < e.b AND e.b <= l.a)
              AND NOT EXISTS (SELECT 1 FROM in_scope_\(n) i WHERE i.key = l.key AND i.a = l.a
                AND NOT EXISTS (SELECT 1 FROM coverage c WHERE c.kind = \(SQLText.quoted(kind)) AND c.source = i.source
                                AND c.c0 < i.a AND i.a <= c.c1))
            """)
    }

    /// `occurrences_n`: the events, the subject each counts for, and whether it qualifies (NULL: cannot be said).
    private mutating func occurrences(_ version: Numbered<CadenceRequirement>) throws(SQLTwinError) {
        let (n, rule) = (version.number, version.rule)
        let event = Named(table: try table(rule.kind), alias: "e")
        var subject = "''"
        if let subjects = rule.subjects {
            let key = try value(subjects.key, event, at: "e.happened")
            subject = key.type == .text ? key.sql : "CAST(NULL AS TEXT)"
        }
        let qualify = try condition(rule.qualify, event, at: "e.happened")
        step(
            "occurrences_\(n)", "The events, the subject each counts for, and whether it qualifies",
            """
            SELECT row_id, subject, happened, qualifies
            FROM (SELECT e.row_id, \(subject) AS subject, e.happened, \(qualify.map(SQLText.number) ?? "1") AS qualifies
                  FROM \(event.table.name) e) AS o
            WHERE subject IS NOT NULL
            """)
    }

    // MARK: Calendar

    /// Windows are computed beforehand, for SQL knows no zones. Those before the period count where an event may have
    /// served one of them.
    private mutating func addWindows(
        _ version: Numbered<CadenceRequirement>, _ unit: CalendarUnit, _ zone: String, _ due: TimeSpan
    ) {
        guard let calendar = CalendarWindows(unit, zone: zone) else { return }
        var first = frame.period.start
        if due > .zero || test.versions.count > 1 {
            for source in frame.history[version.rule.kind]?.sources.values.map(\.events) ?? [] {
                first = min(first, source.first?.at ?? first)
            }
        }
        add(windows: calendar.windows(from: first - due, to: frame.period.end), version: version.number)
    }

    /// Which event discharges which window: one event one window, the earliest due first.
    private mutating func discharge(
        _ versions: [Numbered<CadenceRequirement>], walks: Bool
    ) throws(SQLTwinError) -> String {
        let terms = self.terms()
        let all = versions.map { version in
            """
            SELECT \(version.number) AS version, l.key AS subject, w.name, w.w0, w.w1, w.w1 + t.due AS deadline
              FROM windows w JOIN \(terms) t ON t.version = w.version
              JOIN lives_\(version.number) l ON l.a <= w.w0 AND w.w1 <= l.b
              WHERE w.version = \(version.number) AND t.since <= w.w0 AND t.f0 <= w.w1 + t.due AND w.w1 + t.due < t.f1
            """
        }
        let standing = self.standing()
        step(
            "duties",
            "The windows that each subject lived through whole, by the version that speaks when they fall due",
            """
            SELECT version, subject, name, w0, w1, deadline,
                   ROW_NUMBER() OVER (PARTITION BY subject ORDER BY version, w0) AS step
            FROM (\(all.joined(separator: "\nUNION ALL "))) AS d
            """)
        step(
            "candidates", "The events that may discharge a window; events are numbered in the order of time",
            versions.map { version in
                """
                SELECT d.subject, d.step, o.row_id FROM duties d
                JOIN occurrences_\(version.number) o ON o.subject = d.subject AND o.qualifies = 1
                     AND d.w0 <= o.happened AND o.happened < d.deadline
                WHERE d.version = \(version.number)
                """
            }.joined(separator: "\nUNION ALL "))
        if walks {
            let spent = "w.used || COALESCE(CAST(w.picked AS TEXT) || ',', '')"
            step(
                "picks", "Window by window: the first event that has discharged no earlier one",
                """
                SELECT CAST(subject AS TEXT) AS subject, COUNT(*) AS final, CAST(0 AS BIGINT) AS step,
                       CAST(',' AS TEXT) AS used, CAST(NULL AS BIGINT) AS picked
                FROM duties GROUP BY subject
                UNION ALL
                SELECT w.subject, w.final, w.step + 1, \(spent),
                       (SELECT MIN(c.row_id) FROM candidates c WHERE c.subject = w.subject AND c.step = w.step + 1
                           AND instr(\(spent), ',' || CAST(c.row_id AS TEXT) || ',') = 0)
                FROM picks w WHERE w.step < w.final
                """)
        } else {
            step(
                "picks", "The first event in each window; windows do not overlap",
                "SELECT subject, step, MIN(row_id) AS picked FROM candidates GROUP BY subject, step")
        }
        var parts: [String] = []
        for version in versions {
            let (n, kind) = (version.number, version.rule.kind)
            parts.append(
                """
                SELECT 'cadence' AS part, '' AS source, CASE WHEN d.subject = '' THEN d.name ELSE d.subject END AS key,
                       d.w0 AS a, d.w1 AS b,
                       CASE WHEN k.picked IS NOT NULL THEN 'pass'
                            WHEN l.is_covered = 0 AND d.deadline <= l.known_at THEN 'none'
                            WHEN l.horizon < d.deadline AND d.deadline <= l.awaited THEN 'none'
                            WHEN l.horizon < d.deadline THEN 'pending'
                            WHEN c.a IS NULL THEN 'none'
                            WHEN EXISTS (SELECT 1 FROM occurrences_\(n) o WHERE o.subject = d.subject AND o.qualifies IS NULL
                                         AND d.w0 <= o.happened AND o.happened < d.deadline) THEN 'none'
                            WHEN f.a IS NULL THEN 'none'
                            WHEN d.w1 <= s.seen THEN 'fail'
                            WHEN \(Self.isAwaited) THEN 'pending'
                            ELSE 'none' END AS verdict,
                       d.deadline AS due, 0 AS is_stretch
                FROM duties d CROSS JOIN parameters p CROSS JOIN \(try limits(kind)) l
                JOIN seen_\(n) s ON s.key = d.subject
                LEFT JOIN picks k ON k.subject = d.subject AND k.step = d.step
                LEFT JOIN \(try complete(kind)) c ON c.a <= d.w0 AND d.deadline <= c.b
                LEFT JOIN \(standing) f ON f.a <= d.w0 AND d.deadline <= f.b
                WHERE d.version = \(n) AND l.p0 < d.w1 AND d.w1 <= l.p1
                """)
        }
        step("judged_windows", "The windows that end in the period", parts.joined(separator: "\nUNION ALL "))
        return "SELECT part, source, key, a, b, verdict, due, is_stretch FROM judged_windows"
    }

    /// Whether it is too early to say that nobody looks at a subject `s` any more.
    private static let isAwaited = "s.seen < p.known_at AND p.known_at - s.seen <= p.lag"

    // MARK: Rolling

    private mutating func roll(_ versions: [Numbered<CadenceRequirement>]) throws(SQLTwinError) -> String {
        for version in versions { try rolling(version) }
        step(
            "rolled", "All versions together",
            versions.map { "SELECT key, a, b, verdict FROM rolling_\($0.number)" }.joined(
                separator: "\nUNION ALL "))
        return """
            SELECT 'rolling' AS part, '' AS source, key, a, b, verdict, CAST(NULL AS BIGINT) AS due, 1 AS is_stretch FROM rolled
            UNION ALL
            SELECT 'rolling', '', key, a, b, 'n/a', CAST(NULL AS BIGINT), 1
            FROM (SELECT key, b AS a, LEAD(a) OVER (PARTITION BY key ORDER BY a, b) AS b
                  FROM (SELECT key, a, b FROM rolled
                        UNION ALL SELECT DISTINCT r.key, p.p0, p.p0 FROM rolled r CROSS JOIN parameters p
                        UNION ALL SELECT DISTINCT r.key, p.p1, p.p1 FROM rolled r CROSS JOIN parameters p) AS edges) AS spaces
            WHERE a < b
            """
    }

    private mutating func rolling(_ version: Numbered<CadenceRequirement>) throws(SQLTwinError) {
        let (n, kind) = (version.number, version.rule.kind)
        let limits = try self.limits(kind)
        let complete = try self.complete(kind)
        try births(version)
        step(
            "stretch_\(n)",
            "The part of the period in which version \(n) was in force, and how far back it looks",
            """
            SELECT \(SQLText.later("t.f0", "l.p0")) AS a, \(SQLText.earlier("t.f1", "l.p1")) AS b, t.span, l.awaited, l.known_at
            FROM test_versions t CROSS JOIN \(limits) l WHERE t.version = \(n) AND t.f0 < l.p1 AND l.p0 < t.f1
            """)
        step(
            "reach_\(n)", "Where coverage matters",
            """
            SELECT a - span AS a, \(SQLText.earlier("b", "awaited")) AS b, span FROM stretch_\(n)
            WHERE a - span < \(SQLText.earlier("b", "awaited"))
            """)
        step(
            "spoilt_\(n)",
            "Where a gap in the coverage leaves open whether something happened within the span",
            """
            SELECT a, b + span - 1 AS b
            FROM (SELECT b AS a, LEAD(a) OVER (ORDER BY a, b) AS b, span
                  FROM (SELECT \(SQLText.later("c.a", "s.a")) AS a, \(SQLText.earlier("c.b", "s.b")) AS b, s.span
                        FROM \(complete) c JOIN reach_\(n) s ON c.a < s.b AND s.a < c.b
                        UNION ALL SELECT a, a, span FROM reach_\(n)
                        UNION ALL SELECT b, b, span FROM reach_\(n)) AS edges) AS gaps
            WHERE a < b
            """)
        step(
            "owed_\(n)", "Where each subject must have acted within the span",
            """
            SELECT l.key, \(SQLText.later("l.a", "s.a")) AS a, \(SQLText.earlier("l.b", "s.b")) AS b, s.span, s.awaited, s.known_at
            FROM lives_\(n) l JOIN stretch_\(n) s ON l.a < s.b AND s.a < l.b
            """)
        step(
            "edges_\(n)", "Where the answer may change",
            """
            SELECT key, a AS id, a AS t FROM owed_\(n)
            UNION SELECT key, a, b FROM owed_\(n)
            UNION SELECT w.key, w.a, w.awaited FROM owed_\(n) w WHERE w.a < w.awaited AND w.awaited < w.b
            UNION SELECT w.key, w.a, w.known_at FROM owed_\(n) w WHERE w.a < w.known_at AND w.known_at < w.b
            UNION SELECT w.key, w.a, s.seen FROM owed_\(n) w JOIN seen_\(n) s ON s.key = w.key WHERE w.a < s.seen AND s.seen < w.b
            UNION SELECT w.key, w.a, x.a FROM owed_\(n) w JOIN spoilt_\(n) x ON w.a < x.a AND x.a < w.b
            UNION SELECT w.key, w.a, x.b FROM owed_\(n) w JOIN spoilt_\(n) x ON w.a < x.b AND x.b < w.b
            UNION SELECT w.key, w.a, y.a FROM owed_\(n) w JOIN births_\(n) y ON y.key = w.key WHERE w.a < y.a AND y.a < w.b
            UNION SELECT w.key, w.a, y.b FROM owed_\(n) w JOIN births_\(n) y ON y.key = w.key WHERE w.a < y.b AND y.b < w.b
            UNION SELECT w.key, w.a, o.happened FROM owed_\(n) w JOIN occurrences_\(n) o ON o.subject = w.key
              AND w.a < o.happened AND o.happened < w.b
            UNION SELECT w.key, w.a, o.happened + w.span FROM owed_\(n) w JOIN occurrences_\(n) o ON o.subject = w.key
              AND w.a < o.happened + w.span AND o.happened + w.span < w.b
            """)
        let occurred = { (answer: String) in
            "EXISTS (SELECT 1 FROM occurrences_\(n) o WHERE o.subject = x.key AND o.qualifies \(answer) "
                + "AND o.happened <= x.a AND x.a < o.happened + w.span)"
        }
        step(
            "rolling_\(n)", "The verdict between two such instants",
            """
            SELECT x.key, x.a, x.b,
                   CASE WHEN x.a >= w.known_at THEN 'pending'
                        WHEN \(occurred("= 1")) THEN 'pass'
                        WHEN EXISTS (SELECT 1 FROM births_\(n) y WHERE y.key = x.key AND y.a <= x.a AND x.a < y.b) THEN 'n/a'
                        WHEN EXISTS (SELECT 1 FROM spoilt_\(n) g WHERE g.a <= x.a AND x.a < g.b) THEN 'none'
                        WHEN \(occurred("IS NULL")) THEN 'none'
                        WHEN x.a >= w.awaited THEN 'pending'
                        WHEN x.a < s.seen THEN 'fail'
                        WHEN \(Self.isAwaited) THEN 'pending'
                        ELSE 'none' END AS verdict
            FROM (SELECT key, id, t AS a, LEAD(t) OVER (PARTITION BY key, id ORDER BY t) AS b FROM edges_\(n)) AS x
            JOIN owed_\(n) w ON w.key = x.key AND w.a = x.id
            JOIN seen_\(n) s ON s.key = x.key
            CROSS JOIN parameters p
            WHERE x.b IS NOT NULL
            """)
    }
}

extension Schedule {
    /// How long after a window's end its event may still come.
    var due: TimeSpan {
        switch self {
        case .calendar(_, _, let due): due
        case .rolling: .zero
        }
    }
}
