"""The process-wide cache of answers and of what is built from them, sized by the settings."""

import functools

import settings
from warehouse.cache import Cache

MIB = 1024 * 1024


@functools.cache
def memory() -> Cache:
    """The one cache of this process."""
    return Cache(settings.whole_number("BELLWETHER_CACHE_MIB") * MIB)
