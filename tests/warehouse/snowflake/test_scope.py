"""What an owner sees of every table, in both engines: the rows of their accounts, as of today."""

import datetime as dt
from dataclasses import replace

import pytest

from tests.warehouse.owned import MOVED_AT, OWNERS
from warehouse.context import ALL, EVERYTHING, Context, Scope
from warehouse.contract.table import SHARED, Path
from warehouse.contract.tables import TABLES
from warehouse.errors import OwnerUndeclared
from warehouse.read import Read, select

DAY = dt.date(2026, 1, 31)
PIA = Scope(questions=ALL, owner_ids=("p1",))


def whole(table, **declared):
    return Read(table=table, columns=tuple(TABLES[table].columns), **declared)


def seen(warehouse, read, scope, day=DAY):
    """The rows as one text each, so that a word of somebody else's is found in any column."""
    rows = warehouse.read(select(read, Context(day, scope))).frame.rows()
    return sorted(map(repr, rows))


@pytest.mark.parametrize("table", TABLES)
def test_an_owner_sees_the_rows_of_their_accounts_and_no_word_of_anothers(both, table):
    read = whole(table, every_version=TABLES[table].restated)
    for warehouse in both("OWNED"):
        everything = seen(warehouse, read, EVERYTHING)
        assert len(everything) >= len(OWNERS)
        is_shared = TABLES[table].path == SHARED
        mine = [row for row in everything if "A'" in row and "moved" not in row]
        assert seen(warehouse, read, PIA) == (everything if is_shared else mine)
        assert len(mine) == 1
        nobody = Scope(questions=ALL, owner_ids=("nobody",))
        assert seen(warehouse, read, nobody) == (everything if is_shared else [])
        assert seen(warehouse, read, Scope(questions=ALL, owner_ids=())) == []


@pytest.mark.parametrize(
    ("table", "key"), [("contracts", "contract_id"), ("opportunities", "opportunity_id")]
)
def test_who_may_see_a_fact_is_decided_by_whose_it_is_today_whatever_the_data_date(
    both, table, key
):
    read = Read(table=table, columns=(key, "account_id"), equal={key: ("moved",)})
    before = MOVED_AT.date() - dt.timedelta(days=1)
    paul = Scope(questions=ALL, owner_ids=("p2",))
    for warehouse in both("OWNED"):
        # The data date says what the fact was, and never who may see it.
        assert seen(warehouse, read, paul, before) == ["('moved', 'A')"]
        assert seen(warehouse, read, paul) == ["('moved', 'B')"]
        for day in (before, DAY):
            assert seen(warehouse, replace(read, every_version=True), PIA, day) == []


@pytest.mark.parametrize(
    "table", [name for name, table in TABLES.items() if "account_id" not in table.columns]
)
def test_a_table_that_names_no_account_is_read_for_the_account_that_its_path_leads_to(both, table):
    read = whole(table, equal={"account_id": ("A",)})
    for warehouse in both("OWNED"):
        if TABLES[table].path == SHARED:
            with pytest.raises(OwnerUndeclared):
                select(read, Context(DAY, EVERYTHING))
        else:
            assert seen(warehouse, read, EVERYTHING) == seen(warehouse, whole(table), PIA)
            assert len(seen(warehouse, read, EVERYTHING)) == 1


def test_every_path_ends_at_the_account():
    for name, table in TABLES.items():
        assert table.path is not None, f"{name} says neither whose its rows are nor that all may"
        here = table
        while isinstance(path := here.path, Path) and path.table != "accounts":
            assert path.column in here.columns, name
            here = TABLES[path.table]
            # One row per key, and only one version of it: the account of today.
            assert (len(here.key), here.restated) == (1, False), name
        assert here.path == SHARED or path.column in here.columns, name


@pytest.mark.parametrize("scope", [EVERYTHING, PIA])
def test_a_table_that_says_neither_is_read_by_nobody(monkeypatch, scope):
    monkeypatch.setitem(TABLES, "people", replace(TABLES["people"], path=None))
    with pytest.raises(OwnerUndeclared):
        select(whole("people"), Context(DAY, scope))
