"""`load focus`: cost-and-usage files in FOCUS 1.0 or later become usage charges.

A charge is known by its content, as FOCUS gives a line no id of its own: `charge_id` is a hash
over the columns of `IDENTIFYING` (what was charged, when, to whom, for how much; not names and
tags, which are edited afterwards) and the number of its occurrence among exactly equal charges of
the same file. So the same bill under another file name, in another order or as Parquet instead of
CSV is the same set of charges, and two equal lines of one bill both count. Equal charges in two
files are one charge: files of one bill overlap more often than they split equal lines.
"""

import hashlib
import json
from pathlib import Path

import polars as pl

from warehouse.sources.batch import LINE, Batch, Delivery, LoadRefused
from warehouse.sources.cast import cast
from warehouse.sources.files import Contents, data_files, read
from warehouse.sources.focus_names import (
    AMOUNTS,
    FOCUS_COLUMNS,
    HOST_COLUMNS,
    HYPERSCALER_OF,
    IDENTIFYING,
    INSTANTS,
    LANDED,
    VOCABULARIES,
)
from warehouse.sources.progress import Progress

TABLE = "usage_charges"
_CANONICAL = {name.lower(): name for name in FOCUS_COLUMNS}
_KEPT = frozenset(name.lower() for name in IDENTIFYING)


def read_focus(path: Path, progress: Progress) -> Delivery:
    """The charges of a FOCUS file, or of every FOCUS file in a folder.

    The hyperscaler is read from HostProviderName (1.3 and later), else from ProviderName, by the
    spellings of `HYPERSCALER_OF`; any other provider is kept as `other` under its own name.
    `NULL` written as text is null. Words of FOCUS's closed vocabularies get FOCUS's casing.
    """
    files = data_files(path, "focus")
    batches: list[Batch] = []
    notes: list[str] = []
    seen = pl.Series("charge_id", [], dtype=pl.String)
    repeated = 0
    for number, file in enumerate(files):
        progress.step(f"reading {file.name}", 0.3 * number / len(files))
        contents = read(file, keep=_KEPT)
        bill = _spelled(contents.rows, file.name)
        rows = _charges(bill, file.name)
        fresh = rows.filter(~pl.col("charge_id").is_in(seen.implode()))
        repeated += rows.height - fresh.height
        seen = pl.concat([seen, fresh["charge_id"]])
        notes.extend(_unknown_columns(file.name, contents))
        host = next((name for name in HOST_COLUMNS if name in bill.columns), HOST_COLUMNS[0])
        batches.append(
            Batch(
                table=TABLE,
                file=file.name,
                rows=fresh,
                names_in_file=LANDED | {"host_provider": host, "host_provider_name": host},
                columns=contents.columns,
                unreadable=contents.ragged,
                more_unreadable=contents.more_ragged,
            )
        )
    providers = _providers(batches)
    notes.extend(
        f"{name}: {rows:,} rows kept as host_provider other"
        for name, rows in providers.items()
        if name.lower() not in HYPERSCALER_OF
    )
    return Delivery(
        batches=batches,
        files=files,
        notes=notes,
        provenance=frozenset({"source_file", "source_line"}),
        providers=providers,
        repeated={TABLE: repeated},
    )


def _spelled(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    """The rows under FOCUS's own column names and casing, with written-out nulls as nulls."""
    names = {name: _CANONICAL[name.strip().lower()] for name in rows.columns if name != LINE}
    if len(set(names.values())) < len(names):
        raise LoadRefused(f"{file} has a column twice, in two spellings.", "Keep one of them.")
    bill = rows.rename(names).with_columns(
        pl.col(pl.String).replace(["NULL", "null", ""], [None, None, None])
    )
    return bill.with_columns(
        pl.col(name)
        .str.strip_chars()
        .str.to_lowercase()
        .replace_strict({word.lower(): word for word in words}, default=pl.col(name))
        for name, words in VOCABULARIES.items()
        if bill.schema.get(name) == pl.String
    )


def _charges(bill: pl.DataFrame, file: str) -> pl.DataFrame:
    hosts = [pl.col(name).cast(pl.String) for name in HOST_COLUMNS if name in bill.columns]
    if hosts:
        host = pl.coalesce(hosts).str.strip_chars().alias(HOST_COLUMNS[0])
        bill = bill.with_columns(host).drop(HOST_COLUMNS[1:], strict=False)
    rows = bill.select(
        _charge_ids(bill),
        *(pl.col(focus).alias(name) for name, focus in LANDED.items() if focus in bill.columns),
        pl.lit(file).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        LINE,
    )
    if not hosts:
        return rows
    name = bill[HOST_COLUMNS[0]].alias("host_provider_name")
    known = name.str.to_lowercase().replace_strict(HYPERSCALER_OF, default="other")
    return rows.with_columns(name, pl.when(name.is_not_null()).then(known).alias("host_provider"))


def _charge_ids(bill: pl.DataFrame) -> pl.Series:
    """One id per charge: the hash of its identifying content, then its occurrence from 1.

    Numbers and instants are hashed by value, so that 2.0 and 2.000 are one amount; absent and
    null columns are left out of the hash, so that a later export's new columns change nothing.
    """
    present = sorted(name for name in set(IDENTIFYING) if name in bill.columns)
    content = pl.DataFrame([_by_value(bill[name]) for name in present])
    digests = [
        hashlib.sha256(
            json.dumps(
                [pair for pair in zip(present, row, strict=True) if pair[1] is not None]
            ).encode()
        ).hexdigest()[:32]
        for row in content.iter_rows()
    ]
    occurrence = pl.int_range(1, pl.len() + 1).over("digest")
    return (
        pl.DataFrame({"digest": pl.Series(digests, dtype=pl.String)})
        .select(pl.format("{}-{}", "digest", occurrence).alias("charge_id"))
        .to_series()
    )


def _by_value(column: pl.Series) -> pl.Series:
    name = column.name
    if name in AMOUNTS:
        amount = cast(column, pl.Float64())
        # Adding 0.0 makes the two zeros of floating point one.
        return amount + 0.0 if amount.null_count() == column.null_count() else column
    if name in INSTANTS:
        value = cast(column, pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        return value if value.null_count() == column.null_count() else column.cast(pl.String)
    return column.cast(pl.String).str.strip_chars()


def _unknown_columns(file: str, contents: Contents) -> list[str]:
    unknown = [
        name
        for name in contents.columns
        if name.strip().lower() not in _CANONICAL and not name.startswith("x_")
    ]
    return [f"{file}: ignored, no FOCUS column: {', '.join(unknown)}"] if unknown else []


def _providers(batches: list[Batch]) -> dict[str, int]:
    names = [
        batch.rows["host_provider_name"]
        for batch in batches
        if "host_provider_name" in batch.rows.columns
    ]
    if not names:
        return {}
    counts = pl.concat(names).drop_nulls().rename("name").value_counts(name="rows")
    return dict(counts.sort("rows", "name", descending=[True, False]).iter_rows())
