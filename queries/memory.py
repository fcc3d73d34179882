"""The process-wide cache of answers and of what is built from them, sized by the settings."""

import functools

import settings
from warehouse.cache import Cache

MIB = 1024 * 1024
# What an entry weighs beside its rows or arrays: its key, its objects, a few words.
OVERHEAD_BYTES = 4096


@functools.cache
def memory() -> Cache:
    """The one cache of this process."""
    return Cache(settings.whole_number("BELLWETHER_CACHE_MIB") * MIB)
