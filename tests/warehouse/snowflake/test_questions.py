"""Every question, over the same company in both engines, reads and answers the same frames."""

import datetime as dt

import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask, latest_data_date
from queries.core.catalog import QUESTIONS
from queries.core.memory import memory
from queries.core.question import nothing
from tests.warehouse.snowflake.companies import DATABASE
from tests.warehouse.snowflake.conftest import write_login
from warehouse import provenance
from warehouse.context import EVERYTHING, Context
from warehouse.contract.tables import TABLES
from warehouse.read import select

ASKED = {
    "ACCOUNT": (
        "account_search",
        "account_profile",
        "account_contracts",
        "account_consumption",
        "account_features",
        "account_tickets",
        "account_incidents",
        "account_contacts",
        "account_events",
    ),
    "BENCHMARKS": (
        "benchmark_comparison",
        "benchmark_runs",
        "benchmark_medians",
        "benchmark_settings_compared",
        "benchmark_claim",
        "benchmark_checks",
        "benchmark_matches",
    ),
    "CHURN": (
        "arr_and_consumption",
        "churn_indicators",
        "account_health",
        "arr_by_hyperscaler",
        "arr_movements",
        "outcomes",
    ),
    "FLEET": (
        "usage_by_hyperscaler",
        "usage_growth",
        "usage_by_region",
        "usage_by_account",
        "charges_by_provider",
        "consumption_by_unit",
    ),
    "ON_CALL": ("on_call_load", "shift_limits", "shift_incidents", "incident_response"),
    "RENEWING": ("renewals_due",),
    "RETENTION": ("retention", "retention_cohort"),
}
# Whom a question is asked about, where it has to be told.
ABOUT = {"account": "a1"}
# The newest data date, an earlier one, and filters where the company's tables carry them.
CONTEXTS = {
    "ACCOUNT": (
        Context(dt.date(2026, 1, 31), EVERYTHING),
        Context(dt.date(2026, 1, 28), EVERYTHING, hyperscaler=("aws",), region=("emea",)),
    ),
    "BENCHMARKS": (
        Context(dt.date(2026, 1, 31), EVERYTHING),
        Context(dt.date(2026, 1, 10), EVERYTHING),
    ),
    "CHURN": (
        Context(dt.date(2026, 1, 31), EVERYTHING),
        Context(dt.date(2025, 12, 15), EVERYTHING),
        Context(
            dt.date(2026, 1, 31),
            EVERYTHING,
            segment=("enterprise",),
            region=("emea", "unknown"),
        ),
    ),
    "FLEET": (
        Context(dt.date(2026, 3, 31), EVERYTHING),
        Context(dt.date(2026, 3, 20), EVERYTHING),
        Context(dt.date(2026, 3, 31), EVERYTHING, hyperscaler=("aws", "azure")),
    ),
    "ON_CALL": (
        Context(dt.date(2026, 2, 3), EVERYTHING),
        Context(dt.date(2026, 1, 31), EVERYTHING),
        Context(dt.date(2026, 2, 3), EVERYTHING, hyperscaler=("azure",), region=("emea",)),
    ),
    "RENEWING": (
        Context(dt.date(2026, 1, 31), EVERYTHING),
        Context(dt.date(2026, 1, 4), EVERYTHING),
        Context(dt.date(2026, 1, 31), EVERYTHING, hyperscaler=("azure",), region=("emea",)),
    ),
    "RETENTION": (
        Context(dt.date(2026, 1, 31), EVERYTHING),
        Context(dt.date(2025, 5, 31), EVERYTHING),
        Context(dt.date(2026, 1, 31), EVERYTHING, hyperscaler=("aws",), region=("emea",)),
    ),
}


def same(one, other, **how):
    assert_frame_equal(one, other, rel_tol=1e-12, abs_tol=0.0, **how)


def test_every_question_is_asked():
    reading = [name for name, question in QUESTIONS.items() if question.reads is not nothing]
    assert sorted(name for names in ASKED.values() for name in names) == sorted(reading)


@pytest.mark.parametrize(
    ("company", "name"), [(company, name) for company, names in ASKED.items() for name in names]
)
def test_both_engines_answer_alike(both, company, name):
    question = QUESTIONS[name]
    parameters = question.parse(
        {one.name: ABOUT[one.name] for one in question.parameters if one.name in ABOUT}
    )
    for context in CONTEXTS[company]:
        frames = {"duckdb": {}, "snowflake": {}}
        for key, read in question.reads(context=context, **parameters).items():
            statement = select(read, context, question.filters)
            duckdb, snowflake = (house.read(statement) for house in both(company))
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


def _feeds(question, context, houses):
    """The question's feeds, all alive; both engines say the same of how far their rows reach."""
    if not question.watermarks:
        return {}
    reached = [
        provenance.watermarks(house, {}, question.watermarks, context.as_of) for house in houses
    ]
    assert reached[0] == reached[1]
    alive = {
        name: provenance.Watermark(context.cutoff, mark.fresh_within_hours)
        for name, mark in reached[0].items()
    }
    return {"watermarks": alive}


@pytest.mark.parametrize("company", CONTEXTS)
def test_both_engines_say_alike_what_the_rows_are(both, company):
    duckdb, snowflake = both(company)
    assert provenance.data_dates(snowflake) == provenance.data_dates(duckdb)
    assert provenance.origins(snowflake) == provenance.origins(duckdb)
    context = CONTEXTS[company][0]
    through = provenance.dated_through(snowflake, TABLES, context)
    assert through == provenance.dated_through(duckdb, TABLES, context)
    assert any(through.values())


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
    assert (snowflake.finding, snowflake.through) == (duckdb.finding, duckdb.through)
    same(duckdb.frame, snowflake.frame)
