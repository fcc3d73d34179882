"""Accounts by their metered capacity, as a list that leads to each: unmetered ones first."""

from typing import Any

import polars as pl
import streamlit as st

from components.core import page_links, tiles
from components.core.cached_artifact import cached_artifact
from components.core.page_links import Named
from queries.core.answer import Answer
from queries.shared import words

SHOWN = 8
UNDECLARED = "unknown"


def show(answer: Answer, *, key: str) -> bool:
    """The first accounts of an answer to `usage_by_account`; whether all are wanted in a table."""
    if not tiles.state(answer):
        return False
    listed = cached_artifact(answer, "first accounts", lambda: first(answer.frame))
    page_links.accounts(listed, answer, key=key)
    st.caption("Unmetered accounts first. A dash means nothing was recorded, not zero.")
    return tiles.is_asked_for(capacity(answer.frame).height, "row", key=f"{key}_table_shown")


def capacity(accounts: pl.DataFrame) -> pl.DataFrame:
    """The capacity rows of `usage_by_account`, in its order."""
    return accounts.filter(dimension="capacity")


def first(accounts: pl.DataFrame) -> list[Named]:
    """The first rows of capacity in a list."""
    return [item(row) for row in capacity(accounts).head(SHOWN).to_dicts()]


def item(row: dict[str, Any]) -> Named:
    """One row in a list: name, place and mean capacity; below, what is committed and its change.

    Capacity of a cluster that nobody declared leads nowhere.
    """
    used = "unmetered" if row["is_unmetered"] else f"{words.number(row['mean_tib'])} TiB"
    committed = words.number(row["committed_tib"])
    growth = words.share(row["usage_growth_share"], signed=True)
    return Named(
        None if row["account_id"] == UNDECLARED else row["account_id"],
        f"**{words.plain(row['name'])}** {words.plain(words.name(row['hyperscaler']))} {used}",
        f":gray[{words.plain(f'committed {committed} TiB · growth {growth}')}]",
    )
