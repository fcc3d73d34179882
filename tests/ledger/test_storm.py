"""Two hundred people at once, 2,000 actions, killed and begun again: each exactly once."""

import random
import time
from collections import Counter

import polars as pl

from ledger import LedgerQuery, open_ledger
from tests.ledger.writers import PROCESSES, work

WORKERS, THREADS, ACTIONS_EACH = 5, 40, 10
ACTIONS = WORKERS * THREADS * ACTIONS_EACH
ACCOUNTS = 100
KILLS_EACH = 2


class Worker:
    """A process of many writers, killed and begun again with what it had not answered yet."""

    def __init__(self, url, writers):
        self._url = url
        self._writers = writers
        self.answered = Counter()
        self._start()

    def _start(self):
        left = [[one for one in mine if one not in self.answered] for mine in self._writers]
        self._ours, theirs = PROCESSES.Pipe(duplex=False)
        self._process = PROCESSES.Process(target=work, args=(self._url, left, ACCOUNTS, theirs))
        self._process.start()
        theirs.close()

    def kill(self):
        self._process.kill()
        self._hear()
        self._process.join()
        self._start()

    def finish(self):
        self._hear()
        self._process.join()
        assert self._process.exitcode == 0

    def _hear(self):
        try:
            while True:
                self.answered[self._ours.recv()] += 1
        except EOFError:
            self._ours.close()


def test_two_hundred_writers_and_random_kills_record_each_action_exactly_once(url):
    dice = random.Random(4)  # noqa: S311 (kills, no secrets)
    ledger = open_ledger(url)
    numbers = range(ACTIONS)
    writers = [numbers[first :: WORKERS * THREADS] for first in range(WORKERS * THREADS)]
    workers = [Worker(url, writers[first::WORKERS]) for first in range(WORKERS)]
    kills = dice.sample(workers * KILLS_EACH, k=WORKERS * KILLS_EACH)
    for worker in kills:
        time.sleep(dice.uniform(0.0, 0.2))
        worker.kill()
    for worker in workers:
        worker.finish()
    log = ledger.read(LedgerQuery("triage_actions"))
    said = log.select(pl.col("payload").str.json_path_match("$.text").cast(pl.Int64))
    assert sorted(said.to_series().to_list()) == list(numbers)
    assert sorted(sum((one.answered for one in workers), Counter()).elements()) == list(numbers)
    per_account = log.group_by("account_id").agg(pl.col("version").sort())
    assert per_account.height == ACCOUNTS
    each = list(range(1, ACTIONS // ACCOUNTS + 1))
    assert per_account["version"].to_list() == [each] * ACCOUNTS
    assert ledger.version("triage_actions") == ACTIONS
    attempts = ledger.read(LedgerQuery("triage_attempts"))
    assert set(attempts["action_id"]) & set(log["action_id"]) == set()
    assert ledger.version("triage_attempts") == attempts.height > 0
    ledger.close()
