-- What contracts and raw hours tell of the overview: ARR, retentions over 12 months, consumption.
-- A contract runs by its newest known dates, ended early to the day recorded, with the ARR of the day,
-- as corrected since.
WITH day AS (SELECT CAST($as_of AS DATE) AS as_of),
terms AS (
    SELECT *, CASE WHEN status IN ('expired', 'terminated')
                   THEN least(coalesce(end_date, DATE '2100-01-01'), CAST(recorded_at AS DATE))
                   ELSE coalesce(end_date, DATE '2100-01-01') END AS until_date
    FROM contracts
    WHERE recorded_at < CAST($as_of AS DATE) + 1 AND status <> 'draft'
    QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
),
ends AS (
    SELECT 'now' AS era, as_of AS t1, CAST(as_of - INTERVAL 12 MONTH AS DATE) AS t0 FROM day
    UNION ALL
    SELECT 'earlier', as_of - 28, CAST(as_of - 28 - INTERVAL 12 MONTH AS DATE) FROM day
),
agreed AS (
    SELECT era, contract_id,
           arg_max(corrected_usd, recorded_at) FILTER (
               WHERE recorded_at < t0 + 1 OR recorded_at = first_recorded_at) AS arr_t0,
           arg_max(corrected_usd, recorded_at) FILTER (
               WHERE recorded_at < t1 + 1 OR recorded_at = first_recorded_at) AS arr_t1
    FROM {signed_versions}, ends GROUP BY ALL
),
account_ends AS (
    SELECT era, account_id,
           sum(CASE WHEN start_date <= t0 AND t0 < until_date THEN arr_t0 ELSE 0 END) AS a0,
           sum(CASE WHEN start_date <= t1 AND t1 < until_date THEN arr_t1 ELSE 0 END) AS a1
    FROM terms JOIN agreed USING (contract_id) JOIN ends USING (era) GROUP BY ALL
),
kept AS (
    SELECT era, sum(a1) AS arr, count_if(a1 > 0) AS holders,
           sum(a0) FILTER (WHERE a0 > 0) AS start_usd, sum(a1) FILTER (WHERE a0 > 0) AS end_usd,
           sum(least(a0, a1)) FILTER (WHERE a0 > 0) AS kept_usd,
           count_if(a0 > 0) AS cohort, count_if(a0 > 0 AND a1 = 0) AS lost
    FROM account_ends GROUP BY ALL
),
values AS (
    SELECT era, unnest([
        {metric: 'arr_usd', value: arr, numerator: NULL, denominator: NULL, accounts: holders},
        {metric: 'nrr_share', value: end_usd / nullif(start_usd, 0),
         numerator: coalesce(end_usd, 0), denominator: coalesce(start_usd, 0), accounts: cohort},
        {metric: 'grr_share', value: kept_usd / nullif(start_usd, 0),
         numerator: coalesce(kept_usd, 0), denominator: coalesce(start_usd, 0), accounts: cohort},
        {metric: 'logo_churn_share', value: lost / nullif(cohort, 0),
         numerator: lost, denominator: cohort, accounts: cohort}], recursive := true)
    FROM kept
),
hours AS (
    SELECT hour_start, arg_max(quantity, recorded_at) AS quantity
    FROM metering_hourly, day
    WHERE dimension = 'capacity' AND recorded_at < as_of + 1
    GROUP BY cluster_id, hour_start
),
consumed AS (
    SELECT sum(quantity) FILTER (WHERE hour_start >= as_of - 28 AND hour_start < as_of) AS now,
           sum(quantity) FILTER (WHERE hour_start >= as_of - 56 AND hour_start < as_of - 28) AS before
    FROM hours, day
)
SELECT n.metric, n.value, e.value AS earlier_value, n.numerator, n.denominator, n.accounts
FROM values n JOIN values e ON e.metric = n.metric AND e.era = 'earlier'
WHERE n.era = 'now'
UNION ALL
SELECT 'consumption_growth_share', now / before - 1, NULL, now, before, NULL FROM consumed
ORDER BY 1
