"""Systems against others, only where both measured the same workload with as many clients."""

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations, product
from typing import Any

import dataframely as dy
import polars as pl

from queries.benchmarks.arms import ARM, NO_ARM, Arm, arms
from queries.benchmarks.comparison import Comparison, Reason, Why
from queries.benchmarks.metric_facts import CEILINGS, Direction, direction_of, metric_name
from queries.benchmarks.runs import RUN
from queries.core import columns
from queries.core.columns import texts
from queries.core.question import Parameter, Question
from queries.shared import words
from queries.shared.statistics.family import geomean
from warehouse.context import Context
from warehouse.contract.columns import flag, identifier, text, word
from warehouse.read import Read

SYSTEMS = ("campaign", "metric", "system_id", "baseline_system_id")
# What two systems have to say alike where both say it.
ALIKE = ("division", "category")

Row = dict[str, Any]
# The arms of one system on one metric, by workload and by number of clients.
Measured = dict[str, dict[int | None, Arm]]
Said = Mapping[tuple[str, str], str | None]


class BenchmarkMatches(dy.Schema):
    """One row per campaign, metric, pair of systems, workload and pair of client counts."""

    campaign = identifier("Campaign", key=True)
    metric = identifier("Metric", key=True)
    system_id = identifier("System", key=True)
    baseline_system_id = identifier("System it is compared with", key=True)
    workload = identifier("Workload", key=True)
    metric_name = text("What people call the metric", nullable=False)
    client_counts = text("Clients of the two, as `16 and 8`", key=True)
    clients = columns.count_metric("client_hosts", nullable=True)
    baseline_clients = columns.count_metric("client_hosts", nullable=True)
    is_matched = flag("Both measured it with as many clients, in one unit and one division")
    mismatches = texts("There is no ratio because of these; empty: matched")
    direction = word("Which way is better; null: unknown", "higher", "lower", nullable=True)
    unit = text("Unit of the system's values; null: none or several")
    baseline_unit = text("Unit of the baseline's values; null: none or several")
    runs = columns.count_metric("measured_runs")
    baseline_runs = columns.count_metric("measured_runs")
    median = columns.metric("benchmark_median", nullable=True)
    baseline_median = columns.metric("benchmark_median", nullable=True)
    ratio = columns.metric("benchmark_ratio", nullable=True)
    ratio_low = columns.metric("benchmark_ratio", nullable=True)
    ratio_high = columns.metric("benchmark_ratio", nullable=True)
    geomean = columns.metric("matched_geomean", nullable=True)
    matched = columns.count_metric("matched_workloads")
    mismatched = columns.count_metric("mismatched_workloads")


def reads(**wanted: str | None) -> dict[str, Read]:
    """The runs of the campaign and metric given, what is claimed of them, and their divisions."""
    given = ((name, wanted[name]) for name in ("campaign", "metric"))
    equal = {name: (value,) for name, value in given if value is not None}
    return {
        "runs": Read(
            table="benchmark_runs", columns=(*RUN, "verification", "clients"), equal=equal
        ),
        "claims": Read(
            table="benchmark_claims", columns=("campaign", "metric", "direction"), equal=equal
        ),
        "settings": Read(
            table="benchmark_settings",
            columns=("system_id", "setting", "value"),
            equal={"setting": ALIKE},
        ),
        "systems": Read(table="benchmark_systems", columns=("system_id",)),
    }


