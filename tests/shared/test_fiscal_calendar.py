"""The fiscal calendar: half-years that partition the year, held to pandas' fiscal quarters."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import settings
from queries.core.ask import ask
from queries.shared.fiscal_calendar import half_year
from tests.renewals.renewing import COMPANY
from warehouse.errors import SettingInvalid

DAYS = st.dates(dt.date(1999, 12, 1), dt.date(2101, 2, 1))
MONTHS = st.integers(1, 12)
NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@pytest.mark.parametrize(
    ("day", "start", "expected"),
    [
        ("2026-01-31", 1, ("2026-01-01", "2026-07-01", "H1 FY2026")),
        ("2026-12-31", 1, ("2026-07-01", "2027-01-01", "H2 FY2026")),
        ("2026-01-31", 2, ("2025-08-01", "2026-02-01", "H2 FY2026")),
        ("2026-02-01", 2, ("2026-02-01", "2026-08-01", "H1 FY2027")),
        ("2024-02-29", 7, ("2024-01-01", "2024-07-01", "H2 FY2024")),
        ("2026-12-01", 12, ("2026-12-01", "2027-06-01", "H1 FY2027")),
    ],
)
def test_a_half_year_is_named_after_the_calendar_year_in_which_its_year_ends(day, start, expected):
    first, until, name = half_year(dt.date.fromisoformat(day), start)
    assert (first.isoformat(), until.isoformat(), name) == expected


@given(day=DAYS, start=MONTHS)
def test_half_years_partition_the_fiscal_year(day, start):
    first, until, name = half_year(day, start)
    assert first <= day < until
    # Every day of a half lies in that half and no other, and the next begins where it ends.
    assert half_year(first, start) == half_year(until - dt.timedelta(days=1), start)
    assert half_year(first, start) == (first, until, name)
    following, end, other = half_year(until, start)
    assert (following, name != other) == (until, True)
    # Two halves of one year are twelve months that begin in the month of the settings.
    begins = first if name.startswith("H1") else half_year(first - dt.timedelta(days=1), start)[0]
    assert (begins.month, begins.day) == (start, 1)
    ends = end if name.startswith("H1") else until
    assert ends == begins.replace(year=begins.year + 1)


@given(day=DAYS, start=MONTHS)
def test_the_name_is_that_of_the_fiscal_quarters_of_pandas(day, start):
    quarter = pd.Period(day, freq=f"Q-{NAMES[start - 2]}")
    _, _, name = half_year(day, start)
    assert name == f"H{(quarter.quarter + 1) // 2} FY{quarter.qyear}"


@pytest.mark.parametrize("text", ["13", "0", "May", "-1"])
def test_a_month_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("BELLWETHER_FISCAL_YEAR_START", text)
    with pytest.raises(SettingInvalid):
        settings.fiscal_year_start()


def test_an_answer_is_kept_under_the_calendar_it_was_asked_in(warehouse, on, monkeypatch):
    warehouse(COMPANY)
    calendar = ask("renewals_due", on(2026, 1, 31))
    monkeypatch.setenv("BELLWETHER_FISCAL_YEAR_START", "2")
    fiscal = ask("renewals_due", on(2026, 1, 31))
    assert calendar.key != fiscal.key
    assert fiscal.parameters == {"months": 0, "fiscal_year_start": 2}
    assert set(fiscal.frame["period"]) == {"H2 FY2026"}
    # What is given goes before the settings.
    assert ask("renewals_due", on(2026, 1, 31), fiscal_year_start=1).frame.equals(calendar.frame)
