"""Every subject's companies as one, so that what walks all questions walks those of a new subject.

Ids are told apart by the name of their case, and each company is moved by whole days so that its
newest data date is that of the whole.
"""

import datetime as dt

from tests.cases import Case, cases
from tests.rows import Rows
from warehouse.contract.tables import TABLES

DAY = max(case.contexts[0].as_of for case in cases().values())
# Names that rules look into; the rows of one subject alone have them.
NAMES = frozenset({"feature", "metric", "setting", "workload", "campaign", "control_campaign"})


def together(as_of: dt.date = DAY) -> Rows:
    """The rows of every distinct company of the cases, as of `as_of`."""
    merged: Rows = {}
    for case in _distinct():
        for table, rows in of_its_own(case, as_of).items():
            merged.setdefault(table, []).extend(rows)
    return merged


def of_its_own(case: Case, as_of: dt.date = DAY) -> Rows:
    """The rows of a case with ids that no other case has, as of `as_of`."""
    days = as_of - case.contexts[0].as_of
    return {
        table: [
            {
                column: named(case.name, value) if column in ids_of(table) and value else value
                for column, value in (
                    (column, value + days if isinstance(value, dt.date) else value)
                    for column, value in row.items()
                )
            }
            for row in rows
        ]
        for table, rows in case.company.items()
    }


def named(case: str, own_id: object) -> str:
    """An id of a case's company as it is among all."""
    return f"{case} {own_id}"


def ids_of(table: str) -> frozenset[str]:
    """The columns of a table that hold ids."""
    contract = TABLES[table]
    return frozenset(name for name in contract.columns if contract.unit(name) == "id") - NAMES


def _distinct() -> list[Case]:
    """The cases, one for each company: several subjects ask about the same."""
    return list({id(case.company): case for case in reversed(cases().values())}.values())
