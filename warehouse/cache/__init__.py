"""The only room that remembers results: in memory while fresh, on disk as the last good answer.

It knows nothing of Streamlit, so that the page, the terminal and a notebook share its rules.
"""

from warehouse.cache.cache import Cache, CacheRequest, CacheResult
from warehouse.cache.single_flight import Key
from warehouse.cache.snapshots import Snapshot, Snapshots
from warehouse.cache.store import Store

__all__ = ["Cache", "CacheRequest", "CacheResult", "Key", "Snapshot", "Snapshots", "Store"]
