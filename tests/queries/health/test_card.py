"""Scorecards in the product, and what a file may not say."""

from itertools import pairwise

import pytest

from queries.churn import ChurnIndicators
from queries.health.card import FOLDER, CardInvalid, load, shipped
from warehouse.contract import TABLES

INPUTS = frozenset(ChurnIndicators.column_names())
CARD = FOLDER / "2026-01.toml"
TEXT = CARD.read_text(encoding="utf-8")


def test_the_shipped_cards_are_read_whole():
    (deck,) = shipped(INPUTS)
    assert (deck.version, deck.coverage_floor) == ("2026-01", 0.6)
    assert [(band.name, band.at_least) for band in deck.bands] == [
        ("red", 0.0),
        ("yellow", 50.0),
        ("green", 75.0),
    ]
    assert [(card.name, card.stages, card.weight) for card in deck.cards] == [
        ("onboarding", ("onboarding",), 5.0),
        ("established", None, 8.0),
    ]
    usage = deck.cards[1].factors[0]
    assert (usage.id, usage.input, usage.good, usage.weight, usage.reference) == (
        "usage",
        "usage_change_share",
        "higher",
        2.0,
        70.0,
    )
    assert usage.points == ((-0.5, 0.0), (0.0, 70.0), (0.2, 100.0))
    assert deck.inputs == (
        "commitment_pace",
        "days_since_contact",
        "feature_breadth_share",
        "incidents_28d",
        "open_severe_tickets",
        "usage_change_share",
    )


def test_the_shipped_cards_read_numbers_and_known_stages():
    schema = ChurnIndicators.create_empty().schema
    stages = TABLES["accounts"].choices("lifecycle_stage")
    for deck in shipped(INPUTS):
        assert all(schema[name].is_numeric() for name in deck.inputs)
        for card in deck.cards:
            assert card.stages is None or set(card.stages) <= set(stages)
            assert 3 <= len(card.factors) <= 7, "five to seven factors, fewer while moving in"


def test_the_files_are_named_for_their_version_and_versions_only_grow():
    decks = shipped(INPUTS)
    assert [deck.version for deck in decks] == [path.stem for path in sorted(FOLDER.glob("*.toml"))]
    assert all(earlier.version < later.version for earlier, later in pairwise(decks))


@pytest.mark.parametrize(
    ("replaced", "by", "says"),
    [
        ('version = "2026-01"', "", "2026-01.toml: version is missing or no text"),
        ("coverage_floor = 0.6", "", "2026-01.toml: coverage_floor is None"),
        ("coverage_floor = 0.6", "coverage_floor = 60", "it is a number from 0 to 1"),
        ("at_least = 0\n", "at_least = 10\n", "line 7: the first band begins at 0"),
        ("at_least = 75", "at_least = 50", "line 15: band 'green' does not begin above 'yellow'"),
        ('name = "green"', 'name = "red"', "line 7: band 'red' stands there twice"),
        ('stages = ["onboarding"]', 'stages = "every"', "line 20: card 'onboarding' takes every"),
        ('stages = "every"', 'stages = ["live"]', "line 51: the last card takes every account"),
        ('stages = ["onboarding"]', "", "line 20: stages is a list of lifecycle stages"),
        ("weight = 2\n", "", "line 25: weight is None; it is a number from 0.01 to 100"),
        ("weight = 2\n", "weight = -2\n", "line 25: weight is -2"),
        ('good = "higher"', 'good = "up"', "line 25: good is 'up'; it is one of higher, lower"),
        ('input = "feature_breadth_share"', 'input = "breadth"', "there is no input 'breadth'"),
        ("[0.25, 70], [0.5, 100]", "[0.25, 70], [0.5, 10]", "turns around at \\[0.5, 10.0\\]"),
        ("[0.25, 70], [0.5, 100]", "[0.5, 70], [0.25, 100]", "does not lie above"),
        ("[0.25, 70], [0.5, 100]", "[0.25, 170]", "a score outside 0 to 100"),
        ("[[0.0, 0], [0.25, 70], [0.5, 100]]", "[[0.0, 0]]", "at least two \\[input, score\\]"),
        ("[0.25, 70]", '["a", 70]', "is not \\[input, score\\]"),
        ('id = "tickets"', 'id = "breadth"', "factor 'breadth' stands there twice"),
        ("reference = 70\n", "reference = 70\nnote = 1\n", "'note' is nothing a card says"),
        ('version = "2026-01"', "version = ", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_file_line_and_rule(
    tmp_path, replaced, by, says
):
    assert replaced in TEXT
    path = tmp_path / CARD.name
    path.write_text(TEXT.replace(replaced, by, 1), encoding="utf-8")
    with pytest.raises(CardInvalid, match=says):
        load(path, INPUTS)
