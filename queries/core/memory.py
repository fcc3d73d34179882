"""The process-wide memory: answers and what is built from them, sized by the settings."""

import datetime as dt
import functools
from pathlib import Path

import settings
from warehouse.cache import Cache, Snapshots, Store

MIB = 1024 * 1024
# What an entry weighs beside its rows or arrays: its key, its objects, a few words.
OVERHEAD_BYTES = 4096
MOST_WAREHOUSES = 8


@functools.cache
def memory() -> Store:
    """The one store of this process."""
    return Store(settings.whole_number("BELLWETHER_CACHE_MIB") * MIB)


def cache() -> Cache:
    """The cache of the warehouse that the settings name; raises `SettingInvalid`."""
    return _cache_of(settings.warehouse_url())


def built_cache() -> Cache:
    """The cache of answers that are built on others: their errors are not the warehouse's."""
    return _cache_of("answers built on others")


def _cache_of(what: str) -> Cache:
    return _cache(
        what,
        settings.folder("BELLWETHER_LAST_GOOD"),
        settings.whole_number("BELLWETHER_LAST_GOOD_MIB"),
        settings.whole_number("BELLWETHER_STALEST_HOURS"),
    )


@functools.lru_cache(MOST_WAREHOUSES)
def _cache(what: str, folder: Path, most_mib: int, stalest_hours: int) -> Cache:
    # Each warehouse has its own: one that is gone says nothing of another.
    return Cache(
        memory(),
        Snapshots(folder, most_mib * MIB, what),
        stalest=dt.timedelta(hours=stalest_hours),
    )
