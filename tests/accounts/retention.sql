-- Retention over $months that end on $as_of from raw contracts, hours and telemetry, a row a metric.
WITH days AS (
    SELECT CAST($as_of AS DATE) AS t1,
           CAST(CAST($as_of AS DATE) - to_months($months) AS DATE) AS t0,
           CAST(CAST($as_of AS DATE) - to_months(2 * $months) AS DATE) AS t00
),
-- How far each feed was complete: as its newest load says, by its newest row on a date before that.
reached AS (
    SELECT coalesce((SELECT max(watermark_at) FROM loads
                     WHERE table_name = 'metering_hourly' AND loaded_at < t1 + 1),
                    (SELECT max(hour_start) + INTERVAL 1 HOUR FROM metering_hourly
                     WHERE recorded_at < t1 + 1)) AS metering_at,
           coalesce((SELECT max(watermark_at) FROM loads WHERE table_name = 'feature_usage_daily'),
                    (SELECT max(usage_date) + 1 FROM feature_usage_daily
                     WHERE usage_date <= t1)) AS telemetry_at
    FROM days
),
ends AS (
    SELECT least(t1, CAST(metering_at AS DATE)) AS m1,
           least(t1, CAST(least(metering_at, telemetry_at) AS DATE)) AS v1,
           least(t1, CAST(telemetry_at AS DATE)) AS f1,
           metering_at >= CAST(t1 AS TIMESTAMP) - INTERVAL 48 HOUR AS is_metered,
           telemetry_at >= CAST(t1 AS TIMESTAMP) - INTERVAL 72 HOUR AS is_told
    FROM reached, days
),
known AS (
    SELECT * FROM contracts, days WHERE recorded_at < t1 + 1 AND status <> 'draft'
),
terms AS (
    SELECT *, CASE WHEN status IN ('expired', 'terminated')
                   THEN least(coalesce(end_date, DATE '2100-01-01'), CAST(recorded_at AS DATE))
                   ELSE coalesce(end_date, DATE '2100-01-01') END AS until_date
    FROM known QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
),
agreed AS (
    SELECT contract_id,
           coalesce(arg_max(corrected_usd, recorded_at) FILTER (recorded_at < t0 + 1),
                    arg_min(corrected_usd, recorded_at)) AS arr_t0,
           arg_max(arr_usd, recorded_at) AS arr_t1
    FROM {signed_versions}, days GROUP BY ALL
),
account_ends AS (
    SELECT account_id, min(start_date) AS first_date, max(until_date) AS last_date,
           sum(CASE WHEN start_date <= t0 AND t0 < until_date THEN arr_t0 ELSE 0 END) AS a0,
           sum(CASE WHEN start_date <= t1 AND t1 < until_date THEN arr_t1 ELSE 0 END) AS a1
    FROM terms JOIN agreed USING (contract_id) GROUP BY ALL
),
running AS (
    SELECT account_id,
           CASE WHEN count(committed_tib) = count(*) THEN sum(committed_tib) END AS committed,
           (SELECT min(start_date) FROM terms first WHERE first.account_id = t.account_id) AS since
    FROM terms t WHERE start_date <= t1 AND t1 < until_date GROUP BY account_id
),
hours AS (
    SELECT account_id, dimension, hour_start, CAST(hour_start AS DATE) AS usage_date,
           arg_max(quantity, recorded_at) AS quantity
    FROM metering_hourly JOIN clusters USING (cluster_id), days
    WHERE recorded_at < t1 + 1
    GROUP BY cluster_id, account_id, dimension, hour_start
),
capacity AS (SELECT * FROM hours WHERE dimension = 'capacity'),
members AS (
    SELECT account_id FROM capacity, days WHERE usage_date >= t00 AND usage_date < t00 + 28
    GROUP BY account_id HAVING sum(quantity) > 0
),
consumed AS (
    SELECT coalesce(sum(quantity) FILTER (usage_date >= t0 AND usage_date < m1), 0)
               / (SELECT m1 - t0 FROM days, ends) AS now,
           coalesce(sum(quantity) FILTER (usage_date >= t00 AND usage_date < t0), 0)
               / (SELECT t0 - t00 FROM days) AS before,
           (SELECT count(*) FROM members) AS n
    FROM capacity, days, ends WHERE account_id IN (FROM members)
),
telemetry AS (SELECT f.* FROM feature_usage_daily f, days WHERE usage_date <= t1),
month AS (SELECT t.* FROM telemetry t, days WHERE usage_date >= t1 - 28 AND usage_date < t1),
breadth AS (
    SELECT count(DISTINCT feature) FILTER (operations > 0) AS used,
           count(DISTINCT feature) AS entitled
    FROM month JOIN running USING (account_id) WHERE is_entitled GROUP BY account_id
),
depth AS (
    SELECT avg(quantity) AS tib, any_value(committed) AS committed
    FROM capacity JOIN running USING (account_id), days
    WHERE usage_date >= t1 - 28 AND usage_date < t1 AND committed > 0
    GROUP BY account_id HAVING count(*) >= 0.8 * 28 * 24
),
active AS (
    SELECT account_id, usage_date FROM telemetry WHERE operations > 0
    UNION
    SELECT account_id, usage_date FROM hours WHERE dimension = 'egress' AND quantity > 0
),
active_days AS (
    SELECT r.account_id, count(DISTINCT a.usage_date) AS active
    FROM running r JOIN days ON since <= t1 - 28 CROSS JOIN ends
    LEFT JOIN active a ON a.account_id = r.account_id AND a.usage_date >= t1 - 28
                          AND a.usage_date < v1
    WHERE r.account_id IN (SELECT account_id FROM month) OR a.account_id IS NOT NULL
    GROUP BY r.account_id
),
durations AS (
    SELECT greatest(0, date_diff('day', first_date, coalesce(reached, least(last_date, v1)))) AS d,
           reached IS NOT NULL AS is_reached
    FROM account_ends
    JOIN days ON first_date > t0 CROSS JOIN ends
    LEFT JOIN (SELECT account_id, min(usage_date) AS reached FROM active, ends
               WHERE usage_date <= v1 GROUP BY 1) v
         USING (account_id)
    WHERE first_date <= v1 AND first_date >= (SELECT min(usage_date) FROM telemetry)
),
curve AS (
    SELECT d, exp(sum(ln(nullif(1 - events / at_risk, 0))) OVER (ORDER BY d)) AS survival,
           max(events = at_risk) OVER (ORDER BY d) AS is_over
    FROM (SELECT d, count_if(is_reached) AS events,
                 (SELECT count(*) FROM durations r WHERE r.d >= o.d) AS at_risk
          FROM durations o GROUP BY d)
),
kept AS (
    SELECT coalesce(sum(a0), 0) AS start_usd, coalesce(sum(a1) FILTER (a0 > 0), 0) AS end_usd,
           coalesce(sum(least(a0, a1)), 0) AS kept_usd, count_if(a0 > 0) AS n,
           count_if(a0 > 0 AND a1 = 0) AS lost,
           coalesce(sum(a1) FILTER (a0 = 0 AND first_date <= t0), 0) AS back
    FROM account_ends, days
),
rows AS (
    SELECT 'nrr_share' AS metric, end_usd AS numerator, start_usd AS denominator, n AS accounts FROM kept
    UNION ALL SELECT 'grr_share', kept_usd, start_usd, n FROM kept
    UNION ALL SELECT 'logo_churn_share', lost, n, n FROM kept
    UNION ALL SELECT 'gross_revenue_churn_share', start_usd - kept_usd, start_usd, n FROM kept
    UNION ALL SELECT 'net_revenue_churn_share', start_usd - end_usd - back, start_usd, n FROM kept
    UNION ALL SELECT 'consumption_nrr_share', now, before, n FROM consumed
    UNION ALL SELECT 'adoption_breadth_share', sum(used), sum(entitled), count(*) FROM breadth
    UNION ALL SELECT 'adoption_depth_share', sum(tib), sum(committed), count(*) FROM depth
    UNION ALL SELECT 'active_days_share', sum(active),
                     (SELECT v1 - t1 + 28 FROM days, ends) * count(*), count(*) FROM active_days
),
found AS (
    SELECT metric, numerator / nullif(denominator, 0) AS value, numerator, denominator, accounts
    FROM rows
    UNION ALL
    SELECT 'logo_churn_annual_share', 1 - (1 - lost / nullif(n, 0)) ^ (12 / $months), lost, n, n FROM kept
    UNION ALL
    SELECT 'time_to_value_days',
           (SELECT min(d) FROM curve WHERE is_over OR survival <= 0.5 + 1e-12),
           count_if(is_reached), count(*), count(*)
    FROM durations
)
-- What looks at a feed that is later than promised is unknown, and so about nobody.
SELECT metric, CASE WHEN is_known THEN value END AS value,
       CASE WHEN is_known THEN numerator END AS numerator,
       CASE WHEN is_known THEN denominator END AS denominator,
       CASE WHEN is_known THEN accounts ELSE 0 END AS accounts
FROM (SELECT found.*, CASE WHEN metric IN ('consumption_nrr_share', 'adoption_depth_share')
                           THEN is_metered
                           WHEN metric = 'adoption_breadth_share' THEN is_told
                           WHEN metric IN ('active_days_share', 'time_to_value_days')
                           THEN is_metered AND is_told
                           ELSE true END AS is_known
      FROM found, ends)
