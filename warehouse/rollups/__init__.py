"""The aggregations that run inside the engine: declared once, refreshed incrementally.

`usage_daily` holds a total per cluster, dimension and day; `account_usage_daily`, derived from
it, is what the pages read: its size depends on accounts and days, not on clusters and hours, and
it is sorted by day, so that a page's window costs the same however long the history.
"""

from warehouse.rollups.refresh import Refreshed, is_current, refresh

__all__ = ["Refreshed", "is_current", "refresh"]
