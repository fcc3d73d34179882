"""The law of filters and rights, over every question: they select, and never change an account.

Every question is asked of a company built to be nasty to filters, without a filter and with each
value of each, `unknown` among them. What each value selects is written by hand.
"""

import datetime as dt
import re
from contextlib import contextmanager
from itertools import product

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask, ask_all, close_ledgers
from queries.core.catalog import QUESTIONS
from queries.core.columns import RELATIVE
from queries.core.memory import memory
from queries.core.metrics import METRICS
from tests.core.selected import (
    ASKED_ABOUT,
    BY_HAND,
    CLOUDS,
    COMPANY,
    DAY,
    SELECTED,
    write_actions,
    write_history,
)
from tests.law import holds_for
from tests.rows import build, hand_sql
from warehouse.context import ALL, EVERYTHING, FILTERS, Context, Scope
from warehouse.ddl import bound
from warehouse.engine.base import ALONE
from warehouse.engine.duckdb import DuckDBWarehouse

SCOPE = "scope"
# The owner of few accounts: whatever is learned, is learned from those of others.
RIGHTS = [(SCOPE, "p2")]
VALUES = [(name, value) for name, values in SELECTED.items() for value in values]
# What is told of the whole book, whoever asks.
WHOLE_BOOK = (
    "band_order",
    "band_outcomes",
    "calibration_curve",
    "score_gates",
    "shift_limits",
    "shift_incidents",
)
OF_ACCOUNTS = ("region", "segment", "owner")
# What answers nothing here, and why.
EMPTY = {"benchmark_bias_budget": "no setting of the small campaigns is written down"}
# What lists the first of those that the filters select, so that the list depends on them.
FIRST_OF = {"account_search": "the 20 with the largest ARR"}
# The rows of one account are asked of each of a few.
OF_ONE = [name for name, one in QUESTIONS.items() if "account" in {p.name for p in one.parameters}]
OF_MANY = [name for name in QUESTIONS if name not in OF_ONE]
NAMES = {row["account_id"]: row.get("name") for row in COMPANY["accounts"]}
# Units of what a reader might add up.
SUMMED = {"USD per year", "accounts", "tickets", "incidents", "shifts", "hours", "interruptions"}


def within(name=None, value=None):
    if name == SCOPE:
        return Context(DAY, Scope(questions=ALL, owner_ids=(value,)))
    return Context(DAY, EVERYTHING, **({name: (value,)} if name else {}))


