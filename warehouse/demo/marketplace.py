"""Private offers and the deals behind them: light, until the pages that read them arrive."""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from warehouse.demo.customers import CHURNED, NO_USAGE, TARGET, Customer
from warehouse.demo.draws import Draws
from warehouse.demo.frames import Row, contract_frame
from warehouse.demo.period import DATA_DATE, LOADED_AT, midnight

STEPS = ("instructions_sent_at", "opened_at", "viewed_at", "accepted_at")
_OFFERS_BEGIN = dt.date(2025, 10, 6)
_STUCK = 6


def offers(cast: tuple[Customer, ...], seed: int) -> pl.DataFrame:
    """Private offers since October 2025; the first six never get past one of the steps."""
    cloud = [
        one
        for one in cast
        if one.fate not in {CHURNED, NO_USAGE, TARGET} and one.lines[-1].hyperscaler != "none"
    ]
    chosen = Draws("offers", seed).shuffled(cloud)[:44]
    rows = [_offer(customer, number) for number, customer in enumerate(chosen, start=1)]
    return contract_frame("offers", rows)


def stuck_offers(frame: pl.DataFrame) -> pl.DataFrame:
    """The planted offers, and the step each has been waiting for since `waiting_since`."""
    rows = [
        {
            "offer_id": row["offer_id"],
            "stuck_before": next(step for step in STEPS if row[step] is None),
            "waiting_since": max(row[step] for step in ("created_at", *STEPS) if row[step]),
        }
        for row in frame.iter_rows(named=True)
        if int(row["offer_id"][4:]) <= _STUCK
    ]
    return pl.DataFrame(rows)


def _offer(customer: Customer, number: int) -> Row:
    draws = Draws(f"offer {number}", customer.seed)
    line = customer.lines[-1]
    is_stuck = number <= _STUCK
    age = draws.whole(50, 100) if is_stuck else draws.whole(0, (DATA_DATE - _OFFERS_BEGIN).days)
    created = midnight(DATA_DATE) - dt.timedelta(days=age, hours=-draws.whole(0, 5))
    moments: dict[str, dt.datetime | None] = {}
    reached = 1 + number % 3 if is_stuck else len(STEPS)
    at = created
    for place, step in enumerate(STEPS):
        at += dt.timedelta(hours=draws.whole(1, 60))
        moments[step] = at if place < reached and at <= LOADED_AT else None
    return {
        "offer_id": f"off-{number:04d}",
        "account_id": customer.account_id,
        "hyperscaler": line.hyperscaler,
        "offer_type": "private",
        "listing_type": "software as a service"
        if line.deployment_model == "saas"
        else "virtual machine",
        "status": "accepted" if moments["accepted_at"] else "pending",
        "created_at": created,
        **moments,
        "expires_at": created + dt.timedelta(days=120),
        "total_contract_value_usd": round(line.committed_tib * line.rate_usd * 12, 2),
        "opportunity_id": f"opp-{customer.account_id[4:]}",
        "is_test": number == 44,  # noqa: PLR2004 - the last one is ours
    }


def opportunities(cast: tuple[Customer, ...], offered: pl.DataFrame) -> pl.DataFrame:
    """One deal behind every offer, and one for every target."""
    deals = list(_deals(cast, offered))
    return contract_frame("opportunities", deals)


def _deals(cast: tuple[Customer, ...], offered: pl.DataFrame) -> Iterator[Row]:
    by_id = {customer.account_id: customer for customer in cast}
    for offer in offered.iter_rows(named=True):
        won = offer["accepted_at"] is not None
        recorded = offer["accepted_at"] or offer["created_at"]
        stage = "won" if won else "open"
        yield {
            **_deal(by_id[offer["account_id"]], "expansion", recorded, stage),
            "amount_usd": offer["total_contract_value_usd"],
            "marketplace_offer_id": offer["offer_id"],
        }
    for customer in cast:
        if customer.fate == TARGET:
            recorded = midnight(customer.created_date) + dt.timedelta(hours=10)
            yield _deal(customer, "new", recorded, "open")


def _deal(customer: Customer, kind: str, recorded: dt.datetime, stage: str) -> Row:
    return {
        "opportunity_id": f"opp-{customer.account_id[4:]}",
        "recorded_at": recorded,
        "account_id": customer.account_id,
        "type": kind,
        "stage": stage,
        "amount_usd": None,
        "close_date": recorded.date() + dt.timedelta(days=0 if stage == "won" else 120),
        "owner_id": customer.owner_id,
        "marketplace_offer_id": None,
        "next_step": None if stage == "won" else "Call the buyer",
        "last_activity_at": recorded,
    }
