"""The triage queue: whom to call first, cut at what the team can do."""

import polars as pl

from queries.health.scorecard.account_health import POINTS
from queries.health.scorecard.score import UNKNOWN
from queries.triage.action_state import covered
from queries.triage.risk_state import KEY

PLACES = {"queue": "Queue", "next": "Next", "snoozed": "Snoozed", "overridden": "Overridden"}
# Why an account has its place; `kept` and `held_back` say what the earlier queue does to the edge.
FLAGGED, LARGE_LOSS, LOW_SCORE = "flagged", "large_loss", "low_score"
LAPSED, TOO_LITTLE_KNOWN, KEPT, HELD_BACK = "lapsed", "unknown", "kept", "held_back"
CAUSES = {
    FLAGGED: "at risk by score",
    LARGE_LOSS: "large expected loss, not flagged",
    LOW_SCORE: "among the lowest scores",
    LAPSED: "contract lapsed",
    TOO_LITTLE_KNOWN: "too little is known",
    KEPT: "kept from last week",
    HELD_BACK: "waits for accounts kept from last week",
}
# An account of the earlier queue keeps its place while it ranks within so many times the capacity.
KEEPS_WITHIN = 1.25
# What takes less is no reason to call, and must not end a snooze by coming and going.
LEAST_POINTS = 2.0
MOST_REASONS = 3
# A renewal in a quarter presses once; nothing presses more than thrice, or less than a quarter.
QUARTER_DAYS, LEAST_PRESSURE, MOST_PRESSURE = 90, 0.25, 3.0


def in_order(accounts: pl.DataFrame, *, order: str) -> pl.DataFrame:
    """Every one of `accounts` in the order to call, with the money and the time that decide it.

    Adds time_pressure, expected_loss_usd with its interval, ranking_loss_usd, is_assumed and
    priority. By `loss`, the expected loss times the pressure of the renewal decides; an account
    without a probability is ranked by its ARR times the base rate of the book, and marked. By
    `score`, and where there is no probability at all, the lowest score is first, then the largest
    ARR; who is too little known comes after those who are known.

    Args:
        accounts: one row per account with its health, probabilities and base_rate_share; the ARR
            of a lapsed account is what lapsed.
        order: `loss` or `score`.
    """
    arr = pl.max_horizontal("arr_usd", "arr_lapsed_usd")
    assumed = pl.when(pl.col("churn_probability").is_null()).then(arr * pl.col("base_rate_share"))
    ranking_loss = pl.coalesce("expected_loss_usd", "assumed_loss_usd")
    by_loss = ranking_loss * pl.col("time_pressure")
    keys = ("priority", "is_unknown", "score", "arr", KEY)
    return (
        accounts.with_columns(
            time_pressure=_pressure(),
            expected_loss_usd=arr * pl.col("churn_probability"),
            expected_loss_low_usd=arr * pl.col("churn_probability_low"),
            expected_loss_high_usd=arr * pl.col("churn_probability_high"),
            assumed_loss_usd=assumed,
        )
        .with_columns(
            ranking_loss_usd=ranking_loss,
            is_assumed=pl.col("assumed_loss_usd").is_not_null(),
            priority=by_loss if order == "loss" else pl.lit(None, dtype=pl.Float64),
            is_unknown=pl.col("band") == UNKNOWN,
            arr=arr,
        )
        .sort(keys, descending=[True, False, False, True, False], nulls_last=True)
    )


def placed(
    accounts: pl.DataFrame, earlier: pl.DataFrame, *, order: str, capacity: int
) -> pl.DataFrame:
    """Every account with its place, rank and why it is there; sorted by place, then by rank.

    The queue has `capacity` places, fewer only where there are fewer accounts. The accounts of
    the earlier queue, the top of `earlier` by the same rule, keep their place while they rank
    within 1.25 times the capacity; the rest is filled by rank. Without an earlier score the queue
    is the top. An account is listed apart, and has no rank, while a snooze covers every factor
    that takes points, or while somebody's band stands over its score.

    Args:
        accounts: as `in_order` takes them, with is_flagged and what was done about each.
        earlier: the accounts as they were known a week before, as `in_order` takes them.
        order: `loss` or `score`.
        capacity: accounts the team can call this week, at least 1.
    """
    apart = (
        pl.when(pl.col("snoozed_until").is_not_null() & covered("factors", "snoozed_reasons"))
        .then(pl.lit("snoozed"))
        .when(pl.col("override_band").is_not_null())
        .then(pl.lit("overridden"))
    )
    known = in_order(accounts, order=order).with_columns(factors=_factors())
    ordered = known.with_columns(
        apart=apart,
        status=pl.coalesce("override_band", "band"),
        is_new_reason=_appeared("acknowledged_reasons") | _appeared("snoozed_reasons"),
    )
    top = _top(earlier, ordered.filter(pl.col("apart").is_not_null()), order, capacity)
    waits = pl.col("apart").is_null()
    keeps = waits & pl.col("was_in_queue") & (pl.col("rank") <= capacity * KEEPS_WITHIN)
    fills = waits & ~pl.col("keeps")
    seats = capacity - pl.col("keeps").sum()
    place = (
        pl.when(pl.col("keeps") | (fills & (fills.cum_sum() <= seats)))
        .then(pl.lit("queue"))
        .otherwise(pl.coalesce("apart", pl.lit("next")))
    )
    return (
        ordered.join(top, on=KEY, how="left", maintain_order="left")
        .with_columns(
            was_in_queue=pl.col("was_in_queue").fill_null(value=False),
            rank=pl.when(waits).then(waits.cum_sum().cast(pl.Int64)),
        )
        .with_columns(keeps=keeps.fill_null(value=False))
        .with_columns(place=place)
        .with_columns(causes=_causes(capacity))
        .sort(
            pl.col("place").replace_strict({name: at for at, name in enumerate(PLACES)}),
            maintain_order=True,
        )
    )


def _top(earlier: pl.DataFrame, apart: pl.DataFrame, order: str, capacity: int) -> pl.DataFrame:
    """The plain top a week before, of those who can have a place today; none without a score."""
    scored = earlier.filter(pl.col("score").is_not_null().any())
    return (
        in_order(scored, order=order)
        .join(apart, on=KEY, how="anti", maintain_order="left")
        .head(capacity)
        .select(KEY, was_in_queue=pl.lit(value=True))
    )


def _causes(capacity: int) -> pl.Expr:
    """Why each account has its place, as codes; whoever is in the queue has at least one."""
    is_top = (pl.col("rank") <= capacity).fill_null(value=False)
    is_lapsed = pl.col("days_lapsed").is_not_null()
    is_quiet = is_top & ~pl.col("is_flagged") & ~is_lapsed & ~pl.col("is_unknown")
    by_loss = pl.col("priority").is_not_null()
    when = {
        FLAGGED: pl.col("is_flagged"),
        LARGE_LOSS: is_quiet & by_loss,
        LOW_SCORE: is_quiet & ~by_loss,
        LAPSED: is_lapsed,
        TOO_LITTLE_KNOWN: pl.col("is_unknown"),
        KEPT: (pl.col("place") == "queue") & ~is_top,
        HELD_BACK: (pl.col("place") == "next") & is_top,
    }
    return pl.concat_list(
        pl.when(holds).then(pl.lit(code)) for code, holds in when.items()
    ).list.drop_nulls()


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
