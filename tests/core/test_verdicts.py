"""No verdict of the product passes on nothing: each one over inputs that say nothing.

The register is found from the shapes: a column whose words can be good, or a flag that lets a
claim be published. A new one is held to this table without being listed here.
"""

import datetime as dt

import dataframely as dy
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from components.leadership.figures import metering_words
from queries.core.ask import ask
from queries.core.catalog import QUESTIONS
from queries.shared import words
from tests.benchmarks.lab import lab
from tests.health.troubled import COMPANY
from tests.on_call.test_shift_limits import roster
from warehouse.context import UNKNOWN
from warehouse.contract.tables import TABLES
from warehouse.provenance import FEEDS

GOOD = {"pass", "healthy", "superior", "equivalent", "CLOSED", "bears", "supported"}
GOOD_FLAGS = {"is_supported", "is_ahead_everywhere"}
# Somebody's own words, which are no verdict of ours.
SET_BY_HAND = {"override_band"}
AS_OF = (2026, 1, 31)
CUT = dt.datetime(2025, 6, 30, tzinfo=dt.UTC)
ABOUT = {"account": "a2"}


def merged(*companies):
    tables = dict.fromkeys(table for company in companies for table in company)
    return {table: [row for one in companies for row in one.get(table, [])] for table in tables}


def shifted(rows, days):
    """The rows with every instant so many days earlier."""
    return {
        table: [
            {
                name: value - dt.timedelta(days=days) if isinstance(value, dt.datetime) else value
                for name, value in row.items()
            }
            for row in several
        ]
        for table, several in rows.items()
    }


LIVE = merged(COMPANY, shifted(roster(180), 3), lab())


def ended(rows):
    """What every feed had brought by `CUT`: nothing since, on a data date half a year later."""

    def is_older(table, row):
        at = row.get(TABLES[table].dated_by or "")
        if isinstance(at, dt.datetime):
            return at < CUT
        return isinstance(at, dt.date) and at < CUT.date()

    fed = {name for name, table in TABLES.items() if table.fresh_within_hours or name == "contacts"}
    fed |= {"activities", "benchmark_runs", "benchmark_settings"}
    return {
        table: [row for row in several if table not in fed or is_older(table, row)]
        for table, several in rows.items()
    }


FIRST_OF_EACH = {table: several[:1] for table, several in LIVE.items()}
NOBODY = {"owner": ("nobody",), "hyperscaler": ("none",)}
# Input to rows, watermark and filters.
INPUTS = {
    "empty": ({}, None, {}),
    "filtered empty": (LIVE, "alive", NOBODY),
    "ended, by its newest row": (ended(LIVE), None, {}),
    "ended, as it says": (ended(LIVE), CUT, {}),
    "one row": (FIRST_OF_EACH, "alive", {}),
    "one row, nobody says how complete": (FIRST_OF_EACH, None, {}),
}


def good_words(column: dy.Column) -> set[str]:
    facts = column.metadata or {}
    if "verdict" in facts:
        return set(facts["verdict"]["good"])
    return set(facts.get("choices", ())) & GOOD


VERDICTS = [
    (question, name)
    for question in QUESTIONS.values()
    for name, column in question.shape.columns().items()
    if not column.primary_key and name not in SET_BY_HAND
    if good_words(column) or name in GOOD_FLAGS
]


def asked(on, question, *, account=ABOUT["account"], **filters):
    about = {"account": account} if "account" in {one.name for one in question.parameters} else {}
    return ask(question.name, on(*AS_OF, **filters), **about)


def is_good(question, name):
    if name in GOOD_FLAGS:
        return pl.col(name)
    return pl.col(name).is_in(list(good_words(question.shape.columns()[name])))


def test_the_register_holds_what_the_product_judges():
    judging = {question.name for question, _ in VERDICTS}
    assert judging >= {
        *("shift_limits", "account_health", "score_gates", "benchmark_claim", "benchmark_checks"),
        *("band_order", "parent_health", "renewals", "triage"),
    }


