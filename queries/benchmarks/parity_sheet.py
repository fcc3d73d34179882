"""The parity sheet: the settings of two compared systems side by side, and what they come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import dataframely as dy
import polars as pl

from queries.benchmarks.arms import IDS, arms
from queries.benchmarks.compared import comparison_reads
from queries.benchmarks.pairs import CHOICE, Wanted, on_the_filter, pairs
from queries.benchmarks.template import Cell, Group, Parity, Side, parity, shipped
from queries.core.columns import metric
from queries.core.question import Question, read_whole
from queries.shared import words
from warehouse.context import Context
from warehouse.contract.benchmarks import CAMPAIGN_TYPES
from warehouse.contract.columns import flag, identifier, text, word
from warehouse.read import Read

# Facts of the system itself that a sheet shows like any other setting, with their unit.
DECLARED = {"storage": None, "price_usd_per_hour": "USD per hour", "price_date": None}
DECLARED_WITH = "Declared with the system"
NOTHING: Cell = {"value": None, "unit": None, "source": None}
NO_TEMPLATE = "no parity template: the claim names no campaign type"
# Rows that move no measured value: money counts in the view per USD, the others nobody asked.
UNCOUNTED = frozenset({Group.MONEY, Group.OTHER})

Row = dict[str, Any]
Cells = dict[str, dict[str, dict[str, Any]]]


class BenchmarkSettingsCompared(dy.Schema):
    """One row per pair of systems and setting."""

    system_id = identifier("System", key=True)
    baseline_system_id = identifier("System it is compared with", key=True)
    setting = identifier("Setting", key=True)
    value = text("Value of the system; null: unknown")
    unit = text("Unit of value")
    source = text("Where the value comes from")
    baseline_value = text("Value of the baseline; null: unknown")
    baseline_unit = text("Unit of the baseline's value")
    baseline_source = text("Where the baseline's value comes from")
    parity = word("Equal, a disclosed difference, or unknown on a side", *Parity)
    campaign_type = word("Whose template asks; null: none", *CAMPAIGN_TYPES, nullable=True)
    setting_group = word("Group of the parity sheet", *Group)
    is_under_test = flag("Belongs to what is compared, so that it may differ")
    favours = word("Whom the difference favours; null: nobody", *Side, nullable=True)
    worst_case_factor = metric("worst_case_factor", nullable=True)
    worst_case_source = text("Where the worst case comes from; null: no published bound")
    is_in_budget = flag("Counts against the claim: unknown, or a difference in its favour")
    is_unbounded = flag("May count against the claim, and has no documented worst case")
    broken_rule = text("The rule of the template it breaks; null: none")
    description = text("What the row asks; null: no template asks it")


def settings_reads(**wanted: str | None) -> dict[str, Read]:
    """What a comparison reads, the campaign type of every claim, and every setting."""
    reads = comparison_reads(**wanted)
    claims = reads["claims"]
    return {
        "runs": reads["runs"],
        "claims": Read(
            table=claims.table, columns=(*claims.columns, "campaign_type"), equal=claims.equal
        ),
        "systems": Read(table="benchmark_systems", columns=("system_id", *DECLARED)),
        "settings": read_whole("benchmark_settings"),
    }


def benchmark_settings_compared(
    runs: pl.LazyFrame,
    claims: pl.LazyFrame,
    systems: pl.LazyFrame,
    settings: pl.LazyFrame,
    *,
    context: Context,
    **wanted: str | None,
) -> pl.DataFrame:
    """The settings of both systems of each comparison, side by side, as the template asks them.

    Grain: system_id, baseline_system_id, setting; per pair the unknown first, then the disclosed
    differences. A value missing on either side, or a unit on one side only, is UNKNOWN and never
    equal; so is a setting that the template of the claim's campaign type asks and nobody wrote.
    Which template is said by the pair's newest registration that names a campaign type; a pair
    without one has the settings that were written, in the group Other.
    """
    registered = claims.collect()
    declared = systems.collect()
    chosen = on_the_filter(
        pairs(arms(runs), registered, Wanted(**wanted)), declared["system_id"].to_list(), context
    )
    named = registered.drop_nulls("campaign_type").sort("registered_at", "claim_id")
    types = {(row[IDS[0]], row[IDS[1]]): row["campaign_type"] for row in named.to_dicts()}
    ids = sorted({(row[IDS[0]], row[IDS[1]]) for row in chosen})
    return sheets(
        [{**dict(zip(IDS, one, strict=True)), "campaign_type": types.get(one)} for one in ids],
        written(declared, settings.collect()),
    )


def written(systems: pl.DataFrame, settings: pl.DataFrame) -> Cells:
    """The cells of each system by setting: what was written, and what the system declares."""
    cells: Cells = {}
    for row in systems.iter_rows(named=True):
        known = {name: row[name] for name in DECLARED if row[name] is not None}
        cells[row["system_id"]] = {
            name: {"value": str(value), "unit": DECLARED[name], "source": DECLARED_WITH}
            for name, value in known.items()
        }
    for row in settings.iter_rows(named=True):
        cell = {name: row[name] for name in NOTHING}
        cells.setdefault(row["system_id"], {})[row["setting"]] = cell
    return cells


def sheets(pairs_typed: Iterable[dict[str, Any]], cells: Cells) -> pl.DataFrame:
    """The parity sheet of each pair (`system_id`, `baseline_system_id`, `campaign_type`)."""
    rows = [
        row
        for pair in pairs_typed
        for row in judged(
            pair,
            cells.get(pair["system_id"], {}),
            cells.get(pair["baseline_system_id"], {}),
        )
    ]
    places = {str(name): place for place, name in enumerate(Parity)}
    schema = BenchmarkSettingsCompared.create_empty().schema
    return pl.DataFrame(rows, schema=schema).sort(
        *IDS, pl.col("parity").replace_strict(places, return_dtype=pl.Int64), "setting"
    )


def judged(
    pair: Mapping[str, Any], ours: Mapping[str, Cell], theirs: Mapping[str, Cell]
) -> list[Row]:
    """The rows of one pair's sheet: those that the template asks, then what else was written.

    `pair` has system_id, baseline_system_id and campaign_type; `ours` and `theirs` are the cells
    of each by setting.
    """
    template = shipped().get(pair["campaign_type"], {})
    names = dict.fromkeys([*template, *sorted({*ours, *theirs})])
    rows = []
    for setting in names:
        one, other = ours.get(setting, NOTHING), theirs.get(setting, NOTHING)
        asked = template.get(setting)
        state = parity(one, other)
        factor, source = asked.worst_case(state, one, other) if asked else (None, None)
        row = {
            **{name: pair[name] for name in IDS},
            "setting": setting,
            **one,
            **{f"baseline_{name}": value for name, value in other.items()},
            "parity": state,
            "campaign_type": pair["campaign_type"],
            "setting_group": asked.group if asked else Group.OTHER,
            "is_under_test": asked is not None and asked.is_under_test,
            "favours": asked.favoured(state, one, other) if asked else None,
            "worst_case_factor": factor,
            "worst_case_source": source,
            "broken_rule": asked.broken_rule(state, one, other) if asked else None,
            "description": asked.description if asked else None,
        }
        row["is_in_budget"] = is_in_budget(row)
        row["is_unbounded"] = is_unbounded(row) or is_unbounded_difference(row)
        rows.append(row)
    return rows


def is_unbounded(row: Row) -> bool:
    """Whether a row is unknown, counts in the raw view and has no documented worst case."""
    is_unknown = row["parity"] == Parity.UNKNOWN and row["setting_group"] not in UNCOUNTED
    return bool(is_unknown and row["worst_case_factor"] is None)


def is_unbounded_difference(row: Row) -> bool:
    """Whether a row differs, may favour the system, and has no documented worst case.

    Rows of money count in the view per USD only; what is under test may differ.
    """
    if (
        row["parity"] != Parity.DISCLOSED
        or row["setting_group"] == Group.MONEY
        or row["is_under_test"]
    ):
        return False
    return row["worst_case_factor"] is None and row["favours"] != Side.BASELINE


def is_in_budget(row: Row) -> bool:
    """Whether a row's worst case counts against the claim.

    It does where the row is unknown, or a disclosed difference that favours the system.
    """
    if (
        row["worst_case_factor"] is None
        or row["setting_group"] == Group.MONEY
        or row["is_under_test"]
    ):
        return False
    is_favourable = row["parity"] == Parity.DISCLOSED and row["favours"] == Side.SYSTEM
    return bool(row["parity"] == Parity.UNKNOWN or is_favourable)


def is_asked(sheet: Sequence[Row]) -> bool:
    """Whether a template asks for a row that counts in the raw view."""
    return any(row["setting_group"] not in UNCOUNTED for row in sheet)


class ParityVerdict(StrEnum):
    """Whether both systems were set up alike."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    INVALID = "INVALID"


