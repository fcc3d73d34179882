-- ARR of contracts that run on $as_of by their newest known terms.
WITH terms AS (
    SELECT * FROM contracts
    WHERE recorded_at < CAST($as_of AS DATE) + 1 AND status <> 'draft'
    QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
)
SELECT hyperscaler, sum(arr_usd) AS arr_usd, sum(arr_usd) / sum(sum(arr_usd)) OVER () AS arr_share,
       count(DISTINCT account_id) AS accounts
FROM terms
WHERE status = 'activated' AND start_date <= CAST($as_of AS DATE)
  AND (end_date IS NULL OR end_date > CAST($as_of AS DATE))
GROUP BY ALL
ORDER BY arr_usd DESC, hyperscaler
