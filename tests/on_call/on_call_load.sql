-- Interruptions by walking from opening to opening; hours minute by minute; as known on $as_of.
WITH RECURSIVE bounds AS (
    SELECT CAST($as_of AS TIMESTAMP) - to_days($days::INT) AS first_at,
           least(CAST($as_of AS TIMESTAMP), CAST($until AS TIMESTAMP)) AS end_at
),
pages AS (
    SELECT person_id, incident_id, sent_at, notification_id
    FROM notifications, bounds
    WHERE channel <> 'email' AND sent_at >= first_at - INTERVAL 1 DAY AND sent_at < end_at
),
openings AS (
    SELECT person_id, min(sent_at) AS opened_at FROM pages GROUP BY person_id
    UNION ALL
    SELECT o.person_id,
           (SELECT min(p.sent_at) FROM pages p
            WHERE p.person_id = o.person_id AND p.sent_at > o.opened_at + INTERVAL 60 SECOND)
    FROM openings o
    WHERE o.opened_at IS NOT NULL
),
opened AS (
    SELECT o.person_id, o.opened_at,
           (SELECT arg_min(p.incident_id, p.notification_id) FROM pages p
            WHERE p.person_id = o.person_id AND p.sent_at = o.opened_at) AS incident_id
    FROM openings o, bounds
    WHERE o.opened_at >= first_at
),
wanted AS (
    SELECT i.incident_id FROM incidents i
    WHERE $hyperscaler IS NULL OR i.hyperscaler = $hyperscaler
    UNION
    SELECT incident_id FROM notifications WHERE $hyperscaler IS NULL
),
banded AS (
    SELECT person_id,
           CASE WHEN clock IS NULL THEN 'unknown'
                WHEN hour(clock) >= 22 OR hour(clock) < 8 THEN 'sleep'
                WHEN hour(clock) >= 18 OR isodow(clock) >= 6 THEN 'off'
                ELSE 'business' END AS band
    FROM (SELECT o.person_id, timezone(time_zone, timezone('UTC', opened_at)) AS clock
          FROM opened o LEFT JOIN people USING (person_id)
          WHERE incident_id IN (FROM wanted)) local
),
hours AS (
    SELECT person_id, count(DISTINCT minute) / 60.0 AS on_call_hours,
           count(DISTINCT minute) FILTER (WHERE level = 1) / 60.0 AS primary_hours
    FROM shifts, bounds, generate_series(shifts.start_at, shifts.end_at - INTERVAL 1 MINUTE,
                                         INTERVAL 1 MINUTE) AS minutes(minute)
    WHERE level <= 2 AND minute >= first_at AND minute < bounds.end_at
    GROUP BY person_id
),
first_pages AS (
    SELECT person_id, incident_id, min(sent_at) AS sent_at FROM pages GROUP BY ALL
),
stretches AS (
    SELECT person_id, start_at + n * INTERVAL 12 HOUR AS start_at,
           least(shifts.end_at, start_at + (n + 1) * INTERVAL 12 HOUR) AS end_at
    FROM shifts, range(0, 100) AS numbers(n)
    WHERE level = 1 AND start_at + n * INTERVAL 12 HOUR < shifts.end_at
),
watched AS (
    SELECT s.person_id, s.start_at, count(p.incident_id) AS incidents
    FROM stretches s CROSS JOIN bounds
    LEFT JOIN first_pages p
      ON p.person_id = s.person_id AND p.sent_at >= s.start_at AND p.sent_at < s.end_at
    WHERE s.end_at > first_at AND s.end_at <= bounds.end_at
    GROUP BY ALL
),
everyone AS (
    SELECT person_id FROM banded UNION SELECT person_id FROM hours UNION
    SELECT person_id FROM watched UNION
    SELECT person_id FROM pages, bounds
    WHERE sent_at >= first_at AND incident_id IN (FROM wanted)
),
per_band AS (
    SELECT person_id, count(*) AS interruptions,
           count(*) FILTER (band = 'business') AS business_interruptions,
           count(*) FILTER (band = 'off') AS off_interruptions,
           count(*) FILTER (band = 'sleep') AS sleep_interruptions,
           count(*) FILTER (band = 'unknown') AS unknown_band_interruptions
    FROM banded GROUP BY person_id
)
SELECT person_id, people.name AS person_name, site, time_zone,
       coalesce(interruptions, 0) AS interruptions,
       coalesce(business_interruptions, 0) AS business_interruptions,
       coalesce(off_interruptions, 0) AS off_interruptions,
       coalesce(sleep_interruptions, 0) AS sleep_interruptions,
       coalesce(unknown_band_interruptions, 0) AS unknown_band_interruptions,
       (SELECT count(DISTINCT incident_id) FROM pages p, bounds
        WHERE p.person_id = everyone.person_id AND sent_at >= first_at
          AND incident_id IN (FROM wanted)) AS incidents,
       coalesce(on_call_hours, 0) AS on_call_hours,
       coalesce(primary_hours, 0) AS primary_hours,
       (SELECT count(*) FROM watched w WHERE w.person_id = everyone.person_id) AS shifts,
       (SELECT count(*) FROM watched w
        WHERE w.person_id = everyone.person_id AND incidents > 2) AS shifts_over_limit,
       12 * coalesce(interruptions, 0) / nullif(on_call_hours, 0) AS interruptions_per_12_hours
FROM everyone
LEFT JOIN per_band USING (person_id)
LEFT JOIN hours USING (person_id)
LEFT JOIN people USING (person_id)
ORDER BY sleep_interruptions DESC, interruptions DESC, person_id
