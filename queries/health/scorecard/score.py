"""Health scores by a card: what each factor contributes, and why a score changed. Pure functions.

Contribution = weight share × (factor score − reference), with the weights shared out over the
inputs that are known, so that the contributions add up to the score less its reference.
"""

from functools import lru_cache
from itertools import pairwise

import polars as pl

from ledger import bands
from queries.health.scorecard.definition import Factor, Scorecard, ScorecardVersion

UNKNOWN = bands.UNKNOWN
# An expression of a card is the same whoever is scored, and hundreds of parts to put together.
CARDS_KEPT = 64


def factor_score(factor: Factor) -> pl.Expr:
    """The factor's score, 0 to 100, of its input; null where the input is unknown."""
    value = pl.col(factor.input).cast(pl.Float64)
    score = pl.lit(factor.points[0][1])
    for (left, low), (right, high) in pairwise(factor.points):
        score += (high - low) / (right - left) * (value.clip(left, right) - left)
    return pl.when(_is_known(factor)).then(score)


@lru_cache(CARDS_KEPT)
def health(card: Scorecard) -> pl.Expr:
    """The health score, 0 to 100: the weighted mean of the known factors; null where none is."""
    known, _ = _weights(card)
    weighted = pl.sum_horizontal(factor.weight * factor_score(factor) for factor in card.factors)
    return pl.when(known > 0).then(weighted / known)


@lru_cache(CARDS_KEPT)
def coverage(card: Scorecard) -> pl.Expr:
    """The share of the card's weight whose input is known, 0 to 1."""
    known, total = _weights(card)
    return known / total


@lru_cache(CARDS_KEPT)
def reference(card: Scorecard) -> pl.Expr:
    """The score at which the known factors contribute nothing; null where none is known."""
    known, _ = _weights(card)
    weighted = pl.sum_horizontal(
        pl.when(pl.col(factor.input).is_not_null())
        .then(factor.weight * factor.reference)
        .otherwise(0.0)
        for factor in card.factors
    )
    return pl.when(known > 0).then(weighted / known)


def contribution(card: Scorecard, factor: Factor) -> pl.Expr:
    """What the factor adds to the score or takes from it, in points; null where unknown."""
    known, _ = _weights(card)
    return factor.weight / known * (factor_score(factor) - factor.reference)


def band(scorecards: ScorecardVersion, score: pl.Expr, covered: pl.Expr) -> pl.Expr:
    """The band of a score, half-open; `unknown` below the coverage floor, never healthy."""
    named = pl.lit(scorecards.bands[0].name)
    for one in scorecards.bands[1:]:
        named = pl.when(score >= one.at_least).then(pl.lit(one.name)).otherwise(named)
    return (
        pl.when(score.is_not_null() & (covered >= scorecards.coverage_floor))
        .then(named)
        .otherwise(pl.lit(UNKNOWN))
    )


def covered_score(scorecards: ScorecardVersion) -> pl.Expr:
    """The score by this version's cards, whichever version scored the account before.

    Null below the coverage floor. Reads the lifecycle stage and the inputs.
    """
    named = scorecards.names(pl.col("lifecycle_stage"))
    return pl.coalesce(
        pl.when((named == card.name) & (coverage(card) >= scorecards.coverage_floor)).then(
            health(card)
        )
        for card in scorecards.cards
    )


def _weights(card: Scorecard) -> tuple[pl.Expr, float]:
    """The weight of the card's known inputs, and of all of them."""
    known = pl.sum_horizontal(
        pl.when(_is_known(factor)).then(factor.weight).otherwise(0.0) for factor in card.factors
    )
    return known, card.weight


def _is_known(factor: Factor) -> pl.Expr:
    value = pl.col(factor.input).cast(pl.Float64)
    return value.is_not_null() & value.is_not_nan()
