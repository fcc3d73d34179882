"""How often the interval of the expected loss holds what is lost, over made-up books.

Each book has accounts with scores that persist, renewals, and log-normal ARR; each month an account
churns with a probability that its score and its renewal decide. The books of one kind are learned
from anew, one by one: tier, model, coefficients, probabilities. Then the last ninety days come, and
what is lost in them either lies in the interval or does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from scipy.special import expit

from queries.health.evidence.panel import Panel
from queries.health.evidence.risk import drawn_probabilities, in_force
from queries.health.risk.loss import expected_loss
from queries.shared.statistics.bootstrap import percentile_intervals
from tests.health.evidence.simulated import SCORECARD, month_ends
from tests.load.measured import Figure
from tests.load.processes import of_each_part

BOOKS, FAST_BOOKS = 1_000, 50
LEAST_COVERED, MOST_COVERED = 0.92, 0.98
MONTHS, AHEAD = 16, 3


@dataclass(frozen=True)
class Kind:
    """Books of so many accounts, with this monthly log-odds of churn at the mean score.

    `most_covered` is None where few churns are expected: they make few sums, and an interval that
    ends on one of them holds more than it promises.
    """

    name: str
    accounts: int
    odds: float
    most_covered: float | None


KINDS = (
    Kind("at least 10 churns expected", 240, -3.5, MOST_COVERED),
    Kind("fewer than 10 churns expected", 240, -5.0, None),
)


@dataclass(frozen=True)
class Outcome:
    """Of one book: expected churns, and whether each interval holds the loss."""

    churns: float
    is_covered: bool
    is_covered_by_model: bool


def measure(*, fast: bool) -> list[Figure]:
    """Per kind of book the share of losses inside the interval, and inside that of the model."""
    number = FAST_BOOKS if fast else BOOKS
    figures = []
    for kind in KINDS:
        parts = of_each_part(partial(outcomes, kind), number)
        judged = [one for part in parts for one in part]
        covered = round(float(np.mean([one.is_covered for one in judged])), 4)
        by_model = round(float(np.mean([one.is_covered_by_model for one in judged])), 4)
        churns = round(float(np.mean([one.churns for one in judged])), 1)
        what = f"expected loss, {kind.name}"
        figures += [
            Figure(
                figure=f"{what}, 95 % interval holds the loss",
                value=covered,
                unit="",
                limit=LEAST_COVERED,
                direction="higher",
            ),
            Figure(
                figure=f"{what}, 95 % interval holds the loss, not more than promised",
                value=covered,
                unit="",
                limit=kind.most_covered,
            ),
            Figure(figure=f"{what}, interval of the model alone holds it", value=by_model, unit=""),
            Figure(figure=f"{what}, books judged", value=len(judged), unit=""),
            Figure(figure=f"{what}, churns expected in the mean", value=churns, unit=""),
        ]
    return figures


def outcomes(kind: Kind, seeds: range) -> list[Outcome]:
    """What became of each book of a kind that the evidence allows a probability."""
    return [one for seed in seeds for one in _outcome(kind, seed)]


def _outcome(kind: Kind, seed: int) -> Iterator[Outcome]:
    """What became of the book with this seed; nothing where it has no probability yet."""
    known, newest, lost = book(kind, seed)
    risk = in_force(known)
    if risk.model is None:
        return
    probability, draws = drawn_probabilities(known, risk.model, newest)
    arr = newest["arr_usd"].to_numpy()
    loss = expected_loss(probability, draws, arr)
    low, high = (float(end @ arr) for end in percentile_intervals(draws))
    happened = float(lost @ arr)
    yield Outcome(
        float(probability.sum()),
        loss.low_usd <= happened <= loss.high_usd,
        low <= happened <= high,
    )


def book(kind: Kind, seed: int) -> tuple[Panel, pl.DataFrame, np.ndarray]:
    """What is known on the last day, the accounts of that day, and which churn in the next 90."""
    draws = np.random.default_rng((seed, kind.accounts))
    days = [*month_ends(MONTHS + AHEAD)]
    shape = (kind.accounts, len(days))
    score = _persisting(draws, shape)
    renews = draws.integers(0, 12, kind.accounts)[:, None]
    months_left = (renews - np.arange(len(days))) % 12
    usage = draws.normal(0, 0.1, shape)
    odds = kind.odds - 1.1 * score + 1.2 * (months_left < 1)
    leaves = draws.random(shape) < expit(odds)
    month = np.where(leaves.any(axis=1), leaves.argmax(axis=1), len(days))
    arr = np.exp(draws.normal(12, 1, kind.accounts))
    who = np.repeat(np.arange(kind.accounts), MONTHS)
    at = np.tile(np.arange(MONTHS), kind.accounts)
    rows = pl.DataFrame(
        {
            "account_id": who,
            "snapshot_date": pl.Series([days[one] for one in at]),
            "score": (75 + 10 * score[:, :MONTHS]).ravel(),
            "band": pl.repeat("watch", len(who), eager=True),
            "arr_usd": arr[who],
            "is_renewing": (months_left[:, :MONTHS] < AHEAD).ravel(),
            "is_first_year": pl.repeat(False, len(who), eager=True),  # noqa: FBT003 (a value)
            "usage_change_share": usage[:, :MONTHS].ravel(),
            "severe_tickets_90d": pl.repeat(0.0, len(who), eager=True),
            # A month's churn falls between its end and the next one's.
            "churned": month[who] < at + AHEAD,
            "is_there": month[who] >= at,
            "at": at,
        }
    ).filter("is_there")
    past = rows.filter(pl.col("at") < MONTHS - AHEAD).drop("is_there", "at")
    newest = rows.filter(pl.col("at") == MONTHS - 1)
    return Panel(SCORECARD.version, newest, past, None), newest, newest["churned"].to_numpy()


def _persisting(draws: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Scores of mean 0 and deviation 1, of which nine tenths stay from month to month."""
    scores = np.empty(shape)
    scores[:, 0] = draws.normal(0, 1, shape[0])
    for month in range(1, shape[1]):
        noise = draws.normal(0, np.sqrt(1 - 0.9**2), shape[0])
        scores[:, month] = 0.9 * scores[:, month - 1] + noise
    return scores
