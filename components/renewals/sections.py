"""Renewals as a reader meets them: the period, its tiles, disagreements, and what is kept."""

from typing import Any

import polars as pl
import streamlit as st

from components.core import choice, page_links, short_rows, tiles
from components.core.cached_artifact import cached_artifact
from components.core.page_links import Named
from components.leadership import metric_tiles
from components.triage import queue
from queries.accounts.retention.cohort import FATES
from queries.core.answer import Answer
from queries.core.metrics import METRICS
from queries.renewals.renewal_totals import PARTS, Totals, said
from queries.shared import words

# What is offered, and its months ahead; 0 is the fiscal half-year.
PERIODS = {"This half": 0, "3 months": 3, "6 months": 6, "12 months": 12}
UNDECIDED = ("forecast", "not_reviewed", "no_forecast")
NO_PROBABILITY = "no calibrated probability yet"
SHOWN = 6
MOST = 200
COHORT = {
    "account_name": "Account",
    "fate": "Outcome",
    "arr_start_usd": "At the start",
    "arr_end_usd": "Now",
    "arr_kept_usd": "Kept",
    "lost_date": "Lost on",
    "churn_reason": "Reason",
}
RENEWALS = {
    "renewal_date": "Ends",
    "account_name": "Account",
    "owner_name": "Owner",
    "hyperscaler": "Hyperscaler",
    "state": "State",
    "due_usd": "Due",
    "won_usd": "Won",
    "forecast_usd": "Forecast",
    "committed_usd": "Committed",
    "statistical_usd": "Statistical",
    "band": "Signal",
    "disagreement": "Disagreement",
    "next_step": "Next step",
    "lost_date": "Lost on",
    "churn_reason": "Reason",
}
FORMULAS = ("nrr_share", "grr_share")


def months(key: str) -> int:
    """The months ahead that the reader chose, kept in the URL; 0 for this fiscal half-year."""
    return PERIODS[choice.one("Period", tuple(PERIODS), key=key, default=next(iter(PERIODS)))]


def amounts(answer: Answer) -> None:
    """What is due, won, committed and to be expected by statistics: one tile each."""
    totals = cached_artifact(answer, "renewal totals", lambda: Totals.of(answer.frame))
    money = said(totals.amounts)
    shown = {
        "due": words.money(totals.due),
        "won": money["won"],
        "committed": words.money(totals.committed),
        "statistical": words.money(totals.statistical),
    }
    undecided = ", ".join(f"{money[part]} {PARTS[part]}" for part in UNDECIDED)
    foreseen = f"of {words.money(totals.foreseen)} decided or due in 90 d"
    remarks = {
        "due": words.plural(answer.frame.height, "contract"),
        "won": f"{money['lost']} {PARTS['lost']}",
        "committed": undecided,
        "statistical": NO_PROBABILITY if totals.statistical is None else foreseen,
    }
    for amount, remark in remarks.items():
        metric = f"renewal_{amount}_usd"
        tiles.metric(
            answer,
            METRICS[metric].name,
            shown[amount],
            defined_by=metric,
            change=remark,
            good="neither",
        )


def disagreements(answer: Answer, *, key: str) -> None:
    """Where forecast and signal disagree or a forecast is missing, most money first, or the state.

    The first six stand there; the others (200 at most) wait behind one switch.
    """
    if not tiles.state(answer):
        return
    items = cached_artifact(answer, "disagreements", lambda: _items(answer))
    place = st.container()
    everything = len(items) > SHOWN and st.toggle(
        f"Show all {len(items):,}", key=f"{key}_all", bind="query-params"
    )
    with place:
        page_links.accounts(items if everything else items[:SHOWN], answer, key=key)
        if not items:
            st.markdown(
                "No forecast disagrees with its signal, and none is missing within 90 days."
            )


def _items(answer: Answer) -> list[Named]:
    named = (
        answer.in_words()
        .drop_nulls("disagreement")
        .sort("due_usd", "renewal_date", "contract_id", descending=[True, False, False])
    )
    return [item(row) for row in named.head(MOST).to_dicts()]


