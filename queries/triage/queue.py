"""Triage: whom to call first and about what, cut at what the team can do, with what was done."""

import datetime as dt

import polars as pl

from queries.account_health import POINTS
from queries.health.card import Deck
from queries.health.history import written_before
from queries.health.score import UNKNOWN
from queries.triage.worked import covered

KEY = "account_id"
PLACES = ("queue", "next", "snoozed", "clear")
SPARK_WEEKS = 8
WEEK_DAYS = 7
# What takes less is no reason to call, and must not end a snooze by coming and going.
LEAST_POINTS = 2.0
MOST_REASONS = 3
# A renewal in a quarter presses once; nothing presses more than thrice, or less than a quarter.
QUARTER_DAYS, LEAST_PRESSURE, MOST_PRESSURE = 90, 0.25, 3.0
_BARS = ("▁", "▂", "▃", "▄", "▅", "▆", "▇", "█")
_NO_SCORE = "·"


def flagged(
    history: pl.LazyFrame, health: pl.LazyFrame, deck: Deck, as_of: dt.date
) -> pl.LazyFrame:
    """Whether each account is in the state of being at risk, since when, and when it left it.

    Grain: account_id, with is_flagged, entered_date, left_date. The state is entered by a score
    in the band at risk and left by one that reaches `clears_at`, so that a score at the edge
    moves nobody in and out; a score of which too little is known changes nothing. Dates are those
    of the scores written, and the data date for today's.
    """
    at_risk_below = deck.bands[1].at_least
    score = pl.col("score")
    today = health.select(KEY, "score", "band", as_of=pl.lit(as_of))
    state = (
        pl.when(pl.col("band") == UNKNOWN)
        .then(None)
        .when(score < at_risk_below)
        .then(pl.lit(value=True))
        .when(score >= deck.clears_at)
        .then(pl.lit(value=False))
    )
    was = pl.col("is_flagged").shift(1).over(KEY, order_by="as_of").fill_null(value=False)
    changed = pl.col("as_of").filter(pl.col("is_flagged") != pl.col("was")).last()
    last = pl.col("is_flagged").last()
    return (
        pl.concat([written_before(history, as_of).select(KEY, "score", "band", "as_of"), today])
        .sort(KEY, "as_of")
        .with_columns(is_flagged=state.forward_fill().over(KEY, order_by="as_of"))
        .with_columns(pl.col("is_flagged").fill_null(value=False))
        .with_columns(was=was)
        .group_by(KEY, maintain_order=True)
        .agg(is_flagged=last, changed=changed)
        .select(
            KEY,
            "is_flagged",
            entered_date=pl.when("is_flagged").then("changed"),
            left_date=pl.when(~pl.col("is_flagged")).then("changed"),
        )
    )


