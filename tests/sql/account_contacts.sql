-- The people at one account and the days since the last contact with each, as known on a day.
SELECT contact_id, title, email, is_champion, spoke AS last_contact_at,
       datediff('day', spoke::DATE, CAST($as_of AS DATE)) AS days_since_contact
FROM (SELECT *, if(last_contact_at < CAST($as_of AS DATE) + 1, last_contact_at, NULL) AS spoke
      FROM contacts WHERE account_id = $account)
ORDER BY spoke DESC NULLS LAST, contact_id