@pytest.mark.parametrize("kind", INPUTS)
def test_no_verdict_is_good_on_an_input_that_says_nothing(warehouse, on, kind):
    rows, watermark, filters = INPUTS[kind]
    warehouse(rows, **({} if watermark == "alive" else {"watermark": watermark}))
    judged = 0
    for question, name in VERDICTS:
        answer = asked(on, question, **filters)
        assert answer.state in {"ok", "empty"}, (question.name, answer.problem)
        if filters and question.filters == "none":
            # Not filtered, so not emptied: it says the same and that no filter applies.
            assert_frame_equal(answer.frame, asked(on, question).frame)
            assert not answer.applicable_filters
            continue
        good = answer.frame.filter(is_good(question, name))
        assert good.is_empty(), f"{question.name}.{name} is good: {good.to_dicts()[0]}"
        judged += answer.frame.height
        facts = (question.shape.columns()[name].metadata or {}).get("verdict")
        if facts:
            unknown = answer.frame.filter(pl.col(name) == UNKNOWN)
            numbers = unknown.select(facts["rests_on"])
            assert numbers.null_count().sum_horizontal().sum() == numbers.height * numbers.width
    assert judged or kind == "filtered empty", f"{kind} was judged by nobody"


@pytest.mark.parametrize("kind", INPUTS)
def test_metering_is_never_called_complete_on_nothing(warehouse, on, kind):
    rows, watermark, filters = INPUTS[kind]
    warehouse(rows, **({} if watermark == "alive" else {"watermark": watermark}))
    said = metering_words(asked(on, QUESTIONS["usage_growth"], **filters).frame)
    assert not said.startswith("every hour")


def test_on_a_live_input_the_same_verdicts_are_good(warehouse, on):
    warehouse(LIVE)
    # What rests on the ledger, or on a parent account, has none here.
    good = {
        f"{question.name}.{name}"
        for question, name in VERDICTS
        if not asked(on, question).frame.filter(is_good(question, name)).is_empty()
    }
    assert good >= {
        "shift_limits.verdict",
        "account_health.band",
        "renewals.band",
        "triage.band",
        "triage.status",
        "benchmark_claim.verdict",
        "benchmark_claim.parity",
        "benchmark_claim.is_supported",
        "benchmark_checks.state",
    }


def test_who_is_selected_by_no_filter_is_nobody_however_late_a_feed_is(warehouse, on):
    warehouse(LIVE, watermark=CUT)
    for name in ("account_health", "churn_indicators"):
        said = asked(on, QUESTIONS[name], **NOBODY).finding
        assert said == "No account with a contract is known"


def test_a_feed_is_named_in_words():
    watched = {table for question in QUESTIONS.values() for table in question.watermarks}
    assert watched <= set(words.FEEDS)
    assert not [said for said in words.FEEDS.values() if "_" in said]


# What reads a feed and is not told its watermark, with how it ends where the feed does. Whatever
# else reads one is told, and ends at the earlier of the data date and the watermark.
OF_EXPECTED = "held against the hours expected: its completeness stands beside it"
NOT_COUNTED = {
    ("usage_by_hyperscaler", "account_usage_daily"): OF_EXPECTED,
    ("usage_by_region", "account_usage_daily"): OF_EXPECTED,
    ("usage_by_account", "account_usage_daily"): OF_EXPECTED,
    ("usage_growth", "account_usage_daily"): OF_EXPECTED,
    ("account_consumption", "account_usage_daily"): "projected from the newest day that is known",
    ("account_events", "metering_hourly"): "lists what is recorded",
    ("account_events", "tickets"): "lists what is recorded",
    ("account_events", "incidents"): "lists what is recorded",
    ("account_events", "feature_usage_daily"): "a use has stopped only where telemetry goes on",
    ("on_call_load", "incidents"): "names the incidents of notifications",
    ("shift_incidents", "incidents"): "names the incidents of notifications",
}


def test_whoever_reads_a_feed_over_a_window_knows_how_far_it_reaches_or_says_how_it_ends(on):
    counted = {
        (question.name, read.table)
        for question in QUESTIONS.values()
        for read in question.reads(context=on(*AS_OF), **question.parse({})).values()
        if read.table in FEEDS and read.table not in question.watermarks
    }
    assert counted == set(NOT_COUNTED)


@pytest.mark.parametrize(
    ("watermark", "finding"),
    [
        ("2026-01-31", "No "),
        ("2026-01-20", "Unknown: the {} are complete to 19 Jan 2026 only"),
        (None, "Unknown: nothing says how far the {} reach"),
    ],
)
@pytest.mark.parametrize("table", ["tickets", "incidents"])
def test_no_row_means_none_only_where_the_feed_is_alive(warehouse, on, table, watermark, finding):
    at = watermark and dt.datetime.fromisoformat(watermark).replace(tzinfo=dt.UTC)
    warehouse({"accounts": [{"account_id": "a2"}], table: []}, watermark=at)
    said = asked(on, QUESTIONS[f"account_{table}"]).finding
    assert said.startswith(finding.format(table))
