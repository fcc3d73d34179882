"""The health mix over 26 weeks, traced by hand over scores written by hand."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.scores import KEY, SCHEMA, write
from queries.core.ask import ask, ledger
from queries.health.scorecard.health_mix import QUESTIONS, HealthMix, health_mix
from tests.health.troubled import COMPANY
from warehouse.context import ALL, EVERYTHING, Context, Scope

DAY = dt.date(2026, 1, 31)
BANDS = ["at_risk", "watch", "healthy", "unknown"]


def days_before(days):
    return DAY - dt.timedelta(days=days)


def in_force(days):
    """The scorecard in force so many days before the data date."""
    return "2025-11" if days_before(days) >= dt.date(2025, 11, 1) else "2025-01"


def freeze(*scores, version=None):
    """Write scores as account, days before the data date, band and ARR; by the card in force."""
    known = {
        "score": 50.0,
        "coverage_share": 1.0,
        "contributions": "{}",
        "inputs": "{}",
        "oldest_input_date": None,
        "days_to_renewal": None,
        "written_at": dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
    }
    rows = [
        known
        | {
            "account_id": account,
            "as_of": days_before(days),
            "card_version": version or in_force(days),
            "band": band,
            "arr_usd": arr,
        }
        for account, days, band, arr in scores
    ]
    write(ledger(), pl.DataFrame(rows, schema=SCHEMA))


@pytest.fixture(autouse=True)
def company(warehouse):
    warehouse(COMPANY)


def weeks(frame, *, column="accounts"):
    """Week as days before the data date to the four bands' values, of the weeks scored."""
    found = {}
    for day, rows in frame.drop_nulls("scored_date").group_by("week_date", maintain_order=True):
        assert rows["band"].to_list() == BANDS
        found[(DAY - day[0]).days] = rows[column].to_list()
    return found


def test_where_nobody_scored_only_the_data_date_is_known(on):
    answer = ask("health_mix", on(2026, 1, 31))
    assert answer.frame.height == 26 * 4
    assert answer.frame["week_date"].unique().sort().to_list() == [
        days_before(7 * back) for back in reversed(range(26))
    ]
    # Of the six accounts a1 and a9 are at risk, a2 is healthy.
    assert weeks(answer.frame) == {0: [2, 0, 1, 3]}
    assert weeks(answer.frame, column="arr_usd") == {0: [350.0, 0.0, 250.0, 1100.0]}
    assert answer.frame["accounts"].null_count() == answer.frame["arr_usd"].null_count() == 25 * 4
    assert answer.finding == "2 accounts at risk; no earlier week is scored"


def test_a_week_is_the_newest_day_of_it_that_was_scored(on):
    freeze(
        ("a1", 181, "healthy", 100.0),
        # 182 days before is the 27th week.
        ("a1", 182, "at_risk", 100.0),
        ("a1", 14, "watch", 300.0),
        ("a2", 14, "watch", 250.0),
        ("a1", 13, "at_risk", 300.0),
        ("a2", 13, "healthy", 250.0),
        ("a1", 8, "at_risk", 310.0),
    )
    frame = ask("health_mix", on(2026, 1, 31)).frame
    assert weeks(frame) == {
        175: [0, 0, 1, 0],
        14: [0, 2, 0, 0],
        7: [1, 0, 0, 0],
        0: [2, 0, 1, 3],
    }
    assert weeks(frame, column="arr_usd")[7] == [310.0, 0.0, 0.0, 0.0]
    scored = frame.drop_nulls("scored_date")["scored_date"].unique().sort().to_list()
    assert scored == [days_before(days) for days in (181, 14, 8, 0)]


def test_the_data_date_is_computed_whatever_was_written_of_it(on):
    freeze(("a2", 0, "at_risk", 9.0))
    assert weeks(ask("health_mix", on(2026, 1, 31)).frame) == {0: [2, 0, 1, 3]}


def test_each_week_is_of_the_scorecard_in_force_in_it_and_names_it(on):
    freeze(*(("a1", days, "healthy", 300.0) for days in (7, 91, 98)), version="2025-01")
    freeze(*(("a1", days, "at_risk", 300.0) for days in (7, 98)), version="2025-11")
    frame = ask("health_mix", on(2026, 1, 31)).frame
    # 2025-11 came into force on the day 91 days before, which it did not score.
    assert weeks(frame) == {98: [0, 0, 1, 0], 7: [1, 0, 0, 0], 0: [2, 0, 1, 3]}
    versions = frame.drop_nulls("scored_date").unique("week_date").sort("week_date")
    assert versions["card_version"].to_list() == ["2025-01", "2025-11", "2025-11"]


