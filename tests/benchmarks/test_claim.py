"""A registered claim in a laboratory traced by hand: what supports it, and every single error."""

import datetime as dt
import math
import random

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.benchmarks.claim import BenchmarkClaim, benchmark_claim, finding
from queries.core.ask import ask
from tests.benchmarks.lab import (
    FIRST_RUN,
    NOTHING_WANTED,
    OURS,
    REGISTERED,
    THEIRS,
    claim,
    frames,
    lab,
    sessions,
)
from tests.rows import hand_sql
from tests.shared.statistics.ratio_interval import ratio_interval

RATIO = 122.5 / 102.5
LOW, HIGH = ratio_interval(OURS, THEIRS)
# The ends of an interval are said rounded outwards.
SPAN = f"[{math.floor(LOW * 100) / 100:.2f}, {math.ceil(HIGH * 100) / 100:.2f}]"
CONTROL = ratio_interval(OURS, OURS[::-1])
RUN_AGAIN = "Register a new version of the claim, then run 6 sessions per system, in turns as ABBA."
NO_TEMPLATE = "no parity template: the claim names no campaign type"
FLOOR = max(CONTROL[1], 1 / CONTROL[0]) - 1


def answered(on, **choice):
    return ask("benchmark_claim", on(2026, 1, 31), **choice)


@pytest.fixture
def afresh(warehouse, tmp_path):
    """A function that builds a warehouse in the place of the one before; rows are not added."""

    def make(rows):
        (tmp_path / "warehouse.duckdb").unlink(missing_ok=True)
        return warehouse(rows)

    return make


@pytest.fixture
def claims(on):
    """What becomes of the claims of a laboratory; how they are read the other tests hold."""

    def judge(chosen=None, **changed):
        wanted = NOTHING_WANTED | {"claim": chosen}
        frame = benchmark_claim(**frames(lab(**changed)), context=on(2026, 1, 31), **wanted)
        return BenchmarkClaim.validate(frame)

    return judge


@pytest.fixture
def judged(claims):
    """The row of the one claim of a laboratory."""

    def judge(**changed):
        (row,) = claims("clm", **changed).to_dicts()
        return row

    return judge


def test_a_claim_between_systems_set_up_alike_is_supported(judged):
    row = judged()
    assert (row["version"], row["is_preregistered"], row["unit"]) == (1, True, "MiB/s")
    assert (row["sessions"], row["baseline_sessions"], row["runs"]) == (6, 6, 6)
    assert (row["median"], row["baseline_median"], row["ratio"]) == (122.5, 102.5, RATIO)
    assert (row["ratio_low"], row["ratio_high"]) == (LOW, HIGH)
    # All six of ours lie above all six of theirs: 2 of the 924 arrangements are as far out.
    assert row["p_value"] == row["p_value_holm"] == pytest.approx(2 / 924, rel=1e-12)
    assert row["noise_floor_share"] == pytest.approx(FLOOR, rel=1e-12)
    assert row["margin_in_force_share"] == row["noise_floor_share"] > row["margin_share"] == 0.01
    assert (row["verdict"], row["verdict_reasons"]) == ("superior", [])
    assert (row["parity"], row["parity_reasons"]) == ("CLOSED", [])
    assert (row["tipping_factor"], row["bias_budget"], row["credited_ratio"]) == (LOW, 1.0, RATIO)
    assert (row["robustness"], row["is_supported"]) == ("stands", True)
    assert (row["blocking"], row["settling_run"], row["verification"]) == ([], None, "unverified")


def test_the_sentence_is_made_of_the_numbers(judged):
    assert judged()["sentence"] == (
        f"Tessera is 1.20× {SPAN} Lustre on read, read (MiB/s, higher "
        "is better); n = 6 + 6 sessions; unverified; parity CLOSED; ahead in every view and credit "
        "that is known; not known in accelerator-hours; "
        f"it holds unless a hidden difference exceeds {int(LOW * 100) / 100:.2f}×"
    )


