"""Contracts: what each line commits to over time, and the accounts they belong to."""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from warehouse.demo.customers import (
    CHURNED,
    MERGER,
    NO_USAGE,
    RENEWAL_NEAR,
    STEADY,
    TARGET,
    UNDER_USE,
    Customer,
    Line,
)
from warehouse.demo.draws import Draws
from warehouse.demo.frames import Row, contract_frame
from warehouse.demo.period import (
    DATA_DATE,
    DAYS,
    FIRST_DAY,
    LOADED_AT,
    add_months,
    day_index,
    midnight,
)
from warehouse.demo.usage import usage_path

OVERAGE_FACTOR = 1.25
TYPING_ERROR = 10  # a zero too many
MISTYPED_AT = dt.datetime(2025, 7, 29, 10, tzinfo=dt.UTC)
CORRECTED_AT = MISTYPED_AT + dt.timedelta(days=7)
_ROOM = 1.15  # what a growing customer buys above its usage


@dataclass(frozen=True, kw_only=True)
class Term:
    """One contract: its days in force and the commitment it starts with."""

    contract_id: str
    start: dt.date
    end: dt.date
    committed_tib: float
    rate_usd: float


class State(NamedTuple):
    """What a contract said from `recorded_at` on."""

    recorded_at: dt.datetime
    status: str
    end: dt.date
    committed_tib: float


def terms(customer: Customer, number: int, line: Line) -> Iterator[Term]:
    """The chain of contracts of the customer's line `number`, up to the one in force.

    A renewal follows usage: more is bought where little room was left, less where most of it
    lay idle. The successor of a contract is there once it was signed before the data date.
    """
    draws = Draws(f"terms {customer.account_id} {number}", customer.seed)
    usage = usage_path(customer, line)
    committed, rate, start = line.committed_tib, line.rate_usd, line.start
    for place in range(99):
        end = add_months(start, line.term_months)
        if customer.churned_date and end > customer.churned_date:
            end = customer.churned_date
        yield Term(
            contract_id=f"con-{customer.account_id[4:]}-{number}-{place + 1}",
            start=start,
            end=end,
            committed_tib=committed,
            rate_usd=rate,
        )
        signed_ahead = dt.timedelta(days=draws.whole(8, 30))
        if end == customer.churned_date or end - signed_ahead >= DATA_DATE:
            return
        if customer.warned(RENEWAL_NEAR) and end >= DATA_DATE:
            return
        if day_index(end) >= 0 and not customer.warned(UNDER_USE):
            used = float(usage[min(day_index(end), DAYS) - 1]) if day_index(end) else committed
            committed = _renewed(committed, used)
            rate = round(rate * draws.between(0.99, 1.04), 2)
        start = end


def _renewed(committed: float, used: float) -> float:
    if used > 0.9 * committed:
        return round(used * _ROOM, -1)
    if used < 0.58 * committed:
        return max(50.0, round(committed * 0.8, -1))
    return committed


def contracts(cast: tuple[Customer, ...]) -> pl.DataFrame:
    """Every contract and every instant its terms were recorded."""
    rows: list[Row] = []
    for customer in cast:
        for number, line in enumerate(customer.lines, start=1):
            for term in terms(customer, number, line):
                rows += _history(customer, line, term)
    rows += _with_typing_error(rows, corrected_contract(cast))
    frame = contract_frame("contracts", rows)
    unknown = pl.col("contract_id") == _without_end(cast)
    return frame.with_columns(
        pl.when(~unknown).then(pl.col(day)).alias(day) for day in ("end_date", "notice_date")
    )


def corrected_contract(cast: tuple[Customer, ...]) -> str:
    """The one contract whose ARR was typed with a zero too many and corrected a week later.

    The smallest of those whose terms stayed throughout the year 2025.
    """
    last = MISTYPED_AT.replace(month=12).date()
    settled = [
        (term.committed_tib * term.rate_usd, term.contract_id)
        for one in cast
        if one.fate == STEADY and one.lines[0].start < FIRST_DAY
        for term in terms(one, 1, one.lines[0])
        if term.start < MISTYPED_AT.replace(month=1).date() and term.end > last
        if _amendment(one, one.lines[0], term) is None
    ]
    return min(settled)[1]


def _with_typing_error(rows: list[Row], contract_id: str) -> Iterator[Row]:
    """The two versions of `contract_id` that the typing error adds to its `rows`."""
    known = (
        row
        for row in rows
        if row["contract_id"] == contract_id and row["recorded_at"] < MISTYPED_AT
    )
    stated = max(known, key=lambda row: row["recorded_at"])
    wrong = {"arr_usd": round(stated["arr_usd"] * TYPING_ERROR, 2)}
    yield {**stated, **wrong, "recorded_at": MISTYPED_AT}
    yield {**stated, "recorded_at": CORRECTED_AT}


