-- What a nightly poll would see: every resource at every local midnight, without grace.
WITH setting_row AS (
    SELECT max(CASE WHEN name = 'start' THEN value END) AS p0, max(CASE WHEN name = 'end' THEN value END) AS p1,
        max(CASE WHEN name = 'known' THEN value END) AS k
    FROM setting
)
SELECT r.kind, r.key, d.w0 AS start, d.w0 + 1 AS "end",
    CASE WHEN NOT c.covered THEN 'none' WHEN r.encrypted THEN 'pass' ELSE 'fail' END AS verdict
FROM setting_row
JOIN calendar d ON d.unit = 'day' AND d.w0 >= p0 AND d.w0 < p1
JOIN coverage c ON c.kind >= 9 AND c.s0 <= d.w0 AND d.w0 < c.s1
JOIN resource r ON r.kind = c.kind AND r.v0 <= d.w0 AND d.w0 < r.v1 AND r.known <= k AND r.superseded > k
