-- The pair of the laboratory: parity of each setting with a documented worst case, the factor
-- (of what was provisioned and is known the ratio of both), and the ratio after crediting it.
WITH documented(knob, factor) AS (
    VALUES ('mtu', 1.1), ('provisioned_mbps', 8), ('provisioned_tib', 8),
           ('throughput_unit', 1.0486), ('data_unit', 1.0737), ('capacity_unit', 1.0995)
),
sessions AS (
    SELECT system_id, session_id, median(value) AS value
    FROM benchmark_runs WHERE NOT is_warmup AND campaign = 'lab' GROUP BY ALL
),
ratio AS (
    SELECT median(value) FILTER (system_id = 'a') / median(value) FILTER (system_id = 'b') AS ratio
    FROM sessions
),
sheet AS (
    SELECT knob, CAST(factor AS DOUBLE) AS documented, s.value AS ours, t.value AS theirs,
           CASE WHEN s.value IS NULL OR t.value IS NULL THEN 'UNKNOWN'
                WHEN s.value = t.value THEN 'EQUAL' ELSE 'DISCLOSED' END AS parity
    FROM documented
    LEFT JOIN benchmark_settings s ON s.system_id = 'a' AND s.setting = knob
    LEFT JOIN benchmark_settings t ON t.system_id = 'b' AND t.setting = knob
),
judged AS (
    SELECT knob, parity, ours, theirs,
           CASE WHEN knob LIKE 'provisioned%' AND parity = 'DISCLOSED'
                THEN CAST(ours AS DOUBLE) / CAST(theirs AS DOUBLE) ELSE documented END AS factor
    FROM sheet
)
SELECT knob, factor, parity,
       parity = 'UNKNOWN'
           OR (parity = 'DISCLOSED' AND TRY_CAST(ours AS DOUBLE) > TRY_CAST(theirs AS DOUBLE))
           AS is_in_budget,
       ratio / factor AS credited_ratio
FROM judged, ratio
