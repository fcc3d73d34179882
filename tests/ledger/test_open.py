"""Opening a ledger: made once, brought up to date once, and set to lose nothing."""

import stat
from concurrent.futures import ProcessPoolExecutor

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from ledger import LedgerQuery, open_ledger
from ledger.errors import (
    AddressInvalid,
    LedgerError,
    LedgerNewer,
    LedgerUnavailable,
    OwnerUndeclared,
)
from ledger.schema import FOLDER
from ledger.tables import METADATA, TABLES, Path, column_facts, path_of
from ledger.triage import Recorded, act
from tests.ledger.making import action
from tests.ledger.writers import PROCESSES, open_and_act


def test_the_migrated_schema_is_the_declared_one(ledger):
    with ledger.writing() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        found = sa.inspect(connection).get_table_names()
    assert set(found) == {*METADATA.tables, "alembic_version"}


def test_every_table_says_whose_its_rows_are_and_what_its_columns_mean():
    assert {name: path_of(name) for name in TABLES} == {
        "triage_actions": Path("account_id"),
        "triage_attempts": Path("account_id"),
        "score_history": Path("account_id"),
        "annotations": Path("subject", prefix="account:"),
    }
    for column in column_facts():
        assert column.grain.startswith("One row per ")
        assert column.description
        assert column.unit


def test_a_table_that_does_not_say_whose_its_rows_are_is_read_by_nobody(ledger, monkeypatch):
    act(ledger, action(), 0)
    monkeypatch.delitem(TABLES["triage_actions"].info, "path")
    with pytest.raises(OwnerUndeclared, match="the rows of triage_actions, so nobody does"):
        ledger.read(LedgerQuery("triage_actions"))


def test_opening_again_finds_what_was_written(url):
    first = open_ledger(url)
    assert act(first, action(), 0) == Recorded("a1", 1)
    first.close()
    again = open_ledger(url)
    assert again.read(LedgerQuery("triage_actions"))["action_id"].to_list() == ["a1"]
    again.close()


def test_several_processes_may_open_a_new_ledger_at_once(url):
    with ProcessPoolExecutor(8, mp_context=PROCESSES) as pool:
        versions = list(pool.map(open_and_act, [url] * 8, range(8)))
    assert versions == [1] * 8
    ledger = open_ledger(url)
    assert ledger.read(LedgerQuery("triage_actions"))["account_id"].to_list() == [
        f"account-{number}" for number in range(8)
    ]
    ledger.close()


def test_a_ledger_of_a_newer_bellwether_is_refused_and_not_touched(url):
    ledger = open_ledger(url)
    act(ledger, action(), 0)
    with ledger.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerNewer, match=r"newer Bellwether \(schema 9999\)") as refused:
        open_ledger(url)
    assert refused.value.remedy.startswith("Update Bellwether")
    assert ledger.read(LedgerQuery("triage_actions")).height == 1
    ledger.close()


def test_there_is_no_way_back_that_loses_rows(ledger):
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    act(ledger, action(), 0)

    def go_back():
        with ledger.writing() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "base")

    with pytest.raises(LedgerError, match="no way back"):
        go_back()
    assert ledger.read(LedgerQuery("triage_actions")).height == 1


@pytest.mark.parametrize("change", ["UPDATE triage_actions SET author = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["triage_actions"])
def test_a_row_is_never_changed_or_taken_away(ledger, change, table):
    act(ledger, action(), 0)

    def change_it():
        with ledger.writing() as connection:
            connection.execute(sa.text(change.format(table)))

    with pytest.raises((sa.exc.DBAPIError, LedgerError), match="only takes new rows"):
        change_it()
    assert ledger.read(LedgerQuery(table))["author"].to_list() == ["pia"]


def test_a_file_loses_nothing_and_is_its_users_own(tmp_path):
    path = tmp_path / "made for it" / "ledger.sqlite"
    ledger = open_ledger(f"sqlite:///{path}")
    with ledger.writing() as connection:
        said = [
            connection.execute(sa.text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert said == ["wal", 2, 1, 30_000]
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes.items() >= {path.name: 0o600, f".{path.name}.lock": 0o600}.items()
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    ledger.close()


def test_a_server_has_it_on_disk_before_it_says_so(postgres):
    ledger = open_ledger(postgres.empty())
    with ledger.writing() as connection:
        said = [
            connection.execute(sa.text(f"SHOW {name}")).scalar()
            for name in (
                "synchronous_commit",
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
            )
        ]
    assert said == ["on", "30s", "30s", "30s"]
    ledger.close()


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("ledger.sqlite", "is no URL"),
        ("sqlite://", "names neither a SQLite file nor"),
        ("sqlite:////tmp/a.sqlite?mode=ro", "names neither a SQLite file nor"),
        ("mysql://pia:secret@host/db", "names neither a SQLite file nor"),
        ("postgresql://pia:secret@host", "names neither a SQLite file nor"),
    ],
)
def test_an_address_that_names_no_ledger_is_refused_without_its_login(wrong, expected):
    with pytest.raises(AddressInvalid, match=expected) as refused:
        open_ledger(wrong)
    assert "secret" not in str(refused.value)
    assert "sqlite:////path/to/ledger.sqlite" in refused.value.remedy


def test_a_file_in_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LedgerUnavailable, match="No such file or directory") as missing:
        open_ledger(f"sqlite:///{tmp_path / 'a' / 'b' / 'ledger.sqlite'}")
    assert missing.value.remedy.startswith("Make its folder")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_ledger_is_said_and_left(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"notes, not a database\n" * 200)
    before = path.read_bytes()
    with pytest.raises(LedgerUnavailable, match="file is not a database"):
        open_ledger(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_server_that_is_not_there_is_said_without_the_login(tmp_path):
    url = f"postgresql://pia:secret@/ledger?host={tmp_path}"
    with pytest.raises(LedgerUnavailable, match="did not answer") as gone:
        open_ledger(url)
    assert "secret" not in str(gone.value)
    assert "BELLWETHER_LEDGER" in gone.value.remedy
