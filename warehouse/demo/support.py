"""Support tickets."""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from warehouse.demo.clusters import Cluster
from warehouse.demo.customers import CHURNED, TARGET, TICKETS, TROUBLED, Customer
from warehouse.demo.draws import Draws
from warehouse.demo.frames import Row, contract_frame
from warehouse.demo.period import FIRST_DAY, LOADED_AT, midnight

_PER_MONTH = 0.75
_SEVERITIES = ("1", "2", "3", "4")
_SEVERITY_SHARES = (0.03, 0.12, 0.5, 0.35)
_SLA_MINUTES = {"1": 30.0, "2": 120.0, "3": 480.0, "4": 1440.0}
_SOLVED_HOURS = {"1": 20, "2": 60, "3": 140, "4": 200}
_CATEGORIES = ("networking", "hardware", "software", "performance", "access", "question")
CLOUD_MIX = (0.40, 0.05, 0.19, 0.14, 0.10, 0.12)
ON_PREM_MIX = (0.17, 0.33, 0.20, 0.12, 0.06, 0.12)
SEVERE_FOR_DAYS = 120


def tickets(cast: tuple[Customer, ...], fleet: tuple[Cluster, ...]) -> pl.DataFrame:
    """Every ticket until the load; a severe-ticket fate adds its own in the last months."""
    homes: dict[str, list[Cluster]] = {}
    for cluster in fleet:
        homes.setdefault(cluster.customer.account_id, []).append(cluster)
    rows: list[Row] = []
    for customer in cast:
        if customer.fate != TARGET:
            rows += _account_tickets(customer, homes.get(customer.account_id, []))
    return contract_frame("tickets", rows)


def _account_tickets(customer: Customer, homes: list[Cluster]) -> Iterator[Row]:
    draws = Draws(f"tickets {customer.account_id}", customer.seed)
    since = max(midnight(FIRST_DAY), midnight(min(line.start for line in customer.lines)))
    until = midnight(customer.moment) if customer.fate == CHURNED else LOADED_AT
    days = (until - since) / dt.timedelta(days=1)
    moments = [
        since + (until - since) * draws.between(0, 1)
        for _ in range(int(days / 30 * _PER_MONTH * draws.between(0.4, 1.6)))
    ]
    number = 0
    for created in sorted(moments):
        number += 1
        severity = draws.one_of(_SEVERITIES, _SEVERITY_SHARES)
        yield _ticket(customer, homes, number, created, severity=severity, draws=draws)
    if not customer.warned(TICKETS):
        return
    lead = dt.timedelta(days=SEVERE_FOR_DAYS)
    latest = min(midnight(customer.moment), LOADED_AT)
    for place in range(5):
        number += 1
        created = max(since, latest - lead * (1 - place / 5) + dt.timedelta(hours=place * 5 + 9))
        severity = "1" if place % 2 else "2"
        # The last two of an account in trouble are still open at the data date.
        is_open = customer.fate == TROUBLED and place >= 3  # noqa: PLR2004 - the last two of five
        yield _ticket(
            customer, homes, number, created, severity=severity, draws=draws, is_open=is_open
        )


def _ticket(
    customer: Customer,
    homes: list[Cluster],
    number: int,
    created: dt.datetime,
    *,
    severity: str,
    draws: Draws,
    is_open: bool = False,
) -> Row:
    created = created.replace(second=0, microsecond=0)
    cluster = draws.one_of(homes) if homes else None
    model = cluster.line.deployment_model if cluster else None
    category = draws.one_of(_CATEGORIES, ON_PREM_MIX if model == "on_prem" else CLOUD_MIX)
    sla = _SLA_MINUTES[severity]
    replied = created + dt.timedelta(minutes=int(sla * 1.3 * draws.between(0.02, 1) ** 2) + 1)
    takes = _SOLVED_HOURS[severity] * (0.1 + 2 * draws.between(0, 1) ** 3)
    solved = replied + dt.timedelta(minutes=int(takes * 60))
    is_solved = not is_open and solved <= LOADED_AT
    rated, good = draws.chance(0.4), draws.chance(0.85)
    reopens = draws.one_of((0, 1, 2), (0.86, 0.11, 0.03))
    return {
        "ticket_id": f"tic-{customer.account_id[4:]}-{number:03d}",
        "account_id": customer.account_id,
        "cluster_id": cluster.cluster_id if cluster else None,
        "deployment_model": model,
        "category": category,
        "severity": severity,
        "created_at": created,
        "first_reply_at": replied if replied <= LOADED_AT else None,
        "solved_at": solved if is_solved else None,
        "status": "solved" if is_solved else "open",
        "reopens": reopens if is_solved else None,
        "sla_target_minutes": sla,
        "csat": ("good" if good else "bad") if is_solved and rated else None,
    }