def sparks(history: pl.LazyFrame, health: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    """The newest score of each of the last eight weeks as one bar, oldest first; · is unknown.

    Grain: account_id, with spark. The last bar is the score of the data date.
    """
    week = (pl.lit(as_of) - pl.col("as_of")).dt.total_days() // WEEK_DAYS
    weeks = pl.LazyFrame({"week": list(range(SPARK_WEEKS))}, schema={"week": pl.Int64})
    today = health.select(KEY, "score", as_of=pl.lit(as_of))
    bar = (pl.col("score") * len(_BARS) / 100).floor().clip(0, len(_BARS) - 1).cast(pl.Int64)
    bars = bar.replace_strict(dict(enumerate(_BARS)), return_dtype=pl.String)
    newest = (
        pl.concat([written_before(history, as_of).select(KEY, "score", "as_of"), today])
        .with_columns(week=week)
        .sort("as_of")
        .group_by(KEY, "week")
        .agg(pl.col("score").last())
    )
    return (
        health.select(KEY)
        .join(weeks, how="cross")
        .join(newest, on=[KEY, "week"], how="left")
        .sort(KEY, "week", descending=[False, True])
        .group_by(KEY, maintain_order=True)
        .agg(spark=bars.fill_null(_NO_SCORE).str.join(""))
    )


def ranked(accounts: pl.LazyFrame, *, order: str, capacity: int) -> pl.LazyFrame:
    """`accounts` in the order to call, with factors, status, place, rank and money.

    An account is to be called while it is flagged, while too little of it is known, or after its
    contract lapsed, unless somebody set another band over its score. It is snoozed while a snooze
    covers every factor that now takes points. By `loss` the expected loss times the pressure of
    the renewal decides; where no probability is known, and by `score`, the lowest score.
    """
    arr = pl.max_horizontal("arr_usd", "arr_lapsed_usd")
    is_set = pl.col("override_band").is_not_null()
    to_call = (
        pl.when(is_set)
        .then(pl.col("override_band") == "at_risk")
        .otherwise(
            pl.col("is_flagged") | (pl.col("band") == UNKNOWN) | pl.col("days_lapsed").is_not_null()
        )
    )
    is_snoozed = pl.col("snoozed_until").is_not_null() & covered("factors", "snoozed_reasons")
    known = (
        accounts.with_columns(factors=_factors(), time_pressure=_pressure())
        .with_columns(
            status=pl.coalesce("override_band", "band"),
            is_to_call=to_call,
            is_snoozed=is_snoozed,
            is_new_reason=_appeared("acknowledged_reasons") | _appeared("snoozed_reasons"),
            **{
                name: arr * pl.col(probability)
                for name, probability in (
                    ("expected_loss_usd", "churn_probability"),
                    ("expected_loss_low_usd", "churn_probability_low"),
                    ("expected_loss_high_usd", "churn_probability_high"),
                )
            },
        )
        .with_columns(
            priority=pl.col("expected_loss_usd") * pl.col("time_pressure")
            if order == "loss"
            else pl.lit(None, dtype=pl.Float64),
            group=pl.when(~pl.col("is_to_call")).then(2).when("is_snoozed").then(1).otherwise(0),
        )
    )
    keys = ("group", "priority", "is_unknown", "score", "arr", KEY)
    descending = [False, True, False, False, True, False]
    waits = pl.col("group") == 0
    rank = pl.when(waits).then(pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return (
        known.with_columns(is_unknown=pl.col("band") == UNKNOWN, arr=arr)
        .sort(keys, descending=descending, nulls_last=True)
        .with_columns(rank=rank)
        .with_columns(
            place=pl.when(pl.col("rank") <= capacity)
            .then(pl.lit("queue"))
            .when(waits)
            .then(pl.lit("next"))
            .when(pl.col("group") == 1)
            .then(pl.lit("snoozed"))
            .otherwise(pl.lit("clear"))
        )
    )


def _factors() -> pl.Expr:
    """The factors that are a reason to call: at most three, most points first."""
    points = (
        pl.struct(points=pl.col(column), place=pl.lit(place), factor=pl.lit(factor))
        for place, (factor, column) in enumerate(POINTS.items())
    )
    return (
        pl.concat_list(points)
        .list.filter(pl.element().struct.field("points") <= -LEAST_POINTS)
        .list.sort()
        .list.head(MOST_REASONS)
        .list.eval(pl.element().struct.field("factor"))
    )


def _appeared(by: str) -> pl.Expr:
    """Whether a factor is there that somebody who dealt with the account had not seen."""
    return pl.col(by).is_not_null() & ~covered("factors", by)


def _pressure() -> pl.Expr:
    days = pl.col("days_to_renewal").clip(lower_bound=1)
    return (
        pl.when(pl.col("days_lapsed").is_not_null())
        .then(MOST_PRESSURE)
        .when(days.is_null())
        .then(1.0)
        .otherwise((QUARTER_DAYS / days).clip(LEAST_PRESSURE, MOST_PRESSURE))
    )
