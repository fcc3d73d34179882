"""Tiles, charts and tables: each shows its answer, or which of the other states it is in."""

import functools
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pyarrow as pa
import streamlit as st

from components.core import definition, emptied, heading, moments, page_links, short_rows
from components.core.cached_artifact import cached_artifact
from components.core.figures.finished import Finished
from components.core.units import DOLLARS, WHOLE
from components.export import details
from queries.core import request
from queries.core.answer import Answer, Problem
from queries.shared import words
from warehouse import clock
from warehouse.flat import flat, flat_columns

Figure = Callable[[pl.DataFrame], go.Figure]
View = Callable[[pl.DataFrame], pl.DataFrame]
Alternative = Callable[[pl.DataFrame], str]
WORDED = frozenset(
    {
        *("hyperscaler", "host_provider", "segment", "region", "status", "verification"),
        *("contract_status", "deployment_model"),
    }
)
NO_TOOLBAR = {"displayModeBar": False, "displaylogo": False}
MOST_TABLE_ROWS = 1000
MOST_SHORT_ROWS = 24


@contextmanager
def reading() -> Iterator[None]:
    """The loading state around the questions of a page: what happens, and for how long already.

    It shows only where an answer takes longer than half a second. Answers that are remembered
    cost no spinner, which would start a thread on every rerun.
    """
    asking = request.current()
    with ExitStack() as shown:
        spinner = functools.cache(
            lambda: shown.enter_context(st.spinner("Reading the warehouse", show_time=True))
        )

        def still_here() -> None:
            asking.still_here()
            spinner()

        request.set_request(replace(asking, still_here=still_here))
        try:
            yield
        finally:
            request.set_request(asking)


def metric(
    answer: Answer,
    label: str,
    value: str,
    *,
    defined_by: str,
    unit: str = "",
    change: str | None = None,
    good: str = "higher",
    compared_with: str | None = None,
) -> None:
    """One number with its comparison; its definition opens from the label.

    `value` is already said in words ('–' for unknown, and then without its `unit`). Where the
    answer has no rows the tile says its state instead of a number, and that of an older answer how
    old it is. Where neither direction is good, `change` is a plain remark.
    """
    shown = (
        (value if value == words.ABSENT else f"{value} {unit}".rstrip())
        if answer.usable
        else {"forbidden": "No access", "error": "No answer"}.get(answer.state, words.ABSENT)
    )
    moved = change if answer.usable and change != words.ABSENT else None
    st.metric(
        label,
        shown,
        # Streamlit takes only a hyphen for a fall.
        delta=moved and moved.replace(words.MINUS, "-"),
        delta_color={"higher": "normal", "lower": "inverse"}.get(good, "off"),  # type: ignore[arg-type]
        delta_arrow="off" if good == "neither" else "auto",
        delta_description=_beside(answer, compared_with),
        help=definition.markdown(defined_by),
        border=True,
    )


def _beside(answer: Answer, compared_with: str | None) -> str | None:
    """What stands beside the comparison of a tile: with what, and that the answer is an old one."""
    if not answer.usable:
        return None
    stale = f"stale, {_age(answer)} old" if answer.state == "stale" else None
    return " · ".join(part for part in (compared_with, stale) if part) or None


def _age(answer: Answer) -> str:
    return words.duration((clock.now() - answer.read_at).total_seconds())


def chart(answer: Answer, draw: Figure, *, key: str, alt: Alternative) -> None:
    """The figure of an answer with the sentence that stands for it, or the answer's state."""
    if not state(answer):
        return
    figure = cached_artifact(answer, key, lambda: Finished(draw(answer.frame)))
    sentence = cached_artifact(answer, f"{key} in words", lambda: alt(answer.frame))
    st.plotly_chart(figure, key=key, config=NO_TOOLBAR, alt=flat(sentence))
    st.caption(words.plain(sentence))


def table(
    answer: Answer,
    columns: Mapping[str, str],
    *,
    key: str,
    height: int | None = None,
    view: View | None = None,
    account: str | None = None,
) -> None:
    """The answer's rows under the given column titles, each with its definition, or its state.

    `columns` maps a column to its title, in the order shown; numbers are formatted by their unit.
    `view` picks, orders or words the rows; it is a pure function of the answer's rows in words.
    `account` names the column of the account whose page opens when its row is chosen.
    """
    if not state(answer):
        return
    rows = cached_artifact(answer, f"{key} rows", lambda: _shown(answer, tuple(columns), view))
    if answer.frame.height > MOST_TABLE_ROWS:
        st.caption(f"At most {MOST_TABLE_ROWS:,} rows are shown here; export contains all.")
    shown: Callable[..., Any] = functools.partial(
        st.dataframe,
        rows,
        column_config=cached_artifact(
            answer, f"{key} columns", lambda: _column_config(answer, columns)
        ),
        hide_index=True,
        key=key,
        height=height or "auto",
        placeholder=words.ABSENT,
    )
    if account is None:
        shown()
        return
    chosen = shown(on_select="rerun", selection_mode="single-row")
    st.caption("Choose a row to open its account.")
    for place in chosen.selection.rows:
        shown_rows = answer.in_words()
        viewed = shown_rows if view is None else view(shown_rows)
        page_links.follow_account(answer, viewed[account][place])


def short_table(answer: Answer, columns: Mapping[str, str], *, key: str) -> None:
    """The first rows of an answer of few rows as text under the given titles, or its state.

    `columns` are as in `table`; how many rows do not fit is said, and the details have them.
    """
    if not state(answer):
        return
    st.markdown(cached_artifact(answer, f"{key} text", lambda: _text(answer, columns)))
    more = answer.frame.height - MOST_SHORT_ROWS
    if more > 0:
        st.caption(f"{words.plural(more, 'more row')} in Details.")


