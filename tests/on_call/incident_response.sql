-- Kaplan-Meier by counting, for every time an event happened, who was still at risk.
WITH known AS (
    SELECT hyperscaler, created_at,
           CASE WHEN acknowledged_at < CAST($as_of AS DATE) + 1 THEN acknowledged_at END AS acked,
           CASE WHEN resolved_at < CAST($as_of AS DATE) + 1 THEN resolved_at END AS resolved,
           CASE WHEN resolved_at < CAST($as_of AS DATE) + 1 THEN is_auto_resolved END AS auto
    FROM incidents
    WHERE created_at >= CAST($as_of AS DATE) - $days::INT AND created_at < least(CAST($as_of AS TIMESTAMP), CAST($until AS TIMESTAMP))
),
each AS (
    SELECT *, 'acknowledge' AS measure, acked AS done,
           coalesce(acked, resolved, least(CAST($as_of AS DATE) + 1, CAST($until AS TIMESTAMP))) AS until FROM known
    UNION ALL
    SELECT *, 'resolve', resolved, coalesce(resolved, least(CAST($as_of AS DATE) + 1, CAST($until AS TIMESTAMP))) FROM known
),
timed AS (
    SELECT measure, g.hyperscaler, done IS NOT NULL AS is_done, resolved, auto,
           greatest(0, epoch(until) - epoch(created_at)) AS seconds
    FROM each, LATERAL (SELECT hyperscaler UNION ALL SELECT 'all') AS g(hyperscaler)
),
steps AS (
    SELECT measure, hyperscaler, seconds, count(*) FILTER (is_done) AS done,
           (SELECT count(*) FROM timed r WHERE r.measure = t.measure
              AND r.hyperscaler = t.hyperscaler AND r.seconds >= t.seconds) AS at_risk
    FROM timed t GROUP BY ALL
),
curve AS (
    SELECT *, product(1 - done / at_risk) OVER (
        PARTITION BY measure, hyperscaler ORDER BY seconds) AS survival
    FROM steps
)
SELECT hyperscaler, measure, count(*) AS incidents, count(*) FILTER (is_done) AS completed,
       count(*) FILTER (NOT is_done AND resolved IS NOT NULL) AS ended_unanswered,
       count(*) FILTER (NOT is_done AND resolved IS NULL) AS open,
       count(*) FILTER (auto) AS auto_resolved,
       avg(seconds) FILTER (is_done) AS mean_seconds,
       (SELECT min(seconds) FROM curve c WHERE c.measure = timed.measure
          AND c.hyperscaler = timed.hyperscaler AND survival <= 0.5 + 1e-12) AS median_seconds,
       (SELECT min(seconds) FROM curve c WHERE c.measure = timed.measure
          AND c.hyperscaler = timed.hyperscaler AND survival <= 0.1 + 1e-12) AS p90_seconds
FROM timed
GROUP BY measure, hyperscaler
