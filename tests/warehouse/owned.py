"""A row of every table for each of two owners, the words of a row saying whose it is."""

import datetime as dt

from tests.rows import LONG_AGO, Rows
from warehouse.contract.table import Table
from warehouse.contract.tables import TABLES

OWNERS = {"p1": "A", "p2": "B"}
_LATER = LONG_AGO + dt.timedelta(days=1)
# What a rule of the table asks for.
_RULED = {
    "metering_hourly": {"recorded_at": _LATER, "quantity": 1.0},
    "usage_charges": {"charge_period_end": _LATER},
    "shifts": {"end_at": _LATER},
}


def _row(table: Table, owner: str, account: str) -> dict[str, object]:
    """A row whose every id is `<column> of <account>`, so that paths lead to it and none astray."""
    ids = {
        name: f"{name} of {account}" for name in table.columns if table.unit(name) == "id"
    } | _RULED.get(table.name, {})
    if "account_id" in ids:
        ids["account_id"] = account
    if table.name == "accounts":
        ids["owner_id"] = owner
    return ids


def _moved(key: str, recorded_at: dt.datetime, account: str) -> dict[str, object]:
    return {key: "moved", "recorded_at": recorded_at, "account_id": account}


OWNED: Rows = {
    name: [_row(table, owner, account) for owner, account in OWNERS.items()]
    for name, table in TABLES.items()
    if not table.rollup
}
# A fact that was A's when it was recorded first, and is B's today.
MOVED_AT = dt.datetime(2026, 1, 10, tzinfo=dt.UTC)
for _name, _key in (("contracts", "contract_id"), ("opportunities", "opportunity_id")):
    OWNED[_name] += [_moved(_key, LONG_AGO, "A"), _moved(_key, MOVED_AT, "B")]
