-- Latest record of every hour known by the end of $as_of, summed per day; expected hours from clusters.
WITH newest AS (
    SELECT cluster_id, dimension, hour_start, arg_max(quantity, recorded_at) AS quantity
    FROM metering_hourly
    WHERE recorded_at < CAST($as_of AS DATE) + 1
    GROUP BY ALL
),
present AS (
    SELECT hyperscaler, dimension, CAST(hour_start AS DATE) AS usage_date,
           sum(quantity) AS quantity, count(*) AS hours_present
    FROM newest JOIN clusters USING (cluster_id)
    WHERE hour_start >= CAST($as_of AS DATE) - $days::INT AND hour_start < CAST($as_of AS DATE)
    GROUP BY ALL
),
expected AS (
    SELECT hyperscaler, CAST(hour AS DATE) AS usage_date, count(*) AS hours_expected
    FROM clusters,
         generate_series(CAST($as_of AS DATE) - $days::INT, CAST($as_of AS TIMESTAMP) - INTERVAL 1 HOUR,
                         INTERVAL 1 HOUR) AS hours(hour)
    WHERE hour >= date_trunc('hour', deployed_at) AND deployed_at < CAST($as_of AS DATE) + 1
      AND (retired_at IS NULL OR hour < retired_at)
    GROUP BY ALL
)
SELECT hyperscaler, dimension, usage_date, quantity,
       coalesce(hours_present, 0) AS hours_present, hours_expected
FROM (SELECT expected.*, dimension
      FROM expected JOIN (SELECT DISTINCT hyperscaler, 'capacity' AS dimension FROM clusters
                          UNION SELECT hyperscaler, dimension FROM present) USING (hyperscaler)) e
LEFT JOIN present USING (hyperscaler, dimension, usage_date)
ORDER BY ALL
