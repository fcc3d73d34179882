"""Two files of benchmark results, workload by workload, without a dashboard."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from queries.benchmarks.arms import Arm
from queries.benchmarks.comparison import Comparison, Decision, Reason, Verdict, Why, ratio_of
from queries.benchmarks.metric_facts import Direction, direction_of
from queries.shared.statistics.family import geomean, holm
from queries.shared.statistics.intervals import median_ranks
from warehouse.sources.benchmarks.measurements import Measurement
from warehouse.sources.benchmarks.units import conversion, is_alike

MARGIN_SHARE = 0.01
FEWEST_TESTED = 4  # per arm: of fewer, no order is unusual at 5 %

Key = tuple[str, str]


@dataclass(frozen=True)
class FileArm(Arm):
    """One side of a comparison: its sessions in their order.

    `is_exact` where every value is deterministic; `benchmarks` counts the names that it pools.
    """

    is_exact: bool = False
    benchmarks: int = 1

    @property
    def varies(self) -> bool:
        """Whether a session differs from another."""
        return len({*self.values}) > 1


@dataclass(frozen=True)
class Compared:
    """One workload and metric in both files; `decision` is None where no ratio can be had."""

    workload: str
    metric: str
    direction: Direction | None
    a: FileArm
    b: FileArm
    ratio: float | None
    decision: Decision | None
    p_holm: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Unmatched:
    """A workload and metric that was not compared, and why."""

    workload: str
    metric: str
    reason: str


@dataclass(frozen=True)
class Mean:
    """The geometric mean of a metric's ratios over its matched workloads, and how many it left."""

    metric: str
    ratio: float | None
    matched: int
    left_out: int


@dataclass(frozen=True)
class Report:
    """All that two files say of each other."""

    compared: tuple[Compared, ...]
    unmatched: tuple[Unmatched, ...]
    means: tuple[Mean, ...]


def compare(
    a: Sequence[Measurement],
    b: Sequence[Measurement],
    *,
    unit: str | None = None,
    direction: Direction | None = None,
    ignored: frozenset[str] = frozenset(),
    margin_share: float = MARGIN_SHARE,
) -> Report:
    """A against B: ratios above 1 favour A, in the order in which A names its workloads.

    A workload is compared where both measured it in one unit under one configuration, but for the
    settings `ignored`; what is not is named with its reason. An ignored setting that is part of
    a workload's name leaves it, which pools unlike benchmarks and says so. `unit` is the unit of
    values that have none and of those that count the same; others stay as they are. Without
    `direction` times, bytes and allocations are better lower, what is counted per second higher,
    and of anything else nothing is decided. Two files hold no A/A control, so that the reasons of
    every verdict say so.

    Raises:
        UnitUnclear: no value of a side has a meaning in `unit`, or a unit is ambiguous.
    """
    sides = [_grouped(_in_unit(side, unit), ignored) for side in (a, b)]
    keys = list(dict.fromkeys([*sides[0], *sides[1]]))
    compared, unmatched = [], []
    for key in keys:
        reason = _mismatch(sides[0].get(key), sides[1].get(key))
        if reason:
            unmatched.append(Unmatched(*key, reason))
        else:
            arms = [_arm(side[key]) for side in sides]
            compared.append(_compared(key, arms[0], arms[1], direction, margin_share))
    raised = holm([None if one.decision is None else one.decision.p_value for one in compared])
    return Report(
        tuple(replace(one, p_holm=p) for one, p in zip(compared, raised, strict=True)),
        tuple(unmatched),
        tuple(_means(compared, unmatched)),
    )


def _in_unit(measured: Sequence[Measurement], unit: str | None) -> Sequence[Measurement]:
    if unit is None:
        return measured
    units = sorted({one.unit for one in measured if one.unit})
    scales = {"": conversion(unit, unit)}
    scales |= {found: conversion(found, unit) for found in units if is_alike(found, unit)}
    if units and len(scales) == 1:
        conversion(units[0], unit)  # raises, and says why
    return [
        _said_in(one, unit, scales[one.unit]) if one.unit in scales else one for one in measured
    ]


def _said_in(one: Measurement, unit: str, scale: float) -> Measurement:
    is_its_unit = one.metric == one.unit or not one.unit
    metric = unit if is_its_unit else one.metric
    return replace(one, metric=metric, unit=unit, value=one.value * scale)


def _grouped(
    measured: Iterable[Measurement], ignored: frozenset[str]
) -> dict[Key, list[Measurement]]:
    groups: dict[Key, list[Measurement]] = {}
    for one in measured:
        kept = tuple(pair for pair in one.configuration if pair[0] not in ignored)
        key = (_without(one.workload, ignored), one.metric)
        groups.setdefault(key, []).append(replace(one, configuration=kept))
    return groups


