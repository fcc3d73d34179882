"""How often the limit of a shift passes where it should not: simulated runs of 90 days.

A run is a roster of two shifts a day over the calendar weeks that 90 days touch. The truth is 5.1 %
of shifts above two incidents, a hair above what is tolerated; the product's own bounds and verdict
judge each run. Shifts are independent, or those of a week are alike: a week's share is drawn from a
beta distribution whose intra-class correlation is `alike`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from queries.on_call.limits import judge
from queries.shared.statistics.share_bounds import share_bounds
from tests.load.measured import Figure

SEED = 20_260_131
RUNS, FAST_RUNS = 2_000, 200
TRUTH = 0.051
# 90 days that begin on a Tuesday.
SHIFTS_PER_WEEK = (12, *(14,) * 12)
ALIKE = 0.1
MOST_INDEPENDENT, MOST_CLUSTERED = 0.06, 0.10
Counts = NDArray[np.int64]
Draw = Callable[[np.random.Generator, Counts], Counts]


def measure(*, fast: bool) -> list[Figure]:
    """The shares of runs that pass, and with clusters twice as strong, which no limit holds."""
    runs = FAST_RUNS if fast else RUNS
    what = f"{TRUTH:.1%} of shifts above the limit: runs of 90 days that pass, "
    return [
        _share(f"{what}independent shifts", passing(independent(TRUTH), runs), MOST_INDEPENDENT),
        _share(
            f"{what}shifts of a week alike ({ALIKE:g})",
            passing(weekly(TRUTH, alike=ALIKE), runs),
            MOST_CLUSTERED,
        ),
        _share(
            f"{what}shifts of a week alike ({2 * ALIKE:g})",
            passing(weekly(TRUTH, alike=2 * ALIKE), runs),
        ),
    ]


def _share(figure: str, value: float, limit: float | None = None) -> Figure:
    return Figure(figure=figure, value=round(value, 4), unit="", limit=limit)


def passing(draw: Draw, runs: int) -> float:
    """The share of `runs` that the product calls a pass."""
    generator = np.random.default_rng(SEED)
    shifts = np.array(SHIFTS_PER_WEEK)
    verdicts = [judge(share_bounds(draw(generator, shifts), shifts)) for _ in range(runs)]
    return verdicts.count("pass") / runs


def independent(share: float) -> Draw:
    """Each shift exceeds the limit with this probability, whatever the others do."""
    return lambda generator, shifts: generator.binomial(shifts, share)


def weekly(share: float, *, alike: float) -> Draw:
    """Each week has a share of its own, around this one, with this intra-class correlation."""
    spread = (1 - alike) / alike
    first, second = share * spread, (1 - share) * spread
    return lambda generator, shifts: generator.binomial(
        shifts, generator.beta(first, second, len(shifts))
    )
