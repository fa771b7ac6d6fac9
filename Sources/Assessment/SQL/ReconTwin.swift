import Expressions
import Formats

extension TwinBuilder {
    /// The steps of a recon requirement; the last is `recon_rows`.
    mutating func reconcile(_ versions: [Numbered<ReconRequirement>]) throws(SQLTwinError) {
        for version in versions {
            try partners(version)
            try match(version)
        }
        try walk("recon", versions.map { ($0.number, $0.rule.kind) })
    }

    /// `partners_n`: who is, or may be, in the population; `identity` is NULL where nobody can tell whose a record is.
    private mutating func partners(_ version: Numbered<ReconRequirement>) throws(SQLTwinError) {
        let (n, population) = (version.number, version.rule.partners)
        let records = try table(population.kind)
        let record = Named(table: records, alias: "q")
        var cuts = """
            SELECT q.row_id, q.v0 AS t FROM \(records.name) q
            UNION SELECT q.row_id, q.v1 FROM \(records.name) q
            """
        if let scope = population.scope {
            for flip in try flips(scope, record) {
                cuts += """

                    UNION SELECT q.row_id, \(flip) FROM \(records.name) q WHERE q.v0 < \(flip) AND \(flip) < q.v1
                    """
            }
        }
        step(
            "partner_cuts_\(n)", "Where a record of \(population.kind) may enter or leave the population",
            cuts)
        let scope = try condition(population.scope, record, at: "x.a")
        let identity = try self.identity(population.key, record)
        step(
            "partners_\(n)", "The population: whose each record is, and whether it certainly counts",
            """
            SELECT \(identity.sql) AS identity, x.a, x.b, COALESCE(\(scope.map(SQLText.number) ?? "1"), 0) AS is_certain
            FROM (SELECT row_id, t AS a, LEAD(t) OVER (PARTITION BY row_id ORDER BY t) AS b FROM partner_cuts_\(n)) AS x
            JOIN \(records.name) q ON q.row_id = x.row_id
            WHERE x.b IS NOT NULL AND \(SQLText.notFalse(scope ?? "(1 = 1)"))
            """)
    }

    /// `judged_n`: what is known of each part of a record, as a state requirement leaves it.
    private mutating func match(_ version: Numbered<ReconRequirement>) throws(SQLTwinError) {
        let (n, rule) = (version.number, version.rule)
        let records = try table(rule.kind)
        let record = Named(table: records, alias: "r")
        let complete = try self.complete(rule.partners.kind)
        let limits = try self.limits(rule.partners.kind)
        let identity = try self.identity(rule.key, record)
        let theirs = try self.identity(
            rule.partners.key, Named(table: try table(rule.partners.kind), alias: "q"))
        // Values of two types are never equal, and databases would compare them in their own ways.
        let own = identity.type == theirs.type ? "m.identity = y.identity" : "1 = 0"
        var cuts = try self.cuts(n, record, [rule.scope])
        step(
            "identities_\(n)", "What each stretch is matched on; NULL where that cannot be told",
            """
            SELECT s.row_id, s.a, s.b, \(identity.sql) AS identity
            FROM in_force_\(n) s JOIN \(records.name) r ON r.row_id = s.row_id
            """)
        for edge in ["a", "b"] {
            cuts += """

                UNION SELECT y.row_id, m.\(edge) FROM identities_\(n) y JOIN partners_\(n) m ON (\(own) OR m.identity IS NULL)
                  AND y.a < m.\(edge) AND m.\(edge) < y.b
                UNION SELECT y.row_id, m.\(edge) FROM identities_\(n) y JOIN \(complete) m ON y.a < m.\(edge) AND m.\(edge) < y.b
                """
        }
        step(
            "cuts_\(n)",
            "Where coverage or a possible partner begins or ends, or a comparison with the instant turns",
            cuts)
        let scope = try condition(rule.scope, record, at: "x.a")
        let inScope = scope.map { "WHEN NOT \($0) THEN 'out' WHEN \($0) IS NULL THEN 'doubt'" } ?? ""
        let partner = { (which: String) in
            "EXISTS (SELECT 1 FROM partners_\(n) m WHERE \(which) AND m.a <= x.a AND x.a < m.b)"
        }
        let mayMatch = partner("(\(own) OR m.identity IS NULL)")
        var answer = """
            WHEN \(partner("\(own) AND m.is_certain = 1")) THEN 'holds'
                        WHEN \(mayMatch) THEN 'doubt'
                        ELSE 'violated' END
            """
        if let totals = rule.totals {
            answer = try total(totals, record, n, own)
        }
        step(
            "judged_\(n)",
            "What is known of each part: out of scope, in doubt, a gap on either side, holds by a partner, violated by none",
            """
            SELECT \(Self.part("recon", rule.kind)) AS part, r.source, r.key, x.a, x.b, t.digest, t.grace,
                   CASE WHEN c.c0 IS NULL THEN v.awaited ELSE l.awaited END AS awaited,
                   CASE WHEN x.a < t.f1 THEN 1 ELSE 0 END AS is_asked,
                   CASE \(inScope)
                        WHEN c.c0 IS NULL THEN 'gap'
                        WHEN y.identity IS NULL THEN 'doubt'
                        WHEN k.a IS NULL THEN 'gap'
                        \(answer) AS status
            FROM (SELECT row_id, t AS a, LEAD(t) OVER (PARTITION BY row_id ORDER BY t) AS b FROM cuts_\(n)) AS x
            JOIN \(records.name) r ON r.row_id = x.row_id
            JOIN identities_\(n) y ON y.row_id = x.row_id
            JOIN test_versions t ON t.version = \(n)
            JOIN \(try waits(rule.kind)) v ON v.source = r.source
            CROSS JOIN \(limits) l
            LEFT JOIN coverage c ON c.kind = \(SQLText.quoted(rule.kind)) AND c.source = r.source AND c.c0 <= x.a AND x.a < c.c1
            LEFT JOIN \(complete) k ON k.a <= x.a AND x.a < k.b
            WHERE x.b IS NOT NULL
            """)
    }

    /// Whether there are as many partners as a record states, the end of a CASE. One that may be a partner leaves it open.
    private mutating func total(
        _ totals: TotalsRequirement, _ record: Named, _ n: Int, _ own: String
    ) throws(SQLTwinError) -> String {
        guard let count = totals.count, totals.digest == nil else {
            throw .requirement(test: test.id, kind: "recon with a digest as its total")
        }
        let stated = try value(count, record, at: nil)
        let number = stated.type == .whole ? stated.sql : "CAST(NULL AS BIGINT)"
        let lives = "m.a <= x.a AND x.a < m.b"
        return """
            WHEN EXISTS (SELECT 1 FROM partners_\(n) m WHERE (\(own) AND m.is_certain = 0 OR m.identity IS NULL) AND \(lives)) THEN 'doubt'
                        WHEN \(number) IS NULL THEN 'doubt'
                        WHEN \(number) = (SELECT COUNT(*) FROM partners_\(n) m WHERE \(own) AND m.is_certain = 1 AND \(lives)) THEN 'holds'
                        ELSE 'violated' END
            """
    }
}
