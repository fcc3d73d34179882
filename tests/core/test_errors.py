"""What a reader gets when the warehouse is gone, slow, changed or restarted: the promised state."""

import datetime as dt
import threading
import time

import duckdb
import pytest
import sqlalchemy as sa

from ledger import Ledger
from queries.core import memory as remembered
from queries.core import request
from queries.core.ask import ask, ask_all
from queries.core.choices import choices
from queries.core.memory import cache, memory
from tests.rows import build
from tests.usage.fleet import FLEET
from tests.usage.test_charges import BILLS
from tests.warehouse.cache.settled import settle
from warehouse.cache import Cache
from warehouse.context import ALL, EVERYTHING, Scope
from warehouse.engine.duckdb import DuckDBWarehouse

DAY = (2026, 3, 31)
RUNAWAY = (
    "SELECT sum(hash(a.x + b.x + c.x)) AS total "
    "FROM range(100000) a(x), range(100000) b(x), range(100000) c(x)"
)


@pytest.fixture
def fleet(warehouse):
    return warehouse(FLEET | BILLS)


@pytest.fixture
def restarted():
    """A function that forgets everything a process knows, once its writing is done."""

    def restart():
        settle(cache())
        memory().clear()
        remembered._cache.cache_clear()  # noqa: SLF001

    return restart


@pytest.fixture
def introduced():
    """A function that makes somebody the reader for the rest of the test."""
    yield request.set_request
    request.set_request(request.Request())


@pytest.fixture
def held(monkeypatch):
    """Reads that wait until the test lets them go; gives the event that does."""
    go = threading.Event()
    original = DuckDBWarehouse.read

    def read(self, statement, *read_request):
        assert go.wait(20)
        return original(self, statement, *read_request)

    def hold():
        monkeypatch.setattr(DuckDBWarehouse, "read", read)
        return go

    yield hold
    go.set()


def test_a_restarted_app_with_no_warehouse_shows_yesterday_marked_stale(
    fleet, on, restarted, later
):
    good = ask("usage_growth", on(*DAY))
    offered = choices(EVERYTHING)
    later(hours=24)
    restarted()
    fleet.unlink()
    stale = ask("usage_growth", on(*DAY))
    assert (stale.state, stale.usable, stale.under_way) == ("stale", True, False)
    assert stale.frame.equals(good.frame)
    assert stale.frame.schema == good.frame.schema
    for fact in (
        "finding",
        "data_through",
        "complete_to",
        "applicable_filters",
        "provenance",
        "read_at",
        "truncated",
    ):
        assert getattr(stale, fact) == getattr(good, fact)
    assert stale.problem.sentence.startswith("There is no warehouse at ")
    assert choices(EVERYTHING) == offered
    assert offered.newest == dt.date(*DAY)


def test_beyond_the_hard_age_the_tile_is_an_error_that_says_why(fleet, on, restarted, later):
    ask("usage_growth", on(*DAY))
    restarted()
    fleet.unlink()
    later(hours=73)
    gone = ask("usage_growth", on(*DAY))
    assert (gone.state, gone.frame.height) == ("error", 0)
    assert gone.problem.remedy.startswith("The last good answer is too old to be shown. ")


def test_another_scope_never_gets_a_last_good_answer_that_is_not_its_own(fleet, on, restarted):
    ask("usage_growth", on(*DAY))
    restarted()
    fleet.unlink()
    other = ask("usage_growth", on(*DAY, scope=Scope(questions=ALL, owner_ids=("p1",))))
    assert (other.state, other.frame.height) == ("error", 0)


def test_a_question_of_another_shape_ignores_what_lies_on_disk(fleet, on, restarted, monkeypatch):
    from queries.core.catalog import QUESTIONS, by_name
    from queries.usage import usage_growth

    ask("usage_growth", on(*DAY))
    restarted()
    fleet.unlink()
    shape = QUESTIONS["usage_by_region"].shape
    reshaped = usage_growth.QUESTIONS[0].__class__(
        **(vars(QUESTIONS["usage_growth"]) | {"shape": shape})
    )
    monkeypatch.setitem(by_name(), "usage_growth", reshaped)
    assert ask("usage_growth", on(*DAY)).state == "error"


def test_while_a_newer_answer_is_read_the_last_good_one_is_shown(fleet, on, held, introduced):
    good = ask("usage_growth", on(*DAY))
    build(fleet, {"clusters": [{**FLEET["clusters"][0], "cluster_id": "new"}]})
    go = held()
    introduced(request.Request(patience_seconds=0.1))
    shown = ask("usage_growth", on(*DAY))
    assert (shown.state, shown.under_way, shown.frame is good.frame) == ("stale", True, True)
    assert (shown.problem.sentence, shown.problem.reference) == (
        "A newer answer is being read.",
        "",
    )
    go.set()
    introduced(request.Request())
    fresh = ask("usage_growth", on(*DAY))
    assert (fresh.state, fresh.under_way) == ("ok", False)
    clusters = [one.frame.filter(hyperscaler="aws")["clusters"].max() for one in (good, fresh)]
    assert clusters[1] == clusters[0] + 1


@pytest.mark.usefixtures("fleet")
def test_a_question_nobody_waits_for_is_cancelled_in_the_engine(on, monkeypatch, introduced):
    class Left(BaseException):
        pass

    original = DuckDBWarehouse.read
    begun, ended = [], []

    def read(self, _, read_request):
        statement = sa.select(sa.text(RUNAWAY).columns(sa.column("total")).subquery("raw"))
        begun.append(read_request)
        try:
            return original(self, statement, read_request)
        except Exception as error:
            ended.append(type(error).__name__)
            raise

    def leaves():
        if begun:
            raise Left

    monkeypatch.setattr(DuckDBWarehouse, "read", read)
    introduced(request.Request(page="usage", still_here=leaves))
    with pytest.raises(Left):
        ask_all(on(*DAY), "usage_growth")
    deadline = time.monotonic() + 10
    while len(ended) < len(begun) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert begun
    assert ended == ["ReadAbandoned"] * len(begun)


