"""Gaps, late, restated and repeated hours are in the metering exactly as planted."""

import duckdb
import polars as pl
import pytest

from warehouse.demo.company import Demo
from warehouse.demo.period import DATA_DATE

pytestmark = pytest.mark.slow

KEY = "cluster_id, dimension, hour_start"


def rows(warehouse: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return warehouse.execute(sql).fetchall()


def test_the_window_is_whole_to_the_last_hour(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        "SELECT CAST(min(hour_start) AS VARCHAR), CAST(max(hour_start) AS VARCHAR),"
        " CAST(max(recorded_at) AS VARCHAR) FROM metering_hourly",
    )
    assert found == [("2024-08-01 00:00:00", "2026-01-30 23:00:00", "2026-01-31 02:10:00")]


def test_the_hours_without_a_row_are_the_planted_ones(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    absent = rows(
        warehouse,
        f"""
        SELECT cluster_id, dimension, hour_start FROM (
            SELECT cluster_id, dimension, unnest(generate_series(
                greatest(deployed_at, TIMESTAMP '2024-08-01'),
                coalesce(retired_at, TIMESTAMP '2026-01-31') - INTERVAL 1 HOUR,
                INTERVAL 1 HOUR)) AS hour_start
            FROM clusters JOIN (SELECT DISTINCT cluster_id, dimension FROM metering_hourly)
            USING (cluster_id)
        ) ANTI JOIN metering_hourly USING ({KEY})
        """,
    )
    planted = demo.truth["missing_hours"].with_columns(
        pl.col("hour_start").dt.replace_time_zone(None)
    )
    assert len(absent) == planted.height == 448
    assert set(absent) == set(planted.rows())


def test_the_rollup_counts_the_gaps(warehouse: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "SELECT sum(hours_expected - hours_present) FROM usage_daily WHERE known_until_date IS NULL"
    )
    whole_days = (
        "SELECT count(*) FROM (SELECT cluster_id, dimension, CAST(hour_start AS DATE)"
        " FROM demo_truth.missing_hours GROUP BY ALL HAVING count(*) = 24)"
    )
    (missing,), (days,) = rows(warehouse, sql)[0], rows(warehouse, whole_days)[0]
    # A day without any hour has no row to count it in.
    assert isinstance(days, int)
    assert days > 0
    assert missing == 448 - 24 * days


def test_the_late_rows_are_the_planted_ones(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    late = rows(
        warehouse,
        f"""
        SELECT {KEY}, min(recorded_at) FROM metering_hourly GROUP BY ALL
        HAVING min(recorded_at) <> date_trunc('day', hour_start) + INTERVAL '26 hours 10 minutes'
        """,
    )
    planted = (
        demo.truth["late_hours"]
        .drop("days_late")
        .with_columns(pl.col(pl.Datetime("us", "UTC")).dt.replace_time_zone(None))
    )
    assert len(late) == 480
    assert set(late) == set(planted.rows())


def test_a_late_day_is_not_known_before_it_arrives(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    first = demo.truth["late_hours"].row(0, named=True)
    known = warehouse.execute(
        "SELECT known_from_date, hours_present FROM usage_daily WHERE cluster_id = $cluster"
        " AND dimension = $dimension AND usage_date = $day",
        {
            "cluster": first["cluster_id"],
            "dimension": first["dimension"],
            "day": first["hour_start"].date(),
        },
    ).fetchall()
    assert known == [(first["recorded_at"].date(), 24)]


def test_restated_hours_have_two_rows_the_second_smaller_and_with_a_reason(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        warehouse,
        f"""
        SELECT count(*), count(*) FILTER (second.supersedes_record_id = one.record_id),
               count(second.reason),
               max(abs(second.quantity - one.quantity * t.factor))
        FROM demo_truth.restated_hours t
        JOIN metering_hourly one USING ({KEY})
        JOIN metering_hourly second USING ({KEY})
        WHERE one.recorded_at = t.first_recorded_at AND second.recorded_at = t.restated_at
        """,
    )
    ((count, superseding, reasons, off),) = found
    assert (count, superseding, reasons) == (216, 216, 216)
    assert isinstance(off, float)
    assert off <= 0.00005 + 1e-9


def test_repeated_hours_have_two_rows_with_one_quantity(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        warehouse,
        f"""
        SELECT count(*), min(n), max(n), max(quantities) FROM (
            SELECT count(*) AS n, count(DISTINCT quantity) AS quantities
            FROM demo_truth.duplicate_hours JOIN metering_hourly USING ({KEY})
            GROUP BY {KEY})
        """,
    )
    assert found == [(80, 2, 2, 1)]


def test_no_other_hour_has_two_rows(warehouse: duckdb.DuckDBPyConnection) -> None:
    twice = rows(
        warehouse,
        f"SELECT count(*) FROM"
        f" (SELECT {KEY} FROM metering_hourly GROUP BY ALL HAVING count(*) > 1)",
    )
    assert twice == [(216 + 80,)]


def test_on_prem_meters_capacity_only(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        "SELECT DISTINCT hyperscaler = 'none', dimension, unit FROM usage_daily ORDER BY ALL",
    )
    assert found == [
        (False, "capacity", "TiB-Hours"),
        (False, "egress", "TiB"),
        (True, "capacity", "TiB-Hours"),
    ]


def test_usage_stays_near_the_commitment(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Half of the accounts use 75 to 95 % of what they bought in the last four weeks."""
    low, middle, high = warehouse.execute(
        """
        WITH bought AS (
            SELECT account_id, sum(committed_tib) AS tib FROM (
                SELECT * FROM contracts
                QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1)
            WHERE status = 'activated' AND start_date <= $day
              AND (end_date IS NULL OR end_date > $day)
            GROUP BY 1),
        used AS (
            SELECT account_id, sum(quantity) / 28 / 24 AS tib FROM usage_daily
            WHERE dimension = 'capacity' AND usage_date >= DATE '2026-01-03'
              AND known_until_date IS NULL
            GROUP BY 1)
        SELECT quantile_cont(used.tib / bought.tib, 0.25), median(used.tib / bought.tib),
               quantile_cont(used.tib / bought.tib, 0.75)
        FROM used JOIN bought USING (account_id)
        """,
        {"day": DATA_DATE},
    ).fetchall()[0]
    assert 0.7 < low < middle < high < 1.0
    assert 0.8 < middle < 0.9
