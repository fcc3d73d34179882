"""What a backtest found, and the gates it is held to."""

from dataclasses import dataclass

from queries.health.evidence.estimate import Estimate
from queries.health.evidence.gates.gate import CHANCE, LEAST_AUC, LEAST_TOP_TENTH, MOST_OFF, SLOPES
from queries.health.evidence.gates.shuffle import is_leak
from queries.health.evidence.measures import most_captured
from queries.health.evidence.scores import TENTH
from queries.health.evidence.tiers import EVENTS_FOR_PROBABILITY, Tier


@dataclass(frozen=True)
class Gate:
    """One bar to clear: what was wanted, what was found; `passed` is None without evidence."""

    name: str
    target: str
    found: str
    passed: bool | None


@dataclass(frozen=True)
class Factor:
    """A factor's direction: +1 where more of it goes with churn; weight in log-odds per sd."""

    name: str
    sign: int
    weight: float | None


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """What the evidence says. Calibration and skill are None where no probability is given."""

    rows: int
    accounts: int
    events: int
    base_share: float
    positive: str
    tier: Tier
    model: str
    validation: str
    auc: Estimate
    top_decile_lift: Estimate
    observed_over_expected: Estimate | None
    calibration_slope: float | None
    brier_skill: float | None
    log_losses: dict[str, float]
    shuffled_auc: Estimate
    factors: tuple[Factor, ...]
    gates: tuple[Gate, ...]
    remarks: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        """Whether there are enough events for more than a ranking."""
        return self.tier.gives_probability


def gates(found: Backtest, captured: float) -> tuple[Gate, ...]:
    """The verdicts; `captured` is the share of churners in the tenth ranked highest.

    Below 20 events every verdict is unknown, whatever the numbers look like. The floors are
    practitioners' conventions and ours, not a standard.
    """
    held = [
        _discrimination(found),
        _capture(captured, found.base_share),
        _shuffle(found),
        *_probability(found),
    ]
    if found.events >= EVENTS_FOR_PROBABILITY:
        return tuple(held)
    unknown = f"not enough evidence (n = {found.events})"
    return tuple(Gate(gate.name, gate.target, unknown, None) for gate in held)


def _discrimination(found: Backtest) -> Gate:
    ranked = found.auc
    low = 0.0 if ranked.low is None else ranked.low
    return Gate(
        "Discrimination",
        "AUC ≥ 0.70, lower bound > 0.50",
        f"{ranked.value:.3f}, lower bound {low:.3f}",
        ranked.value >= LEAST_AUC and low > CHANCE,
    )


def _capture(captured: float, base_share: float) -> Gate:
    """The share captured, of the most that a tenth can hold at this base rate."""
    share = captured / most_captured(TENTH, base_share)
    return Gate(
        "Capture",
        "top 10 % hold ≥ 30 % of the churners it can hold",
        f"{100 * share:.1f} %",
        share >= LEAST_TOP_TENTH,
    )


def _shuffle(found: Backtest) -> Gate:
    dealt = found.shuffled_auc
    return Gate(
        "Shuffle",
        "dealt outcomes rank no better than 0.50",
        f"{dealt.value:.3f}" + ("" if dealt.low is None else f", lower bound {dealt.low:.3f}"),
        not is_leak(dealt),
    )


def _probability(found: Backtest) -> list[Gate]:
    """The gates of a probability; none where none is given."""
    measured, slope, skill = (
        found.observed_over_expected,
        found.calibration_slope,
        found.brier_skill,
    )
    if measured is None or slope is None or skill is None:
        return []
    covers = measured.low is None or measured.high is None or measured.low <= 1 <= measured.high
    is_calibrated = MOST_OFF[0] <= measured.value <= MOST_OFF[1] and SLOPES[0] <= slope <= SLOPES[1]
    loss, base = found.log_losses[found.model], found.log_losses["base rate"]
    return [
        Gate(
            "Calibration",
            "observed ÷ expected 0.8 to 1.25, interval covers 1, slope 0.8 to 1.2",
            f"{measured.value:.2f}, slope {slope:.2f}",
            is_calibrated and covers,
        ),
        Gate("Skill", "Brier skill > 0", f"{skill:.3f}", skill > 0),
        Gate(
            "Baseline",
            "log-loss below the base rate's",
            f"{loss:.4f} against {base:.4f}",
            loss < base,
        ),
    ]
