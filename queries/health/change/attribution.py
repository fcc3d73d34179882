"""Why a score changed between two dates: behaviour, configuration and coverage, which sum exactly.

The order is fixed and printed, because it matters. H₀: old inputs, old card. H₁: old inputs, new
card. H₂ and H₃: only inputs known on both dates, new card, old then new values. H: new inputs, new
card. Configuration = H₁ − H₀, behaviour = H₃ − H₂, coverage = (H₂ − H₁) + (H − H₃).
"""

from dataclasses import replace

import polars as pl

from queries.health.scorecard.definition import Factor, Scorecard
from queries.health.scorecard.score import factor_score, health

KEY = "account_id"


def change(
    before: pl.LazyFrame, after: pl.LazyFrame, old: Scorecard, new: Scorecard
) -> pl.LazyFrame:
    """The split per account of both frames, which hold its inputs on either date.

    Grain: account_id, with score_before, score_after, configuration, behaviour, coverage, and per
    factor of the new card its part of behaviour as `by <factor>`, all in points. Without an input
    known on both dates behaviour is null and the remainder is coverage; without a score on either
    date everything but that score is null.
    """
    inputs = sorted({factor.input for card in (old, new) for factor in card.factors})
    both = before.select(KEY, *inputs).join(
        after.select(KEY, *(pl.col(name).alias(f"{name} after") for name in inputs)), on=KEY
    )
    was, now = pl.col("score_before"), pl.col("score_after")
    recarded = pl.col("_recarded")
    kept_was, kept_now = pl.col("_kept_before"), pl.col("_kept_after")
    coverage = pl.when(kept_was.is_null()).then(now - recarded)
    return (
        both.pipe(_scored, "score_before", old, inputs)
        .pipe(_scored, "_recarded", new, inputs)
        .pipe(_scored, "score_after", new, inputs, of="after")
        .pipe(_scored, "_kept_before", new, inputs, of="kept before")
        .pipe(_scored, "_kept_after", new, inputs, of="kept after")
        .select(
            KEY,
            was,
            now,
            configuration=pl.when(now.is_not_null()).then(recarded - was),
            behaviour=kept_now - kept_was,
            coverage=coverage.otherwise((kept_was - recarded) + (now - kept_now)),
            **{f"by {factor.id}": _moved(factor, new) for factor in new.factors},
        )
    )


def _moved(factor: Factor, card: Scorecard) -> pl.Expr:
    """The factor's part of behaviour; null where it is not known on both dates."""
    weight = pl.sum_horizontal(
        pl.when(_later(one).is_not_null() & factor_score(one).is_not_null())
        .then(one.weight)
        .otherwise(0.0)
        for one in card.factors
    )
    return factor.weight / weight * (_later(factor) - factor_score(factor))


def _later(factor: Factor) -> pl.Expr:
    return factor_score(replace(factor, input=f"{factor.input} after"))


def _scored(
    both: pl.LazyFrame, name: str, card: Scorecard, inputs: list[str], of: str = "before"
) -> pl.LazyFrame:
    """`both` with the score of one choice of its inputs added under `name`."""
    chosen = {one: _choice(one, of) for one in inputs}
    known = [column.alias(f"_{one}") for one, column in chosen.items()]
    renamed = {f"_{one}": one for one in inputs}
    scores = both.select(KEY, *known).rename(renamed).select(KEY, health(card).alias(name))
    return both.join(scores, on=KEY)


def _choice(name: str, of: str) -> pl.Expr:
    earlier, later = pl.col(name), pl.col(f"{name} after")
    if of == "after":
        return later
    if of == "kept before":
        return pl.when(later.is_not_null()).then(earlier)
    if of == "kept after":
        return pl.when(earlier.is_not_null()).then(later)
    return earlier
