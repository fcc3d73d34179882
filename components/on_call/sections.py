"""The sections of the On-call page."""

from components.core import heading, tiles
from components.on_call import figures
from queries.core.answer import Answer
from queries.shared import words


def numbers(limits: Answer, load: Answer, response: Answer) -> None:
    """The limit of a shift, interruptions in sleep hours, and how fast incidents are answered.

    Takes answers to `shift_limits`, `on_call_load` and `incident_response`.
    """
    _limit(limits)
    tiles.metric(
        load,
        "Sleep interruptions",
        figures.total(load.frame, "sleep_interruptions"),
        defined_by="sleep_interruptions",
        change=f"of {figures.total(load.frame, 'interruptions')}",
        good="neither",
        compared_with="at any hour",
    )
    _response(response)


def _limit(limits: Answer) -> None:
    limit = tiles.first(limits)
    tiles.metric(
        limits,
        "Shifts above 2 incidents",
        words.part(limit["shifts_over_limit"], limit["shifts"]),
        defined_by="shifts_over_limit_share_bound",
        change=figures.VERDICTS.get(limit["verdict"]),
        good="neither",
        compared_with=figures.bound(limits.frame, heading.not_applied(limits.context, (limits,))),
    )
    tiles.metric(
        limits,
        "Incidents per shift",
        words.number(limit["incidents_per_shift"]),
        defined_by="incidents_per_shift",
        change=figures.interval(limits.frame),
        good="neither",
        compared_with="95 % interval",
    )


def _response(response: Answer) -> None:
    for measure in ("acknowledge", "resolve"):
        row = tiles.first(response, hyperscaler="all", measure=measure)
        tiles.metric(
            response,
            f"Median to {measure}",
            words.duration(row["median_seconds"]),
            defined_by="response_median_seconds",
            change=f"mean {words.duration(row['mean_seconds'])}",
            good="neither",
            compared_with=f"n = {words.number(row['completed'])}",
        )
    incidents, acknowledged, rest = figures.answered(response.frame)
    tiles.metric(
        response,
        "Incidents",
        incidents,
        defined_by="response_ended_unanswered",
        change=acknowledged,
        good="neither",
        compared_with=rest,
    )
