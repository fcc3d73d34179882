"""Predictions for rows that no part of the fit has seen: out of time, or across held-out parts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from queries.health.evidence.backtest.table import Outcomes
from queries.health.evidence.fitting.models import (
    Boosting,
    Model,
    Recalibration,
    Ridge,
    Split,
    UnitWeightScore,
)
from queries.health.evidence.scores import Bools, Floats
from queries.health.evidence.tiers import most_parameters
from queries.shared.statistics.bootstrap import SEED

FOLDS = 5
INNER_FOLDS = 3
REPEATS = 3
# At most so many blocks of time are predicted, each from everything before it.
MOST_BLOCKS = 6
FEWEST_EVENTS_TO_LEARN = 5
OUT_OF_TIME = "out of time"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Proof:
    """What each model predicted for rows it had not seen.

    `predicted` maps a model to repeat × row, in the order of `rows`, which index the table;
    `base` is the base rate that was known when each row was predicted, and `parts`, repeat × row,
    says with which others a row was predicted by the same fit.
    """

    kind: str
    rows: NDArray[np.int64]
    predicted: dict[str, Floats]
    base: Floats
    parts: NDArray[np.int64]


def prove(
    table: Outcomes,
    happened: Bools,
    models: Sequence[str],
    *,
    progress: Progress,
    repeats: int = REPEATS,
) -> Proof:
    """Every model's predictions of `happened`, out of time where the table has time."""
    proof = prove_forward(table, happened, models, progress=progress)
    if proof is not None:
        return proof
    parted = [
        list(_parts(happened, table.accounts, FOLDS, SEED + repeat)) for repeat in range(repeats)
    ]
    kind = f"{repeats} × {FOLDS}-fold stratified cross-validation"
    return _proof(kind, table, happened, models=models, repeats=parted, progress=progress)


def prove_forward(
    table: Outcomes, happened: Bools, models: Sequence[str], *, progress: Progress
) -> Proof | None:
    """The predictions out of time; None without a time, or where no block has enough before it."""
    if table.times is None:
        return None
    forward = list(_forward(table.times, happened, table.known_after))
    if not forward:
        return None
    return _proof(OUT_OF_TIME, table, happened, models=models, repeats=[forward], progress=progress)


def fitted(
    name: str, table: Outcomes, happened: Bools, rows: NDArray[np.int64] | None = None
) -> Model:
    """One model fitted to the given rows of the table, or to all of them."""
    learn = np.arange(len(happened)) if rows is None else rows
    factors, outcome = table.factors[learn], happened[learn]
    if name == "score":
        return UnitWeightScore(factors, outcome)
    if name == "recalibration":
        return Recalibration(factors, outcome)
    splits = list(_inner(table, happened, learn))
    if name == "boosting":
        return Boosting(factors, outcome, splits=splits)
    events = len(np.unique(table.accounts[learn][outcome]))
    return Ridge(factors, outcome, splits=splits, most_parameters=max(1, most_parameters(events)))


def _proof(
    kind: str,
    table: Outcomes,
    happened: Bools,
    *,
    models: Sequence[str],
    repeats: list[list[Split]],
    progress: Progress,
) -> Proof:
    shape = (len(repeats), len(happened))
    predicted = {name: np.full(shape, np.nan) for name in models}
    base = np.full(len(happened), np.nan)
    parts = np.zeros(shape, np.int64)
    for repeat, splits in enumerate(repeats):
        for number, (train, test) in enumerate(splits):
            progress(f"{kind}: repeat {repeat + 1}, part {number + 1} of {len(splits)}")
            base[test] = happened[train].mean()
            parts[repeat, test] = number
            for name in models:
                model = fitted(name, table, happened, train)
                predicted[name][repeat, test] = model.predict(table.factors[test])
    rows = np.flatnonzero(~np.isnan(base))
    return Proof(
        kind,
        rows,
        {name: values[:, rows] for name, values in predicted.items()},
        base[rows],
        parts[:, rows],
    )


def blocks_of(table: Outcomes) -> NDArray[np.int64]:
    """The block of time of each row, from 0, predicted from those before; 0 without a time."""
    if table.times is None:
        return np.zeros_like(table.accounts)
    begins = [block[0] for block in _blocks(table.times)]
    return np.searchsorted(begins, table.times, side="right") - 1


def _forward(times: NDArray[np.int64], happened: Bools, known_after: int) -> Iterator[Split]:
    """Blocks of time, each to be predicted from what was known when it began."""
    for block in _blocks(times)[1:]:
        train = np.flatnonzero(times <= block[0] - known_after)
        learned = int(happened[train].sum())
        if FEWEST_EVENTS_TO_LEARN <= learned <= len(train) - FEWEST_EVENTS_TO_LEARN:
            yield train, np.flatnonzero((times >= block[0]) & (times <= block[-1]))


def _blocks(times: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    moments = np.unique(times)
    return np.array_split(moments, min(len(moments), MOST_BLOCKS + 1))


def _inner(table: Outcomes, happened: Bools, learn: NDArray[np.int64]) -> Iterator[Split]:
    """Splits of the training rows alone, in places of `learn`: in time's order where there is."""
    if table.times is not None:
        moments = table.times[learn]
        forward = list(_forward(moments, happened[learn], table.known_after))[-INNER_FOLDS:]
        if forward:
            yield from forward
            return
    yield from _parts(happened[learn], table.accounts[learn], INNER_FOLDS, SEED)


def _parts(happened: Bools, accounts: NDArray[np.int64], folds: int, seed: int) -> Iterator[Split]:
    """Held-out parts with the same share of events, that keep each account's rows together."""
    is_single = len(np.unique(accounts)) == len(accounts)
    # The grouped splitter is a hundred times slower, and groups of one need none.
    splitter = StratifiedKFold if is_single else StratifiedGroupKFold
    parted = splitter(folds, shuffle=True, random_state=seed)
    yield from parted.split(happened, happened, None if is_single else accounts)
