"""On-call load, its limits, and how fast incidents are answered."""

from queries.core.metric import Good, Metric

OWNER = "SRE"
PAGERDUTY = "PagerDuty Analytics: responder insights (notifications, 60 s, the person's own hours)"
SRE_BOOK = "Site Reliability Engineering, 'Being On-Call': at most 2 incidents per 12-hour shift"
PERIOD = "the complete UTC days before the data date, as far as the feed reaches"
VERDICT_PERIOD = (
    "shifts that end in the 90 complete UTC days before the data date, as far as the feed of "
    "notifications reaches"
)
UNDER_FILTER = "Under a filter only interruptions opened by its incidents count."
NEVER_FILTERED = (
    "Filters do not apply: the limit belongs to the shift, and a part of its incidents says "
    "nothing of it. Whole shifts are counted whoever asks, for the same reason."
)
UNKNOWN_FEED = (
    "Unknown, never zero, where the feed of notifications does not reach the window or is later "
    "than promised."
)
UNRECORDED = "a notification of no recorded incident counts only without a filter"
UNFILTERED = "shifts are not filtered"
LOAD = ("notifications", "incidents", "people")
SHIFTS = ("shifts", "notifications", "incidents")


def _interruptions(metric: str, name: str, hours: str, excludes: str = "") -> Metric:
    return Metric(
        id=metric,
        name=name,
        unit="interruptions",
        formula=f"notifications {hours}, those within 60 s of the one that opened it as one",
        grain="person",
        period=PERIOD,
        sources=LOAD,
        good="lower",
        excludes=f"E-mail never interrupts. {excludes}{UNDER_FILTER} {UNKNOWN_FEED}",
        basis=f"{PAGERDUTY}; the 60 s run from the opening notification",
        owner=OWNER,
        why_not=UNRECORDED,
    )


def _shift_metric(
    metric: str,
    name: str,
    unit: str,
    formula: str,
    excludes: str,
    *,
    good: Good = "lower",
    period: str = VERDICT_PERIOD,
    basis: str = SRE_BOOK,
) -> Metric:
    return Metric(
        id=metric,
        name=name,
        unit=unit,
        formula=formula,
        grain="person, or all primary shifts",
        period=period,
        sources=SHIFTS,
        good=good,
        excludes=excludes,
        basis=basis,
        owner=OWNER,
        why_not=UNFILTERED,
    )


def _response(metric: str, name: str, unit: str, formula: str, excludes: str) -> Metric:
    return Metric(
        id=metric,
        name=name,
        unit=unit,
        formula=formula,
        grain="hyperscaler or all, acknowledge or resolve",
        period=f"incidents triggered in {PERIOD}; answered by the end of the data date",
        sources=("incidents",),
        good="lower",
        excludes=excludes,
        basis="PagerDuty seconds_to_first_ack and seconds_to_resolve; Kaplan and Meier (1958)",
        owner=OWNER,
        additive="rows" if unit == "incidents" else "none",
    )


CENSORED = (
    "An incident still open counts as open until the feed ends, at the latest the end of the data "
    "date. One that ended without an acknowledgement counts as unacknowledged until it ended. "
    "Auto-resolved incidents are kept in and counted beside. Clocks that disagree (an answer "
    "before the trigger) count as 0 s."
)

