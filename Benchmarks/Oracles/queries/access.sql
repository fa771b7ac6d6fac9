-- Every access to a patient's record was by someone who was employed at that instant.
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
), gap AS (SELECT s0, s1 FROM coverage WHERE kind IN (0, 7) AND NOT covered)
SELECT 0 AS kind, a.key, a.instant AS start, a.instant + 1 AS "end",
    CASE WHEN EXISTS (SELECT 1 FROM gap g WHERE g.s0 <= a.instant AND a.instant < g.s1) THEN 'none'
        WHEN e.e0 IS NOT NULL THEN 'pass' ELSE 'fail' END AS verdict
FROM setting_row
JOIN phi_access a ON a.instant >= p0 AND a.instant < p1 AND a.known <= k AND a.superseded > k
LEFT JOIN employed e ON e.person_id = a.user_id AND e.e0 <= a.instant AND a.instant < e.e1
