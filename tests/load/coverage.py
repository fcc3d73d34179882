"""How often the interval of a ratio holds the truth, and how often equals are called different.

Sessions are made up: each has a level of its own, log-normal with the coefficient of variation
that sessions of one set-up are seen to have, and steps around it. The product's own decision is
made on them, ten thousand times; beside it stands what the interval over steps would have been.
"""

import time
from dataclasses import dataclass
from functools import partial

import numpy as np

from queries.benchmarks.arms import Arm
from queries.benchmarks.comparison import Comparison
from queries.shared.statistics.bootstrap import Floats, Interval
from tests.load.measured import Figure
from tests.load.processes import of_each_part
from tests.shared.statistics.ratio_interval import ratio_interval

SIMULATIONS, FAST_SIMULATIONS = 10_000, 1_000
SESSIONS, STEPS = 10, 20
# Published storage results vary by 0.2 to 3 % between runs.
SESSION_CVS = (0.01, 0.05)
STEP_CV = 0.02
LEAST_COVERED, MOST_COVERED, MOST_SUPERIOR = 0.93, 0.97, 0.05
MOST_SECONDS = 1.0
RUNS = 10_000


@dataclass(frozen=True)
class Counted:
    """Of all simulations the shares: interval holds the truth, equals called superior, naive."""

    covered: float
    superior: float
    naive_covered: float


def measure(*, fast: bool) -> list[Figure]:
    """Coverage per variation between sessions, false verdicts, and ten thousand runs compared."""
    simulations = FAST_SIMULATIONS if fast else SIMULATIONS
    found = []
    for cv in SESSION_CVS:
        counted = simulated(cv, simulations)
        what = f"ratio of {SESSIONS} + {SESSIONS} sessions, CV {cv:.0%}"
        found += [
            Figure(
                figure=f"{what}, 95 % interval holds the truth",
                value=round(counted.covered, 4),
                unit="",
                limit=LEAST_COVERED,
                direction="higher",
            ),
            Figure(
                figure=f"{what}, 95 % interval holds the truth, not more than promised",
                value=round(counted.covered, 4),
                unit="",
                limit=MOST_COVERED,
            ),
            Figure(
                figure=f"{what}, equals called superior at margin 0",
                value=round(counted.superior, 4),
                unit="",
                limit=MOST_SUPERIOR,
            ),
            Figure(
                figure=f"{what}, interval over steps holds the truth",
                value=round(counted.naive_covered, 4),
                unit="",
            ),
        ]
    return [*found, _compared()]


def simulated(cv: float, simulations: int) -> Counted:
    """What the decision says of so many pairs of arms with this variation between sessions."""
    parts = np.array(of_each_part(partial(_counts, cv), simulations))
    covered, superior, naive = parts.sum(axis=0) / simulations
    return Counted(float(covered), float(superior), float(naive))


def _counts(cv: float, simulations: range) -> tuple[int, int, int]:
    draws = np.random.default_rng((simulations.start, round(cv * 1000)))
    covered = superior = naive = 0
    for _ in simulations:
        steps = _sessions(draws, cv), _sessions(draws, cv)
        system, baseline = (np.median(arm, axis=1) for arm in steps)
        decision = Comparison(_arm(system), _arm(baseline), "higher").decide(0.0, 0.0)
        superior += decision.verdict == "superior"
        # A true ratio other than 1 moves estimate and interval alike: the tests hold that law.
        covered += _holds_one(decision.interval)
        naive += _holds_one(ratio_interval(*(arm.ravel() for arm in steps)))
    return covered, superior, naive


def _holds_one(interval: Interval | None) -> bool:
    return interval is not None and interval[0] <= 1 <= interval[1]


def _arm(values: Floats) -> Arm:
    return Arm(values=tuple(values.tolist()), units=("MiB/s",))


def _sessions(draws: np.random.Generator, cv: float) -> Floats:
    """A row per session: its level, and the steps around it."""
    level = np.exp(draws.normal(0, cv, (SESSIONS, 1)))
    steps: Floats = level * np.exp(draws.normal(0, STEP_CV, (SESSIONS, STEPS)))
    return steps


def _compared() -> Figure:
    draws = np.random.default_rng(1)
    system, baseline = (_arm(np.exp(draws.normal(0, 0.05, RUNS // 2))) for _ in range(2))
    began = time.perf_counter()
    Comparison(system, baseline, "higher").decide(0.01, 0.01)
    seconds = time.perf_counter() - began
    return Figure(
        figure=f"{RUNS:,} runs compared, each a session",
        value=round(seconds, 3),
        unit="s",
        limit=MOST_SECONDS,
    )
