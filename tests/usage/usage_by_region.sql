-- The newest record of every hour known by the end of $as_of, per cloud region over $days complete days.
WITH newest AS (
    SELECT cluster_id, dimension, hour_start, unit, arg_max(quantity, recorded_at) AS quantity
    FROM metering_hourly
    WHERE recorded_at < CAST($as_of AS DATE) + 1
      AND hour_start >= CAST($as_of AS DATE) - $days::INT AND hour_start < CAST($as_of AS DATE)
    GROUP BY ALL
),
metered AS (
    SELECT coalesce(hyperscaler, 'unknown') AS hyperscaler, coalesce(region, 'unknown') AS cloud_region,
           dimension, sum(quantity) AS quantity, max(unit) AS unit, count(*) AS present
    FROM newest LEFT JOIN clusters USING (cluster_id)
    GROUP BY ALL
),
served AS (
    SELECT hyperscaler, coalesce(region, 'unknown') AS cloud_region,
           count(*) AS expected, count(DISTINCT cluster_id) AS clusters
    FROM clusters,
         generate_series(CAST($as_of AS DATE) - $days::INT, CAST($as_of AS TIMESTAMP) - INTERVAL 1 HOUR,
                         INTERVAL 1 HOUR) AS hours(hour)
    WHERE hour >= date_trunc('hour', deployed_at) AND (retired_at IS NULL OR hour < retired_at)
    GROUP BY ALL
),
places AS (
    SELECT hyperscaler, cloud_region, dimension FROM metered
    UNION SELECT hyperscaler, cloud_region, 'capacity' FROM served
    UNION SELECT s.hyperscaler, s.cloud_region, m.dimension FROM served s JOIN metered m USING (hyperscaler)
)
SELECT hyperscaler, cloud_region, dimension, quantity, unit,
       quantity / nullif(sum(quantity) OVER (PARTITION BY dimension), 0) AS share_of_total_share,
       if(hyperscaler = 'unknown', NULL, coalesce(clusters, 0)) AS clusters,
       coalesce(present, 0) / expected AS completeness_share
FROM places LEFT JOIN metered USING (hyperscaler, cloud_region, dimension)
            LEFT JOIN served USING (hyperscaler, cloud_region)
ORDER BY hyperscaler, cloud_region, dimension
