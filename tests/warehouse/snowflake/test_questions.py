"""Every question, over the same company in both engines, reads and answers the same frames."""

import datetime as dt

import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask, latest_data_date
from queries.core.catalog import QUESTIONS
from queries.core.memory import memory
from queries.core.question import nothing
from tests.cases import asked, cases
from tests.warehouse.snowflake.companies import DATABASE
from tests.warehouse.snowflake.conftest import write_login
from warehouse import provenance
from warehouse.contract.tables import TABLES
from warehouse.read import select


def same(one, other, **how):
    assert_frame_equal(one, other, rel_tol=1e-12, abs_tol=0.0, **how)


def test_every_question_is_asked():
    reading = [name for name, question in QUESTIONS.items() if question.reads is not nothing]
    assert sorted(name for _, name in asked()) == sorted(reading)


@pytest.mark.parametrize(("company", "name"), list(asked()))
def test_both_engines_answer_alike(both, company, name):
    question, case = QUESTIONS[name], cases()[company]
    takes = {one.name for one in question.parameters}
    parameters = question.parse(
        {name: value for name, value in case.about.items() if name in takes}
    )
    for context in case.contexts:
        frames = {"duckdb": {}, "snowflake": {}}
        for key, read in question.reads(context=context, **parameters).items():
            statement = select(read, context, question.filters)
            duckdb, snowflake = (warehouse.read(statement) for warehouse in both(company))
            same(duckdb.frame, snowflake.frame, check_row_order=False)
            assert (duckdb.truncated, snowflake.truncated) == (False, False)
            frames["duckdb"][key] = duckdb.frame.lazy()
            frames["snowflake"][key] = snowflake.frame.lazy()
        feeds = _feeds(question, context, both(company))
        duckdb, snowflake = (
            question.answer(**read, context=context, **parameters, **feeds)
            for read in frames.values()
        )
        assert duckdb.height > 0, f"{name} compared nothing"
        same(duckdb, snowflake)


def _feeds(question, context, warehouses):
    """The question's feeds, all alive; both engines say the same of how far their rows reach."""
    if not question.watermarks:
        return {}
    reached = [
        provenance.watermarks(warehouse, {}, question.watermarks, context.as_of)
        for warehouse in warehouses
    ]
    assert reached[0] == reached[1]
    alive = {
        name: provenance.Watermark(context.cutoff, mark.fresh_within_hours)
        for name, mark in reached[0].items()
    }
    return {"watermarks": alive}


@pytest.mark.parametrize("company", cases())
def test_both_engines_say_alike_what_the_rows_are(both, company):
    duckdb, snowflake = both(company)
    assert provenance.data_dates(snowflake) == provenance.data_dates(duckdb)
    assert provenance.origins(snowflake) == provenance.origins(duckdb)
    context = cases()[company].contexts[0]
    data_through = provenance.dated_through(snowflake, TABLES, context)
    assert data_through == provenance.dated_through(duckdb, TABLES, context)
    assert any(data_through.values())


def test_the_app_asks_snowflake_by_its_address(stand_in, companies, on, monkeypatch, tmp_path):
    url = f"snowflake://stand-in/{DATABASE}/FLEET?warehouse=BI&role=READER"
    monkeypatch.setenv("BELLWETHER_SECRETS", str(write_login(tmp_path, stand_in)))
    answers = []
    for address in (f"duckdb:///{companies / 'FLEET.duckdb'}", url):
        memory().clear()
        monkeypatch.setenv("BELLWETHER_WAREHOUSE", address)
        assert latest_data_date() == dt.date(2026, 3, 31)
        answers.append(ask("usage_growth", on(2026, 3, 31)))
    memory().clear()
    duckdb, snowflake = answers
    assert (snowflake.state, snowflake.provenance) == ("ok", "loaded")
    assert (snowflake.finding, snowflake.data_through) == (duckdb.finding, duckdb.data_through)
    same(duckdb.frame, snowflake.frame)
