"""What a declared read lets through: the data date, restatements, scope and filters."""

import datetime as dt

import pytest

from tests.rows import build
from warehouse.context import ALL, EVERYTHING, FILTERS, Context, Filter, Scope
from warehouse.contract.tables import TABLES
from warehouse.engine.duckdb import DuckDBWarehouse
from warehouse.read import Read, applicable, select

UTC = dt.UTC


def at(day, hour=0, minute=0):
    return dt.datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def contract_row(contract_id, account_id, hyperscaler, *, recorded, arr=0.0, status="activated"):
    return {
        "contract_id": contract_id,
        "recorded_at": recorded,
        "account_id": account_id,
        "hyperscaler": hyperscaler,
        "status": status,
        "arr_usd": arr,
    }


COMPANY = {
    "accounts": [
        {"account_id": "A", "name": "Amber", "segment": "enterprise", "region": "emea",
         "industry": "oil", "owner_id": "p1", "churned_date": dt.date(2026, 1, 20),
         "churn_reason": "price"},
        {"account_id": "B", "name": "Birch", "segment": None, "region": "apac",
         "industry": "mining", "owner_id": "p2"},
        {"account_id": "C", "name": "Cedar", "segment": "startup", "region": None,
         "owner_id": None, "created_date": dt.date(2026, 1, 15)},
    ],
    "contracts": [
        contract_row("k1", "A", "aws", recorded=at(1), arr=100.0),
        contract_row("k1", "A", "aws", recorded=at(10, 23, 59), arr=200.0),
        contract_row("k1", "A", "azure", recorded=at(20), arr=300.0),
        {**contract_row("k2", "B", "gcp", recorded=at(5), arr=50.0, status="draft"),
         "deployment_model": "saas"},
    ],
    "tickets": [
        {"ticket_id": "t1", "account_id": "A", "created_at": at(10), "solved_at": at(12, 8),
         "status": "solved", "reopens": 2, "csat": "bad"},
        {"ticket_id": "t2", "account_id": "B", "created_at": at(11), "status": "open"},
        {"ticket_id": "t3", "account_id": None, "created_at": at(11), "status": "open"},
        {"ticket_id": "t4", "account_id": "Z", "created_at": at(11), "status": "open"},
        {"ticket_id": "t5", "account_id": "C", "created_at": at(12), "status": "open"},
    ],
    "people": [{"person_id": "p1", "name": "Pia"}, {"person_id": "p2", "name": "Pau"}],
    "services": [
        {"service_id": "s1", "name": "one", "hyperscaler": "aws"},
        {"service_id": "s2", "name": "two", "hyperscaler": "gcp"},
    ],
    "usage_charges": [
        {"charge_id": "u1", "host_provider": "aws", "charge_period_start": at(1),
         "charge_period_end": at(1, 1), "billed_cost": 3.0},
        {"charge_id": "u2", "host_provider": "other", "charge_period_start": at(2),
         "charge_period_end": at(2, 1), "billed_cost": 4.0},
        {"charge_id": "u3", "host_provider": "aws", "charge_period_start": at(3),
         "charge_period_end": at(3, 1), "billed_cost": 5.0},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = build(tmp_path_factory.mktemp("read") / "w.duckdb", COMPANY)
    return DuckDBWarehouse(path, row_limit=1000, timeout_seconds=10, memory_mib=512)


@pytest.fixture
def rows(warehouse):
    """Reads as of a day of January 2026: `rows(31, "tickets", "ticket_id", region=("emea",))`."""

    def read(day, table, *columns, owner_ids=ALL, filters=None, **declared):
        context = Context(
            dt.date(2026, 1, day), Scope(questions=ALL, owner_ids=owner_ids), **filters or {}
        )
        statement = select(Read(table=table, columns=columns, **declared), context)
        return sorted(warehouse.read(statement).frame.rows(), key=str)

    return read


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (1, [("A", "aws", 100.0)]),
        (9, [("A", "aws", 100.0), ("B", "gcp", 50.0)]),
        # Recorded one minute before the day ended.
        (10, [("A", "aws", 200.0), ("B", "gcp", 50.0)]),
        (19, [("A", "aws", 200.0), ("B", "gcp", 50.0)]),
        # Recorded in the first instant of the day.
        (20, [("A", "azure", 300.0), ("B", "gcp", 50.0)]),
    ],
)
def test_a_restated_fact_shows_its_latest_version_known_on_the_data_date(rows, day, known):
    assert rows(day, "contracts", "account_id", "hyperscaler", "arr_usd") == known


