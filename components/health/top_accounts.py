"""Accounts worth a name on the overview: the lowest scores, and the scores that moved most."""

from typing import Any

import polars as pl
import streamlit as st

from components.core import page_links, tiles
from components.core.cached_artifact import cached_artifact
from components.core.page_links import Named
from components.triage.queue import badge
from queries.core.answer import Answer
from queries.shared import words

LOWEST = 5
MOVED = 6
# What moves a score, and how a reader says it.
PARTS = {
    "behaviour": "customer behaviour",
    "configuration": "rule change",
    "coverage": "data coverage",
}


def lowest(answer: Answer, *, key: str) -> None:
    """The accounts at risk with the lowest scores, and the way to whom to call.

    Takes an answer to `account_health`.
    """
    if not tiles.state(answer):
        return
    listed = cached_artifact(answer, "lowest scores", lambda: _lowest(answer))
    page_links.accounts(listed, answer, key=key)
    if not listed:
        st.markdown("No account in these filters is at risk.")
    page_links.lead("Whom to call first, in Triage", "triage", answer)


def moved(answer: Answer, *, key: str) -> None:
    """The scores that moved most, up or down, each with what it was and why it changed.

    Takes an answer to `health_change`; says what the changes of the whole book add up to first.
    """
    if not tiles.state(answer):
        return
    st.caption(words.plain(cached_artifact(answer, "changes in all", lambda: in_all(answer.frame))))
    listed = cached_artifact(answer, "largest changes", lambda: _moved(answer))
    page_links.accounts(listed, answer, key=key)
    if not listed:
        st.markdown("No score changed.")


def in_all(frame: pl.DataFrame) -> str:
    """How far the average score moved, and what moved it: parts that sum exactly, as shown.

    Over the accounts with a score on both dates, each counted once whatever its ARR. Where no
    input of an account is known on both, its behaviour adds nothing.
    """
    both = frame.drop_nulls("change").with_columns(pl.col(*PARTS).fill_null(0.0))
    if both.is_empty():
        return "No account has a score on both dates."
    total, *parts = both.select(pl.col("change", *PARTS).mean().round(1)).row(0)
    shown = zip(PARTS.values(), summing(parts, total), strict=True)
    said = ", ".join(f"{name} {points(value)}" for name, value in shown if round(value, 1))
    verb = f"{'fell' if total < 0 else 'rose'} {abs(total):.1f}" if total else "did not change"
    of = f"Average score of {words.plural(both.height, 'account')} {verb}"
    return f"{of}: {said}." if said else f"{of}."


def summing(parts: list[float], total: float) -> list[float]:
    """Rounded parts whose sum is the rounded total: the largest takes what rounding left over."""
    largest = max(range(len(parts)), key=lambda place: abs(parts[place]))
    rest = total - sum(parts)
    return [part + rest if place == largest else part for place, part in enumerate(parts)]


def points(value: float) -> str:
    """Points of score with their sign, to the tenth."""
    rounded = round(value, 1)
    sign = words.MINUS if rounded < 0 else "+"
    return f"{sign}{abs(rounded):.1f}"


def scored(row: dict[str, Any]) -> Named:
    """One row of `account_health` in a list: band, name, money, score; below, its worst reason."""
    money = words.money(row["arr_usd"] or row["arr_lapsed_usd"])
    return Named(
        row["account_id"],
        f"{badge(row['band'])} {_named(row)} {words.plain(money)} · score {row['score']:.0f}",
        f":gray[{words.plain(row['reasons'][0] if row['reasons'] else '')}]",
    )


def changed(row: dict[str, Any]) -> Named:
    """One row of `health_change` in a list: band, name, money, change; below, why."""
    change, money = points(row["change"]), words.plain(words.money(row["arr_usd"]))
    return Named(
        row["account_id"],
        f"{badge(row['band_after'])} {_named(row)} {money} **{change}**",
        f":gray[{words.plain(row['explanation'])}]",
    )


def _lowest(answer: Answer) -> list[Named]:
    return [scored(row) for row in answer.in_words(band="at_risk").head(LOWEST).to_dicts()]


def _moved(answer: Answer) -> list[Named]:
    size = pl.col("change").abs().round(1)
    largest = (
        answer.in_words()
        .filter(size > 0)
        .sort(size, "account_id", descending=[True, False])
        .head(MOVED)
        .sort("change", "account_id")
    )
    return [changed(row) for row in largest.to_dicts()]


def _named(row: dict[str, Any]) -> str:
    return f"**{words.plain(row['account_name'])}**"
