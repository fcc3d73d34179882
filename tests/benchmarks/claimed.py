"""Rows of a claim and of what stands beside it, for what is drawn of them."""

import polars as pl

from queries.benchmarks.bias_budget import BenchmarkBiasBudget
from queries.benchmarks.checks import BenchmarkChecks
from queries.benchmarks.parity_sheet import BenchmarkSettingsCompared
from queries.benchmarks.views import BenchmarkViews

PAIR = {
    "campaign": "c",
    "workload": "w",
    "metric": "m",
    "system_id": "a",
    "baseline_system_id": "b",
}
# The guide's example: 1.23 [1.19, 1.27] with MTU to credit.
CLAIM = {
    **PAIR,
    "claim_id": "clm",
    "version": 2,
    "system_name": "Tessera",
    "baseline_name": "Lustre",
    "sessions": 10,
    "baseline_sessions": 9,
    "margin_in_force_share": 0.012,
    "noise_floor_share": 0.012,
    "ratio": 1.23,
    "ratio_low": 1.19,
    "ratio_high": 1.27,
    "verdict": "superior",
    "parity": "OPEN",
    "tipping_factor": 1.198,
    "disclosed_credit": 1.1,
    "room_left": 1.198 / 1.1,
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
    "is_preregistered": True,
    "is_supported": True,
    "blocked_by": [],
    "blocking": [],
    "settling_run": None,
    "verification": "unverified",
    "sentence": "Tessera is 1.23x",
}


def framed(shape, *rows):
    """Rows of a shape about the pair; every column left out is null."""
    schema = shape.create_empty().schema
    given = {name: value for name, value in PAIR.items() if name in schema}
    return pl.DataFrame([dict.fromkeys(schema) | given | row for row in rows], schema=schema)


def knob(name, factor, parity, *, counts, overturns=False):
    return {
        "knob": name,
        "knob_group": "Network",
        "factor": factor,
        "source": f"Book of {name}",
        "parity": parity,
        "is_in_budget": counts,
        "overturns": overturns,
        "credited_ratio": 1.23 / factor,
        "credited_low": 1.19 / factor,
        "credited_high": 1.27 / factor,
    }


def budget(*rows):
    return framed(BenchmarkBiasBudget, *rows)


def views(*rows):
    """Views, each uncredited where the row does not say otherwise."""
    uncredited = {"credit": "uncredited", "credit_factor": 1.0}
    return framed(BenchmarkViews, *(uncredited | row for row in rows))


def checks(*rows):
    return framed(BenchmarkChecks, *rows)


def sheet(*rows):
    return framed(BenchmarkSettingsCompared, *rows)


BUDGET = budget(
    knob("mtu", 1.1, "DISCLOSED", counts=True),
    knob("provisioned_tib", 8.0, "EQUAL", counts=False, overturns=True),
)
