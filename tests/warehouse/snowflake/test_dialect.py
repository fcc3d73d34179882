"""The words that Snowflake takes: no FILTER, no quoted name, whatever a question asks."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from queries.core.catalog import QUESTIONS
from warehouse.context import ALL, Context, Scope
from warehouse.ddl import SQL_TABLES
from warehouse.engine.snowflake.sessions import Dialect
from warehouse.read import select
from warehouse.read_request import ReadRequest

# A scope and every filter at once, so that each condition is written.
NARROW = Context(
    dt.date(2026, 1, 31),
    Scope(questions=ALL, owner_ids=("p1", "p2")),
    hyperscaler=("aws", "azure"),
    region=("emea", "unknown"),
    segment=("enterprise",),
    owner=("p1",),
)
ACCOUNTS = SQL_TABLES["accounts"]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_read_is_in_words_that_snowflake_takes(name):
    question = QUESTIONS[name]
    for read in question.reads(context=NARROW, **question.parse({})).values():
        for every_version in (False, True):
            narrowed = type(read)(**vars(read) | {"every_version": every_version})
            compiled = select(narrowed, NARROW).compile(
                dialect=Dialect(), compile_kwargs={"render_postcompile": True}
            )
            # A quoted name would be lower-case there, where tables are upper-case.
            assert '"' not in compiled.string
            assert not re.search(r"\bFILTER\b|::|\bILIKE\b|\bFLOAT\b", compiled.string)
            assert compiled.string.count("?") == len(compiled.positiontup)
            assert not re.search(r"'\w", compiled.string), "a value stands in the statement"


def test_a_list_of_many_values_is_taken_by_both_engines(both):
    wanted = [f"account {number}" for number in range(2_000)] + ["A", "B"]
    statement = (
        sa.select(ACCOUNTS.c.account_id)
        .where(ACCOUNTS.c.account_id.in_(wanted))
        .order_by(ACCOUNTS.c.account_id)
    )
    for warehouse in both("FLEET"):
        assert warehouse.read(statement).frame["account_id"].to_list() == ["A", "B"]


def test_an_empty_list_lets_nothing_through_in_both_engines(both):
    statement = sa.select(ACCOUNTS.c.account_id).where(ACCOUNTS.c.account_id.in_([]))
    for warehouse in both("FLEET"):
        assert warehouse.read(statement).frame.height == 0


def test_both_engines_say_that_more_rows_lay_beyond_the_limit(both):
    statement = sa.select(ACCOUNTS.c.account_id).order_by(ACCOUNTS.c.account_id)
    for warehouse in both("FLEET"):
        cut = warehouse.read(statement, ReadRequest(row_limit=2))
        assert (cut.frame["account_id"].to_list(), cut.truncated) == (["A", "B"], True)


def test_eight_threads_never_mix_their_rows(both):
    _, snowflake = both("FLEET")

    def ask(thread):
        for turn in range(3):
            said = f"{thread}-{turn}"
            statement = sa.select(sa.literal(said).label("said"), ACCOUNTS.c.account_id).order_by(
                ACCOUNTS.c.account_id
            )
            rows = snowflake.read(statement).frame.rows()
            assert rows == [(said, account) for account in "ABCDE"]

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(ask, thread) for thread in range(8)]:
            done.result()
