"""The sections of the Account page that draw a figure."""

from functools import partial

from components.accounts import account, account_lists, figures, score_figures
from components.core import tiles
from queries.core.answer import Answer


def commitment(consumption: Answer) -> None:
    """Use of the commitment per hyperscaler, of an answer to `account_consumption`."""
    tiles.section("Use of the commitment", consumption, key="account_consumption")
    if account_lists.none(consumption):
        return
    for place in consumption.frame["hyperscaler"].unique(maintain_order=True):
        tiles.chart(
            consumption,
            partial(figures.consumption, hyperscaler=place),
            key=f"account_consumption_{place}",
            alt=partial(figures.consumption_words, hyperscaler=place),
        )


def score(health: Answer, change: Answer, bands: str) -> None:
    """What the score is made of and why it changed, of one account's rows."""
    tiles.section("Why this score", health, key="account_health", bands=bands)
    account.reasons(health, change)
    if health.usable:
        tiles.chart(
            health,
            score_figures.contributions,
            key="account_points",
            alt=score_figures.contributions_words,
        )


def score_history(history: Answer, bands: str) -> None:
    """The score week by week, of an answer to `account_score_history`."""
    tiles.section("The score in 26 weeks", history, key="account_history", bands=bands)
    if not account_lists.none(history):
        tiles.chart(
            history,
            score_figures.history,
            key="account_history_chart",
            alt=score_figures.history_words,
        )
