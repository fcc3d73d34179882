"""What an account consumes of its commitment, day by day, and where that leads by the term's end.

A commitment is a capacity for a term. Over the term it is worth its TiB times its hours, and
metered TiB-hours are held against it; how a peak above the capacity is billed is another matter.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

import dataframely as dy
import polars as pl

from queries.accounts.chosen import ACCOUNT, of
from queries.accounts.consumption import term
from queries.core.columns import metric
from queries.core.question import Question
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS, in_force
from queries.shared.expected_hours import clusters as served
from queries.shared.expected_hours import metered
from queries.shared.periods import last_complete_day
from warehouse.context import Context
from warehouse.contract.columns import FIRST_DAY, day, word
from warehouse.contract.words import HYPERSCALERS
from warehouse.read import Read

PLACE = ("hyperscaler", "usage_date")
HOURS = 24


class AccountConsumption(dy.Schema):
    """One row per hyperscaler with a contract in force and day of its term."""

    hyperscaler = word("Hyperscaler; none for on-prem", *HYPERSCALERS, key=True)
    usage_date = day("Day of the term, UTC", key=True)
    completeness_share = metric("completeness_share", nullable=True)
    used_tib_hours = metric("term_used_tib_hours", nullable=True)
    committed_tib_hours = metric("term_committed_tib_hours", nullable=True)
    projected_tib_hours = metric("term_projected_tib_hours", nullable=True)
    projected_low_tib_hours = metric("term_projected_low_tib_hours", nullable=True)
    projected_high_tib_hours = metric("term_projected_high_tib_hours", nullable=True)


def reads(context: Context, account: str | None) -> dict[str, Read]:
    """The account's contracts, its metered capacity per day, and the clusters that report it."""
    mine = of(account)
    last = last_complete_day(context.as_of)
    usage = metered(*PLACE, first=FIRST_DAY, last=last, dimensions=("capacity",))
    return {
        "contracts": Read(
            table="contracts", columns=CONTRACT_COLUMNS, equal=mine, every_version=True
        ),
        "clusters": replace(served(), equal=mine),
        "usage": replace(usage, equal={**usage.equal, **mine}),
    }


def account_consumption(
    contracts: pl.LazyFrame, clusters: pl.LazyFrame, usage: pl.LazyFrame, *, context: Context
) -> pl.DataFrame:
    """TiB-hours used and committed since the term began, and the projection to its end.

    Grain: hyperscaler with a contract in force, day of the term that its contracts span; sorted by
    them. Sums begin on the first known day of the term, so that a term older than its metering is
    no under-use. On an unknown day `used_tib_hours` is null, and the day adds nothing to the next.
    The projection runs from the newest known day to the last of the term, at the rate of the last
    weeks with P10 and P90; null without an end or a whole known week, P10 and P90 below four. The
    commitment is null from the day on which a contract in force leaves it open.
    """
    running = in_force(contracts, context.as_of).collect()
    spans = running.group_by("hyperscaler").agg(
        first=pl.col("start_date").min(),
        until=pl.when(pl.col("until_date").is_not_null().all()).then(pl.col("until_date").max()),
    )
    frames = [
        _term(
            *(
                frame.filter(hyperscaler=span["hyperscaler"])
                for frame in (contracts, clusters, usage)
            ),
            span=span,
            last=last_complete_day(context.as_of),
        )
        for span in spans.to_dicts()
    ]
    return pl.concat([AccountConsumption.create_empty(), *frames]).sort(PLACE)


def _term(
    contracts: pl.LazyFrame,
    clusters: pl.LazyFrame,
    usage: pl.LazyFrame,
    *,
    span: dict[str, Any],
    last: dt.date,
) -> pl.DataFrame:
    first, until = span["first"], span["until"]
    known = term.used(clusters, usage, first, max(first, last))
    began: Any = known.drop_nulls("tib_hours")["usage_date"].min() or first
    known = known.filter(pl.col("usage_date") >= began)
    end = last_complete_day(until) if until else max(began, last)
    days = pl.date_range(began, max(began, end), eager=True).alias("usage_date")
    agreed, tib = pl.col("committed_tib"), pl.col("tib_hours")
    return (
        term.committed(contracts, days)
        .join(known, on="usage_date", how="left")
        .join(term.projected(known, until), on="usage_date", how="left")
        .sort("usage_date")
        .with_columns(
            hyperscaler=pl.lit(span["hyperscaler"]),
            used_tib_hours=pl.when(tib.is_not_null()).then(tib.fill_null(0.0).cum_sum()),
            committed_tib_hours=pl.when(agreed.is_not_null().cum_min()).then(
                agreed.cum_sum() * HOURS
            ),
        )
        .select(AccountConsumption.column_names())
    )


def finding(frame: pl.DataFrame) -> str:
    """The part of each commitment that is used by the end of its term at this rate."""
    if frame.is_empty():
        return "No contract is in force to hold usage against"
    ends = frame.group_by("hyperscaler", maintain_order=True).last().to_dicts()
    said = [f"{words.name(row['hyperscaler'])} {words.share(_used_share(row))}" for row in ends]
    return f"Commitment used by the end of the term: {', '.join(said)}"


def _used_share(row: dict[str, Any]) -> float | None:
    projected, committed = row["projected_tib_hours"], row["committed_tib_hours"]
    return projected / committed if projected is not None and committed else None


QUESTIONS = (
    Question(
        name="account_consumption",
        asks="How much of its commitment does this account use, and will by the end of the term?",
        shape=AccountConsumption,
        reads=reads,
        answer=account_consumption,
        finding=finding,
        filters="accounts",
        parameters=(ACCOUNT,),
    ),
)
