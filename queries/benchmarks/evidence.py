"""What claims are judged by, as read: arms, settings, the A/A control, and what was registered."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from queries.benchmarks.arms import IDS, NO_ARM, Arm, Key, arms
from queries.benchmarks.comparison import Comparison, Decision, Reason, Verdict, Why, noise_floor
from queries.benchmarks.metric_facts import CEILINGS
from queries.benchmarks.pairs import Wanted
from queries.benchmarks.parity_sheet import DECLARED, Cells, judged, written
from queries.benchmarks.runs import RUN
from queries.benchmarks.template import Group, Parity
from queries.core.question import read_whole
from queries.shared import words
from queries.shared.statistics.power import FEWEST_SESSIONS
from warehouse.read import Read

Row = dict[str, Any]


@dataclass(frozen=True)
class Control:
    """The A/A control of a claim, the same system twice, or in `problem` why there is none."""

    compared: Comparison | None
    problem: Reason | None

    @cached_property
    def noise_floor_share(self) -> float | None:
        """How far the interval of its ratio reaches from 1; None without a control."""
        return noise_floor(self.compared.interval) if self.compared else None


@dataclass(frozen=True)
class Sides:
    """Both arms of a comparison, with what was registered about them."""

    compared: Comparison
    planned_sessions: int | None
    run_order: str | None
    control: Control
    is_ceiling: bool | None

    def decide(self, claim: Row) -> Decision:
        """The decision of a claim on its sessions, by the margin in force.

        Nothing is computed without a measured session in each arm, across units, or of a median
        of 0.
        """
        control = self.control
        obstacle = self._obstacle(claim)
        if obstacle is not None:
            few = self.compared.few_sessions()
            reasons = (obstacle, *few, *([control.problem] if control.problem else []))
            return Decision(verdict=Verdict.INCONCLUSIVE, reasons=reasons)
        found = self.compared.decide(
            claim["margin_share"], control.noise_floor_share, has_ceiling=self.is_ceiling is True
        )
        named = (
            control.problem if control.problem and reason.code is Why.NO_CONTROL else reason
            for reason in found.reasons
        )
        return replace(found, reasons=tuple(named))

    def is_preregistered(self, registered_at: dt.datetime) -> bool | None:
        """Whether the claim was written down before its first run, warm-ups too; None: unknown."""
        both = (self.compared.system, self.compared.baseline)
        if any(arm.first_start and arm.first_start < registered_at for arm in both):
            return False
        return True if all(arm.is_every_start_known for arm in both) else None

    def _obstacle(self, claim: Row) -> Reason | None:
        found = self.compared.obstacle(*(claim[name] for name in IDS))
        if found is not None and found.code is not Why.ZERO:
            return found
        (unit,) = self.compared.units
        if claim["unit"] not in {None, unit}:
            return Reason(Why.REGISTERED_UNIT, (claim["unit"], unit))
        return found


@dataclass(frozen=True)
class Evidence:
    """Everything that claims are judged by, as read."""

    arms: Mapping[Key, Arm]
    cells: Cells
    names: Mapping[str, str]
    tables: Mapping[str, pl.DataFrame]

    def compared(self, claim: Row) -> Comparison:
        """Both arms of a claim; an arm that was not measured is empty."""
        place = (claim["campaign"], claim["workload"], claim["metric"])
        system, baseline = (self.arms.get((*place, claim[name]), NO_ARM) for name in IDS)
        return Comparison(system, baseline, claim["direction"])

    def sides(self, claim: Row) -> Sides:
        """Both arms of a claim with its plan and its control."""
        return Sides(
            compared=self.compared(claim),
            planned_sessions=claim["planned_sessions"],
            run_order=claim["run_order"],
            control=control_of(claim, self.arms, self.cells),
            is_ceiling=ceiling(self.arms, claim),
        )

    def sheet(self, claim: Row) -> list[Row]:
        """The parity sheet of a claim's pair."""
        return judged(claim, *(self.cells.get(claim[name], {}) for name in IDS))

    def sha256(self, claim: Row) -> str:
        """SHA-256 of the registration and every row of its runs, control, systems and settings.

        The same rows give the same hash in whatever order they come: each counts as JSON with its
        columns sorted, instants in ISO 8601.
        """
        in_claim = pl.col("system_id").is_in([claim[name] for name in IDS])
        in_control = pl.col("campaign").eq_missing(pl.lit(claim["control_campaign"], pl.String))
        used = self.tables["runs"].filter(
            in_claim & (pl.col("campaign") == claim["campaign"]) | in_control,
            *(pl.col(name) == claim[name] for name in ("workload", "metric")),
        )
        systems = list({*(claim[name] for name in IDS), *used["system_id"]})
        rested_on = {
            "claim": [claim],
            "runs": used.to_dicts(),
            **{
                name: self.tables[name].filter(pl.col("system_id").is_in(systems)).to_dicts()
                for name in ("settings", "systems")
            },
        }
        digest = hashlib.sha256()
        for name, rows in rested_on.items():
            for line in sorted(json.dumps(row, sort_keys=True, default=str) for row in rows):
                digest.update(f"{name} {line}\n".encode())
        return digest.hexdigest()


