-- The incidents of one account in the 90 days before a day and on it.
SELECT incident_id, urgency, category, created_at,
       if(acknowledged_at < CAST($as_of AS DATE) + 1, acknowledged_at, NULL) AS acknowledged_at,
       if(resolved_at < CAST($as_of AS DATE) + 1, resolved_at, NULL) AS resolved_at,
       if(resolved_at < CAST($as_of AS DATE) + 1,
          epoch(resolved_at - created_at), NULL)::DOUBLE AS resolved_seconds
FROM incidents
WHERE account_id = $account AND created_at >= CAST($as_of AS DATE) - 90
  AND created_at < CAST($as_of AS DATE) + 1
ORDER BY created_at DESC
