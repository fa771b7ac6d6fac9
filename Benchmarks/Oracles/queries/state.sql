-- Every resource is encrypted at every instant, with a grace of 7 days. A gap does not end a violation.
WITH setting_row AS (
    SELECT max(CASE WHEN name = 'start' THEN value END) AS p0, max(CASE WHEN name = 'end' THEN value END) AS p1,
        max(CASE WHEN name = 'known' THEN value END) AS k
    FROM setting
), piece AS (
    SELECT r.kind, r.key, greatest(r.v0, c.s0) AS a, least(r.v1, c.s1) AS b,
        CASE WHEN NOT c.covered THEN 'none' WHEN r.encrypted THEN 'pass' ELSE 'bad' END AS status, p0, p1
    FROM setting_row
    JOIN resource r ON r.known <= k AND r.superseded > k AND r.v0 < p1
    JOIN coverage c ON c.kind = r.kind AND c.s0 < r.v1 AND r.v0 < c.s1
), unsound AS (
    SELECT *, lag(b) OVER (PARTITION BY kind, key ORDER BY a) AS before FROM piece WHERE status <> 'pass'
), run AS (
    SELECT *, max(CASE WHEN before = a THEN NULL ELSE a END)
        OVER (PARTITION BY kind, key ORDER BY a ROWS UNBOUNDED PRECEDING) + 604800000000 AS fails
    FROM unsound
), verdict AS (
    SELECT kind, key, a, b, 'pass' AS verdict, p0, p1 FROM piece WHERE status = 'pass'
    UNION ALL
    SELECT kind, key, a, b, 'none', p0, p1 FROM run WHERE status = 'none'
    UNION ALL
    SELECT kind, key, a, least(b, fails), 'tolerated', p0, p1 FROM run WHERE status = 'bad' AND a < fails
    UNION ALL
    SELECT kind, key, greatest(a, fails), b, 'fail', p0, p1 FROM run WHERE status = 'bad' AND b > fails
)
SELECT kind, key, greatest(a, p0) AS start, least(b, p1) AS "end", verdict
FROM verdict WHERE b > p0 AND a < p1
