-- Every account that ever had a signed contract by $as_of: since when, and whether and when it left.
WITH day AS (SELECT CAST($as_of AS DATE) AS as_of),
newest AS (
    SELECT * FROM contracts, day
    WHERE recorded_at < as_of + 1 AND status <> 'draft'
    QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
),
terms AS (
    SELECT *, CASE WHEN status IN ('expired', 'terminated')
                   THEN least(coalesce(end_date, CAST(recorded_at AS DATE)), CAST(recorded_at AS DATE))
                   ELSE end_date END AS until_date
    FROM newest WHERE start_date <= as_of
),
renewed AS (
    SELECT later.account_id, max(later.start_date) AS last_renewal_date
    FROM terms later JOIN terms earlier
      ON earlier.account_id = later.account_id AND earlier.hyperscaler = later.hyperscaler
     AND earlier.deployment_model = later.deployment_model
     AND earlier.until_date <= later.start_date
    GROUP BY ALL
),
told AS (
    SELECT account_id, name,
           CASE WHEN churned_date <= as_of THEN churned_date END AS churned_date,
           CASE WHEN churned_date <= as_of THEN churn_reason END AS churn_reason
    FROM accounts, day
)
SELECT t.account_id, coalesce(any_value(a.name), t.account_id) AS account_name,
       min(t.start_date) AS customer_since_date,
       CASE WHEN any_value(a.churned_date) IS NOT NULL THEN 'churned'
            WHEN bool_and(coalesce(t.until_date <= t.as_of, false)) THEN 'lapsed' ELSE 'open' END AS outcome,
       any_value(a.churned_date) AS churned_date, any_value(a.churn_reason) AS churn_reason,
       CASE WHEN any_value(a.churned_date) IS NULL AND bool_and(coalesce(t.until_date <= t.as_of, false))
            THEN max(t.until_date) END AS lapsed_date,
       any_value(r.last_renewal_date) AS last_renewal_date,
       coalesce(sum(t.arr_usd) FILTER (WHERE t.until_date IS NULL OR t.until_date > t.as_of), 0)
           AS arr_usd,
       sum(t.arr_usd) FILTER (WHERE t.start_date < a.churned_date
                                AND (t.until_date IS NULL OR t.until_date >= a.churned_date))
           AS arr_lost_usd
FROM terms t LEFT JOIN told a USING (account_id) LEFT JOIN renewed r USING (account_id)
GROUP BY t.account_id
ORDER BY t.account_id