def benchmark_matches(
    runs: pl.LazyFrame,
    claims: pl.LazyFrame,
    settings: pl.LazyFrame,
    systems: pl.LazyFrame,
    *,
    context: Context,
    **wanted: str | None,
) -> pl.DataFrame:
    """Each pair of systems on each workload that either measured, and the ratio where it is like.

    A workload is matched where both measured it in one unit with the same known number of
    clients, and neither division nor category differ as far as both name them. Anything else is
    a row with the reason and no ratio. Where both measured it with several numbers of clients,
    equal numbers are paired and only the rest is mismatched. `geomean` goes over the matched
    rows of its pair; null where there is none. The ratio is turned so that above 1 favours the
    system, where a claim on the metric or its unit says which way is better; otherwise it is system
    over baseline. How busy accelerators were is left out, unless that metric is wanted by name.

    Grain: campaign, metric, system_id, baseline_system_id, workload, clients, baseline_clients;
    sorted by them. A filter on hyperscaler keeps the pairs of which both systems are on it.
    """
    read = {*systems.collect()["system_id"]} if context.hyperscaler else None
    by_metric = _by_metric(runs, read, with_ceilings=wanted["metric"] is not None)
    directions = _directions(claims.collect())
    said = {
        (row["system_id"], row["setting"]): row["value"] for row in settings.collect().to_dicts()
    }
    rows = []
    for place, measured in by_metric.items():
        for one, other in _pairs(measured, wanted["system"], wanted["baseline"]):
            pair = dict(zip(SYSTEMS, (*place, one, other), strict=True))
            compared = [
                {**pair, **row, "metric_name": metric_name(place[1])}
                for row in _side_by_side(pair, measured, directions.get(place), said)
            ]
            ratios = sorted(row["ratio"] for row in compared if row["ratio"] is not None)
            summary = {
                "matched": len(ratios),
                "mismatched": len(compared) - len(ratios),
                "geomean": geomean(ratios),
            }
            rows += [{**row, **summary} for row in compared]
    return pl.DataFrame(rows, schema=BenchmarkMatches.create_empty().schema).sort(
        *SYSTEMS, "workload", "clients", "baseline_clients", nulls_last=True
    )


def _by_metric(
    runs: pl.LazyFrame, systems: Collection[str] | None, *, with_ceilings: bool
) -> dict[tuple[str, str], dict[str, Measured]]:
    """What each system measured (of `systems` alone where given), by campaign and metric."""
    found: dict[tuple[str, str], dict[str, Measured]] = {}
    for place, arm in arms(runs, (*ARM, "clients")).items():
        campaign, workload, metric, system_id, clients = place
        is_result = with_ceilings or metric not in CEILINGS
        if arm.sessions and is_result and (systems is None or system_id in systems):
            of_system = found.setdefault((campaign, metric), {}).setdefault(system_id, {})
            of_system.setdefault(workload, {})[clients] = arm
    return found


def _pairs(
    systems: Collection[str], system: str | None, baseline: str | None
) -> Iterator[tuple[str, str]]:
    """The systems given against the others; of none given every two systems, once."""
    if system is None and baseline is None:
        yield from combinations(sorted(systems), 2)
        return
    ours = [
        one
        for one in systems
        if (_lies_in(one, system) if system is not None else not _lies_in(one, baseline))
    ]
    theirs = [
        one
        for one in systems
        if (_lies_in(one, baseline) if baseline is not None else not _lies_in(one, system))
    ]
    yield from ((one, other) for one, other in product(ours, theirs) if one != other)


def _lies_in(system_id: str, wanted: str | None) -> bool:
    """Whether an id is the one wanted or lies below it, in either case: `closed/DDN`."""
    folder = (wanted or "").rstrip("/").lower()
    return f"{system_id.lower()}/".startswith(f"{folder}/")


def _directions(claims: pl.DataFrame) -> dict[tuple[str, str], Direction]:
    """The direction that all claims on a metric of a campaign agree on."""
    named: dict[tuple[str, str], set[Direction]] = {}
    for campaign, metric, direction in claims.select("campaign", "metric", "direction").rows():
        named.setdefault((campaign, metric), set()).add(direction)
    return {place: found.pop() for place, found in named.items() if len(found) == 1}