def test_a_disclosed_difference_is_credited_to_the_other_side(judged):
    row = judged(theirs={"mtu": "1460"})
    assert (row["parity"], row["parity_reasons"]) == ("OPEN", ["differs: mtu"])
    assert row["bias_budget"] == 1.1
    assert row["credited_ratio"] == RATIO / 1.1
    assert (row["credited_low"], row["credited_high"]) == (LOW / 1.1, HIGH / 1.1)
    assert (row["robustness"], row["is_supported"]) == ("stands", True)
    assert "differences: mtu 8896 bytes against 1460 bytes" in row["sentence"]
    assert f"after crediting 1.10× to the baseline {RATIO / 1.1:.3f}×" in row["sentence"]
    # What is disclosed cannot be hidden any more: what is left is the rest of the interval.
    assert (row["disclosed_credit"], row["room_left"]) == (1.1, LOW / 1.1)
    left = f"{int(LOW / 1.1 * 100) / 100:.2f}×"
    assert (
        f"; beside the disclosed 1.10× it holds unless a hidden difference exceeds {left}; "
        in row["sentence"]
    )


def test_the_weakest_view_and_credit_stand_in_the_title_and_the_sentence(judged):
    systems = lab()["benchmark_systems"]
    systems[0]["price_usd_per_hour"] = 10.9
    row = judged(theirs={"mtu": "1460"}, benchmark_systems=systems)
    assert (row["weakest_view"], row["weakest_credit"]) == ("per_usd", "credited")
    assert row["weakest_ratio"] == pytest.approx(RATIO / 1.09 / 1.1, rel=1e-12)
    ends = (LOW / 1.09 / 1.1, HIGH / 1.09 / 1.1)
    assert (row["weakest_low"], row["weakest_high"]) == pytest.approx(ends, rel=1e-12)
    # 1.195 of the runs is beyond the margin, 0.997 per credited dollar is not: no "every view".
    assert ends[0] < 1 + FLOOR < ends[1]
    assert (row["weakest_outcome"], row["is_ahead_everywhere"]) == ("inside_margin", False)
    assert row["is_supported"] is True
    said = (
        f"weakest per USD, ×1.10 credited: {RATIO / 1.09 / 1.1:.2f}× "
        f"[{math.floor(ends[0] * 100) / 100:.2f}, {math.ceil(ends[1] * 100) / 100:.2f}], "
        "inside the margin"
    )
    assert f"; {said}; " in row["sentence"]
    assert "every view" not in row["sentence"]
    assert finding(pl.DataFrame([row], infer_schema_length=None)).endswith(f"unverified; {said}")


def test_what_differs_without_a_bound_is_named_beside_what_the_claim_bears(judged):
    row = judged(theirs={"mtu": "1460", "kernel": "6.5", "tuned_by": "nobody"})
    assert row["disclosed_credit"] == 1.1
    named = "no bound is known for what differs in kernel, tuned_by"
    parts = row["sentence"].split("; ")
    assert parts.index(named) == 1 + next(
        place for place, part in enumerate(parts) if "hidden difference exceeds" in part
    )


def test_a_disclosed_difference_as_large_as_the_claim_leaves_nothing_to_be_hidden(judged):
    row = judged(theirs={"provisioned_mbps": "10000"})
    assert (row["disclosed_credit"], row["room_left"]) == (2.0, LOW / 2)
    assert "; beside the disclosed 2.00× nothing is left to be hidden; " in row["sentence"]
    assert (row["robustness"], row["is_supported"]) == ("falls", False)
    # Per provisioned MBps the difference is divided by, so that it is not credited once more.
    assert (row["weakest_view"], row["weakest_credit"]) == ("raw", "credited")


def test_two_unknowns_within_a_bound_multiply_and_name_the_run_that_settles(judged):
    row = judged(theirs={"mtu": None, "capacity_unit": None})
    assert row["bias_budget"] == pytest.approx(1.1 * 1.0995, rel=1e-12)
    assert (row["parity"], row["robustness"]) == ("OPEN", "falls")
    assert (row["is_supported"], row["blocking"]) == (False, ["robustness falls"])
    assert row["settling_run"] == "Run both systems again with the same mtu."
    assert (
        f"; a hidden difference of {int(LOW * 100) / 100:.2f}× would erase it; " in row["sentence"]
    )
    assert row["sentence"].endswith("; not supported: robustness falls")


