"""Support tickets."""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from warehouse.demo.clusters import Cluster
from warehouse.demo.customers import CHURNED, NO_USAGE, TARGET, TICKETS, TROUBLED, Customer
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
_DAYS_PER_SEVERE = 22  # while severe tickets are a cause
# What is set up goes wrong at first: of newcomers so many, with so many severe tickets.
_SETUP_SHARE, _SETUP_TICKETS, _SETUP_DAYS = 0.95, (4, 6), 60


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
    severe = [*_setup(customer, since), *_cause(customer)]
    for place, created in enumerate(severe):
        number += 1
        # The last two of an account in trouble are still open at the data date.
        is_open = customer.fate == TROUBLED and place >= len(severe) - 2
        severity = "1" if place % 2 else "2"
        yield _ticket(
            customer, homes, number, created, severity=severity, draws=draws, is_open=is_open
        )


def _setup(customer: Customer, since: dt.datetime) -> Iterator[dt.datetime]:
    """When severe tickets of a newcomer's first weeks were opened; they foretell nothing."""
    draws = Draws(f"setup {customer.account_id}", customer.seed)
    is_new = since > midnight(FIRST_DAY) and customer.fate != NO_USAGE
    if not is_new or not draws.chance(_SETUP_SHARE):
        return
    for _ in range(draws.whole(*_SETUP_TICKETS)):
        created = since + dt.timedelta(days=draws.whole(2, _SETUP_DAYS), hours=draws.whole(6, 18))
        if created < LOADED_AT:
            yield created


def _cause(customer: Customer) -> Iterator[dt.datetime]:
    """When the severe tickets were opened that lead up to the customer's moment."""
    if not customer.warned(TICKETS):
        return
    began = customer.began(TICKETS)
    count = max(3, (customer.moment - began).days // _DAYS_PER_SEVERE)
    for place in range(count):
        created = began + (customer.moment - began) * place / count
        yield midnight(created) + dt.timedelta(hours=9 + place % 9)


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
