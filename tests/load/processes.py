"""Simulations of the bench, each part in a process of its own.

A process forked beside the threads of Polars waits forever, so these come from a process that has
none.
"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

PROCESSES = 2
FORK_SERVER = multiprocessing.get_context("forkserver")

T = TypeVar("T")


def of_each_part(work: Callable[[range], T], number: int) -> list[T]:
    """What `work` answers for each part of `range(number)`; the parts are of equal size but one."""
    parts = [range(first, number, PROCESSES) for first in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=FORK_SERVER) as workers:
        return list(workers.map(work, parts))
