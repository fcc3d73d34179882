-- The newest record of every hour known by the end of $as_of, in the last 28 complete days and the 28 before.
WITH newest AS (
    SELECT cluster_id, dimension, hour_start, unit, arg_max(quantity, recorded_at) AS quantity
    FROM metering_hourly
    WHERE recorded_at < CAST($as_of AS DATE) + 1
      AND hour_start >= CAST($as_of AS DATE) - 56 AND hour_start < CAST($as_of AS DATE)
    GROUP BY ALL
),
metered AS (
    SELECT coalesce(hyperscaler, 'unknown') AS hyperscaler, dimension, unit, quantity,
           hour_start >= CAST($as_of AS DATE) - 28 AS recent
    FROM newest LEFT JOIN clusters USING (cluster_id)
),
served AS (
    SELECT hyperscaler, cluster_id, hour, hour >= CAST($as_of AS DATE) - 28 AS recent
    FROM clusters,
         generate_series(CAST($as_of AS DATE) - 56, CAST($as_of AS TIMESTAMP) - INTERVAL 1 HOUR,
                         INTERVAL 1 HOUR) AS hours(hour)
    WHERE hour >= date_trunc('hour', deployed_at) AND (retired_at IS NULL OR hour < retired_at)
),
places AS (
    SELECT hyperscaler, dimension FROM metered
    UNION SELECT hyperscaler, 'capacity' FROM served
),
figures AS (
    SELECT p.hyperscaler, p.dimension,
           (SELECT max(unit) FROM metered m WHERE (m.hyperscaler, m.dimension) = (p.hyperscaler, p.dimension)) AS unit,
           (SELECT sum(quantity) FROM metered m
            WHERE (m.hyperscaler, m.dimension) = (p.hyperscaler, p.dimension) AND recent) AS usage_28d,
           (SELECT sum(quantity) FROM metered m
            WHERE (m.hyperscaler, m.dimension) = (p.hyperscaler, p.dimension) AND NOT recent) AS usage_previous_28d,
           (SELECT count(*) FROM metered m
            WHERE (m.hyperscaler, m.dimension) = (p.hyperscaler, p.dimension) AND recent) AS present,
           (SELECT count(*) FROM metered m
            WHERE (m.hyperscaler, m.dimension) = (p.hyperscaler, p.dimension) AND NOT recent) AS present_previous,
           (SELECT nullif(count(*), 0) FROM served s WHERE s.hyperscaler = p.hyperscaler AND recent) AS expected,
           (SELECT nullif(count(*), 0) FROM served s WHERE s.hyperscaler = p.hyperscaler AND NOT recent) AS expected_previous,
           (SELECT count(DISTINCT cluster_id) FROM served s WHERE s.hyperscaler = p.hyperscaler AND recent) AS serving
    FROM places p
)
SELECT hyperscaler, dimension, usage_28d, usage_previous_28d, unit,
       usage_28d / nullif(usage_previous_28d, 0) - 1 AS usage_growth_share,
       usage_28d / (SELECT nullif(sum(usage_28d), 0) FROM figures t WHERE t.dimension = f.dimension)
           AS share_of_total_share,
       if(hyperscaler = 'unknown', NULL, serving) AS clusters,
       present / expected AS completeness_share,
       present_previous / expected_previous AS completeness_previous_share
FROM figures f
ORDER BY hyperscaler, dimension