@pytest.mark.parametrize(
    ("changed", "blocking", "settling"),
    [
        (
            {"theirs": {"kernel": None}},
            ["parity INVALID (unknown without a bound: kernel)", "robustness unknown"],
            "Run both systems again, alike in and with a record of kernel.",
        ),
        (
            {"ours": {"cold_read_proof": None}},
            ["parity INVALID (breaks a rule: cold_read_proof must be known)", "robustness unknown"],
            "Run both systems again, alike in and with a record of cold_read_proof.",
        ),
        (
            {"benchmark_claims": [claim(campaign_type=None)]},
            [f"parity INVALID ({NO_TEMPLATE})", "robustness unknown"],
            "Register the claim again with its campaign type, then run both systems again.",
        ),
        (
            {"benchmark_claims": [claim(control_campaign=None)]},
            ["inconclusive (no A/A control is registered)"],
            "Run the same system twice as A/A control, 6 sessions each, in turns as ABBA.",
        ),
        (
            {"again": {"kernel": "6.5"}},
            ["inconclusive (control control is none: its systems differ in kernel)"],
            "Run the same system twice as A/A control, 6 sessions each, in turns as ABBA.",
        ),
        (
            {"benchmark_claims": [claim(control_campaign="lost")]},
            ["inconclusive (control lost has 0 systems on this workload and metric, not 2)"],
            "Run the same system twice as A/A control, 6 sessions each, in turns as ABBA.",
        ),
        (
            {"benchmark_claims": [claim(registered_at=FIRST_RUN + dt.timedelta(hours=1))]},
            ["registered after its first run"],
            RUN_AGAIN,
        ),
        (
            {"benchmark_claims": [claim(planned_sessions=10, run_order=None)]},
            ["6 of 10 planned sessions per system"],
            "Run 4 more sessions per system, in turns as ABBA.",
        ),
        (
            {"benchmark_claims": [claim(planned_sessions=5)]},
            ["6 sessions of a system where 5 were planned"],
            RUN_AGAIN,
        ),
        (
            {"benchmark_claims": [claim(run_order="ABABABABABAB")]},
            ["the sessions ran as ABBAABBAABBA, registered was ABABABABABAB"],
            RUN_AGAIN,
        ),
        (
            {"benchmark_claims": [claim(unit="MB/s")]},
            ["inconclusive (registered in MB/s, measured in MiB/s)", "robustness unknown"],
            RUN_AGAIN,
        ),
    ],
)
def test_each_single_error_refuses_the_claim_and_names_the_run(judged, changed, blocking, settling):
    row = judged(**changed)
    assert (row["is_supported"], row["blocking"]) == (False, blocking)
    assert row["settling_run"] == settling


@pytest.mark.parametrize(
    ("values", "facts", "verdict", "reasons"),
    [
        (
            {"A": OURS[:4], "B": THEIRS[:4]},
            {"order": "ABBAABBA"},
            "inconclusive",
            ["too few sessions (4 < 6)"],
        ),
        ({"A": THEIRS, "B": OURS}, {}, "inferior", []),
        (
            {"A": sorted(OURS), "B": THEIRS},
            {},
            "inconclusive",
            ["drift along the runs of the system (p = 0.0028)"],
        ),
        ({"A": OURS, "B": (0.0,) * 6}, {}, "inconclusive", ["a median is zero"]),
    ],
)
def test_the_verdict_follows_the_sessions(judged, values, facts, verdict, reasons):
    control = sessions("control", {"A": OURS, "B": OURS[::-1]}, ids=("a", "a2"))
    row = judged(benchmark_runs=[*sessions("lab", values, **facts), *control])
    assert (row["verdict"], row["verdict_reasons"]) == (verdict, reasons)
    assert row["is_supported"] is False


def test_sessions_in_blocks_and_unlike_units_are_refused_with_every_reason(judged):
    runs = sessions("lab", {"A": OURS, "B": THEIRS}, order="AAAAAABBBBBB")
    for row in runs:
        row["unit"] = "MB/s" if row["system_id"] == "b" else "MiB/s"
    row = judged(
        benchmark_runs=runs, benchmark_claims=[claim(control_campaign=None, run_order=None)]
    )
    assert (row["ratio"], row["unit"], row["p_value"], row["p_value_holm"]) == (None,) * 4
    assert row["blocking"] == [
        "inconclusive (units differ: MB/s and MiB/s; no A/A control is registered)",
        "robustness unknown",
        "the systems did not take turns: AAAAAABBBBBB",
    ]
    assert row["sentence"].startswith("No ratio of Tessera to Lustre on read, read (unit")