class Answers:
    """Question, account asked about and filter to the answer; no filter is None, None.

    What is asked of one account in one context is asked once, when a test first needs it: no test
    waits for all. What several questions read alike is read once: nobody writes to the file.
    """

    def __init__(self, folder):
        self._folder = folder
        self._known = {}
        self._read = {}
        with self._here():
            build(folder / "w.duckdb", COMPANY)
            write_history()
            write_actions()

    def __getitem__(self, key):
        name, who, filtered, value = key
        together = (who, filtered, value)
        if together not in self._known:
            names, asked = (OF_MANY, {}) if who is None else (OF_ONE, {"account": who})
            with self._here():
                found = ask_all(within(filtered, value), *names, **asked)
            self._known[together] = dict(zip(names, found, strict=True))
        return self._known[together][name]

    @contextmanager
    def _here(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{self._folder / 'w.duckdb'}")
            patch.setenv("BELLWETHER_LEDGER", f"sqlite:///{self._folder / 'ledger.sqlite'}")
            patch.setenv("BELLWETHER_LAST_GOOD", str(self._folder / "last"))
            patch.setattr(DuckDBWarehouse, "read", self._once(DuckDBWarehouse.read))
            yield
            close_ledgers()

    def _once(self, read):
        def read_once(warehouse, statement, read_request=ALONE):
            sql, values = bound(statement)
            same = (sql, repr(values), read_request.row_limit)
            if same not in self._read:
                self._read[same] = read(warehouse, statement, read_request)
            return self._read[same]

        return read_once


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """What is answered in every context."""
    memory().clear()
    yield Answers(tmp_path_factory.mktemp("filters"))
    memory().clear()


def accounts_of(filtered, value):
    """The accounts that a value of a filter, or an owner's right, selects."""
    return SELECTED["owner" if filtered == SCOPE else filtered][value]


def asked_about(name):
    return ASKED_ABOUT if name in OF_ONE else (None,)


def key_of(question):
    """The columns that tell rows apart; those of a list without a key are all of them."""
    return list(question.shape.primary_key()) or question.shape.column_names()


def same(one, other, question, *left_out):
    """Equal but for the order, and for the columns named and those that rank among the selected."""
    columns = question.shape.columns().items()
    relative = [name for name, column in columns if (column.metadata or {}).get(RELATIVE)]
    dropped = [*left_out, *relative]
    kept = [frame.drop(dropped).sort(key_of(question)) for frame in (one, other)]
    assert_frame_equal(*kept, rel_tol=1e-12, abs_tol=1e-12)


def parts_of(question):
    """The columns that are the part of an account on the hyperscalers selected."""
    return [
        column
        for column, metric in question.metrics().items()
        if METRICS[metric].additive == "everywhere"
    ]


def test_what_is_selected_is_what_is_written_by_hand():
    own = {account for values in BY_HAND["hyperscaler"].values() for account in values}
    assert {
        name: {value: accounts & own for value, accounts in values.items()}
        for name, values in SELECTED.items()
    } == BY_HAND


def test_the_company_has_each_value_of_each_filter():
    for name, one in FILTERS.items():
        assert set(SELECTED[name]) == set(one.words or SELECTED["owner"])
    accounts = set().union(*SELECTED["hyperscaler"].values())
    for name in OF_ACCOUNTS:
        selected = SELECTED[name].values()
        assert set().union(*selected) == accounts
        assert sum(map(len, selected)) == len(accounts)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_company_says_something_of_every_question(answered, name):
    found = [answered[name, who, None, None] for who in asked_about(name)]
    assert [one.problem for one in found if one.state == "error"] == []
    assert any(one.frame.height for one in found) != (name in EMPTY)


@pytest.mark.parametrize("name", [n for n, q in QUESTIONS.items() if q.filters == "none"])
def test_a_question_that_takes_no_filter_answers_the_same_under_each(answered, name):
    for chosen, who in product(VALUES, asked_about(name)):
        answer = answered[name, who, *chosen]
        assert answer.applicable_filters == frozenset()
        assert_frame_equal(answer.frame, answered[name, who, None, None].frame)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, question in QUESTIONS.items()
        if question.filters == "accounts" and "account_id" in question.shape.column_names()
        if name not in OF_ONE
    ],
)
def test_what_is_said_of_an_account_is_the_same_under_every_filter_and_scope(answered, name):
    question = QUESTIONS[name]
    whole = answered[name, None, None, None].frame
    for filtered, value in (*VALUES, *RIGHTS):
        selected = pl.col("account_id").is_in(accounts_of(filtered, value))
        found, kept = answered[name, None, filtered, value].frame, whole.filter(selected)
        if name in FIRST_OF:
            assert found.filter(~selected).is_empty()
            found, kept = (
                one.join(other, on="account_id", how="semi")
                for one, other in ((found, kept), (kept, found))
            )
        parts = parts_of(question) if filtered == "hyperscaler" else []
        same(found, kept, question, *parts)


@pytest.mark.parametrize("name", OF_ONE)
@pytest.mark.parametrize("who", ASKED_ABOUT)
def test_what_is_said_of_one_account_is_the_same_under_every_filter_and_scope(answered, name, who):
    question = QUESTIONS[name]
    assert question.filters == "accounts"
    whole = answered[name, who, None, None].frame
    for filtered, value in (*VALUES, *RIGHTS):
        kept = whole if who in accounts_of(filtered, value) else whole.clear()
        same(answered[name, who, filtered, value].frame, kept, question)


