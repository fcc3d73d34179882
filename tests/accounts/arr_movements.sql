-- Per account: ARR on $as_of against $months earlier; dates as known on $as_of, ARR as of each day,
-- corrected but for the start, which is as stated then.
WITH terms AS (
    SELECT *, CASE WHEN status IN ('expired', 'terminated')
                   THEN least(coalesce(end_date, DATE '2100-01-01'), CAST(recorded_at AS DATE))
                   ELSE coalesce(end_date, DATE '2100-01-01') END AS until_date
    FROM contracts
    WHERE recorded_at < CAST($as_of AS DATE) + 1 AND status <> 'draft'
    QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
),
days AS (
    SELECT CAST($as_of AS DATE) AS t1,
           CAST(CAST($as_of AS DATE) - to_months($months) AS DATE) AS t0
),
agreed AS (
    SELECT contract_id,
           arg_max(arr_usd, recorded_at) FILTER (
               WHERE recorded_at < t0 + 1 OR recorded_at = first_recorded_at) AS stated_t0,
           arg_max(corrected_usd, recorded_at) FILTER (
               WHERE recorded_at < t0 + 1 OR recorded_at = first_recorded_at) AS arr_t0,
           arg_max(arr_usd, recorded_at) FILTER (
               WHERE recorded_at < t1 + 1 OR recorded_at = first_recorded_at) AS arr_t1
    FROM {signed_versions}, days GROUP BY ALL
),
moved AS (
    SELECT account_id,
           sum(CASE WHEN start_date <= t0 AND t0 < until_date THEN stated_t0 ELSE 0 END) AS s0,
           sum(CASE WHEN start_date <= t0 AND t0 < until_date THEN arr_t0 ELSE 0 END) AS a0,
           sum(CASE WHEN start_date <= t1 AND t1 < until_date THEN arr_t1 ELSE 0 END) AS a1
    FROM terms JOIN agreed USING (contract_id), days GROUP BY ALL
)
SELECT 'start' AS movement, sum(s0) AS arr_usd, count_if(s0 > 0) AS accounts FROM moved
UNION ALL SELECT 'correction', coalesce(sum(a0 - s0), 0), count(*) FROM moved WHERE a0 <> s0
UNION ALL SELECT 'new', coalesce(sum(a1), 0), count(*) FROM moved WHERE a0 = 0 AND a1 > 0
UNION ALL SELECT 'expansion', coalesce(sum(a1 - a0), 0), count(*) FROM moved WHERE a0 > 0 AND a1 > a0
UNION ALL SELECT 'contraction', coalesce(sum(a1 - a0), 0), count(*) FROM moved WHERE a1 > 0 AND a1 < a0
UNION ALL SELECT 'churn', coalesce(-sum(a0), 0), count(*) FROM moved WHERE a0 > 0 AND a1 = 0
UNION ALL SELECT 'end', sum(a1), count_if(a1 > 0) FROM moved
