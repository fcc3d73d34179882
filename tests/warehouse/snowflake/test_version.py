"""The data version: from the catalog, seldom, and honest about what the catalog does not date."""

import datetime as dt

import pytest

from tests.warehouse.snowflake.companies import DATABASE, run_as_loader
from tests.warehouse.snowflake.conftest import write_login
from warehouse import clock
from warehouse.address import SnowflakeAddress
from warehouse.contract.tables import TABLES
from warehouse.engine.snowflake.engine import SnowflakeWarehouse

PLACE = SnowflakeAddress(
    account="stand-in", database=DATABASE, schema="SCRATCH", warehouse="BI", role="READER"
)
MORNING = dt.datetime(2026, 3, 31, 8, 59, tzinfo=dt.UTC)


@pytest.fixture
def scratch(stand_in, tmp_path):
    """A schema of every contract table, empty; statements change it, `open_at` reads it."""

    class Scratch:
        def run(self, *statements):
            run_as_loader(stand_in, "SCRATCH", *statements)

        def open_at(self, probe_seconds):
            return SnowflakeWarehouse(
                PLACE,
                write_login(tmp_path, stand_in),
                row_limit=1000,
                timeout_seconds=10,
                probe_seconds=probe_seconds,
            )

    scratch = Scratch()
    scratch.run(*(f"CREATE OR REPLACE TABLE {name} (id TEXT)" for name in TABLES))
    return scratch


def test_a_change_is_seen_by_the_next_look_and_not_before(scratch):
    eager, patient = scratch.open_at(0), scratch.open_at(3600)
    before = eager.version()
    assert patient.version() == before == eager.version()
    scratch.run("INSERT INTO accounts VALUES ('a')")
    assert eager.version() != before
    assert patient.version() == before
    eager.close()
    patient.close()


def test_the_hour_counts_only_while_the_catalog_does_not_date_every_table(scratch, monkeypatch):
    warehouse = scratch.open_at(0)

    def at(instant):
        monkeypatch.setattr(clock, "now", lambda: instant)
        return warehouse.version()

    hour = dt.timedelta(hours=1)
    assert at(MORNING) == at(MORNING + hour)
    scratch.run("DROP TABLE tickets", "CREATE VIEW tickets AS SELECT 'a' AS id")
    assert at(MORNING) == at(MORNING + dt.timedelta(seconds=59))
    assert at(MORNING) != at(MORNING + hour)
    scratch.run("DROP VIEW tickets")
    assert at(MORNING) != at(MORNING + hour)
    warehouse.close()
