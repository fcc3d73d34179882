"""`register`: a benchmark claim written down before its runs, from a TOML file.

The file has the columns of `benchmark_claims` but `registered_at`, which the clock stamps.
"""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import sqlalchemy as sa

from warehouse import bounded, clock
from warehouse.contract.tables import TABLES
from warehouse.ddl import SQL_TABLES
from warehouse.sources.batch import LINE, Batch, Delivery, LoadRefused
from warehouse.sources.benchmarks.units import known
from warehouse.sources.comparison import columns_of, fetch, open_current
from warehouse.sources.files import nearest
from warehouse.sources.landing import land, stamp
from warehouse.sources.progress import Progress

CLAIMS = TABLES["benchmark_claims"]
STAMPED = "registered_at"
WORDS = tuple(name for name in CLAIMS.columns if name != STAMPED)
OPTIONAL = frozenset({"campaign_type", "control_campaign", "exclusions"})
Claim = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Registered:
    """What a registration did: the version in force, and how it came about.

    `changes` are the keys that differ from the version before, old and new, none for a first
    version or where nothing changed. `runs_before` counts runs of the same campaign, workload
    and metric that were there when the version was written; None where none was written now.
    """

    claim_id: str
    version: int
    registered_at: dt.datetime
    warehouse: str
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    runs_before: int | None = None

    @property
    def is_new(self) -> bool:
        """Whether the version was written now."""
        return self.runs_before is not None

    def lines(self) -> list[str]:
        """The same as a person reads it."""
        at = f"{self.registered_at:%Y-%m-%dT%H:%M:%SZ}"
        if not self.is_new:
            return [f"{self.claim_id} is version {self.version} since {at}; nothing changed."]
        lines = [f"Registered {self.claim_id}, version {self.version}, at {at}."]
        lines.extend(
            f"  {name}: {_shown(old)} in version {self.version - 1}, now {_shown(new)}"
            for name, (old, new) in self.changes.items()
        )
        if self.runs_before:
            noun = "run" if self.runs_before == 1 else "runs"
            lines.append(f"Not pre-registered: {self.runs_before:,} {noun} came first.")
        return lines

    def as_json(self) -> dict[str, Any]:
        """The same for a script."""
        return {
            "state": "registered" if self.is_new else "unchanged",
            "claim_id": self.claim_id,
            "version": self.version,
            "registered_at": self.registered_at.isoformat(),
            "warehouse": self.warehouse,
            "changes": {
                name: {"from": old, "to": new} for name, (old, new) in self.changes.items()
            },
            "runs_before": self.runs_before,
            "is_preregistered": None if self.runs_before is None else not self.runs_before,
        }


def register(path: Path, warehouse: Path, progress: Progress) -> Registered:
    """Write the claim of a TOML file down, unless its newest version says the same.

    Every change is a row of its own: none is replaced, and none can be dated by hand.
    Raises `LoadRefused` for a claim that cannot be registered, and what `land` raises.
    """
    claim = read_claim(path)
    before = stamp(warehouse)
    with open_current(warehouse) as current:
        versions = _versions(current, str(claim["claim_id"]))
        runs = _runs(current, claim)
    newest = versions[-1] if versions else {}
    changes = {
        name: (newest[name], claim[name])
        for name in WORDS
        if newest and newest[name] != claim[name]
    }
    if newest and not changes:
        return Registered(
            claim_id=claim["claim_id"],
            version=len(versions),
            registered_at=newest[STAMPED],
            warehouse=str(warehouse),
        )
    now = clock.now()
    if newest and newest[STAMPED] >= now:
        raise LoadRefused(
            f"{claim['claim_id']} was registered at {newest[STAMPED]:%Y-%m-%d %H:%M:%S} UTC, "
            f"which is not before now ({now:%Y-%m-%d %H:%M:%S} UTC).",
            "Set the machine's clock, then register again.",
        )
    land(
        Delivery(batches=[_batch(path, claim, now)], files=[path]),
        kind="registration",
        source=path,
        warehouse=warehouse,
        quarantine=False,
        progress=progress,
        before=before,
    )
    return Registered(
        claim_id=claim["claim_id"],
        version=len(versions) + 1,
        registered_at=now,
        warehouse=str(warehouse),
        changes=changes,
        runs_before=runs,
    )


