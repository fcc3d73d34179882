"""The ARR that is lost: what is expected, and within what bounds the loss itself will lie.

Two things are uncertain and both are drawn: the probabilities, by learning from other accounts,
and what comes about under them. An interval of the probabilities alone says how sure the model is
of the expectation; most losses would fall outside.
"""

from dataclasses import dataclass

import numpy as np

from queries.health.evidence.scores import Floats
from queries.shared.statistics.bootstrap import CONFIDENCE, generator

# So many outcomes of every draw of the probabilities: with 400 of those 8,000 losses.
OUTCOMES = 20


@dataclass(frozen=True)
class Loss:
    """ARR expected to be lost within 90 days, and the 95 % interval of the loss, USD per year."""

    expected_usd: float
    low_usd: float
    high_usd: float


def expected_loss(probability: Floats, draws: Floats, arr: Floats) -> Loss:
    """The expected loss of some accounts and the interval that their loss will lie in.

    Args:
        probability: of a churn within 90 days, per account.
        draws: the same had other accounts been learned from; draw × account.
        arr: what each account loses at a churn, USD per year.

    The seed is fixed. Where few accounts can churn the loss takes few values; the interval then
    ends on values that it takes, and always holds the expected loss. Nothing is lost of no account.
    """
    expected = float(probability @ arr)
    losses = drawn_losses(draws, arr)
    tail = (1 - CONFIDENCE) / 2
    low = float(np.quantile(losses, tail, method="lower"))
    high = float(np.quantile(losses, 1 - tail, method="higher"))
    return Loss(expected, min(low, expected), max(high, expected))


def drawn_losses(draws: Floats, arr: Floats) -> Floats:
    """The ARR lost in each of 20 outcomes of every draw of the probabilities."""
    chance = generator()
    losses: Floats = np.concatenate(
        [(chance.random((OUTCOMES, len(arr))) < draw) @ arr for draw in draws]
    )
    return losses