def test_rows_learned_after_the_data_date_are_invisible(rows):
    assert rows(9, "tickets", "ticket_id") == []
    assert rows(10, "tickets", "ticket_id") == [("t1",)]
    assert rows(2, "usage_charges", "charge_id") == [("u1",), ("u2",)]


def test_a_row_without_the_instant_it_was_learned_is_always_known(rows):
    assert rows(1, "accounts", "name") == [("Amber",), ("Birch",)]
    assert rows(15, "accounts", "name") == [("Amber",), ("Birch",), ("Cedar",)]


def test_rows_of_nothing_are_left_out_where_more_than_nothing_is_asked_for(rows):
    def contracts(**declared):
        return rows(9, "contracts", "contract_id", **declared)

    assert contracts(above_zero=("arr_usd",)) == [("k1",), ("k2",)]
    assert contracts(above_zero=("committed_tib",)) == []


@pytest.mark.parametrize(
    ("day", "known"),
    [(11, ("t1", None, None, None)), (12, ("t1", at(12, 8), 2, "bad"))],
)
def test_an_outcome_is_null_until_it_is_learned(rows, day, known):
    columns = ("ticket_id", "solved_at", "reopens", "csat")
    assert rows(day, "tickets", *columns)[0] == known


@pytest.mark.parametrize(
    ("day", "known"),
    [(19, ("A", None, None)), (20, ("A", dt.date(2026, 1, 20), "price"))],
)
def test_a_churn_is_null_before_its_day(rows, day, known):
    assert rows(day, "accounts", "account_id", "churned_date", "churn_reason")[0] == known


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"region": ("emea",)}, ["A"]),
        ({"region": ("unknown",)}, ["C"]),
        ({"region": ("emea", "unknown")}, ["A", "C"]),
        ({"segment": ("unknown",)}, ["B"]),
        ({"segment": ("enterprise", "startup")}, ["A", "C"]),
        ({"owner": ("p2",)}, ["B"]),
        ({"owner": ("nobody",)}, []),
        ({"hyperscaler": ("gcp",)}, ["B"]),
        ({"hyperscaler": ("aws",)}, []),
        ({"hyperscaler": ("azure", "gcp"), "region": ("apac",)}, ["B"]),
        ({}, ["A", "B", "C"]),
    ],
)
def test_filters_keep_the_accounts_that_match_each_of_them(rows, filters, kept):
    assert rows(31, "accounts", "account_id", filters=filters) == [(account,) for account in kept]


def test_the_hyperscaler_of_an_account_is_that_of_its_contracts_as_known(rows):
    aws = {"filters": {"hyperscaler": ("aws",)}}
    assert rows(19, "accounts", "account_id", **aws) == [("A",)]
    assert rows(20, "accounts", "account_id", **aws) == []


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"region": ("emea",)}, ["t1"]),
        # A ticket of no account, or of one nobody knows, has an unknown region and segment.
        ({"region": ("unknown",)}, ["t3", "t4", "t5"]),
        ({"segment": ("unknown",)}, ["t2", "t3", "t4"]),
        ({"segment": ("unknown",), "region": ("unknown",)}, ["t3", "t4"]),
        ({"segment": ("unknown",), "region": ("apac",)}, ["t2"]),
        ({"region": ("unknown",), "owner": ("p1",)}, []),
    ],
)
def test_rows_of_an_unknown_account_match_the_word_unknown(rows, filters, kept):
    assert rows(31, "tickets", "ticket_id", filters=filters) == [(ticket,) for ticket in kept]


def test_a_scope_shows_rows_of_its_owners_accounts_and_nobody_elses(rows):
    assert rows(31, "accounts", "account_id", owner_ids=("p1",)) == [("A",)]
    assert rows(31, "tickets", "ticket_id", owner_ids=("p1", "p2")) == [("t1",), ("t2",)]
    assert rows(31, "tickets", "ticket_id", owner_ids=()) == []
    unknown = {"region": ("unknown",), "segment": ("unknown",)}
    assert rows(31, "tickets", "ticket_id", owner_ids=("p1",), filters=unknown) == []


def test_a_filter_never_widens_a_scope(rows):
    other = {"owner": ("p2",)}
    assert rows(31, "accounts", "account_id", owner_ids=("p1",), filters=other) == []


def test_tables_without_an_account_take_what_they_can_carry(rows):
    everything = {"hyperscaler": ("aws",), "region": ("emea",), "owner": ("p1",)}
    assert rows(31, "services", "name", filters=everything) == [("one",)]
    assert rows(31, "usage_charges", "charge_id", filters=everything) == [("u1",), ("u3",)]
    assert rows(31, "people", "name", filters=everything) == [("Pau",), ("Pia",)]