@dataclass(frozen=True)
class SheetVerdict:
    """What a sheet comes to, and the settings that make it so; none where all are equal."""

    parity: ParityVerdict
    reasons: tuple[str, ...] = ()


def verdict_of(sheet: Sequence[Row]) -> SheetVerdict:
    """What the rows of one pair's sheet come to.

    CLOSED: every row is equal but what is under test. OPEN: the differences are disclosed and
    every unknown has a documented worst case. INVALID: an unknown has none, a rule is broken, or
    no template asks. Rows of money count in the view per USD only; a setting that no template
    asks keeps a sheet from being closed and invalidates none.
    """
    if not is_asked(sheet):
        return SheetVerdict(ParityVerdict.INVALID, (NO_TEMPLATE,))
    asked = [row for row in sheet if row["setting_group"] not in UNCOUNTED]
    broken = [f"{row['setting']} {row['broken_rule']}" for row in asked if row["broken_rule"]]
    unbounded = [
        row["setting"] for row in asked if is_unbounded(row) and row["broken_rule"] is None
    ]
    if broken or unbounded:
        named = {"breaks a rule": broken, "unknown without a bound": unbounded}
        return SheetVerdict(ParityVerdict.INVALID, _listed(named))
    rows = [row for row in sheet if row["setting_group"] != Group.MONEY]
    unknown = [row["setting"] for row in rows if row["parity"] == Parity.UNKNOWN]
    differs = [
        row["setting"]
        for row in rows
        if row["parity"] == Parity.DISCLOSED and not row["is_under_test"]
    ]
    if unknown or differs:
        named = {"unknown within a bound": unknown, "differs": differs}
        return SheetVerdict(ParityVerdict.OPEN, _listed(named))
    return SheetVerdict(ParityVerdict.CLOSED)


def _listed(named: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(f"{what}: {', '.join(names)}" for what, names in named.items() if names)


def finding(frame: pl.DataFrame) -> str:
    """How many settings differ and how many nobody knows."""
    if frame.is_empty():
        return "No settings are written down for this comparison"
    unknown, disclosed = (
        frame.filter(parity=name).height for name in (Parity.UNKNOWN, Parity.DISCLOSED)
    )
    settings = words.plural(frame.height, "setting")
    return f"Of {settings}: {unknown} unknown on a side, {disclosed} disclosed differences"


QUESTIONS = (
    Question(
        name="benchmark_settings_compared",
        asks="In which settings do the compared systems differ, and which are unknown?",
        shape=BenchmarkSettingsCompared,
        reads=settings_reads,
        answer=benchmark_settings_compared,
        finding=finding,
        filters="rows",
        parameters=CHOICE,
    ),
)
