"""The rollups equal the raw hours on every data date, whatever came late, changed or went away."""

import datetime as dt
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rows import build, contract_rows
from warehouse.context import EVERYTHING, Context
from warehouse.ddl import bound, create_statements
from warehouse.publish import append, next_version, refresh
from warehouse.read import Read, select
from warehouse.rollups import refresh as rollups

UTC = dt.UTC
START = dt.datetime(2026, 1, 1, tzinfo=UTC)
DAYS = [dt.date(2026, 1, day) for day in range(1, 11)]
CLUSTERS = [
    {"cluster_id": "c1", "account_id": "A", "hyperscaler": "aws", "region": "r1",
     "deployed_at": dt.datetime(2025, 1, 1, tzinfo=UTC)},
    {"cluster_id": "c2", "account_id": "B", "hyperscaler": "gcp", "region": None,
     "deployed_at": dt.datetime(2026, 1, 1, 5, 30, tzinfo=UTC),
     "retired_at": dt.datetime(2026, 1, 2, 20, 15, tzinfo=UTC)},
    {"cluster_id": "c3", "account_id": "A", "hyperscaler": "aws", "region": "r1",
     "deployed_at": dt.datetime(2025, 1, 1, tzinfo=UTC)},
]  # fmt: skip
ACCOUNTS = [
    {"account_id": "A", "region": "emea"},
    {"account_id": "B", "region": None},
]
UNITS = {"capacity": "TiB-Hours", "egress": "TiB"}

# Quantities are eighths, so that sums are exact in any order.
HOUR = st.tuples(
    st.sampled_from(["c1", "c2", "c3", "ghost"]),
    st.sampled_from(["capacity", "egress"]),
    st.integers(0, 71),  # hour of usage
    st.integers(1, 150),  # hours after it until it was recorded
    st.integers(0, 800).map(lambda eighths: eighths / 8),
)
WHICH = st.integers(0, 1_000)  # which of the hours there are
STEP = st.one_of(
    st.tuples(st.just("record"), st.lists(HOUR, min_size=1, max_size=12)),
    st.tuples(st.just("withdraw"), WHICH, st.integers(1, 60)),
    st.tuples(st.just("vanish"), WHICH),
    st.tuples(st.just("move"), st.sampled_from(["c1", "c2"]), st.sampled_from(["A", "B", "N"])),
    st.tuples(st.just("retire"), st.sampled_from(["c1", "c3"]), st.integers(1, 80)),
)
RAW = """
WITH known AS (
    SELECT * FROM metering_hourly WHERE recorded_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
),
newest AS (
    SELECT k.* FROM known k
    WHERE NOT EXISTS (SELECT 1 FROM known later
                      WHERE later.cluster_id = k.cluster_id AND later.dimension = k.dimension
                        AND later.hour_start = k.hour_start AND later.recorded_at > k.recorded_at)
      AND k.quantity IS NOT NULL
)
"""
RAW_CLUSTERS = f"""
{RAW}
SELECT n.cluster_id, n.dimension, CAST(n.hour_start AS DATE) AS usage_date,
       c.account_id, c.hyperscaler, c.region, sum(n.quantity) AS quantity,
       count(*) AS hours_present
FROM newest n LEFT JOIN clusters c ON c.cluster_id = n.cluster_id
GROUP BY ALL ORDER BY ALL
"""
RAW_ACCOUNTS = f"""
{RAW}
SELECT coalesce(c.account_id, 'unknown'), coalesce(c.hyperscaler, 'unknown'),
       coalesce(c.region, 'unknown'), n.dimension, n.unit, CAST(n.hour_start AS DATE),
       sum(n.quantity), count(*)
FROM newest n LEFT JOIN clusters c ON c.cluster_id = n.cluster_id
LEFT JOIN accounts a ON a.account_id = c.account_id
WHERE CAST(n.hour_start AS DATE) BETWEEN CAST($first AS DATE) AND CAST($last AS DATE)
  AND (len($clouds) = 0 OR list_contains($clouds, c.hyperscaler))
  AND (len($regions) = 0 OR list_contains($regions, coalesce(a.region, 'unknown')))
GROUP BY ALL ORDER BY ALL
"""
CLUSTER_COLUMNS = (
    "cluster_id",
    "dimension",
    "usage_date",
    "account_id",
    "hyperscaler",
    "region",
    "quantity",
    "hours_present",
)
ACCOUNT_COLUMNS = ("account_id", "hyperscaler", "region", "dimension", "unit", "usage_date")


