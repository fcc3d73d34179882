"""Renewal deals: what was called of each contract that ends, and what nobody called."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from warehouse.demo.contracts import Term, terms
from warehouse.demo.customers import CHURNED, TROUBLED, Customer
from warehouse.demo.draws import Draws
from warehouse.demo.frames import Row, contract_frame
from warehouse.demo.period import DATA_DATE, LOADED_AT, midnight

CALLED, GIVEN_UP, NOT_REVIEWED = "called", "given_up", "not_reviewed"
NO_AMOUNT, NO_DEAL = "no_amount", "no_deal"
_CALLS = (CALLED, GIVEN_UP, NOT_REVIEWED, NO_AMOUNT, NO_DEAL)
_SHARES = (0.57, 0.10, 0.15, 0.08, 0.10)
_FIRST_END = dt.date(2024, 11, 1)
_STEPS = ("Send the order form", "Agree the volume", "Meet the sponsor", "Answer procurement")


class Version(NamedTuple):
    """What a deal said from `recorded_at` on."""

    recorded_at: dt.datetime
    stage: str
    amount_usd: float | None
    last_activity_at: dt.datetime | None


def renewal_opportunities(cast: tuple[Customer, ...]) -> pl.DataFrame:
    """Every version of the deal behind each contract that ends from November 2024 on."""
    rows = [
        _row(customer, term, version)
        for customer, term, successor in _ending(cast)
        for version in _versions(customer, term, successor)
    ]
    return contract_frame("opportunities", rows)


def renewal_calls(cast: tuple[Customer, ...]) -> pl.DataFrame:
    """What was called of each contract that ends after the data date, as far as a deal is open.

    Key contract_id; `call_usd` is the amount as it was called, above what is due or not.
    """
    rows = []
    for customer, term, successor in _ending(cast):
        known = _versions(customer, term, successor)
        if term.end <= DATA_DATE or not known or _is_closed(known[-1]):
            continue
        newest = known[-1]
        is_default = len(known) == 1 and newest.last_activity_at is None
        rows.append(
            {
                "contract_id": term.contract_id,
                "account_id": customer.account_id,
                "call_usd": newest.amount_usd,
                "is_reviewed": not is_default,
                "is_given_up": _call(customer, term) == GIVEN_UP and not is_default,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None).sort("contract_id")


def _ending(cast: tuple[Customer, ...]) -> Iterator[tuple[Customer, Term, Term | None]]:
    """Each contract that ends in the time of the deals, with the one that follows it."""
    for customer in cast:
        for number, line in enumerate(customer.lines, start=1):
            chain = list(terms(customer, number, line))
            for term, successor in zip(chain, [*chain[1:], None], strict=True):
                if term.end >= _FIRST_END:
                    yield customer, term, successor


def _call(customer: Customer, term: Term) -> str:
    """Whoever owns a troubled account calls it all the same: there call and signal disagree."""
    if customer.fate == TROUBLED:
        return CALLED
    return Draws(f"call {term.contract_id}", customer.seed).one_of(_CALLS, _SHARES)


def _versions(customer: Customer, term: Term, successor: Term | None) -> list[Version]:
    draws, call = Draws(f"renewal {term.contract_id}", customer.seed), _call(customer, term)
    if call == NO_DEAL:
        return []
    due = _arr(term)
    made = midnight(term.end) - dt.timedelta(days=draws.whole(120, 170), hours=-9)
    spoke = made + dt.timedelta(days=draws.whole(15, 50), hours=3)
    share = draws.between(0.1, 0.4) if call == GIVEN_UP else draws.between(0.85, 1.15)
    versions = [Version(made, "Qualification", None if call == NO_AMOUNT else due, None)]
    if call == NO_AMOUNT:
        versions.append(Version(spoke, "Discovery", None, spoke))
    elif call != NOT_REVIEWED:
        versions.append(Version(spoke, "Negotiation", round(due * share, 2), spoke))
    if successor:
        signed = midnight(term.end) - dt.timedelta(days=3, hours=-11)
        versions.append(Version(signed, "Closed Won", _arr(successor), signed))
    elif customer.fate == CHURNED:
        told = midnight(term.end) - dt.timedelta(days=draws.whole(2, 20), hours=-10)
        versions.append(Version(told, "Closed Lost", due, told))
    return [version for version in versions if version.recorded_at <= LOADED_AT]


def _is_closed(version: Version) -> bool:
    return version.stage.startswith("Closed")


def _arr(term: Term) -> float:
    return round(term.committed_tib * term.rate_usd * 12, 2)


def _row(customer: Customer, term: Term, version: Version) -> Row:
    is_closed = _is_closed(version)
    step = Draws(f"step {term.contract_id}", customer.seed)
    return {
        "opportunity_id": f"ren-{term.contract_id[4:]}",
        "recorded_at": version.recorded_at,
        "account_id": customer.account_id,
        "type": "renewal",
        "stage": version.stage,
        "amount_usd": version.amount_usd,
        "close_date": term.end,
        "owner_id": customer.owner_id,
        "marketplace_offer_id": None,
        "next_step": None if is_closed else step.one_of(_STEPS),
        "last_activity_at": version.last_activity_at,
    }
