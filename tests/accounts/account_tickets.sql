-- The tickets of one account that are open at the end of a day.
SELECT ticket_id, severity, category, created_at,
       datediff('day', created_at::DATE, CAST($as_of AS DATE)) AS open_days,
       if(first_reply_at < CAST($as_of AS DATE) + 1, first_reply_at, NULL) AS first_reply_at
FROM tickets
WHERE account_id = $account AND created_at < CAST($as_of AS DATE) + 1
  AND (solved_at IS NULL OR solved_at >= CAST($as_of AS DATE) + 1)
ORDER BY severity, created_at
