"""There is one set of bands: no other module of the product lists them, and every list is equal."""

import ast

from components.health import health_mix_figures, score_proof_figures
from components.triage import queue
from ledger.bands import BANDS, UNKNOWN
from ledger.scores import BAND_WORDS
from queries.health.scorecard import definition, score
from queries.shared import words
from tests.law import holds_for
from tests.test_walls import TREES

WORDS = {*BANDS, UNKNOWN}
# The warehouse knows no other room: its list of the table of scores is held to be equal below.
APART = {"ledger.bands", "queries.health.indicators.churn_indicators"}


def lists(tree):
    """The lists, tuples, sets and calls of a module that name three bands or more."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            inside = node.elts
        elif isinstance(node, ast.Call):
            inside = node.args
        else:
            continue
        named = {one.value for one in inside if isinstance(one, ast.Constant)}
        if len(named & WORDS) > 2:
            yield ast.unparse(node)


def test_a_second_list_would_be_found():
    tree = ast.parse('ORDER = ["healthy", "watch", "at_risk"]\nword("Band", "watch", *OTHERS)')
    assert list(lists(tree)) == ["['healthy', 'watch', 'at_risk']"]


@holds_for(sorted(set(TREES) - APART))
def test_no_other_module_lists_the_bands(module):
    assert list(lists(TREES[module])) == []


def test_whatever_is_said_or_drawn_per_band_is_of_the_same_bands():
    assert definition.BANDS is BANDS
    assert score.UNKNOWN == UNKNOWN
    for known in (
        words.SHAPES,
        queue.COLOURS,
        health_mix_figures.COLOURS,
        score_proof_figures.COLOURS,
        BAND_WORDS,
    ):
        assert set(known) == WORDS
    assert set(words.NAMES) >= WORDS
