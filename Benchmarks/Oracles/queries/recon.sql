-- Every enabled account belongs to someone on the roster, with a grace of a day; a gap of either side is unknown.
WITH setting_row AS (
    SELECT max(CASE WHEN name = 'start' THEN value END) AS p0, max(CASE WHEN name = 'end' THEN value END) AS p1,
        max(CASE WHEN name = 'known' THEN value END) AS k
    FROM setting
), version AS (
    SELECT person_id, v0, v1, lag(v1) OVER (PARTITION BY person_id ORDER BY v0) AS before
    FROM hr_employment, setting_row WHERE known <= k AND superseded > k AND ended_at IS NULL
), stretch AS (
    SELECT person_id, v0, v1, sum(CASE WHEN before = v0 THEN 0 ELSE 1 END)
        OVER (PARTITION BY person_id ORDER BY v0 ROWS UNBOUNDED PRECEDING) AS number
    FROM version
), employed AS (
    SELECT person_id, min(v0) AS e0, max(v1) AS e1 FROM stretch GROUP BY person_id, number
), tile AS (
    SELECT person_id, e0 AS t0, e1 AS t1, 1 AS found FROM employed
    UNION ALL
    SELECT person_id, coalesce(lag(e1) OVER (PARTITION BY person_id ORDER BY e0), -9000000000000000000), e0, 0
    FROM employed
    UNION ALL
    SELECT person_id, max(e1), 9223372036854775807, 0 FROM employed GROUP BY person_id
), cut AS (
    SELECT a.key, greatest(a.v0, c.s0, h.s0) AS a, least(a.v1, c.s1, h.s1) AS b, a.owner_id,
        c.covered AND h.covered AS covered, p0, p1
    FROM setting_row
    JOIN idp_account a ON a.known <= k AND a.superseded > k AND a.v0 < p1 AND a.enabled
    JOIN coverage c ON c.kind = 6 AND c.s0 < a.v1 AND a.v0 < c.s1
    JOIN coverage h ON h.kind = 7 AND h.s0 < least(a.v1, c.s1) AND greatest(a.v0, c.s0) < h.s1
), piece AS (
    SELECT key, a, b, 'none' AS status, p0, p1 FROM cut WHERE NOT covered
    UNION ALL
    SELECT key, greatest(a, coalesce(t0, a)), least(b, coalesce(t1, b)),
        CASE WHEN found = 1 THEN 'pass' ELSE 'bad' END, p0, p1
    FROM cut LEFT JOIN tile ON person_id = owner_id AND t0 < b AND a < t1 AND t0 < t1 WHERE covered
), unsound AS (
    SELECT *, lag(b) OVER (PARTITION BY key ORDER BY a) AS before FROM piece WHERE status <> 'pass'
), run AS (
    SELECT *, max(CASE WHEN before = a THEN NULL ELSE a END)
        OVER (PARTITION BY key ORDER BY a ROWS UNBOUNDED PRECEDING) + 86400000000 AS fails
    FROM unsound
), verdict AS (
    SELECT key, a, b, 'pass' AS verdict, p0, p1 FROM piece WHERE status = 'pass'
    UNION ALL
    SELECT key, a, b, 'none', p0, p1 FROM run WHERE status = 'none'
    UNION ALL
    SELECT key, a, least(b, fails), 'tolerated', p0, p1 FROM run WHERE status = 'bad' AND a < fails
    UNION ALL
    SELECT key, greatest(a, fails), b, 'fail', p0, p1 FROM run WHERE status = 'bad' AND b > fails
    UNION ALL
    SELECT a.key, a.v0, a.v1, 'n/a', p0, p1
    FROM setting_row JOIN idp_account a ON a.known <= k AND a.superseded > k AND NOT a.enabled
)
SELECT 6 AS kind, key, greatest(a, p0) AS start, least(b, p1) AS "end", verdict
FROM verdict WHERE b > p0 AND a < p1
