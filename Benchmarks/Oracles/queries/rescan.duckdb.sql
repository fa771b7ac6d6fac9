-- What a nightly poll would see: every resource at every local midnight, without grace. Each version is spread over the
-- nights that it lived through.
WITH setting_row AS (
    SELECT max(CASE WHEN name = 'start' THEN value END) AS p0, max(CASE WHEN name = 'end' THEN value END) AS p1,
        max(CASE WHEN name = 'known' THEN value END) AS k
    FROM setting
), night AS (
    SELECT w0, row_number() OVER (ORDER BY w0) AS n FROM calendar, setting_row
    WHERE unit = 'day' AND w0 >= p0 AND w0 < p1
), version AS (
    SELECT kind, key, encrypted, v0, v1 FROM setting_row
    JOIN resource ON known <= k AND superseded > k AND v1 > p0 AND v0 < p1
), opened AS (
    -- The last night before the version begins; the first night of the version is the one after it.
    SELECT v.*, coalesce(night.n, 0) AS before FROM version v ASOF LEFT JOIN night ON v.v0 > night.w0
), closed AS (
    SELECT v.kind, v.key, v.encrypted, v.before, coalesce(night.n, 0) AS last
    FROM opened v ASOF LEFT JOIN night ON v.v1 > night.w0
), spread AS (
    SELECT kind, key, encrypted, CAST(unnest(range(before + 1, last + 1)) AS BIGINT) AS n FROM closed
), covered AS (
    SELECT c.kind, night.n, night.w0, c.covered FROM night JOIN coverage c ON c.s0 <= night.w0 AND night.w0 < c.s1
)
SELECT s.kind, s.key, c.w0 AS start, c.w0 + 1 AS "end",
    CASE WHEN NOT c.covered THEN 'none' WHEN s.encrypted THEN 'pass' ELSE 'fail' END AS verdict
FROM spread s JOIN covered c ON c.kind = s.kind AND c.n = s.n
