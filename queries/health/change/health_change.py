"""Why each account's score changed: behaviour, configuration and coverage, which sum exactly."""

import datetime as dt
import itertools
from collections.abc import Mapping

import dataframely as dy
import polars as pl

from queries.core.columns import metric
from queries.core.question import Dependency, Question
from queries.health.change.attribution import KEY, change
from queries.health.change.explanation import (
    FACTORS,
    LEAST_POINTS,
    explained,
    explanation_list,
)
from queries.health.scorecard import account_health
from queries.health.scorecard.definition import BANDS, in_force
from queries.health.scorecard.score import UNKNOWN
from queries.shared import words
from queries.shared.periods import days_parameter
from warehouse.context import Context
from warehouse.contract.columns import identifier, text, word

_ROUNDING = 1e-9
_PARTS = ("behaviour", "configuration", "coverage", *(f"by {factor}" for factor in FACTORS))


class HealthChange(dy.Schema):
    """One row per account with a contract in force, or one that lapsed, on the data date."""

    account_id = identifier("Account", key=True)
    account_name = text("Account name; its id where it has none", nullable=False)
    arr_usd = metric("arr_usd")
    score_before = metric("health_score", nullable=True)
    score_after = metric("health_score", nullable=True)
    change = metric("health_change", nullable=True, signed=True)
    behaviour = metric("health_behaviour", nullable=True, signed=True)
    configuration = metric("health_configuration", nullable=True, signed=True)
    coverage = metric("health_coverage_change", nullable=True, signed=True)
    band_before = word("Band then; null: not an account then", *BANDS, UNKNOWN, nullable=True)
    band_after = word("Band on the data date", *BANDS, UNKNOWN)
    card_version_before = text("Version of the scorecard then")
    card_version_after = text("Version of the scorecard on the data date", nullable=False)
    explanation = explanation_list("What happened, what behaviour did most, what is no behaviour")

    @dy.rule()
    def the_parts_sum_to_the_change(cls) -> pl.Expr:
        parts = pl.sum_horizontal("behaviour", "configuration", "coverage")
        return cls.change.col.is_null() | ((parts - cls.change.col).abs() < _ROUNDING)


def depends_on(days: int) -> Mapping[str, Dependency]:
    """The health of every account on the data date, and `days` before."""
    health = account_health.QUESTIONS[0]
    # An account that the filters select today may have been elsewhere then.
    before = Dependency(health, days_before=days, ignores_filters=True)
    return {"before": before, "after": Dependency(health)}


def health_change(
    *, before: pl.LazyFrame, after: pl.LazyFrame, context: Context, days: int
) -> pl.DataFrame:
    """The change of every account's score over `days`, each date as it was known then.

    Grain: account_id; sorted by change, the largest fall first and unknown last, then account_id.
    The order of the split is fixed: see `queries.health.change.attribution`. Change and parts are
    null without a score on both dates; behaviour also where no input is known on both.
    """
    names = ("card", "card_version", "band", "score")
    then = before.select(KEY, *(pl.col(name).alias(f"{name}_before") for name in names))
    now = (pl.col(name).alias(f"{name}_after") for name in names)
    split = _split(before, after, context, days).drop("score_before", "score_after")
    is_known = pl.col("score_before").is_not_null() & pl.col("score_after").is_not_null()
    return (
        after.select(KEY, "account_name", "arr_usd", *now)
        .join(then, on=KEY, how="left")
        .join(split, on=KEY, how="left")
        .with_columns(pl.when(is_known).then(pl.col(_PARTS)).name.keep())
        .with_columns(change=pl.col("score_after") - pl.col("score_before"))
        .with_columns(explanation=explained(days))
        .sort("change", KEY, nulls_last=True)
        .select(HealthChange.column_names())
        .collect(engine="in-memory")
    )


def _split(before: pl.LazyFrame, after: pl.LazyFrame, context: Context, days: int) -> pl.LazyFrame:
    """The split of every account of both dates, card by card."""
    scorecard_versions, earlier = (
        account_health.scorecard_versions(),
        context.as_of - dt.timedelta(days=days),
    )
    pairs = itertools.product(
        in_force(scorecard_versions, earlier).cards,
        in_force(scorecard_versions, context.as_of).cards,
    )
    return pl.concat(
        (
            change(
                before.filter(pl.col("card") == old.name),
                after.filter(pl.col("card") == new.name),
                old,
                new,
            )
            for old, new in pairs
        ),
        how="diagonal",
    )


def finding(frame: pl.DataFrame) -> str:
    """How many accounts fell, and which fell most; and whether the scorecard changed between."""
    fallen = frame.filter(pl.col("change") <= -LEAST_POINTS)
    if fallen.is_empty():
        return "No score fell"
    worst = fallen.row(0, named=True)
    count = words.plural(fallen.height, "score")
    points = words.number(worst["change"])
    said = f"{count} fell; {worst['account_name']} most, by {points.removeprefix(words.MINUS)}"
    before, after = worst["card_version_before"], worst["card_version_after"]
    return said if before == after else f"{said}; scorecard {before} became {after}"


QUESTIONS = (
    Question(
        name="health_change",
        asks="Why did each account's score change?",
        shape=HealthChange,
        depends_on=depends_on,
        answer=health_change,
        finding=finding,
        filters="accounts",
        parameters=(days_parameter(default=28, least=1, most=364),),
    ),
)
