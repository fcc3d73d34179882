"""Waiting until every answer handed over for the disk lies there, as a process does at its end."""

from warehouse.cache import Cache, Snapshots


def settle(kept: Cache | Snapshots) -> None:
    snapshots = kept._snapshots if isinstance(kept, Cache) else kept  # noqa: SLF001
    snapshots._writer.submit(lambda: None).result()  # noqa: SLF001 (the queue it writes from)
