"""What a bench measures: figures with their limits, the machine, and both on paper."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

OPENS, CLOSES = "<!-- measured -->\n", "<!-- end of measured -->"
PACKAGES = ("streamlit", "polars", "duckdb", "plotly")
GIB = 1024**3


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure: what it is, its value and unit, the limit it must keep (None: only reported)."""

    figure: str
    value: float
    unit: str
    limit: float | None = None
    direction: Literal["lower", "higher"] = "lower"

    @property
    def misses(self) -> bool:
        """Whether the value lies beyond the limit."""
        if self.limit is None:
            return False
        return self.value > self.limit if self.direction == "lower" else self.value < self.limit


def ratio(figure: str, value: float, base: float, limit: float | None = None) -> Figure:
    """`value` as a multiple of `base`, both measured in the same run."""
    return Figure(figure=figure, value=round(value / base, 3), unit="×", limit=limit)


def milliseconds(figure: str, value: float, limit: float | None = None) -> Figure:
    """A duration in milliseconds."""
    return Figure(figure=figure, value=round(value, 3), unit="ms", limit=limit)


def machine() -> dict[str, Any]:
    """Where it was measured: processor, cores, memory, Python and the packages that decide."""
    processors = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line for line in processors if line.startswith("model name")), ": unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": model.split(":", 1)[1].strip(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / GIB),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def as_json(figures: Iterable[Figure], *, fast: bool) -> str:
    """The document that is committed; `fast` says that it was a short run."""
    document = {
        "machine": machine(),
        "fast": fast,
        "figures": [asdict(figure) for figure in figures],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> list[Figure]:
    """The figures of such a document."""
    return [Figure(**figure) for figure in json.loads(text)["figures"]]


def as_markdown(written: str) -> str:
    """Such a document as Markdown: where it was measured, and its figures as a table."""
    document = json.loads(written)
    where = document["machine"]
    parts = [
        f"Measured on {where['processor']}",
        f"{where['cores']} cores, {where['memory_gib']} GiB",
        f"Python {where['python']}",
        *(f"{name} {number}" for name, number in where["packages"].items()),
        *(["in a short run, which says little"] if document["fast"] else []),
    ]
    rows = [f"| {' | '.join(_cells(one))} |" for one in from_json(written)]
    lines = [f"{', '.join(parts)}.", "", "| Figure | Value | Limit |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def as_text(figures: Iterable[Figure]) -> str:
    """The figures as a table for the terminal; what misses its limit is marked."""
    rows = [(*_cells(one), "MISSED" if one.misses else "") for one in figures]
    wide = max((len(name) for name, *_ in rows), default=0)
    lines = [
        f"{name:<{wide}}  {value:>12}  {limit:>14}  {missed}".rstrip()
        for name, value, limit, missed in rows
    ]
    return "\n".join(lines) + "\n"


def with_table(page: str, written: str) -> str:
    """`page` with what stands between its two marks replaced by the Markdown of a document."""
    before, _, rest = page.partition(OPENS)
    _, _, after = rest.partition(CLOSES)
    return f"{before}{OPENS}{as_markdown(written)}{CLOSES}{after}"


def _cells(figure: Figure) -> tuple[str, str, str]:
    limit = ""
    if figure.limit is not None:
        word = "at most" if figure.direction == "lower" else "at least"
        limit = f"{word} {figure.limit:g} {figure.unit}"
    return figure.figure, f"{figure.value:,.4g} {figure.unit}".rstrip(), limit.rstrip()
