"""The card of one claim made by hand: 1.23× [1.19, 1.27], or whatever a test says otherwise."""

import datetime as dt

import polars as pl

from components.benchmarks.claim_card import ClaimCard
from queries.benchmarks.bias_budget import BenchmarkBiasBudget
from queries.benchmarks.checks import BenchmarkChecks
from queries.benchmarks.claim import BenchmarkClaim
from queries.benchmarks.parity_sheet import BenchmarkSettingsCompared
from queries.benchmarks.runs import BenchmarkRuns
from queries.benchmarks.views import BenchmarkViews
from tests.core.answers import answer

PAIR = {
    "campaign": "tpu-2026",
    "workload": "checkpoint_8b",
    "metric": "save_throughput",
    "system_id": "vast",
    "baseline_system_id": "lustre",
}
SENTENCE = (
    "VAST on Google Cloud is 1.23× [1.19, 1.27] Managed Lustre 1000 on checkpoint_8b, "
    "save_throughput; n = 10 + 10 sessions; unverified; differences: client MTU; holds unless a "
    "hidden difference exceeds 1.19×."
)
CLAIM = {
    **PAIR,
    "claim_id": "tpu-lustre",
    "version": 2,
    "registered_at": dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC),
    "is_preregistered": True,
    "campaign_type": "tpu_checkpoint",
    "metric_name": "save_throughput",
    "unit": "GB/s",
    "direction": "higher",
    "system_name": "VAST on Google Cloud",
    "baseline_name": "Managed Lustre 1000",
    "planned_sessions": 10,
    "sessions": 10,
    "baseline_sessions": 10,
    "runs": 10,
    "baseline_runs": 10,
    "margin_share": 0.01,
    "noise_floor_share": 0.008,
    "margin_in_force_share": 0.01,
    "median": 12.3,
    "baseline_median": 10.0,
    "ratio": 1.23,
    "ratio_low": 1.19,
    "ratio_high": 1.27,
    "hodges_lehmann": 1.23,
    "hodges_lehmann_low": 1.2,
    "hodges_lehmann_high": 1.26,
    "p_value": 0.00001,
    "p_value_holm": 0.00001,
    "comparisons": 1,
    "other_cases": 3,
    "unfavourable_cases": 1,
    "undirected_cases": 0,
    "verdict": "superior",
    "verdict_reasons": [],
    "parity": "OPEN",
    "parity_reasons": ["1 setting differs"],
    "tipping_factor": 1.19,
    "disclosed_credit": 1.1,
    "room_left": 1.19 / 1.1,
    "bias_budget": 1.1,
    "credited_ratio": 1.23 / 1.1,
    "credited_low": 1.19 / 1.1,
    "credited_high": 1.27 / 1.1,
    "robustness": "stands",
    "weakest_view": "per_usd",
    "weakest_credit": "credited",
    "weakest_credit_factor": 1.1,
    "weakest_ratio": 1.022,
    "weakest_low": 0.995,
    "weakest_high": 1.049,
    "weakest_outcome": "inside_margin",
    "is_ahead_everywhere": False,
    "is_supported": True,
    "blocked_by": [],
    "blocking": [],
    "settling_run": None,
    "verification": "unverified",
    "sentence": SENTENCE,
    "inputs_sha256": "ab" * 32,
}
REFUSED = {
    "is_supported": False,
    "verdict": "inconclusive",
    "parity": "INVALID",
    "robustness": None,
    "blocked_by": ["parity INVALID", "inconclusive"],
    "blocking": ["parity INVALID (unknown: client_mtu)", "inconclusive (too few sessions (4 < 6))"],
    "settling_run": "6 + 6 sessions at MTU 8896 on both sides, storage counters recorded",
    "sentence": "Refused: VAST on Google Cloud against Managed Lustre 1000 is INVALID.",
    "credited_ratio": None,
    "credited_low": None,
    "credited_high": None,
    "bias_budget": None,
    "room_left": None,
    "weakest_ratio": 1.124,
    "weakest_low": 1.095,
    "weakest_high": 1.154,
    "weakest_credit": "uncredited",
    "weakest_credit_factor": 1.0,
    "weakest_outcome": "ahead",
}
NO_INTERVAL = REFUSED | {
    "ratio": 1.4,
    "ratio_low": None,
    "ratio_high": None,
    "weakest_low": None,
    "weakest_high": None,
    "weakest_outcome": None,
}
SETTINGS = [
    ("client_mtu", "8896", "1460", "bytes", "DISCLOSED", 1.1),
    ("fill_share", None, "0.4", None, "UNKNOWN", None),
    ("jax_version", "0.7.1", "0.7.1", None, "EQUAL", None),
]


def settings(rows):
    shape = BenchmarkSettingsCompared
    found = [
        {
            **dict.fromkeys(shape.column_names()),
            "system_id": "vast",
            "baseline_system_id": "lustre",
            "setting": setting,
            "value": value,
            "unit": unit,
            "baseline_value": baseline,
            "baseline_unit": unit,
            "parity": parity,
            "setting_group": "Network",
            "is_under_test": False,
            "worst_case_factor": worst,
            "is_in_budget": worst is not None and parity != "EQUAL",
            "is_unbounded": worst is None and parity != "EQUAL",
        }
        for setting, value, baseline, unit, parity, worst in rows
    ]
    return made(shape, found)


def runs(system_id, values, warm_ups=1):
    return [
        {
            **PAIR,
            "system_id": system_id,
            "run_id": f"{system_id}-{place}",
            "system_name": None,
            "session_id": f"{system_id}-{place}",
            "sequence": place,
            "value": value,
            "unit": "GB/s",
            "is_warmup": place < warm_ups,
            "started_at": None,
            "verification": "unverified",
        }
        for place, value in enumerate(values)
    ]


RUNS = [
    *runs("vast", [9.4, 12.1, 12.2, 12.2, 12.3, 12.3, 12.3, 12.4, 12.4, 12.6, 12.9]),
    *runs("lustre", [7.9, 9.7, 9.9, 9.9, 10.0, 10.0, 10.0, 10.1, 10.1, 10.2, 10.4]),
]
CHECKS = [
    {**PAIR, "system_role": role, "check": check, "state": state, "sentence": said, "n": 10}
    for role, check, state, said in (
        ("system", "drift", "pass", "No drift along the order of runs."),
        ("both", "warm_up", "fail", "2 warm-up runs are shown and in no statistic."),
    )
]


def made(shape, rows):
    frame = pl.DataFrame(rows, schema=shape.create_empty().schema)
    return answer(frame=frame, shape=shape)


def card(*, rows=RUNS, sheet=SETTINGS, **claim):
    """The card with anything of the claim's row given otherwise."""
    row = CLAIM | claim
    return ClaimCard(
        claim_id=row["claim_id"],
        claim=made(BenchmarkClaim, [row]),
        settings=settings(sheet),
        budget=made(BenchmarkBiasBudget, []),
        views=made(BenchmarkViews, []),
        checks=made(BenchmarkChecks, CHECKS),
        runs=made(BenchmarkRuns, rows),
    )
