-- From the raw tables, hour by hour: what is known of every account with a contract in force on
-- $as_of (lapsed ones are traced by hand). Usage comes from metering_hourly, not from the rollup.
WITH day AS (SELECT CAST($as_of AS DATE) AS as_of),
terms AS (
    SELECT * FROM contracts
    WHERE recorded_at < CAST($as_of AS DATE) + 1 AND status <> 'draft'
    QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
),
current_terms AS (
    SELECT terms.* FROM terms, day
    WHERE status = 'activated' AND start_date <= as_of AND (end_date IS NULL OR as_of < end_date)
),
contracted AS (
    SELECT c.account_id, sum(c.arr_usd) AS arr_usd,
           CASE WHEN count(*) = count(c.committed_tib) THEN sum(c.committed_tib) END AS committed_tib,
           list_sort(list(DISTINCT c.hyperscaler)) AS hyperscalers,
           min(CASE WHEN n.contract_id IS NULL THEN c.end_date ELSE n.end_date END) AS renewal_date
    FROM current_terms c, day
    LEFT JOIN terms n
      ON n.account_id = c.account_id AND n.hyperscaler = c.hyperscaler
     AND n.deployment_model = c.deployment_model AND n.status = 'activated'
     AND n.start_date > as_of AND n.start_date >= c.end_date
    GROUP BY ALL
),
hours AS (
    SELECT cluster_id, hour_start, arg_max(quantity, recorded_at) AS quantity
    FROM metering_hourly, day
    WHERE dimension = 'capacity' AND recorded_at < as_of + 1
      AND hour_start >= as_of - 112 AND hour_start < as_of
    GROUP BY ALL
),
-- Every hour in which a cluster was in service, with its record or without one.
served AS (
    SELECT k.account_id, k.cluster_id, h.hour, h.hour >= as_of - 28 AS is_now
    FROM clusters k, day,
         generate_series(CAST(as_of - 112 AS TIMESTAMP), as_of - INTERVAL 1 HOUR, INTERVAL 1 HOUR) h(hour)
    WHERE k.deployed_at < as_of + 1 AND h.hour >= date_trunc('hour', k.deployed_at)
      AND (k.retired_at IS NULL OR k.retired_at >= as_of + 1 OR h.hour < k.retired_at)
),
metered AS (
    SELECT account_id, is_now, count(*) AS expected, count(quantity) AS present,
           sum(quantity) AS tib_hours,
           date_diff('hour', min(hour),
                     max(CAST(CASE WHEN is_now THEN as_of ELSE as_of - 28 END AS TIMESTAMP))) AS span
    FROM day, served LEFT JOIN hours ON hours.cluster_id = served.cluster_id AND hour_start = hour
    GROUP BY ALL
),
mean_tib AS (
    SELECT *, CASE WHEN present >= 0.8 * expected THEN tib_hours * expected / present / span END AS tib
    FROM metered
),
feature AS (
    SELECT account_id, count(DISTINCT feature) AS entitled,
           count(DISTINCT CASE WHEN operations > 0 THEN feature END) AS used
    FROM feature_usage_daily, day
    WHERE is_entitled AND usage_date >= as_of - 28 AND usage_date < as_of
    GROUP BY ALL
),
severe AS (
    SELECT account_id, count(*) AS tickets, max(as_of - CAST(created_at AS DATE)) AS oldest
    FROM tickets, day
    WHERE severity IN ('1', '2') AND created_at < as_of + 1
      AND (solved_at IS NULL OR solved_at >= as_of + 1)
    GROUP BY ALL
),
incident AS (
    SELECT account_id, count(*) AS incidents FROM incidents, day
    WHERE created_at >= as_of - 28 AND created_at < as_of GROUP BY ALL
),
contact AS (
    SELECT account_id, max(CAST(spoke_at AS DATE)) AS spoke FROM day, (
        SELECT account_id, last_contact_at AS spoke_at FROM contacts
        UNION ALL
        SELECT account_id, occurred_at FROM activities WHERE direction = 'two_way'
    )
    WHERE spoke_at < as_of + 1 GROUP BY ALL
)
SELECT c.account_id, coalesce(a.name, c.account_id) AS account_name,
       coalesce(a.segment, 'unknown') AS segment, coalesce(a.region, 'unknown') AS region,
       a.owner_id, p.name AS owner_name, c.hyperscalers, c.arr_usd, c.renewal_date,
       c.renewal_date - as_of AS days_to_renewal,
       now.tib_hours AS usage_28d_tib_hours,
       CASE WHEN before.span >= 672 THEN before.tib * 672 END AS usage_previous_84d_tib_hours_per_28d,
       CASE WHEN before.span >= 672 AND before.tib > 0 THEN now.tib / before.tib - 1 END
           AS usage_change_share,
       CASE WHEN c.committed_tib > 0 THEN now.tib / c.committed_tib END AS commitment_pace,
       f.used AS features_used, f.entitled AS features_entitled,
       f.used / f.entitled AS feature_breadth_share,
       coalesce(s.tickets, 0) AS open_severe_tickets, s.oldest AS oldest_severe_ticket_days,
       coalesce(i.incidents, 0) AS incidents_28d, as_of - t.spoke AS days_since_contact
FROM day, contracted c
LEFT JOIN accounts a USING (account_id)
LEFT JOIN people p ON p.person_id = a.owner_id
LEFT JOIN mean_tib now ON now.account_id = c.account_id AND now.is_now
LEFT JOIN mean_tib before ON before.account_id = c.account_id AND NOT before.is_now
LEFT JOIN feature f ON f.account_id = c.account_id
LEFT JOIN severe s ON s.account_id = c.account_id
LEFT JOIN incident i ON i.account_id = c.account_id
LEFT JOIN contact t ON t.account_id = c.account_id
ORDER BY c.account_id
