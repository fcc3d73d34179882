-- One account: who it is, its contracts in force, its renewal and its usage of the last 28 days.
WITH day AS (SELECT CAST($as_of AS DATE) AS as_of),
terms AS (
    SELECT contracts.*, CASE WHEN status IN ('expired', 'terminated')
                   THEN least(end_date, recorded_at::DATE) ELSE end_date END AS until_date
    FROM contracts, day
    WHERE account_id = $account AND recorded_at < as_of + 1 AND status <> 'draft'
    QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
),
running AS (
    SELECT list_sort(list(DISTINCT hyperscaler)) AS hyperscalers,
           coalesce(sum(arr_usd), 0) AS arr_usd, min(until_date) AS renewal_date,
           if(count(*) = count(committed_tib), sum(committed_tib), NULL) AS committed_tib
    FROM terms, day WHERE start_date <= as_of AND (until_date IS NULL OR until_date > as_of)
),
used AS (
    SELECT sum(quantity) AS tib_hours, count(quantity) AS hours FROM (
        SELECT quantity
        FROM metering_hourly JOIN clusters USING (cluster_id), day
        WHERE account_id = $account AND dimension = 'capacity' AND recorded_at < as_of + 1
          AND hour_start >= as_of - 28 AND hour_start < as_of
        QUALIFY row_number() OVER (PARTITION BY cluster_id, hour_start ORDER BY recorded_at DESC) = 1)
)
SELECT a.account_id, a.name AS account_name, coalesce(a.segment, 'unknown') AS segment,
       coalesce(a.region, 'unknown') AS region, a.owner_id, p.name AS owner_name,
       if(churned_date <= as_of, churned_date, NULL) AS churned_date,
       if(churned_date <= as_of, churn_reason, NULL) AS churn_reason,
       coalesce(hyperscalers, []::VARCHAR[]) AS hyperscalers, arr_usd,
       if(hyperscalers IS NULL, (SELECT max(until_date) FROM terms), NULL) AS lapsed_date,
       renewal_date, datediff('day', as_of, renewal_date) AS days_to_renewal,
       tib_hours AS usage_28d_tib_hours, committed_tib,
       -- One cluster that served the whole 28 days: 672 hours, of which 80 % have to be recorded.
       if(hours >= 0.8 * 672, tib_hours / hours / committed_tib, NULL) AS commitment_pace
FROM accounts a LEFT JOIN people p ON p.person_id = a.owner_id, day, running, used
WHERE a.account_id = $account
