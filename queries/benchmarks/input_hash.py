"""The hash of what a claim rests on: the same rows, the same hash, in whatever order they come."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

Row = dict[str, Any]


def inputs_sha256(claim: Row, tables: Mapping[str, pl.DataFrame]) -> str:
    """SHA-256 of the registration and of every row of its runs, control, systems and settings.

    `tables` are `runs`, `systems` and `settings`, of at least these; each row counts as JSON with
    its columns sorted, instants in ISO 8601.
    """
    ids = [claim["system_id"], claim["baseline_system_id"]]
    in_claim = pl.col("system_id").is_in(ids) & (pl.col("campaign") == claim["campaign"])
    in_control = pl.col("campaign").eq_missing(pl.lit(claim["control_campaign"], pl.String))
    used = tables["runs"].filter(in_claim | in_control, *_same_measure(claim))
    systems = list({*ids, *used["system_id"]})
    rested_on = {
        "claim": [claim],
        "runs": used.to_dicts(),
        **{
            name: tables[name].filter(pl.col("system_id").is_in(systems)).to_dicts()
            for name in ("settings", "systems")
        },
    }
    digest = hashlib.sha256()
    for name, rows in rested_on.items():
        for line in sorted(json.dumps(row, sort_keys=True, default=str) for row in rows):
            digest.update(f"{name} {line}\n".encode())
    return digest.hexdigest()


def _same_measure(claim: Row) -> list[pl.Expr]:
    return [pl.col(name) == claim[name] for name in ("workload", "metric")]
