"""Which model the evidence puts in force, and the probability of churn it gives each account.

The score alone has two fitted parameters. The hazard is a ridge on five predictors declared
beforehand: logit of churn within 90 days = the score + whether a renewal is due within them +
whether it is the first year + usage change + severe tickets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from queries.evidence.models import Model
from queries.evidence.panel import FROZEN, HORIZON_DAYS, Panel
from queries.evidence.scores import Floats, log_loss
from queries.evidence.table import Outcomes
from queries.evidence.tiers import TIERS, Tier, tier_of
from queries.evidence.validation import Proof, fitted, prove_forward

SCORE = ("score",)
HAZARD = ("score", "is_renewing", "is_first_year", *FROZEN)


@dataclass(frozen=True)
class Risk:
    """The tier in force and its model, both by evidence; no model in tier 0.

    `allowed` is the tier that the number of events allows; the tier in force is lower where its
    model does not beat the one below out of time. `proofs` holds what the models that competed
    predicted out of time; it is empty where there was none to choose from.
    """

    allowed: Tier
    tier: Tier
    model: str | None
    proofs: dict[str, Proof]


def table(rows: pl.DataFrame, predictors: Sequence[str]) -> Outcomes:
    """Rows of a panel, all with a band, as a table that models learn from."""
    return Outcomes(
        factors=rows.select(pl.col(predictors).cast(pl.Float64)),
        happened=rows["churned"].to_numpy(),
        accounts=rows["account_id"].rank("dense").cast(pl.Int64).to_numpy(),
        times=rows["snapshot_date"].to_physical().cast(pl.Int64).to_numpy(),
        positive="churned",
        known_after=HORIZON_DAYS,
    )


def predictors_of(model: str) -> tuple[str, ...]:
    """The predictors that a model learns from."""
    return SCORE if model == "score" else HAZARD


def prove_model(rows: pl.DataFrame, model: str, predictors: Sequence[str]) -> Proof | None:
    """What the model predicts out of time: each snapshot from outcomes that were known by then."""
    learned = table(rows, predictors)
    with threadpool_limits(1):
        return prove_forward(learned, learned.happened, (model,), progress=lambda _: None)


def loss(proof: Proof, model: str, rows: pl.DataFrame) -> float:
    """The log-loss of a model out of time."""
    return log_loss(proof.predicted[model][0], rows["churned"].to_numpy()[proof.rows])


def in_force(panel: Panel) -> Risk:
    """The tier by events and accounts, and of the models it allows the best out of time.

    Ridge has to beat the score, and boosting the better of both, by log-loss on snapshots later
    than any it learned from; where nothing can be tested out of time the score stays.
    """
    allowed = tier_of(panel.events, panel.accounts)
    if not allowed.gives_probability:
        return Risk(allowed, allowed, None, {})
    if allowed.models == SCORE:
        return Risk(allowed, allowed, "score", {})
    rows = panel.scored
    proofs = {
        model: proof
        for model in allowed.models
        for proof in (prove_model(rows, model, predictors_of(model)),)
        if proof is not None
    }
    losses = {model: loss(proof, model, rows) for model, proof in proofs.items()}
    model = min(losses, key=lambda one: losses[one], default="score")
    return Risk(allowed, TIERS[1 + allowed.models.index(model)], model, proofs)


def probabilities(
    panel: Panel, model: str, accounts: pl.DataFrame
) -> tuple[Floats, Floats, Floats]:
    """The probability that each of `accounts` churns within 90 days, and its 95 % interval.

    `accounts` holds the columns of a panel's row that the model learns from, all with a score.
    The interval comes from drawing whole accounts again; boosting's is that of its recalibration.
    """
    predictors = predictors_of(model)
    learned = table(panel.scored, predictors)
    unseen = accounts.select(pl.col(predictors).cast(pl.Float64))
    with threadpool_limits(1):
        fit: Model = fitted(model, learned, learned.happened)
        low, high = fit.interval(learned.factors, learned.happened, learned.accounts, unseen)
        point = fit.predict(unseen)
    return point, np.minimum(low, point), np.maximum(high, point)
