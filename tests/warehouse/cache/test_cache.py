"""How a result is had: fresh while its version lasts, else the last good one, up to an age."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from tests.warehouse.cache.settled import settle
from warehouse import clock
from warehouse.cache import Cache, CacheRequest, CacheResult, Snapshot, Snapshots, Store
from warehouse.errors import ContractBroken, WarehouseMissing, WarehouseUnavailable
from warehouse.read_request import ReadRequest

GONE = WarehouseUnavailable("It is gone.", "Try again.")


class FakeWarehouse:
    """A warehouse whose version and answers the test decides; it counts what it is asked."""

    def __init__(self):
        self.version = "v1"
        self.prefix = "of"
        self.error = None
        self.reads = 0
        self.hold = None

    def probe(self):
        if isinstance(self.error, WarehouseMissing):
            raise self.error
        return self.version

    def read(self, read_request, _):
        self.reads += 1
        version = self.version
        if self.hold is not None:
            with read_request.stopping(self.hold.set):
                assert self.hold.wait(10)
        if self.error is not None:
            raise self.error
        return (f"{self.prefix} {version}", clock.now())

    def request(self, *place):
        return CacheRequest(
            place=place or ("question",),
            version=self.probe,
            read_request=ReadRequest(),
            make=self.read,
            size_bytes=lambda _: 10,
            made_at=lambda made: made[1],
            pack=lambda made: Snapshot(
                pl.DataFrame({"said": [made[0]]}), {"at": made[1].isoformat()}
            ),
            unpack=lambda snapshot: (
                snapshot.frame["said"].item(),
                dt.datetime.fromisoformat(snapshot.facts["at"]),
            ),
            can_stand_in=lambda made: not made[0].startswith("nothing"),
        )


@pytest.fixture
def warehouse():
    return FakeWarehouse()


@pytest.fixture
def opened(tmp_path):
    """A function that opens a cache as a process would that has just been started."""

    def open_one():
        return Cache(
            Store(1000), Snapshots(tmp_path / "kept", 10**6), stalest=dt.timedelta(hours=72)
        )

    return open_one


@pytest.fixture
def cache(opened):
    return opened()


def said(found):
    return found.value and found.value[0]


def test_a_version_is_read_once_and_is_fresh_however_old(cache, warehouse, later):
    assert cache.find(warehouse.request()).value[0] == "of v1"
    later(days=365)
    assert cache.find(warehouse.request()) == CacheResult(
        ("of v1", clock.now() - dt.timedelta(days=365))
    )
    assert warehouse.reads == 1


@pytest.mark.usefixtures("later")
def test_nothing_stale_outlives_a_refresh(cache, warehouse):
    cache.find(warehouse.request())
    warehouse.version = "v2"
    assert said(cache.find(warehouse.request())) == "of v2"


@pytest.mark.usefixtures("later")
def test_when_the_read_fails_the_last_good_one_stands_in_with_the_reason(cache, warehouse):
    good = cache.find(warehouse.request())
    warehouse.version, warehouse.error = "v2", GONE
    assert cache.find(warehouse.request()) == CacheResult(good.value, GONE)
    assert cache.find(warehouse.request("never asked")).value is None


def test_a_restarted_app_without_a_warehouse_shows_yesterday(opened, warehouse, later):
    first = opened()
    first.find(warehouse.request())
    settle(first)
    later(hours=24)
    warehouse.error = WarehouseMissing("There is none.", "Build one.")
    found = opened().find(warehouse.request())
    assert (said(found), found.error) == ("of v1", warehouse.error)
    assert clock.now() - found.value[1] == dt.timedelta(hours=24)


def test_beyond_the_hard_age_nothing_is_shown(opened, warehouse, later):
    cache = opened()
    cache.find(warehouse.request())
    settle(cache)
    warehouse.error = WarehouseMissing("There is none.", "Build one.")
    later(hours=72)
    assert said(cache.find(warehouse.request())) == "of v1"
    later(seconds=1)
    for one in (cache, opened()):
        assert one.find(warehouse.request()) == CacheResult(None, warehouse.error, is_too_old=True)


def test_a_failure_is_remembered_for_five_seconds(cache, warehouse, later):
    warehouse.error = ContractBroken("A column lacks.", "Check.")
    for _ in range(3):
        assert cache.find(warehouse.request()).error is warehouse.error
    assert warehouse.reads == 1
    later(seconds=4)
    cache.find(warehouse.request())
    assert warehouse.reads == 1
    later(seconds=2)
    warehouse.error = None
    assert said(cache.find(warehouse.request())) == "of v1"


def test_a_remembered_failure_is_forgotten_with_its_version(cache, warehouse):
    warehouse.error = GONE
    assert cache.find(warehouse.request()).error is GONE
    warehouse.version, warehouse.error = "v2", None
    assert said(cache.find(warehouse.request())) == "of v2"


@pytest.mark.usefixtures("later")
def test_ten_viewers_of_a_page_in_an_outage_cost_two_attempts(cache, warehouse):
    warehouse.error = GONE
    requests = [warehouse.request("question", number) for number in range(7)]
    together = threading.Barrier(10)

    def view():
        together.wait()
        return cache.find_all(requests)

    with ThreadPoolExecutor(10) as pool:
        pages = [page.result() for page in [pool.submit(view) for _ in range(10)]]
    assert warehouse.reads == 2
    assert {said(found) for page in pages for found in page} == {None}
    assert all(isinstance(found.error, WarehouseUnavailable) for page in pages for found in page)
    assert cache.status()["breaker"] == "open"


def test_a_slow_refresh_shows_the_last_good_one_and_goes_on(cache, warehouse):
    cache.find(warehouse.request())
    warehouse.version, warehouse.hold = "v2", threading.Event()
    shown = cache.find(warehouse.request(), patience_seconds=0)
    assert (said(shown), shown.error, shown.is_under_way) == ("of v1", None, True)
    assert said(cache.find(warehouse.request(), patience_seconds=0)) == "of v1"
    warehouse.hold.set()
    fresh = cache.find(warehouse.request())
    assert (said(fresh), fresh.is_under_way) == ("of v2", False)
    assert warehouse.reads == 2


def test_a_result_with_nothing_to_show_never_stands_in(cache, warehouse):
    warehouse.prefix = "nothing of"
    assert said(cache.find(warehouse.request())) == "nothing of v1"
    warehouse.version, warehouse.prefix, warehouse.hold = "v2", "of", threading.Event()
    threading.Timer(0.2, warehouse.hold.set).start()
    fresh = cache.find(warehouse.request(), patience_seconds=0)
    assert (said(fresh), fresh.is_under_way) == ("of v2", False)


@pytest.mark.usefixtures("later")
def test_when_a_read_fails_a_result_with_nothing_to_show_does_not_stand_in(cache, warehouse):
    warehouse.prefix = "nothing of"
    cache.find(warehouse.request())
    warehouse.version, warehouse.error = "v2", GONE
    assert cache.find(warehouse.request()) == CacheResult(None, GONE)


@pytest.mark.usefixtures("later")
def test_a_snapshot_of_another_version_is_no_answer(opened, warehouse, caplog):
    cache = opened()
    cache.find(warehouse.request())
    cache._snapshots.keep(  # noqa: SLF001 (what another version of Bellwether would have written)
        warehouse.request().place, Snapshot(pl.DataFrame({"said": ["of v0"]}), {})
    )
    settle(cache)
    warehouse.error = WarehouseMissing("There is none.", "Build one.")
    assert opened().find(warehouse.request()) == CacheResult(None, warehouse.error)
    assert "of another version" in caplog.text


def test_without_anything_to_show_patience_is_no_limit(cache, warehouse):
    warehouse.hold = threading.Event()
    threading.Timer(0.2, warehouse.hold.set).start()
    assert said(cache.find(warehouse.request(), patience_seconds=0)) == "of v1"


def test_several_results_are_made_at_the_same_time(cache):
    together = threading.Barrier(3)

    def meet(read_request, key):
        together.wait(5)
        return FakeWarehouse().read(read_request, key)

    warehouse = FakeWarehouse()
    cache.find(warehouse.request("first, so that the warehouse is known to be well"))
    requests = [
        CacheRequest(**{**vars(warehouse.request("question", number)), "make": meet})
        for number in range(3)
    ]
    assert [said(found) for found in cache.find_all(requests)] == ["of v1"] * 3


def test_a_reader_who_leaves_ends_every_read_they_alone_waited_for(cache, warehouse):
    class Left(BaseException):
        pass

    def leaves():
        raise Left

    warehouse.hold = threading.Event()
    requests = [warehouse.request("question", number) for number in range(2)]
    with pytest.raises(Left):
        cache.find_all(requests, still_here=leaves)
    assert all(request.read_request.abandoned for request in requests)
    assert cache.status()["breaker"] == "closed"


@pytest.mark.usefixtures("later")
def test_a_disk_that_refuses_costs_no_answer(warehouse, tmp_path, caplog):
    (tmp_path / "kept").write_text("a file where the folder should be")
    cache = Cache(Store(1000), Snapshots(tmp_path / "kept", 10**6), stalest=dt.timedelta(hours=1))
    assert said(cache.find(warehouse.request())) == "of v1"
    settle(cache)
    assert cache.status()["disk_failures"] == 1
    assert "could not be written" in caplog.text


def test_the_status_counts_what_was_served_from_where(cache, warehouse, later):
    cache.find(warehouse.request())
    settle(cache)
    cache.find(warehouse.request())
    later(seconds=90)
    warehouse.version, warehouse.error = "v2", GONE
    cache.find(warehouse.request())
    status = cache.status()
    disk_bytes = status.pop("disk_bytes")
    assert 0 < disk_bytes < 10_000
    last_good_at = clock.now() - dt.timedelta(seconds=90)
    assert status == {
        "last_good_at": last_good_at.isoformat(timespec="seconds"),
        "last_good_age_seconds": 90,
        "hits": 1,
        "misses": 2,
        "stale": 1,
        "failures": 1,
        "under_way": 0,
        "entries": 2,
        "memory_bytes": 20,
        "disk_failures": 0,
        "breaker": "closed",
        "stalest_seconds": 72 * 3600,
    }


def test_it_can_answer_once_something_good_was_had_and_until_it_is_too_old(
    opened, warehouse, later
):
    cache = opened()
    assert not cache.can_answer
    cache.find(warehouse.request())
    assert cache.can_answer
    settle(cache)
    assert opened().can_answer, "a restarted process finds it on disk"
    later(hours=73)
    assert not cache.can_answer


def test_what_has_nothing_to_show_makes_nobody_ready_and_supersedes_what_had(opened, warehouse):
    cache = opened()
    cache.find(warehouse.request())
    warehouse.version, warehouse.prefix = "v2", "nothing in"
    cache.find(warehouse.request())
    settle(cache)
    assert not opened().can_answer


@pytest.mark.usefixtures("later")
def test_a_clock_set_back_an_hour_keeps_no_failure_longer(cache, warehouse, monkeypatch):
    warehouse.error = GONE
    cache.find(warehouse.request())
    an_hour_ago = clock.now() - dt.timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: an_hour_ago)
    monkeypatch.setattr(clock, "monotonic", lambda: 6.0)
    warehouse.error = None
    assert said(cache.find(warehouse.request())) == "of v1"
