"""What the tests run in processes of their own."""

import ctypes
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess as Process
from pathlib import Path

import sqlalchemy as sa

from ledger import LedgerError, open_ledger
from ledger.triage import Recorded, act
from tests.ledger.making import action

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.ledger.writers"])
MOST_ACTIONS = 500
# The kernel's numbers: which layout of capabilities is meant, and root's right to write anywhere.
CAPABILITIES_VERSION, DAC_OVERRIDE = 0x20080522, 1


def in_a_process(target: Callable[..., None], *arguments: object) -> tuple[Process, Connection]:
    """A process that has ended, and what it answered, `EOFError` where it did not."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=target, args=(*arguments, theirs))
    process.start()
    theirs.close()
    process.join()
    return process, ours


def open_and_act(url: str, number: int) -> int:
    """Open the ledger, perhaps as the first, and act once; the version it became."""
    ledger = open_ledger(url)
    outcome = act(ledger, action(f"a{number}", account_id=f"account-{number}"), 0)
    ledger.close()
    return outcome.version


def act_until_killed(url: str, step: int, account: str, answers: Connection) -> None:
    """Act once and answer, but die at the `step`-th moment at which the database is asked."""
    ledger = open_ledger(url)
    passed = 0

    def pass_by(*_: object) -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("begin", "before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(sa.Engine, moment, pass_by)
    sa.event.listen(sa.Pool, "checkin", pass_by)
    outcome = act(ledger, action(f"a-{account}", account_id=account), 0)
    pass_by()
    answers.send(outcome.version)


def act_with_little_room(url: str, room: int, answers: Connection) -> None:
    """Act until a file may not grow beyond `room` bytes; what was recorded, and the error."""
    ledger = open_ledger(url)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    recorded: list[str] = []
    error = ""
    while not error and len(recorded) < MOST_ACTIONS:
        name = f"a{len(recorded):03}"
        try:
            act(ledger, action(name, payload={"text": "x" * 1500}), len(recorded))
            recorded.append(name)
        except LedgerError as refused:
            error = type(refused).__name__
    answers.send((recorded, error))


def open_without_writing(url: str, answers: Connection) -> None:
    """Open a ledger that this user may only read; the kind of error and what it says.

    Root gives up its right to write anywhere and keeps the one to read: another user might not
    enter the folder in which this very code lies.
    """
    path = Path(url.removeprefix("sqlite:///"))
    for file in path.parent.iterdir():
        file.chmod(0o444)
    path.parent.chmod(0o555)
    if os.geteuid() == 0:
        kernel = ctypes.CDLL(None, use_errno=True)
        header, held = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION, 0), (ctypes.c_uint32 * 6)()
        kernel.capget(header, held)
        # Effective, permitted and inheritable, of the first 32.
        for place in range(3):
            held[place] &= ~(1 << DAC_OVERRIDE)
        kernel.capset(header, held)
    try:
        open_ledger(url)
    except LedgerError as refused:
        answers.send((type(refused).__name__, refused.in_full))


def work(url: str, numbers: Sequence[Sequence[int]], accounts: int, answers: Connection) -> None:
    """One thread per list of numbers; each number is acted on until it is recorded once.

    An action's id is its number and its attempt, so that a process started again after a kill
    retries the very clicks of the one before.
    """
    ledger = open_ledger(url)
    alone = threading.Lock()

    def writer(mine: Sequence[int]) -> None:
        seen = dict.fromkeys(range(accounts), 0)
        for number in mine:
            account = number % accounts
            attempt = 0
            is_recorded = False
            while not is_recorded:
                attempt += 1
                click = action(
                    f"{number}-{attempt}",
                    account_id=f"account-{account}",
                    author=f"writer-{number}",
                    payload={"text": str(number)},
                )
                outcome = act(ledger, click, seen[account])
                seen[account] = outcome.version
                is_recorded = isinstance(outcome, Recorded)
            with alone:
                answers.send(number)

    with ThreadPoolExecutor(len(numbers)) as pool:
        list(pool.map(writer, numbers))
