"""The limit of a shift: by hand, by hand SQL, by scipy and statsmodels, and by simulation."""

import datetime as dt

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.stats import beta, binomtest
from statsmodels.stats.proportion import proportion_confint

from queries.core.ask import ask
from queries.on_call.limits import VERDICT_DAYS, judge
from queries.on_call.shifts import poisson_interval
from queries.shared.statistics.share_bounds import Bounds, exact_bounds, share_bounds
from tests.load.limits import independent, passing, weekly
from tests.on_call.test_on_call_load import COMPANY, at, incident, page, shift
from tests.rows import ALIVE, hand_sql
from warehouse.context import ALL, Scope

AS_OF = dt.date(2026, 2, 3)
HALF_DAY = dt.timedelta(hours=12)


def roster(shifts, *, overloaded=(), hyperscaler="aws"):
    """So many shifts of 12 hours before the data date, three incidents in each overloaded one."""
    first = at("2026-02-03 00:00") - shifts * HALF_DAY
    starts = [first + number * HALF_DAY for number in range(shifts)]
    wide = [
        {**shift("ana", "2026-01-01", "2026-01-02"), "start_at": one, "end_at": one + HALF_DAY}
        for one in starts
    ]
    names = {number: [f"{number}-{n}" for n in range(3)] for number in overloaded}
    pages = [
        {
            **page("ana", name, "2026-01-01"),
            "notification_id": name,
            "sent_at": starts[number] + dt.timedelta(minutes=5 * place),
        }
        for number, several in names.items()
        for place, name in enumerate(several)
    ]
    every = [incident(name, hyperscaler) for several in names.values() for name in several]
    return {"shifts": wide, "notifications": pages, "incidents": every}


def limits(on, **context):
    answer = ask("shift_limits", on(2026, 2, 3, **context))
    return answer.frame.row(0, named=True) | {"finding": answer.finding}


def test_six_shifts_of_which_one_exceeds_two_incidents_decide_nothing(warehouse, on):
    warehouse(COMPANY)
    row = limits(on)
    # Of the six shifts that ended in 90 days, Ana's has i1, i2, i3, i5; Ben's first has i8.
    assert (row["shifts"], row["incidents"], row["shifts_over_limit"]) == (6, 5, 1)
    assert row["incidents_per_shift"] == 5 / 6
    assert row["shifts_over_limit_share"] == 1 / 6
    low, high = (bound / 6 for bound in poisson_interval(5))
    assert row["incidents_per_shift_low"] <= low
    assert row["incidents_per_shift_high"] >= high
    assert (row["verdict"], row["reason"]) == ("inconclusive", None)
    assert (row["window_first_at"], row["window_end_at"]) == (
        at("2025-11-05 00:00"),
        at("2026-02-03 00:00"),
    )
    # The week of 26 January has five shifts and none above, that of 2 February the one that is: one
    # draw in four has it twice. Clopper and Pearson say 0.9 % to 58.2 %.
    assert (row["shifts_over_limit_share_low"], row["shifts_over_limit_share_high"]) == (0.0, 1.0)
    assert row["finding"] == "Inconclusive: 1 of 6 shifts exceed 2 incidents, 0.0 % to 100.0 %"


@pytest.mark.parametrize("end", [at("2026-02-03 00:00"), at("2026-01-31 00:00")])
def test_the_limits_equal_hand_sql(warehouse, on, end):
    path = warehouse(COMPANY, watermark=end)
    answer = ask("shift_limits", on(2026, 2, 3)).frame
    second = hand_sql(path, "shift_limits", as_of=AS_OF, until=end)
    assert_frame_equal(answer.select(second.columns), second)
    assert answer["window_end_at"].to_list() == [end]


