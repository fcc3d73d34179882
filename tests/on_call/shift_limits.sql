-- Incidents whose first notification to the person fell in each primary stretch of 12 hours, in the
-- 90 days before $as_of, as far as the feed reaches: $until.
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
watched AS (
    SELECT s.person_id, s.start_at, count(p.incident_id) AS incidents
    FROM stretches s
    LEFT JOIN first_pages p
      ON p.person_id = s.person_id AND p.sent_at >= s.start_at AND p.sent_at < s.end_at
    WHERE s.end_at > CAST($as_of AS TIMESTAMP) - to_days(90)
      AND s.end_at <= least(CAST($as_of AS TIMESTAMP), CAST($until AS TIMESTAMP))
    GROUP BY ALL
)
SELECT count(*) AS shifts, CAST(sum(incidents) AS BIGINT) AS incidents,
       avg(incidents) AS incidents_per_shift,
       var_samp(incidents) / avg(incidents) AS incident_variance_ratio,
       count(*) FILTER (incidents > 2) AS shifts_over_limit,
       avg((incidents > 2)::INT) AS shifts_over_limit_share
FROM watched
