"""The demo company holds what was planted in it, and nothing it must not hold."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from warehouse.demo.company import Demo, generate
from warehouse.demo.period import DATA_DATE

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


def test_the_book_has_260_accounts_of_which_72_churned_evenly(demo: Demo) -> None:
    accounts = demo.tables["accounts"]
    assert accounts.height == 260
    churned = accounts.filter(pl.col("churned_date").is_not_null())
    planted = demo.truth["churned_accounts"]
    assert set(churned.select("account_id", "churned_date").rows()) == set(
        planted.select("account_id", "churned_date").rows()
    )
    by = [
        churned.filter(pl.col("churned_date") < day).height
        for day in (dt.date(2025, 1, 1), dt.date(2025, 7, 1), DATA_DATE)
    ]
    # One every six and a half days from 10 October 2024 on.
    assert by == [13, 40, 72]


def test_reasons_of_churn_cover_every_warning_and_none(demo: Demo) -> None:
    counts = dict(demo.truth["churned_accounts"].group_by("warnings").len().rows())
    assert counts == {
        "usage_collapse": 29,
        "contact_silence,usage_collapse": 2,
        "severe_tickets,usage_collapse": 2,
        "severe_tickets": 5,
        "contact_silence": 6,
        "under_use": 6,
        "contact_silence,under_use": 2,
        "feature_narrowness": 4,
        "merger": 4,
        "": 12,
    }


@pytest.mark.parametrize("seed", [None, 101, 102])
def test_a_fifth_of_churns_is_unexplained_and_a_fifth_of_warnings_ends_well(
    demo: Demo, seed: int | None
) -> None:
    truth = demo.truth if seed is None else generate(seed=seed).truth
    churned, renewed = truth["churned_accounts"], truth["red_but_renewed_accounts"]
    explained = churned["is_explained"].sum()
    assert 1 - explained / churned.height == 16 / 72 >= 0.2
    assert renewed["is_explained"].all()
    assert renewed.height / (renewed.height + explained) == 24 / 80 >= 0.2


def test_causes_lead_what_they_lead_up_to_by_30_to_150_days(demo: Demo) -> None:
    leads = pl.concat(
        demo.truth[table].select(
            "is_explained", days=(pl.col(day) - pl.col("first_warning_date")).dt.total_days()
        )
        for table, day in (
            ("churned_accounts", "churned_date"),
            ("red_but_renewed_accounts", "renewed_date"),
        )
    )
    assert leads["days"].is_not_null().equals(leads["is_explained"], null_equal=True)
    assert leads["days"].drop_nulls().is_between(30, 150).all()
    assert leads["days"].max() - leads["days"].min() > 90


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
    assert len(held) == 180


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


def test_collapsed_usage_falls_to_a_third_and_who_renewed_recovers(
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

    collapsed = pl.col("warnings") == "usage_collapse"
    week = dt.timedelta(days=7)
    metered_since = dt.date(2024, 8, 1)
    leavers = demo.truth["churned_accounts"].filter(
        collapsed, pl.col("first_warning_date") >= metered_since + week
    )
    # The week before the end lies at 30 % of the week before the decline, growth and waves aside.
    falls = [
        level(row["account_id"], row["churned_date"] - week)
        / level(row["account_id"], row["first_warning_date"] - week)
        for row in leavers.iter_rows(named=True)
    ]
    assert len(falls) > 20
    assert min(falls) > 0.22
    assert max(falls) < 0.5
    back = [
        level(row["account_id"], row["renewed_date"] + 8 * week)
        / level(row["account_id"], row["renewed_date"] - week)
        for row in demo.truth["red_but_renewed_accounts"].filter(collapsed).iter_rows(named=True)
        if row["renewed_date"] + 9 * week <= DATA_DATE
    ]
    assert back
    assert min(back) > 2


def test_severe_tickets_and_narrow_use_begin_on_the_planted_day(demo: Demo) -> None:
    churned = demo.truth["churned_accounts"].select(
        "account_id", "warnings", "churned_date", since="first_warning_date"
    )
    troubled = churned.filter(pl.col("warnings") == "severe_tickets")
    severe = (
        demo.tables["tickets"]
        .filter(pl.col("severity").is_in(["1", "2"]))
        .join(troubled, on="account_id")
        .filter(pl.col("created_at").dt.date() >= pl.col("since"))
        .group_by("account_id")
        .len()
    )
    assert severe.height == 5
    assert severe["len"].min() >= 3
    narrow = churned.filter(pl.col("warnings") == "feature_narrowness")
    used = (
        demo.tables["feature_usage_daily"]
        .filter(pl.col("operations") > 0)
        .join(narrow, on="account_id")
        .group_by("account_id", is_narrow=pl.col("usage_date") >= pl.col("since"))
        .agg(features=pl.col("feature").n_unique())
    )
    assert used.filter("is_narrow")["features"].to_list() == [1] * 4
    assert used.filter(~pl.col("is_narrow"))["features"].min() > 1


def test_newcomers_open_severe_tickets_at_first_which_foretell_nothing(demo: Demo) -> None:
    contracts = demo.tables["contracts"].filter(pl.col("status") != "draft")
    begun = contracts.group_by("account_id").agg(pl.col("start_date").min())
    young = pl.col("created_at").dt.date() - pl.col("start_date") <= dt.timedelta(days=60)
    early = (
        demo.tables["tickets"]
        .filter(pl.col("severity").is_in(["1", "2"]))
        .join(begun.filter(pl.col("start_date") > dt.date(2024, 8, 1)), on="account_id")
        .filter(young)
        .group_by("account_id")
        .len()
        .filter(pl.col("len") >= 4)
    )
    assert early.height > 40
    left = demo.truth["churned_accounts"].join(begun, on="account_id")
    days = (left["churned_date"] - left["start_date"]).dt.total_days()
    assert days.min() > 180


def test_one_day_of_feature_use_is_missing_for_everybody(demo: Demo) -> None:
    ((table, missing),) = demo.truth["missing_feed_days"].rows()
    days = demo.tables[table]["usage_date"].unique()
    window = pl.date_range(dt.date(2024, 8, 1), dt.date(2026, 1, 30), eager=True)
    assert set(window) - set(days) == {missing}


def test_one_contract_says_ten_times_its_arr_for_a_week(demo: Demo) -> None:
    (truth,) = demo.truth["corrected_contracts"].to_dicts()
    versions = demo.tables["contracts"].filter(contract_id=truth["contract_id"])
    signed = versions.filter(pl.col("status") == "activated").sort("recorded_at")
    assert signed["arr_usd"].to_list() == [
        truth["arr_usd"],
        truth["mistyped_arr_usd"],
        truth["arr_usd"],
    ]
    assert truth["mistyped_arr_usd"] == pytest.approx(10 * truth["arr_usd"])
    assert signed["recorded_at"].to_list()[1:] == [truth["mistyped_at"], truth["corrected_at"]]
    assert truth["corrected_at"] - truth["mistyped_at"] == dt.timedelta(days=7)
    same = ("start_date", "end_date", "committed_tib", "rate_usd_per_tib_month")
    assert signed.select(same).unique().height == 1


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


def days_between_conversations(demo: Demo) -> pl.DataFrame:
    spoken = demo.tables["activities"].filter(pl.col("direction") == "two_way")
    days = pl.col("occurred_at").dt.date().diff().over("account_id").dt.total_days()
    return spoken.sort("occurred_at").select("account_id", days=days).drop_nulls()


def silent_until_renewed(demo: Demo) -> pl.DataFrame:
    renewed = demo.truth["red_but_renewed_accounts"]
    return renewed.filter(pl.col("warnings").str.contains("contact_silence"))


def test_an_account_is_spoken_to_every_5_to_20_days_but_for_lulls(demo: Demo) -> None:
    quiet = silent_until_renewed(demo)
    days = days_between_conversations(demo).join(quiet, on="account_id", how="anti")["days"]
    assert (days.len(), demo.tables["activities"].height) == (12_990, 21_501)
    # The rest is cut short by the last contact of somebody else.
    assert (days.is_between(5, 20).sum(), days.is_between(61, 95).sum()) == (12_421, 189)
    assert days.max() == 95


def test_who_was_silent_and_renewed_all_the_same_speaks_again(demo: Demo) -> None:
    quiet = silent_until_renewed(demo)
    spoken = demo.tables["activities"].filter(pl.col("direction") == "two_way")
    days = (pl.col("renewed_date") - pl.col("occurred_at").dt.date()).dt.total_days()
    found = (
        spoken.join(quiet, on="account_id")
        .group_by("account_id")
        .agg(before=days.filter(days > 0).min(), after=-days.filter(days <= 0).max())
    )
    assert found.height == 9
    assert found["before"].is_between(75, 150).all()
    assert found["after"].is_between(0, 20).all()


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
    assert newest.height == planted.height == 18
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
    assert growth["azure"] > 1.25
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
