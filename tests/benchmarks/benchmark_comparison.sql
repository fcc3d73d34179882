-- Each registered claim: medians of session medians, and their ratio turned to favour the claim.
WITH sessions AS (
    SELECT campaign, workload, metric, system_id, session_id, unit, count(*) AS runs,
           median(value) AS value
    FROM benchmark_runs WHERE NOT is_warmup GROUP BY ALL
),
arms AS (
    SELECT campaign, workload, metric, system_id, max(unit) AS unit, sum(runs) AS runs,
           count(*) AS sessions, median(value) AS median
    FROM sessions GROUP BY ALL
)
SELECT c.campaign, c.workload, c.metric, c.system_id, c.baseline_system_id, c.claim_id, c.direction,
       a.unit, b.unit AS baseline_unit,
       CAST(coalesce(a.runs, 0) AS BIGINT) AS runs,
       CAST(coalesce(b.runs, 0) AS BIGINT) AS baseline_runs,
       coalesce(a.sessions, 0) AS sessions, coalesce(b.sessions, 0) AS baseline_sessions,
       a.median, b.median AS baseline_median,
       CASE WHEN a.unit = b.unit AND c.direction = 'higher' THEN a.median / b.median
            WHEN a.unit = b.unit THEN b.median / a.median END AS ratio
FROM benchmark_claims c
LEFT JOIN arms a ON (a.campaign, a.workload, a.metric, a.system_id)
                  = (c.campaign, c.workload, c.metric, c.system_id)
LEFT JOIN arms b ON (b.campaign, b.workload, b.metric, b.system_id)
                  = (c.campaign, c.workload, c.metric, c.baseline_system_id)
ORDER BY ALL
