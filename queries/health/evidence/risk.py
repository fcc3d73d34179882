"""Which model the evidence puts in force, and the probability of churn it gives each account.

The score alone has two fitted parameters. The hazard is a ridge on five predictors declared
beforehand: logit of churn within 90 days = the score + whether a renewal is due within them +
whether it is the first year + usage change + severe tickets. Either may learn from the ARR, too,
where that foretells churned accounts and churned dollars better out of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from queries.health.evidence.backtest.table import Outcomes
from queries.health.evidence.fitting.models import Model
from queries.health.evidence.fitting.validation import Proof, fitted, prove_forward
from queries.health.evidence.panel import FROZEN, HORIZON_DAYS, Panel
from queries.health.evidence.scores import Floats, log_loss, log_losses
from queries.health.evidence.tiers import ACCOUNTS_FOR_WEIGHTS, TIERS, Tier, tier_of
from queries.shared.statistics.bootstrap import percentile_intervals

SCORE = ("score",)
HAZARD = ("score", "is_renewing", "is_first_year", *FROZEN)
LOG_ARR = "log_arr"
WITH_ARR = {"score": "score_arr", "ridge": "ridge_arr"}
# Model to what fits it, and the predictors it learns from.
MODELS: dict[str, tuple[str, tuple[str, ...]]] = {
    "score": ("score", SCORE),
    "ridge": ("ridge", HAZARD),
    "boosting": ("boosting", HAZARD),
    "score_arr": ("recalibration", (*SCORE, LOG_ARR)),
    "ridge_arr": ("ridge", (*HAZARD, LOG_ARR)),
}


@dataclass(frozen=True)
class Risk:
    """The tier in force and its model, both by evidence; no model in tier 0.

    The tier is lower than the number of events allows where its model does not beat the one below
    out of time. `proofs` holds what the models that competed
    predicted out of time; it is empty where there was none to choose from.
    """

    tier: Tier
    model: str | None
    proofs: dict[str, Proof]


def table(rows: pl.DataFrame, predictors: Sequence[str]) -> Outcomes:
    """Rows of a panel, all with a band, as a table that models learn from."""
    return Outcomes(
        factors=_predictors(rows, predictors),
        happened=rows["churned"].to_numpy(),
        accounts=rows["account_id"].rank("dense").cast(pl.Int64).to_numpy(),
        times=rows["snapshot_date"].to_physical().cast(pl.Int64).to_numpy(),
        positive="churned",
        known_after=HORIZON_DAYS,
    )


def _predictors(rows: pl.DataFrame, predictors: Sequence[str]) -> pl.DataFrame:
    known = rows
    if LOG_ARR in predictors:
        known = rows.with_columns(pl.col("arr_usd").log1p().alias(LOG_ARR))
    return known.select(pl.col(predictors).cast(pl.Float64))


def prove_model(rows: pl.DataFrame, model: str) -> Proof | None:
    """What the model predicts out of time: each snapshot from outcomes that were known by then."""
    kind, predictors = MODELS[model]
    proof = prove_predictors(rows, predictors, kind=kind)
    return None if proof is None else replace(proof, predicted={model: proof.predicted[kind]})


def prove_predictors(
    rows: pl.DataFrame, predictors: Sequence[str], *, kind: str = "ridge"
) -> Proof | None:
    """The same of a ridge, or another kind of model, of any predictors."""
    learned = table(rows, predictors)
    with threadpool_limits(1):
        return prove_forward(learned, learned.happened, (kind,), progress=lambda _: None)


def loss(proof: Proof, model: str, rows: pl.DataFrame) -> float:
    """The log-loss of a model out of time."""
    return log_loss(proof.predicted[model][0], rows["churned"].to_numpy()[proof.rows])


def dollar_loss(proof: Proof, model: str, rows: pl.DataFrame) -> float:
    """The log-loss of a model out of time, each snapshot by its ARR; NaN where none has any."""
    tested = rows[proof.rows]
    losses = log_losses(proof.predicted[model][0], tested["churned"].to_numpy())
    arr = tested["arr_usd"].to_numpy()
    return float(arr @ losses / arr.sum()) if arr.sum() else float("nan")


def in_force(panel: Panel) -> Risk:
    """The tier by events and accounts, and of the models it allows the best out of time.

    Ridge has to beat the score, and boosting the better of both, by log-loss on snapshots later
    than any it learned from; where nothing can be tested out of time the score stays. The ARR
    joins the predictors where both the log-loss per account and that per dollar are smaller with
    it, on the same snapshots, and never with fewer than 100 accounts.
    """
    allowed = tier_of(panel.events, panel.accounts)
    if not allowed.gives_probability:
        return Risk(allowed, None, {})
    rows = panel.scored
    may_weigh = panel.accounts >= ACCOUNTS_FOR_WEIGHTS
    proofs = _proofs(rows, allowed.models if may_weigh else ())
    losses = {model: loss(proof, model, rows) for model, proof in proofs.items()}
    model = min(losses, key=lambda one: losses[one], default="score")
    tier = TIERS[1 + allowed.models.index(model)]
    richer = WITH_ARR.get(model)
    if richer is None or model not in proofs:
        return Risk(tier, model, proofs)
    proofs |= _proofs(rows, (richer,))
    is_better = richer in proofs and all(
        measure(proofs[richer], richer, rows) < measure(proofs[model], model, rows)
        for measure in (loss, dollar_loss)
    )
    return Risk(tier, richer if is_better else model, proofs)


def _proofs(rows: pl.DataFrame, models: Sequence[str]) -> dict[str, Proof]:
    proofs = {model: prove_model(rows, model) for model in models}
    return {model: proof for model, proof in proofs.items() if proof is not None}


def probabilities(
    panel: Panel, model: str, accounts: pl.DataFrame
) -> tuple[Floats, Floats, Floats]:
    """The probability that each of `accounts` churns within 90 days, and its 95 % interval.

    `accounts` holds the columns of a panel's row that the model learns from, all with a score.
    The interval comes from drawing whole accounts again; boosting's is that of its recalibration.
    It says how sure the model is of a probability, not what comes about.
    """
    point, draws = drawn_probabilities(panel, model, accounts)
    low, high = percentile_intervals(draws)
    return point, np.minimum(low, point), np.maximum(high, point)


def drawn_probabilities(panel: Panel, model: str, accounts: pl.DataFrame) -> tuple[Floats, Floats]:
    """The probability of each of `accounts`, and what it were had other accounts been learned from.

    The second is draw × account.
    """
    kind, predictors = MODELS[model]
    learned = table(panel.scored, predictors)
    unseen = _predictors(accounts, predictors)
    with threadpool_limits(1):
        fit: Model = fitted(kind, learned, learned.happened)
        draws = fit.draws(learned.factors, learned.happened, learned.accounts, unseen)
        return fit.predict(unseen), draws
