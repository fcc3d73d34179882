"""A book of thirty thousand accounts: half a year of scores, and the triage page over it.

The demo company over and over, each time under other ids: what health and triage read of it.
"""

import datetime as dt
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from ledger import Ledger, open_ledger
from queries.health.scorecard.scoring import days_to_score, score
from tests.load import rerun
from tests.load.measured import Figure
from tests.load.server import over
from warehouse.demo.build import build
from warehouse.demo.period import DATA_DATE

ACCOUNTS, FAST_ACCOUNTS, OF_THE_DEMO = 30_000, 2_400, 260
WEEKS, FAST_WEEKS = 26, 4
MOST_SECONDS = 30.0
# What the oldest of the scores looks back on.
FIRST_DAY = DATA_DATE - dt.timedelta(days=7 * WEEKS + 28 + 84)
# The tables that health and triage read, the ids in them, and the day that dates their rows.
TABLES: dict[str, tuple[tuple[str, ...], str | None]] = {
    "accounts": (("account_id",), None),
    "contracts": (("account_id", "contract_id"), None),
    "clusters": (("account_id", "cluster_id"), None),
    "account_usage_daily": (("account_id",), "usage_date"),
    "feature_usage_daily": (("account_id",), "usage_date"),
    "tickets": (("account_id", "ticket_id"), None),
    "incidents": (("account_id", "incident_id"), None),
    "contacts": (("account_id", "contact_id"), None),
    "activities": (("account_id", "activity_id"), None),
}
MULTIPLY = """
CREATE OR REPLACE TABLE {table} AS
SELECT * REPLACE ({ids}) FROM {table}, (SELECT range AS copy FROM range({copies})) WHERE {keep}
"""


def measure(*, fast: bool) -> list[Figure]:
    """Seconds to score the book for half a year, and the reruns of its triage page."""
    accounts, weeks = (FAST_ACCOUNTS, FAST_WEEKS) if fast else (ACCOUNTS, WEEKS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = multiplied(folder / "book.duckdb", accounts)
        with asked(book) as ledger:
            began = time.perf_counter()
            scored = list(score(ledger, days_to_score(DATA_DATE, weeks)))
            seconds = time.perf_counter() - began
        rounds = rerun.FAST_ROUNDS if fast else rerun.ROUNDS
        (triage,) = rerun.paired(book, ("triage",), rounds).values()
    what = f"{accounts:,} accounts, {weeks} weeks"
    written = sum(one.written.new for one in scored)
    return [
        Figure(figure=f"{what}, scored", value=round(seconds, 2), unit="s", limit=MOST_SECONDS),
        Figure(figure=f"{what}, scores written", value=written, unit=""),
        *rerun.figures(f"rerun of triage, {accounts:,} accounts", triage, triage.empty_ms),
    ]


def multiplied(path: Path, accounts: int) -> Path:
    """A warehouse at `path` of the demo company until it has that many accounts.

    The rollups are multiplied with the rest, so the hours they came from are left out.
    """
    build(path)
    with duckdb.connect(str(path)) as connection:
        for table, (names, day) in TABLES.items():
            ids = ", ".join(f"{name} || '-' || copy AS {name}" for name in names)
            keep = "TRUE" if day is None else f"{day} >= DATE '{FIRST_DAY}'"
            copies = -(-accounts // OF_THE_DEMO)
            connection.execute(MULTIPLY.format(table=table, ids=ids, copies=copies, keep=keep))
        connection.execute("DELETE FROM metering_hourly")
        connection.execute("CHECKPOINT")
    return path


@contextmanager
def asked(book: Path) -> Iterator[Ledger]:
    """The book as the warehouse that this process asks, and a ledger beside it."""
    environment = over(book)
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        with closing(open_ledger(environment["BELLWETHER_LEDGER"])) as ledger:
            yield ledger
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
