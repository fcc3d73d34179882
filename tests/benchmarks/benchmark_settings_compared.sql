-- What was written, what the systems declare, and what a template asks of either ($asked).
WITH cells AS (
    SELECT system_id, setting, value, unit, source FROM benchmark_settings
    UNION ALL
    SELECT system_id, 'storage', storage, NULL, 'Declared with the system'
    FROM benchmark_systems WHERE storage IS NOT NULL
    UNION ALL
    SELECT system_id, 'price_usd_per_hour', CAST(price_usd_per_hour AS VARCHAR), 'USD per hour',
           'Declared with the system'
    FROM benchmark_systems WHERE price_usd_per_hour IS NOT NULL
    UNION ALL
    SELECT system_id, 'price_date', CAST(price_date AS VARCHAR), NULL, 'Declared with the system'
    FROM benchmark_systems WHERE price_date IS NOT NULL
),
settings AS (
    SELECT unnest($asked::VARCHAR[]) AS setting
    UNION SELECT setting FROM cells WHERE system_id IN ($system, $baseline)
)
SELECT $system AS system_id, $baseline AS baseline_system_id, setting,
       s.value, s.unit, s.source,
       b.value AS baseline_value, b.unit AS baseline_unit, b.source AS baseline_source,
       CASE WHEN s.value IS NULL OR b.value IS NULL THEN 'UNKNOWN'
            WHEN (s.unit IS NULL) <> (b.unit IS NULL) THEN 'UNKNOWN'
            WHEN s.value = b.value AND coalesce(s.unit, '') = coalesce(b.unit, '') THEN 'EQUAL'
            ELSE 'DISCLOSED' END AS parity,
       CASE WHEN setting NOT IN (SELECT unnest($asked::VARCHAR[])) THEN 'Other' END AS other
FROM settings
LEFT JOIN (SELECT * FROM cells WHERE system_id = $system) s USING (setting)
LEFT JOIN (SELECT * FROM cells WHERE system_id = $baseline) b USING (setting)
