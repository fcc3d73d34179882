-- Every contract of one account with its newest terms, and where it stands on a day.
WITH newest AS (
    SELECT *, CASE WHEN status IN ('expired', 'terminated')
                   THEN least(end_date, recorded_at::DATE) ELSE end_date END AS until_date
    FROM contracts
    WHERE account_id = $account AND recorded_at < CAST($as_of AS DATE) + 1
    QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
)
SELECT contract_id,
       CASE WHEN status = 'draft' THEN 'draft'
            WHEN until_date <= CAST($as_of AS DATE) THEN 'ended'
            WHEN start_date > CAST($as_of AS DATE) THEN 'signed'
            ELSE 'in_force' END AS contract_status,
       deployment_model, hyperscaler, start_date, until_date, notice_date, arr_usd, committed_tib,
       rate_usd_per_tib_month, overage_rate_usd_per_tib_month
FROM newest
ORDER BY list_position(['in_force', 'signed', 'draft', 'ended'], contract_status), start_date DESC
