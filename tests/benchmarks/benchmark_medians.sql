-- Session medians, then their median; the interval's ranks from the published table.
WITH sessions AS (
    SELECT campaign, workload, metric, system_id, session_id, median(value) AS value
    FROM benchmark_runs WHERE NOT is_warmup GROUP BY ALL
),
ranked AS (
    SELECT *, row_number() OVER arm AS rank, count(*) OVER (PARTITION BY campaign, workload, metric,
           system_id) AS n
    FROM sessions
    WINDOW arm AS (PARTITION BY campaign, workload, metric, system_id ORDER BY value)
),
ranks(n, low, high) AS (VALUES (6, 1, 6), (8, 1, 8), (10, 2, 9), (12, 3, 10)),
arms AS (
    SELECT campaign, workload, metric, system_id, median(value) AS median, count(*) AS sessions,
           max(value) FILTER (rank = low) AS median_low,
           max(value) FILTER (rank = high) AS median_high
    FROM ranked LEFT JOIN ranks USING (n) GROUP BY ALL
),
runs AS (
    SELECT campaign, workload, metric, system_id,
           count(*) FILTER (NOT is_warmup) AS runs, count(*) FILTER (is_warmup) AS warmup_runs,
           CASE WHEN count(DISTINCT unit) FILTER (NOT is_warmup) = 1 THEN max(unit) END AS unit,
           min(value) FILTER (NOT is_warmup) AS minimum,
           max(value) FILTER (NOT is_warmup) AS maximum
    FROM benchmark_runs GROUP BY ALL
)
SELECT campaign, workload, metric, system_id, name AS system_name, unit, runs, warmup_runs,
       coalesce(sessions, 0) AS sessions, median, median_low, median_high, minimum, maximum
FROM runs
LEFT JOIN arms USING (campaign, workload, metric, system_id)
LEFT JOIN benchmark_systems USING (system_id)
ORDER BY campaign, workload, metric, system_id