def read_claim(path: Path) -> Claim:
    """The claim of a TOML file, every key with its value, None for one left out.

    Raises `LoadRefused` for a file that is no TOML, for keys that are unknown, missing or have a
    value that no claim can have, and for a unit that can mean two things.
    """
    try:
        said = bounded.content(path, bounded.LARGEST_TOML_BYTES, LoadRefused)
    except FileNotFoundError as error:
        raise LoadRefused(f"{path} does not exist.", "Check the path.") from error
    given = bounded.toml(path.name, said, LoadRefused, "Write one `key = value` a line.")
    if STAMPED in given:
        raise LoadRefused(
            f"{path.name} gives {STAMPED}, which the clock alone stamps.", "Leave the key out."
        )
    for name in given:
        if name not in WORDS:
            raise LoadRefused(
                f"{path.name} has the key {name}, which no claim has{nearest(name, WORDS)}.",
                f"Keys are {', '.join(WORDS)}.",
            )
    missing = [name for name in WORDS if name not in given and name not in OPTIONAL]
    if missing:
        raise LoadRefused(
            f"{path.name} does not say {', '.join(missing)}.",
            "Write them down before the first run.",
        )
    claim: Claim = {name: given.get(name) for name in WORDS}
    for name, value in claim.items():
        if name in given and (wrong := _error(name, value)):
            raise LoadRefused(f"{path.name}: {name} {wrong}.", "Correct the file.")
    known(str(claim["unit"]))
    if claim["system_id"] == claim["baseline_system_id"]:
        raise LoadRefused(
            f"{path.name} compares {claim['system_id']} with itself.",
            "Name two systems; an A/A control gives the second installation an id of its own.",
        )
    return claim | {"margin_share": float(claim["margin_share"])}


def _error(name: str, value: Any) -> str | None:
    """Why a key cannot have its value; None where it can."""
    if name == "planned_sessions":
        is_fit = isinstance(value, int) and not isinstance(value, bool) and value > 0
        return None if is_fit else f"is {value!r}, not a whole number above 0"
    if name == "margin_share":
        is_fit = isinstance(value, float | int) and not isinstance(value, bool) and 0 <= value < 1
        return None if is_fit else f"is {value!r}, not a share from 0 to below 1"
    if not isinstance(value, str) or not value.strip():
        return f"is {value!r}, not a text"
    choices = CLAIMS.choices(name)
    if choices and value not in choices:
        return f"is {value!r}, not one of {', '.join(choices)}"
    if name == "run_order" and set(value) != {"A", "B"}:
        return f"is {value!r}, not turns of A and B as ABBA"
    return None


def _versions(current: duckdb.DuckDBPyConnection, claim_id: str) -> list[Claim]:
    """Every registration of a claim, oldest first."""
    there = SQL_TABLES[CLAIMS.name]
    present = columns_of(current, CLAIMS.name)
    if not present:
        return []
    query = (
        sa.select(*(there.c[name] for name in CLAIMS.columns if name in present))
        .where(there.c.claim_id == claim_id)
        .order_by(there.c[STAMPED])
    )
    rows = fetch(current, query).with_columns(pl.col(STAMPED).dt.replace_time_zone("UTC"))
    return [dict.fromkeys(WORDS) | row for row in rows.to_dicts()]


def _runs(current: duckdb.DuckDBPyConnection, claim: Claim) -> int:
    """How many runs of the claim's campaign, workload and metric are there."""
    if not columns_of(current, "benchmark_runs"):
        return 0
    there = SQL_TABLES["benchmark_runs"]
    query = sa.select(sa.func.count()).where(
        *(there.c[name] == claim[name] for name in ("campaign", "workload", "metric"))
    )
    return int(fetch(current, query).item())


def _batch(path: Path, claim: Claim, now: dt.datetime) -> Batch:
    row = {name: [None if value is None else str(value)] for name, value in claim.items()}
    stamped = pl.Series(STAMPED, [now], dtype=pl.Datetime("us", "UTC"))
    rows = pl.DataFrame(row, schema=dict.fromkeys(claim, pl.String))
    return Batch(
        table=CLAIMS.name,
        file=path.name,
        rows=rows.with_columns(stamped, pl.lit(1, pl.Int64).alias(LINE)),
    )


def _shown(value: Any) -> str:
    return "unknown" if value is None else str(value)
