"""One look serves everybody who asks meanwhile, and an outage is looked at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from warehouse.engine.snowflake.watch import Watch
from warehouse.errors import WarehouseUnavailable

GONE = WarehouseUnavailable("Gone.", "Wait.")


class Catalog:
    """Says the outcomes in turn, the last of them for ever, and counts the looks."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.looks = 0
        self.at = 0.0
        self.watch = Watch(self.look, 60, now=lambda: self.at)

    def look(self):
        self.looks += 1
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def test_a_version_stands_for_its_time_and_no_longer():
    catalog = Catalog("one", "two")
    for catalog.at, version, looks in ((0, "one", 1), (59.9, "one", 1), (60, "two", 2)):
        assert (catalog.watch.version(), catalog.looks) == (version, looks)


def test_a_failed_look_stands_for_fifteen_seconds_and_is_then_forgotten():
    catalog = Catalog("one", GONE, "two")
    assert catalog.watch.version() == "one"
    for catalog.at in (60, 74.9):
        with pytest.raises(WarehouseUnavailable, match="Gone"):
            catalog.watch.version()
    assert catalog.looks == 2
    catalog.at = 75
    assert (catalog.watch.version(), catalog.looks) == ("two", 3)


def ten_at_once(watch):
    def ask():
        try:
            return watch.version()
        except WarehouseUnavailable as error:
            return error

    with ThreadPoolExecutor(10) as pool:
        return [asked.result() for asked in [pool.submit(ask) for _ in range(10)]]


@pytest.mark.parametrize("outcome", ["one", GONE])
def test_ten_who_ask_at_once_look_once(outcome):
    catalog = Catalog(outcome)
    assert ten_at_once(catalog.watch) == [outcome] * 10
    assert catalog.looks == 1


def test_while_one_looks_the_others_go_on_with_what_was_seen():
    looking, done = threading.Event(), threading.Event()

    def look():
        looking.set()
        assert done.wait(5)
        return "new"

    at = [0.0]
    watch = Watch(lambda: "old", 60, now=lambda: at[0])
    assert watch.version() == "old"
    watch._look = look  # noqa: SLF001 (the next look takes its time)
    at[0] = 60
    with ThreadPoolExecutor(1) as pool:
        looked = pool.submit(watch.version)
        assert looking.wait(5)
        assert watch.version() == "old"
        done.set()
        assert looked.result() == "new"
    assert watch.version() == "new"