def is_asked_for(rows: int, one: str, *, key: str) -> bool:
    """Whether the reader asks for a table of that many rows: half of what a page would send.

    `one` is what a row is, as in 'account'.
    """
    said = f"Show {words.plural(rows, one)} in a table"
    return rows > 0 and st.toggle(said, key=key, bind="query-params")


def section(title: str, answer: Answer, *, key: str, caption: str = "", bands: str = "") -> None:
    """A section's heading, how to read it, and behind one button definitions, rows and export.

    Where its rows have a band, `bands` says whether bands may be believed, which the files quote.

    A filter that is set and does not apply is named, and why it does not.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(title, anchor=False)
        details.popover(answer, key=key, bands=bands)
    if caption:
        st.caption(caption)
    ignored = heading.not_applied(answer.context, (answer,))
    if ignored:
        is_of_all = answer.question.filters == "none"
        because = "it is the same under every filter" if is_of_all else "these rows do not say"
        st.caption(f"Not filtered by {', '.join(ignored)}: {because}.")


def named(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the contract's words as a reader knows them: 'gcp' is Google Cloud."""
    worded = [column for column in frame.columns if column in WORDED]
    return frame.with_columns(pl.col(worded).replace(words.NAMES))


def arrow(frame: pl.DataFrame) -> pa.Table:
    """The frame as Streamlit sends it on unchanged; a polars frame would go through pandas."""
    return flat_columns(frame).to_arrow(compat_level=pl.CompatLevel.oldest())


def first(answer: Answer, **equal: str) -> dict[str, Any]:
    """The answer's first row with these values; every column None where there is none."""
    rows = answer.rows(**equal)
    return rows[0] if rows else dict.fromkeys(answer.frame.columns)


def error(problem: Problem) -> None:
    """An error in one sentence, what to try, and the reference under which the log has the rest."""
    st.error(
        f"{words.plain(problem.sentence)} {words.plain(problem.remedy)}{_reference(problem)}",
        icon=":material/error:",
    )


def state(answer: Answer) -> bool:
    """Say the answer's state where it is not simply ok; whether there are rows to show."""
    problem = answer.problem
    if answer.truncated:
        st.warning(
            "Truncated: more rows matched than one read may return. Narrow the filters.",
            icon=":material/content_cut:",
        )
    if answer.state == "stale" and problem is not None:
        st.warning(
            f"{words.plain(problem.sentence)} Showing the last good answer, {_age(answer)} old. "
            f"{words.plain(problem.remedy)}{_reference(problem)}",
            icon=":material/history:",
        )
    elif problem is not None and answer.state == "empty":
        if problem.clear:
            emptied.say(problem)
        else:
            st.caption(f"{words.plain(problem.sentence)} {words.plain(problem.remedy)}")
    elif answer.state == "forbidden" and problem is not None:
        st.error(
            f"{words.plain(problem.sentence)} {words.plain(problem.remedy)}",
            icon=":material/lock:",
        )
    elif problem is not None:
        error(problem)
    return answer.usable


def _reference(problem: Problem) -> str:
    return f" Reference {problem.reference}." if problem.reference else ""


def _text(answer: Answer, columns: Mapping[str, str]) -> str:
    shown = named(answer.in_words().select(*columns).head(MOST_SHORT_ROWS))
    return short_rows.markdown(shown, columns, answer.question.units())


def _shown(answer: Answer, columns: tuple[str, ...], view: View | None) -> pa.Table:
    rows = answer.in_words()
    frame = rows if view is None else view(rows)
    shown = frame.select(columns).head(MOST_TABLE_ROWS)
    return arrow(_in_words(answer, named(_rounded(answer, shown))))


def _rounded(answer: Answer, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the decimals of its columns' format: Streamlit cuts the others off."""
    units = answer.question.units()
    decimals = {
        column: round(-math.log10(_format(units.get(column, ""), dtype)[1]))
        for column, dtype in frame.schema.items()
        if dtype.is_float() and units.get(column) != "seconds"
    }
    return frame.with_columns(pl.col(column).round(places) for column, places in decimals.items())


def _format(unit: str, dtype: pl.DataType) -> tuple[str, float]:
    """How Streamlit shows a number of `unit`: its format, and the step that sets its decimals."""
    if unit == "share":
        return "percent", 0.001
    is_whole = unit in WHOLE or dtype.is_integer()
    return "dollar" if unit in DOLLARS else "localized", 1 if is_whole else 0.01


def _in_words(answer: Answer, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with durations as a reader says them: 3 h 20 min."""
    units = answer.question.units()
    seconds = [column for column in frame.columns if units.get(column) == "seconds"]
    said = {
        column: [None if value is None else words.duration(value) for value in frame[column]]
        for column in seconds
    }
    return frame.with_columns(pl.Series(name, text, pl.String) for name, text in said.items())


def _column_config(answer: Answer, columns: Mapping[str, str]) -> dict[str, Any]:
    metrics = answer.question.metrics()
    units = answer.question.units()
    config: dict[str, Any] = {}
    for column, title in columns.items():
        help_text = definition.markdown(metrics[column]) if column in metrics else None
        dtype = answer.frame.schema[column]
        if dtype.is_numeric() and units.get(column) != "seconds":
            shown, step = _format(units.get(column, ""), dtype)
            config[column] = st.column_config.NumberColumn(
                title, help=help_text, format=shown, step=step
            )
        elif dtype.is_temporal():
            config[column] = moments.column(title, dtype, help_text)
        else:
            config[column] = st.column_config.Column(title, help=help_text)
    return config
