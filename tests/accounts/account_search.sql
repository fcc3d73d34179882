-- The accounts whose name or id holds every word of a text, with the ARR of their contracts in force.
WITH terms AS (
    SELECT *, CASE WHEN status IN ('expired', 'terminated')
                   THEN least(end_date, recorded_at::DATE) ELSE end_date END AS until_date
    FROM contracts WHERE recorded_at < CAST($as_of AS DATE) + 1 AND status <> 'draft'
    QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
)
SELECT a.account_id, a.name AS account_name, a.segment, a.region, p.name AS owner_name,
       coalesce((SELECT sum(arr_usd) FROM terms t
                 WHERE t.account_id = a.account_id AND start_date <= CAST($as_of AS DATE)
                   AND (until_date IS NULL OR until_date > CAST($as_of AS DATE))), 0) AS arr_usd,
       count(*) OVER () AS matching
FROM accounts a LEFT JOIN people p ON p.person_id = a.owner_id
WHERE NOT EXISTS (FROM unnest(string_split(lower($find), ' ')) AS asked(word)
                  WHERE NOT contains(lower(a.name), word) AND NOT contains(lower(a.account_id), word))
  AND (created_date IS NULL OR created_date <= CAST($as_of AS DATE))
ORDER BY arr_usd DESC, account_name
