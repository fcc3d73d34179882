"""The shuffle: how well outcomes rank that were dealt at random, by the procedure under test.

A procedure that never sees the outcomes it is tested on ranks dealt ones at an AUC of 0.50. Each
deal goes through all of it, whatever it fits and chooses, and the spread of the deals says how far
their mean may lie from 0.50 by chance.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from queries.health.evidence.estimate import Estimate
from queries.health.evidence.gates.gate import CHANCE
from queries.health.evidence.scores import Bools, Floats, auc_within
from queries.shared.statistics.bootstrap import CONFIDENCE, SEED

DEALS = 20


class Ranked(NamedTuple):
    """Predictions of dealt outcomes, row by row, and the part of the test each was made in."""

    predicted: Floats
    happened: Bools
    parts: NDArray[np.int64]


Procedure = Callable[[Bools], Ranked]


def deals(
    happened: Bools, accounts: NDArray[np.int64], blocks: NDArray[np.int64], *, seed: int = SEED
) -> Iterator[Bools]:
    """The outcomes of each block of rows, dealt 20 times to its rows.

    The outcomes of an account move together, in the order of its rows: the accounts come in a
    random order, are laid end to end over the rows, and begin at a random one of them. So every
    outcome is as likely on every row, and the months of an account stay as alike as they are.
    """
    generator = np.random.default_rng(seed)
    members = [np.flatnonzero(blocks == block) for block in np.unique(blocks)]
    for _ in range(DEALS):
        dealt = happened.copy()
        for rows in members:
            order = generator.permutation(int(accounts[rows].max()) + 1)
            laid = rows[np.argsort(accounts[rows], kind="stable")]
            taken = rows[np.argsort(order[accounts[rows]], kind="stable")]
            dealt[laid] = np.roll(happened[taken], generator.integers(len(rows)))
        yield dealt


def shuffled_auc(dealt: Iterator[Bools], procedure: Procedure) -> Estimate:
    """The mean AUC of the deals, with the 95 % interval that their own spread gives it.

    Pairs are compared within a part of the test alone: base rates that differ from part to part
    rank without any leak. NaN where no deal has an AUC; without an interval where one has.
    """
    found = np.array([auc_within(*procedure(one)) for one in dealt])
    found = found[np.isfinite(found)]
    mean = float(found.mean()) if len(found) else float("nan")
    if len(found) < 2:  # noqa: PLR2004 (one has no spread)
        return Estimate(mean)
    spread = float(found.std(ddof=1) / np.sqrt(len(found)))
    reach = float(t.ppf((1 + CONFIDENCE) / 2, len(found) - 1)) * spread
    return Estimate(mean, mean - reach, mean + reach)


def is_leak(found: Estimate) -> bool:
    """Whether dealt outcomes rank better than chance; worse than chance nothing has leaked."""
    return found.low is not None and found.low > CHANCE
