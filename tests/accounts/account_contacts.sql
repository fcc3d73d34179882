-- The people at one account and the days since the last contact with each, as known on a day.
WITH spoken AS (
    SELECT contact_id, max(occurred_at) AS spoke_at FROM activities
    WHERE direction = 'two_way' AND occurred_at < CAST($as_of AS DATE) + 1 AND account_id = $account
    GROUP BY contact_id
),
people AS (
    SELECT c.*, greatest(spoke_at, if(last_contact_at < CAST($as_of AS DATE) + 1, last_contact_at, NULL))
                AS spoke
    FROM contacts c LEFT JOIN spoken USING (contact_id) WHERE account_id = $account
)
SELECT contact_id, title, email, is_champion, spoke AS last_contact_at,
       datediff('day', spoke::DATE, CAST($as_of AS DATE)) AS days_since_contact
FROM people
ORDER BY spoke DESC NULLS LAST, contact_id