@pytest.mark.parametrize(
    ("day", "hyperscaler", "kept"),
    [
        (19, "aws", [("k1", "aws", 100.0), ("k1", "aws", 200.0)]),
        (19, "azure", []),
        # The contract moved: all its versions go with it, none stays behind.
        (20, "aws", []),
        (20, "azure", [("k1", "aws", 100.0), ("k1", "aws", 200.0), ("k1", "azure", 300.0)]),
    ],
)
def test_filters_judge_every_version_of_a_fact_by_its_newest(rows, day, hyperscaler, kept):
    columns = ("contract_id", "hyperscaler", "arr_usd")
    filters = {"hyperscaler": (hyperscaler,)}
    assert rows(day, "contracts", *columns, every_version=True, filters=filters) == kept


def test_a_read_of_everywhere_sets_filters_aside_and_keeps_the_scope(rows):
    filters = {"region": ("apac",)}
    everywhere = rows(31, "tickets", "ticket_id", ignores_filters=True, filters=filters)
    assert everywhere == [("t1",), ("t2",), ("t3",), ("t4",), ("t5",)]
    mine = rows(
        31, "tickets", "ticket_id", ignores_filters=True, filters=filters, owner_ids=("p1",)
    )
    assert mine == [("t1",)]


def test_what_is_learned_from_the_whole_book_is_read_of_all_but_for_nobody_without_a_right(rows):
    def learned(**scope):
        filters = {"region": ("apac",)}
        return rows(31, "tickets", "ticket_id", whole_book=True, filters=filters, **scope)

    everybody = [("t1",), ("t2",), ("t3",), ("t4",), ("t5",)]
    assert learned() == learned(owner_ids=("p1",)) == everybody
    assert learned(owner_ids=()) == []


def test_rows_are_grouped_in_the_engine(rows):
    grouped = rows(
        31,
        "usage_charges",
        "host_provider",
        sums=("billed_cost",),
        count="charges",
        earliest=("charge_period_start",),
        latest=("charge_period_end",),
    )
    assert grouped == [("aws", 8.0, at(1), at(3, 1), 2), ("other", 4.0, at(2), at(2, 1), 1)]


def test_a_period_includes_both_of_its_days(rows):
    def between(first, last):
        return rows(
            31, "tickets", "ticket_id", period="created_at",
            first=first and dt.date(2026, 1, first), last=last and dt.date(2026, 1, last),
        )  # fmt: skip

    assert [row[0] for row in between(10, 11)] == ["t1", "t2", "t3", "t4"]
    assert [row[0] for row in between(12, None)] == ["t5"]
    assert [row[0] for row in between(None, 10)] == ["t1"]


@pytest.mark.parametrize(
    ("since", "summed"),
    [
        # Of charges of 3 USD on the 1st and 5 on the 3rd by aws, and 4 on the 2nd by another.
        (1, [("aws", 8.0, None), ("other", 4.0, None)]),
        (2, [("aws", 5.0, 3.0), ("other", 4.0, None)]),
        (3, [("aws", 5.0, 3.0), ("other", None, 4.0)]),
        (4, [("aws", None, 8.0), ("other", None, 4.0)]),
    ],
)
def test_sums_stand_apart_from_what_lies_before_a_day_and_are_unknown_without_a_row(
    rows, since, summed
):
    apart = rows(
        31,
        "usage_charges",
        "host_provider",
        sums=("billed_cost",),
        period="charge_period_start",
        since=dt.date(2026, 1, since),
    )
    assert apart == summed


def test_a_read_brings_no_column_that_it_does_not_look_at():
    context = Context(dt.date(2026, 1, 31), EVERYTHING, segment=("startup",))
    statement = str(select(Read(table="contracts", columns=("arr_usd",)), context))
    named = {column for column in TABLES["contracts"].columns if column in statement}
    looked_at = {"contract_id", "recorded_at", "account_id", "hyperscaler", "arr_usd"}
    assert named == looked_at


def test_equal_keeps_the_rows_with_one_of_the_values(rows):
    kept = rows(31, "contracts", "contract_id", equal={"status": ("draft", "expired")})
    assert kept == [("k2",)]
    # A version that is no longer the latest does not come back because it would have matched.
    assert rows(31, "contracts", "contract_id", equal={"hyperscaler": ("aws",)}) == []


