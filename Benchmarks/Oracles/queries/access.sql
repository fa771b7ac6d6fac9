-- Every access to a patient's record was by someone who was employed at that instant. Gaps of either kind are merged.
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
), span AS (
    SELECT greatest(s0, p0) AS s0, least(s1, p1) AS s1 FROM coverage, setting_row
    WHERE kind IN (0, 7) AND NOT covered AND s0 < p1 AND s1 > p0
), reach AS (
    SELECT s0, s1, max(s1) OVER (ORDER BY s0, s1 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM span
), island AS (
    SELECT s0, s1, sum(CASE WHEN before >= s0 THEN 0 ELSE 1 END) OVER (ORDER BY s0, s1 ROWS UNBOUNDED PRECEDING) AS number
    FROM reach
), gap AS (SELECT min(s0) AS s0, max(s1) AS s1 FROM island GROUP BY number)
SELECT 0 AS kind, a.key, a.instant AS start, a.instant + 1 AS "end",
    CASE WHEN g.s0 IS NOT NULL THEN 'none' WHEN e.e0 IS NOT NULL THEN 'pass' ELSE 'fail' END AS verdict
FROM setting_row
JOIN phi_access a ON a.instant >= p0 AND a.instant < p1 AND a.known <= k AND a.superseded > k
LEFT JOIN employed e ON e.person_id = a.user_id AND e.e0 <= a.instant AND a.instant < e.e1
LEFT JOIN gap g ON g.s0 <= a.instant AND a.instant < g.s1