def metering(hours):
    rows = []
    for cluster, dimension, hour, delay, quantity in hours:
        start = START + dt.timedelta(hours=hour)
        rows.append(
            {
                "cluster_id": cluster,
                "dimension": dimension,
                "hour_start": start,
                "recorded_at": start + dt.timedelta(hours=delay),
                "quantity": quantity,
                "unit": UNITS[dimension],
                "supersedes_record_id": "before" if quantity is None else None,
            }
        )
    return rows


class Company:
    """A small warehouse in memory whose hours change step by step."""

    def __init__(self):
        self.connection = duckdb.connect()
        for statement in create_statements():
            self.connection.execute(statement)
        for table, rows in (("clusters", CLUSTERS), ("accounts", ACCOUNTS)):
            append(self.connection, table, contract_rows(table, rows))
        self.hours = {}

    def record(self, hours):
        new = {(*hour[:3], hour[2] + hour[3]): hour for hour in hours}
        new = {key: hour for key, hour in new.items() if key not in self.hours}
        self.hours |= new
        if new:
            frame = contract_rows("metering_hourly", metering(new.values()))
            append(self.connection, "metering_hourly", frame)

    def withdraw(self, which, later):
        if self.hours:
            cluster, dimension, hour, delay, _ = self._pick(which)
            self.record([(cluster, dimension, hour, delay + later, None)])

    def vanish(self, which):
        if self.hours:
            cluster, dimension, hour, delay, _ = gone = self._pick(which)
            del self.hours[(*gone[:3], hour + delay)]
            start = START.replace(tzinfo=None) + dt.timedelta(hours=hour)
            self.connection.execute(
                "DELETE FROM metering_hourly WHERE cluster_id = ? AND dimension = ? "
                "AND hour_start = ? AND recorded_at = ?",
                [cluster, dimension, start, start + dt.timedelta(hours=delay)],
            )

    def move(self, cluster, account):
        sql = "UPDATE clusters SET account_id = ? WHERE cluster_id = ?"
        self.connection.execute(sql, [account, cluster])

    def retire(self, cluster, hour):
        sql = "UPDATE clusters SET retired_at = ? WHERE cluster_id = ?"
        retired = START.replace(tzinfo=None) + dt.timedelta(hours=hour)
        self.connection.execute(sql, [retired, cluster])

    def content(self):
        return [
            sorted(self.connection.sql(f"SELECT * FROM {table}").fetchall(), key=str)
            for table in ("usage_daily", "account_usage_daily", "rollup_days")
        ]

    def read(self, read, context):
        sql, values = bound(select(read, context))
        return sorted(self.connection.sql(sql, params=values).fetchall(), key=str)

    def _pick(self, which):
        return list(self.hours.values())[which % len(self.hours)]


def clusters_rolled_up(company, as_of, *columns):
    read = Read(table="usage_daily", columns=columns or CLUSTER_COLUMNS)
    return company.read(read, Context(as_of, EVERYTHING))


@pytest.fixture
def company():
    made = Company()
    yield made
    made.connection.close()


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(STEP, min_size=1, max_size=6),
    days=st.lists(st.sampled_from(DAYS), min_size=1, max_size=3),
    window=st.tuples(st.sampled_from(DAYS[:3]), st.sampled_from(DAYS[:3])),
    clouds=st.sets(st.sampled_from(["aws", "gcp", "azure"])),
    regions=st.sets(st.sampled_from(["emea", "apac", "unknown"])),
)
def test_refreshed_step_by_step_the_rollups_equal_the_raw_hours(
    steps, days, window, clouds, regions
):
    company = Company()
    for name, *facts in steps:
        getattr(company, name)(*facts)
        rollups.refresh(company.connection)
        assert rollups.is_current(company.connection)
        for as_of in days:
            second = company.connection.sql(RAW_CLUSTERS, params={"as_of": as_of}).fetchall()
            assert clusters_rolled_up(company, as_of) == sorted(second, key=str)
            read = Read(
                table="account_usage_daily",
                columns=ACCOUNT_COLUMNS,
                sums=("quantity", "hours_present"),
                period="usage_date",
                first=min(window),
                last=max(window),
            )
            filters = {"hyperscaler": tuple(clouds), "region": tuple(regions)}
            values = {"as_of": as_of, "first": min(window), "last": max(window),
                      "clouds": sorted(clouds), "regions": sorted(regions)}  # fmt: skip
            second = company.connection.sql(RAW_ACCOUNTS, params=values).fetchall()
            found = company.read(read, Context(as_of, EVERYTHING, **filters))
            assert found == sorted(second, key=str)
    stepwise = company.content()
    rollups.refresh(company.connection, full=True)
    assert company.content() == stepwise
    company.connection.close()


