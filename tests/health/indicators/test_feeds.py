"""A missing feed is no fall: by hand, and over a fleet of ten accounts with a day taken away."""

import datetime as dt
import itertools

import polars as pl
import pytest

from queries.core.ask import ask
from queries.health.indicators.feeds import contacts_until, feature_window, features_in, fleet_fell
from tests.rows import build
from tests.shared.company import (
    account,
    activity,
    cluster,
    contract,
    feature,
    incident,
    metered,
    ticket,
)

AS_OF = dt.date(2026, 1, 31)
DAYS = [dt.date(2025, 12, 27) + dt.timedelta(days=at) for at in range(35)]
MONTH = dt.date(2026, 1, 3)


def window(rows):
    """The window of features over rows per day; a day left out has none."""
    days = pl.LazyFrame(
        list(rows.items()), schema={"usage_date": pl.Date, "feed_rows": pl.Int64}, orient="row"
    )
    return feature_window(days, AS_OF).collect().row(0)


def without(*missing):
    return {day: 500 for day in DAYS if day.isoformat() not in missing}


@pytest.mark.parametrize(
    ("rows", "first", "is_stale"),
    [
        (without(), MONTH, False),
        # A weekend with a fifth of the use is no missing day.
        (without() | {day: 100 for day in DAYS if day.weekday() > 4}, MONTH, False),
        (without("2026-01-12"), MONTH - dt.timedelta(days=1), False),
        (without() | {dt.date(2026, 1, 12): 49}, MONTH - dt.timedelta(days=1), False),
        (without("2026-01-30"), MONTH - dt.timedelta(days=1), True),
        (without(*map(str, DAYS[10:17])), MONTH - dt.timedelta(days=7), False),
        (without(*map(str, DAYS[10:18])), None, False),
        # A feed that reports once a week misses no day.
        (dict.fromkeys(DAYS[::7], 500), MONTH, False),
        ({}, MONTH, False),
    ],
)
def test_the_window_is_the_newest_28_days_on_which_the_feed_reported(rows, first, is_stale):
    assert window(rows) == (first, is_stale)


def test_a_feature_is_used_in_the_window_and_entitled_in_it():
    def rows(*found):
        return pl.LazyFrame(
            [(name, name, True, day) for name, day in found],
            schema=["account_id", "feature", "is_entitled", "latest_usage_date"],
            orient="row",
        )

    entitled = rows(("a", MONTH), ("b", AS_OF), ("c", AS_OF), ("gone", DAYS[0]))
    active = rows(("a", MONTH), ("b", DAYS[0]))
    found = (
        features_in(
            entitled,
            active,
            feature_window(
                pl.LazyFrame(
                    list(without().items()),
                    schema={"usage_date": pl.Date, "feed_rows": pl.Int64},
                    orient="row",
                ),
                AS_OF,
            ),
        )
        .sort("account_id")
        .collect()
    )
    assert found.select("account_id", "operations").rows() == [("a", 1), ("b", 0), ("c", 0)]


def fleet(*changes):
    """What each account used per hour, of 2.0 before."""
    rows = [(str(at), 100.0 * (1 + change), 50, 400.0, 200) for at, change in enumerate(changes)]
    schema = ["account_id", "quantity", "hours_present"]
    schema += ["previous_quantity", "previous_hours_present"]
    return pl.LazyFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize(
    ("changes", "is_stale"),
    [
        ([-0.25] * 5 + [0.0] * 4 + [-0.3], True),
        ([-0.25] * 5 + [0.0] * 5, False),  # the median is -0.125
        ([-0.9] + [0.0] * 9, False),
        ([-0.9] * 9, False),  # nine are no fleet
        ([-0.24] * 12, False),
        ([], False),
    ],
)
def test_the_fleet_fell_where_half_of_ten_accounts_or_more_did(changes, is_stale):
    assert fleet_fell(fleet(*changes)).collect().item() is is_stale


@pytest.mark.parametrize(
    ("newest", "contacts", "until", "is_stale"),
    [
        ("2026-01-23", 28, dt.date(2026, 1, 23), True),
        ("2026-01-24", 28, AS_OF, False),
        ("2026-01-23", 27, AS_OF, False),
        (None, 0, AS_OF, False),
    ],
)
def test_silence_is_counted_to_the_newest_contact_of_a_book_that_falls_silent_at_once(
    newest, contacts, until, is_stale
):
    at = newest and dt.datetime.fromisoformat(newest)
    found = contacts_until(
        pl.LazyFrame(
            {"latest_last_contact_at": [None]}, schema={"latest_last_contact_at": pl.Datetime}
        ),
        pl.LazyFrame({"latest_occurred_at": [at]}, schema={"latest_occurred_at": pl.Datetime}),
        pl.LazyFrame({"feed_rows": [contacts]}),
        AS_OF,
    ).collect()
    assert found.rows() == [(is_stale, until)]


# Ten accounts alike, but that f3 uses one feature of two.
NAMES = [f"f{at}" for at in range(10)]


def company():
    used = [day.isoformat() for day in DAYS]
    early = (DAYS[0] - dt.timedelta(days=20)).isoformat()
    return {
        "accounts": [account(name) for name in NAMES],
        "contracts": [
            contract(
                f"c{name}", name, "2025-01-01", "2026-12-31", arr=1000.0 + at, committed_tib=10.0
            )
            for at, name in enumerate(NAMES)
        ],
        "clusters": [cluster(f"k{name}", name, deployed="2025-12-01") for name in NAMES]
        + [cluster("k", "f0", deployed="2025-10-01", retired="2025-10-12")],
        "metering_hourly": [
            row for name in NAMES for row in metered(f"k{name}", "2025-12-01", "2026-01-30", 9.0)
        ]
        + metered("k", "2025-10-10", "2025-10-11", 9.0),
        "feature_usage_daily": [
            feature(name, each, day, 5 if each == "quota" or name != "f3" else 0)
            for name in NAMES
            for each in ("quota", "tiering")
            for day in (early, *used)
        ],
        "tickets": [ticket("t", "f0", "3", "2025-06-01T10:00", solved="2025-06-02T10:00")],
        "incidents": [incident("i", "f0", "2025-06-01T10:00")],
        "activities": [
            activity(f"v{name}{day}", name, f"{day}T10:00") for name in NAMES for day in used[::3]
        ],
    }


