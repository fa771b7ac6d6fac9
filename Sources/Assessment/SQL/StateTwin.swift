import Catalog
import Formats

/// A version of a test with its number in the script, from 1.
struct Numbered<Rule> {
    let number: Int
    let rule: Rule
}

extension TwinBuilder {
    /// The steps of a state requirement; the last is `state_rows`.
    mutating func state(_ versions: [Numbered<StateRequirement>]) throws(SQLTwinError) {
        for version in versions { try judge(version) }
        try walk(
            "state", versions.map { ($0.number, $0.rule.kind) },
            mayHeal: versions.contains { $0.rule.heal > .zero })
    }

    /// Turns `judged_n` of each version into verdicts: the steps by which a grace runs on through a stretch without
    /// evidence of a pass. The last is `NAME_rows`.
    ///
    /// - Parameter mayHeal: a pass must last before it ends a run, as long as `heal` in `judged_n` says.
    mutating func walk(
        _ name: String, _ versions: [(number: Int, kind: Identifier)], mayHeal: Bool = false
    ) throws(SQLTwinError) {
        let heal = mayHeal ? "heal, " : ""
        step(
            "\(name)_pieces", "All of it together, with the instant from which on a gap is not final",
            versions.map { version in
                "SELECT part, source, key, a, b, is_asked, status, digest, grace, \(heal)awaited FROM judged_\(version.number)"
            }.joined(separator: "\nUNION ALL "))
        if mayHeal { healingRuns(name) } else { runs(name) }
        step(
            "\(name)_asked",
            "Without the time for which the test was taken out, which counts for the runs only",
            "SELECT part, source, key, a, b, status, awaited, due FROM \(name)_runs WHERE is_asked = 1")
        step("\(name)_told", "The verdicts, not yet cut to the period", Self.told("\(name)_asked"))
        try close(name, Set(versions.map(\.kind)).sorted())
    }

    /// `NAME_runs`, where any pass ends a run.
    private mutating func runs(_ name: String) {
        step(
            "\(name)_marked",
            "A run is a stretch without evidence of a pass. A gap does not heal it; leaving scope or life ends it",
            """
            SELECT part, source, key, a, b, is_asked, status, grace, awaited,
                   CASE WHEN status IN ('holds', 'out') THEN NULL
                        WHEN LAG(b) OVER w = a AND LAG(status) OVER w NOT IN ('holds', 'out') AND LAG(digest) OVER w = digest
                        THEN NULL ELSE a END AS begins
            FROM \(name)_pieces
            WINDOW w AS (PARTITION BY part, source, key ORDER BY a)
            """)
        step(
            "\(name)_runs", "Each piece with the start of its run and the end of the run's grace",
            """
            SELECT part, source, key, a, b, is_asked, status, awaited,
                   MAX(begins) OVER (PARTITION BY part, source, key ORDER BY a) + grace AS due
            FROM \(name)_marked
            """)
    }

    /// `NAME_runs`, where only a pass that has lasted ends a run.
    private mutating func healingRuns(_ name: String) {
        step(
            "\(name)_segments",
            "Stretches of unbroken life in scope under one rule: no run passes from one into the next",
            """
            SELECT part, source, key, a, b, is_asked, status, grace, heal, awaited,
                   SUM(fresh) OVER (PARTITION BY part, source, key ORDER BY a) AS segment
            FROM (SELECT part, source, key, a, b, is_asked, status, grace, heal, awaited,
                         CASE WHEN status <> 'out' AND LAG(b) OVER w = a AND LAG(status) OVER w <> 'out'
                                   AND LAG(digest) OVER w = digest THEN 0 ELSE 1 END AS fresh
                  FROM \(name)_pieces
                  WINDOW w AS (PARTITION BY part, source, key ORDER BY a)) AS pieces
            """)
        step(
            "\(name)_passing", "Since when each passing piece has passed without a break",
            """
            SELECT part, source, key, a, b, is_asked, status, grace, heal, awaited, segment,
                   MAX(begins) OVER (PARTITION BY part, source, key, segment ORDER BY a) AS since
            FROM (SELECT part, source, key, a, b, is_asked, status, grace, heal, awaited, segment,
                         CASE WHEN status = 'holds' AND COALESCE(LAG(status) OVER w, '') <> 'holds' THEN a END AS begins
                  FROM \(name)_segments
                  WINDOW w AS (PARTITION BY part, source, key, segment ORDER BY a)) AS pieces
            """)
        step(
            "\(name)_runs",
            "Each piece with the end of its run's grace; a pass ends a run once it has lasted long enough",
            """
            SELECT part, source, key, a, b, is_asked, status, awaited,
                   MIN(CASE WHEN status NOT IN ('holds', 'out') THEN a END)
                     OVER (PARTITION BY part, source, key, segment, healed) + grace AS due
            FROM (SELECT part, source, key, a, b, is_asked, status, grace, awaited, segment,
                         SUM(CASE WHEN status = 'holds' AND since <= b - heal THEN 1 ELSE 0 END)
                           OVER (PARTITION BY part, source, key, segment ORDER BY a) AS healed
                  FROM \(name)_passing) AS pieces
            """)
    }