def test_contributions_sum_to_the_whole_with_what_nobody_recorded(warehouse, on):
    stray = page("ana", "unrecorded", "2026-02-02 14:00:00")
    path = warehouse(COMPANY | {"notifications": [*COMPANY["notifications"], stray]})
    frame = ask("shift_incidents", on(2026, 2, 3)).frame
    # i1, i5 and i8 of AWS; i2 and i3 of Azure; one that no incident is recorded of.
    assert frame.select("hyperscaler", "incidents").rows() == [
        ("azure", 2),
        ("gcp", 0),
        ("aws", 3),
        ("none", 0),
        ("unknown", 1),
    ]
    assert frame["incidents"].sum() == limits(on)["incidents"]
    assert frame["incident_share"].sum() == pytest.approx(1.0)
    second = hand_sql(path, "shift_incidents", as_of=AS_OF, until=ALIVE)
    found = frame.filter(pl.col("incidents") > 0).select(second.columns)
    assert_frame_equal(found, second, check_row_order=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [("hyperscaler", "gcp"), ("region", "emea"), ("segment", "startup"), ("owner", "x")],
)
@pytest.mark.parametrize("question", ["shift_limits", "shift_incidents"])
def test_no_filter_changes_the_limit_and_the_answer_says_so(warehouse, on, question, name, value):
    warehouse(COMPANY)
    whole = ask(question, on(2026, 2, 3))
    cut = ask(question, on(2026, 2, 3, **{name: (value,)}))
    assert_frame_equal(cut.frame, whole.frame)
    assert cut.applicable_filters == frozenset()


@pytest.mark.parametrize("question", ["shift_limits", "shift_incidents"])
def test_a_limited_scope_is_told_of_whole_shifts_and_one_without_a_right_nothing(
    warehouse, on, question
):
    owned = {"account_id": "acme", "region": "emea", "owner_id": "me"}
    warehouse({**COMPANY, "accounts": [owned]})
    whole = ask(question, on(2026, 2, 3))
    assert whole.frame["incidents"].sum() > 0
    mine = ask(question, on(2026, 2, 3, scope=Scope(questions=ALL, owner_ids=("me",))))
    assert_frame_equal(mine.frame, whole.frame)
    nobody = ask(question, on(2026, 2, 3, scope=Scope(questions=ALL)))
    assert (nobody.state, nobody.frame.height) == ("forbidden", 0)


@pytest.mark.parametrize(
    ("shifts", "over", "expected"),
    [
        # Without a shift above the limit 59 are the fewest that bound it at 5 %.
        (59, 0, "pass"),
        (58, 0, "inconclusive"),
        (180, 3, "pass"),
        (180, 9, "inconclusive"),
        (180, 36, "fail"),
    ],
)
def test_the_verdict_rests_on_the_bounds_of_the_share(warehouse, on, shifts, over, expected):
    apart = [int(place) for place in np.linspace(2, shifts - 3, over)]
    warehouse(roster(shifts, overloaded=apart))
    row = limits(on)
    assert (row["shifts"], row["shifts_over_limit"], row["verdict"]) == (shifts, over, expected)
    exact = binomtest(over, shifts).proportion_ci(confidence_level=0.9, method="exact")
    assert row["shifts_over_limit_share_high"] >= exact.high - 1e-12
    assert row["shifts_over_limit_share_low"] <= exact.low + 1e-12


@pytest.mark.parametrize(
    ("overloaded", "expected"),
    [([*range(40, 50), *range(100, 110)], "inconclusive"), (range(5, 180, 9), "fail")],
)
def test_what_shifts_apart_would_decide_is_open_where_they_cluster(
    warehouse, on, overloaded, expected
):
    # 20 of 180: all in two weeks, or spread over the 90 days.
    warehouse(roster(180, overloaded=overloaded))
    row = limits(on)
    assert (row["shifts_over_limit"], row["verdict"]) == (20, expected)


@pytest.mark.parametrize(
    ("watermark", "reason"),
    [
        # 168 hours are promised; the window begins on 5 November.
        ("2026-01-27 00:00", None),
        ("2026-01-26 23:59", "feed_late"),
        ("2025-11-05 00:00", "feed_ended"),
    ],
)
def test_a_feed_that_is_late_or_ended_never_passes(warehouse, on, watermark, reason):
    warehouse(roster(180), watermark=at(watermark))
    row = limits(on)
    assert row["reason"] == reason
    assert row["verdict"] == ("unknown" if reason else "pass")
    assert (row["shifts_over_limit"] is None) == bool(reason)


def test_a_live_feed_with_no_incident_is_zero_and_passes_by_the_exact_bound(warehouse, on):
    warehouse(roster(180))
    row = limits(on)
    assert (row["incidents"], row["shifts_over_limit"], row["verdict"]) == (0, 0, "pass")
    assert row["shifts_over_limit_share_high"] == pytest.approx(1 - 0.05 ** (1 / 180))
    assert row["finding"] == "The limit is kept: 0 of 180 shifts exceed 2 incidents, at most 1.7 %"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ({"shifts": roster(180)["shifts"]}, "feed_unknown"),
        ({"shifts": [], "notifications": []}, "no_shift"),
    ],
)
def test_without_a_feed_or_a_shift_it_is_unknown(warehouse, on, rows, reason):
    warehouse(rows)
    row = limits(on)
    assert (row["verdict"], row["reason"], row["shifts"]) == ("unknown", reason, None)


