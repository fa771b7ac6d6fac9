import Catalog
import Evidence
import Expressions
import Formats
import Programs

extension TwinBuilder {
    /// The steps of a ratio requirement, over events that are counted or states that are weighed by time; the last is
    /// `ratio_rows`.
    mutating func share(_ versions: [Numbered<RatioRequirement>]) throws(SQLTwinError) {
        for version in versions {
            let windows = RatioEvaluation(versions: test.versions, frame: frame)
                .windows(version.rule, test.versions[version.number - 1])
            try checkCounts(version.rule, windows)
            add(windows: windows, version: version.number)
            if try table(version.rule.kind).kind.mode == .event {
                try samples(version)
                asked(version)
                try missed(version)
                count(version.number)
            } else {
                try stretches(version)
                asked(version)
                try weigh(version)
            }
            try judge(version)
        }
        step(
            "ratio_rows", "One row a window and group",
            versions.map { version in
                """
                SELECT 'ratio' AS part, '' AS source, key, w0 AS a, w1 AS b, verdict, w1 - 1 AS due, 0 AS is_stretch
                FROM share_\(version.number)
                """
            }.joined(separator: "\nUNION ALL "))
    }

    /// What is counted or weighed must not leave 64 bits; and a span is divided by a span, which one of the databases does
    /// in floating point, exact below 2^53.
    private func checkCounts(_ rule: RatioRequirement, _ windows: [Interval]) throws(SQLTwinError) {
        let longest = windows.map(\.length.microseconds).max() ?? 0
        var most: Int128 = 2
        for source in frame.history[rule.kind]?.sources.values.map({ $0 }) ?? [] {
            most += Int128(source.events.count + source.coverage.intervals.count)
            most += Int128(source.states.count) * Int128(longest)
        }
        if let spacing = rule.spacing, spacing > .zero { most += Int128(longest / spacing.microseconds) }
        if most >= 1 << 62 || longest >= 1 << 53 { throw .counts(test: test.id) }
    }

    /// `samples_n`: everything that may count; `team` is NULL where the group cannot be told.
    private mutating func samples(_ version: Numbered<RatioRequirement>) throws(SQLTwinError) {
        let (n, rule) = (version.number, version.rule)
        let records = try table(rule.kind)
        let event = Named(table: records, alias: "e")
        let sample = try sample(rule, event, at: "e.happened", unwatched: "unwatched")
        step(
            "samples_\(n)",
            "What counts, for which group, and as what; unwatched is what came from where nobody vouched for all",
            """
            SELECT e.happened, e.happened + 1 AS stop, \(sample.columns)
            FROM \(records.name) e
            LEFT JOIN coverage c ON c.kind = \(SQLText.quoted(rule.kind)) AND c.source = e.source
                                AND c.c0 <= e.happened AND e.happened < c.c1
            WHERE \(sample.mayCount)
            """)
    }

    /// The columns team and outcome of what may count, where `c` is its source's coverage; and the condition that it may.
    private mutating func sample(
        _ rule: RatioRequirement, _ record: Named, at instant: String, unwatched: String
    ) throws(SQLTwinError) -> (columns: String, mayCount: String) {
        let scope = try condition(rule.scope, record, at: instant)
        let require = try condition(rule.require, record, at: instant, joined: [])
        let group = try rule.group.map { group throws(SQLTwinError) in
            try self.group(group, record, at: instant)
        }
        let doubts = [scope, group].compactMap { $0 }.map { " WHEN \($0) IS NULL THEN 'unknown'" }.joined()
        let columns = """
            \(group ?? "CAST(NULL AS TEXT)") AS team,
                   CASE WHEN c.c0 IS NULL THEN '\(unwatched)'\(doubts)
                        WHEN \(require) THEN 'good' WHEN NOT \(require) THEN 'bad' ELSE 'unknown' END AS outcome
            """
        return (columns, SQLText.notFalse(scope ?? "(1 = 1)"))
    }