METRICS = (
    _interruptions("interruptions", "Interruptions", "of any hour"),
    _interruptions(
        "business_interruptions", "Business-hour interruptions", "of [08, 18) Mon-Fri local time"
    ),
    _interruptions(
        "off_interruptions",
        "Off-hour interruptions",
        "of [18, 22) Mon-Fri and [08, 22) Sat-Sun local time",
    ),
    _interruptions(
        "sleep_interruptions",
        "Sleep-hour interruptions",
        "of [22, 08) every day local time",
        "Sleep wins over the weekend, so the bands sum to the total. ",
    ),
    _interruptions(
        "unknown_band_interruptions",
        "Interruptions at an unknown local hour",
        "to people without a valid IANA time zone",
        "Counted in the total and in no band. ",
    ),
    Metric(
        id="on_call_hours",
        name="On-call hours",
        unit="hours",
        formula="hours of level-1 and level-2 shifts, overlapping hours once",
        grain="person",
        period=f"{PERIOD}, shifts cut at its ends",
        sources=("shifts",),
        good="neither",
        excludes="Higher levels. Filters do not apply: a shift has no hyperscaler or account.",
        basis="PagerDuty total_seconds_on_call",
        owner=OWNER,
        why_not=UNFILTERED,
    ),
    Metric(
        id="primary_hours",
        name="Primary hours",
        unit="hours",
        formula="hours of level-1 shifts, overlapping hours once",
        grain="person",
        period=f"{PERIOD}, shifts cut at its ends",
        sources=("shifts",),
        good="neither",
        excludes="Level 2 and higher. Filters do not apply.",
        basis="PagerDuty total_seconds_on_call_level_1",
        owner=OWNER,
        why_not=UNFILTERED,
    ),
    Metric(
        id="interruptions_per_12_hours",
        name="Interruptions per 12 on-call hours",
        unit="interruptions per 12 hours",
        formula="12 x interruptions / on-call hours",
        grain="person",
        period=PERIOD,
        sources=(*LOAD, "shifts"),
        good="lower",
        excludes=f"Unknown for a person without on-call hours. {UNDER_FILTER} {UNKNOWN_FEED}",
        basis=f"{PAGERDUTY}; per 12 hours beside the 12-hour shift of the SRE book",
        owner=OWNER,
    ),
    Metric(
        id="on_call_incidents",
        name="Incidents that notified",
        unit="incidents",
        formula="count of incidents with a notification other than e-mail to the person",
        grain="person",
        period=PERIOD,
        sources=LOAD,
        good="lower",
        excludes=f"Several notifications of one incident are one. {UNDER_FILTER} {UNKNOWN_FEED}",
        basis=SRE_BOOK,
        owner=OWNER,
        why_not=UNRECORDED,
    ),
    _shift_metric(
        "on_call_shifts",
        "Primary shifts",
        "shifts",
        "count of level-1 shifts; a longer one counts as one for every 12 hours begun",
        f"Shifts still running when the window ends. {NEVER_FILTERED}",
        good="neither",
        period=f"shifts that end in {PERIOD}; of the verdict, in 90 days",
    ),
    _shift_metric(
        "shift_incidents",
        "Incidents in primary shifts",
        "incidents",
        "count of incidents, once per person and shift, whose first notification other than "
        "e-mail to the person fell in the person's primary shift",
        f"A notification outside the person's primary shift belongs to none. {NEVER_FILTERED} "
        f"{UNKNOWN_FEED}",
    ),
    _shift_metric(
        "shift_incident_share",
        "Share of the incidents in shifts",
        "share",
        "incidents in primary shifts of the hyperscaler / of all; unknown: incident not recorded",
        f"Unknown without an incident. {NEVER_FILTERED} {UNKNOWN_FEED}",
        good="neither",
    ),
    _shift_metric(
        "shifts_over_limit",
        "Shifts above 2 incidents",
        "shifts",
        "count of primary shifts in which more than 2 incidents first notified the person",
        f"A notification outside the person's primary shift belongs to none. {NEVER_FILTERED} "
        f"{UNKNOWN_FEED}",
        period=f"shifts that end in {PERIOD}; of the verdict, in 90 days",
    ),
    _shift_metric(
        "shifts_over_limit_share",
        "Share of shifts above 2 incidents",
        "share",
        "shifts above 2 incidents / shifts; at most 5 % is kept to, above is broken",
        f"The 5 % is our tolerance; the book sets the 2. Unknown without a shift. "
        f"{NEVER_FILTERED} {UNKNOWN_FEED}",
    ),
    _shift_metric(
        "shifts_over_limit_share_bound",
        "Bound of the share of shifts above 2 incidents",
        "share",
        "one-sided 95 %: the wider of Clopper and Pearson's and the one by drawing calendar weeks "
        "(10,000 draws, fixed seed); without such a shift Clopper and Pearson's alone",
        "Pass: the upper bound is at most 5 %, for which 59 shifts are the fewest; fail: the lower "
        f"one is above 5 %; else inconclusive. {NEVER_FILTERED} {UNKNOWN_FEED}",
        good="neither",
        basis="Clopper and Pearson (1934); Davison and Hinkley (1997), bootstrap of whole clusters",
    ),
    _shift_metric(
        "incidents_per_shift",
        "Incidents per shift",
        "incidents per shift",
        "incidents in primary shifts / shifts; 95 % interval: the wider of the exact Poisson one "
        "and the bootstrap of whole shifts (10,000 draws, fixed seed)",
        f"Unknown without a shift. The verdict does not rest on it. {NEVER_FILTERED} "
        f"{UNKNOWN_FEED}",
    ),
    _shift_metric(
        "incident_variance_ratio",
        "Clustering of incidents",
        "ratio",
        "variance of incidents over shifts / their mean; above 1 incidents come in clusters",
        f"Unknown with fewer than two shifts or without an incident. {NEVER_FILTERED} "
        f"{UNKNOWN_FEED}",
    ),
    _response(
        "response_incidents",
        "Incidents triggered",
        "incidents",
        "count of incidents",
        "Incidents outside the filters. Unknown, never zero, where the feed of incidents does not "
        "reach the window or is later than promised.",
    ),
    _response(
        "response_completed",
        "Incidents answered",
        "incidents",
        "count of incidents with an acknowledgement, or with a resolution",
        "Answers learned after the data date.",
    ),
    _response(
        "response_ended_unanswered",
        "Incidents ended unanswered",
        "incidents",
        "count of incidents resolved and never acknowledged; none where resolving is the answer",
        "Answered, ended unanswered and open sum to the incidents.",
    ),
    _response(
        "response_open",
        "Incidents still open",
        "incidents",
        "count of incidents neither acknowledged nor resolved, or not resolved",
        "Answered, ended unanswered and open sum to the incidents.",
    ),
    _response(
        "response_auto_resolved",
        "Auto-resolved incidents",
        "incidents",
        "count of incidents resolved by the integration",
        "Unknown resolvers are not counted.",
    ),
    _response(
        "response_mean_seconds",
        "Mean time of the answered",
        "seconds",
        "mean of trigger to first acknowledgement (MTTA) or to resolution (MTTR)",
        "Incidents not answered are left out, which flatters. Unknown where none is answered.",
    ),
    _response(
        "response_median_seconds",
        "Median time to answer",
        "seconds",
        "Kaplan-Meier: the earliest time by which half of all incidents are answered",
        f"Null: half is not reached. {CENSORED}",
    ),
    _response(
        "response_p90_seconds",
        "Time to answer nine in ten",
        "seconds",
        "Kaplan-Meier: the earliest time by which 90 % of all incidents are answered",
        f"Null: 90 % is not reached. {CENSORED}",
    ),
)
