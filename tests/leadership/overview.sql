-- What scores tell of the overview on $as_of: accounts per band, and the ARR of those at risk.
WITH health AS (
    SELECT CASE WHEN coverage_share >= 0.6 AND score < 60 THEN 'at_risk'
                WHEN coverage_share >= 0.6 AND score < 80 THEN 'watch'
                WHEN coverage_share >= 0.6 THEN 'healthy'
                ELSE 'unknown' END AS band,
           arr_usd, renewal_date - CAST($as_of AS DATE) AS days_to_renewal
    FROM {churn_indicators} input LEFT JOIN {account_health} score USING (account_id)
),
found AS (
    SELECT unnest([
        {metric: 'arr_flagged_usd',
         value: coalesce(sum(arr_usd) FILTER (WHERE band = 'at_risk'), 0)},
        {metric: 'arr_exposed_usd',
         value: coalesce(sum(arr_usd) FILTER (WHERE band = 'at_risk' AND days_to_renewal <= 90), 0)},
        {metric: 'accounts_at_risk', value: count_if(band = 'at_risk')},
        {metric: 'accounts_watch', value: count_if(band = 'watch')},
        {metric: 'accounts_healthy', value: count_if(band = 'healthy')},
        {metric: 'accounts_unknown', value: count_if(band = 'unknown')}], recursive := true)
    FROM health
)
SELECT metric, CAST(value AS DOUBLE) AS value FROM found ORDER BY metric
