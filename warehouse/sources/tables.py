"""`load tables`: CSV or Parquet files named after the contract's tables."""

from pathlib import Path

from warehouse.contract.tables import TABLES
from warehouse.sources.batch import Batch, Delivery, LoadRefused
from warehouse.sources.files import SUFFIXES, data_files, nearest, read
from warehouse.sources.progress import Progress


def read_tables(path: Path, progress: Progress) -> Delivery:
    """One batch per file of `path`, a folder or a single file such as `accounts.csv`.

    Column names are matched without regard to case, as warehouses unload them in capitals.
    Raises `LoadRefused` for a file named after no table, or after a rollup, which the engine
    builds itself.
    """
    files = data_files(path, "tables")
    tables = [_table(file) for file in files]
    for file, table in zip(files, tables, strict=True):
        if tables.count(table) > 1:
            raise LoadRefused(
                f"{path} holds {table} twice ({file.name} is one of them).",
                "Keep one file per table.",
            )
    batches = []
    for number, (file, table) in enumerate(zip(files, tables, strict=True)):
        progress.step(f"reading {file.name}", 0.3 * number / len(files))
        batches.append(read_table(file, table))
    return Delivery(batches=batches, files=files)


def _table(file: Path) -> str:
    lower = file.name.lower()
    name = next(lower.removesuffix(end) for end in SUFFIXES if lower.endswith(end))
    if name not in TABLES:
        loadable = [table.name for table in TABLES.values() if not table.rollup]
        raise LoadRefused(
            f"{file.name} is named after no table of the contract{nearest(name, loadable)}.",
            f"Name files after these tables: {', '.join(loadable)}.",
        )
    if TABLES[name].rollup:
        raise LoadRefused(
            f"{file.name}: {name} is a rollup that the engine builds from other tables.",
            "Leave the file out; it is rebuilt after every load.",
        )
    return name


def read_table(file: Path, table: str) -> Batch:
    """The rows of one file under the columns of `table`, as far as it has them.

    Raises `LoadRefused` for a file that is not there or has a column twice.
    """
    if not file.exists():
        raise LoadRefused(f"{file} does not exist.", "Check the path.")
    contents = read(file)
    lower = {name.lower(): name for name in TABLES[table].columns}
    renamed = {
        name: lower[name.strip().lower()]
        for name in contents.columns
        if name.strip().lower() in lower
    }
    if len(set(renamed.values())) < len(renamed):
        raise LoadRefused(f"{file.name} has a column twice, in two spellings.", "Keep one of them.")
    return Batch(
        table=table,
        file=file.name,
        rows=contents.rows.rename(renamed),
        names_in_file={contract: found for found, contract in renamed.items()},
        columns=contents.columns,
        unreadable=contents.ragged,
        more_unreadable=contents.more_ragged,
    )
