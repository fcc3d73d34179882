-- Systems that lie in $system against the others: like with like, and what is unlike in words.
WITH sessions AS (
    SELECT campaign, metric, workload, system_id, clients, session_id, unit, count(*) AS runs,
           median(value) AS value
    FROM benchmark_runs WHERE NOT is_warmup GROUP BY ALL
),
arms AS (
    SELECT campaign, metric, workload, system_id, clients, max(unit) AS unit,
           CAST(sum(runs) AS BIGINT) AS runs, median(value) AS median
    FROM sessions GROUP BY ALL
),
chosen AS (
    SELECT DISTINCT a.campaign, a.metric, a.system_id, b.system_id AS baseline_system_id
    FROM arms a JOIN arms b USING (campaign, metric)
    WHERE lower(a.system_id || '/') LIKE lower($system || '/%')
      AND lower(b.system_id || '/') NOT LIKE lower($system || '/%')
),
workloads AS (
    SELECT DISTINCT c.*, workload
    FROM chosen c JOIN arms a USING (campaign, metric)
    WHERE a.system_id IN (c.system_id, c.baseline_system_id)
),
sides AS (
    SELECT w.*, a.clients, b.clients AS baseline_clients, a.unit, b.unit AS baseline_unit,
           a.median, b.median AS baseline_median, a.runs AS a_runs, b.runs AS b_runs,
           (SELECT value FROM benchmark_settings s
            WHERE s.system_id = w.system_id AND setting = 'division') AS division,
           (SELECT value FROM benchmark_settings s
            WHERE s.system_id = w.baseline_system_id AND setting = 'division') AS baseline_division
    FROM workloads w
    LEFT JOIN arms a ON (a.campaign, a.metric, a.workload, a.system_id)
                      = (w.campaign, w.metric, w.workload, w.system_id)
    LEFT JOIN arms b ON (b.campaign, b.metric, b.workload, b.system_id)
                      = (w.campaign, w.metric, w.workload, w.baseline_system_id)
),
kept AS (
    SELECT * FROM sides x
    WHERE clients IS NOT DISTINCT FROM baseline_clients OR NOT (
        EXISTS (SELECT 1 FROM arms o WHERE (o.campaign, o.metric, o.workload, o.system_id, o.clients)
            = (x.campaign, x.metric, x.workload, x.baseline_system_id, x.clients))
        AND EXISTS (SELECT 1 FROM arms o
            WHERE (o.campaign, o.metric, o.workload, o.system_id, o.clients)
            = (x.campaign, x.metric, x.workload, x.system_id, x.baseline_clients))
    )
),
judged AS (
    SELECT *, coalesce(
        a_runs IS NOT NULL AND b_runs IS NOT NULL AND unit = baseline_unit
        AND clients = baseline_clients AND median <> 0 AND baseline_median <> 0
        AND coalesce(division = baseline_division, true), false) AS is_matched
    FROM kept
),
rated AS (
    SELECT *, CASE WHEN is_matched AND 'lower' = ANY (
            SELECT direction FROM benchmark_claims c
            WHERE (c.campaign, c.metric) = (judged.campaign, judged.metric))
        THEN baseline_median / median
        WHEN is_matched THEN median / baseline_median END AS ratio
    FROM judged
)
SELECT campaign, metric, system_id, baseline_system_id, workload, clients, baseline_clients,
       is_matched, coalesce(a_runs, 0) AS runs, coalesce(b_runs, 0) AS baseline_runs, median,
       baseline_median, ratio, exp(avg(ln(ratio)) OVER pair) AS geomean,
       CAST(count(*) FILTER (WHERE is_matched) OVER pair AS BIGINT) AS matched,
       CAST(count(*) FILTER (WHERE NOT is_matched) OVER pair AS BIGINT) AS mismatched
FROM rated
WINDOW pair AS (PARTITION BY campaign, metric, system_id, baseline_system_id)
ORDER BY campaign, metric, system_id, baseline_system_id, workload, clients, baseline_clients
