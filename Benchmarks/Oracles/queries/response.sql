-- Every vulnerability has a verified repair within 30 days of its discovery, the sources' clocks being 2 minutes apart at
-- most. What falls due after the period is pending.
WITH setting_row AS (
    SELECT max(CASE WHEN name = 'start' THEN value END) AS p0, max(CASE WHEN name = 'end' THEN value END) AS p1,
        max(CASE WHEN name = 'known' THEN value END) AS k
    FROM setting
), gap AS (SELECT s0, s1 FROM coverage WHERE kind = 5 AND NOT covered
), answer AS (
    SELECT f.key, f.instant, f.instant + 2592000000000 AS due, min(x.instant) AS answered, p0, p1
    FROM setting_row
    JOIN vuln_found f ON f.known <= k AND f.superseded > k
    LEFT JOIN vuln_fixed x ON x.finding = f.finding AND x.verified AND x.instant >= f.instant - 120000000
        AND x.known <= k AND x.superseded > k
    GROUP BY f.key, f.instant, p0, p1
)
SELECT 4 AS kind, key, instant AS start, due AS "end",
    CASE WHEN due >= p1 THEN 'pending' WHEN answered <= due + 120000000 THEN 'pass'
        WHEN due + 120000000 >= p1 THEN 'pending'
        WHEN EXISTS (SELECT 1 FROM gap g WHERE g.s0 <= due AND g.s1 > instant) THEN 'none'
        WHEN answered IS NOT NULL THEN 'late' ELSE 'missed' END AS verdict
FROM answer WHERE due >= p0 AND instant < p1
