"""The overview's numbers against rows traced by hand, hand SQL and the questions behind them."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from queries.core.columns import in_words
from queries.core.memory import memory
from queries.leadership.overview import Overview, finding, overview
from queries.shared import words
from tests.rows import build, hand_sql
from tests.shared.company import account, cluster, contact, contract, incident, metered, ticket

COMPANY = {
    "accounts": [account(one) for one in "abcd"],
    "contracts": [
        # A 100 -> 150 and B 100 -> 0 over the year; C is new since 10 January.
        contract("c1", "a", "2024-06-01", "2025-06-01", arr=100.0),
        contract("c2", "a", "2025-06-01", "2026-05-01", arr=150.0, committed_tib=10.0),
        contract("c3", "b", "2024-06-01", "2025-06-01", arr=100.0),
        contract("c4", "c", "2026-01-10", "2027-01-10", arr=40.0, committed_tib=10.0),
        contract("c5", "d", "2025-12-01", "2027-12-01", arr=10.0, committed_tib=10.0),
    ],
    "clusters": [cluster("ka", "a"), cluster("kd", "d")],
    "metering_hourly": [
        *metered("ka", "2025-12-06", "2026-01-02", 8.0),
        *metered("ka", "2026-01-03", "2026-01-30", 10.0),
    ],
    "tickets": [
        ticket("t0", "d", "3", "2025-12-20T10:00"),
        *(ticket(f"t{day}", "a", "2", f"2026-01-{day}T10:00") for day in (15, 16, 17)),
    ],
    "incidents": [
        incident("i0", None, "2025-12-20T10:00"),
        incident("i1", "a", "2026-01-20T10:00"),
        incident("i2", "a", "2026-01-21T10:00"),
        incident("i3", "a", "2026-01-22T10:00"),
        incident("i4", "d", "2026-01-23T10:00"),
    ],
    "contacts": [
        contact("n1", "a", "2025-12-01T10:00"),
        contact("n2", "c", "2026-01-26T10:00"),
        contact("n3", "d", "2026-01-26T10:00"),
    ],
}


@pytest.fixture
def answer(warehouse, on):
    warehouse(COMPANY)
    return ask("overview", on(2026, 1, 31))


def test_every_value_is_traced_by_hand(answer):
    rows = answer.frame.select(
        "metric", "value", "earlier_value", "change", "numerator", "denominator", "accounts"
    ).rows()
    hours = 28 * 24
    assert rows == [
        # On 3 January C had not begun.
        ("arr_usd", 200.0, 160.0, 40.0, None, None, 3),
        ("nrr_share", 0.75, 0.75, 0.0, 150.0, 200.0, 2),
        ("grr_share", 0.5, 0.5, 0.0, 100.0, 200.0, 2),
        ("logo_churn_share", 0.5, 0.5, 0.0, 1.0, 2.0, 2),
        # A scores (2 × 100 commitment + 23 tickets + 23 incidents + 34 contact) / 5 = 56 now, and
        # (2 × 94 + 100 + 100 + 66.5) / 5 = 91 on 3 January. It renews in 90 days, on 1 May.
        ("arr_flagged_usd", 150.0, 0.0, 150.0, None, None, 1),
        ("arr_exposed_usd", 150.0, 0.0, 150.0, None, None, 1),
        ("consumption_growth_share", 0.25, None, None, 10.0 * hours, 8.0 * hours, None),
        # C and D, who move in, are known by tickets and contact; on 3 January D by tickets alone.
        ("accounts_at_risk", 1.0, 0.0, 1.0, None, 3.0, 1),
        ("accounts_watch", 0.0, 0.0, 0.0, None, 3.0, 0),
        ("accounts_healthy", 2.0, 1.0, 1.0, None, 3.0, 2),
        ("accounts_unknown", 0.0, 1.0, -1.0, None, 3.0, 0),
    ]
    assert answer.finding == "1 of 3 accounts at risk, $150, up $150 in 28 days"


def test_what_is_compared_says_with_what(answer):
    notes = dict(answer.in_words().select("metric", "note").iter_rows())
    assert notes["accounts_unknown"] == "earlier: 28 days before, as known then"
    assert "known on the data date" in notes["nrr_share"]


def test_a_renewal_in_91_days_is_flagged_and_not_exposed(warehouse, on):
    warehouse(COMPANY)
    values = dict(ask("overview", on(2026, 1, 30)).frame.select("metric", "value").iter_rows())
    assert (values["arr_flagged_usd"], values["arr_exposed_usd"]) == (150.0, 0.0)


def test_without_a_year_of_history_retention_is_unknown(warehouse, on):
    warehouse({**COMPANY, "contracts": COMPANY["contracts"][3:], "metering_hourly": []})
    answer = ask("overview", on(2026, 1, 31))
    values = dict(answer.frame.select("metric", "value").iter_rows())
    unknown = ("nrr_share", "grr_share", "logo_churn_share", "consumption_growth_share")
    assert [values[metric] for metric in unknown] == [None] * 4
    assert answer.finding == "0 of 2 accounts at risk"


@pytest.mark.parametrize(
    ("complete_to", "growth", "note"),
    [
        ("2026-01-31T00:00", 0.25, None),
        # The last 27 days against the 27 before, none of which is on another side of 3 January.
        ("2026-01-30T12:00", 0.25, "27 days against the 27 before, as far as metering reaches"),
        ("2026-01-29T00:00", 0.25, "26 days against the 26 before, as far as metering reaches"),
        ("2026-01-28T23:00", None, "unknown: metering does not reach the last 28 days, or is late"),
        ("2025-12-01T00:00", None, "unknown: metering does not reach the last 28 days, or is late"),
    ],
)
def test_consumption_is_compared_as_far_as_metering_reaches(
    warehouse, on, complete_to, growth, note
):
    until = dt.datetime.fromisoformat(complete_to).replace(tzinfo=dt.UTC)
    brought = [hour for hour in COMPANY["metering_hourly"] if hour["hour_start"] < until]
    warehouse({**COMPANY, "metering_hourly": brought}, watermark=until)
    answer = ask("arr_and_consumption", on(2026, 1, 31))
    (row,) = answer.in_words(metric="consumption_growth_share").to_dicts()
    assert (row["value"], row["numerator"] is None) == (growth, growth is None)
    assert row["note"].endswith(note or "the value is a comparison itself")


AT_RISK = ("arr_flagged_usd", "arr_exposed_usd")


def at_risk(answer):
    rows = answer.in_words().filter(pl.col("metric").is_in(AT_RISK))
    return rows.select("value", "earlier_value", "accounts", "note").rows()


def test_what_is_at_risk_is_unknown_and_not_zero_where_contracts_are_all_that_is_known(
    warehouse, on
):
    warehouse({"accounts": COMPANY["accounts"], "contracts": COMPANY["contracts"]})
    answer = ask("overview", on(2026, 1, 31))
    unjudged = "unknown: too little is known of every account to judge one"
    assert at_risk(answer) == [(None, None, None, unjudged)] * 2
    assert answer.finding == "Too little is known of 3 accounts to say which are at risk"


def test_what_was_at_risk_is_unknown_where_too_little_was_known_then(warehouse, on):
    # Contacts, incidents and tickets were recorded since: A is judged now and nobody was then.
    since = {
        name: [row for row in COMPANY[name] if "2026" in str(row)]
        for name in ("tickets", "incidents", "contacts")
    }
    warehouse({**COMPANY, **since})
    note = "earlier: unknown, too little was known then of every account to judge one"
    assert at_risk(ask("overview", on(2026, 1, 31)))[0] == (0.0, None, 0, note)


def test_a_comparison_over_a_change_of_the_scorecard_is_not_made(warehouse, on):
    warehouse(COMPANY)
    book, now, before = (
        ask(name, on(2026, 1, day)).frame
        for name, day in (
            ("arr_and_consumption", 31),
            ("account_health", 31),
            ("account_health", 3),
        )
    )

    def rows(version):
        then = before.with_columns(card_version=pl.lit(version))
        frames = {"book": book, "health": now, "health_before": then}
        return overview(**{name: one.lazy() for name, one in frames.items()})

    same, other = rows(now["card_version"][0]), rows("an earlier one")
    health = pl.col("metric").str.starts_with("accounts_") | pl.col("metric").is_in(AT_RISK)
    assert same.filter(health)["change"].null_count() == 0
    assert other.filter(health).select("earlier_value", "change").null_count().row(0) == (6, 6)
    (code,) = set(in_words(other.filter(health), Overview)["note"])
    assert code == "earlier: not compared, another scorecard was in force then"
    # What contracts tell does not depend on a scorecard, and neither do the values of today.
    assert other.filter(~health).equals(same.filter(~health))
    assert other["value"].equals(same["value"])
    assert (finding(same), finding(other)) == (
        "1 of 3 accounts at risk, $150, up $150 in 28 days",
        "1 of 3 accounts at risk, $150",
    )


def test_nobody_was_at_risk_before_there_was_an_account(warehouse, on):
    warehouse({**COMPANY, "contracts": COMPANY["contracts"][3:4]})
    answer = ask("overview", on(2026, 1, 31))
    note = "earlier: unknown, no account with a contract was known then"
    assert at_risk(answer)[0] == (0.0, None, 0, note)
    counts = answer.in_words(metric="accounts_healthy")
    assert counts.select("value", "earlier_value", "note").row(0) == (1.0, None, note)


def test_money_and_counts_agree_with_the_questions_behind_them(answer, on):
    values = dict(answer.frame.select("metric", "value").iter_rows())
    health = ask("account_health", on(2026, 1, 31))
    assert health.frame["arr_usd"].sum() == values["arr_usd"]
    counts = [values[f"accounts_{band}"] for band in ("at_risk", "watch", "healthy", "unknown")]
    assert sum(counts) == health.frame.height == 3
    assert health.finding == "1 of 3 accounts at risk, $150 ARR"
    movements = dict(
        ask("arr_movements", on(2026, 1, 31)).frame.select("movement", "arr_usd").rows()
    )
    assert movements["end"] == values["arr_usd"]


def test_it_equals_hand_sql_whatever_the_order_of_rows(answer, on, tmp_path, monkeypatch):
    turned = build(tmp_path / "turned.duckdb", {name: rows[::-1] for name, rows in COMPANY.items()})
    same(turned, answer.frame)
    memory().clear()
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{turned}")
    assert_frame_equal(ask("overview", on(2026, 1, 31)).frame, answer.frame)


@pytest.mark.slow
def test_the_demo_equals_hand_sql(demo, on):
    frame = ask("overview", on(2026, 1, 31)).frame
    same(demo, frame)
    (flagged,) = frame.filter(pl.col("metric") == "arr_flagged_usd").to_dicts()
    assert flagged["value"] > flagged["earlier_value"] > 0


@pytest.mark.slow
def test_the_title_says_what_hand_sql_counts_on_both_dates(demo, on):
    now, then = (
        dict(hand_sql(demo, "overview", as_of=day).iter_rows())
        for day in (dt.date(2026, 1, 31), dt.date(2026, 1, 3))
    )
    accounts = sum(now[f"accounts_{band}"] for band in ("at_risk", "watch", "healthy", "unknown"))
    moved = now["arr_flagged_usd"] - then["arr_flagged_usd"]
    how = f"{'up' if moved > 0 else 'down'} {words.money(abs(moved))}"
    assert ask("overview", on(2026, 1, 31)).finding == (
        f"{now['accounts_at_risk']:.0f} of {accounts:.0f} accounts at risk, "
        f"{words.money(now['arr_flagged_usd'])}, {how} in 28 days"
    )


def same(path, frame):
    """Contracts and consumption with their own comparison, health on each of its two dates."""
    book = hand_sql(path, "arr_and_consumption", as_of=dt.date(2026, 1, 31))
    now = hand_sql(path, "overview", as_of=dt.date(2026, 1, 31))
    then = hand_sql(path, "overview", as_of=dt.date(2026, 1, 3)).rename({"value": "earlier_value"})
    second = pl.concat([book, now.join(then, on="metric")], how="diagonal").sort("metric")
    assert second.height == 11
    alike = frame.join(second.select("metric"), on="metric", how="semi").sort("metric")
    of_book = pl.col("metric").is_in(book["metric"].implode())
    facts = ("numerator", "denominator", "accounts")
    assert_frame_equal(
        alike.with_columns(pl.when(of_book).then(pl.col(facts))).select(second.columns),
        second,
        check_dtypes=False,
        check_exact=False,
        rel_tol=1e-9,
    )


@pytest.mark.slow
def test_who_is_flagged_and_unknown_in_the_demo_is_who_was_planted_so(demo, on):
    with duckdb.connect(str(demo), read_only=True) as connection:
        troubled, silent = (
            {account for (account,) in connection.sql(f"SELECT account_id FROM {table}").fetchall()}
            for table in ("demo_truth.troubled_accounts", "demo_truth.no_usage_accounts")
        )
    health = ask("account_health", on(2026, 1, 31)).frame
    found = {
        band: set(health.filter(band=band)["account_id"])
        for band in ("at_risk", "watch", "unknown")
    }
    assert found["unknown"] == silent
    assert troubled <= found["at_risk"] | found["watch"]
    # False alarms: accounts of the last months, whose setup went wrong and who foretell nothing.
    false_alarms = health.filter(band="at_risk").filter(~pl.col("account_id").is_in(troubled))
    with duckdb.connect(str(demo), read_only=True) as connection:
        newcomers = connection.sql("""
            SELECT account_id FROM contracts WHERE status <> 'draft' GROUP BY account_id
            HAVING min(start_date) > DATE '2026-01-31' - 120
        """).fetchall()
    assert set(false_alarms["account_id"]) <= {account for (account,) in newcomers}
    assert 0 < false_alarms.height < len(found["at_risk"]) / 2
    rows = {row["metric"]: row for row in ask("overview", on(2026, 1, 31)).rows()}
    assert rows["accounts_unknown"]["value"] == len(silent) == 4
    assert rows["arr_flagged_usd"]["accounts"] == len(found["at_risk"])