def item(row: dict[str, Any]) -> Named:
    """One renewal in a list: signal, name, money, clock; below, what is wrong and whose it is."""
    due = f"{words.money(row['due_usd'])} due", clock(row)
    facts = " · ".join(words.plain(fact).replace(" ", words.NO_BREAK) for fact in due)
    owner = row["owner_name"] or "no owner known"
    return Named(
        row["account_id"],
        f"{queue.badge(row['band'])} **{words.plain(row['account_name'])}** {facts}",
        f"{words.plain(wrong(row))} · {words.plain(owner)}",
    )


def clock(row: dict[str, Any]) -> str:
    """When a contract ends, from the data date on."""
    days = row["days_to_renewal"]
    return f"ended {-days} d ago" if days < 0 else f"ends in {days} d"


def wrong(row: dict[str, Any]) -> str:
    """What forecast and signal say of a row that disagrees, in one sentence."""
    forecast = words.money(row["forecast_usd"])
    reasons = " · ".join(row["reasons"]) or "no reason known"
    return {
        "forecast_at_risk": f"Forecast {forecast}; the signal says {reasons}",
        "given_up_healthy": f"Forecast only {forecast}; the signal is healthy",
        "no_forecast_in_time": "No forecast",
        "not_reviewed_in_time": f"Forecast {forecast} is as first entered; not reviewed",
    }[row["disagreement"]]


def kept(answer: Answer) -> None:
    """NRR, GRR and logo churn as tiles, and under them the formulas of NRR and GRR."""
    with st.container(horizontal=True, key="renewals_kept"):
        metric_tiles.tile(answer, "nrr_share", "NRR, 12 months")
        metric_tiles.tile(answer, "grr_share", "GRR, 12 months")
        metric_tiles.tile(answer, "logo_churn_share", "Logo churn, 12 months")
    for metric in FORMULAS:
        st.caption(f"{METRICS[metric].name} = {words.plain(METRICS[metric].formula)}")


def cohort(answer: Answer) -> None:
    """The accounts behind NRR and GRR, of an answer to `retention_cohort`."""
    tiles.table(
        answer,
        COHORT,
        key="renewals_cohort_table",
        view=worded_cohort,
        height=280,
        account="account_id",
    )


def every_renewal(due: Answer, bands: str) -> None:
    """Every renewal of an answer to `renewals`; `bands` says whether bands hold."""
    tiles.section(
        "All renewals",
        due,
        key="renewals_rows",
        caption="A dash means unknown, not zero.",
        bands=bands,
    )
    tiles.table(due, RENEWALS, key="renewals_table", view=worded, account="account_id")


def numbers(answer: Answer) -> None:
    """Every metric of the answer to `retention` with its interval and accounts, or its state."""
    if tiles.state(answer):
        st.markdown(
            cached_artifact(
                answer, "table in words", lambda: short_rows.worded(said_numbers(answer.in_words()))
            )
        )


def said_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of `retention` under the titles of a table, their mixed units said in words."""
    rows = frame.to_dicts()
    said = {
        "Metric": [row["name"] for row in rows],
        "Now": [_with_unit(row, "value") for row in rows],
        "95 % interval": [_interval(row) for row in rows],
        "Accounts": [row["accounts"] for row in rows],
        "Period or remark": [row["note"] for row in rows],
    }
    return pl.DataFrame(said, schema_overrides={"Accounts": pl.Int64})


def _with_unit(row: dict[str, Any], column: str) -> str:
    said = metric_tiles.value(row, column)
    return f"{said} d" if row["unit"] == "days" and said != words.ABSENT else said


def _interval(row: dict[str, Any]) -> str:
    if row["low"] is None and row["high"] is None:
        return words.ABSENT
    high = "not reached" if row["high"] is None else _with_unit(row, "high")
    return f"{_with_unit(row, 'low')} to {high}"


def worded(renewals: pl.DataFrame) -> pl.DataFrame:
    """The rows of `renewals` for a table: signal with its shape, states and remarks in words."""
    shapes = {band: words.status(band) for band in queue.COLOURS}
    rows = renewals.select("disagreement", "forecast_usd", "reasons").to_dicts()
    remarks = [wrong(row) if row["disagreement"] else None for row in rows]
    return renewals.with_columns(
        pl.col("band").replace(shapes),
        pl.col("state").replace(words.NAMES),
        disagreement=pl.Series(remarks, dtype=pl.String),
    )


def worded_cohort(cohort: pl.DataFrame) -> pl.DataFrame:
    """The rows of `retention_cohort` for a table: what became of each in words."""
    return cohort.with_columns(pl.col("fate").replace(FATES))
