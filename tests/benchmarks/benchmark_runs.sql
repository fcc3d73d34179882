SELECT run_id, metric, campaign, workload, system_id, name AS system_name, session_id, sequence,
       value, unit, is_warmup, started_at, verification
FROM benchmark_runs LEFT JOIN benchmark_systems USING (system_id)
ORDER BY campaign, workload, metric, system_id, sequence, run_id
