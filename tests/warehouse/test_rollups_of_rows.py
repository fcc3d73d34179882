"""Rollups of rows that change in place equal those rows, and each is one file that is found."""

import datetime as dt
from collections import Counter
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.on_call.interruptions import interruptions
from tests.rows import contract_rows
from warehouse import rollups
from warehouse.context import EVERYTHING, Context
from warehouse.contract.tables import TABLES
from warehouse.ddl import bound, create_statements
from warehouse.publish import append
from warehouse.read import Read, select
from warehouse.rollups import ROLLUPS, refresh

ROOT = Path(__file__).resolve().parents[2]
START = dt.datetime(2026, 1, 1)  # noqa: DTZ001 (as the engine stores instants: UTC, no zone)
DAYS = [dt.date(2026, 1, day) for day in range(1, 5)]
ACCOUNTS = [{"account_id": "A", "region": "emea"}, {"account_id": "B", "region": None}]
INCIDENTS = [
    {"incident_id": "i1", "account_id": "A", "hyperscaler": "aws", "urgency": "high"},
    {"incident_id": "i2", "account_id": None, "hyperscaler": "gcp", "urgency": "low"},
]
OF_TICKET = ("account_id", "deployment_model", "category", "severity")
OF_INCIDENT = ("account_id", "hyperscaler", "urgency")

TICKET = st.sampled_from(["t1", "t2", "t3"])
HOUR = st.integers(0, 80)
# About midnight in steps of 20 s, so that chains and interruptions run into the next day.
SENT = st.integers(-9, 9).map(lambda step: dt.timedelta(days=1, seconds=20 * step))
STEP = st.one_of(
    st.tuples(
        st.just("open"), TICKET, HOUR,
        st.sampled_from(["A", "B", None]), st.sampled_from(["1", "3"]),
    ),
    st.tuples(st.just("solve"), TICKET, st.none() | HOUR),
    st.tuples(st.just("grade"), TICKET, st.sampled_from(["1", "3"])),
    st.tuples(
        st.just("notify"), st.sampled_from(["p1", "p2"]), st.lists(SENT, min_size=1, max_size=9),
        st.sampled_from(["i1", "i2", "gone"]), st.sampled_from(["push", "push", "email"]),
    ),
    st.tuples(st.just("vanish"), st.sampled_from(["tickets", "notifications"])),
    st.tuples(st.just("move"), st.sampled_from(["A", "B"])),
)  # fmt: skip


class Company:
    """A small warehouse in memory whose tickets and notifications change step by step."""

    def __init__(self):
        self.connection = duckdb.connect()
        for statement in create_statements():
            self.connection.execute(statement)
        for table, rows in (("accounts", ACCOUNTS), ("incidents", INCIDENTS)):
            append(self.connection, table, contract_rows(table, rows))
        self.notified = 0

    def open(self, ticket, hour, account, severity):
        self.connection.execute("DELETE FROM tickets WHERE ticket_id = ?", [ticket])
        row = {
            "ticket_id": ticket, "account_id": account, "severity": severity,
            "created_at": (START + dt.timedelta(hours=hour)).replace(tzinfo=dt.UTC),
        }  # fmt: skip
        append(self.connection, "tickets", contract_rows("tickets", [row]))

    def solve(self, ticket, hour):
        at = None if hour is None else START + dt.timedelta(hours=hour)
        sql = "UPDATE tickets SET solved_at = greatest($at, created_at) WHERE ticket_id = $ticket"
        # greatest() of nothing is the other one in DuckDB, and here nothing is meant.
        sql = sql if at else "UPDATE tickets SET solved_at = $at WHERE ticket_id = $ticket"
        self.connection.execute(sql, {"at": at, "ticket": ticket})

    def grade(self, ticket, severity):
        sql = "UPDATE tickets SET severity = ? WHERE ticket_id = ?"
        self.connection.execute(sql, [severity, ticket])

    def notify(self, person, sent, incident, channel):
        rows = []
        for after in sent:
            self.notified += 1
            rows.append(
                {"notification_id": f"n{self.notified:03}", "person_id": person,
                 "incident_id": incident, "channel": channel,
                 "sent_at": (START + after).replace(tzinfo=dt.UTC)}
            )  # fmt: skip
        append(self.connection, "notifications", contract_rows("notifications", rows))

    def vanish(self, table):
        sql = f"DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})"
        self.connection.execute(sql)

    def move(self, account):
        sql = "UPDATE incidents SET account_id = ? WHERE incident_id = 'i1'"
        self.connection.execute(sql, [account])

    def read(self, context, table, *columns, **declared):
        read = Read(table=table, columns=columns, **declared)
        sql, values = bound(select(read, context))
        return self.connection.sql(sql, params=values).fetchall()

    def content(self):
        return {
            name: sorted(self.connection.sql(f"SELECT * FROM {name}").fetchall(), key=str)
            for name in ROLLUPS
        }

    def close(self):
        self.connection.close()


