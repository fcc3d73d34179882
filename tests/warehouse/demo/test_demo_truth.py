"""The demo company holds what was planted in it, and nothing it must not hold."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from warehouse.demo import DATA_DATE, Demo

pytestmark = pytest.mark.slow

IN_FORCE = """
SELECT account_id, contract_id FROM (
    SELECT * FROM contracts WHERE CAST(recorded_at AS DATE) <= $day
    QUALIFY row_number() OVER (PARTITION BY contract_id ORDER BY recorded_at DESC) = 1
)
WHERE status = 'activated' AND start_date <= $day AND (end_date IS NULL OR end_date > $day)
"""


def scalar(warehouse: duckdb.DuckDBPyConnection, sql: str, **parameters: object) -> object:
    row = warehouse.execute(sql, parameters or None).fetchone()
    assert row is not None
    return row[0]


def test_the_book_has_240_accounts_of_which_60_churned_evenly(demo: Demo) -> None:
    accounts = demo.tables["accounts"]
    assert accounts.height == 240
    churned = accounts.filter(pl.col("churned_date").is_not_null())
    planted = demo.truth["churned_accounts"]
    assert set(churned.select("account_id", "churned_date").rows()) == set(
        planted.select("account_id", "churned_date").rows()
    )
    by = {
        day: churned.filter(pl.col("churned_date") < day).height
        for day in (dt.date(2025, 1, 1), dt.date(2025, 7, 1), DATA_DATE)
    }
    assert by == {dt.date(2025, 1, 1): 11, dt.date(2025, 7, 1): 33, DATA_DATE: 60}


def test_reasons_of_churn_cover_every_warning_and_none(demo: Demo) -> None:
    counts = dict(demo.truth["churned_accounts"].group_by("warnings").len().rows())
    assert counts == {
        "usage_collapse": 10,
        "contact_silence,usage_collapse": 6,
        "severe_tickets": 6,
        "severe_tickets,usage_collapse": 4,
        "contact_silence": 10,
        "under_use": 9,
        "feature_narrowness": 5,
        "merger": 4,
        "": 6,
    }


def test_churned_accounts_have_a_contract_until_the_day_before_and_none_after(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    for account, churned in (
        demo.truth["churned_accounts"].select("account_id", "churned_date").iter_rows()
    ):
        for day, expected in ((churned - dt.timedelta(days=1), 1), (churned, 0), (DATA_DATE, 0)):
            held = f"SELECT count(*) FROM ({IN_FORCE}) WHERE account_id = $account"
            assert scalar(warehouse, held, day=day, account=account) == expected, (account, day)


def test_every_customer_that_stayed_has_a_contract_in_force(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    held = {row[0] for row in warehouse.execute(IN_FORCE, {"day": DATA_DATE}).fetchall()}
    staying = demo.tables["accounts"].filter(
        pl.col("churned_date").is_null(), pl.col("lifecycle_stage") != "target"
    )
    assert held == set(staying["account_id"])
    assert len(held) == 172


def test_accounts_without_usage_have_a_contract_and_no_row_of_usage(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    silent = demo.truth["no_usage_accounts"]
    assert silent["has_cluster"].to_list() == [False, True, False, True]
    held = {row[0] for row in warehouse.execute(IN_FORCE, {"day": DATA_DATE}).fetchall()}
    for account in silent["account_id"]:
        assert account in held
        for source in (
            "metering_hourly JOIN clusters USING (cluster_id)",
            "usage_daily",
            "feature_usage_daily",
        ):
            counted = f"SELECT count(*) FROM {source} WHERE account_id = $account"
            assert scalar(warehouse, counted, account=account) == 0, (account, source)


def test_only_the_planted_accounts_with_a_contract_lack_usage(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    held = {row[0] for row in warehouse.execute(IN_FORCE, {"day": DATA_DATE}).fetchall()}
    used = {
        row[0]
        for row in warehouse.execute(
            "SELECT DISTINCT account_id FROM usage_daily WHERE usage_date > DATE '2026-01-03'"
        ).fetchall()
    }
    assert held - used == set(demo.truth["no_usage_accounts"]["account_id"])


def test_collapsed_usage_falls_and_who_renewed_recovers(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    def level(account: str, day: dt.date) -> float:
        value = scalar(
            warehouse,
            "SELECT sum(quantity) / 168 FROM usage_daily WHERE dimension = 'capacity'"
            " AND account_id = $account AND usage_date >= $day AND usage_date < $day + 7"
            " AND known_until_date IS NULL",
            account=account,
            day=day,
        )
        assert isinstance(value, float)
        return value

    collapsed = pl.col("warnings").str.contains("usage_collapse")
    week = dt.timedelta(days=7)
    leavers = demo.truth["churned_accounts"].filter(collapsed)
    # The week that starts a week before the end lies at 30 to 45 % of the week before the decline.
    falls = [
        level(row["account_id"], row["churned_date"] - week)
        / level(row["account_id"], row["first_warning_date"] - week)
        for row in leavers.filter(pl.col("warnings") == "usage_collapse").iter_rows(named=True)
    ]
    assert len(falls) == 10
    assert min(falls) > 0.25
    assert max(falls) < 0.5
    back = [
        level(row["account_id"], row["renewed_date"] + 8 * week)
        / level(row["account_id"], row["renewed_date"] - week)
        for row in demo.truth["red_but_renewed_accounts"].filter(collapsed).iter_rows(named=True)
        if row["renewed_date"] + 9 * week <= DATA_DATE
    ]
    assert len(back) == 8
    assert min(back) > 2


def test_red_but_renewed_accounts_have_a_new_contract_from_the_day(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    for account, renewed in (
        demo.truth["red_but_renewed_accounts"].select("account_id", "renewed_date").iter_rows()
    ):
        starts = "SELECT count(DISTINCT contract_id) FROM contracts WHERE account_id = $account"
        sql = f"{starts} AND start_date = $day AND status = 'activated'"
        assert scalar(warehouse, sql, account=account, day=renewed) == 1


def test_troubled_accounts_show_what_was_planted(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    troubled = demo.truth["troubled_accounts"]
    assert troubled.height == 14
    seen = {
        "severe_tickets": "SELECT account_id FROM tickets WHERE severity IN ('1', '2')"
        " AND solved_at IS NULL GROUP BY 1 HAVING count(*) >= 2",
        "contact_silence": "SELECT account_id FROM contacts GROUP BY 1"
        " HAVING max(last_contact_at) < TIMESTAMP '2025-12-02'",
        "under_use": "SELECT account_id FROM usage_daily JOIN"
        " (SELECT account_id, arg_max(committed_tib, recorded_at) AS tib FROM contracts GROUP BY 1)"
        " USING (account_id) WHERE dimension = 'capacity' AND usage_date >= DATE '2025-10-01'"
        " GROUP BY account_id, tib"
        " HAVING sum(quantity) / 24 / count(DISTINCT usage_date) < tib / 3",
        "feature_narrowness": "SELECT account_id FROM feature_usage_daily"
        " WHERE usage_date > DATE '2026-01-03' AND operations > 0"
        " GROUP BY 1 HAVING count(DISTINCT feature) = 1",
        "incidents": "SELECT account_id FROM incidents WHERE created_at > TIMESTAMP '2025-12-02'"
        " GROUP BY 1 HAVING count(*) >= 5",
    }
    for warning, sql in seen.items():
        shown = {row[0] for row in warehouse.execute(sql).fetchall()}
        planted = set(troubled.filter(pl.col("warnings").str.contains(warning))["account_id"])
        assert planted
        assert planted <= shown, warning


def test_the_last_contact_is_the_newest_two_way_activity(demo: Demo) -> None:
    spoken = demo.tables["activities"].filter(pl.col("direction") == "two_way")
    newest = spoken.group_by("contact_id").agg(last_contact_at=pl.col("occurred_at").max())
    contacts = demo.tables["contacts"].select("contact_id", "last_contact_at")
    assert_frame_equal(newest, contacts, check_row_order=False)


def test_an_account_is_spoken_to_every_5_to_20_days_but_for_lulls(demo: Demo) -> None:
    spoken = demo.tables["activities"].filter(pl.col("direction") == "two_way")
    days = (
        spoken.sort("occurred_at")
        .select(pl.col("occurred_at").dt.date().diff().over("account_id").dt.total_days())[
            "occurred_at"
        ]
        .drop_nulls()
    )
    assert (days.len(), demo.tables["activities"].height) == (12_748, 20_151)
    # The rest is cut short by the last contact of somebody else.
    assert (days.is_between(5, 20).sum(), days.is_between(61, 95).sum()) == (12_191, 182)
    assert days.max() == 95


def test_planted_silence_is_without_an_answer_and_not_without_an_attempt(demo: Demo) -> None:
    planted = pl.concat(
        [
            demo.truth["churned_accounts"].select("account_id", "warnings", day="churned_date"),
            demo.truth["troubled_accounts"].select("account_id", "warnings", day="data_date"),
        ]
    ).filter(pl.col("warnings").str.contains("contact_silence"))
    since = (pl.col("day") - pl.col("occurred_at").dt.date()).dt.total_days()
    activities = demo.tables["activities"].join(planted, on="account_id").with_columns(since=since)
    newest = activities.group_by("account_id").agg(
        answered=pl.col("since").filter(pl.col("direction") == "two_way").min(),
        attempted=pl.col("since").filter(pl.col("direction") == "outbound").min(),
    )
    assert newest.height == planted.height == 24
    assert newest["answered"].min() == 75
    assert newest["attempted"].max() <= 40
    assert newest["attempted"].min() >= 8


def test_azure_grows_fastest_over_the_last_90_days(warehouse: duckdb.DuckDBPyConnection) -> None:
    growth = dict(
        warehouse.execute(
            "SELECT hyperscaler, sum(quantity) FILTER (usage_date >= DATE '2025-11-02')"
            " / sum(quantity) FILTER (usage_date BETWEEN DATE '2025-08-04' AND DATE '2025-11-01')"
            " FROM usage_daily WHERE dimension = 'capacity' AND known_until_date IS NULL GROUP BY 1"
        ).fetchall()
    )
    assert set(growth) == {"azure", "gcp", "aws", "none"}
    assert growth["azure"] > 1.3
    assert max(growth[other] for other in ("gcp", "aws", "none")) < 1.1


def test_missing_attributes_are_null_and_no_others(demo: Demo) -> None:
    found = {
        (row["account_id"], column)
        for row in demo.tables["accounts"].iter_rows(named=True)
        for column in ("region", "segment", "owner_id")
        if row[column] is None
    }
    assert found == set(demo.truth["missing_attributes"].rows())
    assert len(found) == 7


def test_one_contract_in_force_has_no_end(warehouse: duckdb.DuckDBPyConnection, demo: Demo) -> None:
    (contract,) = demo.truth["contracts_without_end"]["contract_id"]
    held = {row[1] for row in warehouse.execute(IN_FORCE, {"day": DATA_DATE}).fetchall()}
    assert contract in held


@pytest.mark.parametrize("table", ["usage_charges", "invoices", "readiness_tasks"])
def test_real_money_and_unread_tables_stay_empty(
    warehouse: duckdb.DuckDBPyConnection, table: str
) -> None:
    assert scalar(warehouse, f"SELECT count(*) FROM {table}") == 0
    assert (
        scalar(warehouse, "SELECT count(*) FROM loads WHERE table_name = $table", table=table) == 0
    )
