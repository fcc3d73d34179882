"""What makes sessions suspect: every check in each state it can take."""

import pytest
from polars.testing import assert_frame_equal

from queries.benchmarks.arms import arms, turns
from queries.benchmarks.checks import BenchmarkChecks, benchmark_checks, finding
from queries.benchmarks.evidence import ceiling
from queries.core.ask import ask
from tests.benchmarks.lab import NOTHING_WANTED, OURS, THEIRS, claim, frames, lab, sessions
from tests.rows import contract_rows, hand_sql


@pytest.fixture
def checked(on):
    """What is said of a laboratory, and its rows by side and check."""

    def check(choice=None, **changed):
        wanted = NOTHING_WANTED | (choice or {"campaign": "lab"})
        answer = benchmark_checks(**frames(lab(**changed)), context=on(2026, 1, 31), **wanted)
        rows = BenchmarkChecks.validate(answer).to_dicts()
        return finding(answer), {(row["system_role"], row["check"]): row for row in rows}

    return check


def state(row):
    return row["state"], row["sentence"], row["n"]


def test_a_campaign_in_order_fails_no_check(checked):
    said, rows = checked()
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
    assert said == "0 of 13 checks failed, 0 inconclusive, 1 unknown"
    assert state(rows["both", "planned_sessions"]) == (
        "pass",
        "All 6 planned sessions of both systems ran.",
        6,
    )
    assert state(rows["both", "order"]) == ("pass", "The systems took turns: ABBAABBAABBA.", 12)
    # Variations of 1.527 and 1.825 % are 1.683 % together: exp(2.8016 · 0.01683 · sqrt(2 / 6)).
    assert state(rows["both", "power"]) == (
        "pass",
        "Sessions vary by 1.7 %: 6 per system see 1.03× with 80 % power; 1.20× takes 6.",
        6,
    )
    assert state(rows["system", "warm_up"]) == (
        "pass",
        "6 warm-up runs, shown and in no statistic.",
        6,
    )
    assert state(rows["both", "control"]) == (
        "pass",
        "The same system was measured twice, in 12 sessions.",
        12,
    )


def test_an_outlying_session_fails_its_check_and_is_kept(checked, warehouse, on):
    far = (122.0, 120.0, 125.0, 121.0, 124.0, 500.0)
    runs = [
        *sessions("lab", {"A": far, "B": THEIRS}),
        *sessions("control", {"A": OURS, "B": OURS[::-1]}, ids=("a", "a2")),
    ]
    _, rows = checked(benchmark_runs=runs)
    assert state(rows["system", "outliers"]) == (
        "fail",
        "1 outlying session, kept in every statistic.",
        1,
    )
    assert state(rows["baseline", "outliers"])[0] == "pass"
    warehouse(lab(benchmark_runs=runs))
    (row,) = ask("benchmark_claim", on(2026, 1, 31)).rows()
    assert (row["sessions"], row["median"]) == (6, 123.0)


def test_a_drift_in_one_arm_fails_there(checked):
    _, rows = checked(benchmark_runs=sessions("lab", {"A": sorted(OURS), "B": THEIRS}))
    assert state(rows["system", "drift"]) == (
        "fail",
        "The values drift along the order of the runs (p = 0.0028).",
        6,
    )
    assert rows["baseline", "drift"]["state"] == "pass"
    assert rows["both", "control"]["sentence"] == (
        "There is no noise floor: control control has 0 systems on this workload and metric, not 2."
    )


def test_where_nothing_varies_nothing_is_said_of_power(checked):
    _, rows = checked(
        {"campaign": "lab", "system": "a", "baseline": "b"},
        benchmark_runs=sessions("lab", {"A": [120.0] * 6, "B": [100.0] * 6}, order="ABBAABBAABBA"),
    )
    # A spread of 0 would claim that 6 sessions see any ratio at all.
    assert state(rows["both", "power"]) == ("unknown", "No session differs from another.", 6)