def test_a_query_that_never_returns_ends_at_its_limit_and_is_not_asked_again(
    fleet, on, monkeypatch
):
    good = ask("usage_growth", on(*DAY))
    original = DuckDBWarehouse.read
    reads = []

    def read(self, _, read_request):
        reads.append(read_request.tag.question)
        statement = sa.select(sa.text(RUNAWAY).columns(sa.column("total")).subquery("raw"))
        return original(self, statement, read_request)

    monkeypatch.setattr(DuckDBWarehouse, "read", read)
    monkeypatch.setenv("BELLWETHER_TIMEOUT_SECONDS", "1")
    build(fleet, {"clusters": [{**FLEET["clusters"][0], "cluster_id": "new"}]})
    first_attempt = 0
    for _ in range(3):
        stale = ask("usage_growth", on(*DAY))
        assert (stale.state, stale.frame is good.frame) == ("stale", True)
        assert stale.problem.sentence == "The warehouse did not answer in 1 s."
        first_attempt = first_attempt or len(reads)
    assert len(reads) == first_attempt


def test_a_renamed_column_is_named_and_the_other_tiles_stand(fleet, on):
    with duckdb.connect(str(fleet)) as connection:
        connection.execute("ALTER TABLE usage_charges RENAME COLUMN billed_cost TO cost_billed")
    charges, growth = ask_all(on(*DAY), "charges_by_provider", "usage_growth")
    assert charges.state == "error"
    assert charges.problem.sentence == "The warehouse does not meet the contract."
    assert "billed_cost" in charges.problem.in_full
    assert growth.state == "ok"


def test_an_empty_answer_of_yesterday_is_not_shown_while_today_s_is_read(
    fleet, on, held, introduced
):
    assert ask("charges_by_provider", on(2020, 1, 1)).state == "empty"
    early = {**BILLS["usage_charges"][0], "charge_id": "early"}
    early |= {
        "charge_period_start": dt.datetime(2019, 12, 1, tzinfo=dt.UTC),
        "charge_period_end": dt.datetime(2019, 12, 2, tzinfo=dt.UTC),
    }
    build(fleet, {"usage_charges": [early]})
    go = held()
    introduced(request.Request(patience_seconds=0.1))
    threading.Timer(0.5, go.set).start()
    fresh = ask("charges_by_provider", on(2020, 1, 1))
    assert (fresh.state, fresh.under_way, fresh.frame["charges"].sum()) == ("ok", False, 1)


@pytest.mark.usefixtures("fleet")
def test_an_error_keeps_the_parameters_it_was_asked_with(on, monkeypatch):
    monkeypatch.setattr(DuckDBWarehouse, "read", lambda *_: 1 / 0)
    answer = ask("usage_by_account", on(*DAY), days=7)
    assert (answer.state, answer.parameters) == ("error", {"days": 7})


@pytest.mark.usefixtures("fleet")
def test_questions_asked_together_answer_as_they_do_alone(on):
    names = ("usage_growth", "charges_by_provider", "usage_by_account")
    together = ask_all(on(*DAY, hyperscaler=("aws",)), *names)
    memory().clear()
    for name, answer in zip(names, together, strict=True):
        assert ask(name, on(*DAY, hyperscaler=("aws",))).frame.equals(answer.frame)


@pytest.mark.usefixtures("fleet")
def test_a_question_that_comes_with_its_own_parameters_takes_no_others(on):
    own, shared, without = ask_all(
        on(*DAY),
        ("usage_by_account", {"days": 30}),
        "usage_by_hyperscaler",
        ("usage_growth", {}),
        days=60,
    )
    assert (own.parameters, shared.parameters, without.parameters) == (
        {"days": 30},
        {"days": 60},
        {},
    )
    assert without.frame.equals(ask("usage_growth", on(*DAY)).frame)
    refused, answered = ask_all(on(*DAY), ("usage_growth", {"days": 7}), "usage_by_hyperscaler")
    assert (refused.state, answered.parameters) == ("error", {"days": 90})
    assert refused.problem.sentence == "usage_growth has no parameter 'days'."


@pytest.mark.usefixtures("fleet")
def test_what_several_questions_build_on_is_looked_up_once(on, monkeypatch):
    names = ("triage", "overview", "expected_loss")
    ask_all(on(*DAY), *names)
    looked_up, counted = [], []
    find, versions = Cache.find_all, Ledger.versions

    def find_all(self, requests, **waiting):
        looked_up.extend(request.place[:4] for request in requests)
        return find(self, requests, **waiting)

    monkeypatch.setattr(Cache, "find_all", find_all)
    monkeypatch.setattr(Ledger, "versions", lambda self: counted.append(1) or versions(self))
    ask_all(on(*DAY), *names)
    assert len(looked_up) == len(set(looked_up))
    assert {name for name, *_ in looked_up} > {*names, "account_health", "churn_risk"}
    assert counted == [1]


@pytest.mark.usefixtures("fleet")
def test_one_refused_question_leaves_the_others_answered(on):
    scope = Scope(questions=("usage_growth",), owner_ids=ALL)
    refused, answered = ask_all(on(*DAY, scope=scope), "overview", "usage_growth")
    assert (refused.state, answered.state) == ("forbidden", "ok")