def test_a_parent_is_shown_whole_wherever_one_of_its_accounts_is(answered):
    (whole,) = answered["parent_health", None, None, None].rows(parent_account_id="two")
    assert whole["accounts"] == 2
    for name, value in VALUES:
        shown = answered["parent_health", None, name, value].rows(parent_account_id="two")
        assert shown == ([whole] if {"two", "child"} & SELECTED[name][value] else [])
    # The other may see one of its accounts: a part is not its health.
    for right in RIGHTS:
        assert answered["parent_health", None, *right].frame.is_empty()


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_says_a_word_of_an_account_that_the_scope_withholds(answered, name):
    everybody = set().union(*SELECTED["owner"].values())
    for right, who in product(RIGHTS, asked_about(name)):
        answer = answered[name, who, *right]
        assert answer.state in {"ok", "empty"}
        own = accounts_of(*right)
        foreign = everybody - own
        assert foreign.isdisjoint(words_in(answer.frame.select(ids_in(answer.question)).rows()))
        names = {NAMES[one] for one in foreign if NAMES.get(one)} - {NAMES[one] for one in own}
        named = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b|\b({'|'.join(foreign)})-")
        said = {answer.finding, *words_in(answer.frame.rows())}
        assert list(filter(named.search, said)) == []


def ids_in(question):
    """The columns of ids, but for the parent, which an own account may have elsewhere."""
    columns = question.shape.columns().items()
    ids = [name for name, column in columns if (column.metadata or {}).get("unit") == "id"]
    return [name for name in ids if name != "parent_account_id"]


def words_in(cell):
    """Every text in a cell, a row or a list of them."""
    if isinstance(cell, dict):
        cell = list(cell.values())
    if isinstance(cell, str):
        yield cell
    elif isinstance(cell, list | tuple):
        for one in cell:
            yield from words_in(one)


@pytest.mark.parametrize("name", WHOLE_BOOK)
def test_what_is_told_of_the_whole_book_is_the_same_under_every_scope(answered, name):
    whole = answered[name, None, None, None].frame
    for right in RIGHTS:
        assert_frame_equal(answered[name, None, *right].frame, whole)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        (name, column)
        for name, question in QUESTIONS.items()
        if question.filters == "rows"
        for column in {"hyperscaler", "host_provider"} & {*question.shape.column_names()}
    ],
)
def test_a_row_that_names_its_hyperscaler_is_the_same_under_that_filter(answered, name, column):
    question = QUESTIONS[name]
    whole = answered[name, None, None, None].frame
    for value in SELECTED["hyperscaler"]:
        named = pl.col(column).is_in(["other", "unknown"] if value == "unknown" else [value])
        frame = answered[name, None, "hyperscaler", value].frame
        # The sum of all groups is not of one hyperscaler.
        same(frame.filter(pl.col(column) != "all"), whole.filter(named), question)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, question in QUESTIONS.items()
        if question.filters == "rows" and "account_id" in question.shape.column_names()
    ],
)
def test_a_row_of_an_account_is_the_same_under_filters_of_accounts_and_every_scope(answered, name):
    whole = answered[name, None, None, None].frame
    for filtered, value in (*VALUES, *RIGHTS):
        if filtered in {*OF_ACCOUNTS, SCOPE}:
            nobody = {"unknown"} if value == "unknown" else set()
            named = pl.col("account_id").is_in(accounts_of(filtered, value) | nobody)
            same(answered[name, None, filtered, value].frame, whole.filter(named), QUESTIONS[name])


def test_a_pair_of_systems_is_the_same_under_every_filter(answered):
    for name in (name for name in QUESTIONS if name.startswith("benchmark_")):
        whole = answered[name, None, None, None].frame
        for chosen in VALUES:
            frame = answered[name, None, *chosen].frame
            kept = whole.join(frame, on=key_of(QUESTIONS[name]), how="semi", nulls_equal=True)
            same(frame, kept, QUESTIONS[name])


def additive():
    """Every number that is declared to add up: its question, column, row and filters.

    The row is the metric that a row of the answer names; None where columns are metrics.
    """
    for name, question in QUESTIONS.items():
        by_row = "metric" in question.shape.column_names()
        measures = (
            [("value", metric, metric) for metric in question.defines()]
            if by_row
            else [(column, metric, None) for column, metric in question.metrics().items()]
        )
        for column, metric, row in measures:
            filters = over(METRICS[metric].additive, question)
            if filters and not is_bound(column) and name not in FIRST_OF:
                yield name, column, row, filters


