"""Why a score changed: codes with their facts, and the sentence that each of them is."""

from collections.abc import Mapping
from typing import Any

import dataframely as dy
import polars as pl

from queries.core.columns import coded
from queries.shared import words

FACTORS = {
    "usage": "usage",
    "commitment": "use of the commitment",
    "breadth": "features used",
    "tickets": "severe tickets",
    "incidents": "incidents",
    "contact": "contact",
}
SENTENCES = {
    "new": "Not a customer {period} before.",
    "incomparable": "Too little was known to compare with {period} before.",
    "unchanged": "The score stayed at {after} in {period}.",
    "fell": "The score fell from {before} to {after} in {period}.",
    "rose": "The score rose from {before} to {after} in {period}.",
    "behaviour": "Customer behaviour {points}: {factors}.",
    "cancelled_out": "Customer behaviour cancels out: {factors}.",
    "card": "Rule change {points} (card {card_before} to {card_after}).",
    "card_version": "Rule change {points} (scorecard {card_before} to {card_after}).",
    "coverage": "Data coverage {points}.",
}
LEAST_POINTS = 0.05
_NAMED = 2
_MOVE = pl.Struct({"factor": pl.String, "points": pl.Float64})
_FACTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "days": pl.Int64,
    "score_before": pl.Float64,
    "score_after": pl.Float64,
    "points": pl.Float64,
    "factors": pl.List(_MOVE),
    "card_before": pl.String,
    "card_after": pl.String,
}


def explanation_list(description: str) -> dy.List:
    """What happened, what behaviour did most, and what is no behaviour at all, in this order."""
    move = dy.Struct({"factor": dy.String(), "points": dy.Float64()})
    return coded(
        description,
        SENTENCES,
        sentence=sentence,
        joined=" ",
        days=dy.Int64(nullable=True),
        score_before=dy.Float64(nullable=True),
        score_after=dy.Float64(nullable=True),
        points=dy.Float64(nullable=True),
        factors=dy.List(move, nullable=True),
        card_before=dy.String(nullable=True),
        card_after=dy.String(nullable=True),
    )


def explained(days: int) -> pl.Expr:
    """The explanation of a change over `days`, from the columns of the change and its parts."""
    before, after = pl.col("score_before"), pl.col("score_after")
    period = pl.lit(days)
    outcome = (
        pl.when(pl.col("card_version_before").is_null())
        .then(_one("new", days=period))
        .when(after.is_null() | before.is_null())
        .then(_one("incomparable", days=period))
        .when(before.round(0) == after.round(0))
        .then(_one("unchanged", days=period, score_after=after))
        .when(before > after)
        .then(_one("fell", days=period, score_before=before, score_after=after))
        .otherwise(_one("rose", days=period, score_before=before, score_after=after))
    )
    return pl.concat_list(outcome, _behaviour(), _card(), _coverage()).list.drop_nulls()


def sentence(code: Mapping[str, Any]) -> str:
    """One code of an explanation as a reader sees it."""
    before, after = code["score_before"], code["score_after"]
    return SENTENCES[code["code"]].format(
        period=words.plural(code["days"] or 0, "day"),
        before=round(before or 0.0),
        after=round(after or 0.0),
        points=_signed(code["points"] or 0.0),
        factors=", ".join(
            f"{FACTORS[one['factor']]} {_signed(one['points'])}" for one in code["factors"] or ()
        ),
        card_before=code["card_before"],
        card_after=code["card_after"],
    )


def _one(code: str, **facts: pl.Expr) -> pl.Expr:
    absent = pl.lit(None)
    named = (facts.get(name, absent).cast(kind).alias(name) for name, kind in _FACTS.items())
    return pl.struct(pl.lit(code).alias("code"), *named)


def _behaviour() -> pl.Expr:
    moves = (
        pl.struct(size=points.abs(), factor=pl.lit(factor), points=points)
        for factor in FACTORS
        for points in [pl.col(f"by {factor}")]
    )
    most = (
        pl.concat_list(moves)
        .list.filter(pl.element().struct.field("size") >= LEAST_POINTS)
        .list.sort(descending=True)
        .list.head(_NAMED)
        .list.eval(
            pl.struct(
                pl.element().struct.field("factor"),
                pl.element().struct.field("points"),
            )
        )
    )
    behaviour = pl.col("behaviour")
    return (
        pl.when(behaviour.abs() >= LEAST_POINTS)
        .then(_one("behaviour", points=behaviour, factors=most))
        .when(most.list.len() > 0)
        .then(_one("cancelled_out", factors=most))
    )


def _card() -> pl.Expr:
    configuration = pl.col("configuration")
    is_same_version = pl.col("card_version_before") == pl.col("card_version_after")
    return pl.when(configuration.abs() >= LEAST_POINTS).then(
        pl.when(is_same_version)
        .then(
            _one(
                "card",
                points=configuration,
                card_before=pl.col("card_before"),
                card_after=pl.col("card_after"),
            )
        )
        .otherwise(
            _one(
                "card_version",
                points=configuration,
                card_before=pl.col("card_version_before"),
                card_after=pl.col("card_version_after"),
            )
        )
    )


def _coverage() -> pl.Expr:
    coverage = pl.col("coverage")
    return pl.when(coverage.abs() >= LEAST_POINTS).then(_one("coverage", points=coverage))


def _signed(points: float) -> str:
    return f"{words.MINUS if points < 0 else '+'}{abs(points):.1f}"
