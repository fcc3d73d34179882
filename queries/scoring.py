"""Writing score history: what the scorecard says of each account on a day, frozen for good."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from ledger import Ledger
from ledger.scores import SCHEMA, Written, write
from queries.account_health import POINTS
from queries.answer import Answer
from queries.ask import ask
from queries.inputs import INPUTS
from warehouse import clock
from warehouse.context import Context, Scope
from warehouse.errors import WarehouseError

_CENTS = 2
WEEK = dt.timedelta(days=7)
# A score that is frozen is the whole book's: no filter, and nobody's scope.
EVERYBODY = Scope("scoring")


class ScoringRefused(WarehouseError):
    """The scores of a day cannot be frozen."""


@dataclass(frozen=True)
class Scored:
    """What was written of one data date."""

    as_of: dt.date
    card_version: str
    accounts: int
    written: Written


def days_to_score(as_of: dt.date, weeks: int) -> list[dt.date]:
    """The data date and the same weekday of the `weeks` - 1 weeks before it, oldest first."""
    return [as_of - WEEK * back for back in reversed(range(weeks))]


def score(
    ledger: Ledger, days: list[dt.date], *, card_version: str | None = None
) -> Iterator[Scored]:
    """Score each day as it was known then, and write what the history does not have yet.

    One transaction per day, so that what was interrupted is completed by scoring again; scoring
    again changes nothing. A day without an account is passed over. Raises `ScoringRefused` where
    a day has no whole and fresh answer, and `LedgerError`.
    """
    for day in days:
        answer = ask("account_health", Context(day, EVERYBODY), card_version=card_version)
        if answer.state == "empty":
            continue
        _check(answer)
        rows = history(answer, clock.now())
        version = str(rows["card_version"][0])
        yield Scored(day, version, rows.height, write(ledger, rows))


def history(answer: Answer, written_at: dt.datetime) -> pl.DataFrame:
    """The answer to `account_health` as rows of `score_history`."""
    contributions = pl.struct(pl.col(column).alias(name) for name, column in POINTS.items())
    inputs = pl.struct(pl.col(*INPUTS.values()))
    return answer.frame.select(
        "account_id",
        "card_version",
        "score",
        "band",
        "coverage_share",
        pl.col("arr_usd").round(_CENTS),
        "oldest_input_date",
        "days_to_renewal",
        as_of=pl.lit(answer.context.as_of),
        contributions=contributions.struct.json_encode(),
        inputs=inputs.struct.json_encode(),
        written_at=pl.lit(written_at),
    ).select(SCHEMA.names())


def _check(answer: Answer) -> None:
    if answer.problem is not None:
        raise ScoringRefused(
            f"{answer.context.as_of} cannot be scored. {answer.problem.sentence}",
            f"{answer.problem.remedy} Then score again; days already written stay as they are.",
        )
    if answer.truncated:
        raise ScoringRefused(
            f"{answer.context.as_of} cannot be scored: a read reached its row limit.",
            "Raise BELLWETHER_ROW_LIMIT and score again.",
        )
