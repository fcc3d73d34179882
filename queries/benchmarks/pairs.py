"""Which two systems are compared: those of the registered claims, or of the runs themselves."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import polars as pl

from queries.benchmarks.arms import PAIR, SETTING, Arm, Key, by_setting
from queries.benchmarks.metric_facts import CEILINGS
from queries.core.question import Parameter
from warehouse.context import Context
from warehouse.contract.columns import identifier

CLAIMED = ("claim_id", "direction", "margin_share", "registered_at")
CHOICE = tuple(
    Parameter(name=name, description=description)
    for name, description in (
        ("campaign", "Campaign; left out: every registered claim"),
        ("workload", "Workload; left out: every one"),
        ("metric", "Metric; left out: every one"),
        ("system", "System id; left out: the claim's, or the highest median"),
        ("baseline", "System id to compare with; left out: the claim's, or every other"),
    )
)

Row = dict[str, Any]


class PairKey(dy.Schema):
    """What names one pair of systems on a workload and metric: the columns of `PAIR`."""

    campaign = identifier("Campaign", key=True)
    workload = identifier("Workload", key=True)
    metric = identifier("Metric", key=True)
    system_id = identifier("System", key=True)
    baseline_system_id = identifier("System it is compared with", key=True)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be compared; None leaves it open."""

    campaign: str | None = None
    workload: str | None = None
    metric: str | None = None
    system: str | None = None
    baseline: str | None = None

    @property
    def setting(self) -> dict[str, tuple[str, ...]]:
        """Campaign, workload and metric, as far as they are given, by column."""
        given = {name: getattr(self, name) for name in SETTING}
        return {name: (value,) for name, value in given.items() if value is not None}

    @property
    def pair(self) -> list[pl.Expr]:
        """System and baseline, as far as they are given, as conditions on a pair."""
        given = {"system_id": self.system, "baseline_system_id": self.baseline}
        return [pl.col(name) == value for name, value in given.items() if value is not None]

    def of_claims(self, claims: pl.DataFrame, claim: str | None = None) -> pl.DataFrame:
        """The claims among `claims` that were asked for, `claim` by its id."""
        conditions = [pl.col(name).is_in(list(values)) for name, values in self.setting.items()]
        if claim is not None:
            conditions.append(pl.col("claim_id") == claim)
        return claims.filter(*conditions, *self.pair)


def newest(claims: pl.DataFrame) -> pl.DataFrame:
    """The newest registration of each claim, with its `version`: how many there are by then.

    Grain: claim_id; sorted by it.
    """
    return (
        claims.sort("claim_id", "registered_at")
        .with_columns(version=pl.len().over("claim_id").cast(pl.Int64))
        .unique("claim_id", keep="last", maintain_order=True)
        .sort("claim_id")
    )


def pairs(measured: Mapping[Key, Arm], claims: pl.DataFrame, wanted: Wanted) -> list[Row]:
    """The pairs to compare: the registered claims, or where there is none the runs' own.

    Of a claim registered twice the newest counts. Without a claim that fits, the systems
    measured under the same campaign, workload and metric are paired: the two given, the one
    given with every other, or else the one with the highest median with every other. Nothing
    wanted and nothing claimed gives no pair. How busy accelerators were is compared where that
    metric is wanted by name only: it tells what was measured, and is no result.

    Columns: those of `PAIR` and `CLAIMED`; sorted by the pair.
    """
    claimed = (
        claims.filter(*wanted.pair)
        .sort("registered_at", "claim_id")
        .unique(PAIR, keep="last", maintain_order=True)
    )
    if claimed.height or wanted == Wanted():
        return claimed.select(*PAIR, *CLAIMED).sort(PAIR).to_dicts()
    unclaimed = dict.fromkeys(CLAIMED)
    return sorted(
        (
            {**dict(zip(PAIR, (*setting, one, other), strict=True)), **unclaimed}
            for setting, systems in by_setting(measured).items()
            if wanted.metric is not None or setting[-1] not in CEILINGS
            for one in _systems(systems, wanted)
            for other in systems
            if one != other and wanted.baseline in {None, other}
        ),
        key=lambda row: tuple(row[name] for name in PAIR),
    )


def _systems(systems: Mapping[str, Arm], wanted: Wanted) -> list[str]:
    """The systems to compare with others: the one wanted, or the one with the highest median."""
    if wanted.system is not None:
        return [wanted.system] if wanted.system in systems else []
    if wanted.baseline is not None:
        return list(systems)
    return [max(systems, key=lambda one: _or_least(systems[one].median))]


def _or_least(median: float | None) -> float:
    return -math.inf if median is None else median


def on_the_filter(pairs: list[Row], systems: Collection[str], context: Context) -> list[Row]:
    """The pairs of which both systems are among those read, where a filter chose these."""
    if not context.hyperscaler:
        return pairs
    return [row for row in pairs if {row["system_id"], row["baseline_system_id"]} <= {*systems}]
