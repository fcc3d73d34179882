"""Do primary shifts keep to two incidents? The limit belongs to the shift, whatever is filtered."""

from collections.abc import Mapping
from typing import Literal

import dataframely as dy
import polars as pl

from queries.core.columns import count_metric, metric, verdict
from queries.core.question import Question
from queries.on_call.interruptions import interrupting
from queries.on_call.shifts import (
    MOST_INCIDENTS,
    TOLERATED_SHARE,
    incidents_of,
    poisson_interval,
    primary_shifts,
    with_incidents,
)
from queries.shared import words
from queries.shared.periods import GAPS, Window, first_day, last_complete_day, window
from queries.shared.statistics.intervals import mean_interval
from queries.shared.statistics.share_bounds import Bounds, share_bounds
from warehouse.context import UNKNOWN, Context
from warehouse.contract.columns import instant, word
from warehouse.contract.words import HYPERSCALERS
from warehouse.provenance import Watermark
from warehouse.read import Read

# With no shift above the limit, 59 shifts are the fewest that bound the share at 5 %: 90 days have
# them on any roster, a month does not.
VERDICT_DAYS = 90
FEED = "notifications"
Verdict = Literal["pass", "fail", "inconclusive", "unknown"]
Reason = Literal["feed_unknown", "feed_ended", "feed_late", "no_shift"]
REASONS: tuple[Reason, ...] = (*GAPS, "no_shift")


class ShiftLimits(dy.Schema):
    """One row: all primary shifts of 90 days against the limit of two incidents."""

    window_first_at = instant("First instant of the window")
    window_end_at = instant("End of the window, exclusive: the data date, or where the feed ends")
    shifts = count_metric("on_call_shifts", nullable=True)
    incidents = count_metric("shift_incidents", nullable=True)
    incidents_per_shift = metric("incidents_per_shift", nullable=True)
    incidents_per_shift_low = metric("incidents_per_shift", nullable=True)
    incidents_per_shift_high = metric("incidents_per_shift", nullable=True)
    incident_variance_ratio = metric("incident_variance_ratio", nullable=True)
    shifts_over_limit = count_metric("shifts_over_limit", nullable=True)
    shifts_over_limit_share = metric("shifts_over_limit_share", nullable=True)
    shifts_over_limit_share_low = metric("shifts_over_limit_share_bound", nullable=True)
    shifts_over_limit_share_high = metric("shifts_over_limit_share_bound", nullable=True)
    verdict = verdict(
        "Bounds of the share above two incidents against 5 %",
        good=("pass",),
        other=("fail", "inconclusive"),
        rests_on=("shifts", "incidents", "shifts_over_limit", "shifts_over_limit_share"),
    )
    reason = word("Why it is unknown; null where it is known", *REASONS, nullable=True)

    @dy.rule()
    def a_verdict_is_unknown_for_a_reason(cls) -> pl.Expr:
        return (cls.verdict.col == UNKNOWN) == cls.reason.col.is_not_null()


class ShiftIncidents(dy.Schema):
    """One row per hyperscaler: the incidents it brought into the primary shifts of 90 days."""

    hyperscaler = word("unknown: incident not recorded", *HYPERSCALERS, UNKNOWN, key=True)
    incidents = count_metric("shift_incidents", nullable=True)
    incident_share = metric("shift_incident_share", nullable=True)


def reads(context: Context) -> dict[str, Read]:
    """The notifications and shifts of the window.

    Both begin a day early, so that an incident that first notified before the window is not
    counted as doing so in it.
    """
    early = first_day(context.as_of, VERDICT_DAYS + 1)
    return {
        "notifications": Read(
            table=FEED,
            columns=("incident_id", "person_id", "channel", "sent_at"),
            period="sent_at",
            first=early,
            last=last_complete_day(context.as_of),
            whole_book=True,
        ),
        "shifts": Read(
            table="shifts",
            columns=("level", "start_at", "person_id", "end_at"),
            period="end_at",
            first=early,
        ),
    }


def contribution_reads(context: Context) -> dict[str, Read]:
    """What the limits read, and the hyperscaler of every incident."""
    incidents = Read(table="incidents", columns=("incident_id", "hyperscaler"), whole_book=True)
    return {**reads(context), "incidents": incidents}


def shift_limits(
    notifications: pl.LazyFrame,
    shifts: pl.LazyFrame,
    *,
    context: Context,
    watermarks: Mapping[str, Watermark],
) -> pl.DataFrame:
    """The share of primary shifts above two incidents, its bounds, and the verdict against 5 %.

    Grain: one row. The window is the last 90 complete days, as far as the feed of notifications
    reaches; a shift counts where it ends in the window. Pass: the one-sided 95 % upper bound is at
    most 5 %; fail: the lower one is above it; else inconclusive. Beside it the mean of incidents
    per shift with the wider of its exact Poisson interval and the one by drawing whole shifts.
    Unknown, and every number null, without a shift, where the feed does not reach the window or is
    later than promised. Whole shifts are counted whoever asks: a part of a shift's incidents says
    nothing of its limit.
    """
    looked = window(context.as_of, VERDICT_DAYS, [watermarks[FEED]])
    counted = _counted(notifications, shifts, looked).collect()
    reason = _reason(looked, counted)
    known = {"verdict": UNKNOWN, "reason": reason} if reason else _judged(counted)
    row = {"window_first_at": looked.first, "window_end_at": looked.end, **known}
    schema = ShiftLimits.create_empty().schema
    return pl.DataFrame([row], schema=schema)