    /// A group's name: texts stand for themselves, other values say of which type they are.
    private mutating func group(
        _ predicate: Predicate, _ record: Named, at instant: String
    ) throws(SQLTwinError) -> String {
        let value = try key(predicate, record, at: instant)
        return switch value.type {
        case .text: "NULLIF(\(value.sql), '')"
        case .whole: "'int ' || CAST(\(value.sql) AS TEXT)"
        case .flag: "CASE \(value.sql) WHEN 1 THEN 'bool true' WHEN 0 THEN 'bool false' END"
        default: value.sql
        }
    }

    /// `asked_n`: the windows, and the groups that had shown themselves before each one's end.
    private mutating func asked(_ version: Numbered<RatioRequirement>) {
        let n = version.number
        guard version.rule.group != nil else {
            return step(
                "asked_\(n)", "The windows; everything is judged together",
                "SELECT name AS key, CAST(NULL AS TEXT) AS team, w0, w1 FROM windows WHERE version = \(n)")
        }
        step(
            "teams_\(n)", "Since when each group has shown itself",
            "SELECT team, MIN(happened) AS since FROM samples_\(n) WHERE team IS NOT NULL GROUP BY team")
        step(
            "asked_\(n)",
            "The groups that had shown themselves before a window's end; where none had, what belongs to nobody knows whom",
            """
            SELECT g.team AS key, g.team, w.w0, w.w1 FROM windows w JOIN teams_\(n) g ON g.since < w.w1 WHERE w.version = \(n)
            UNION ALL
            SELECT w.name, CAST(NULL AS TEXT), w.w0, w.w1 FROM windows w
            WHERE w.version = \(n) AND NOT EXISTS (SELECT 1 FROM teams_\(n) g WHERE g.since < w.w1)
              AND EXISTS (SELECT 1 FROM samples_\(n) s WHERE w.w0 < s.stop AND s.happened < w.w1)
            """)
    }

    /// `missed_n`: what not every source watched, and how many events it may have held at most.
    private mutating func missed(_ version: Numbered<RatioRequirement>) throws(SQLTwinError) {
        let n = version.number
        let complete = try self.complete(version.rule.kind)
        step(
            "gaps_\(n)", "What of each window not every source watched",
            """
            SELECT w0, a, b
            FROM (SELECT w0, b AS a, LEAD(a) OVER (PARTITION BY w0 ORDER BY a, b) AS b
                  FROM (SELECT w.w0, \(SQLText.later("c.a", "w.w0")) AS a, \(SQLText.earlier("c.b", "w.w1")) AS b
                        FROM windows w JOIN \(complete) c ON c.a < w.w1 AND w.w0 < c.b WHERE w.version = \(n)
                        UNION ALL SELECT w0, w0, w0 FROM windows WHERE version = \(n)
                        UNION ALL SELECT w0, w1, w1 FROM windows WHERE version = \(n)) AS edges) AS spaces
            WHERE a < b
            """)
        let rest = "((g.b - g.a + t.span - 1) % t.span)"
        step(
            "missed_\(n)",
            "At most one event a spacing in each gap, begun ones too; NULL where no spacing is declared",
            """
            SELECT g.w0, g.a, g.b, CAST((g.b - g.a + t.span - 1 - \(rest)) / t.span AS BIGINT) AS expected
            FROM gaps_\(n) g JOIN test_versions t ON t.version = \(n)
            """)
    }