def test_an_account_that_has_left_is_in_the_weeks_it_was_there(on):
    # a6 churned on 21 January; nobody of that name is a stranger.
    freeze(("a6", 28, "at_risk", 700.0), ("stranger", 28, "at_risk", 1e9))
    frame = ask("health_mix", on(2026, 1, 31)).frame
    assert weeks(frame)[28] == [1, 0, 0, 0]
    assert weeks(frame, column="arr_usd")[28] == [700.0, 0.0, 0.0, 0.0]


def test_a_reader_sees_the_history_of_their_own_accounts_only(on):
    # a1 belongs to nobody, the others to p1.
    freeze(("a1", 7, "at_risk", 300.0), ("a2", 7, "watch", 250.0))
    mine = Scope(questions=("health_mix",), owner_ids=("p1",))
    assert weeks(ask("health_mix", Context(DAY, mine)).frame)[7] == [0, 1, 0, 0]
    assert weeks(ask("health_mix", on(2026, 1, 31, region=("unknown",))).frame)[7] == [1, 0, 0, 0]
    refused = Scope(questions=(), owner_ids=ALL)
    assert ask("health_mix", Context(DAY, refused)).state == "forbidden"
    nobody = Scope(questions=("health_mix",), owner_ids=("p2",))
    assert ask("health_mix", Context(DAY, nobody)).state == "empty"


def test_a_score_written_since_changes_the_answer(on):
    first = ask("health_mix", on(2026, 1, 31))
    assert ask("health_mix", on(2026, 1, 31)) is first
    freeze(("a1", 70, "watch", 300.0), ("a2", 70, "at_risk", 300.0))
    answer = ask("health_mix", on(2026, 1, 31))
    assert weeks(answer.frame)[70] == [1, 1, 0, 0]
    assert answer.finding == "2 accounts at risk; 10 weeks before it was 1"


def test_an_earlier_data_date_knows_nothing_of_later_scores(on):
    freeze(("a1", 7, "at_risk", 300.0), ("a1", 35, "healthy", 300.0))
    frame = ask("health_mix", on(2026, 1, 10)).frame
    scored = frame.drop_nulls("scored_date")["scored_date"].unique().sort().to_list()
    assert scored == [days_before(35), dt.date(2026, 1, 10)]


def test_nothing_is_said_where_no_account_is_known():
    assert QUESTIONS[0].finding(HealthMix.create_empty()) == "No account with a contract is known"


SCORES = st.dictionaries(
    st.tuples(st.sampled_from(["a1", "a2", "a6", "stranger"]), st.integers(0, 190)),
    st.tuples(st.sampled_from(BANDS), st.integers(0, 1000)),
    max_size=40,
)


@given(SCORES)
def test_every_account_scored_is_in_one_band_of_its_week_with_its_arr(scores):
    """Against plain loops over days, whatever was written."""
    health = [("a1", "at_risk", 300.0), ("a2", "healthy", 250.0)]
    names = ("account_id", "band", "arr_usd")
    today = pl.LazyFrame(health, schema=names, orient="row").with_columns(card_version=pl.lit("v"))
    written = [
        (account, days_before(days), in_force(days), band, float(arr))
        for (account, days), (band, arr) in scores.items()
    ]
    history = pl.LazyFrame(
        written,
        schema={name: SCHEMA[name] for name in (*KEY, "band", "arr_usd")},
        orient="row",
    )
    frame = HealthMix.validate(
        health_mix(
            health=today,
            customers=pl.LazyFrame({"account_id": ["a1", "a2", "a6"]}),
            history=history.filter(pl.col("as_of") > days_before(182)),
            context=Context(DAY, EVERYTHING),
        )
    )
    expected = {0: {"at_risk": (1, 300.0), "healthy": (1, 250.0)}}
    for week in range(26):
        days = [days for _, days in scores if days // 7 == week and days > 0]
        if days and week > 0:
            expected[week] = {}
            for (account, day), (band, arr) in scores.items():
                if day == min(days) and account != "stranger":
                    count, usd = expected[week].get(band, (0, 0.0))
                    expected[week][band] = (count + 1, usd + arr)
    found = {}
    for row in frame.drop_nulls("scored_date").to_dicts():
        bands = found.setdefault((DAY - row["week_date"]).days // 7, {})
        if row["accounts"]:
            bands[row["band"]] = (row["accounts"], row["arr_usd"])
    assert found == expected
