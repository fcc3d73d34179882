"""`python -m queries compare`: two files of benchmark results against each other."""

import argparse
import json
from pathlib import Path
from typing import Any

from queries.benchmarks.arms import Arm
from queries.benchmarks.compare import Compared, Report, compare
from queries.shared import words
from queries.shared.statistics.bootstrap import Interval
from queries.shared.statistics.intervals import coverage, median_ranks
from warehouse.flat import escaped, flat
from warehouse.sources.benchmarks.files import read_benchmark_file
from warehouse.sources.benchmarks.measurements import Measurements

NO_CONTROL = "No A/A control: how much one system differs from itself is not known."


def run(arguments: argparse.Namespace) -> str:
    """What the command prints; raises `WarehouseError` where a file cannot be compared."""
    files = [read_benchmark_file(path) for path in (arguments.a, arguments.b)]
    report = compare(
        files[0].values,
        files[1].values,
        unit=arguments.unit,
        direction=arguments.direction,
        ignored=frozenset(arguments.ignore),
        margin_share=arguments.margin,
    )
    if arguments.json:
        return _as_json(report, files, arguments)
    return _as_text(report, files, (arguments.a, arguments.b))


def _as_text(report: Report, files: list[Measurements], paths: tuple[Path, Path]) -> str:
    lines = [
        f"A is {flat(str(paths[0]))}, B is {flat(str(paths[1]))}; a ratio above 1 favours A.",
        NO_CONTROL,
    ]
    for name, file in zip("AB", files, strict=True):
        lines += [f"{name}: {flat(note)}." for note in _notes(file)]
    for one in report.compared:
        lines += ["", *_block(one)]
    lines += ["", *_geomeans(report)]
    if report.unmatched:
        lines += ["", "Not compared:"]
        lines += [
            f"  {flat(one.workload)} ({flat(one.metric)}): {flat(one.reason)}"
            for one in report.unmatched
        ]
    return "\n".join(lines) + "\n"


def _notes(file: Measurements) -> list[str]:
    return [f"{file.kind}: a session is {file.session}", *file.notes]


def _block(one: Compared) -> list[str]:
    better = f", {one.direction} is better" if one.direction else ""
    lines = [f"{flat(one.workload)} ({flat(one.metric)}{better})"]
    lines += [f"  {name}  {_arm(arm)}" for name, arm in (("A", one.a), ("B", one.b))]
    lines.append(f"  {_ratio(one)}")
    lines += [f"  note: {flat(note)}" for note in one.notes]
    return lines


def _arm(arm: Arm) -> str:
    n = f"n = {arm.sessions}"
    said = f"median {arm.median:.6g} {arm.unit}".rstrip()
    if arm.interval is None:
        return f"{said}, no interval, {n}"
    low, high = arm.interval
    return f"{said} [{low:.6g}, {high:.6g}] ({words.share(_confidence(arm))}), {n}"


def _ratio(one: Compared) -> str:
    if one.ratio is None:
        return "not compared"
    decision = one.decision
    if decision is None:
        return f"ratio {one.ratio:.4f}, not tested"
    parts = [f"ratio {one.ratio:.4f} {_interval(decision.interval)}"]
    if decision.shift is not None:
        shift = decision.shift
        ends = None if shift.low is None or shift.high is None else (shift.low, shift.high)
        parts.append(f"Hodges–Lehmann {shift.value:.4f} {_interval(ends)}")
    parts.append(f"p = {decision.p_value:.3g}, Holm {one.p_holm:.3g}")
    reason = f" ({'; '.join(map(str, decision.reasons))})" if decision.reasons else ""
    return f"{', '.join(parts)}: {decision.verdict}{reason}"


def _interval(ends: Interval | None) -> str:
    return "no interval" if ends is None else f"[{ends[0]:.4f}, {ends[1]:.4f}]"


def _geomeans(report: Report) -> list[str]:
    lines = []
    for mean in report.means:
        over = words.plural(mean.matched, "matched workload")
        left = f", {mean.left_out} left out" if mean.left_out else ""
        ratio = "none" if mean.ratio is None else f"{mean.ratio:.4f}"
        lines.append(f"Geomean of {flat(mean.metric)}: {ratio} over {over}{left}")
    return lines


def _as_json(report: Report, files: list[Measurements], arguments: argparse.Namespace) -> str:
    document = {
        "a": str(arguments.a),
        "b": str(arguments.b),
        "formats": [file.kind for file in files],
        "notes": [NO_CONTROL, *(note for file in files for note in _notes(file))],
        "margin_share": arguments.margin,
        "ignored": sorted(arguments.ignore),
        "compared": [_row(one) for one in report.compared],
        "unmatched": [vars(one) for one in report.unmatched],
        "geomeans": [vars(one) for one in report.means],
    }
    said = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    return escaped(said) + "\n"


def _row(one: Compared) -> dict[str, Any]:
    decision = one.decision
    low, high = (decision.interval if decision else None) or (None, None)
    shift = decision.shift if decision else None
    return {
        "workload": one.workload,
        "metric": one.metric,
        "direction": one.direction,
        "a": _side(one.a),
        "b": _side(one.b),
        "ratio": one.ratio,
        "ratio_low": low,
        "ratio_high": high,
        "hodges_lehmann": shift and shift.value,
        "hodges_lehmann_low": shift and shift.low,
        "hodges_lehmann_high": shift and shift.high,
        "p_value": decision and decision.p_value,
        "p_value_holm": one.p_holm,
        "verdict": decision.verdict if decision else None,
        "verdict_line": _ratio(one),
        "reasons": [str(reason) for reason in decision.reasons] if decision else [],
        "notes": one.notes,
    }


def _side(arm: Arm) -> dict[str, Any]:
    low, high = arm.interval or (None, None)
    return {
        "n": arm.sessions,
        "unit": arm.unit,
        "median": arm.median,
        "median_low": low,
        "median_high": high,
        "confidence": _confidence(arm),
    }


def _confidence(arm: Arm) -> float | None:
    """The actual confidence of the interval of a median."""
    ranks = median_ranks(arm.sessions)
    return None if ranks is None else coverage(ranks[0], arm.sessions)