def test_known_keeps_the_rows_in_which_a_column_holds_something_by_the_data_date(rows):
    assert rows(31, "tickets", "ticket_id", known=("solved_at",)) == [("t1",)]
    assert rows(11, "tickets", "ticket_id", known=("solved_at",)) == []


def test_within_keeps_the_rows_that_another_read_names_in_the_same_scope_and_filters(rows):
    owners = {"within": {"person_id": Read(table="accounts", columns=("owner_id",))}}
    assert rows(31, "people", "name", **owners) == [("Pau",), ("Pia",)]
    assert rows(31, "people", "name", owner_ids=("p1",), **owners) == [("Pia",)]
    assert rows(31, "people", "name", filters={"region": ("apac",)}, **owners) == [("Pau",)]


def test_the_filters_a_read_can_carry():
    def carried(table, filtering, **declared):
        return applicable(Read(table=table, columns=(), **declared), filtering)

    everything = {"hyperscaler", "region", "segment", "owner"}
    by_account = [name for name, table in TABLES.items() if "account_id" in table.columns]
    assert {"accounts", "tickets", "usage_daily"} <= set(by_account)
    for name in by_account:
        assert carried(name, "rows") == carried(name, "accounts") == everything
    for name in TABLES:
        assert carried(name, "none") == carried(name, "rows", ignores_filters=True) == frozenset()
        assert carried(name, "rows", whole_book=True) == frozenset()
    for name in ("usage_charges", "services"):
        assert carried(name, "rows") == {"hyperscaler"}
        # They belong to no account, and only an account is selected.
        assert carried(name, "accounts") == frozenset()
    for name in ("people", "shifts"):
        assert carried(name, "rows") == carried(name, "accounts") == frozenset()
    # They name no account and belong to one: selected with it, and by no word of their own.
    for name in ("metering_hourly", "notifications"):
        assert carried(name, "accounts") == everything
        assert carried(name, "rows") == frozenset()
    clusters = {"cluster_id": Read(table="clusters", columns=("cluster_id",))}
    assert carried("metering_hourly", "rows", within=clusters) == everything


def signed(contract_id, account_id, hyperscaler, start, end, *, recorded="2025-01-01", **terms):
    days = {"start_date": dt.date.fromisoformat(start)}
    if end:
        days["end_date"] = dt.date.fromisoformat(end)
    return {
        **contract_row(contract_id, account_id, hyperscaler, recorded=None),
        "recorded_at": dt.datetime.fromisoformat(recorded).replace(tzinfo=UTC),
        **days,
        **terms,
    }


PLACED = [
    # In force on two: on both; what ended, is to come or was drafted says nothing.
    signed("a1", "two", "azure", "2025-01-01", "2026-12-31"),
    signed("a2", "two", "gcp", "2025-01-01", None),
    signed("a3", "two", "aws", "2024-01-01", "2025-12-31"),
    signed("a4", "two", "none", "2026-02-01", "2027-01-31"),
    signed("a5", "two", "none", "2025-01-01", None, status="draft"),
    # It ended on the data date; the one that ended last says where it was, one day earlier another.
    signed("b1", "lapsed", "gcp", "2025-01-01", "2026-01-31"),
    signed("b2", "lapsed", "aws", "2025-01-01", "2026-01-30"),
    # Terminated, which was recorded in September, before the end that is written down.
    signed("c1", "cut short", "azure", "2025-01-01", "2026-06-30"),
    signed("c1", "cut short", "azure", "2025-01-01", "2026-06-30", status="terminated",
           recorded="2025-09-10"),
    signed("c2", "cut short", "gcp", "2025-01-01", "2025-09-09"),
    # Both ended on one day.
    signed("d1", "both lapsed", "azure", "2025-01-01", "2025-11-30"),
    signed("d2", "both lapsed", "aws", "2025-01-01", "2025-11-30"),
    # Nothing has begun: signed, and drafted.
    signed("e1", "to come", "aws", "2026-03-01", None),
    signed("e2", "to come", "gcp", "2026-01-01", None, status="draft"),
    # The contract moved, and the draft that somebody wrote of it later replaces nothing.
    signed("f1", "moved", "aws", "2025-01-01", None),
    signed("f1", "moved", "azure", "2025-01-01", None, recorded="2025-12-01"),
    signed("f1", "moved", "gcp", "2025-01-01", None, recorded="2026-01-01", status="draft"),
]  # fmt: skip


