"""`python -m tests.load`: measure, print a table, write it where asked; 1 where a limit is missed.

python -m tests.load [--fast] [--only PART ...] [--write FILE] [--page DOCUMENT]
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import settings
from tests.load import (
    bands,
    book,
    cache_hit,
    clicks,
    coverage,
    first_visit,
    limits,
    losses,
    rerun,
    sessions,
    shuffles,
    size,
)
from tests.load.measured import Figure, as_json, as_text, with_table

PARTS: dict[str, Callable[..., list[Figure]]] = {
    "rerun": rerun.measure,
    "cache": cache_hit.measure,
    "sessions": sessions.measure,
    "clicks": clicks.measure,
    "open": first_visit.measure,
    "size": size.measure,
    "book": book.measure,
    "coverage": coverage.measure,
    "shuffles": shuffles.measure,
    "limits": limits.measure,
    "bands": bands.measure,
    "losses": losses.measure,
}


def main() -> int:
    """Measure the parts asked for, every one by default; the exit code."""
    settings.reach_this_machine_directly()
    parser = argparse.ArgumentParser(prog="tests.load", description="Measure Bellwether.")
    parser.add_argument("--fast", action="store_true", help="a short run, to see that it works")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    parser.add_argument("--write", type=Path, help="write the figures there as JSON")
    parser.add_argument("--page", type=Path, help="put the table into this page")
    arguments = parser.parse_args()
    figures: list[Figure] = []
    for part in arguments.only:
        sys.stdout.write(f"\n{part}\n")
        measured = PARTS[part](fast=arguments.fast)
        sys.stdout.write(as_text(measured))
        sys.stdout.flush()
        figures += measured
    written = as_json(figures, fast=arguments.fast)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text(written, encoding="utf-8")
    if arguments.page:
        page = arguments.page.read_text(encoding="utf-8")
        arguments.page.write_text(with_table(page, written), encoding="utf-8")
    missed = [figure.figure for figure in figures if figure.misses]
    if missed:
        sys.stdout.write("\nMissed: " + "; ".join(missed) + "\n")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
