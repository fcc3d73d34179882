-- Every signed version of a contract known on $as_of, with corrected_usd: ARR as corrected since.
-- A correction changes ARR alone; any other change of ARR, of capacity or of price begins new terms.
WITH known AS (
    SELECT * FROM contracts
    WHERE recorded_at < CAST($as_of AS DATE) + 1 AND status <> 'draft'
),
compared AS (
    SELECT *,
           coalesce(committed_tib = lag(committed_tib) OVER versions
                    AND rate_usd_per_tib_month = lag(rate_usd_per_tib_month) OVER versions, false)
               AS is_agreed,
           arr_usd = lag(arr_usd) OVER versions AS is_same_amount,
           (start_date, end_date) IS NOT DISTINCT FROM
               (lag(start_date) OVER versions, lag(end_date) OVER versions) AS is_same_dates
    FROM known WINDOW versions AS (PARTITION BY contract_id ORDER BY recorded_at)
),
numbered AS (
    SELECT *, count_if(NOT (is_agreed AND (is_same_amount OR is_same_dates)))
                  OVER (PARTITION BY contract_id ORDER BY recorded_at) AS terms
    FROM compared
)
SELECT *, min(recorded_at) OVER (PARTITION BY contract_id) AS first_recorded_at,
       last_value(arr_usd) OVER (
           PARTITION BY contract_id, terms ORDER BY recorded_at
           ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS corrected_usd
FROM numbered