def test_busy_accelerators_in_both_arms_are_a_ceiling(judged):
    busy = sessions("lab", {"A": (98.0,) * 6, "B": (95.0,) * 6}, metric="au_pct", unit="percent")
    runs = lab()["benchmark_runs"]
    row = judged(benchmark_runs=[*runs, *busy])
    assert row["verdict_reasons"][0].startswith("ceiling: ")
    # How busy they were is no other case of the comparison.
    assert "other case" not in row["sentence"]
    waiting = [{**one, "value": one["value"] - 1} for one in busy]
    assert judged(benchmark_runs=[*runs, *waiting])["verdict"] == "superior"


def test_a_claim_without_runs_is_a_row(judged):
    row = judged(benchmark_runs=[])
    assert (row["sessions"], row["runs"], row["median"], row["verification"]) == (0, 0, None, None)
    assert row["verdict_reasons"][0] == "no measured run of a"
    assert "n = 0 + 0 sessions; unknown" in row["sentence"]


def test_a_run_without_a_start_leaves_the_registration_unknown(judged):
    runs = lab()["benchmark_runs"]
    row = judged(benchmark_runs=[{**runs[0], "started_at": None}, *runs[1:]])
    assert row["is_preregistered"] is None
    assert any("registration before the runs is unknown" in one for one in row["blocking"])


def test_a_change_of_mind_is_a_later_version_and_only_later(warehouse, on):
    later = claim(registered_at=REGISTERED + dt.timedelta(days=9), margin_share=0.5)
    warehouse(lab(benchmark_claims=[later, claim()]))
    (row,) = answered(on).rows()
    assert (row["version"], row["margin_share"], row["is_preregistered"]) == (2, 0.5, False)
    (row,) = ask("benchmark_claim", on(2026, 1, 17)).rows()
    assert (row["version"], row["margin_share"], row["is_preregistered"]) == (1, 0.01, True)


def test_every_claim_of_a_campaign_counts_as_a_comparison(warehouse, on):
    second = claim(claim_id="never run", workload="write")
    warehouse(lab(benchmark_claims=[claim(), second]))
    rows = {row["claim_id"]: row for row in answered(on).rows()}
    assert [row["comparisons"] for row in rows.values()] == [2, 2]
    assert rows["clm"]["p_value_holm"] == pytest.approx(4 / 924, rel=1e-12)
    assert rows["never run"]["p_value_holm"] is None
    # The same of one claim alone: its family is read with it.
    (row,) = answered(on, claim="clm").rows()
    assert row == rows["clm"]


def test_unfavourable_cases_of_the_pair_are_announced(judged):
    worse = sessions("lab", {"A": THEIRS, "B": OURS}, workload="write")
    unknown = sessions("lab", {"A": OURS, "B": THEIRS}, metric="score", unit="points")
    runs = lab()["benchmark_runs"]
    row = judged(benchmark_runs=[*runs, *worse, *unknown])
    assert row["sentence"].endswith(
        "; 2 other cases of the pair measured, 1 unfavourable, 1 of unknown direction"
    )
    cases = (row["other_cases"], row["unfavourable_cases"], row["undirected_cases"])
    assert cases == (2, 1, 1)


def test_a_view_that_turns_the_sign_and_what_is_left_out_are_said(judged):
    systems = lab()["benchmark_systems"]
    systems[0]["price_usd_per_hour"] = 15.0
    row = judged(benchmark_systems=systems, benchmark_claims=[claim(exclusions="Run 3: power cut")])
    low, high = (math.floor(LOW / 1.5 * 100) / 100, math.ceil(HIGH / 1.5 * 100) / 100)
    weakest = f"weakest per USD: {RATIO / 1.5:.2f}× [{low:.2f}, {high:.2f}], the baseline is ahead"
    assert f"; {weakest}; " in row["sentence"]
    assert row["weakest_outcome"] == "behind"
    assert row["sentence"].endswith("; left out as registered: Run 3: power cut")


def test_where_lower_is_better_the_ratio_is_turned(judged):
    row = judged(
        benchmark_runs=[
            *sessions("lab", {"A": THEIRS, "B": OURS}, unit="s"),
            *sessions("control", {"A": OURS, "B": OURS[::-1]}, ids=("a", "a2"), unit="s"),
        ],
        benchmark_claims=[claim(direction="lower", unit="s")],
    )
    assert (row["ratio"], row["ratio_low"]) == (RATIO, LOW)
    assert (row["verdict"], row["is_supported"]) == ("superior", True)


