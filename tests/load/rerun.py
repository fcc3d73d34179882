"""Warm reruns of every page over the websocket, against an empty page in the same run.

Each rerun of a page is preceded by one of the empty page, both after a pause, as after a reader's
click. A rerun changes to a data date that has been asked before, so what is measured is the page
and not the queries: wall time from the request to the script's end.
"""

import asyncio
import statistics
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from components.core.navigation import ENTRIES
from tests.load.measured import Figure, milliseconds, ratio
from tests.load.server import over, served, streamlit, tuned
from tests.load.session import Session, opened
from warehouse.demo.build import build

ROUNDS, FAST_ROUNDS, WARMING = 200, 40, 8
PAUSE_SECONDS = 0.02
MOST_TIMES_EMPTY = 4.0
# Two contexts that take turns, so that every rerun is a change; both show every page whole.
QUERIES = ("as_of=2026-01-31", "as_of=2026-01-30")
EMPTY_PAGE = "import streamlit as st\n\nst.title('Empty')\n"


@dataclass
class Pair:
    """A page's reruns and the empty page's between them, in milliseconds."""

    page: Session
    empty: Session
    page_ms: list[float] = field(default_factory=list)
    empty_ms: list[float] = field(default_factory=list)


def measure(*, fast: bool) -> list[Figure]:
    """Per page: p95 and p50 against the empty page's, the times, the bytes, the errors seen."""
    with tempfile.TemporaryDirectory() as name:
        demo = Path(name) / "demo.duckdb"
        build(demo)
        pages = tuple(entry.page for entry in ENTRIES)
        pairs = paired(demo, pages, FAST_ROUNDS if fast else ROUNDS)
    # One page's share of them is too few for a steady p95: it has two modes, 4 and 7 ms.
    nothing = [took for pair in pairs.values() for took in pair.empty_ms]
    return [
        figure
        for page, pair in pairs.items()
        for figure in figures(f"rerun of {page}", pair, nothing)
    ]


def paired(warehouse: Path, pages: tuple[str, ...], rounds: int) -> dict[str, Pair]:
    """Reruns of these pages over a warehouse, each beside one of the empty page."""
    folder = warehouse.parent
    script = folder / "empty.py"
    script.write_text(EMPTY_PAGE, encoding="utf-8")
    with (
        served(*streamlit(tuned(script, folder))) as empty,
        served(*streamlit("asgi.py"), environment=over(warehouse)) as app,
    ):
        return asyncio.run(_alternate(app.host, empty.host, pages, rounds))


async def _alternate(app: str, empty: str, pages: tuple[str, ...], rounds: int) -> dict[str, Pair]:
    async with AsyncExitStack() as stack:
        pairs = {
            page: Pair(
                await stack.enter_async_context(opened(app, page)),
                await stack.enter_async_context(opened(empty, "")),
            )
            for page in pages
        }
        for turn in range(-WARMING, rounds):
            query = QUERIES[turn % len(QUERIES)]
            for pair in pairs.values():
                await asyncio.sleep(PAUSE_SECONDS)
                nothing = await pair.empty.rerun(query)
                await asyncio.sleep(PAUSE_SECONDS)
                took = await pair.page.rerun(query)
                if turn >= 0:
                    pair.empty_ms.append(nothing)
                    pair.page_ms.append(took)
    return pairs


def figures(what: str, pair: Pair, empty_ms: list[float]) -> list[Figure]:
    """What the reruns took against the run's of the empty page, what was sent, errors seen."""
    p50, p95 = percentiles(pair.page_ms)
    empty_p50, empty_p95 = percentiles(empty_ms)
    return [
        ratio(f"{what}, p95 to an empty page's", p95, empty_p95, MOST_TIMES_EMPTY),
        ratio(f"{what}, p50 to an empty page's", p50, empty_p50),
        milliseconds(f"{what}, p95", p95),
        milliseconds(f"{what}, p50", p50),
        Figure(figure=f"{what}, sent", value=pair.page.received_bytes / 1000, unit="kB"),
        Figure(figure=f"{what}, faults", value=len(pair.page.errors), unit="", limit=0),
    ]


def percentiles(values: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    return statistics.median(values), statistics.quantiles(values, n=20, method="inclusive")[-1]
