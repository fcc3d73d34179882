-- One pair: its ratio of medians, divided by the ratio of what both systems were given.
WITH sessions AS (
    SELECT system_id, session_id, median(value) AS value
    FROM benchmark_runs WHERE NOT is_warmup AND campaign = 'lab' GROUP BY ALL
),
arms AS (SELECT system_id, median(value) AS median FROM sessions GROUP BY ALL),
given AS (
    SELECT system_id,
           max(value) FILTER (setting = 'provisioned_mbps') AS mbps,
           max(value) FILTER (setting = 'provisioned_tib') AS tib
    FROM benchmark_settings GROUP BY ALL
),
sides AS (
    SELECT system_id, median, CAST(mbps AS DOUBLE) AS mbps, CAST(tib AS DOUBLE) AS tib,
           price_usd_per_hour AS usd, price_date
    FROM arms JOIN given USING (system_id) JOIN benchmark_systems USING (system_id)
),
paired AS (
    SELECT a.median AS m, b.median AS n, a.mbps / b.mbps AS mbps, a.tib / b.tib AS tib,
           a.usd / b.usd AS usd, a.mbps AS our_mbps, a.tib AS our_tib, a.usd AS our_usd,
           least(a.price_date, b.price_date) AS price_date
    FROM sides a, sides b WHERE a.system_id = 'a' AND b.system_id = 'b'
)
SELECT 'raw' AS view, m AS value, m / n AS ratio, NULL::DATE AS price_date,
       NULL::BIGINT AS price_age_days, NULL::BOOLEAN AS is_price_stale FROM paired
UNION ALL SELECT 'per_provisioned_mbps', m / our_mbps, m / n / mbps, NULL, NULL, NULL FROM paired
UNION ALL SELECT 'per_usable_tib', m / our_tib, m / n / tib, NULL, NULL, NULL FROM paired
UNION ALL SELECT 'per_usd', m / our_usd, m / n / usd, price_date,
       date_diff('day', price_date, $as_of), date_diff('day', price_date, $as_of) > 90 FROM paired
UNION ALL SELECT 'accelerator_hours', NULL, NULL, NULL, NULL, NULL
