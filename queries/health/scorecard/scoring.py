"""Writing score history: what each scorecard says of each account on a day, frozen for good."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from ledger import Ledger, LedgerQuery
from ledger.scores import SCHEMA, Written, write
from queries.core.answer import Answer
from queries.core.ask import connected_warehouse
from queries.core.execute import execute
from queries.core.question import Question
from queries.health.indicators.health_inputs import FEEDS, INPUTS, reads
from queries.health.scorecard import account_health
from queries.health.scorecard.account_health import POINTS
from warehouse import clock
from warehouse.context import EVERYTHING, Context
from warehouse.errors import WarehouseError
from warehouse.read_request import QueryTag, ReadRequest

_CENTS = 2
WEEK = dt.timedelta(days=7)
# One read of a day for all scorecards. It is in no catalog: people ask for one scorecard.
EVERY_SCORECARD = Question(
    name="account_health",
    asks="How healthy is each account by each scorecard?",
    shape=account_health.AccountHealthByCard,
    reads=reads,
    answer=account_health.every_card,
    finding=account_health.finding,
    filters="accounts",
    watermarks=tuple(FEEDS),
)


class ScoringRefused(WarehouseError):
    """The scores of a day cannot be frozen."""


@dataclass(frozen=True)
class Scored:
    """What was written of one data date."""

    as_of: dt.date
    card_versions: tuple[str, ...]
    accounts: int
    written: Written


def days_to_score(as_of: dt.date, weeks: int) -> list[dt.date]:
    """The data date and the same weekday of the `weeks` - 1 weeks before it, oldest first."""
    return [as_of - WEEK * back for back in reversed(range(weeks))]


def not_scored(
    ledger: Ledger, days: list[dt.date], *, card_version: str | None = None
) -> list[dt.date]:
    """Those of `days` that a scorecard has not scored yet: the one named, or any; sorted.

    Raises `LedgerError`, and `ParameterInvalid` for a scorecard there is not.
    """
    named = ("as_of", "card_version")
    stored = ledger.read(LedgerQuery("score_history", min(days), max(days), columns=named))
    written = set(stored.unique().select(named).iter_rows())
    versions = _versions(card_version)
    return sorted(day for day in set(days) if any((day, one) not in written for one in versions))


def score(
    ledger: Ledger, days: list[dt.date], *, card_version: str | None = None
) -> Iterator[Scored]:
    """Score each day as it was known then, and write what the history does not have yet.

    By every scorecard of the product, in force then or not, unless one is named: what a scorecard
    would have said is what its proof rests on. One transaction per day, so that what was
    interrupted is completed by scoring again; scoring again changes nothing. A day without an
    account is passed over. Raises `ScoringRefused` where an answer is not whole, `WarehouseError`
    where there is none, and `LedgerError`.
    """
    versions = _versions(card_version)
    read_request = ReadRequest(tag=QueryTag(question=EVERY_SCORECARD.name, role="scoring"))
    for day in days:
        # Read past the cache: what is frozen is fresh, and what people last saw stays there.
        # A score that is frozen is the whole book's.
        context = Context(day, EVERYTHING)
        answer = execute(
            connected_warehouse(), EVERY_SCORECARD, context, {}, read_request=read_request, key=()
        )
        if answer.truncated:
            raise ScoringRefused(
                f"{day} cannot be scored: a read reached its row limit.",
                "Raise BELLWETHER_ROW_LIMIT and score again.",
            )
        if answer.frame.is_empty():
            continue
        rows = history(answer, clock.now()).filter(pl.col("card_version").is_in(versions))
        accounts = rows["account_id"].n_unique()
        yield Scored(day, versions, accounts, write(ledger, rows))


def _versions(card_version: str | None) -> tuple[str, ...]:
    """The scorecard named, or every one in the product; raises `ParameterInvalid`."""
    if card_version is None:
        return tuple(scorecards.version for scorecards in account_health.scorecard_versions())
    scorecards = account_health.scorecard_version(Context(dt.date.max, EVERYTHING), card_version)
    return (scorecards.version,)


def history(answer: Answer, written_at: dt.datetime) -> pl.DataFrame:
    """The answer to `EVERY_SCORECARD`, or to `account_health`, as rows of `score_history`."""
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
