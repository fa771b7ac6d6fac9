import Formats

extension TwinBuilder {
    /// Lays the waivers over the rows of all kinds of requirement, and joins equal neighbours.
    ///
    /// - Returns: the last SELECT.
    mutating func verdicts(_ parts: [String]) -> String {
        // As of one instant only what holds at every instant has a verdict.
        let judged = frame.period.isInstant ? " WHERE is_stretch = 1" : ""
        let all = parts.map { part in
            // Of what else there is, none goes on behind its row.
            let settled = part == "response" ? "settled" : "CAST(NULL AS BIGINT) AS settled"
            return "SELECT part, key, source, a, b, verdict, due, \(settled), is_stretch FROM \(part)_rows"
                + judged
        }.joined(separator: "\nUNION ALL ")
        if test.judgesSeveralKinds {
            step("each_kind", "What the versions over each kind of record say", all)
            tellOnce()
        } else {
            step("raw", "The verdicts before any waiver", all)
        }
        var rows = "raw"
        if !test.waivers.isEmpty {
            overlay()
            rows = "overlaid"
        }
        step(
            "neighbours",
            "A stretch begins anew where the one before it does not touch or has another verdict",
            """
            SELECT part, key, source, a, b, verdict,
                   SUM(fresh) OVER (PARTITION BY part, key, source, verdict ORDER BY a) AS island
            FROM (SELECT part, key, source, a, b, verdict,
                         CASE WHEN LAG(b) OVER (PARTITION BY part, key, source, verdict ORDER BY a) = a THEN 0 ELSE 1 END AS fresh
                  FROM \(rows) WHERE is_stretch = 1) AS marked
            """)
        return """
            SELECT key, source, MIN(a) AS starts, MAX(b) AS ends, verdict
            FROM neighbours GROUP BY part, key, source, verdict, island
            UNION ALL
            SELECT key, source, a, b, verdict FROM \(rows) WHERE is_stretch = 0
            ORDER BY 1, 2, 3, 4, 5
            """
    }

    /// `raw` of `each_kind`: a unit that does not apply by one kind of record may be judged by another.
    private mutating func tellOnce() {
        let names = ["key", "source"]
        step(
            "idle_parts", "Where a unit does not apply by some kind of record",
            "SELECT key, source, a, b FROM each_kind WHERE is_stretch = 1 AND verdict = 'n/a'")
        step(.islands("idle", "The same, of all kinds", of: "idle_parts", by: names))
        step(
            "judged_parts", "Where it is judged by some kind",
            "SELECT key, source, a, b FROM each_kind WHERE is_stretch = 1 AND verdict <> 'n/a'")
        step(.islands("judged", "The same, of all kinds", of: "judged_parts", by: names))
        step(
            "raw", "The verdicts before any waiver; a unit does not apply where no kind judges it",
            """
            SELECT '' AS part, key, source, a, b, verdict, due, settled, is_stretch FROM each_kind
            WHERE is_stretch = 0 OR verdict <> 'n/a'
            UNION ALL
            SELECT '', key, source, a, b, 'n/a', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), 1
            FROM (SELECT key, source, b AS a, LEAD(a) OVER (PARTITION BY key, source, island ORDER BY a, b) AS b
                  FROM (SELECT i.key, i.source, i.a AS island, \(SQLText.later("j.a", "i.a")) AS a, \(SQLText.earlier("j.b", "i.b")) AS b
                        FROM idle i JOIN judged j ON j.key = i.key AND j.source = i.source AND j.a < i.b AND i.a < j.b
                        UNION ALL SELECT key, source, a, a, a FROM idle
                        UNION ALL SELECT key, source, a, b, b FROM idle) AS edges) AS spaces
            WHERE a < b
            """)
    }

    /// A failure is waived where a waiver has effect: for its keys and source, and from its recording on at the earliest.
    private mutating func overlay() {
        step(
            "effects", "Where each waiver has effect; NULL is every key, every source",
            """
            SELECT key, source, w0, w1 FROM (SELECT key, source, \(SQLText.later("w0", "recorded")) AS w0, w1 FROM waivers) AS told
            WHERE w0 < w1
            """)
        step(
            "failures",
            "The failures, numbered; a waiver covers an obligation by when it fell due, a window by its last instant",
            """
            SELECT ROW_NUMBER() OVER (ORDER BY part, key, source, a, b) AS n, part, key, source, a, b,
                   CASE WHEN due IS NULL OR due < b THEN due ELSE b - 1 END AS failed, settled, is_stretch
            FROM raw WHERE verdict = 'fail'
            """)
        let own = "(e.key IS NULL OR e.key = f.key) AND (e.source IS NULL OR e.source = f.source)"
        step(
            "waiver_cuts",
            "A failing stretch is cut where a waiver begins or ends; an obligation is waived whole or not at all",
            """
            SELECT n, a AS t FROM failures
            UNION SELECT n, b FROM failures
            UNION SELECT f.n, e.w0 FROM failures f JOIN effects e ON \(own) AND f.a < e.w0 AND e.w0 < f.b WHERE f.is_stretch = 1
            UNION SELECT f.n, e.w1 FROM failures f JOIN effects e ON \(own) AND f.a < e.w1 AND e.w1 < f.b WHERE f.is_stretch = 1
            """)
        step(
            "waived_parts", "The waivers of each failure",
            "SELECT f.n AS failure, e.w0 AS a, e.w1 AS b FROM failures f JOIN effects e ON \(own)")
        step(
            .islands(
                "waived_time", "The same, those joined that follow one another", of: "waived_parts",
                by: ["failure"]))
        step(
            "overlaid",
            "The verdicts with waivers; an obligation must be settled before they end",
            """
            SELECT part, key, source, a, b, verdict, is_stretch FROM raw WHERE verdict <> 'fail'
            UNION ALL
            SELECT f.part, f.key, f.source, x.a, x.b,
                   CASE WHEN EXISTS (SELECT 1 FROM waived_time w WHERE w.failure = f.n AND w.a <= COALESCE(f.failed, x.a)
                                     AND COALESCE(f.failed, x.a) < w.b AND (f.settled IS NULL OR f.settled <= w.b))
                        THEN 'waived' ELSE 'fail' END,
                   f.is_stretch
            FROM (SELECT n, t AS a, LEAD(t) OVER (PARTITION BY n ORDER BY t) AS b FROM waiver_cuts) AS x
            JOIN failures f ON f.n = x.n
            WHERE x.b IS NOT NULL
            """)
    }
}