def tickets_rolled_up(company, context):
    rows = company.read(context, "ticket_daily", *OF_TICKET, "ticket_date", "opened", "solved")
    return {row[:5]: row[5:] for row in rows}


def tickets_counted(company, context):
    """The same from the tickets that the context shows, one by one."""
    opened, solved = Counter(), Counter()
    for *of, opened_at, solved_at in company.read(
        context, "tickets", *OF_TICKET, "created_at", "solved_at"
    ):
        named = tuple(one or "unknown" for one in of)
        opened[*named, opened_at.date()] += 1
        if solved_at is not None:
            solved[*named, solved_at.date()] += 1
    return {key: (opened[key], solved[key]) for key in opened | solved}


def interruptions_rolled_up(company, context):
    columns = ("person_id", *OF_INCIDENT, "interruption_date", "interruptions")
    rows = company.read(context, "interruption_daily", *columns)
    return {row[:5]: row[5] for row in rows}


def interruptions_counted(company, context):
    """The same as the On-call page counts them, from the notifications known on the data date."""
    columns = ("notification_id", "incident_id", "person_id", "channel", "sent_at")
    everything = Context(context.as_of, EVERYTHING)
    rows = company.read(everything, "notifications", *columns)
    schema = {name: TABLES["notifications"].polars_schema[name] for name in columns}
    schema["sent_at"] = pl.Datetime("us")
    heard = pl.DataFrame(rows, schema=schema, orient="row")
    incidents = {one: of for one, *of in company.read(everything, "incidents", "incident_id",
                                                      *OF_INCIDENT)}  # fmt: skip
    shown = {account for (account,) in company.read(context, "accounts", "account_id")}
    # Filtered by region, an incident of no account is shown where unknown is among them.
    with_unknown = "unknown" in context.filters.get("region", ("unknown",))
    counted = Counter()
    for opening in interruptions(heard.lazy()).iter_rows(named=True):
        of = [one or "unknown" for one in incidents.get(opening["incident_id"], [None] * 3)]
        if of[0] in shown or (of[0] == "unknown" and with_unknown):
            counted[opening["person_id"], *of, opening["opened_at"].date()] += 1
    return dict(counted)


@pytest.fixture
def company():
    made = Company()
    yield made
    made.close()


@settings(max_examples=10, deadline=None)
@given(
    steps=st.lists(STEP, min_size=1, max_size=6),
    as_of=st.sampled_from(DAYS),
    regions=st.sets(st.sampled_from(["emea", "apac", "unknown"])),
)
def test_refreshed_step_by_step_the_rollups_equal_the_rows(steps, as_of, regions):
    company = Company()
    for name, *facts in steps:
        getattr(company, name)(*facts)
        refresh.refresh(company.connection)
        assert refresh.is_current(company.connection)
        context = Context(as_of, EVERYTHING, region=tuple(regions))
        assert tickets_rolled_up(company, context) == tickets_counted(company, context)
        assert interruptions_rolled_up(company, context) == interruptions_counted(company, context)
    stepwise = company.content()
    refresh.refresh(company.connection, full=True)
    assert company.content() == stepwise
    company.close()


