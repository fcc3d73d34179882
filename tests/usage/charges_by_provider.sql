-- Charges whose period ended by the end of $as_of, per host provider and currency.
SELECT host_provider, billing_currency, count(*) AS charges,
       (SELECT list(name ORDER BY name)
        FROM (SELECT DISTINCT u.host_provider_name AS name FROM usage_charges u
              WHERE u.host_provider = c.host_provider AND u.billing_currency = c.billing_currency
                AND u.charge_period_end < CAST($as_of AS DATE) + 1)) AS host_provider_names,
       sum(billed_cost) AS billed_cost, sum(effective_cost) AS effective_cost,
       sum(list_cost) AS list_cost, sum(contracted_cost) AS contracted_cost,
       min(charge_period_start) AS first_period_start, max(charge_period_end) AS last_period_end,
       count(DISTINCT source_file) AS source_files
FROM usage_charges c
WHERE charge_period_end < CAST($as_of AS DATE) + 1
GROUP BY ALL
ORDER BY host_provider, billing_currency