def test_each_total_is_known_from_the_day_it_changed_until_the_day_before_the_next(company):
    company.record(
        [
            ("c1", "capacity", 3, 30, 1.0),  # recorded on the 2nd
            ("c1", "capacity", 4, 80, 2.0),  # late: on the 4th
            ("c1", "capacity", 3, 100, 8.0),  # restated: on the 5th
            ("c1", "capacity", 3, 101, 4.0),  # and again an hour later
            ("c3", "capacity", 5, 44, 16.0),  # another cluster of the account, on the 3rd
        ]
    )
    rollups.refresh(company.connection)
    totals = "SELECT known_from_date, known_until_date, quantity, hours_present FROM {} ORDER BY 1"
    second, third, fourth, fifth = DAYS[1:5]
    of_c1 = company.connection.sql(totals.format("usage_daily WHERE cluster_id = 'c1'"))
    assert of_c1.fetchall() == [
        (second, fourth, 1.0, 1), (fourth, fifth, 3.0, 2), (fifth, None, 6.0, 2),
    ]  # fmt: skip
    of_a = company.connection.sql(totals.format("account_usage_daily"))
    assert of_a.fetchall() == [
        (second, third, 1.0, 1), (third, fourth, 17.0, 2),
        (fourth, fifth, 19.0, 3), (fifth, None, 22.0, 3),
    ]  # fmt: skip


def test_a_withdrawn_hour_is_absent_from_the_day_of_its_withdrawal(company):
    company.record([("c1", "capacity", 3, 30, 1.0), ("c1", "capacity", 3, 100, None)])
    rollups.refresh(company.connection)
    for table in ("usage_daily", "account_usage_daily"):
        interval = f"SELECT known_from_date, known_until_date, quantity FROM {table}"
        assert company.connection.sql(interval).fetchall() == [(DAYS[1], DAYS[4], 1.0)]
    assert clusters_rolled_up(company, DAYS[4]) == []


def test_hours_expected_are_those_the_cluster_served_that_day(company):
    company.record(
        [(cluster, "capacity", hour, 1, 1.0) for cluster in ("c1", "c2", "ghost")
         for hour in (10, 30, 60)]
    )  # fmt: skip
    rollups.refresh(company.connection)
    found = clusters_rolled_up(company, DAYS[8], "cluster_id", "usage_date", "hours_expected")
    days = DAYS[:3]
    # c2 serves from 5:30 on the 1st to 20:15 on the 2nd; part of an hour counts as an hour.
    assert found == [
        *(("c1", day, 24) for day in days),
        *zip(["c2"] * 3, days, [19, 21, 0], strict=True),
        *(("ghost", day, None) for day in days),
    ]


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        (lambda company: company.record([("c1", "capacity", 30, 90, 5.0)]), DAYS[1:2]),
        (lambda company: company.record([("c3", "egress", 60, 1, 5.0)]), DAYS[2:3]),
        (lambda company: company.withdraw(0, 90), DAYS[0:1]),
        (lambda company: company.vanish(1), DAYS[1:2]),
        (lambda company: company.retire("c1", 30), DAYS[1:3]),
        (lambda company: company.move("c2", "A"), DAYS[0:2]),
        (lambda company: company.move("c3", "B"), []),
    ],
    ids=["late", "recorded earlier", "withdrawn", "vanished", "retired", "moved", "unused"],
)
def test_a_refresh_makes_again_exactly_the_days_that_changed(company, change, touched):
    company.record([("c1", "capacity", hour, 50, 1.0) for hour in (10, 30, 60)])
    company.record([("c2", "capacity", hour, 50, 1.0) for hour in (12, 32)])
    rollups.refresh(company.connection)
    change(company)
    version = 2 if touched else 1
    said = rollups.Refreshed(version, len(touched), is_full=False)
    assert rollups.refresh(company.connection) == said
    # A row that was not made again keeps its place in the table.
    places = company.connection.sql(
        "SELECT DISTINCT usage_date FROM account_usage_daily WHERE rowid >= 5 ORDER BY 1"
    ).fetchall()
    assert [day for (day,) in places] == touched


