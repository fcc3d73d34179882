-- TiB-hours used and committed since the term of one account's contracts began, day by day.
-- For one contract per hyperscaler, which is in force on the day asked about.
WITH terms AS (
    SELECT contract_id, hyperscaler, start_date, end_date FROM contracts
    WHERE account_id = $account AND recorded_at < CAST($as_of AS DATE) + 1 AND status <> 'draft'
    QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
),
days AS (
    SELECT t.*, unnest(generate_series(start_date, end_date - 1, INTERVAL 1 DAY))::DATE AS usage_date
    FROM terms t
),
agreed AS (
    SELECT d.hyperscaler, usage_date, arg_max(committed_tib, recorded_at) AS tib
    FROM days d JOIN contracts c USING (contract_id)
    WHERE status <> 'draft' AND (recorded_at < usage_date + 1 OR recorded_at = (
        SELECT min(recorded_at) FROM contracts x
        WHERE x.contract_id = c.contract_id AND status <> 'draft'))
    GROUP BY ALL
),
served AS (
    SELECT hyperscaler, hour::DATE AS usage_date, count(*) AS expected
    FROM clusters, generate_series(TIMESTAMP '2025-01-01', CAST($as_of AS TIMESTAMP) - INTERVAL 1 HOUR,
                                   INTERVAL 1 HOUR) AS hours(hour)
    WHERE account_id = $account AND hour >= deployed_at AND (retired_at IS NULL OR hour < retired_at)
    GROUP BY ALL
),
recorded AS (
    SELECT hyperscaler, hour_start::DATE AS usage_date, sum(quantity) AS quantity, count(*) AS present
    FROM metering_hourly JOIN clusters USING (cluster_id)
    WHERE account_id = $account AND hour_start < CAST($as_of AS DATE) GROUP BY ALL
),
known AS (
    SELECT hyperscaler, usage_date, tib, coalesce(present, 0) / expected AS completeness_share,
           CASE WHEN usage_date >= CAST($as_of AS DATE) THEN NULL
                WHEN expected IS NULL THEN 0
                WHEN present / expected >= 0.8 THEN quantity * expected / present END AS tib_hours
    FROM agreed LEFT JOIN served USING (hyperscaler, usage_date)
                LEFT JOIN recorded USING (hyperscaler, usage_date)
),
begun AS (
    SELECT * FROM known k
    WHERE usage_date >= (SELECT min(usage_date) FROM known b
                         WHERE b.hyperscaler = k.hyperscaler AND b.tib_hours IS NOT NULL)
)
SELECT hyperscaler, usage_date, completeness_share,
       if(tib_hours IS NULL, NULL, sum(tib_hours) OVER so_far) AS used_tib_hours,
       sum(24 * tib) OVER so_far AS committed_tib_hours
FROM begun
WINDOW so_far AS (PARTITION BY hyperscaler ORDER BY usage_date)
ORDER BY hyperscaler, usage_date
