-- Per version and band: snapshots whose 90 days are over on $as_of, of how many accounts, and
-- how many were followed by a churn. Of each month the newest snapshot day of the version counts.
WITH snapshot AS (
    SELECT * FROM score_history
    QUALIFY as_of = max(as_of) OVER (PARTITION BY card_version, date_trunc('month', as_of))
),
labelled AS (
    SELECT
        snapshot.card_version,
        snapshot.band,
        snapshot.account_id,
        outcomes.churned_date IS NOT NULL
            AND outcomes.churned_date <= snapshot.as_of + INTERVAL 90 DAY AS churned
    FROM snapshot JOIN outcomes USING (account_id)
    WHERE snapshot.as_of + INTERVAL 90 DAY <= $as_of
        AND snapshot.as_of > $set_through
        AND (outcomes.churned_date IS NULL OR outcomes.churned_date > snapshot.as_of)
        AND (outcomes.lapsed_date IS NULL
            OR outcomes.lapsed_date > snapshot.as_of + INTERVAL 90 DAY)
)
SELECT
    band,
    count(*) AS snapshots,
    count(*) FILTER (WHERE churned) AS churned_snapshots,
    count(DISTINCT account_id) AS accounts,
    count(DISTINCT account_id) FILTER (WHERE churned) AS churned_accounts,
    count(*) FILTER (WHERE churned) / count(*) AS churned_share
FROM labelled
WHERE card_version = $card_version
GROUP BY band
ORDER BY band