def test_a_day_that_was_withdrawn_and_then_vanished_leaves_no_trace(company):
    company.record([("c1", "capacity", 3, 30, 1.0), ("c1", "capacity", 3, 100, None)])
    rollups.refresh(company.connection)
    company.vanish(0)
    rollups.refresh(company.connection)
    company.vanish(0)
    assert rollups.refresh(company.connection) == rollups.Refreshed(3, 1, is_full=False)
    assert company.content() == [[], [], []]


def test_refreshing_again_changes_nothing(company):
    company.record([("c1", "capacity", 3, 30, 1.0)])
    first = rollups.refresh(company.connection)
    before = company.connection.sql("SELECT * FROM refreshes").fetchall()
    assert rollups.refresh(company.connection) == rollups.Refreshed(1, 0, is_full=False)
    assert company.connection.sql("SELECT * FROM refreshes").fetchall() == before
    assert first == rollups.Refreshed(1, 1, is_full=True)
    assert before[0][2:] == (1, True)
    watermark = START.replace(tzinfo=None) + dt.timedelta(hours=33)
    book = company.connection.sql("SELECT * FROM rollup_days").fetchall()
    assert book == [("usage_daily", DAYS[0], 1, watermark)]


def test_a_rollup_that_is_declared_otherwise_is_made_from_nothing(company):
    company.record([("c1", "capacity", 3, 30, 1.0)])
    rollups.refresh(company.connection)
    company.connection.execute("UPDATE refreshes SET definition_sha256 = 'of another version'")
    assert not rollups.is_current(company.connection)
    assert rollups.refresh(company.connection) == rollups.Refreshed(2, 1, is_full=True)


def test_a_book_that_an_earlier_version_kept_is_begun_anew_and_its_versions_go_on(tmp_path):
    rows = metering([("c1", "capacity", 3, 30, 1.0)])
    path = build(tmp_path / "w.duckdb", {"clusters": CLUSTERS, "metering_hourly": rows})
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE refreshes; DROP TABLE rollup_days")
        connection.execute(
            "CREATE TABLE refreshes AS SELECT 7 AS version, 'another' AS definition_sha256, "
            "'c' AS clusters_sha256, TIMESTAMP '2026-01-02' AS watermark, 1 AS records"
        )
        connection.execute("ALTER TABLE refreshes ALTER clusters_sha256 SET NOT NULL")
    assert refresh(path) == rollups.Refreshed(8, 1, is_full=True)
    assert refresh(path) is None


def test_a_load_refreshes_the_totals(tmp_path):
    path = build(tmp_path / "w.duckdb", {"clusters": CLUSTERS, "metering_hourly": []})
    for hour in (1, 2):
        with next_version(path) as connection:
            given_rows = metering([("c1", "capacity", hour, 1, 1.0)])
            append(connection, "metering_hourly", contract_rows("metering_hourly", given_rows))
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.sql("SELECT quantity FROM account_usage_daily").fetchall() == [(2.0,)]
        versions = connection.sql("SELECT version, days_refreshed, is_full FROM refreshes")
        assert versions.fetchall() == [(1, 0, True), (2, 1, False), (3, 1, False)]


def test_a_refresh_with_nothing_to_do_leaves_the_file_alone(tmp_path):
    path = build(tmp_path / "w.duckdb", {"clusters": CLUSTERS})
    before = (path.read_bytes(), path.stat())
    assert refresh(path) is None
    assert (path.read_bytes(), path.stat()) == before
    assert refresh(path, full=True) == rollups.Refreshed(2, 0, is_full=True)


def test_a_refresh_finds_what_another_tool_wrote(tmp_path: Path):
    rows = metering([("c1", "capacity", hour, 30, 1.0) for hour in (1, 2, 30)])
    path = build(tmp_path / "w.duckdb", {"clusters": CLUSTERS, "metering_hourly": rows})
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM metering_hourly WHERE hour_start < DATE '2026-01-02'")
    assert refresh(path) == rollups.Refreshed(2, 1, is_full=False)
    with duckdb.connect(str(path), read_only=True) as connection:
        left = pl.DataFrame(connection.sql("FROM account_usage_daily").to_arrow_table())
    assert left["usage_date"].to_list() == [DAYS[1]]
