-- Every contract that ends from $first to the day before $until, as known on $as_of: due, won, forecast.
WITH known AS (
    SELECT * FROM contracts WHERE recorded_at < CAST($as_of AS DATE) + 1 AND status <> 'draft'
),
terms AS (
    SELECT *, CASE WHEN status IN ('expired', 'terminated')
                   THEN least(coalesce(end_date, DATE '2100-01-01'), CAST(recorded_at AS DATE))
                   ELSE coalesce(end_date, DATE '2100-01-01') END AS until_date
    FROM known QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
),
running AS (SELECT * FROM terms WHERE arr_usd > 0),
ends AS (
    SELECT *, arr_usd / sum(arr_usd) OVER (PARTITION BY account_id, until_date) AS date_share,
           arr_usd / sum(arr_usd) OVER (
               PARTITION BY account_id, deployment_model, hyperscaler, until_date) AS line_share
    FROM running WHERE start_date <= CAST($as_of AS DATE) AND until_date < DATE '2100-01-01'
),
signed AS (
    SELECT e.contract_id, sum(s.arr_usd) AS signed_usd
    FROM ends e JOIN running s
      ON s.account_id = e.account_id AND s.deployment_model = e.deployment_model
     AND s.hyperscaler = e.hyperscaler AND s.start_date >= e.until_date
     AND s.until_date > s.start_date
    WHERE NOT EXISTS (
        FROM running o
        WHERE o.account_id = e.account_id AND o.deployment_model = e.deployment_model
          AND o.hyperscaler = e.hyperscaler
          AND o.until_date > e.until_date AND o.until_date <= s.start_date)
    GROUP BY e.contract_id
),
deals AS (
    SELECT opportunity_id, arg_max(account_id, recorded_at) AS account_id,
           arg_max(lower(stage), recorded_at) AS stage,
           arg_max({'v': amount_usd}, recorded_at).v AS amount,
           arg_max({'v': close_date}, recorded_at).v AS close_date,
           count(DISTINCT amount_usd) + (count(amount_usd) < count(*))::INT > 1
               OR coalesce(max(last_activity_at) > min(recorded_at), false) AS is_reviewed
    FROM opportunities WHERE recorded_at < CAST($as_of AS DATE) + 1 AND type = 'renewal'
    GROUP BY opportunity_id
),
about AS (
    SELECT d.*, e.until_date, abs(d.close_date - e.until_date) AS far
    FROM deals d JOIN (SELECT DISTINCT account_id, until_date FROM ends) e USING (account_id)
    WHERE far <= 183
    QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY far, until_date) = 1
),
said AS (
    SELECT account_id, until_date, sum(amount) FILTER (stage LIKE '%won%') AS won,
           sum(amount) FILTER (stage NOT LIKE '%won%' AND stage NOT LIKE '%lost%') AS open,
           bool_and(is_reviewed) FILTER (stage NOT LIKE '%won%' AND stage NOT LIKE '%lost%'
                                         AND amount IS NOT NULL) AS is_reviewed,
           bool_and(stage LIKE '%lost%') AS is_given_up
    FROM about GROUP BY ALL
),
money AS (
    SELECT e.contract_id, e.account_id, e.until_date, e.arr_usd AS due, signed_usd,
           least(e.arr_usd, coalesce(signed_usd * line_share, coalesce(won, 0) * date_share)) AS won,
           open * date_share AS open, is_reviewed,
           coalesce(churned_date <= CAST($as_of AS DATE), false) OR e.status = 'terminated'
               OR coalesce(is_given_up, false) AS is_gone
    FROM ends e LEFT JOIN signed USING (contract_id) LEFT JOIN said USING (account_id, until_date)
         LEFT JOIN accounts USING (account_id)
    WHERE until_date >= CAST($first AS DATE) AND until_date < CAST($until AS DATE)
)
SELECT contract_id, account_id, until_date AS renewal_date,
       CASE WHEN signed_usd IS NULL AND won = 0 AND is_gone THEN 'lost'
            WHEN signed_usd IS NULL AND open IS NOT NULL THEN 'open'
            WHEN signed_usd IS NOT NULL OR won > 0 THEN 'won' ELSE 'no_forecast' END AS state,
       due AS due_usd, won AS won_usd,
       CASE WHEN state = 'open' THEN least(open, due - won) END AS forecast_usd,
       CASE WHEN state = 'no_forecast' THEN due ELSE 0 END AS no_forecast_usd,
       CASE WHEN state = 'open' THEN is_reviewed END AS is_reviewed
FROM money