def claim_reads(*, claim: str | None = None, **wanted: str | None) -> dict[str, Read]:
    """Every claim, the runs of the campaigns wanted and of their controls, systems, settings.

    The whole campaign is read: its claims are one family, and its other cases are counted.
    """
    of = dict(Wanted(**wanted).setting)
    if claim is not None:
        of["claim_id"] = (claim,)
    columns = (*RUN, "verification")
    table = "benchmark_claims"
    campaigns = Read(table=table, columns=("campaign",), equal=of)
    controls = Read(
        table=table, columns=("control_campaign",), equal=of, known=("control_campaign",)
    )
    return {
        "claims": read_whole(table),
        "runs": Read(table="benchmark_runs", columns=columns, within={"campaign": campaigns}),
        "controls": Read(table="benchmark_runs", columns=columns, within={"campaign": controls}),
        "systems": Read(table="benchmark_systems", columns=("system_id", "name", *DECLARED)),
        "settings": read_whole("benchmark_settings"),
    }


def evidence(
    runs: pl.LazyFrame, controls: pl.LazyFrame, systems: pl.LazyFrame, settings: pl.LazyFrame
) -> Evidence:
    """What was read, by arm and by cell; a run that is read for both counts once."""
    tables = {
        "runs": pl.concat([runs, controls]).unique(("run_id", "metric")).collect(),
        "systems": systems.collect(),
        "settings": settings.collect(),
    }
    return Evidence(
        arms=arms(tables["runs"].lazy()),
        cells=written(tables["systems"], tables["settings"]),
        names=dict(tables["systems"].select("system_id", "name").iter_rows()),
        tables=tables,
    )


def control_of(claim: Row, measured: Mapping[Key, Arm], cells: Cells) -> Control:
    """The control that a claim registered, on the same workload and metric.

    It is none where the campaign has not exactly two systems, where neither belongs to the claim,
    where a setting (but money) of theirs differs, below 6 sessions in an arm, or in two units.
    """
    campaign = claim["control_campaign"]
    if campaign is None:
        return Control(None, Reason(Why.CONTROL_UNREGISTERED))
    place = (campaign, claim["workload"], claim["metric"])
    ids = sorted(key[3] for key in measured if key[:3] == place)
    if len(ids) != 2:  # noqa: PLR2004 (the same system twice)
        found = words.plural(len(ids), "system")
        return Control(None, Reason(Why.CONTROL_SYSTEMS, (campaign, found)))
    first, second = (measured[*place, system_id] for system_id in ids)
    compared = Comparison(first, second)
    problem = _other_system(claim, ids, cells) or _unfit(campaign, compared)
    return Control(None, problem) if problem else Control(compared, None)


def _other_system(claim: Row, ids: list[str], cells: Cells) -> Reason | None:
    if not {claim[name] for name in IDS} & set(ids):
        return Reason(Why.CONTROL_STRANGE, (claim["control_campaign"],))
    pair = {**dict(zip(IDS, ids, strict=True)), "campaign_type": claim["campaign_type"]}
    for row in judged(pair, *(cells.get(one, {}) for one in ids)):
        if row["parity"] == Parity.DISCLOSED and row["setting_group"] != Group.MONEY:
            return Reason(Why.CONTROL_DIFFERS, (claim["control_campaign"], row["setting"]))
    return None


def _unfit(campaign: str, compared: Comparison) -> Reason | None:
    if compared.fewest < FEWEST_SESSIONS:
        return Reason(Why.CONTROL_SESSIONS, (campaign, compared.fewest, FEWEST_SESSIONS))
    if len(compared.units) != 1:
        return Reason(Why.CONTROL_UNITS, (campaign,))
    return None


def ceiling(measured: Mapping[Key, Arm], claim: Row) -> bool | None:
    """Whether the accelerators of both systems were as busy as can be; None where unknown."""
    place = (claim["campaign"], claim["workload"])
    for metric, full in CEILINGS.items():
        medians = [measured.get((*place, metric, claim[name]), NO_ARM).median for name in IDS]
        known = [median for median in medians if median is not None]
        if len(known) == len(IDS):
            return min(known) >= full
    return None
