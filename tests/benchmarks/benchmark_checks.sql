-- The checks that count: sessions against the plan and against six, warm-ups, whose turn it was.
WITH sessions AS (
    SELECT system_id, session_id, count(*) FILTER (is_warmup) AS warm_ups,
           min(started_at) AS started_at
    FROM benchmark_runs WHERE campaign = 'lab' GROUP BY ALL
),
arms AS (
    SELECT CASE system_id WHEN 'a' THEN 'system' ELSE 'baseline' END AS system_role,
           count(*) AS n, CAST(sum(warm_ups) AS BIGINT) AS warm_ups
    FROM sessions GROUP BY system_id
)
SELECT 'both' AS system_role, 'planned_sessions' AS "check",
       CASE WHEN min(n) <> max(planned_sessions) THEN 'fail' ELSE 'pass' END AS state, min(n) AS n
FROM arms, benchmark_claims
UNION ALL SELECT system_role, 'few_sessions', CASE WHEN n < 6 THEN 'fail' ELSE 'pass' END, n
FROM arms
UNION ALL SELECT system_role, 'warm_up', 'pass', warm_ups FROM arms
UNION ALL
SELECT 'both', 'order',
       CASE WHEN string_agg(CASE system_id WHEN 'a' THEN 'A' ELSE 'B' END, '' ORDER BY started_at)
                 = 'ABBAABBAABBA' THEN 'pass' ELSE 'fail' END, count(*)
FROM sessions
