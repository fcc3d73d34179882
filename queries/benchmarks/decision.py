"""What the sessions of a registered claim decide, or why they decide nothing."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from queries.benchmarks.checks import Sides
from queries.benchmarks.control import Control
from queries.statistics.hodges_lehmann import Estimate
from queries.statistics.intervals import Interval
from queries.statistics.power import FEWEST_SESSIONS
from queries.statistics.verdict import Comparison, noise_floor

Row = dict[str, Any]
NO_CONTROL = "no A/A control"


@dataclass(frozen=True)
class Decided:
    """Verdict, reason and numbers of one claim; a number is None where nothing can be computed."""

    verdict: str
    reason: str | None
    noise_floor_share: float | None
    margin_in_force_share: float
    ratio: float | None = None
    interval: Interval | None = None
    shift: Estimate | None = None
    p_value: float | None = None


def decided(claim: Row, sides: Sides) -> Decided:
    """The decision of a claim on its sessions, by the margin in force.

    Nothing is computed without a measured session in each arm, across units, or of a median of 0.
    """
    floor = noise_floor(sides.control.interval())
    margin = claim["margin_share"]
    problem = _incomparable(claim, sides)
    if problem is not None:
        reasons = [problem, *_little(sides)]
        return Decided("inconclusive", "; ".join(reasons), floor, max(margin, floor or 0.0))
    compared = Comparison(
        values=sides.system.values,
        baseline=sides.baseline.values,
        direction=claim["direction"],
        margin_share=margin,
        noise_floor_share=floor,
        has_ceiling=sides.is_ceiling is True,
    )
    found = compared.decide()
    return Decided(
        verdict=found.verdict,
        reason="; ".join(_named(found.reasons, sides.control)) or None,
        noise_floor_share=floor,
        margin_in_force_share=compared.margin_in_force_share,
        ratio=found.ratio,
        interval=found.interval,
        shift=found.shift,
        p_value=found.p_value,
    )


def is_preregistered(registered_at: dt.datetime, sides: Sides) -> bool | None:
    """Whether the claim was written down before its first run, warm-ups too; None: unknown."""
    arms = (sides.system, sides.baseline)
    starts = [arm.first_start for arm in arms if arm.first_start is not None]
    if any(start < registered_at for start in starts):
        return False
    return True if all(arm.is_every_start_known for arm in arms) else None


def _little(sides: Sides) -> Iterator[str]:
    if 0 < sides.fewest < FEWEST_SESSIONS:
        yield f"too few sessions ({sides.fewest} < {FEWEST_SESSIONS})"
    if sides.control.problem is not None:
        yield sides.control.problem


def _named(reasons: Iterable[str], control: Control) -> Iterator[str]:
    """The reasons, with the one why there is no control in the place of there being none."""
    for reason in reasons:
        yield control.problem if control.problem and reason == NO_CONTROL else reason


def _incomparable(claim: Row, sides: Sides) -> str | None:
    for arm, system_id in (
        (sides.system, claim["system_id"]),
        (sides.baseline, claim["baseline_system_id"]),
    ):
        if not arm.values:
            return f"no measured run of {system_id}"
    units = sorted({*sides.system.units, *sides.baseline.units})
    if len(units) > 1:
        return f"units differ: {' and '.join(units)}"
    if claim["unit"] is not None and claim["unit"] != units[0]:
        return f"registered in {claim['unit']}, measured in {units[0]}"
    if not sides.system.median or not sides.baseline.median:
        return "a median is zero"
    return None