def _without(workload: str, ignored: frozenset[str]) -> str:
    """A workload's name without its parts `/key=value` whose key is ignored."""
    name, *parts = workload.split("/")
    kept = [part for part in parts if "=" not in part or part.partition("=")[0] not in ignored]
    return "/".join([name, *kept])


def _mismatch(a: list[Measurement] | None, b: list[Measurement] | None) -> str | None:
    if not a or not b:
        return "only in B" if b else "only in A"
    for name, side in (("A", a), ("B", b)):
        if varying := _varying(side):
            return f"{name} pools results whose {varying} differs; --ignore {varying} pools them"
    units = dict.fromkeys([*(one.unit for one in a), *(one.unit for one in b)])
    if len(units) > 1:
        return f"units differ: {' and '.join(units)}"
    first, second = dict(a[0].configuration), dict(b[0].configuration)
    for name in sorted({*first, *second}):
        if first.get(name) != second.get(name):
            said = " against ".join(repr(side.get(name, "")) for side in (first, second))
            return f"{name} differs: {said}; --ignore {name} compares them"
    return None


def _varying(side: list[Measurement]) -> str | None:
    """The first setting that is not the same for all results of one workload."""
    for one in side[1:]:
        changed = {*one.configuration} ^ {*side[0].configuration}
        if changed:
            return min(name for name, _ in changed)
    return None


def _arm(side: list[Measurement]) -> FileArm:
    sessions: dict[str, list[float]] = {}
    for one in side:
        sessions.setdefault(one.session, []).append(one.value)
    return FileArm(
        values=tuple(statistics.median(values) for values in sessions.values()),
        units=(side[0].unit,),
        is_exact=all(one.is_exact for one in side),
        benchmarks=len({one.workload for one in side}),
    )


def _compared(
    key: Key, a: FileArm, b: FileArm, direction: Direction | None, margin_share: float
) -> Compared:
    better = direction or direction_of(key[1], a.unit)
    compared = Comparison(a, b, better)
    above, below = (arm.median or 0.0 for arm in compared.turned)
    ratio = ratio_of(above, below)
    notes = tuple(_notes(a, b, better, ratio))
    decision = None
    if not _is_known(a, b) and above > 0 and below > 0:
        # Two files are no claim: they are decided by the margin, and what an A/A control would say
        # is named as not known beside every verdict.
        decision = compared.decide(margin_share, 0.0)
        if better is None:
            unknown = (Reason(Why.DIRECTION),)
            decision = replace(decision, verdict=Verdict.INCONCLUSIVE, reasons=unknown)
        decision = replace(decision, reasons=(*decision.reasons, Reason(Why.NO_CONTROL)))
    return Compared(*key, better, a, b, ratio, decision, None, notes)


def _is_known(a: FileArm, b: FileArm) -> bool:
    """Whether both sides are deterministic, so that there is nothing to estimate."""
    return a.is_exact and b.is_exact and not a.varies and not b.varies


def _notes(a: FileArm, b: FileArm, better: Direction | None, ratio: float | None) -> Iterable[str]:
    fewest = min(a.sessions, b.sessions)
    if _is_known(a, b):
        yield "exact unit: nothing to test"
    else:
        if median_ranks(fewest) is None:
            yield "need ≥ 6 sessions for a 95 % interval of the median"
        if fewest < FEWEST_TESTED:
            yield "need ≥ 4 sessions for a difference to show at 5 %"
    for name, arm in (("A", a), ("B", b)):
        if arm.benchmarks > 1:
            yield f"{name} pools {arm.benchmarks} unlike benchmarks"
        if arm.is_exact and arm.varies:
            ends = f"{min(arm.values):g} to {max(arm.values):g}"
            yield f"{name} was declared exact, but ranges from {ends}"
        if arm.sessions > 1 and not arm.varies and not arm.is_exact:
            yield f"all sessions of {name} are equal"
    if ratio is None:
        yield "no ratio: a median is zero or below"
    if better is None:
        yield "give --direction: whether higher or lower is better is not known"


def _means(compared: list[Compared], unmatched: list[Unmatched]) -> Iterable[Mean]:
    metrics = [*(one.metric for one in compared), *(one.metric for one in unmatched)]
    for metric in dict.fromkeys(metrics):
        ratios = [one.ratio for one in compared if one.metric == metric]
        above_zero = [ratio for ratio in ratios if ratio is not None and ratio > 0]
        missing = sum(one.metric == metric for one in unmatched)
        yield Mean(
            metric,
            geomean(above_zero),
            len(above_zero),
            missing + len(ratios) - len(above_zero),
        )
