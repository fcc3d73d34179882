-- Use of each feature of one account in the 28 complete days before a day, and its first and last.
WITH known AS (
    SELECT *, usage_date >= CAST($as_of AS DATE) - 28 AS is_recent
    FROM feature_usage_daily WHERE account_id = $account AND usage_date < CAST($as_of AS DATE)
),
heard AS (SELECT bool_or(is_recent) AS is_heard FROM known)
SELECT feature, arg_max(is_entitled, usage_date) AS is_entitled,
       if(is_heard, count_if(is_recent AND operations > 0), NULL) AS active_days_28d,
       if(is_heard, coalesce(sum(operations) FILTER (is_recent), 0), NULL)::BIGINT AS operations_28d,
       min(usage_date) FILTER (operations > 0) AS first_used_date,
       max(usage_date) FILTER (operations > 0) AS last_used_date
FROM known, heard GROUP BY feature, is_heard
ORDER BY active_days_28d DESC, feature
