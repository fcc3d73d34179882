"""Reading the ledger: the rows asked for, the columns always, and a number that grows."""

import datetime as dt

import polars as pl
import pytest

from ledger import LedgerQuery, open_ledger
from ledger.rows import append
from ledger.scores import SCHEMA, write
from ledger.tables import TABLES, TRIAGE_ACTIONS, frame_schema
from ledger.triage import act
from tests.ledger.making import DAY, action, scores

WEEK = dt.timedelta(days=7)


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_has_its_columns(ledger, name):
    rows = ledger.read(LedgerQuery(name))
    assert (rows.height, rows.schema) == (0, frame_schema(*TABLES[name].c))
    assert ledger.version(name) == 0


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        (LedgerQuery("score_history"), "A1 A2 A3 B1 B2"),
        (LedgerQuery("score_history", first=DAY + WEEK), "A2 A3 B2"),
        (LedgerQuery("score_history", last=DAY + WEEK), "A1 A2 B1 B2"),
        (LedgerQuery("score_history", DAY + WEEK, DAY + WEEK), "A2 B2"),
        (LedgerQuery("score_history", account_id="A"), "A1 A2 A3"),
        (LedgerQuery("score_history", DAY, DAY, "B"), "B1"),
        (LedgerQuery("score_history", account_id="C"), ""),
        (LedgerQuery("score_history", DAY + WEEK, DAY), ""),
    ],
)
def test_days_are_inclusive_and_an_account_is_alone(ledger, entries, found):
    days = {"1": DAY, "2": DAY + WEEK, "3": DAY + 2 * WEEK}
    rows = ["A1", "B1", "A2", "B2", "A3"]
    write(ledger, scores(*({"account_id": row[0], "as_of": days[row[1]]} for row in rows)))
    names = {day: name for name, day in days.items()}
    read = ledger.read(entries)
    keys = read.select("account_id", "as_of").rows()
    assert " ".join(f"{account}{names[day]}" for account, day in keys) == found
    assert read.schema == SCHEMA


def test_only_the_columns_wanted_are_read(ledger):
    write(ledger, scores({"account_id": "B"}, {"account_id": "A"}))
    rows = ledger.read(LedgerQuery("score_history", columns=("score", "account_id")))
    assert rows.columns == ["score", "account_id"]
    assert rows["account_id"].to_list() == ["A", "B"]


def test_unknown_stays_unknown(ledger):
    unknown = {"score": None, "band": "unknown", "oldest_input_date": None, "days_to_renewal": None}
    write(ledger, scores(unknown))
    row = ledger.read(LedgerQuery("score_history")).row(0, named=True)
    assert {name: row[name] for name in unknown} == unknown


def test_the_version_grows_with_each_of_its_tables_also_by_another_hand(ledger, url):
    other = open_ledger(url)
    seen = [ledger.version("triage_actions", "score_history")]
    act(other, action("a1"), 0)
    seen.append(ledger.version("triage_actions", "score_history"))
    write(other, scores())
    seen.append(ledger.version("triage_actions", "score_history"))
    other.close()
    assert seen == [0, 1, 2]
    assert ledger.version("triage_actions") == 1
    assert ledger.version("annotations") == ledger.version() == 0


def test_what_fails_halfway_leaves_nothing(ledger):
    act(ledger, action("a1"), 0)
    before = ledger.read(LedgerQuery("triage_actions"))
    row = before.row(0, named=True)

    def fail():
        with ledger.writing("triage_actions") as connection:
            append(connection, TRIAGE_ACTIONS, [row | {"action_id": "a2", "version": 2}])
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert ledger.read(LedgerQuery("triage_actions")).equals(before)
    assert ledger.version("triage_actions") == 1


def test_a_table_it_does_not_have_is_a_mistake_of_the_program(ledger):
    with pytest.raises(KeyError):
        ledger.read(LedgerQuery("accounts"))


def test_the_address_has_no_login(tmp_path, postgres):
    file = open_ledger(f"sqlite:///{tmp_path}/a%20folder/100%25.sqlite")
    assert file.address == f"{tmp_path}/a folder/100%.sqlite"
    file.close()
    server = open_ledger(postgres.empty().replace("ledger@", "ledger:secret@"))
    assert server.address == "postgresql:///postgres"
    server.close()


def test_frames_of_the_ledger_join_those_of_the_warehouse(ledger):
    write(ledger, scores())
    facts = pl.DataFrame({"account_id": ["A"]})
    assert ledger.read(LedgerQuery("score_history")).join(facts, on="account_id").height == 1
