"""What the tests run in processes of their own."""

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
NOBODY = 65534


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
    """Act until a file may not grow beyond `room` bytes; what was recorded, and the fault."""
    ledger = open_ledger(url)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    recorded: list[str] = []
    fault = ""
    while not fault and len(recorded) < MOST_ACTIONS:
        name = f"a{len(recorded):03}"
        try:
            act(ledger, action(name, payload={"text": "x" * 1500}), len(recorded))
            recorded.append(name)
        except LedgerError as refused:
            fault = type(refused).__name__
    answers.send((recorded, fault))


def open_as_nobody(url: str, answers: Connection) -> None:
    """Open a ledger as a user who may only read it; the kind of fault and what it says.

    Opening it first as who runs the tests imports what this user might not be allowed to read.
    """
    open_ledger(url).close()
    path = Path(url.removeprefix("sqlite:///"))
    path.chmod(0o444)
    path.parent.chmod(0o555)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        open_ledger(url)
    except LedgerError as refused:
        answers.send((type(refused).__name__, refused.sentence))


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
