"""`python -m queries claim`: the card of one claim in a terminal, and whether it still holds."""

import argparse
import datetime as dt
import difflib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from queries.benchmarks.template import Group, valued
from queries.cli import output
from queries.core.answer import Answer
from queries.core.ask import ask, ask_all
from queries.shared import words
from warehouse.context import Context
from warehouse.flat import escaped, flat

Row = dict[str, Any]
SHEETS = (
    "benchmark_settings_compared",
    "benchmark_bias_budget",
    "benchmark_views",
    "benchmark_checks",
)
EXAMPLES = """\
examples:
  python -m queries claim clm-tpu-checkpoint-2026-01
  python -m queries claim clm-tpu-checkpoint-2026-01 --as-of 2026-01-31 --json
"""
MARKS = {"pass": "●", "fail": "▲", "inconclusive": "◆", "unknown": "○"}


def add_parser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", day: Callable[[str], dt.date]
) -> None:
    """Declare the command and what it takes; `day` reads a day of the command line."""
    holding = commands.add_parser(
        "claim",
        help="say whether a benchmark claim holds",
        description="Print the card of a registered claim: its sentence, numbers, open settings, "
        "worst cases, views and checks. The exit code is 0 only while the claim is supported, 1 "
        "where it does not hold or cannot be read, 2 where there is no such claim.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    holding.add_argument("claim", metavar="CLAIM_ID", help="a registered claim")
    holding.add_argument(
        "--as-of",
        type=day,
        metavar="YYYY-MM-DD",
        help="data date, UTC: what was known by its end (default: the newest day of the data)",
    )
    holding.add_argument("--json", action="store_true", help="print one JSON object")


def find(claim_id: str, context: Context) -> tuple[Answer, ...] | str:
    """The claim's answer and those beside it, or one sentence that names the nearest claim.

    The first answer has exactly one row, or is one that could not be read.
    """
    claim = ask("benchmark_claim", context, claim=claim_id)
    if claim.state == "empty":
        known = ask("benchmark_claim", context)
        return _no_such(claim_id, [row["claim_id"] for row in known.rows()])
    if not claim.usable:
        return (claim,)
    (row,) = claim.rows()
    pair = {name: row[name] for name in ("campaign", "workload", "metric")}
    pair |= {"system": row["system_id"], "baseline": row["baseline_system_id"]}
    return (claim, *ask_all(context, *SHEETS, **pair))


def holds(answers: Sequence[Answer]) -> bool:
    """Whether everything was read afresh and the claim is supported."""
    claim, *beside = answers
    is_read = claim.state == "ok" and all(answer.state in {"ok", "empty"} for answer in beside)
    return is_read and bool(claim.rows()[0]["is_supported"])


def problems(answers: Sequence[Answer]) -> str:
    """A line per answer that could not be read afresh; empty where each was."""
    found = [answer.problem for answer in answers if answer.problem and answer.state != "empty"]
    return "".join(f"{' '.join(problem.at_a_terminal)}\n" for problem in found)


def card_text(answers: Sequence[Answer], *, as_json: bool) -> str:
    """The card as JSON or as text; as text empty where the claim could not be read."""
    if as_json:
        return _as_json(answers)
    return _as_text(answers) if answers[0].usable else ""


def _as_json(answers: Sequence[Answer]) -> str:
    """The claim and what stands beside it, as one JSON object; an unknown is null."""
    claim, *beside = answers
    said = json.loads(output.as_json(claim))
    said["claim"] = next(iter(said.pop("rows")), None)
    for answer in beside:
        name = answer.question.name.removeprefix("benchmark_")
        said[name] = json.loads(output.as_json(answer))["rows"]
    return escaped(json.dumps(said, indent=2, ensure_ascii=False, allow_nan=False)) + "\n"


def _as_text(answers: Sequence[Answer]) -> str:
    """The card: sentence, verdicts, numbers, open settings, bias budget, views and checks."""
    claim, settings, budget, views, checks = answers  # as `find` reads them
    (row,) = claim.rows()
    shown = [cell for cell in settings.rows() if cell["parity"] != "EQUAL"]
    lines = [
        row["sentence"],
        _support(row, claim),
        *([] if row["settling_run"] is None else [f"Next run needed: {row['settling_run']}"]),
        "",
        *_numbers(row),
        "",
        "Settings that differ or are unknown",
        *_or_none(map(_setting, shown)),
        "",
        "Worst cases (× counts against the claim)",
        *_or_none(map(_knob, budget.rows())),
        "",
        "Views",
        *_or_none(map(_view, views.rows())),
        "",
        "Checks",
        *_or_none(map(_check, checks.rows())),
        "",
        f"Inputs sha256 {row['inputs_sha256']}",
    ]
    return "\n".join(map(flat, lines)) + "\n"


def _no_such(claim_id: str, known: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(claim_id, known, n=1, cutoff=0.0)
    hint = f"The nearest is {nearest[0]!r}." if nearest else "No claim is registered."
    return flat(f"There is no claim {claim_id!r} on this data date. {hint}")


def _support(row: Row, claim: Answer) -> str:
    said = "SUPPORTED" if row["is_supported"] else f"NOT SUPPORTED: {'; '.join(row['blocking'])}"
    made_up = f" · {claim.provenance}" if claim.simulated else ""
    return f"{said}{made_up}"


def _numbers(row: Row) -> list[str]:
    registered = {
        True: "before its first run",
        False: "after its first run",
        None: "before or after its runs: unknown",
    }
    budget = "unbounded" if row["bias_budget"] is None else _times(row["bias_budget"])
    said = {
        "Verdict": f"{row['verdict']}{_why(row['verdict_reasons'])}",
        "Parity": f"{row['parity']}{_why(row['parity_reasons'])}",
        "Robustness": row["robustness"] or "unknown",
        "Tipping factor": f"{_times(row['tipping_factor'])}, bias budget {budget}",
        "Room left": f"{_times(row['room_left'])} after the disclosed "
        f"{_times(row['disclosed_credit'])}",
        "Ratio": _interval(row, "ratio", "ratio_low", "ratio_high"),
        "Hodges–Lehmann": _interval(
            row, *(f"hodges_lehmann{end}" for end in ("", "_low", "_high"))
        ),
        "After credit": _interval(row, "credited_ratio", "credited_low", "credited_high"),
        "Weakest": _weakest(row),
        "p": f"{_p(row['p_value'])}, by Holm {_p(row['p_value_holm'])}",
        "Comparisons": f"{row['comparisons']} registered in the campaign",
        "Margin": f"{words.share(row['margin_in_force_share'])} in force",
        "Margin registered": words.share(row["margin_share"]),
        "Noise floor": words.share(row["noise_floor_share"]),
        "Medians": f"{words.number(row['median'])} against {words.number(row['baseline_median'])}",
        "Unit": row["unit"] or "none or several",
        "Runs": f"{row['runs']} + {row['baseline_runs']}",
        "Registered": f"{row['registered_at']:%Y-%m-%d}, {registered[row['is_preregistered']]}",
        "Version": str(row["version"]),
    }
    return [f"{name:<20}{value}" for name, value in said.items()]


def _weakest(row: Row) -> str:
    if row["weakest_ratio"] is None:
        return words.ABSENT
    interval = _interval(row, "weakest_ratio", "weakest_low", "weakest_high")
    where = words.view(row["weakest_view"], row["weakest_credit_factor"])
    outcome = f", {words.name(row['weakest_outcome'])}" if row["weakest_outcome"] else ""
    return f"{interval} {where}{outcome}"


def _interval(row: Row, *names: str) -> str:
    value, low, high = (row[name] for name in names)
    return _times(value) if low is None else f"{_times(value)} [{low:.3f}, {high:.3f}]"


def _times(value: float | None) -> str:
    return words.ABSENT if value is None else f"{value:.3f}×"


def _p(value: float | None) -> str:
    return words.ABSENT if value is None else f"{value:.3g}"


def _why(reasons: Sequence[str]) -> str:
    return f" ({'; '.join(reasons)})" if reasons else ""


def _setting(cell: Row) -> str:
    ours, theirs = (valued(cell, side, words.ABSENT) for side in ("", "baseline_"))
    facts = [f"{ours} against {theirs}"]
    if cell["is_under_test"]:
        facts.append("under test")
    if cell["favours"]:
        facts.append(f"favours the {cell['favours']}")
    if cell["broken_rule"]:
        facts.append(cell["broken_rule"])
    if cell["is_unbounded"]:
        facts.append("no bound")
    if cell["setting_group"] == Group.MONEY:
        facts.append("counts per USD only")
    return f"{cell['parity']:<10}{cell['setting']}: {'; '.join(facts)}"


def _knob(knob: Row) -> str:
    mark = "×" if knob["is_in_budget"] else " "
    if knob["overturns"]:
        overturns = ", overturns it" if knob["is_in_budget"] else ", would if it differed unseen"
    else:
        overturns = ""
    credit = _interval(knob, "credited_ratio", "credited_low", "credited_high")
    return f"{mark} {knob['factor']:.4g}  {knob['knob']}: {credit}{overturns} ({knob['source']})"


def _view(view: Row) -> str:
    stale = ""
    if view["price_date"] is not None:
        age = f"{view['price_age_days']} days old{', STALE' if view['is_price_stale'] else ''}"
        stale = f", price of {view['price_date']}, {age}"
    interval = _interval(view, "ratio", "ratio_low", "ratio_high")
    unit = f" ({view['value_unit']})" if view["value_unit"] else ""
    where = words.view(view["view"], view["credit_factor"])
    if view["credit"] == "credited" and view["credit_factor"] in {None, 1.0}:
        where += ", credited"
    outcome = f", {words.name(view['outcome'])}" if view["outcome"] else ""
    return f"{where}: {interval}{outcome}{unit}{stale}{_why(view['reasons'])}"


def _check(check: Row) -> str:
    return f"{MARKS[check['state']]} {check['check']} ({check['system_role']}): {check['sentence']}"


def _or_none(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines] or ["  none"]