def _side_by_side(
    pair: Row, measured: Mapping[str, Measured], direction: Direction | None, said: Said
) -> Iterator[Row]:
    """Every workload that either system measured; with equal numbers of clients where it can be."""
    ours, theirs = (measured[pair[name]] for name in SYSTEMS[2:])
    for workload in ours.keys() | theirs.keys():
        mine = ours.get(workload, {None: NO_ARM})
        yours = theirs.get(workload, {None: NO_ARM})
        equal = (mine.keys() & yours.keys()) - {None}
        for clients, baseline_clients in product(mine, yours):
            is_equal = clients == baseline_clients and clients is not None
            if not is_equal and clients in equal and baseline_clients in equal:
                continue
            system, baseline = mine[clients], yours[baseline_clients]
            better = direction or direction_of(pair["metric"], system.unit or baseline.unit)
            compared = Comparison(system, baseline, better)
            reasons = list(_mismatches(pair, compared, (clients, baseline_clients), said))
            low, high = (None, None) if reasons else compared.interval or (None, None)
            yield {
                "workload": workload,
                **system.columns(),
                **baseline.columns("baseline_"),
                "clients": clients,
                "baseline_clients": baseline_clients,
                "client_counts": f"{_named(system, clients)} and "
                f"{_named(baseline, baseline_clients)}",
                "is_matched": not reasons,
                "mismatches": [str(reason) for reason in reasons],
                "direction": better,
                "ratio": None if reasons else compared.ratio,
                "ratio_low": low,
                "ratio_high": high,
            }


def _named(arm: Arm, clients: int | None) -> str:
    """A client count as a word: none where the system did not measure the workload."""
    if arm is NO_ARM:
        return "none"
    return "unknown" if clients is None else str(clients)


def _mismatches(
    pair: Row, compared: Comparison, clients: tuple[int | None, int | None], said: Said
) -> Iterator[Reason]:
    """Everything that forbids a ratio of one workload; nothing where it is matched."""
    ids = [pair[name] for name in SYSTEMS[2:]]
    if not compared.fewest:
        yield Reason(Why.ONLY, (ids[0] if compared.system.sessions else ids[1],))
        return
    obstacle = compared.obstacle()
    if obstacle is not None and obstacle.code is Why.UNITS:
        yield obstacle
    if None in clients:
        yield Reason(Why.CLIENTS_UNKNOWN)
    elif clients[0] != clients[1]:
        yield Reason(Why.CLIENTS, clients)
    for name in ALIKE:
        ours, theirs = (said.get((one, name)) for one in ids)
        if ours is not None and theirs is not None and ours != theirs:
            yield Reason(Why.UNLIKE, (name, ours, theirs))
    if 0 in {compared.system.median, compared.baseline.median}:
        yield Reason(Why.ZERO)


def finding(frame: pl.DataFrame) -> str:
    """The geomean of the one pair, or how many workloads of several pairs are matched."""
    if frame.is_empty():
        return "No two systems measured the same metric for this choice"
    pairs = frame.unique(SYSTEMS).height
    matched = int(frame["is_matched"].sum())
    mismatched = frame.height - matched
    if pairs == 1 and matched:
        workloads = words.plural(matched, "matched workload")
        return f"{frame['geomean'][0]:.2f}× over {workloads}; {mismatched} mismatched, no ratio"
    of_pairs = words.plural(pairs, "pair of systems", "pairs of systems")
    return f"{matched} workloads matched over {of_pairs}; {mismatched} mismatched, no ratio"


PARAMETERS = tuple(
    Parameter(name=name, description=description)
    for name, description in (
        ("campaign", "Campaign; left out: every one"),
        ("metric", "Metric; left out: every one"),
        ("system", "System id, or what it lies in as `closed/DDN`; left out: every other"),
        ("baseline", "System id to compare with, or what it lies in; left out: every other"),
    )
)
QUESTIONS = (
    Question(
        name="benchmark_matches",
        asks="How do systems compare where workload and client count are the same?",
        shape=BenchmarkMatches,
        reads=reads,
        answer=benchmark_matches,
        finding=finding,
        filters="rows",
        parameters=PARAMETERS,
    ),
)