def _without_end(cast: tuple[Customer, ...]) -> str:
    """The one contract whose renewal date nobody wrote down."""
    steady = next(one for one in cast if one.fate == STEADY and one.lines[0].start >= FIRST_DAY)
    return list(terms(steady, 1, steady.lines[0]))[-1].contract_id


def _history(customer: Customer, line: Line, term: Term) -> list[Row]:
    """Draft, signature, amendment, end: one row for each that happened before the load."""
    draws = Draws(f"history {term.contract_id}", customer.seed)
    drafted = midnight(term.start) - dt.timedelta(days=draws.whole(40, 80), hours=-9)
    signed = midnight(term.start) - dt.timedelta(days=draws.whole(4, 8), hours=-14)
    states = [
        State(drafted, "draft", term.end, term.committed_tib),
        State(signed, "activated", term.end, term.committed_tib),
    ]
    merger = customer.warned(MERGER) and term.end == customer.churned_date
    if merger:
        planned = add_months(term.start, line.term_months)
        states = [state._replace(end=planned) for state in states]
        told = midnight(term.end) - dt.timedelta(days=45, hours=-11)
        states.append(State(told, "activated", term.end, term.committed_tib))
    amended = _amendment(customer, line, term)
    committed = term.committed_tib
    if amended:
        at, committed = amended
        states.append(State(at, "activated", term.end, committed))
    ended = midnight(term.end) + dt.timedelta(minutes=30)
    states.append(State(ended, "terminated" if merger else "expired", term.end, committed))
    return [_row(customer, line, term, state) for state in states if state.recorded_at < LOADED_AT]


def _amendment(customer: Customer, line: Line, term: Term) -> tuple[dt.datetime, float] | None:
    """When usage outgrew the commitment by mid-term: the day and the larger commitment."""
    middle = term.start + (term.end - term.start) / 2
    if not 0 <= day_index(middle) < DAYS - 1 or customer.fate in {CHURNED, NO_USAGE}:
        return None
    used = float(usage_path(customer, line)[day_index(middle)])
    if used <= term.committed_tib:
        return None
    return midnight(middle) + dt.timedelta(hours=15), math.ceil(used * _ROOM / 10) * 10.0


def _row(customer: Customer, line: Line, term: Term, state: State) -> Row:
    return {
        "contract_id": term.contract_id,
        "recorded_at": state.recorded_at,
        "account_id": customer.account_id,
        "deployment_model": line.deployment_model,
        "hyperscaler": line.hyperscaler,
        "status": state.status,
        "start_date": term.start,
        "end_date": state.end,
        "arr_usd": round(state.committed_tib * term.rate_usd * 12, 2),
        "committed_tib": state.committed_tib,
        "rate_usd_per_tib_month": term.rate_usd,
        "overage_rate_usd_per_tib_month": round(term.rate_usd * OVERAGE_FACTOR, 2),
        "notice_date": state.end - dt.timedelta(days=60),
    }


def accounts(cast: tuple[Customer, ...]) -> pl.DataFrame:
    """Every account as it stands on the data date; a few attributes were never filled in."""
    frame = contract_frame("accounts", [_account(customer) for customer in cast])
    blanks = missing_attributes(cast)
    return frame.with_columns(
        pl.when(
            ~pl.col("account_id").is_in(
                blanks.filter(pl.col("column_name") == column)["account_id"].to_list()
            )
        )
        .then(pl.col(column))
        .alias(column)
        for column in ("region", "segment", "owner_id")
    )


def missing_attributes(cast: tuple[Customer, ...]) -> pl.DataFrame:
    """Which account lacks which attribute."""
    steady = [customer.account_id for customer in cast if customer.fate == STEADY]
    columns = ("region", "region", "segment", "segment", "owner_id", "owner_id", "owner_id")
    return pl.DataFrame({"account_id": steady[5 : 5 + len(columns)], "column_name": columns})


def _account(customer: Customer) -> Row:
    stage = "adopted"
    if customer.fate == TARGET:
        stage = "target"
    elif customer.churned_date:
        stage = "churned"
    elif customer.warned(RENEWAL_NEAR):
        stage = "renewing"
    elif customer.lines[0].start > DATA_DATE - dt.timedelta(days=120):
        stage = "onboarding"
    return {
        "account_id": customer.account_id,
        "name": customer.name,
        "parent_account_id": None,
        "segment": customer.segment,
        "industry": customer.industry,
        "billing_country": customer.country,
        "region": customer.region,
        "owner_id": customer.owner_id,
        "lifecycle_stage": stage,
        "is_target": customer.fate == TARGET or int(customer.account_id[4:]) % 17 == 0,
        "website": f"https://{customer.domain}",
        "created_date": customer.created_date,
        "churned_date": customer.churned_date,
        "churn_reason": customer.churn_reason,
    }
