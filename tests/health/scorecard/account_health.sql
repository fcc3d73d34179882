-- The score of every account with a contract in force on $as_of, by the two cards of scorecard
-- 2025-11, written out by hand over the second road of the inputs.
WITH input AS (
    SELECT account_id, round(usage_change_share, 6) AS usage_change_share,
           round(commitment_pace, 6) AS commitment_pace,
           round(feature_breadth_share, 6) AS feature_breadth_share,
           incidents_28d, days_since_contact, days_to_renewal
    FROM {churn_indicators}
),
since AS (
    SELECT account_id, min(start_date) AS start_date FROM (
        SELECT * FROM contracts
        WHERE recorded_at < CAST($as_of AS DATE) + 1 AND status <> 'draft'
        QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
    )
    GROUP BY ALL
),
stage AS (
    SELECT account_id, CAST($as_of AS DATE) - start_date < 90
                       AND coalesce(days_to_renewal > 90, true) AS is_onboarding
    FROM input JOIN since USING (account_id)
),
severe AS (
    SELECT account_id, count(*) AS tickets FROM tickets
    WHERE severity IN ('1', '2') AND created_at < CAST($as_of AS DATE) + 1
      AND (solved_at IS NULL OR solved_at >= CAST($as_of AS DATE) + 1
           OR CAST(created_at AS DATE) > CAST($as_of AS DATE) - 90)
    GROUP BY ALL
),
factor AS (
    SELECT account_id,
           CASE WHEN usage_change_share <= 0 THEN greatest(0, 70 + 140 * usage_change_share)
                WHEN usage_change_share > 0 THEN least(100, 70 + 150 * usage_change_share) END AS usage,
           CASE WHEN commitment_pace <= 0.3 THEN 0
                WHEN commitment_pace <= 0.6 THEN (commitment_pace - 0.3) / 0.3 * 70
                WHEN commitment_pace <= 0.85 THEN 70 + (commitment_pace - 0.6) / 0.25 * 30
                WHEN commitment_pace <= 1.0 THEN 100
                WHEN commitment_pace <= 1.3 THEN 100 - (commitment_pace - 1.0) / 0.3 * 60
                WHEN commitment_pace > 1.3 THEN 40 END AS commitment,
           CASE WHEN feature_breadth_share <= 0.5 THEN 140 * feature_breadth_share
                WHEN feature_breadth_share > 0.5
                THEN least(100, 70 + (feature_breadth_share - 0.5) * 100) END AS breadth,
           CASE WHEN coalesce(tickets, 0) <= 1 THEN 100 - 30 * coalesce(tickets, 0)
                ELSE greatest(0, 70 - 70 * (tickets - 1) / 3) END AS tickets,
           CASE WHEN incidents_28d <= 1 THEN 100 - 30 * incidents_28d
                WHEN incidents_28d > 1 THEN greatest(0, 70 - 70 * (incidents_28d - 1) / 3) END AS incidents,
           CASE WHEN days_since_contact <= 14 THEN 100
                WHEN days_since_contact <= 30 THEN 100 - 30 * (days_since_contact - 14) / 16
                WHEN days_since_contact > 30
                THEN greatest(0, 70 - 70 * (days_since_contact - 30) / 60) END AS contact
    FROM input LEFT JOIN severe USING (account_id)
),
onboarding AS (
    SELECT account_id,
           CASE WHEN feature_breadth_share <= 0.25 THEN 280 * feature_breadth_share
                WHEN feature_breadth_share > 0.25
                THEN least(100, 70 + (feature_breadth_share - 0.25) * 120) END AS breadth,
           tickets,
           CASE WHEN days_since_contact <= 7 THEN 100
                WHEN days_since_contact <= 14 THEN 100 - 30 * (days_since_contact - 7) / 7
                WHEN days_since_contact > 14
                THEN greatest(0, 70 - 70 * (days_since_contact - 14) / 31) END AS contact
    FROM input JOIN factor USING (account_id)
),
weighted AS (
    SELECT account_id, score, CASE WHEN factor IN ('usage', 'commitment') THEN 2 ELSE 1 END AS w,
           8 AS whole
    FROM (UNPIVOT factor ON usage, commitment, breadth, tickets, incidents, contact
          INTO NAME factor VALUE score)
    JOIN stage USING (account_id) WHERE NOT is_onboarding
    UNION ALL
    SELECT account_id, score, CASE WHEN factor IN ('breadth', 'contact') THEN 2 ELSE 1 END, 5
    FROM (UNPIVOT onboarding ON breadth, tickets, contact INTO NAME factor VALUE score)
    JOIN stage USING (account_id) WHERE is_onboarding
)
SELECT account_id,
       CASE WHEN sum(w) / any_value(whole) >= 0.6 THEN sum(score * w) / sum(w) END AS score,
       sum(w) / any_value(whole) AS coverage_share,
       sum((score - 70) * w) / sum(w) AS points
FROM weighted
GROUP BY account_id
ORDER BY account_id
