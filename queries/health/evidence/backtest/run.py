"""The backtest of a table of outcomes: tier by evidence, proof, gates, factors with their sign."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from queries.health.evidence.backtest.report import Backtest, Factor, gates
from queries.health.evidence.backtest.table import Outcomes
from queries.health.evidence.estimate import Estimate
from queries.health.evidence.fitting.models import Ridge, UnitWeightScore
from queries.health.evidence.fitting.sigmoid import calibration_slope
from queries.health.evidence.fitting.validation import (
    OUT_OF_TIME,
    Progress,
    blocks_of,
    fitted,
    prove,
)
from queries.health.evidence.gates.shuffle import Ranked, deals, shuffled_auc
from queries.health.evidence.scores import (
    TENTH,
    Bools,
    Floats,
    Ranking,
    auc,
    brier_skill,
    log_loss,
)
from queries.health.evidence.tiers import tier_of
from queries.shared.statistics.bootstrap import cluster_weights, percentile_interval

# A single factor that ranks almost perfectly was not known beforehand.
LEAKING_AUC = 0.98
MOST_FACTORS = 12
DRAWS = 1_000  # of whole accounts


def backtest(table: Outcomes, *, progress: Progress = lambda _: None) -> Backtest:
    """Fit what the evidence allows, prove it on rows it has not seen, and hold it to the gates.

    Factors that tell the outcome by themselves are left out and named: they were not known
    beforehand. The model in force is the one with the smallest loss out of sample.
    """
    # On tables of this size threads wait for each other longer than they work.
    with threadpool_limits(1):
        return _backtest(table, progress)


def _backtest(table: Outcomes, progress: Progress) -> Backtest:
    table, left_out = _without_leaks(table)
    tier = tier_of(table.events, len(np.unique(table.accounts)))
    progress(f"{table.events} events: tier {tier.number}")
    proof = prove(table, table.happened, tier.models, progress=progress)
    happened = table.happened[proof.rows]
    losses = {
        name: float(np.mean([log_loss(one, happened) for one in predicted]))
        for name, predicted in proof.predicted.items()
    }
    model = min(losses, key=lambda name: losses[name])
    predicted = proof.predicted[model]
    rankings = [Ranking(one, happened) for one in predicted]
    draws = cluster_weights(table.accounts[proof.rows], DRAWS)
    sure = tier.gives_probability
    found = Backtest(
        rows=len(table.happened),
        accounts=len(np.unique(table.accounts)),
        events=table.events,
        base_share=table.base_share,
        positive=table.positive,
        tier=tier,
        model=model,
        validation=proof.kind,
        auc=_estimate(Ranking.auc, rankings, draws),
        top_decile_lift=_estimate(Ranking.top_decile_lift, rankings, draws),
        observed_over_expected=(
            _estimate(Ranking.observed_over_expected, rankings, draws) if sure else None
        ),
        calibration_slope=_mean(calibration_slope, predicted, happened) if sure else None,
        brier_skill=(
            _mean(lambda one, what: brier_skill(one, what, proof.base), predicted, happened)
            if sure
            else None
        ),
        log_losses=losses | {"base rate": log_loss(proof.base, happened)},
        shuffled_auc=shuffled(table, proof.kind, progress),
        factors=_factors(table, model),
        gates=(),
        remarks=(*table.remarks, *left_out),
    )
    share = float(np.mean([one.captured(TENTH) for one in rankings]))
    return replace(found, gates=gates(found, share))


def shuffled(table: Outcomes, kind: str, progress: Progress) -> Estimate:
    """The mean AUC when outcomes are dealt to rows at random: what finding nothing looks like.

    `kind` is that of the proof: out of time outcomes stay within their block of time.
    """

    def ranked(happened: Bools) -> Ranked:
        proof = prove(table, happened, ("score",), progress=progress, repeats=1)
        return Ranked(proof.predicted["score"][0], happened[proof.rows], proof.parts[0])

    blocks = blocks_of(table if kind == OUT_OF_TIME else replace(table, times=None))
    return shuffled_auc(deals(table.happened, table.accounts, blocks), ranked)


def leaks(table: Outcomes) -> dict[str, float]:
    """The factors that tell the outcome by themselves, each with its AUC; not known beforehand."""
    alone = {
        name: auc(UnitWeightScore(one, table.happened).score(one), table.happened)
        for name in table.factors.columns
        for one in (table.factors.select(name),)
    }
    return {
        name: ranked for name, ranked in alone.items() if abs(ranked - 0.5) >= LEAKING_AUC - 0.5
    }


def _without_leaks(table: Outcomes) -> tuple[Outcomes, list[str]]:
    leaking = leaks(table)
    kept = table.factors.drop(leaking)
    said = [
        f"{name} left out: it tells the outcome by itself (AUC {ranked:.3f}), so it was "
        "hardly known beforehand"
        for name, ranked in leaking.items()
    ]
    if not kept.width:
        return table, [f"{one} (kept: no other factor is left)" for one in said]
    return replace(table, factors=kept), said


def _mean(measure: Callable[[Floats, Bools], float], predicted: Floats, happened: Bools) -> float:
    return float(np.mean([measure(one, happened) for one in predicted]))


def _estimate(
    measure: Callable[..., float], rankings: Sequence[Ranking], draws: Floats
) -> Estimate:
    """The mean over repeats, and the interval of that mean when accounts are drawn again."""
    value = float(np.mean([measure(one) for one in rankings]))
    resampled = np.array(
        [np.mean([measure(one, weights) for one in rankings]) for weights in draws]
    )
    return Estimate(value, *percentile_interval(resampled))


def _factors(table: Outcomes, model: str) -> tuple[Factor, ...]:
    """The factors with their sign, strongest first; ridge's where more than a score competes."""
    if model == "score":
        score = fitted("score", table, table.happened)
        assert isinstance(score, UnitWeightScore)  # noqa: S101 (for the type checker)
        return tuple(Factor(name, sign, None) for name, sign in score.signs().items())
    ridge = fitted("ridge", table, table.happened)
    assert isinstance(ridge, Ridge)  # noqa: S101 (likewise)
    ordered = sorted(ridge.weights().items(), key=lambda one: (-abs(one[1]), one[0]))
    return tuple(
        Factor(name, int(np.sign(weight)), weight) for name, weight in ordered[:MOST_FACTORS]
    )
