"""Days and instants as a reader meets them, in a sentence and in a table: never raw timestamps."""

import datetime as dt

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from queries.shared import words

DAY = "D MMM YYYY"
INSTANT = "D MMM YYYY, HH:mm"


def said(value: str | dt.date | dt.datetime) -> str:
    """A day as 31 Jan 2026, an instant with its minute in UTC; a text as it is."""
    if isinstance(value, dt.datetime):
        return words.instant(value)
    return words.day(value) if isinstance(value, dt.date) else value


def column(title: str, dtype: pl.DataType, help_: str | None = None) -> ColumnConfig:
    """How a table shows a column of days or of instants in UTC, under its title."""
    if dtype == pl.Date():
        return st.column_config.DateColumn(title, help=help_, format=DAY)
    return st.column_config.DatetimeColumn(title, help=help_, format=INSTANT, timezone="UTC")