    private mutating func count(_ n: Int) {
        let count = { (outcome: String) in "COUNT(CASE WHEN s.outcome = '\(outcome)' THEN 1 END)" }
        let ofGroup = "(k.team IS NULL OR s.team IS NULL OR s.team = k.team)"
        step(
            "counts_\(n)", "What each window and group holds; a sample without a group may be of any",
            """
            SELECT k.key, k.w0, k.w1, \(count("good")) AS good, \(count("bad")) AS bad, \(count("unknown")) AS unclear,
                   \(count("unwatched")) AS unwatched
            FROM asked_\(n) k LEFT JOIN samples_\(n) s ON k.w0 <= s.happened AND s.happened < k.w1 AND \(ofGroup)
            GROUP BY k.key, k.w0, k.w1
            """)
        step(
            "lacking_\(n)", "How much each gap may hold besides what is known from it",
            """
            SELECT k.key, k.w0, g.a, g.expected - COUNT(s.happened) AS more
            FROM asked_\(n) k JOIN missed_\(n) g ON g.w0 = k.w0
            LEFT JOIN samples_\(n) s ON s.outcome = 'unwatched' AND g.a <= s.happened AND s.happened < g.b AND \(ofGroup)
            GROUP BY k.key, k.w0, g.a, g.expected
            """)
        step(
            "besides_\(n)", "The gaps of a window together: what is known from one says nothing of another",
            """
            SELECT key, w0, CAST(SUM(CASE WHEN more > 0 THEN more ELSE 0 END) AS BIGINT) AS more,
                   MAX(CASE WHEN more IS NULL THEN 1 ELSE 0 END) AS is_unbounded
            FROM lacking_\(n) GROUP BY key, w0
            """)
        step(
            "priced_\(n)", "With what may have been missed, and at least what is known of it",
            """
            SELECT c.key, c.w0, c.w1, c.good, c.good + c.bad AS seen,
                   c.unclear + c.unwatched + COALESCE(m.more, 0) AS unclear,
                   COALESCE(m.is_unbounded, 0) AS is_unbounded
            FROM counts_\(n) c LEFT JOIN besides_\(n) m ON m.key = c.key AND m.w0 = c.w0
            """)
    }

    private mutating func judge(_ version: Numbered<RatioRequirement>) throws(SQLTwinError) {
        let n = version.number
        let goal = version.rule.target.partsPerMillion
        // The whole in millions and a rest: no product leaves 64 bits.
        let all = "(seen + unclear)"
        let rest = "(\(goal) * (\(all) % 1000000) + 999999)"
        let standing = self.standing()
        // What the test was not in force for all along cannot fail as a whole.
        let failing = "CASE WHEN f.a IS NULL THEN 'none' ELSE 'fail' END"
        step(
            "wanted_\(n)", "How much of each whole must be good at least",
            """
            SELECT key, w0, w1, good, seen, unclear, is_unbounded,
                   \(goal) * CAST((\(all) - \(all) % 1000000) / 1000000 AS BIGINT)
                     + CAST((\(rest) - \(rest) % 1000000) / 1000000 AS BIGINT) AS least
            FROM priced_\(n)
            """)
        step(
            "share_\(n)",
            "A verdict stands only where it would be the same with all that is unknown good and all bad",
            """
            SELECT c.key, c.w0, c.w1,
                   CASE WHEN c.w1 > l.awaited THEN 'pending'
                        WHEN c.is_unbounded = 1 AND \(goal) = 1000000 AND c.good < c.seen THEN \(failing)
                        WHEN c.is_unbounded = 1 THEN 'none'
                        WHEN c.seen + c.unclear = 0 THEN 'n/a'
                        WHEN c.good >= c.least THEN 'pass'
                        WHEN c.good + c.unclear < c.least THEN \(failing)
                        ELSE 'none' END AS verdict
            FROM wanted_\(n) c CROSS JOIN \(try limits(version.rule.kind)) l
            LEFT JOIN \(standing) f ON f.a <= c.w0 AND c.w1 <= f.b
            """)
    }

    // MARK: Weighed by time

