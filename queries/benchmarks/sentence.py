"""The sentence of a claim, made of nothing but its numbers."""

from collections.abc import Sequence
from typing import Any

from queries import words
from queries.benchmarks.other_cases import Others
from queries.benchmarks.robustness import MONEY

Row = dict[str, Any]
MOST_NAMED = 8
VIEW_WORDS = {
    "per_provisioned_mbps": "per provisioned MBps",
    "per_usable_tib": "per usable TiB",
    "per_usd": "per USD",
    "accelerator_hours": "in accelerator-hours",
}


def sentence(
    claim: Row,
    *,
    sheet: Sequence[Row],
    against: Sequence[str],
    others: Others,
    exclusions: str,
    refused: Sequence[str],
) -> str:
    """The claim in words: ratio, interval, n, verification, differences, and what it bears.

    `claim` has the columns of `BenchmarkClaim` but this one; `against` are the views in which the
    other side is ahead, `refused` what forbids a headline. Where nothing is known a part is left
    out, never guessed.
    """
    return "; ".join(
        part
        for part in (
            _compared(claim),
            f"n = {claim['sessions']} + {claim['baseline_sessions']} sessions",
            words.name(claim["verification"] or "unknown").lower(),
            _parity(claim, sheet),
            _against(against),
            _bears(claim),
            _others(others),
            _refused(refused),
            f"left out as registered: {exclusions}" if exclusions else None,
        )
        if part
    )


def _compared(claim: Row) -> str:
    system = words.system(claim["system_id"], claim["system_name"])
    baseline = words.system(claim["baseline_system_id"], claim["baseline_name"])
    unit = claim["unit"] or "unit unknown"
    on = f"on {claim['workload']}, {claim['metric']} ({unit}, {claim['direction']} is better)"
    if claim["ratio"] is None:
        return f"No ratio of {system} to {baseline} {on}: {claim['verdict_reason']}"
    interval = "[no interval]"
    if claim["ratio_low"] is not None:
        interval = f"[{claim['ratio_low']:.2f}, {claim['ratio_high']:.2f}]"
    return f"{system} is {claim['ratio']:.2f}× {interval} {baseline} {on}"


def _parity(claim: Row, sheet: Sequence[Row]) -> str:
    shown = [row for row in sheet if row["setting_group"] != MONEY and not row["is_under_test"]]
    differs = [_difference(row) for row in shown if row["parity"] == "DISCLOSED"]
    unknown = [row["setting"] for row in shown if row["parity"] == "UNKNOWN"]
    named = [f"differences: {_listed(differs)}"] if differs else []
    named += [f"unknown: {_listed(unknown)}"] if unknown else []
    return "; ".join([f"parity {claim['parity']}", *named])


def _difference(row: Row) -> str:
    one, other = (
        " ".join(part for part in (row[f"{side}value"], row[f"{side}unit"]) if part)
        for side in ("", "baseline_")
    )
    return f"{row['setting']} {one} against {other}"


def _against(views: Sequence[str]) -> str | None:
    named = [VIEW_WORDS[view] for view in views]
    return f"the baseline is ahead {' and '.join(named)}" if named else None


def _bears(claim: Row) -> str | None:
    low = claim["tipping_factor"]
    if low is None or low <= 1:
        return None
    factor = f"{words.bound(low)}"
    held = f"holds unless a hidden difference exceeds {factor}"
    if not claim["is_supported"]:
        held = f"a hidden difference of {factor} would erase it"
    if claim["bias_budget"] is None:
        return f"{held}; what is unknown has no bound"
    if claim["bias_budget"] == 1:
        return held
    interval = f"[{claim['credited_low']:.3f}, {claim['credited_high']:.3f}]"
    return (
        f"{held}; after crediting {claim['bias_budget']:.2f}× to the baseline "
        f"{claim['credited_ratio']:.3f}× {interval}"
    )


def _refused(reasons: Sequence[str]) -> str | None:
    named = [reason.partition(" (")[0] for reason in reasons]
    return f"not supported: {', '.join(named)}" if named else None


def _others(others: Others) -> str | None:
    if not others.measured:
        return None
    unknown = f", {others.unknown} of unknown direction" if others.unknown else ""
    cases = words.plural(others.measured, "other case")
    return f"{cases} of the pair measured, {others.unfavourable} unfavourable{unknown}"


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"
