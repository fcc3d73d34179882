-- On which hyperscalers each account is on $as_of, with its ARR in force there: by its contracts in
-- force; without one, by those that ended last; without those, by those to come, drafts included.
WITH day AS (SELECT CAST($as_of AS DATE) AS as_of),
newest AS (
    SELECT * FROM contracts, day WHERE recorded_at < as_of + 1
    QUALIFY row_number() OVER (
        PARTITION BY contract_id ORDER BY status = 'draft', recorded_at DESC) = 1
),
terms AS (
    SELECT *, CASE WHEN status IN ('expired', 'terminated')
                   THEN least(coalesce(end_date, CAST(recorded_at AS DATE)), CAST(recorded_at AS DATE))
                   ELSE end_date END AS until_date
    FROM newest
),
running AS (
    SELECT account_id, hyperscaler, sum(arr_usd) AS arr_usd FROM terms
    WHERE status <> 'draft' AND start_date <= as_of AND (until_date IS NULL OR until_date > as_of)
    GROUP BY ALL
),
ended AS (
    SELECT account_id, hyperscaler, until_date FROM terms
    WHERE status <> 'draft' AND until_date <= as_of AND start_date <= as_of
      AND account_id NOT IN (SELECT account_id FROM running)
    QUALIFY until_date = max(until_date) OVER (PARTITION BY account_id)
)
SELECT account_id, hyperscaler, arr_usd FROM running
UNION ALL
SELECT DISTINCT account_id, hyperscaler, 0.0 FROM ended
UNION ALL
SELECT DISTINCT account_id, hyperscaler, 0.0 FROM terms
WHERE account_id NOT IN (SELECT account_id FROM running UNION ALL SELECT account_id FROM ended)
ORDER BY account_id, hyperscaler