    private static func told(_ runs: String) -> String {
        """
        SELECT part, source, key, a, b, 'pass' AS verdict FROM \(runs) WHERE status = 'holds'
        UNION ALL SELECT part, source, key, a, b, 'n/a' FROM \(runs) WHERE status = 'out'
        UNION ALL SELECT part, source, key, a, b, 'none' FROM \(runs) WHERE status = 'doubt'
        UNION ALL SELECT part, source, key, a, \(SQLText.earlier("b", "awaited")), 'none'
          FROM \(runs) WHERE status = 'gap' AND a < awaited
        UNION ALL SELECT part, source, key, \(SQLText.later("a", "awaited")), b, 'pending'
          FROM \(runs) WHERE status = 'gap' AND awaited < b
        UNION ALL SELECT part, source, key, a, \(SQLText.earlier("b", "due")), 'tolerated'
          FROM \(runs) WHERE status = 'violated' AND a < due
        UNION ALL SELECT part, source, key, \(SQLText.later("a", "due")), b, 'fail'
          FROM \(runs) WHERE status = 'violated' AND due < b
        """
    }

    /// Cuts the records where anything may change, and asks the two questions of each part.
    private mutating func judge(_ version: Numbered<StateRequirement>) throws(SQLTwinError) {
        let (n, rule) = (version.number, version.rule)
        let records = try table(rule.kind)
        let record = Named(table: records, alias: "r")
        let kind = SQLText.quoted(rule.kind)
        let cuts = try cuts(n, record, [rule.scope, rule.require])
        step("cuts_\(n)", "Where coverage begins or ends, or a comparison with the instant turns", cuts)
        let scope = try condition(rule.scope, record, at: "x.a")
        let require = try condition(rule.require, record, at: "x.a", joined: [])
        let inScope = scope.map { "WHEN NOT \($0) THEN 'out' WHEN \($0) IS NULL THEN 'doubt'" } ?? ""
        step(
            "judged_\(n)", "What is known of each part: out of scope, in doubt, a gap, holds, violated",
            """
            SELECT \(Self.part("state", rule.kind)) AS part, r.source, r.key, x.a, x.b, t.digest, t.grace, t.heal, v.awaited,
                   CASE WHEN x.a < t.f1 THEN 1 ELSE 0 END AS is_asked,
                   CASE \(inScope)
                        WHEN c.c0 IS NULL THEN 'gap'
                        WHEN \(require) THEN 'holds' WHEN NOT \(require) THEN 'violated' ELSE 'doubt' END AS status
            FROM (SELECT row_id, t AS a, LEAD(t) OVER (PARTITION BY row_id ORDER BY t) AS b FROM cuts_\(n)) AS x
            JOIN \(records.name) r ON r.row_id = x.row_id
            JOIN test_versions t ON t.version = \(n)
            JOIN \(try waits(rule.kind)) v ON v.source = r.source
            LEFT JOIN coverage c ON c.kind = \(kind) AND c.source = r.source AND c.c0 <= x.a AND x.a < c.c1
            WHERE x.b IS NOT NULL
            """)
    }

