"""The rollups: aggregations that run inside the engine, each declared in one file of this package.

A module here that says `ROLLUP` is one, and nothing else lists it: its table joins the contract,
`refresh` keeps it in an embedded warehouse, and Snowflake keeps it as a dynamic table.
"""

import pkgutil
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module

from warehouse.rollups.rollup import Rollup


def collected() -> dict[str, Rollup]:
    """Every rollup that a module of this package declares, after those that it is made of."""
    found = {rollup.name: rollup for rollup in _declared()}
    needs = {
        name: [source for source in rollup.sources if source in found]
        for name, rollup in found.items()
    }
    return {name: found[name] for name in TopologicalSorter(needs).static_order()}


def _declared() -> Iterator[Rollup]:
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        # `refresh`, a package, needs the contract with every rollup in it.
        if not module.ispkg:
            rollup = getattr(import_module(module.name), "ROLLUP", None)
            if isinstance(rollup, Rollup):
                yield rollup


ROLLUPS = collected()

__all__ = ["ROLLUPS", "Rollup"]
