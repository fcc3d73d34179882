-- One pair: its ratio of medians, divided by the ratio of what both systems were given, each once
-- as it is and once with the documented worst cases credited to the baseline: 1.1 for the MTU, the
-- ratio of what was provisioned, 1.0486 for an unknown unit. What a view divides by is not credited.
WITH sessions AS (
    SELECT system_id, session_id, median(value) AS value
    FROM benchmark_runs WHERE NOT is_warmup AND campaign = 'lab' GROUP BY ALL
),
arms AS (SELECT system_id, median(value) AS median FROM sessions GROUP BY ALL),
given AS (
    SELECT system_id,
           max(value) FILTER (setting = 'provisioned_mbps') AS mbps,
           max(value) FILTER (setting = 'provisioned_tib') AS tib,
           max(value) FILTER (setting = 'mtu') AS mtu,
           max(value) FILTER (setting = 'throughput_unit') AS unit
    FROM benchmark_settings GROUP BY ALL
),
sides AS (
    SELECT system_id, median, CAST(mbps AS DOUBLE) AS mbps, CAST(tib AS DOUBLE) AS tib,
           CAST(mtu AS DOUBLE) AS mtu, unit, price_usd_per_hour AS usd, price_date
    FROM arms JOIN given USING (system_id) JOIN benchmark_systems USING (system_id)
),
paired AS (
    SELECT a.median AS m, b.median AS n, a.mbps / b.mbps AS mbps, a.tib / b.tib AS tib,
           a.usd / b.usd AS usd, a.mbps AS our_mbps, a.tib AS our_tib, a.usd AS our_usd,
           b.mbps AS their_mbps, b.tib AS their_tib, b.usd AS their_usd,
           CASE WHEN a.mtu > b.mtu THEN 1.1::DOUBLE ELSE 1 END
               * CASE WHEN a.unit IS NULL OR b.unit IS NULL THEN 1.0486::DOUBLE ELSE 1 END AS others,
           least(a.price_date, b.price_date) AS price_date
    FROM sides a, sides b WHERE a.system_id = 'a' AND b.system_id = 'b'
),
views AS (
    SELECT 1 AS place, 'raw' AS view, m AS value, n AS baseline_value, m / n AS ratio,
           others * mbps AS credit, NULL::DATE AS price_date FROM paired
    UNION ALL SELECT 2, 'per_provisioned_mbps', m / our_mbps, n / their_mbps, m / n / mbps, others,
           NULL FROM paired
    UNION ALL SELECT 3, 'per_usable_tib', m / our_tib, n / their_tib, m / n / tib, others * mbps,
           NULL FROM paired
    UNION ALL SELECT 4, 'per_usd', m / our_usd, n / their_usd, m / n / usd, others * mbps,
           price_date FROM paired
    UNION ALL SELECT 5, 'accelerator_hours', NULL, NULL, NULL, others * mbps, NULL FROM paired
),
crossed AS (
    SELECT place, view, credited, CASE WHEN credited THEN credit ELSE 1 END AS credit_factor,
           value, baseline_value, ratio, price_date
    FROM views, (VALUES (FALSE), (TRUE)) AS t(credited)
)
SELECT view, CASE WHEN credited THEN 'credited' ELSE 'uncredited' END AS credit, credit_factor,
       value, baseline_value * credit_factor AS baseline_value, ratio / credit_factor AS ratio,
       $low * ratio / (m / n) / credit_factor AS ratio_low,
       $high * ratio / (m / n) / credit_factor AS ratio_high,
       CASE WHEN ratio IS NULL THEN NULL
            WHEN ratio / (m / n) / credit_factor * $low > 1 + $margin THEN 'ahead'
            WHEN ratio / (m / n) / credit_factor * $high < 1 / (1 + $margin) THEN 'behind'
            ELSE 'inside_margin' END AS outcome,
       c.price_date,
       date_diff('day', c.price_date, $as_of) AS price_age_days,
       date_diff('day', c.price_date, $as_of) > 90 AS is_price_stale
FROM crossed c, paired
ORDER BY place, credited
