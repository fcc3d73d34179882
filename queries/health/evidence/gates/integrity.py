"""The gates that test the test: dealt outcomes, a planted column, the sums, who was scored."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from queries.health.evidence.backtest.run import leaks
from queries.health.evidence.estimate import Estimate
from queries.health.evidence.fitting.models import UnitWeightScore
from queries.health.evidence.fitting.validation import blocks_of
from queries.health.evidence.gates.gate import (
    LEAST_COVERED,
    MOST_ADDITIVITY_ERROR,
    Measured,
    measured,
    unmeasured,
)
from queries.health.evidence.gates.shuffle import Ranked, deals, is_leak, shuffled_auc
from queries.health.evidence.panel import Panel
from queries.health.evidence.risk import HAZARD, SCORE, Risk, prove_model, table
from queries.health.evidence.scores import Bools, auc
from queries.health.scorecard.definition import HIGHEST, Scorecard, ScorecardVersion
from queries.health.scorecard.score import UNKNOWN, health, reference
from queries.shared.statistics.bootstrap import generator

PLANTED = "planted"
NOISE = 0.01


def shuffle_gates(panel: Panel, risk: Risk) -> list[Measured]:
    """AUC with outcomes dealt at random, and whether a column from the future is caught.

    Outcomes are dealt many times, and what is fitted is fitted anew each time. The interval is
    that of the mean over the deals; only a mean above chance is a leak.
    """
    if not panel.events:
        return unmeasured("gate_shuffled_auc", "gate_planted_auc", n=0)
    return [_shuffled(panel, risk), _planted(panel)]


def _shuffled(panel: Panel, risk: Risk) -> Measured:
    learned = table(panel.scored, SCORE)
    blocks = blocks_of(learned)

    def ranked(happened: Bools) -> Ranked:
        return _ranked(panel.scored.with_columns(churned=pl.Series(happened)), blocks, risk)

    found = shuffled_auc(deals(learned.happened, learned.accounts, blocks), ranked)
    return measured("gate_shuffled_auc", found, panel.events, passes=lambda one: not is_leak(one))


def _ranked(rows: pl.DataFrame, blocks: NDArray[np.int64], risk: Risk) -> Ranked:
    """The rows as the score itself ranks them, or the model in force once fitted to them."""
    happened = rows["churned"].to_numpy()
    by_score = Ranked(-rows["score"].to_numpy(), happened, blocks)
    if risk.model in (None, "score"):
        return by_score
    proof = prove_model(rows, risk.model)
    if proof is None:
        return by_score
    return Ranked(proof.predicted[risk.model][0], happened[proof.rows], proof.parts[0])


def _planted(panel: Panel) -> Measured:
    learned = table(panel.scored, HAZARD)
    noise = generator().normal(0, NOISE, len(learned.happened))
    planted = pl.Series(PLANTED, learned.happened + noise)
    factors = learned.factors.with_columns(planted)
    caught = leaks(replace(learned, factors=factors))
    found = Estimate(_alone(factors.select(PLANTED), learned.happened))
    return measured(
        "gate_planted_auc", found, panel.events, passes=lambda _: list(caught) == [PLANTED]
    )


def _alone(factor: pl.DataFrame, happened: Bools) -> float:
    return auc(UnitWeightScore(factor, happened).score(factor), happened)


def coverage_gates(panel: Panel, outcomes: pl.DataFrame) -> list[Measured]:
    """Customers on the day of the newest snapshot: how many have a band, how many have no row.

    A customer without usage is a customer; one whose band is unknown is not scored.
    """
    day = panel.newest["snapshot_date"].max()
    left = pl.min_horizontal("churned_date", "lapsed_date")
    customers = outcomes.filter(
        pl.col("customer_since_date") <= day, left.is_null() | (left > day)
    ).join(panel.newest.select("account_id", "band"), on="account_id", how="left")
    if customers.is_empty():
        return unmeasured("gate_scored_share", "gate_absent_accounts", n=0)
    scored = customers.filter(pl.col("band") != UNKNOWN).height
    absent = customers["band"].null_count()
    return [
        Measured(
            metric="gate_scored_share",
            value=scored / customers.height,
            passes=scored >= LEAST_COVERED * customers.height,
            n=customers.height,
            least=1,
        ),
        Measured(
            metric="gate_absent_accounts",
            value=float(absent),
            passes=absent == 0,
            n=customers.height,
            least=1,
        ),
    ]


def additivity_gate(panel: Panel, scorecards: ScorecardVersion | None) -> Measured:
    """The largest error of any score of the newest snapshot, in points.

    Each score is made anew from the inputs it froze, and taken apart into the contributions it
    froze. The snapshot does not say which card of the version it was; the one that fits is it.
    """
    scored = panel.newest.filter(pl.col("score").is_not_null())
    if scorecards is None or scored.is_empty():
        return unmeasured("gate_additivity_error", n=0)[0]
    factors = sorted({factor.id for card in scorecards.cards for factor in card.factors})
    points = [f"{factor}_points" for factor in factors]
    frozen = scored.select(
        "score",
        pl.col("inputs").str.json_decode(_numbers(scorecards.inputs)).struct.unnest(),
        pl.col("contributions")
        .str.json_decode(_numbers(factors))
        .struct.rename_fields(points)
        .struct.unnest(),
    )
    total = pl.sum_horizontal(points)
    worst = frozen.select(
        pl.min_horizontal(_error(card, total) for card in scorecards.cards).max()
    ).item()
    return Measured(
        metric="gate_additivity_error",
        value=worst,
        passes=worst <= MOST_ADDITIVITY_ERROR,
        n=scored.height,
        least=1,
    )


def _error(card: Scorecard, total: pl.Expr) -> pl.Expr:
    """How far a score is from its parts, and from itself made anew; by all of it where unknown."""
    parted = pl.col("score") - reference(card) - total
    anew = pl.col("score") - health(card)
    return pl.max_horizontal(parted.abs(), anew.abs()).fill_null(HIGHEST)


def _numbers(names: Iterable[str]) -> pl.Struct:
    return pl.Struct(dict.fromkeys(names, pl.Float64()))
