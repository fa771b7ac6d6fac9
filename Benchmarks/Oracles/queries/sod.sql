-- Every deployment was approved, and not by its author.
WITH setting_row AS (
    SELECT max(CASE WHEN name = 'start' THEN value END) AS p0, max(CASE WHEN name = 'end' THEN value END) AS p1,
        max(CASE WHEN name = 'known' THEN value END) AS k
    FROM setting
), gap AS (SELECT s0, s1 FROM coverage WHERE kind = 1 AND NOT covered)
SELECT 1 AS kind, d.key, d.instant AS start, d.instant + 1 AS "end",
    CASE WHEN g.s0 IS NOT NULL THEN 'none' WHEN d.approver <> d.author THEN 'pass' ELSE 'fail' END AS verdict
FROM setting_row
JOIN deploy_run d ON d.instant >= p0 AND d.instant < p1 AND d.known <= k AND d.superseded > k
LEFT JOIN gap g ON g.s0 <= d.instant AND d.instant < g.s1
