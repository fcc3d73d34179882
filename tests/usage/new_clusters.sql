SELECT
    hyperscaler,
    count(*) AS clusters,
    count(*) FILTER (WHERE deployed_at >= $as_of::DATE - INTERVAL 28 DAY) AS new_clusters
FROM clusters
WHERE deployed_at < $as_of::DATE
    AND (retired_at IS NULL OR retired_at > $as_of::DATE - INTERVAL 1 DAY)
GROUP BY hyperscaler
ORDER BY clusters DESC, hyperscaler