def over(declared, question):
    """The filters over whose values a number of the question sums to the whole."""
    if declared == "none":
        return ()
    if declared == "accounts" or (declared == "rows" and question.filters == "accounts"):
        return OF_ACCOUNTS
    return tuple(FILTERS)


def is_bound(column):
    """Whether it is the end of an interval, whose declaration is that of its middle."""
    return {"low", "high"} & {*column.split("_")}


ADDITIVE = list(additive())


def summed(frame, column, row, key):
    """The sum of `column` per key, where it is not zero."""
    kept = frame if row is None else frame.filter(metric=row)
    by = [pl.lit(0).alias("all"), *key]
    sums = kept.group_by(by).agg(total=pl.col(column).sum().cast(pl.Float64))
    return sums.filter(pl.col("total") != 0).sort(pl.all())


@pytest.mark.parametrize(("name", "column", "row", "filters"), ADDITIVE)
def test_what_is_declared_additive_sums_over_each_filter_to_the_whole(
    answered, name, column, row, filters
):
    key = QUESTIONS[name].shape.primary_key()
    for who, filtered in product(asked_about(name), filters):
        whole = answered[name, who, None, None]
        if filtered in whole.applicable_filters:
            parts = [answered[name, who, filtered, value].frame for value in SELECTED[filtered]]
            assert_frame_equal(
                summed(pl.concat(parts), column, row, key),
                summed(whole.frame, column, row, key),
                rel_tol=1e-9,
            )


def test_the_sums_are_of_something(answered):
    """Of the money that the page shows most of all: no two empty sums are compared."""
    for name, column in (
        ("account_health", "arr_selected_usd"),
        ("expected_loss", "arr_expected_loss_usd"),
        ("renewals", "due_usd"),
        ("usage_by_account", "quantity"),
    ):
        assert answered[name, None, None, None].frame[column].sum() > 0
        for cloud in CLOUDS[:3]:
            assert answered[name, None, "hyperscaler", cloud].frame[column].sum() > 0
    assert len({(name, column) for name, column, *_ in ADDITIVE}) > 50


@holds_for(METRICS.values())
def test_a_definition_says_over_which_filters_its_number_adds_up(metric):
    assert metric.adds_up.startswith(("Adds up over ", "Does not add up over "))
    assert metric.adds_up.endswith(".")
    if metric.additive == "none" and metric.unit in SUMMED:
        assert metric.why_not, f"{metric.id} looks like a sum and does not say why it is none"
    if metric.is_relative:
        assert metric.additive == "none"


@pytest.mark.parametrize("day", [DAY, dt.date(2025, 9, 30)])
def test_on_the_demo_the_filters_select_accounts_by_hand_sql_and_change_none(demo, day):
    context = Context(day, EVERYTHING)
    whole = ask("account_health", context).frame
    second = hand_sql(demo, "account_places", as_of=day)
    flagged = 0.0
    for cloud in CLOUDS:
        found = ask("account_health", Context(day, EVERYTHING, hyperscaler=(cloud,))).frame
        placed = second.filter(hyperscaler=cloud)
        kept = whole.join(placed, on="account_id", how="semi")
        parts = ("arr_selected_usd", "arr_lapsed_selected_usd")
        same(found, kept, QUESTIONS["account_health"], *parts)
        selected = found.select("account_id", "arr_selected_usd").sort("account_id")
        by_hand = placed.join(whole, on="account_id", how="semi").sort("account_id")
        assert_frame_equal(
            selected, by_hand.select("account_id", arr_selected_usd="arr_usd"), rel_tol=1e-12
        )
        flagged += found.filter(band="at_risk")["arr_selected_usd"].sum()
    assert flagged == pytest.approx(whole.filter(band="at_risk")["arr_usd"].sum())
    assert second["account_id"].n_unique() < second.height
