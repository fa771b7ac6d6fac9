-- Every store has a successful backup on each local day, or within 6 hours after it; one backup serves one day, the
-- earliest first. Days that have a backup of their own and none taken from them are served; only chains that begin with
-- a day without one are walked.
WITH RECURSIVE setting_row AS (
    SELECT max(CASE WHEN name = 'start' THEN value END) AS p0, max(CASE WHEN name = 'end' THEN value END) AS p1,
        max(CASE WHEN name = 'known' THEN value END) AS k
    FROM setting
), day AS (SELECT row_number() OVER (ORDER BY w0) AS n, w0, w1 FROM calendar WHERE unit = 'day'
), version AS (
    SELECT key, v0, v1, lag(v1) OVER (PARTITION BY key ORDER BY v0) AS before
    FROM cloud_store, setting_row WHERE known <= k AND superseded > k
), stretch AS (
    SELECT key, v0, v1, sum(CASE WHEN before = v0 THEN 0 ELSE 1 END)
        OVER (PARTITION BY key ORDER BY v0 ROWS UNBOUNDED PRECEDING) AS number
    FROM version
), life AS (SELECT key, min(v0) AS l0, max(v1) AS l1 FROM stretch GROUP BY key, number
), hour AS (
    SELECT n, w0, unnest(range(w0 // 3600000000, w1 // 3600000000)) AS hour FROM day
), taken AS (
    -- Days begin on whole hours, so an hour lies in one day.
    SELECT b.store, d.n, count(*) AS own,
        sum(CASE WHEN b.instant < d.w0 + 21600000000 THEN 1 ELSE 0 END) AS early
    FROM setting_row
    JOIN backup_job b ON b.succeeded AND b.known <= k AND b.superseded > k
    JOIN hour d ON d.hour = b.instant // 3600000000
    GROUP BY b.store, d.n
), grid AS MATERIALIZED (
    -- c: backups before the day; e: those before its grace ends; m: the day's place among those the store lived through.
    SELECT key, n, w0, w1, own, c, c + own + early AS e,
        row_number() OVER (PARTITION BY key ORDER BY n) AS m, lead(c) OVER (PARTITION BY key ORDER BY n) AS next
    FROM (
        SELECT l.key, d.n, d.w0, d.w1, coalesce(t.own, 0) AS own,
            coalesce(lead(t.early) OVER every, 0) AS early,
            coalesce(sum(t.own) OVER (every ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS c,
            l.l0 <= d.w0 AND d.w1 <= l.l1 AS lives
        FROM life l JOIN day d ON d.w1 > l.l0 - 172800000000 LEFT JOIN taken t ON t.store = l.key AND t.n = d.n
        WINDOW every AS (PARTITION BY l.key, l.l0 ORDER BY d.n)
    ) AS days WHERE lives
), chain AS (
    SELECT key, m, c AS used, c, e, next FROM grid WHERE own = 0
    UNION ALL
    SELECT g.key, g.m, chain.used + 1, g.c, g.e, g.next
    FROM chain JOIN grid g ON g.key = chain.key AND g.m = chain.m + 1
    WHERE chain.used < chain.e AND chain.used + 1 > chain.next
), walked AS (SELECT key, m, max(used) AS used FROM chain GROUP BY key, m
), gap AS (SELECT s0, s1 FROM coverage WHERE kind = 3 AND NOT covered)
SELECT 8 AS kind, g.key, w0 AS start, w1 AS "end",
    CASE WHEN coalesce(walked.used, c) < e THEN 'pass' WHEN w1 + 21600000000 > p1 THEN 'pending'
        WHEN EXISTS (SELECT 1 FROM gap WHERE s0 < w1 + 21600000000 AND w0 < s1) THEN 'none'
        ELSE 'fail' END AS verdict
FROM setting_row JOIN grid g ON g.w1 > p0 AND g.w1 <= p1
LEFT JOIN walked ON walked.key = g.key AND walked.m = g.m
