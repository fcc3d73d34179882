"""The cache: bounded in bytes, one flight per key, failures forgotten, plain keys only."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from warehouse.cache import Cache


def remembered(cache, key, value, size=10):
    return cache.remember(key, lambda: value, lambda _: size)


def test_a_result_is_made_once():
    cache = Cache(100)
    assert remembered(cache, ("a",), 1) == 1
    assert remembered(cache, ("a",), 2) == 1
    assert cache.peek(("a",)) == 1
    assert cache.peek(("b",)) is None


def test_the_least_recently_used_leave_when_the_bytes_are_spent():
    cache = Cache(100)
    for name in "abc":
        remembered(cache, (name,), name, 30)
    assert cache.peek(("a",)) == "a"
    remembered(cache, ("d",), "d", 30)
    assert cache.size_bytes == 90
    assert [cache.peek((name,)) for name in "abcd"] == ["a", None, "c", "d"]


def test_what_is_larger_than_the_cache_is_returned_and_not_kept():
    cache = Cache(100)
    remembered(cache, ("small",), 1, 60)
    assert remembered(cache, ("large",), 2, 101) == 2
    cache.keep(("larger",), 3, 500)
    assert cache.peek(("large",)) is cache.peek(("larger",)) is None
    assert (cache.peek(("small",)), cache.size_bytes) == (1, 60)


def test_keeping_a_key_again_counts_its_bytes_once():
    cache = Cache(100)
    cache.keep(("a",), 1, 40)
    cache.keep(("a",), 2, 70)
    assert (cache.peek(("a",)), cache.size_bytes) == (2, 70)


def test_clearing_forgets_everything():
    cache = Cache(100)
    remembered(cache, ("a",), 1)
    cache.clear()
    assert (cache.peek(("a",)), cache.size_bytes) == (None, 0)


def _asked_by_twenty(cache, make):
    barrier = threading.Barrier(20)

    def ask():
        barrier.wait()
        return cache.remember(("key",), make, lambda _: 1)

    with ThreadPoolExecutor(20) as pool:
        return [pool.submit(ask) for _ in range(20)]


def test_twenty_who_ask_at_once_wait_for_one_flight():
    made = []

    def make():
        made.append(threading.get_ident())
        time.sleep(0.1)
        return object()

    answers = [asked.result() for asked in _asked_by_twenty(Cache(100), make)]
    assert len(made) == 1
    assert len({id(answer) for answer in answers}) == 1


def test_a_failure_reaches_all_who_waited_and_is_not_remembered():
    cache = Cache(100)
    made = []

    def fail():
        made.append(1)
        time.sleep(0.1)
        raise ValueError("no answer")

    faults = [asked.exception() for asked in _asked_by_twenty(cache, fail)]
    assert {str(fault) for fault in faults} == {"no answer"}
    assert len(made) == 1
    assert remembered(cache, ("key",), "better") == "better"


def test_two_keys_do_not_wait_for_each_other():
    cache = Cache(100)
    other_done = threading.Event()

    def slow():
        assert other_done.wait(5)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.remember, ("slow",), slow, lambda _: 1)
        assert remembered(cache, ("quick",), "quick") == "quick"
        other_done.set()
        assert waiting.result(5) == "slow"


@pytest.mark.parametrize(
    "part", [pl.DataFrame({"a": [1]}), pl.LazyFrame(), [1], {"a"}, {"a": 1}, object()]
)
def test_only_plain_values_are_keys(part):
    cache = Cache(100)
    with pytest.raises(TypeError, match="plain values"):
        remembered(cache, ("question", (part,)), 1)
    with pytest.raises(TypeError, match="plain values"):
        cache.keep((part,), 1, 1)
    assert cache.size_bytes == 0
