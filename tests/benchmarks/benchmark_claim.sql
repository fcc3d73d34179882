-- The newest registration of each claim, counts, medians of session medians and their ratio.
WITH newest AS (
    SELECT *, count(*) OVER (PARTITION BY claim_id) AS version,
           row_number() OVER (PARTITION BY claim_id ORDER BY registered_at DESC) AS place
    FROM benchmark_claims
),
sessions AS (
    SELECT campaign, workload, metric, system_id, session_id, unit, count(*) AS runs,
           median(value) AS value
    FROM benchmark_runs WHERE NOT is_warmup GROUP BY ALL
),
arms AS (
    SELECT campaign, workload, metric, system_id, CAST(sum(runs) AS BIGINT) AS runs,
           count(*) AS sessions, median(value) AS median
    FROM sessions GROUP BY ALL
),
starts AS (
    SELECT campaign, workload, metric, system_id, min(started_at) AS first
    FROM benchmark_runs GROUP BY ALL
)
SELECT c.claim_id, c.version, c.registered_at,
       c.registered_at <= least(f.first, g.first) AS is_preregistered,
       c.campaign, c.planned_sessions, c.margin_share, s.name AS system_name,
       t.name AS baseline_name, a.sessions, b.sessions AS baseline_sessions, a.runs,
       b.runs AS baseline_runs, a.median, b.median AS baseline_median,
       a.median / b.median AS ratio,
       count(*) OVER (PARTITION BY c.campaign) AS comparisons
FROM newest c
JOIN arms a ON (a.campaign, a.workload, a.metric, a.system_id)
             = (c.campaign, c.workload, c.metric, c.system_id)
JOIN arms b ON (b.campaign, b.workload, b.metric, b.system_id)
             = (c.campaign, c.workload, c.metric, c.baseline_system_id)
JOIN starts f ON (f.campaign, f.workload, f.metric, f.system_id)
               = (c.campaign, c.workload, c.metric, c.system_id)
JOIN starts g ON (g.campaign, g.workload, g.metric, g.system_id)
               = (c.campaign, c.workload, c.metric, c.baseline_system_id)
JOIN benchmark_systems s ON s.system_id = c.system_id
JOIN benchmark_systems t ON t.system_id = c.baseline_system_id
WHERE c.place = 1
ORDER BY c.claim_id
