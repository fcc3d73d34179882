"""The gates of a probability: calibration, baselines, and the money it would have captured.

Probabilities are fitted, so only snapshots count that are later than every outcome the fit knew,
and later than those that the bands of the card were set on.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from queries.health.evidence.estimate import Estimate
from queries.health.evidence.fitting.sigmoid import log_odds, recalibrated
from queries.health.evidence.fitting.validation import Proof
from queries.health.evidence.gates.gate import (
    LEAST_LOST_ARR,
    MOST_OFF,
    SLOPES,
    Measured,
    measured,
    unmeasured,
)
from queries.health.evidence.measures import AccountBootstrap, captured_amount, share
from queries.health.evidence.panel import FROZEN, Panel
from queries.health.evidence.risk import Risk, prove_model, prove_predictors
from queries.health.evidence.scores import Bools, Floats, Ranking, log_losses

FIFTH = 0.2
# What a reader could do without a score, each by itself. The ridge keeps a baseline that never
# saw a churn from being certain, which one churn would then make the worst of all.
BASELINES = {
    "gate_gain_over_renewal": ("is_renewing",),
    "gate_gain_over_usage": (FROZEN[0],),
}
DOLLARS = (
    "gate_observed_over_expected_usd",
    "gate_observed_over_expected_above_usd",
    "gate_observed_over_expected_below_usd",
)
ALL = (
    "gate_observed_over_expected",
    *DOLLARS,
    "gate_calibration_slope",
    "gate_brier_skill",
    "gate_gain_over_base_rate",
    *BASELINES,
    "gate_lost_arr_share",
)


@dataclass(frozen=True)
class OutOfTime:
    """The rows of a panel that were predicted out of time, in the order of the predictions.

    `base` is the base rate that was known when each row was predicted.
    """

    rows: pl.DataFrame
    predicted: Floats
    base: Floats

    @property
    def happened(self) -> Bools:
        return self.rows["churned"].to_numpy()

    @property
    def events(self) -> int:
        """Distinct accounts that churned within 90 days of a row."""
        return self.rows.filter("churned")["account_id"].n_unique()


def out_of_time(panel: Panel, risk: Risk) -> OutOfTime | None:
    """What the model in force predicted; None where there is none, or nothing to test it on."""
    if risk.model is None:
        return None
    rows = panel.scored
    proof = risk.proofs.get(risk.model) or prove_model(rows, risk.model)
    return None if proof is None else _tested(panel, proof, risk.model)


def _tested(panel: Panel, proof: Proof, model: str) -> OutOfTime | None:
    """Of the rows that were predicted those that prove something; None where there are none."""
    rows = panel.scored[proof.rows].with_row_index("place")
    proving = panel.later(rows)
    if proving.is_empty():
        return None
    place = proving["place"].to_numpy()
    return OutOfTime(
        proving.drop("place"), proof.predicted[model][0][place], np.asarray(proof.base)[place]
    )


def probability_gates(panel: Panel, tested: OutOfTime | None) -> list[Measured]:
    """Calibration, Brier skill, what it gains over each baseline, and the lost ARR it captures."""
    if tested is None or not tested.events:
        return unmeasured(*ALL, n=0)
    bootstrap = AccountBootstrap(tested.rows)
    return [
        *_calibration(tested, bootstrap),
        *_calibration_in_dollars(tested, bootstrap),
        _gain(tested, bootstrap, "gate_gain_over_base_rate", tested.base),
        *(
            _gain_over(panel, tested, bootstrap, metric, predictors)
            for metric, predictors in BASELINES.items()
        ),
        _lost_arr(tested, bootstrap),
    ]


def _calibration(tested: OutOfTime, bootstrap: AccountBootstrap) -> list[Measured]:
    happened, predicted, events = tested.happened, tested.predicted, tested.events
    ranking = Ranking(predicted, happened)
    accounts = tested.rows["account_id"].rank("dense").cast(pl.Int64).to_numpy()
    odds = log_odds(predicted)
    sigmoid = recalibrated(odds, happened)
    missed, missed_by_base = (predicted - happened) ** 2, (tested.base - happened) ** 2
    return [
        measured(
            "gate_observed_over_expected",
            bootstrap.estimate(ranking.observed_over_expected),
            events,
            passes=_is_calibrated,
        ),
        measured(
            "gate_calibration_slope",
            Estimate(sigmoid.slope, *sigmoid.slope_interval(odds, happened, accounts)),
            events,
            passes=lambda found: SLOPES[0] <= found.value <= SLOPES[1],
        ),
        measured(
            "gate_brier_skill",
            bootstrap.estimate(
                lambda weights: 1 - share(missed, weights) / share(missed_by_base, weights)
            ),
            events,
            passes=_is_gain,
        ),
    ]


def _calibration_in_dollars(tested: OutOfTime, bootstrap: AccountBootstrap) -> list[Measured]:
    """ARR lost over ARR expected to be: of all, above the median ARR, and up to it.

    A model may be right in accounts and wrong in dollars, where large accounts churn less often
    than their score says.
    """
    arr = tested.rows["arr_usd"].to_numpy()
    is_large = arr > np.median(arr)
    parts = (np.ones_like(is_large), is_large, ~is_large)
    return [
        _dollars(tested, bootstrap, metric, arr * part)
        for metric, part in zip(DOLLARS, parts, strict=True)
    ]


def _dollars(tested: OutOfTime, bootstrap: AccountBootstrap, metric: str, arr: Floats) -> Measured:
    happened = tested.happened
    events = tested.rows.filter(pl.Series(happened & (arr > 0)))["account_id"].n_unique()
    found = bootstrap.over_expected(happened * arr, tested.predicted * arr, at_stake=arr)
    return measured(metric, found, events, passes=_is_calibrated)


def _gain_over(
    panel: Panel,
    tested: OutOfTime,
    bootstrap: AccountBootstrap,
    metric: str,
    predictors: tuple[str, ...],
) -> Measured:
    proof = prove_predictors(panel.scored, predictors)
    alone = None if proof is None else _tested(panel, proof, "ridge")
    if alone is None:
        return unmeasured(metric, n=tested.events)[0]
    return _gain(tested, bootstrap, metric, alone.predicted)


def _gain(
    tested: OutOfTime, bootstrap: AccountBootstrap, metric: str, baseline: Floats
) -> Measured:
    """How much smaller the log-loss is than that of a baseline on the same rows."""
    gained = log_losses(baseline, tested.happened) - log_losses(tested.predicted, tested.happened)
    found = bootstrap.estimate(lambda weights: share(gained, weights))
    return measured(metric, found, tested.events, passes=_is_gain)


def _lost_arr(tested: OutOfTime, bootstrap: AccountBootstrap) -> Measured:
    arr = tested.rows["arr_usd"].to_numpy()
    expected, lost = tested.predicted * arr, tested.happened * arr

    def captured(weights: Floats) -> float:
        most = captured_amount(lost, lost, FIFTH, weights)
        return captured_amount(expected, lost, FIFTH, weights) / most

    found = bootstrap.estimate(captured, of=tested.happened)
    return measured(
        "gate_lost_arr_share",
        found,
        tested.events,
        passes=lambda found: found.value >= LEAST_LOST_ARR,
    )


def _is_calibrated(found: Estimate) -> bool:
    covers = found.low is not None and found.high is not None and found.low <= 1 <= found.high
    return MOST_OFF[0] <= found.value <= MOST_OFF[1] and covers


def _is_gain(found: Estimate) -> bool:
    return found.value > 0
