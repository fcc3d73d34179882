"""Scorecards in the product, and what a file may not say."""

import datetime as dt
from itertools import pairwise

import polars as pl
import pytest

from queries.health.indicators.health_inputs import INPUTS
from queries.health.scorecard.account_health import STAGES, AccountHealth
from queries.health.scorecard.definition import FOLDER, ScorecardInvalid, in_force, load, shipped

CARD = FOLDER / "2025-11.toml"
TEXT = CARD.read_text(encoding="utf-8")


def test_the_shipped_cards_are_read_whole():
    first, scorecards = shipped(INPUTS)
    assert [(card.name, card.stages, card.weight) for card in first.cards] == [
        ("every account", None, 6.0)
    ]
    assert (
        scorecards.version,
        scorecards.coverage_floor,
        scorecards.clears_at,
    ) == ("2025-11", 0.6, 65.0)
    assert [(band.name, band.at_least) for band in scorecards.bands] == [
        ("at_risk", 0.0),
        ("watch", 60.0),
        ("healthy", 80.0),
    ]
    assert [(card.name, card.stages, card.weight) for card in scorecards.cards] == [
        ("onboarding", ("onboarding",), 5.0),
        ("established", None, 8.0),
    ]
    usage = scorecards.cards[1].factors[0]
    assert (usage.id, usage.input, usage.good, usage.weight, usage.reference) == (
        "usage",
        "usage_change_share",
        "higher",
        2.0,
        70.0,
    )
    assert usage.points == ((-0.5, 0.0), (0.0, 70.0), (0.2, 100.0))
    assert scorecards.inputs == (
        "commitment_pace",
        "days_since_contact",
        "feature_breadth_share",
        "incidents_28d",
        "severe_tickets_90d",
        "usage_change_share",
    )


@pytest.mark.parametrize(
    ("said", "day"), [("", None), ("set_through = 2025-04-30\n", dt.date(2025, 4, 30))]
)
def test_a_card_says_the_last_data_date_its_bands_were_set_on_or_none(tmp_path, said, day):
    path = tmp_path / CARD.name
    without = "".join(line for line in TEXT.splitlines(keepends=True) if "set_through" not in line)
    path.write_text(said + without, encoding="utf-8")
    assert load(path, INPUTS).set_through == day


def test_the_shipped_cards_read_numbers_and_known_stages():
    schema = AccountHealth.create_empty().schema
    stages = STAGES
    for scorecards in shipped(INPUTS):
        assert all(schema[name].is_numeric() for name in scorecards.inputs)
        for card in scorecards.cards:
            assert card.stages is None or set(card.stages) <= set(stages)
            assert 3 <= len(card.factors) <= 7, "five to seven factors, fewer while moving in"


def test_the_files_are_named_for_their_version_and_versions_only_grow():
    scorecard_versions = shipped(INPUTS)
    assert [scorecards.version for scorecards in scorecard_versions] == [
        path.stem for path in sorted(FOLDER.glob("*.toml"))
    ]
    assert all(earlier.version < later.version for earlier, later in pairwise(scorecard_versions))


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (dt.date(2024, 6, 1), "2025-01"),
        (dt.date(2025, 10, 31), "2025-01"),
        (dt.date(2025, 11, 1), "2025-11"),
        (dt.date(2026, 1, 31), "2025-11"),
    ],
)
def test_a_day_is_scored_by_the_newest_deck_then_in_force(day, version):
    assert in_force(shipped(INPUTS), day).version == version


@pytest.mark.parametrize(
    ("stage", "name"),
    [("onboarding", "onboarding"), ("adopting", "established"), (None, "established")],
)
def test_the_first_card_that_matches_the_stage_scores_and_the_last_takes_the_rest(stage, name):
    scorecards = shipped(INPUTS)[-1]
    stages = pl.DataFrame({"stage": [stage]}, schema={"stage": pl.String})
    assert stages.select(scorecards.names(pl.col("stage"))).item() == name
    assert scorecards.card(name).name == name


@pytest.mark.parametrize(
    ("replaced", "by", "expected"),
    [
        ('version = "2025-11"', "", "2025-11.toml: version is missing or no text"),
        ("coverage_floor = 0.6", "", "2025-11.toml: coverage_floor is None"),
        ("coverage_floor = 0.6", "coverage_floor = 60", "it is a number from 0 to 1"),
        ("at_least = 0\n", "at_least = 10\n", "line 16: the first band begins at 0"),
        ("at_least = 80", "at_least = 60", "line 24: band 'healthy' does not begin above 'watch'"),
        ('name = "healthy"', 'name = "watch"', "line 16: the bands are at_risk, watch, healthy"),
        ('name = "healthy"', 'name = "green"', "line 16: the bands are at_risk, watch, healthy"),
        ("in_force_from = 2025-11-01", "", "in_force_from is None; it is a day like 2026-01-31"),
        ("in_force_from = 2025-11-01", "in_force_from = 2025-11-01T00:00:00", "it is a day like"),
        (
            "set_through = 2025-04-30",
            "set_through = 2025",
            "set_through is 2025; it is a day",
        ),
        (
            "set_through = 2025-04-30",
            "set_through = 2025-04-30T00:00:00",
            "line 11: set_through is datetime",
        ),
        (
            "set_through = 2025-04-30",
            "set_through = 2025-11-01",
            "line 11: set_through is 2025-11-01; it lies before in_force_from, 2025-11-01",
        ),
        ("clears_at = 65", "clears_at = 45", "clears_at is 45; it is a number from 60 to 80"),
        ('stages = ["onboarding"]', 'stages = "every"', "line 29: card 'onboarding' takes every"),
        ('stages = "every"', 'stages = ["live"]', "line 60: the last card takes every account"),
        ('stages = ["onboarding"]', "", "line 29: stages is a list of lifecycle stages"),
        ("weight = 2\n", "", "line 34: weight is None; it is a number from 0.01 to 100"),
        ("weight = 2\n", "weight = -2\n", "line 34: weight is -2"),
        ('good = "higher"', 'good = "up"', "line 34: good is 'up'; it is one of higher, lower"),
        (
            'input = "feature_breadth_share"',
            'input = "breadth"',
            "reads 'feature_breadth_share', not 'breadth'",
        ),
        ("[0.25, 70], [0.5, 100]", "[0.25, 70], [0.5, 10]", "turns around at \\[0.5, 10.0\\]"),
        ("[0.25, 70], [0.5, 100]", "[0.5, 70], [0.25, 100]", "does not lie above"),
        ("[0.25, 70], [0.5, 100]", "[0.25, 170]", "a score outside 0 to 100"),
        ("[[0.0, 0], [0.25, 70], [0.5, 100]]", "[[0.0, 0]]", "at least two \\[input, score\\]"),
        ("[0.25, 70]", '["a", 70]', "is not \\[input, score\\]"),
        (
            'id = "tickets"',
            'id = "seats"',
            "there is no factor 'seats'; factors: usage, commitment",
        ),
        (
            'id = "tickets"\ninput = "severe_tickets_90d"',
            'id = "breadth"\ninput = "feature_breadth_share"',
            "factor 'breadth' stands there twice",
        ),
        ("reference = 70\n", "reference = 70\nnote = 1\n", "'note' is nothing a card says"),
        ('version = "2025-11"', "version = ", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_file_line_and_rule(
    tmp_path, replaced, by, expected
):
    assert replaced in TEXT
    path = tmp_path / CARD.name
    path.write_text(TEXT.replace(replaced, by, 1), encoding="utf-8")
    with pytest.raises(ScorecardInvalid, match=expected):
        load(path, INPUTS)
