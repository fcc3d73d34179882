"""The sentence of a claim, made of nothing but its numbers."""

from collections.abc import Sequence
from typing import Any

from queries.benchmarks.blockers import OtherCases
from queries.benchmarks.metric_facts import metric_name
from queries.benchmarks.normalised import Credit, View
from queries.benchmarks.parity_sheet import is_unbounded_difference
from queries.benchmarks.template import Group, Parity, valued
from queries.shared import words

Row = dict[str, Any]
MOST_NAMED = 8


def sentence(
    claim: Row,
    *,
    sheet: Sequence[Row],
    unknown_views: Sequence[str],
    others: OtherCases,
    exclusions: str,
) -> str:
    """The claim in words: ratio, interval, n, verification, differences, and what it bears.

    `claim` has the columns of `BenchmarkClaim` but this one; `unknown_views` are the views that
    cannot be computed. Where nothing is known a part is left out, never guessed.
    """
    return "; ".join(
        part
        for part in (
            _compared(claim),
            f"n = {claim['sessions']} + {claim['baseline_sessions']} sessions",
            words.name(claim["verification"] or "unknown").lower(),
            _parity(claim, sheet),
            _weakest(claim),
            _unknown_views(unknown_views) if claim["ratio"] is not None else None,
            _bears(claim),
            _unbounded(claim, sheet),
            _credited(claim),
            _others(others),
            _refused(claim),
            f"left out as registered: {exclusions}" if exclusions else None,
        )
        if part
    )


def _compared(claim: Row) -> str:
    system = words.system(claim["system_id"], claim["system_name"])
    baseline = words.system(claim["baseline_system_id"], claim["baseline_name"])
    unit = claim["unit"] or "unit unknown"
    metric = metric_name(claim["metric"])
    on = f"on {claim['workload']}, {metric} ({unit}, {claim['direction']} is better)"
    if claim["ratio"] is None:
        return f"No ratio of {system} to {baseline} {on}: {'; '.join(claim['verdict_reasons'])}"
    interval = words.interval(claim["ratio_low"], claim["ratio_high"])
    return f"{system} is {claim['ratio']:.2f}× {interval} {baseline} {on}"


def _parity(claim: Row, sheet: Sequence[Row]) -> str:
    shown = [
        row for row in sheet if row["setting_group"] != Group.MONEY and not row["is_under_test"]
    ]
    differs = [
        f"{row['setting']} {valued(row)} against {valued(row, 'baseline_')}"
        for row in shown
        if row["parity"] == Parity.DISCLOSED
    ]
    unknown = [row["setting"] for row in shown if row["parity"] == Parity.UNKNOWN]
    named = [f"differences: {_listed(differs)}"] if differs else []
    named += [f"unknown: {_listed(unknown)}"] if unknown else []
    return "; ".join([f"parity {claim['parity']}", *named])


def weakest(claim: Row) -> str | None:
    """The weakest view and credit known, with its interval; None where there is no ratio.

    `claim` has the columns of `BenchmarkClaim`.
    """
    if claim["weakest_ratio"] is None:
        return None
    if _is_weakest_as_measured(claim):
        return "no view or credit that is known is weaker"
    where = words.view(claim["weakest_view"], claim["weakest_credit_factor"])
    interval = words.interval(claim["weakest_low"], claim["weakest_high"])
    outcome = claim["weakest_outcome"]
    said = f", {words.name(outcome)}" if outcome else ""
    return f"weakest {where}: {claim['weakest_ratio']:.2f}× {interval}{said}"


def _is_weakest_as_measured(claim: Row) -> bool:
    return (claim["weakest_view"], claim["weakest_credit"]) == (View.RAW, Credit.UNCREDITED)


def _weakest(claim: Row) -> str | None:
    said = weakest(claim)
    if said is None or claim["is_ahead_everywhere"] is not True:
        return said
    ahead = "ahead in every view and credit that is known"
    return ahead if _is_weakest_as_measured(claim) else f"{ahead}; {said}"


def _unknown_views(views: Sequence[str]) -> str | None:
    return f"not known {' and '.join(map(words.name, views))}" if views else None


def _bears(claim: Row) -> str | None:
    """How large a hidden difference the claim bears, beside what is disclosed."""
    low, room = claim["tipping_factor"], claim["room_left"]
    if low is None or low <= 1:
        return None
    beside = ""
    if room is not None and claim["disclosed_credit"] != 1:
        beside = f"beside the disclosed {claim['disclosed_credit']:.2f}× "
        low = room
    if low <= 1:
        return f"{beside}nothing is left to be hidden"
    if claim["is_supported"]:
        return f"{beside}it holds unless a hidden difference exceeds {words.bound(low)}"
    return f"{beside}a hidden difference of {words.bound(low)} would erase it"


def _unbounded(claim: Row, sheet: Sequence[Row]) -> str | None:
    """What differs without a documented worst case, beside what the claim bears."""
    named = [row["setting"] for row in sheet if is_unbounded_difference(row)]
    if not named or claim["ratio"] is None:
        return None
    return f"no bound is known for what differs in {_listed(named)}"


def _credited(claim: Row) -> str | None:
    """The ratio once the whole bias budget is credited; None where nothing has to be."""
    if claim["tipping_factor"] is None or claim["tipping_factor"] <= 1:
        return None
    if claim["bias_budget"] is None:
        return "what is unknown has no bound"
    if claim["bias_budget"] == 1:
        return None
    interval = f"[{claim['credited_low']:.3f}, {claim['credited_high']:.3f}]"
    return (
        f"after crediting {claim['bias_budget']:.2f}× to the baseline "
        f"{claim['credited_ratio']:.3f}× {interval}"
    )


def _refused(claim: Row) -> str | None:
    reasons = claim["blocked_by"]
    return f"not supported: {', '.join(reasons)}" if reasons else None


def _others(others: OtherCases) -> str | None:
    if not others.measured:
        return None
    unknown = f", {others.unknown} of unknown direction" if others.unknown else ""
    cases = words.plural(others.measured, "other case")
    return f"{cases} of the pair measured, {others.unfavourable} unfavourable{unknown}"


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"