def shift_incidents(
    notifications: pl.LazyFrame,
    shifts: pl.LazyFrame,
    incidents: pl.LazyFrame,
    *,
    context: Context,
    watermarks: Mapping[str, Watermark],
) -> pl.DataFrame:
    """What each hyperscaler contributes to the load of the shifts that `shift_limits` judges.

    Grain: hyperscaler, all of them in the contract's order, then those of incidents that are not
    recorded; their incidents sum to those of `shift_limits`. Null where that is unknown.
    """
    looked = window(context.as_of, VERDICT_DAYS, [watermarks[FEED]])
    counted = _counted(notifications, shifts, looked).collect()
    every = pl.DataFrame({"hyperscaler": [*HYPERSCALERS, UNKNOWN]})
    if _reason(looked, counted):
        unknown = pl.lit(None)
        return every.with_columns(
            incidents=unknown.cast(pl.Int64), incident_share=unknown.cast(pl.Float64)
        )
    each = incidents_of(
        primary_shifts(shifts, looked.first, looked.end), interrupting(notifications, looked)
    )
    brought = (
        each.join(incidents, on="incident_id", how="left")
        .group_by(pl.col("hyperscaler").fill_null(UNKNOWN))
        .agg(incidents=pl.len().cast(pl.Int64))
        .collect()
    )
    total = pl.col("incidents").sum()
    return (
        every.join(brought, on="hyperscaler", how="left", maintain_order="left")
        .with_columns(pl.col("incidents").fill_null(0))
        .with_columns(incident_share=pl.when(total > 0).then(pl.col("incidents") / total))
    )


def _counted(notifications: pl.LazyFrame, shifts: pl.LazyFrame, looked: Window) -> pl.LazyFrame:
    """Each primary shift of the window with its incidents."""
    primary = primary_shifts(shifts, looked.first, looked.end)
    return with_incidents(primary, interrupting(notifications, looked))


def _reason(looked: Window, counted: pl.DataFrame) -> Reason | None:
    return looked.gap or ("no_shift" if counted.is_empty() else None)


def _judged(counted: pl.DataFrame) -> dict[str, object]:
    counts = counted["incidents"]
    number, total = counted.height, int(counts.sum())
    poisson = [bound / number for bound in poisson_interval(total)]
    drawn = mean_interval(counts.to_numpy())
    variance = counts.cast(pl.Float64).var()
    over = counted.group_by(pl.col("start_at").dt.truncate("1w"), maintain_order=True).agg(
        over=(pl.col("incidents") > MOST_INCIDENTS).sum(), shifts=pl.len()
    )
    bounds = share_bounds(over["over"].to_numpy(), over["shifts"].to_numpy())
    above = int(over["over"].sum())
    return {
        "shifts": number,
        "incidents": total,
        "incidents_per_shift": total / number,
        "incidents_per_shift_low": min(poisson[0], drawn[0]),
        "incidents_per_shift_high": max(poisson[1], drawn[1]),
        "incident_variance_ratio": variance / (total / number)
        if isinstance(variance, float) and total
        else None,
        "shifts_over_limit": above,
        "shifts_over_limit_share": above / number,
        "shifts_over_limit_share_low": bounds.low,
        "shifts_over_limit_share_high": bounds.high,
        "verdict": judge(bounds),
        "reason": None,
    }


def judge(bounds: Bounds) -> Verdict:
    """Where the one-sided bounds of the share lie against what is tolerated."""
    if bounds.high <= TOLERATED_SHARE:
        return "pass"
    return "fail" if bounds.low > TOLERATED_SHARE else "inconclusive"


def limits_finding(frame: pl.DataFrame) -> str:
    """Whether shifts keep the limit, how many do not, and what that bounds."""
    row = frame.row(0, named=True)
    if row["reason"]:
        return (
            f"Unknown whether shifts keep their limit: {words.LIMIT_UNKNOWN_BECAUSE[row['reason']]}"
        )
    low, high = (words.share(row[f"shifts_over_limit_share_{end}"]) for end in ("low", "high"))
    sentence, bound = {
        "pass": ("The limit is kept", f"at most {high}"),
        "fail": ("The limit is broken", f"at least {low}"),
        "inconclusive": ("Inconclusive", f"{low} to {high}"),
    }[row["verdict"]]
    of = words.plural(row["shifts"], "shift")
    return (
        f"{sentence}: {row['shifts_over_limit']} of {of} exceed {MOST_INCIDENTS} incidents, {bound}"
    )


def contribution_finding(frame: pl.DataFrame) -> str:
    """Which hyperscaler brings most of the incidents into shifts."""
    if frame["incidents"].null_count():
        return "What each hyperscaler contributes is unknown"
    total = int(frame["incidents"].sum())
    if not total:
        return "No incident in any shift"
    top = frame.sort("incidents", descending=True, maintain_order=True).row(0, named=True)
    of = words.plural(total, "incident")
    return f"{words.name(top['hyperscaler'])} brings {top['incidents']} of {of} in shifts"


QUESTIONS = (
    Question(
        name="shift_limits",
        asks="Do primary shifts keep to two incidents?",
        shape=ShiftLimits,
        reads=reads,
        answer=shift_limits,
        finding=limits_finding,
        filters="none",
        watermarks=(FEED,),
    ),
    Question(
        name="shift_incidents",
        asks="What does each hyperscaler contribute to the load of shifts?",
        shape=ShiftIncidents,
        reads=contribution_reads,
        answer=shift_incidents,
        finding=contribution_finding,
        filters="none",
        watermarks=(FEED,),
    ),
)
