-- The order to call and the queue, by hand: of $capacity places, over the frames `accounts` (health
-- and probabilities of the data date, with is_flagged and what is listed apart) and `earlier` (the
-- same a week before). By score where $by_loss is false, and where no probability is known at all.
WITH known AS (
    SELECT 'now' AS day, account_id, arr_usd, arr_lapsed_usd, days_lapsed, days_to_renewal, score, band,
           churn_probability, base_rate_share, apart
    FROM accounts
    UNION ALL
    SELECT 'then', account_id, arr_usd, arr_lapsed_usd, days_lapsed, days_to_renewal, score, band,
           churn_probability, base_rate_share,
           (SELECT any_value(apart) FROM accounts WHERE accounts.account_id = earlier.account_id)
    FROM earlier
    WHERE EXISTS (SELECT 1 FROM earlier WHERE score IS NOT NULL)
),
priced AS (
    SELECT day, account_id, score, band,
           CASE WHEN days_lapsed IS NOT NULL THEN arr_lapsed_usd ELSE arr_usd END AS arr,
           coalesce(churn_probability, base_rate_share) AS chance,
           CASE WHEN days_lapsed IS NOT NULL THEN 3
                WHEN days_to_renewal IS NULL THEN 1
                WHEN days_to_renewal <= 30 THEN 3
                WHEN days_to_renewal >= 360 THEN 0.25
                ELSE 90.0 / days_to_renewal END AS pressure
    FROM known
    WHERE apart IS NULL
),
ranked AS (
    SELECT day, account_id,
           row_number() OVER (
               PARTITION BY day
               ORDER BY CASE WHEN $by_loss THEN arr * chance * pressure END DESC NULLS LAST,
                        band = 'unknown', score NULLS LAST, arr DESC, account_id
           ) AS rank
    FROM priced
),
kept AS (
    SELECT account_id FROM ranked n JOIN ranked t USING (account_id)
    WHERE n.day = 'now' AND t.day = 'then' AND t.rank <= $capacity AND n.rank * 4 <= $capacity * 5
),
seated AS (
    SELECT account_id, rank, account_id IN (FROM kept) AS is_kept FROM ranked WHERE day = 'now'
)
SELECT account_id, rank,
       CASE WHEN is_kept
              OR count(*) FILTER (NOT is_kept) OVER (ORDER BY rank)
                 <= $capacity - (SELECT count(*) FROM kept)
            THEN 'queue' ELSE 'next' END AS place
FROM seated
ORDER BY rank