@pytest.mark.parametrize(("events", "trials"), [(0, 59), (1, 6), (9, 180), (36, 180), (180, 180)])
def test_the_exact_bounds_are_those_of_clopper_and_pearson(events, trials):
    mine = exact_bounds(events, trials)
    low, high = proportion_confint(events, trials, alpha=0.1, method="beta")
    assert (mine.low, mine.high) == pytest.approx((low, high))
    theirs = binomtest(events, trials).proportion_ci(confidence_level=0.9, method="exact")
    assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high))
    if 0 < events < trials:
        assert mine.low == pytest.approx(beta.ppf(0.05, events, trials - events + 1))
        assert mine.high == pytest.approx(beta.ppf(0.95, events + 1, trials - events))


def test_the_bounds_by_weeks_are_those_of_an_enumeration():
    # Two weeks of 10 shifts, one with 4: drawn twice, 0, 4 or 8 of 20 with 1/4, 1/2, 1/4.
    assert share_bounds([0, 4], [10, 10]) == Bounds(0.0, max(0.4, exact_bounds(4, 20).high))


def test_the_order_of_the_weeks_changes_no_bound():
    weeks = np.array([[0, 14], [1, 14], [3, 13], [11, 14], [0, 7]] * 3)
    order = np.random.default_rng(1).permutation(len(weeks))
    assert share_bounds(*weeks[order].T) == share_bounds(*weeks.T)


def test_weeks_that_are_alike_leave_the_exact_bounds():
    assert share_bounds([1] * 13, [14] * 13) == exact_bounds(13, 182)


def test_the_verdict_at_the_tolerance_itself():
    assert judge(Bounds(0.0, 0.05)) == "pass"
    assert judge(Bounds(0.05, 0.2)) == "inconclusive"
    assert judge(Bounds(0.0501, 0.2)) == "fail"
    # The fewest shifts of which none may exceed the limit.
    assert next(n for n in range(1, 99) if exact_bounds(0, n).high <= 0.05) == 59
    assert VERDICT_DAYS == 90


def test_few_runs_pass_where_the_truth_is_just_above_the_tolerance():
    # The bench has 2,000 runs each and holds 6 % and 10 %; 200 runs have three standard errors.
    assert passing(independent(0.051), runs=200) <= 0.06 + 3 * (0.06 * 0.94 / 200) ** 0.5
    assert passing(weekly(0.051, alike=0.1), runs=200) <= 0.10 + 3 * (0.1 * 0.9 / 200) ** 0.5
    # And where nothing is wrong, most pass; where much is, none does.
    assert passing(independent(0.005), runs=50) >= 0.8
    assert passing(weekly(0.2, alike=0.1), runs=50) == 0.0


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0.0, 3.689),
        (1, 0.025, 5.572),
        (2, 0.242, 7.225),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (24, 15.377, 35.710),
    ],
)
def test_the_exact_poisson_interval(count, low, high):
    assert poisson_interval(count) == pytest.approx((low, high), abs=5e-4)


@pytest.mark.slow
def test_the_demo_is_judged_as_hand_sql_counts_it(demo, on):
    answer = ask("shift_limits", on(2026, 1, 31)).frame
    second = hand_sql(demo, "shift_limits", as_of=dt.date(2026, 1, 31), until=ALIVE)
    assert_frame_equal(answer.select(second.columns), second)
    with duckdb.connect(str(demo), read_only=True) as connection:
        ((planted,),) = connection.sql("""
            SELECT count(*) FROM demo_truth.overloaded_shifts
            WHERE start_at + INTERVAL 12 HOUR > DATE '2026-01-31' - 90
              AND start_at + INTERVAL 12 HOUR <= DATE '2026-01-31'
        """).fetchall()
    row = answer.row(0, named=True)
    assert row["shifts_over_limit"] == planted > 0
    # What is planted is more than is tolerated, whether or not its weeks leave room for doubt.
    assert row["shifts_over_limit_share"] > 0.05
    assert row["verdict"] == (
        "fail" if row["shifts_over_limit_share_low"] > 0.05 else "inconclusive"
    )
