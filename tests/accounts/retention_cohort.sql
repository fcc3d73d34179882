-- ARR of every account that had any $months before $as_of: dates as known on $as_of, ARR as of each day,
-- as corrected since.
WITH days AS (
    SELECT CAST($as_of AS DATE) AS t1,
           CAST(CAST($as_of AS DATE) - to_months($months) AS DATE) AS t0
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
           coalesce(arg_max(arr_usd, recorded_at) FILTER (recorded_at < t0 + 1),
                    arg_min(arr_usd, recorded_at)) AS stated_t0,
           arg_max(arr_usd, recorded_at) AS arr_t1
    FROM {signed_versions}, days GROUP BY ALL
),
both_days AS (
    SELECT account_id,
           sum(CASE WHEN start_date <= t0 AND t0 < until_date THEN arr_t0 ELSE 0 END) AS a0,
           sum(CASE WHEN start_date <= t0 AND t0 < until_date THEN stated_t0 ELSE 0 END) AS s0,
           sum(CASE WHEN start_date <= t1 AND t1 < until_date THEN arr_t1 ELSE 0 END) AS a1,
           max(until_date) AS last_date
    FROM terms JOIN agreed USING (contract_id) GROUP BY account_id
)
SELECT b.account_id, a0 AS arr_start_usd, a1 AS arr_end_usd, least(a0, a1) AS arr_kept_usd,
       a1 - a0 AS arr_change_usd, a0 - s0 AS arr_correction_usd,
       CASE WHEN a1 = 0 THEN 'churn' WHEN a1 < a0 THEN 'contraction' WHEN a1 > a0 THEN 'expansion'
            ELSE 'unchanged' END AS fate,
       CASE WHEN a1 = 0 THEN last_date END AS lost_date,
       CASE WHEN churned_date <= CAST($as_of AS DATE) THEN churn_reason END AS churn_reason
FROM both_days b LEFT JOIN accounts USING (account_id)
WHERE a0 > 0