@pytest.fixture(scope="module")
def book():
    return company()


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """A function that makes another small warehouse the one that is asked."""
    built = itertools.count()

    def make(rows):
        path = build(tmp_path / f"{next(built)}.duckdb", rows)
        monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{path}")

    return make


@pytest.fixture
def told(serve, on):
    """What is said of the accounts: the indicators, and who is in a queue of three."""

    def ask_both(rows):
        serve(rows)
        context = on(2026, 1, 31)
        indicators = {row["account_id"]: row for row in ask("churn_indicators", context).rows()}
        triage = ask("triage", context, capacity=3).frame
        at_risk = set(triage.filter(band="at_risk")["account_id"])
        return indicators, triage.filter(place="queue")["account_id"].to_list(), at_risk

    return ask_both


def signalling(indicators):
    return {name: row["signalling"] for name, row in indicators.items() if row["signals"]}


def scaled(rows, times, *names):
    """The metering of the last 28 days times a factor, of all or of the accounts named."""
    month = dt.datetime(2026, 1, 3, tzinfo=dt.UTC)
    return [
        row | {"quantity": row["quantity"] * times}
        if row["hour_start"] >= month and (not names or row["cluster_id"][1:] in names)
        else row
        for row in rows
    ]


def test_a_day_missing_from_a_feed_adds_nobody_and_a_fall_of_one_account_still_signals(told, book):
    before, queue, at_risk = told(book)
    assert signalling(before) == {}
    for day in ("2026-01-30", "2026-01-12"):
        features = [row for row in book["feature_usage_daily"] if str(row["usage_date"]) != day]
        hours = [row for row in book["metering_hourly"] if str(row["hour_start"].date()) != day]
        for less in ({"feature_usage_daily": features}, {"metering_hourly": hours}):
            indicators, called, risky = told(book | less)
            assert (signalling(indicators), called, risky) == ({}, queue, at_risk)
            for name, row in indicators.items():
                for column in ("feature_breadth_share", "usage_change_share", "commitment_pace"):
                    assert row[column] in (None, pytest.approx(before[name][column]))
    late = {
        "feature_usage_daily": [
            row for row in book["feature_usage_daily"] if str(row["usage_date"]) != "2026-01-30"
        ]
    }
    fallen = scaled(book["metering_hourly"], 0.2, "f5")
    indicators, called, _ = told(book | late | {"metering_hourly": fallen})
    assert signalling(indicators) == {"f5": ["usage", "commitment"]}
    assert "f5" in called
    assert {tuple(row["stale"]) for row in indicators.values()} == {("breadth",)}


def test_metering_that_stops_for_all_adds_nobody(told, book):
    _, _, at_risk = told(book)
    for first in ("2026-01-20", "2025-12-20"):
        hours = [row for row in book["metering_hourly"] if str(row["hour_start"].date()) < first]
        # One contract is near its renewal: silence would be a doubt, were it not everybody's.
        contracts = [row | {"end_date": dt.date(2026, 2, 20)} for row in book["contracts"]]
        indicators, _, risky = told(book | {"metering_hourly": hours, "contracts": contracts})
        assert signalling(indicators) == {}
        assert risky <= at_risk
        assert {tuple(row["stale"]) for row in indicators.values()} == {("usage", "commitment")}
        known = first == "2026-01-20"
        assert {row["usage_change_share"] is not None for row in indicators.values()} == {known}


def test_a_fall_of_the_whole_fleet_is_stale_and_adds_nobody(told, book):
    _, _, at_risk = told(book)
    indicators, _, risky = told(book | {"metering_hourly": scaled(book["metering_hourly"], 0.4)})
    assert signalling(indicators) == {}
    assert risky <= at_risk
    for row in indicators.values():
        assert row["stale"] == ["usage", "commitment"]
        assert (row["usage_change_share"], row["commitment_pace"]) == (None, None)


@pytest.mark.parametrize(
    ("table", "column", "on_time", "too_late"),
    [
        ("metering_hourly", "usage_change_share", "2025-10-11", "2025-10-12"),
        ("metering_hourly", "commitment_pace", "2026-01-03", "2026-01-04"),
        ("feature_usage_daily", "feature_breadth_share", "2026-01-03", "2026-01-04"),
    ],
)
def test_an_input_whose_window_begins_before_its_source_was_recorded_is_unknown(  # noqa: PLR0917
    serve, on, book, table, column, on_time, too_late
):
    dated = {"metering_hourly": "hour_start", "feature_usage_daily": "usage_date"}[table]
    first_rows = {
        "metering_hourly": lambda day: metered("k", day, day, 9.0),
        "feature_usage_daily": lambda day: [feature("f0", "quota", day, 5)],
    }

    def health(first):
        """The column of f1 where the source of `table` holds no row before the day `first`."""
        rows = [row for row in book[table] if str(row[dated])[:10] >= first]
        if not any(str(row[dated])[:10] == first for row in rows):
            rows = [*rows, *first_rows[table](first)]
        serve(book | {table: rows})
        (found,) = ask("account_health", on(2026, 1, 31)).rows(account_id="f1")
        return found[column]

    assert health(on_time) is not None
    assert health(too_late) is None
