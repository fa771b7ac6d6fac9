-- In each month each service answers 99.9 % of its probes. A gap hides as many as the interval allows, good or bad.
WITH setting_row AS (
    SELECT max(CASE WHEN name = 'start' THEN value END) AS p0, max(CASE WHEN name = 'end' THEN value END) AS p1,
        max(CASE WHEN name = 'known' THEN value END) AS k,
        max(CASE WHEN name = 'probe interval' THEN value END) AS spacing
    FROM setting
), hourly AS (
    -- Months begin on whole hours, so an hour lies in one month.
    SELECT service, instant // 3600000000 * 3600000000 AS hour, count(*) AS n,
        sum(CASE WHEN up THEN 1 ELSE 0 END) AS good
    FROM setting_row JOIN uptime_probe ON instant >= p0 AND instant < p1 AND known <= k AND superseded > k
    GROUP BY 1, 2
), unwatched AS (
    SELECT service, instant // 3600000000 * 3600000000 AS hour, count(*) AS n,
        sum(CASE WHEN up THEN 1 ELSE 0 END) AS good
    FROM setting_row
    JOIN coverage ON kind = 2 AND NOT covered
    JOIN uptime_probe ON instant >= s0 AND instant < s1 AND instant >= p0 AND instant < p1 AND known <= k AND superseded > k
    GROUP BY 1, 2
), month AS (
    SELECT w0, w1,
        (SELECT coalesce(sum((least(s1, w1) - greatest(s0, w0) + spacing - 1) // spacing), 0)
            FROM coverage WHERE kind = 2 AND NOT covered AND s0 < w1 AND w0 < s1) AS hidden
    FROM calendar, setting_row WHERE unit = 'month' AND w1 > p0 AND w1 <= p1
), known AS (
    SELECT m.w0, m.w1, h.service, m.hidden, sum(h.n) AS n, sum(h.good) AS good
    FROM month m JOIN hourly h ON h.hour >= m.w0 AND h.hour < m.w1 GROUP BY 1, 2, 3, 4
), lost AS (
    SELECT m.w0, h.service, sum(h.n) AS n, sum(h.good) AS good
    FROM month m JOIN unwatched h ON h.hour >= m.w0 AND h.hour < m.w1 GROUP BY 1, 2
), tally AS (
    SELECT known.w0, w1, known.service, known.n - coalesce(lost.n, 0) AS n,
        known.good - coalesce(lost.good, 0) AS good, greatest(hidden, coalesce(lost.n, 0)) AS unknown
    FROM known LEFT JOIN lost ON lost.w0 = known.w0 AND lost.service = known.service
), silent AS (
    -- A service that was seen before a month's end and not in the month: everything there is hidden, or nothing is.
    SELECT m.w0, m.w1, s.service, 0 AS n, 0 AS good, m.hidden AS unknown
    FROM month m JOIN (SELECT service, min(hour) AS first FROM hourly GROUP BY 1) s ON s.first < m.w1
    WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.w0 = m.w0 AND known.service = s.service)
)
SELECT -1 AS kind, service AS key, w0 AS start, w1 AS "end",
    CASE WHEN n + unknown = 0 THEN 'n/a' WHEN good * 1000000 >= 999000 * (n + unknown) THEN 'pass'
        WHEN (good + unknown) * 1000000 < 999000 * (n + unknown) THEN 'fail' ELSE 'none' END AS verdict
FROM (SELECT * FROM tally UNION ALL SELECT * FROM silent) AS every
