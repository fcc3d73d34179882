-- Every event of one account as known on a day: when, of which kind, and the row that says so.
WITH day AS (
    SELECT CAST($as_of AS DATE) + 1 AS cutoff,
           (SELECT account_id FROM accounts WHERE account_id = $account) AS account
),
signed AS (
    SELECT contracts.*, row_number() OVER versions AS version,
           lag(arr_usd) OVER versions AS arr_before, lag(committed_tib) OVER versions AS tib_before,
           lag(end_date) OVER versions AS end_before,
           lag(hyperscaler) OVER versions AS hyperscaler_before,
           row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) AS age
    FROM contracts, day
    WHERE account_id = account AND status <> 'draft' AND recorded_at < cutoff
    WINDOW versions AS (PARTITION BY contract_id ORDER BY recorded_at)
),
stages AS (
    SELECT *, lag(stage) OVER (PARTITION BY opportunity_id ORDER BY recorded_at) AS stage_before
    FROM opportunities, day WHERE account_id = account AND recorded_at < cutoff
),
used AS (
    SELECT feature, min(usage_date) FILTER (operations > 0) AS first_date,
           max(usage_date) FILTER (operations > 0) AS last_date,
           max(max(usage_date)) OVER () AS reached_date
    FROM feature_usage_daily, day WHERE account_id = account AND usage_date < cutoff
    GROUP BY feature
),
events("at", kind, source_table, source_id) AS (
    SELECT created_date::TIMESTAMP, 'account', 'accounts', account_id FROM accounts, day
    WHERE account_id = account
    UNION ALL SELECT churned_date::TIMESTAMP, 'account', 'accounts', account_id FROM accounts, day
    WHERE account_id = account
    UNION ALL SELECT least(recorded_at, start_date::TIMESTAMP), 'contract', 'contracts', contract_id
    FROM signed WHERE version = 1
    UNION ALL SELECT recorded_at, 'contract', 'contracts', contract_id FROM signed
    WHERE version > 1 AND (arr_usd, committed_tib, end_date, hyperscaler)
          IS DISTINCT FROM (arr_before, tib_before, end_before, hyperscaler_before)
    UNION ALL SELECT CASE WHEN status IN ('expired', 'terminated')
                          THEN least(end_date, recorded_at::DATE) ELSE end_date END::TIMESTAMP,
                     'contract', 'contracts', contract_id
    FROM signed WHERE age = 1
    UNION ALL SELECT recorded_at, 'opportunity', 'opportunities', opportunity_id FROM stages
    WHERE stage IS DISTINCT FROM stage_before
    UNION ALL SELECT unnest([created_at, instructions_sent_at, opened_at, viewed_at, accepted_at,
                             if(accepted_at IS NULL, expires_at, NULL)]),
                     'offer', 'offers', offer_id
    FROM offers, day WHERE account_id = account AND NOT is_test
    UNION ALL SELECT registered_at, 'offer', 'registrations', registration_id
    FROM registrations, day WHERE account_id = account
    UNION ALL SELECT unnest([starts_at, role_assigned_at, ends_at]), 'entitlement',
                     'marketplace_entitlements', entitlement_id
    FROM marketplace_entitlements, day WHERE account_id = account
    UNION ALL SELECT unnest([deployed_at, retired_at]), 'cluster', 'clusters', cluster_id
    FROM clusters, day WHERE account_id = account
    UNION ALL SELECT max(recorded_at), 'restatement', 'metering_hourly',
                     concat_ws(' ', cluster_id, dimension, hour_start::DATE)
    FROM metering_hourly JOIN clusters USING (cluster_id), day
    WHERE account_id = account AND supersedes_record_id IS NOT NULL AND recorded_at < cutoff
    GROUP BY cluster_id, dimension, hour_start::DATE, recorded_at::DATE
    UNION ALL SELECT first_date::TIMESTAMP, 'feature', 'feature_usage_daily', feature FROM used
    UNION ALL SELECT last_date::TIMESTAMP, 'feature', 'feature_usage_daily', feature FROM used
    WHERE reached_date - last_date >= 28
    UNION ALL SELECT unnest([created_at, solved_at]), 'ticket', 'tickets', ticket_id
    FROM tickets, day WHERE account_id = account
    UNION ALL SELECT unnest([created_at, resolved_at]), 'incident', 'incidents', incident_id
    FROM incidents, day WHERE account_id = account
    UNION ALL SELECT occurred_at, 'contact', 'activities', activity_id
    FROM activities, day WHERE account_id = account
    UNION ALL SELECT last_contact_at, 'contact', 'contacts', contact_id
    FROM contacts c, day WHERE account_id = account AND NOT EXISTS (
        FROM activities a WHERE a.contact_id = c.contact_id AND a.account_id = account
                            AND direction = 'two_way' AND occurred_at < cutoff)
)
SELECT "at", kind, source_table, source_id FROM events, day WHERE "at" < cutoff
