"""The store: bounded in bytes, one flight per key, failures forgotten, plain keys only."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from warehouse.cache import Store


def remembered(store, key, value, size=10):
    return store.remember(key, lambda: value, lambda _: size)


def test_a_result_is_made_once():
    store = Store(100)
    assert remembered(store, ("a",), 1) == 1
    assert remembered(store, ("a",), 2) == 1
    assert store.peek(("a",)) == 1
    assert store.peek(("b",)) is None


def test_the_least_recently_used_leave_when_the_bytes_are_spent():
    store = Store(100)
    for name in "abc":
        remembered(store, (name,), name, 30)
    assert store.peek(("a",)) == "a"
    remembered(store, ("d",), "d", 30)
    assert store.size_bytes == 90
    assert [store.peek((name,)) for name in "abcd"] == ["a", None, "c", "d"]


def test_what_is_larger_than_the_cache_is_returned_and_not_kept():
    store = Store(100)
    remembered(store, ("small",), 1, 60)
    assert remembered(store, ("large",), 2, 101) == 2
    store.keep(("larger",), 3, 500)
    assert store.peek(("large",)) is store.peek(("larger",)) is None
    assert (store.peek(("small",)), store.size_bytes) == (1, 60)


def test_keeping_a_key_again_counts_its_bytes_once():
    store = Store(100)
    store.keep(("a",), 1, 40)
    store.keep(("a",), 2, 70)
    assert (store.peek(("a",)), store.size_bytes) == (2, 70)


def test_clearing_forgets_everything():
    store = Store(100)
    remembered(store, ("a",), 1)
    store.clear()
    assert (store.peek(("a",)), store.size_bytes) == (None, 0)


def _asked_by_twenty(store, make):
    barrier = threading.Barrier(20)

    def ask():
        barrier.wait()
        return store.remember(("key",), make, lambda _: 1)

    with ThreadPoolExecutor(20) as pool:
        return [pool.submit(ask) for _ in range(20)]


def test_twenty_who_ask_at_once_wait_for_one_flight():
    made = []

    def make():
        made.append(threading.get_ident())
        time.sleep(0.1)
        return object()

    answers = [asked.result() for asked in _asked_by_twenty(Store(100), make)]
    assert len(made) == 1
    assert len({id(answer) for answer in answers}) == 1


def test_a_failure_reaches_all_who_waited_and_is_not_remembered():
    store = Store(100)
    made = []

    def fail():
        made.append(1)
        time.sleep(0.1)
        raise ValueError("no answer")

    errors = [asked.exception() for asked in _asked_by_twenty(store, fail)]
    assert {str(error) for error in errors} == {"no answer"}
    assert len(made) == 1
    assert remembered(store, ("key",), "better") == "better"


def test_two_keys_do_not_wait_for_each_other():
    store = Store(100)
    other_done = threading.Event()

    def slow():
        assert other_done.wait(5)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store.remember, ("slow",), slow, lambda _: 1)
        assert remembered(store, ("quick",), "quick") == "quick"
        other_done.set()
        assert waiting.result(5) == "slow"


@pytest.mark.parametrize(
    "part", [pl.DataFrame({"a": [1]}), pl.LazyFrame(), [1], {"a"}, {"a": 1}, object()]
)
def test_only_plain_values_are_keys(part):
    store = Store(100)
    with pytest.raises(TypeError, match="plain values"):
        remembered(store, ("question", (part,)), 1)
    with pytest.raises(TypeError, match="plain values"):
        store.keep((part,), 1, 1)
    assert store.size_bytes == 0
