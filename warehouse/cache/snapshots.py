"""Last good answers on disk, as Parquet: what a restarted app shows when the warehouse is gone."""

import hashlib
import json
import logging
import os
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from warehouse import clock
from warehouse.cache.single_flight import Key

LOG = logging.getLogger("bellwether.cache")
FACTS = "bellwether"
SUFFIX = ".parquet"
MOST_WAITING = 64
# No one answer takes more than this part of the room.
LARGEST_PART = 8


@dataclass(frozen=True)
class Snapshot:
    """A result as it lies on disk: its rows, and everything else of it as JSON values."""

    frame: pl.DataFrame
    facts: dict[str, Any]


class Snapshots:
    """One Parquet file per key in `folder`, at most `max_bytes` in all; the oldest leave first.

    Several warehouses share folder and room; `warehouse` tells the files of this one from the
    others'. It and the keys are hashed into names, so a name says nothing of what lies in it;
    only this user may read the folder. Writing happens behind the reader's back, and a disk that
    refuses costs a log line and a count, never an answer.
    """

    def __init__(self, folder: Path, max_bytes: int, warehouse: str = "") -> None:
        self._folder = folder
        self._prefix = f"{_hashed(warehouse)[:16]}-"
        self._max_bytes = max_bytes
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="snapshots")
        self._room_to_wait = threading.BoundedSemaphore(MOST_WAITING)
        self.failures = 0

    def keep(self, key: Key, snapshot: Snapshot) -> None:
        """Write the snapshot soon; whole or not at all.

        One that is too large, or comes while too many wait for the disk, is passed over.
        """
        if snapshot.frame.estimated_size() > self._max_bytes // LARGEST_PART:
            return
        if self._room_to_wait.acquire(blocking=False):
            self._writer.submit(self._write, self._path(key), snapshot)

    def drop(self, key: Key) -> None:
        """Remove the snapshot under `key` soon, after what was handed over before."""
        self._writer.submit(self._remove, self._path(key))

    def load(self, key: Key) -> Snapshot | None:
        """The snapshot under `key`; None where there is none that can be read."""
        path = self._path(key)
        try:
            facts = json.loads(pl.read_parquet_metadata(path)[FACTS])
            return Snapshot(pl.read_parquet(path), facts)
        except FileNotFoundError:
            return None
        except (OSError, KeyError, ValueError, pl.exceptions.PolarsError) as error:
            LOG.warning("A last good answer on disk could not be read.", exc_info=error)
            return None

    @property
    def size_bytes(self) -> int:
        """Bytes on disk, those of other warehouses too."""
        return sum(size for _, size, _ in self._files())

    def newest(self) -> float | None:
        """When this warehouse's newest was written, in seconds since 1970; None without any."""
        ours = (written for written, _, path in self._files() if path.name.startswith(self._prefix))
        return max(ours, default=None)

    def _path(self, key: Key) -> Path:
        return self._folder / f"{self._prefix}{_hashed(repr(key))}{SUFFIX}"

    def _write(self, path: Path, snapshot: Snapshot) -> None:
        draft: Path | None = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
            os.close(handle)
            draft = Path(name)
            snapshot.frame.write_parquet(draft, metadata={FACTS: json.dumps(snapshot.facts)})
            written = clock.now().timestamp()
            os.utime(draft, (written, written))
            draft.replace(path)
            self._make_room()
        except (OSError, pl.exceptions.PolarsError) as error:
            self.failures += 1
            LOG.warning("A last good answer could not be written.", exc_info=error)
        finally:
            self._room_to_wait.release()
            if draft is not None:
                draft.unlink(missing_ok=True)

    def _remove(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            self.failures += 1
            LOG.warning("A superseded answer could not be removed.", exc_info=error)

    def _make_room(self) -> None:
        files = sorted(self._files())
        held = sum(size for _, size, _ in files)
        for _, size, path in files:
            if held <= self._max_bytes:
                return
            path.unlink(missing_ok=True)
            held -= size

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        try:
            for path in self._folder.glob(f"*{SUFFIX}"):
                facts = path.stat()
                found.append((facts.st_mtime, facts.st_size, path))
        except OSError as error:
            LOG.warning("The last good answers on disk could not be listed.", exc_info=error)
        return found


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
