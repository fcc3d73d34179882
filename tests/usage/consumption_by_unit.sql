-- Charges whose period ended by the end of $as_of, per provider, category, unit and currency.
SELECT host_provider, coalesce(service_category, 'unknown') AS service_category,
       coalesce(consumed_unit, 'unknown') AS consumed_unit, billing_currency,
       count(*) AS charges, sum(consumed_quantity) AS consumed_quantity,
       sum(effective_cost) AS effective_cost
FROM usage_charges
WHERE charge_period_end < CAST($as_of AS DATE) + 1
GROUP BY ALL
ORDER BY ALL