    /// `in_force_n`, and where the answers about its stretches may change: columns row_id, t.
    mutating func cuts(
        _ n: Int, _ record: Named, _ predicates: [Predicate?]
    ) throws(SQLTwinError) -> String {
        let (name, kind) = (record.table.name, record.table.kind.name)
        let terms = self.terms()
        step(
            "in_force_\(n)", "The records of \(kind) while version \(n) of the test was the last one",
            """
            SELECT r.row_id, r.source, \(SQLText.later("r.v0", "t.f0")) AS a, \(SQLText.earlier("r.v1", "t.f1")) AS b
            FROM \(name) r JOIN \(terms) t ON t.version = \(n)
            WHERE r.v0 < t.f1 AND t.f0 < r.v1
            """)
        let covered = "coverage c ON c.kind = \(SQLText.quoted(kind)) AND c.source = s.source"
        var cuts = """
            SELECT row_id, a AS t FROM in_force_\(n)
            UNION SELECT row_id, b FROM in_force_\(n)
            UNION SELECT s.row_id, t.f1 FROM in_force_\(n) s JOIN test_versions t ON t.version = \(n)
              WHERE s.a < t.f1 AND t.f1 < s.b
            UNION SELECT s.row_id, c.c0 FROM in_force_\(n) s JOIN \(covered)
              WHERE s.a < c.c0 AND c.c0 < s.b
            UNION SELECT s.row_id, c.c1 FROM in_force_\(n) s JOIN \(covered)
              WHERE s.a < c.c1 AND c.c1 < s.b
            """
        for predicate in predicates.compactMap({ $0 }) {
            for flip in try flips(predicate, record) {
                cuts += """

                    UNION SELECT s.row_id, \(flip) FROM in_force_\(n) s JOIN \(name) r ON r.row_id = s.row_id
                      WHERE s.a < \(flip) AND \(flip) < s.b
                    """
            }
        }
        return cuts
    }

    /// What tells the rows of one kind of record from those of another.
    static func part(_ name: String, _ kind: Identifier) -> String {
        SQLText.quoted("\(name) \(kind)")
    }

    /// Cuts the verdicts to the period, and says where the test does not apply.
    private mutating func close(_ name: String, _ kinds: [Identifier]) throws(SQLTwinError) {
        var alive: [String] = []
        for kind in kinds {
            alive.append(
                """
                SELECT DISTINCT \(Self.part(name, kind)) AS part, r.source, r.key
                FROM \(try table(kind).name) r CROSS JOIN parameters p WHERE r.v0 < p.p1 AND p.p0 < r.v1
                """)
        }
        step(
            "\(name)_alive", "The records that exist at some time of the period",
            alive.joined(separator: "\nUNION ALL "))
        step(
            "\(name)_clipped", "The verdicts inside the period",
            """
            SELECT d.part, d.source, d.key, \(SQLText.later("d.a", "p.p0")) AS a, \(SQLText.earlier("d.b", "p.p1")) AS b, d.verdict
            FROM \(name)_told d CROSS JOIN parameters p WHERE d.a < p.p1 AND p.p0 < d.b
            """)
        step(
            "\(name)_rows", "With the time outside life and the test's time in force",
            """
            SELECT part, source, key, a, b, verdict, CAST(NULL AS BIGINT) AS due, 1 AS is_stretch FROM \(name)_clipped
            UNION ALL
            SELECT part, source, key, a, b, 'n/a', CAST(NULL AS BIGINT), 1
            FROM (SELECT part, source, key, b AS a, LEAD(a) OVER (PARTITION BY part, source, key ORDER BY a, b) AS b
                  FROM (SELECT part, source, key, a, b FROM \(name)_clipped
                        UNION ALL SELECT l.part, l.source, l.key, p.p0, p.p0 FROM \(name)_alive l CROSS JOIN parameters p
                        UNION ALL SELECT l.part, l.source, l.key, p.p1, p.p1 FROM \(name)_alive l CROSS JOIN parameters p) AS edges) AS spaces
            WHERE a < b
            """)
    }
}