@pytest.fixture(scope="module")
def placed(tmp_path_factory):
    company = {
        "accounts": [{"account_id": "nothing signed", "name": "Nothing signed"}],
        "contracts": PLACED,
        "clusters": [
            {"cluster_id": "k1", "account_id": "two", "hyperscaler": "aws", "deployed_at": at(1)},
            {"cluster_id": "k2", "account_id": "moved", "hyperscaler": "gcp", "deployed_at": at(1)},
        ],
        "tickets": [
            {"ticket_id": "t1", "account_id": "two", "created_at": at(2), "status": "open"},
            {"ticket_id": "t2", "account_id": None, "created_at": at(2), "status": "open"},
        ],
    }
    path = build(tmp_path_factory.mktemp("placed") / "w.duckdb", company)
    return DuckDBWarehouse(path, row_limit=1000, timeout_seconds=10, memory_mib=512)


@pytest.mark.parametrize(
    ("hyperscaler", "accounts"),
    [
        ("azure", {"two", "cut short", "both lapsed", "moved"}),
        ("gcp", {"two", "lapsed", "to come"}),
        ("aws", {"both lapsed", "to come"}),
        ("none", set()),
    ],
)
def test_an_account_is_where_its_contracts_run_else_where_the_last_ended_else_where_one_is_to_come(
    placed, hyperscaler, accounts
):
    context = Context(dt.date(2026, 1, 31), EVERYTHING, hyperscaler=(hyperscaler,))
    read = Read(table="contracts", columns=("account_id", "contract_id"))
    found = placed.read(select(read, context, "accounts")).frame
    assert set(found["account_id"]) == accounts
    # Every contract of each, whatever hyperscaler it says itself.
    of_them = {row["contract_id"] for row in PLACED if row["account_id"] in accounts}
    assert set(found["contract_id"]) == of_them


@pytest.mark.parametrize(
    ("filtering", "hyperscaler", "table", "kept"),
    [
        # A cluster is on the hyperscaler that it names; its account is on two others.
        ("rows", "aws", "clusters", ["k1"]),
        ("accounts", "aws", "clusters", []),
        ("accounts", "azure", "clusters", ["k1", "k2"]),
        ("none", "azure", "clusters", ["k1", "k2"]),
        ("rows", "gcp", "tickets", ["t1"]),
        ("accounts", "gcp", "tickets", ["t1"]),
        ("rows", "unknown", "tickets", ["t2"]),
        ("rows", "unknown", "accounts", ["nothing signed"]),
    ],
)
def test_filters_select_accounts_or_rows_or_nothing(placed, filtering, hyperscaler, table, kept):
    context = Context(dt.date(2026, 1, 31), EVERYTHING, hyperscaler=(hyperscaler,))
    (key,) = TABLES[table].key
    found = placed.read(select(Read(table=table, columns=(key,)), context, filtering)).frame
    assert sorted(found[key]) == kept


def test_rows_that_name_no_hyperscaler_of_the_list_are_unknown(rows):
    unknown = {"filters": {"hyperscaler": ("unknown",)}}
    assert rows(31, "usage_charges", "charge_id", **unknown) == [("u2",)]
    assert rows(31, "usage_charges", "charge_id", filters={"hyperscaler": ("aws", "unknown")}) == [
        ("u1",), ("u2",), ("u3",)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "chosen", "kept"),
    [
        ({"table": "accounts", "column": "industry"}, ("oil",), ["A"]),
        ({"table": "accounts", "column": "industry"}, ("oil", "unknown"), ["A", "C"]),
        ({"table": "contracts", "column": "deployment_model"}, ("saas",), ["B"]),
        ({"table": "contracts", "column": "deployment_model"}, ("saas", "unknown"), ["B", "C"]),
    ],
)
def test_a_new_filter_is_one_row(rows, monkeypatch, row, chosen, kept):
    monkeypatch.setitem(FILTERS, "new", Filter(name="new", title="New", words=(), **row))
    accounts = rows(31, "accounts", "account_id", filters={"new": chosen})
    assert accounts == [(account,) for account in kept]
    read = Read(table="accounts", columns=())
    assert applicable(read, "accounts") == {"hyperscaler", "region", "segment", "owner", "new"}


def test_an_owner_nobody_knows_selects_the_accounts_and_rows_without_one(rows):
    unknown = {"filters": {"owner": ("unknown",)}}
    assert rows(31, "accounts", "account_id", **unknown) == [("C",)]
    assert rows(31, "tickets", "ticket_id", **unknown) == [("t3",), ("t4",), ("t5",)]
    assert rows(31, "tickets", "ticket_id", owner_ids=("p1",), **unknown) == []
