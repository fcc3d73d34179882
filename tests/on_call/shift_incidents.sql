-- Per hyperscaler, the pairs of shift and incident of shift_limits.sql; unrecorded incidents last.
WITH stretches AS (
    SELECT person_id, start_at + n * INTERVAL 12 HOUR AS start_at,
           least(end_at, start_at + (n + 1) * INTERVAL 12 HOUR) AS end_at
    FROM shifts, range(0, 100) AS numbers(n)
    WHERE level = 1 AND start_at + n * INTERVAL 12 HOUR < end_at
),
first_pages AS (
    SELECT person_id, incident_id, min(sent_at) AS sent_at FROM notifications
    WHERE channel <> 'email' AND sent_at < CAST($until AS TIMESTAMP) GROUP BY ALL
),
brought AS (
    SELECT coalesce(i.hyperscaler, 'unknown') AS hyperscaler
    FROM stretches s
    JOIN first_pages p
      ON p.person_id = s.person_id AND p.sent_at >= s.start_at AND p.sent_at < s.end_at
    LEFT JOIN incidents i USING (incident_id)
    WHERE s.end_at > CAST($as_of AS TIMESTAMP) - to_days(90)
      AND s.end_at <= least(CAST($as_of AS TIMESTAMP), CAST($until AS TIMESTAMP))
)
SELECT hyperscaler, count(*) AS incidents, count(*) / sum(count(*)) OVER () AS incident_share
FROM brought GROUP BY hyperscaler