def test_an_interruption_over_midnight_counts_on_the_day_it_opens(company):
    sent = [dt.timedelta(days=1, seconds=seconds) for seconds in (-100, -50, -40, 10, 20, 30, 80)]
    company.notify("p1", sent, "i1", "phone")
    company.notify("p1", [dt.timedelta(days=1, seconds=-10)], "i2", "email")
    company.notify(
        "p2", [dt.timedelta(days=1, seconds=seconds) for seconds in (0, 60)], "i1", "sms"
    )
    refresh.refresh(company.connection)
    # Opened 100 s before midnight; -40 is 60 s later and joins it, 10 opens the next, 80 another.
    first, second = DAYS[:2]
    assert interruptions_rolled_up(company, Context(DAYS[-1], EVERYTHING)) == {
        ("p1", "A", "aws", "high", first): 1,
        ("p1", "A", "aws", "high", second): 2,
        ("p2", "A", "aws", "high", second): 1,
    }
    # Without the first of the evening, another notification opens, and the morning is counted anew.
    company.connection.execute("DELETE FROM notifications WHERE notification_id = 'n001'")
    assert refresh.refresh(company.connection) == refresh.Refreshed(2, 1, is_full=False)
    assert interruptions_rolled_up(company, Context(DAYS[-1], EVERYTHING)) == {
        ("p1", "A", "aws", "high", first): 1,
        ("p1", "A", "aws", "high", second): 1,
        ("p2", "A", "aws", "high", second): 1,
    }


def test_a_ticket_solved_before_it_was_opened_is_not_known_before(company):
    company.open("t1", 30, "A", "1")
    company.connection.execute("UPDATE tickets SET solved_at = TIMESTAMP '2026-01-01 05:00'")
    refresh.refresh(company.connection)
    key = ("A", TABLES["tickets"].choices("deployment_model")[0], "networking", "1", DAYS[1])
    found = tickets_rolled_up(company, Context(DAYS[3], EVERYTHING))
    assert [(of[0], of[3], of[4]) for of in found] == [(key[0], key[3], key[4])]
    assert list(found.values()) == [(1, 1)]
    assert tickets_rolled_up(company, Context(DAYS[0], EVERYTHING)) == {}


def test_only_the_days_that_changed_are_made_again(company):
    company.open("t1", 3, "A", "1")
    company.open("t2", 30, "A", "1")
    company.notify("p1", [dt.timedelta(hours=60)], "i1", "push")
    refresh.refresh(company.connection)
    company.solve("t2", 40)
    assert refresh.refresh(company.connection) == refresh.Refreshed(2, 1, is_full=False)
    # A row that was not made again keeps its place in the table.
    places = "SELECT rowid, ticket_date FROM ticket_daily ORDER BY 1"
    assert company.connection.sql(places).fetchall() == [(0, DAYS[0]), (2, DAYS[1])]
    company.solve("t2", 60)
    assert refresh.refresh(company.connection) == refresh.Refreshed(3, 2, is_full=False)
    assert refresh.refresh(company.connection) == refresh.Refreshed(3, 0, is_full=False)


def test_every_file_that_says_it_is_a_rollup_is_found_and_no_other_file_names_it():
    package = ROOT / "warehouse" / "rollups"
    files = {path.stem for path in package.glob("*.py") if "\nROLLUP = Rollup(" in path.read_text()}
    assert files == set(ROLLUPS) == {name for name, table in TABLES.items() if table.rollup}
    others = "\n".join(
        path.read_text()
        for path in (ROOT / "warehouse").rglob("*.py")
        if path.stem not in files
    )  # fmt: skip
    for name, rollup in ROLLUPS.items():
        assert rollup.name == name
        assert rollup.day in rollup.key
        assert set(rollup.sources) <= set(TABLES)
        assert TABLES[name].key == rollup.key
        if name not in ("usage_daily", "account_usage_daily"):  # the demo knows how usage adds up
            assert name not in others, f"{name} is named outside its file"


def test_a_new_file_is_a_new_rollup(tmp_path, monkeypatch):
    (tmp_path / "a_made_up_daily.py").write_text(
        "from dataclasses import replace\n"
        "from warehouse.rollups.ticket_daily import ROLLUP as TICKETS\n"
        "ROLLUP = replace(TICKETS, name='a_made_up_daily', sources=('usage_daily',))\n"
    )
    monkeypatch.setattr(rollups, "__path__", [*rollups.__path__, str(tmp_path)])
    found = list(rollups.collected())
    assert set(found) == {*ROLLUPS, "a_made_up_daily"}
    # The engine makes it after the one it is made of, which the alphabet has later.
    assert found.index("usage_daily") < found.index("a_made_up_daily")
