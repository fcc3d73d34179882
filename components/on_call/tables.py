"""The tables of the On-call page: column to title, and how they are read."""

PEOPLE = {
    "person_name": "Person",
    "sleep_interruptions": "Sleep",
    "interruptions": "All",
    "shifts_over_limit": "Shifts > 2",
}
CONTRIBUTIONS = {
    "hyperscaler": "Hyperscaler",
    "incidents": "Incidents in shifts",
    "incident_share": "Share",
}
RESPONSE = {
    "hyperscaler": "Hyperscaler",
    "measure": "Time to",
    "incidents": "Incidents (n)",
    "completed": "Answered",
    "ended_unanswered": "Ended unanswered",
    "open": "Open",
    "median_seconds": "Median",
    "p90_seconds": "90 %",
    "mean_seconds": "Mean of answered",
}
RESPONSE_READING = (
    "Answered, ended unanswered and open add up to the incidents. Median and 90 % count open "
    "incidents as open until the feed ends; – says not reached. The mean leaves them out, which "
    "flatters."
)
