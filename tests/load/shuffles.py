"""How often the shuffle gate alarms where nothing leaks, and how often it finds a leak.

Tables without a leak have their outcomes shuffled over and over, and the gate of `backtest` and of
`score_gates` judges each. The leak is a procedure whose predictions saw the outcomes they are
tested on, so that dealt ones rank at an AUC of 0.65; the table has the size of the demo company.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from queries.health.evidence.backtest import run
from queries.health.evidence.backtest.table import Outcomes
from queries.health.evidence.fitting.validation import OUT_OF_TIME, Proof, blocks_of
from queries.health.evidence.gates import integrity
from queries.health.evidence.gates.shuffle import is_leak
from queries.health.evidence.panel import Panel
from queries.health.evidence.risk import SCORE, Risk
from queries.health.evidence.tiers import TIERS
from tests.health.evidence.simulated import book, panel
from tests.load.measured import Figure
from tests.load.processes import of_each_part

SHUFFLES, FAST_SHUFFLES = 1_000, 100
MOST_ALARMS = {1_000: 64, 100: 11}
LEAKS, LEAST_FOUND = 100, 90
LEAKING_AUC = 0.65
MONTHS = 16
AS_OF = dt.date(2026, 4, 30)
BY_SCORE = Risk(TIERS[1], "score", {})
BY_RIDGE = Risk(TIERS[2], "ridge", {})


def measure(*, fast: bool) -> list[Figure]:
    """Alarms of a thousand shuffles and leaks found of a hundred, in both places."""
    number = FAST_SHUFFLES if fast else SHUFFLES
    figures = []
    for place, alarms, found in (
        ("backtest, parts held out", alarms_of_backtest, leaks_found_by_backtest),
        ("backtest, out of time", alarms_out_of_time, leaks_found_out_of_time),
        ("score_gates", alarms_of_gates, leaks_found_by_gates),
    ):
        figures += [
            Figure(
                figure=f"shuffle gate of {place}: alarms of {number:,} shuffles without a leak",
                value=sum(of_each_part(alarms, number)),
                unit="",
                limit=MOST_ALARMS[number],
            ),
            Figure(
                figure=f"shuffle gate of {place}: found of {LEAKS} leaks of AUC {LEAKING_AUC:.2f}",
                value=sum(of_each_part(found, LEAKS)),
                unit="",
                limit=LEAST_FOUND,
                direction="higher",
            ),
        ]
    return figures


def alarms_of_backtest(seeds: range) -> int:
    """Alarms over shuffles of a table of one row an account: two factors, nothing to find."""
    return _alarms(table(accounts=120), seeds)


def alarms_out_of_time(seeds: range) -> int:
    """Alarms over shuffles of a table of six months an account."""
    return _alarms(table(accounts=80, months=6), seeds)


def _alarms(known: Outcomes, seeds: range) -> int:
    kind = "parts" if known.times is None else OUT_OF_TIME
    alarms = 0
    with threadpool_limits(1):
        for seed in seeds:
            happened = np.random.default_rng(seed).permutation(known.happened)
            dealt = replace(known, happened=happened)
            alarms += is_leak(run.shuffled(dealt, kind, lambda _: None))
    return alarms


def leaks_found_by_backtest(seeds: range) -> int:
    """Leaks found in a table of 240 accounts, of which a fifth churned."""
    return _found(table(accounts=240), seeds)


def leaks_found_out_of_time(seeds: range) -> int:
    """Leaks found in a table of 240 accounts over sixteen months."""
    return _found(table(accounts=240, months=MONTHS), seeds)


def _found(known: Outcomes, seeds: range) -> int:
    kind = "parts" if known.times is None else OUT_OF_TIME
    found = 0
    for seed in seeds:
        draws = np.random.default_rng(seed)
        with patch.object(run, "prove", _seeing(draws)):
            found += is_leak(run.shuffled(known, kind, lambda _: None))
    return found


def alarms_of_gates(seeds: range) -> int:
    """Alarms of `score_gates` over a book whose outcomes are shuffled within each month-end."""
    known = demo_sized()
    alarms = 0
    for seed in seeds:
        shuffled = pl.col("churned").shuffle(seed).over("snapshot_date")
        rows = known.rows.with_columns(churned=shuffled)
        gate, _ = integrity.shuffle_gates(replace(known, rows=rows), BY_SCORE)
        alarms += gate.verdict == "fail"
    return alarms


def leaks_found_by_gates(seeds: range) -> int:
    """Leaks found by `score_gates` in a book of 240 accounts of which 57 churned."""
    known = demo_sized()
    found = 0
    for seed in seeds:
        seeing = _seeing(np.random.default_rng(seed))

        def prove_model(
            rows: pl.DataFrame, model: str, seeing: Callable[..., Proof] = seeing
        ) -> Proof:
            happened = rows["churned"].to_numpy()
            return seeing(integrity.table(rows, SCORE), happened, (model,))

        with patch.object(integrity, "prove_model", prove_model):
            gate, _ = integrity.shuffle_gates(known, BY_RIDGE)
        found += gate.verdict == "fail"
    return found


def _seeing(draws: np.random.Generator) -> Callable[..., Proof]:
    """A procedure whose predictions saw what they predict, at the AUC of the leak."""

    def prove(known: Outcomes, happened: NDArray[np.bool_], models: tuple[str, ...], **_: object):
        shift = np.sqrt(2) * ndtri(LEAKING_AUC)
        predicted = draws.normal(shift * happened, 1)[None, :]
        rows = np.arange(len(happened))
        parts = rows % 5 if known.times is None else blocks_of(known)
        return Proof("", rows, dict.fromkeys(models, predicted), predicted[0], parts[None, :])

    return prove


def table(*, accounts: int, months: int = 1, churn: float = 0.2) -> Outcomes:
    """Accounts with two factors that persist and say nothing; with months there is a time."""
    draws = np.random.default_rng(accounts + months)
    who = np.repeat(np.arange(accounts), months)
    factors = draws.normal(0, 1, (2, accounts))[:, who] + draws.normal(0, 0.3, (2, len(who)))
    happened = draws.permutation(np.arange(len(who)) < churn / months * len(who))
    return Outcomes(
        factors=pl.DataFrame({"usage": factors[0], "tickets": factors[1]}),
        happened=happened,
        accounts=who,
        times=np.tile(np.arange(months), accounts) if months > 1 else None,
        positive="churned",
    )


def demo_sized() -> Panel:
    """240 accounts of which 57 churned, over sixteen month-ends."""
    known = panel(*book(accounts=240, churners=57, months=MONTHS, seed=3), AS_OF)
    if known is None:
        raise SystemExit("The book has no panel.")
    return known
