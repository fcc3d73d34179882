"""The usage questions as an analyst would write them on the same rollup, for one data date.

`$as_of` is the data date and `$days` the complete days before it; `$window` is how far back the
query reads.
"""

WITH = """
WITH known AS (
    SELECT *, usage_date >= CAST($as_of AS DATE) - $days::INT AS recent FROM account_usage_daily
    WHERE usage_date >= CAST($as_of AS DATE) - $window::INT AND usage_date < CAST($as_of AS DATE)
      AND known_from_date <= CAST($as_of AS DATE)
      AND (known_until_date IS NULL OR known_until_date > CAST($as_of AS DATE))
),
days AS (
    SELECT CAST($as_of AS DATE) - back::INT AS usage_date, back <= $days AS recent
    FROM range(1, $window + 1) days(back)
),
served AS (
    SELECT cluster_id, account_id, hyperscaler, coalesce(region, 'unknown') AS region, usage_date,
           recent, ceil(epoch(least(coalesce(retired_at, usage_date + INTERVAL 1 DAY),
                                    usage_date + INTERVAL 1 DAY)
                              - greatest(deployed_at, CAST(usage_date AS TIMESTAMP))) / 3600
                       )::BIGINT AS hours
    FROM clusters JOIN days
      ON deployed_at < usage_date + INTERVAL 1 DAY
     AND (retired_at IS NULL OR retired_at > usage_date)
),
"""
BY_HYPERSCALER = f"""{WITH}
places AS (
    SELECT hyperscaler, 'capacity' AS dimension FROM clusters
    UNION SELECT hyperscaler, dimension FROM known
),
expected AS (
    SELECT hyperscaler, dimension, usage_date, sum(hours)::BIGINT AS hours_expected
    FROM served JOIN places USING (hyperscaler) GROUP BY ALL
),
present AS (
    SELECT hyperscaler, dimension, usage_date, unit, sum(quantity) AS quantity,
           sum(hours_present)::BIGINT AS hours_present
    FROM known GROUP BY ALL
)
SELECT hyperscaler, dimension, usage_date, quantity, unit,
       coalesce(hours_present, 0) AS hours_present, hours_expected,
       coalesce(hours_present, 0) / hours_expected AS completeness_share
FROM expected FULL JOIN present USING (hyperscaler, dimension, usage_date)
ORDER BY ALL
"""
BY_REGION = f"""{WITH}
expected AS (
    SELECT hyperscaler, region, sum(hours) AS hours, count(DISTINCT cluster_id) AS clusters
    FROM served GROUP BY ALL
),
present AS (
    SELECT hyperscaler, region, dimension, unit, sum(quantity) AS quantity,
           sum(hours_present) AS hours
    FROM known GROUP BY ALL
)
SELECT hyperscaler, region AS cloud_region, dimension, quantity, unit,
       quantity / sum(quantity) OVER (PARTITION BY dimension) AS share_of_total_share, clusters,
       present.hours / expected.hours AS completeness_share
FROM expected JOIN present USING (hyperscaler, region)
ORDER BY ALL
"""
GROWTH = f"""{WITH}
expected AS (
    SELECT hyperscaler, sum(hours) FILTER (recent) AS hours,
           sum(hours) FILTER (NOT recent) AS hours_before,
           count(DISTINCT cluster_id) FILTER (recent) AS clusters
    FROM served GROUP BY ALL
),
present AS (
    SELECT hyperscaler, dimension, max(unit) AS unit, sum(quantity) FILTER (recent) AS usage_28d,
           sum(quantity) FILTER (NOT recent) AS usage_previous_28d,
           sum(hours_present) FILTER (recent) AS hours,
           sum(hours_present) FILTER (NOT recent) AS hours_before
    FROM known GROUP BY ALL
)
SELECT hyperscaler, dimension, usage_28d, usage_previous_28d, unit,
       usage_28d / usage_previous_28d - 1 AS usage_growth_share,
       usage_28d / sum(usage_28d) OVER (PARTITION BY dimension) AS share_of_total_share, clusters,
       present.hours / expected.hours AS completeness_share,
       present.hours_before / expected.hours_before AS completeness_previous_share
FROM present JOIN expected USING (hyperscaler)
ORDER BY ALL
"""
BY_ACCOUNT = f"""{WITH}
expected AS (
    SELECT account_id, hyperscaler, sum(hours) FILTER (recent) AS hours,
           sum(hours) FILTER (NOT recent) AS hours_before
    FROM served GROUP BY ALL
),
present AS (
    SELECT account_id, hyperscaler, dimension, max(unit) AS unit,
           sum(quantity) FILTER (recent) AS quantity,
           sum(quantity) FILTER (NOT recent) AS quantity_before,
           sum(hours_present) FILTER (recent) AS hours,
           sum(hours_present) FILTER (NOT recent) AS hours_before
    FROM known GROUP BY ALL
),
committed AS (
    SELECT account_id, hyperscaler, sum(committed_tib) AS committed_tib
    FROM (SELECT *, row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) AS age
          FROM contracts WHERE recorded_at < CAST($as_of AS DATE) + 1)
    WHERE age = 1 AND status = 'activated' AND start_date <= CAST($as_of AS DATE)
      AND (end_date IS NULL OR end_date > CAST($as_of AS DATE))
    GROUP BY ALL
)
SELECT account_id, name, hyperscaler, dimension, quantity IS NULL AS is_unmetered, quantity, unit,
       quantity / p.hours * e.hours / (24 * $days::INT) AS mean_tib, committed_tib,
       quantity / quantity_before - 1 AS usage_growth_share, p.hours::BIGINT AS hours_present,
       e.hours::BIGINT AS hours_expected, p.hours / e.hours AS completeness_share,
       p.hours_before / e.hours_before AS completeness_previous_share
FROM expected e JOIN present p USING (account_id, hyperscaler)
LEFT JOIN committed USING (account_id, hyperscaler) LEFT JOIN accounts USING (account_id)
ORDER BY is_unmetered DESC, dimension, quantity DESC, account_id, hyperscaler
"""
