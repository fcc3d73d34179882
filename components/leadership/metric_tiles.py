"""Numbers as tiles: those of `overview`, which are one table too, and the capacity in use."""

from typing import Any

import polars as pl
import streamlit as st

from components.core import short_rows, tiles
from components.core.cached_artifact import cached_artifact
from queries.core.answer import Answer
from queries.core.metrics import METRICS
from queries.shared import words


def tile(answer: Answer, metric: str, label: str) -> None:
    """The metric with its change over the last 28 days, where an earlier value is known."""
    row = found(answer, metric)
    tiles.metric(
        answer,
        label,
        value(row),
        defined_by=metric,
        change=change(row),
        # No change is neither good nor bad news.
        good=METRICS[metric].good if row.get("change") else "neither",
        compared_with="vs 28 d before" if change(row) else None,
    )


def risk_tile(answer: Answer) -> None:
    """ARR of the accounts at risk, and what of it renews soon."""
    renewing = found(answer, "arr_exposed_usd")
    tiles.metric(
        answer,
        "ARR at risk",
        value(found(answer, "arr_flagged_usd")),
        defined_by="arr_flagged_usd",
        change=f"renews in 90 d: {value(renewing)}" if renewing else None,
        good="neither",
    )


def growth_tile(answer: Answer) -> None:
    """Consumption growth with the two amounts it compares."""
    row = found(answer, "consumption_growth_share")
    amounts = [row.get("numerator"), row.get("denominator")]
    now, before = map(words.number, amounts)
    tiles.metric(
        answer,
        "Consumption growth, 28 d",
        words.share(row.get("value"), signed=True),
        defined_by="consumption_growth_share",
        change=None if None in amounts else f"{now} after {before} TiB-h",
        good="neither",
    )


def no_forecast_tile(due: Answer) -> None:
    """ARR due in the period that nobody has forecast, of an answer to `renewals_due`."""
    silent, whole = (
        words.money(float(due.frame[f"{name}_usd"].sum())) for name in ("no_forecast", "due")
    )
    tiles.metric(
        due,
        "ARR due without a forecast",
        silent,
        defined_by="renewal_no_forecast_usd",
        change=f"of {whole} due in {tiles.first(due)['period']}",
        good="neither",
    )


def risk_in_words(answer: Answer, loss: Answer) -> str:
    """ARR at risk, what of it renews soon, and the expected loss; an unknown one with its reason.

    `loss` is the answer to `expected_loss`, which stands by its finding or its problem.
    """
    rows = [found(answer, f"arr_{kind}_usd") for kind in ("flagged", "exposed")]
    said = [
        f"{row['name']} {row['note'] if row['value'] is None else value(row)}"
        for row in rows
        if row
    ]
    if not said:
        return ""
    return words.plain(f"{'; '.join([*said, loss.finding.rstrip('.')])}.")


def found(answer: Answer, metric: str) -> dict[str, Any]:
    """The metric's row; empty where the answer has none."""
    by_metric = cached_artifact(
        answer, "by metric", lambda: {row["metric"]: row for row in answer.in_words().to_dicts()}
    )
    return by_metric.get(metric, {})


def value(row: dict[str, Any], column: str = "value", *, signed: bool = False) -> str:
    """A value of a row by its unit, in words; '–' where it is unknown or the row is empty."""
    say = {"USD per year": words.money, "share": words.share}.get(row.get("unit", ""), words.number)
    return say(row.get(column), signed=signed)


def change(row: dict[str, Any]) -> str | None:
    """The change of a row with its sign; that of a share in percentage points."""
    amount = row.get("change")
    if amount is None:
        return None
    if amount == 0:
        return "no change"
    if row["unit"] == "share":
        return words.points(amount)
    return value(row, "change", signed=True)


def table(answer: Answer) -> None:
    """Every metric of the answer with its comparison and what that leaves out, or its state."""
    if tiles.state(answer):
        st.markdown(
            cached_artifact(
                answer, "table in words", lambda: short_rows.worded(worded(answer.in_words()))
            )
        )


def worded(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of `overview` under the titles of a table, their mixed units said in words."""
    rows = frame.to_dicts()
    said = {
        "Metric": [row["name"] for row in rows],
        "Now": [value(row) for row in rows],
        "28 d before": [value(row, "earlier_value") for row in rows],
        "Change": [change(row) or words.ABSENT for row in rows],
        "Accounts": [row["accounts"] for row in rows],
        "Remark": [row["note"] for row in rows],
    }
    return pl.DataFrame(said, schema_overrides={"Accounts": pl.Int64})


def capacity_tiles(growth: Answer) -> None:
    """A tile per hyperscaler: capacity used in 28 days, of an answer to `usage_growth`.

    Growth between periods that are not as complete is neither good nor bad news.
    """
    for row in growth.rows(dimension="capacity"):
        is_comparable = row["is_comparable"]
        tiles.metric(
            growth,
            f"{words.name(row['hyperscaler'])} capacity, 28 d",
            words.number(row["usage_28d"]),
            unit="TiB-h",
            defined_by="usage_28d",
            change=words.share(row["usage_growth_share"], signed=True),
            good="higher" if is_comparable else "neither",
            compared_with=f"vs 28 d before{'' if is_comparable else ', completeness is unequal'}",
        )
