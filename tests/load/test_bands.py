"""The bands of the shipped card over the demo company: set on its start, proven on what follows."""

import pytest

from queries.health.scorecard.account_health import scorecard_version
from tests.load.bands import (
    CARD_VERSION,
    DATA_DATE,
    FAST_SEEDS,
    SEEDS,
    SET_THROUGH,
    Company,
    bands_set_on,
    company,
    ordered,
)
from warehouse.context import EVERYTHING, Context
from warehouse.demo.draws import SHIPPED_SEED

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shipped() -> Company:
    return company(SHIPPED_SEED)


def test_the_bands_are_those_that_the_first_nine_months_give(shipped: Company) -> None:
    scorecards = scorecard_version(Context(DATA_DATE, EVERYTHING), CARD_VERSION)
    assert scorecards.set_through == SET_THROUGH
    begin = tuple(band.at_least for band in scorecards.bands)
    assert begin == (0, *bands_set_on(shipped.panel(CARD_VERSION).scored))


def test_the_bands_in_force_are_shown_to_order_what_followed(shipped: Company) -> None:
    found = ordered(shipped.panel(CARD_VERSION).proof)
    assert found.is_in_order
    assert found.is_shown
    assert found.auc < 0.85


def test_the_bands_of_the_predecessor_are_not(shipped: Company) -> None:
    found = ordered(shipped.panel("2025-01").proof)
    assert not found.is_in_order
    assert not found.is_shown


@pytest.mark.parametrize("seed", FAST_SEEDS)
def test_the_bands_in_force_tell_at_risk_from_healthy_in_other_companies(seed: int) -> None:
    assert seed in SEEDS
    found = ordered(company(seed).panel(CARD_VERSION).proof)
    assert found.is_in_order
    assert found.differences[-1][0] > 0
