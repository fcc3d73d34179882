-- Usage of $days complete days per account, for everybody with a contract in force or a cluster in service.
WITH newest AS (
    SELECT cluster_id, dimension, hour_start, unit, arg_max(quantity, recorded_at) AS quantity
    FROM metering_hourly
    WHERE recorded_at < CAST($as_of AS DATE) + 1
      AND hour_start >= CAST($as_of AS DATE) - 2 * $days::INT AND hour_start < CAST($as_of AS DATE)
    GROUP BY ALL
),
metered AS (
    SELECT coalesce(account_id, 'unknown') AS account_id, coalesce(hyperscaler, 'unknown') AS hyperscaler,
           dimension, unit, quantity, hour_start >= CAST($as_of AS DATE) - $days::INT AS recent
    FROM newest LEFT JOIN clusters USING (cluster_id)
),
now_ AS (SELECT account_id, hyperscaler, dimension, sum(quantity) AS quantity, max(unit) AS unit,
                count(*) AS present FROM metered WHERE recent GROUP BY ALL),
before AS (SELECT account_id, hyperscaler, dimension, sum(quantity) AS quantity,
                  count(*) AS present FROM metered WHERE NOT recent GROUP BY ALL),
served AS (
    SELECT account_id, hyperscaler,
           count(*) FILTER (hour >= CAST($as_of AS DATE) - $days::INT) AS expected,
           count(*) FILTER (hour < CAST($as_of AS DATE) - $days::INT) AS expected_previous
    FROM clusters,
         generate_series(CAST($as_of AS DATE) - 2 * $days::INT, CAST($as_of AS TIMESTAMP) - INTERVAL 1 HOUR,
                         INTERVAL 1 HOUR) AS hours(hour)
    WHERE hour >= date_trunc('hour', deployed_at) AND (retired_at IS NULL OR hour < retired_at)
    GROUP BY ALL
),
terms AS (
    SELECT *, row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) AS age
    FROM contracts WHERE recorded_at < CAST($as_of AS DATE) + 1
),
committed AS (
    SELECT account_id, hyperscaler,
           if(count(*) = count(committed_tib), sum(committed_tib), NULL) AS committed_tib
    FROM terms
    WHERE age = 1 AND status = 'activated' AND start_date <= CAST($as_of AS DATE)
      AND (end_date IS NULL OR end_date > CAST($as_of AS DATE))
    GROUP BY ALL
),
listed AS (
    SELECT account_id, hyperscaler FROM committed
    UNION SELECT account_id, hyperscaler FROM served WHERE expected > 0
    UNION SELECT account_id, hyperscaler FROM now_
),
places AS (
    SELECT account_id, hyperscaler, 'capacity' AS dimension FROM listed
    UNION SELECT l.account_id, l.hyperscaler, n.dimension FROM listed l JOIN now_ n USING (hyperscaler)
)
SELECT p.account_id, coalesce(a.name, p.account_id) AS name, p.hyperscaler, p.dimension,
       n.quantity IS NULL AS is_unmetered, n.quantity, n.unit,
       if(p.dimension = 'capacity',
          n.quantity / n.present * nullif(s.expected, 0) / (24 * $days::INT), NULL) AS mean_tib,
       if(p.dimension = 'capacity', c.committed_tib, NULL) AS committed_tib,
       n.quantity / nullif(b.quantity, 0) - 1 AS usage_growth_share,
       coalesce(n.present, 0) AS hours_present, nullif(s.expected, 0) AS hours_expected,
       coalesce(n.present, 0) / nullif(s.expected, 0) AS completeness_share,
       coalesce(b.present, 0) / nullif(s.expected_previous, 0) AS completeness_previous_share
FROM places p
LEFT JOIN now_ n USING (account_id, hyperscaler, dimension)
LEFT JOIN before b USING (account_id, hyperscaler, dimension)
LEFT JOIN served s USING (account_id, hyperscaler)
LEFT JOIN committed c USING (account_id, hyperscaler)
LEFT JOIN accounts a USING (account_id)
ORDER BY is_unmetered DESC, p.dimension, n.quantity DESC, p.account_id, p.hyperscaler
