"""The daily rollup equals the raw hours on every data date, however late or restated they came."""

import datetime as dt

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rows import build, contract_rows
from warehouse.context import Context, Scope
from warehouse.engine import Warehouse
from warehouse.publish import append, next_version
from warehouse.read import Read, select

UTC = dt.UTC
START = dt.datetime(2026, 1, 1, tzinfo=UTC)
CLUSTERS = [
    {"cluster_id": "c1", "account_id": "A", "hyperscaler": "aws", "region": "r1",
     "deployed_at": dt.datetime(2025, 1, 1, tzinfo=UTC)},
    {"cluster_id": "c2", "account_id": "B", "hyperscaler": "gcp", "region": None,
     "deployed_at": dt.datetime(2026, 1, 1, 5, 30, tzinfo=UTC),
     "retired_at": dt.datetime(2026, 1, 2, 20, 15, tzinfo=UTC)},
]  # fmt: skip

# Quantities are eighths, so that sums are exact in any order.
HOURS = st.lists(
    st.tuples(
        st.sampled_from(["c1", "c2", "ghost"]),
        st.sampled_from(["capacity", "egress"]),
        st.integers(0, 71),  # hour of usage
        st.integers(1, 150),  # hours after it until it was recorded
        st.integers(0, 800).map(lambda eighths: eighths / 8),
    ),
    unique_by=lambda hour: hour[:4],
    max_size=40,
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
)
SELECT n.cluster_id, n.dimension, CAST(n.hour_start AS DATE) AS usage_date,
       c.account_id, c.hyperscaler, c.region, sum(n.quantity) AS quantity,
       count(*) AS hours_present
FROM newest n LEFT JOIN clusters c ON c.cluster_id = n.cluster_id
GROUP BY ALL ORDER BY ALL
"""
COLUMNS = (
    "cluster_id",
    "dimension",
    "usage_date",
    "account_id",
    "hyperscaler",
    "region",
    "quantity",
    "hours_present",
)


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
                "unit": "TiB-Hours",
            }
        )
    return rows


def rolled_up(path, as_of, *columns):
    house = Warehouse(path, row_limit=10_000, timeout_seconds=10, memory_mib=512)
    read = Read(table="usage_daily", columns=columns or COLUMNS)
    return sorted(house.read(select(read, Context(as_of, Scope("v")))).frame.rows(), key=str)


@settings(max_examples=25, deadline=None)
@given(hours=HOURS, days=st.lists(st.integers(-1, 10), min_size=1, max_size=4))
def test_the_rollup_equals_the_raw_hours_on_any_data_date(tmp_path_factory, hours, days):
    path = tmp_path_factory.mktemp("rollup") / "w.duckdb"
    build(path, {"clusters": CLUSTERS, "metering_hourly": metering(hours)})
    for day in days:
        as_of = (START + dt.timedelta(days=day)).date()
        with duckdb.connect(str(path), read_only=True) as connection:
            second = connection.sql(RAW, params={"as_of": as_of}).fetchall()
        assert rolled_up(path, as_of) == sorted(second, key=str)


def test_each_total_is_known_from_the_day_it_changed_until_the_day_before_the_next(tmp_path):
    hours = [
        ("c1", "capacity", 3, 30, 1.0),  # recorded on the 2nd
        ("c1", "capacity", 4, 80, 2.0),  # late: on the 4th
        ("c1", "capacity", 3, 100, 8.0),  # restated: on the 5th
        ("c1", "capacity", 3, 101, 4.0),  # and again an hour later
    ]
    path = build(tmp_path / "w.duckdb", {"clusters": CLUSTERS, "metering_hourly": metering(hours)})
    with duckdb.connect(str(path), read_only=True) as connection:
        totals = connection.sql(
            "SELECT known_from_date, known_until_date, quantity, hours_present FROM usage_daily "
            "ORDER BY known_from_date"
        ).fetchall()
    second, fourth, fifth = (dt.date(2026, 1, day) for day in (2, 4, 5))
    assert totals == [(second, fourth, 1.0, 1), (fourth, fifth, 3.0, 2), (fifth, None, 6.0, 2)]


def test_hours_expected_are_those_the_cluster_served_that_day(tmp_path):
    hours = [(cluster, "capacity", hour, 1, 1.0) for cluster in ("c1", "c2", "ghost")
             for hour in (10, 30, 60)]  # fmt: skip
    path = build(tmp_path / "w.duckdb", {"clusters": CLUSTERS, "metering_hourly": metering(hours)})
    found = rolled_up(path, dt.date(2026, 1, 9), "cluster_id", "usage_date", "hours_expected")
    days = [dt.date(2026, 1, day) for day in (1, 2, 3)]
    # c2 serves from 5:30 on the 1st to 20:15 on the 2nd; part of an hour counts as an hour.
    assert found == [
        *(("c1", day, 24) for day in days),
        *zip(["c2"] * 3, days, [19, 21, 0], strict=True),
        *(("ghost", day, None) for day in days),
    ]


def test_loading_more_hours_rebuilds_the_totals(tmp_path):
    path = build(tmp_path / "w.duckdb", {"clusters": CLUSTERS, "metering_hourly": []})
    for hour in (1, 2):
        with next_version(path) as connection:
            given_rows = metering([("c1", "capacity", hour, 1, 1.0)])
            append(connection, "metering_hourly", contract_rows("metering_hourly", given_rows))
    assert [row[6] for row in rolled_up(path, dt.date(2026, 1, 1))] == [2.0]