    /// `samples_n`: every part of a record that may weigh in; `team` is NULL where the group cannot be told.
    private mutating func stretches(_ version: Numbered<RatioRequirement>) throws(SQLTwinError) {
        let (n, rule) = (version.number, version.rule)
        let records = try table(rule.kind)
        let (name, record) = (records.name, Named(table: records, alias: "e"))
        let covered = "coverage c ON c.kind = \(SQLText.quoted(rule.kind)) AND c.source = e.source"
        var cuts = "SELECT e.row_id, e.v0 AS t FROM \(name) e UNION SELECT e.row_id, e.v1 FROM \(name) e"
        for edge in ["c.c0", "c.c1"] {
            cuts +=
                "\nUNION SELECT e.row_id, \(edge) FROM \(name) e JOIN \(covered) WHERE e.v0 < \(edge) AND \(edge) < e.v1"
        }
        for predicate in [rule.scope, rule.require].compactMap({ $0 }) {
            for flip in try flips(predicate, record) {
                cuts +=
                    "\nUNION SELECT e.row_id, \(flip) FROM \(name) e WHERE e.v0 < \(flip) AND \(flip) < e.v1"
            }
        }
        step("cuts_\(n)", "Where coverage begins or ends, or a comparison with the instant turns", cuts)
        let sample = try sample(rule, record, at: "x.a", unwatched: "unknown")
        step(
            "samples_\(n)", "What weighs in from when to when, for which group, and as what",
            """
            SELECT x.a AS happened, x.b AS stop, \(sample.columns)
            FROM (SELECT row_id, t AS a, LEAD(t) OVER (PARTITION BY row_id ORDER BY t) AS b FROM cuts_\(n)) AS x
            JOIN \(name) e ON e.row_id = x.row_id
            LEFT JOIN \(covered) AND c.c0 <= x.a AND x.a < c.c1
            WHERE x.b IS NOT NULL AND \(sample.mayCount)
            """)
    }

    /// `priced_n`: the time of each window and group by what it was.
    private mutating func weigh(_ version: Numbered<RatioRequirement>) throws(SQLTwinError) {
        let n = version.number
        let kind = SQLText.quoted(version.rule.kind)
        step(
            "looked_\(n)_parts", "Where each source has looked",
            "SELECT c0 AS a, c1 AS b FROM coverage WHERE kind = \(kind)")
        step(
            .islands(
                "looked_\(n)", "Where any source has looked", of: "looked_\(n)_parts", by: []))
        step(
            "expected_\(n)", "Until when a source should have looked by now",
            """
            SELECT CASE WHEN c.last < p.known_at AND p.known_at - c.last <= p.lag THEN c.last ELSE p.known_at END AS stop
            FROM parameters p CROSS JOIN (SELECT MAX(b) AS last FROM looked_\(n)) AS c
            """)
        let (start, stop) = (SQLText.later("s.happened", "k.w0"), SQLText.earlier("s.stop", "k.w1"))
        let time = { (outcome: String) in
            "CAST(COALESCE(SUM(CASE WHEN s.outcome = '\(outcome)' THEN (\(stop)) - (\(start)) END), 0) AS BIGINT)"
        }
        step(
            "counts_\(n)",
            "The time that each window and group holds; a record without a group may be of any",
            """
            SELECT k.key, k.w0, k.w1, \(time("good")) AS good, \(time("bad")) AS bad, \(time("unknown")) AS unclear
            FROM asked_\(n) k LEFT JOIN samples_\(n) s ON k.w0 < s.stop AND s.happened < k.w1
                 AND (k.team IS NULL OR s.team IS NULL OR s.team = k.team)
            GROUP BY k.key, k.w0, k.w1
            """)
        let end = "(\(SQLText.earlier("c.w1", "e.stop")))"
        step(
            "priced_\(n)",
            "Where nobody looked for a part of the window, any number of records may have lived",
            """
            SELECT c.key, c.w0, c.w1, c.good, c.good + c.bad AS seen, c.unclear,
                   CASE WHEN c.w0 < \(end)
                             AND NOT EXISTS (SELECT 1 FROM looked_\(n) i WHERE i.a <= c.w0 AND \(end) <= i.b)
                        THEN 1 ELSE 0 END AS is_unbounded
            FROM counts_\(n) c CROSS JOIN expected_\(n) e
            """)
    }
}
