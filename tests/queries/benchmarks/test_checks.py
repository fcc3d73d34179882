"""What makes sessions suspect: every check in each state it can take."""

import pytest
from polars.testing import assert_frame_equal

from queries.ask import ask
from queries.benchmarks.checks import ceiling
from queries.benchmarks.sessions import arms_of, turns
from tests.queries.benchmarks.lab import OURS, THEIRS, claim, lab, sessions
from tests.rows import contract_rows, hand_sql


@pytest.fixture
def checked(warehouse, on):
    """The answer about a laboratory and its rows by side and check."""

    def check(choice=None, **changed):
        warehouse(lab(**changed))
        answer = ask("benchmark_checks", on(2026, 1, 31), **(choice or {"campaign": "lab"}))
        return answer, {(row["system_role"], row["check"]): row for row in answer.rows()}

    return check


def state(row):
    return row["state"], row["says"], row["n"]


def test_a_campaign_in_order_flags_nothing(checked):
    answer, rows = checked()
    assert [*rows] == [
        ("both", "planned_sessions"),
        ("system", "few_sessions"),
        ("baseline", "few_sessions"),
        ("both", "power"),
        ("system", "drift"),
        ("baseline", "drift"),
        ("both", "order"),
        ("system", "outliers"),
        ("baseline", "outliers"),
        ("system", "warm_up"),
        ("baseline", "warm_up"),
        ("both", "ceiling"),
        ("both", "control"),
    ]
    assert answer.finding == "0 of 13 checks flagged, 1 unknown"
    assert state(rows["both", "planned_sessions"]) == (
        "ok",
        "All 6 planned sessions of both systems ran.",
        6,
    )
    assert state(rows["both", "order"]) == ("ok", "The systems took turns: ABBAABBAABBA.", 12)
    # Variations of 1.527 and 1.825 % are 1.683 % together: exp(2.8016 · 0.01683 · sqrt(2 / 6)).
    assert state(rows["both", "power"]) == (
        "ok",
        "Sessions vary by 1.7 %: 6 per system see 1.03× with 80 % power; 1.20× takes 6.",
        6,
    )
    assert state(rows["system", "warm_up"]) == (
        "ok",
        "6 warm-up runs, shown and in no statistic.",
        6,
    )
    assert state(rows["both", "control"]) == (
        "ok",
        "The same system was measured twice, in 12 sessions.",
        12,
    )


def test_an_outlying_session_is_flagged_and_kept(checked, on):
    far = (122.0, 120.0, 125.0, 121.0, 124.0, 500.0)
    runs = [
        *sessions("lab", {"A": far, "B": THEIRS}),
        *sessions("control", {"A": OURS, "B": OURS[::-1]}, ids=("a", "a2")),
    ]
    _, rows = checked(benchmark_runs=runs)
    assert state(rows["system", "outliers"]) == (
        "flagged",
        "1 outlying session, kept in every statistic.",
        1,
    )
    assert state(rows["baseline", "outliers"])[0] == "ok"
    (row,) = ask("benchmark_claim", on(2026, 1, 31)).rows()
    assert (row["sessions"], row["median"]) == (6, 123.0)


def test_a_drift_in_one_arm_is_flagged_there(checked):
    _, rows = checked(benchmark_runs=sessions("lab", {"A": sorted(OURS), "B": THEIRS}))
    assert state(rows["system", "drift"]) == (
        "flagged",
        "The values drift along the order of the runs (p = 0.0028).",
        6,
    )
    assert rows["baseline", "drift"]["state"] == "ok"
    assert rows["both", "control"]["says"] == (
        "There is no noise floor: control control has 0 systems on this workload and metric, not 2."
    )


def test_few_sessions_in_blocks_without_warm_ups_nor_plan(checked):
    runs = [
        row
        for row in sessions("lab", {"A": OURS, "B": THEIRS}, order="AAABBB")
        if not row["is_warmup"]
    ]
    answer, rows = checked(
        {"campaign": "lab", "system": "a", "baseline": "b"},
        benchmark_runs=runs,
        benchmark_claims=[],
    )
    assert state(rows["both", "planned_sessions"]) == (
        "unknown",
        "Nobody registered how many sessions were planned.",
        3,
    )
    assert state(rows["system", "few_sessions"]) == (
        "flagged",
        "3 sessions: fewer than 6 decide nothing.",
        3,
    )
    assert state(rows["system", "drift"]) == (
        "unknown",
        "Too few sessions, or too alike, to show a drift.",
        3,
    )
    assert state(rows["both", "order"]) == (
        "flagged",
        "The systems did not take turns: AAABBB.",
        6,
    )
    assert state(rows["both", "power"])[0] == "flagged"
    assert state(rows["system", "warm_up"]) == ("unknown", "No run is marked as a warm-up.", 0)
    assert state(rows["both", "control"]) == (
        "flagged",
        "There is no noise floor: no A/A control is registered.",
        None,
    )
    assert answer.finding == "5 of 13 checks flagged, 6 unknown"


def test_a_campaign_with_nothing_measured_is_not_ok(checked):
    _, rows = checked(benchmark_runs=[])
    assert {row["state"] for row in rows.values()} == {"flagged", "unknown"}
    assert state(rows["both", "order"]) == (
        "unknown",
        "The order of the sessions of both systems is not known.",
        None,
    )


@pytest.mark.parametrize(
    ("fact", "order"), [("starts", "ABBA"), ("sequence", "ABBA"), ("neither", None)]
)
def test_the_order_is_that_of_the_starts_or_else_of_the_sequence(fact, order):
    rows = sessions("lab", {"A": OURS, "B": THEIRS}, order="ABBA")
    for row in rows:
        if fact != "starts":
            row["started_at"] = None
        if fact != "sequence":
            row["sequence"] = 0
    arms = arms_of(contract_rows("benchmark_runs", rows))
    place = ("lab", "read", "read_mib_per_s")
    assert turns(arms[*place, "a"], arms[*place, "b"]) == order


@pytest.mark.parametrize(
    ("ours", "theirs", "is_ceiling"),
    [(95.0, 98.0, True), (94.9, 98.0, False), (95.0, None, None), (None, None, None)],
)
def test_a_ceiling_takes_both_arms(ours, theirs, is_ceiling):
    rows = [
        {**row, "value": value}
        for system_id, value in (("a", ours), ("b", theirs))
        if value is not None
        for row in sessions("lab", {"A": OURS, "B": THEIRS}, metric="au_pct", unit="percent")
        if row["system_id"] == system_id
    ]
    arms = arms_of(contract_rows("benchmark_runs", rows)) if rows else {}
    assert ceiling(arms, "lab", "read", ("a", "b")) is is_ceiling


def test_it_equals_hand_sql(warehouse, on):
    claims = [claim(planned_sessions=7)]
    path = warehouse(lab(benchmark_claims=claims))
    frame = ask("benchmark_checks", on(2026, 1, 31), campaign="lab").frame
    second = hand_sql(path, "benchmark_checks")
    counted = frame.join(second.select("system_role", "check"), on=("system_role", "check"))
    assert_frame_equal(counted.select(second.columns), second, check_row_order=False)