@pytest.mark.parametrize("idle", ["A", "B"])
def test_a_median_of_zero_has_no_power(checked, idle):
    values = {"A": OURS, "B": THEIRS} | {idle: [0.0, 0.0, 0.0, 0.0, 5.0, 6.0]}
    _, rows = checked(
        {"campaign": "lab", "system": "a", "baseline": "b"},
        benchmark_runs=sessions("lab", values, order="ABBAABBAABBA"),
    )
    said = "How much sessions vary, or the ratio, is not known."
    assert state(rows["both", "power"]) == ("unknown", said, 6)


def test_few_sessions_in_blocks_without_warm_ups_nor_plan(checked):
    runs = [
        row
        for row in sessions("lab", {"A": OURS, "B": THEIRS}, order="AAABBB")
        if not row["is_warmup"]
    ]
    said, rows = checked(
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
        "fail",
        "3 sessions: fewer than 6 decide nothing.",
        3,
    )
    assert state(rows["system", "drift"]) == (
        "unknown",
        "Too few sessions, or too alike, to show a drift.",
        3,
    )
    assert state(rows["both", "order"]) == (
        "fail",
        "The systems did not take turns: AAABBB.",
        6,
    )
    assert state(rows["both", "power"])[0] == "inconclusive"
    assert state(rows["system", "warm_up"]) == ("unknown", "No run is marked as a warm-up.", 0)
    assert state(rows["both", "control"]) == (
        "fail",
        "There is no noise floor: no A/A control is registered.",
        None,
    )
    assert said == "4 of 13 checks failed, 1 inconclusive, 6 unknown"


RUNS = sessions("lab", {"A": OURS, "B": THEIRS})


@pytest.mark.parametrize(
    "runs",
    [
        [],
        [row for row in RUNS if not row["is_warmup"]][:1],
        RUNS[:1],
        [row for row in RUNS if row["system_id"] == "b"],
        [row for row in RUNS if row["is_warmup"]],
    ],
    ids=("no run", "one run", "one warm-up", "one system", "warm-ups alone"),
)
def test_nothing_passes_where_a_side_has_no_measured_session(checked, runs):
    said, rows = checked(benchmark_runs=runs)
    assert [row["state"] for row in rows.values()] == ["unknown"] * 13
    assert said == "0 of 13 checks failed, 0 inconclusive, 13 unknown"


def test_a_filter_that_leaves_no_system_leaves_no_check(warehouse, on):
    warehouse(lab())
    answer = ask("benchmark_checks", on(2026, 1, 31, hyperscaler=("aws",)), campaign="lab")
    assert (answer.state, answer.frame.height) == ("empty", 0)


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_sessions_a_side_pass_no_check_of_how_they_vary(checked, n):
    runs = sessions("lab", {"A": OURS[:n], "B": THEIRS[:n]}, order="AB" * n)
    _, rows = checked(benchmark_runs=runs)
    passed = {check for (_, check), row in rows.items() if row["state"] == "pass"}
    # That systems took turns and that warm-ups are marked is seen in few sessions too.
    assert passed <= {"order", "warm_up"}


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
    measured = arms(contract_rows("benchmark_runs", rows).lazy())
    place = ("lab", "read", "read_mib_per_s")
    assert turns(measured[*place, "a"], measured[*place, "b"]) == order


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
    measured = arms(contract_rows("benchmark_runs", rows).lazy()) if rows else {}
    assert ceiling(measured, claim()) is is_ceiling


def test_it_equals_hand_sql(warehouse, on):
    claims = [claim(planned_sessions=7)]
    path = warehouse(lab(benchmark_claims=claims))
    frame = ask("benchmark_checks", on(2026, 1, 31), campaign="lab").frame
    second = hand_sql(path, "benchmark_checks")
    counted = frame.join(second.select("system_role", "check"), on=("system_role", "check"))
    assert_frame_equal(counted.select(second.columns), second, check_row_order=False)