def test_the_hash_is_of_the_rows_it_rests_on_in_any_order(claims):
    tables = lab()

    def hashed(changed):
        return claims("clm", **{**tables, **changed})["inputs_sha256"].item()

    plain = hashed({})
    draws = random.Random(5)  # noqa: S311 (a fixed seed, not a secret)
    assert hashed({name: draws.sample(rows, len(rows)) for name, rows in tables.items()}) == plain
    runs = tables["benchmark_runs"]
    elsewhere = sessions("elsewhere", {"A": OURS, "B": THEIRS})
    assert hashed({"benchmark_runs": [*runs, *elsewhere]}) == plain
    assert hashed({"benchmark_runs": [{**runs[-1], "value": 9.0}, *runs[:-1]]}) != plain
    cells = tables["benchmark_settings"]
    assert hashed({"benchmark_settings": [{**cells[0], "source": "memory"}, *cells[1:]]}) != plain


def test_a_filter_keeps_claims_with_both_systems_on_the_hyperscaler(afresh, on):
    systems = lab()["benchmark_systems"]
    afresh(lab())
    assert ask("benchmark_claim", on(2026, 1, 31, hyperscaler=("gcp",))).frame.height == 1
    systems[2]["hyperscaler"] = "aws"
    afresh(lab(benchmark_systems=systems))
    assert ask("benchmark_claim", on(2026, 1, 31, hyperscaler=("gcp",))).state == "empty"


def test_it_equals_hand_sql(warehouse, on):
    second = claim(claim_id="other", registered_at=FIRST_RUN + dt.timedelta(days=2))
    again = claim(registered_at=REGISTERED + dt.timedelta(hours=2), margin_share=0.03)
    path = warehouse(lab(benchmark_claims=[claim(), again, second]))
    answer = answered(on).frame
    expected = hand_sql(path, "benchmark_claim")
    assert_frame_equal(answer.select(expected.columns), expected)
    assert answer.height == 2


@pytest.mark.slow
def test_the_planted_claims_come_back(demo, on):
    with duckdb.connect(str(demo), read_only=True) as connection:
        truth = pl.DataFrame(
            connection.sql("SELECT * FROM demo_truth.benchmark_claims").to_arrow_table()
        )
    rows = {row["claim_id"]: row for row in answered(on).rows()}
    assert rows.keys() == set(truth["claim_id"])
    for planted in truth.to_dicts():
        row = rows[planted["claim_id"]]
        same = ("verdict", "parity", "robustness", "bias_budget", "is_supported")
        assert {name: row[name] for name in same} == {name: planted[name] for name in same}
        if planted["bias_budget"] is None:
            assert (row["tipping_factor"], row["credited_ratio"]) == (None, None)
        else:
            assert row["tipping_factor"] == pytest.approx(planted["tipping_factor"], abs=5e-4)
            assert row["credited_ratio"] == pytest.approx(planted["credited_ratio"], rel=1e-5)
    refused = "; ".join(rows["clm-kv-cache-2026-01"]["blocking"])
    for reason in (
        "units differ: MB/s and MiB/s",
        "too few sessions (4 < 6)",
        "registered after its first run",
        "4 of 10 planned sessions per system",
        "the systems did not take turns: AAAABBBB",
        "no A/A control is registered",
        "unknown without a bound: zone, ",
    ):
        assert reason in refused


def test_the_title_leads_with_a_supported_claim_and_all_that_its_ratio_owes(claims):
    turned = claim(claim_id="turned", system_id="b", baseline_system_id="a")
    both = {"benchmark_claims": [turned, claim()]}
    ours = (
        f"Tessera is 1.20× Lustre {SPAN}, n = 6 + 6, parity CLOSED, unverified; "
        "no view or credit that is known is weaker"
    )
    assert finding(claims(**both)) == f"{ours}; 1 of 2 claims supported"
    assert finding(claims("clm", **both)) == ours
    assert finding(claims("turned", **both)) == "Not supported: Lustre over Tessera"
    refused = "Not supported: Tessera over Lustre"
    neither = claims(benchmark_claims=[turned, claim(planned_sessions=9)])
    assert finding(neither) == f"{refused}; 0 of 2 claims supported"
    assert finding(claims(benchmark_claims=[])) == "No claim is registered"
