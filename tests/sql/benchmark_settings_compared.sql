SELECT s.system_id, b.system_id AS baseline_system_id, setting,
       s.value, s.unit, s.source,
       b.value AS baseline_value, b.unit AS baseline_unit, b.source AS baseline_source,
       CASE WHEN s.value IS NULL OR b.value IS NULL THEN 'UNKNOWN'
            WHEN (s.unit IS NULL) <> (b.unit IS NULL) THEN 'UNKNOWN'
            WHEN s.value = b.value AND coalesce(s.unit, '') = coalesce(b.unit, '') THEN 'EQUAL'
            ELSE 'DISCLOSED' END AS parity
FROM (SELECT * FROM benchmark_settings WHERE system_id = $system) s
FULL JOIN (SELECT * FROM benchmark_settings WHERE system_id = $baseline) b USING (setting)
