"""The scorecard that Score proof is about: which one, what counts for it, and what it showed."""

from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from components.core import choice, short_rows, tiles
from components.core.cached_artifact import cached_artifact
from queries.core.answer import Answer
from queries.health.proof import band_order
from queries.health.scorecard.definition import BANDS
from queries.shared import words

RULE = (
    "Pass: at risk churns more often than watch, and watch more often than healthy, each with the "
    "whole 95 % interval above 0. Fail: an interval lies below 0. Unknown: fewer than "
    f"{band_order.FEWEST_CHURNED} churned accounts, or a band without a snapshot."
)

Row = dict[str, Any]


@dataclass(frozen=True)
class ProvenScorecard:
    """The version of the scorecard that the page is about; `row` is its row of `band_order`."""

    row: Row
    in_force: str

    @property
    def is_in_force(self) -> bool:
        return bool(self.row.get("is_in_force"))

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of a question about it; none for the one in force."""
        return {} if self.is_in_force or not self.row else {"card_version": self.version}

    @property
    def version(self) -> str:
        return str(self.row["card_version"])

    @property
    def title(self) -> str:
        """Whether its bands order the outcomes."""
        return band_order.title(self.row) if self.row else "No scorecard is known"

    @property
    def counted(self) -> str:
        """Which snapshots count, and of how many accounts."""
        row = self.row
        if not row.get("snapshots"):
            return "No snapshot counts yet."
        since = row["set_through"]
        after = f" after {words.day(since)}, the last day the bands were set on" if since else ""
        days = f"{words.day(row['first_date'])} to {words.day(row['last_date'])}"
        churned = words.plural(row["churned_accounts"], "churned account")
        return (
            f"{words.plural(row['snapshots'], 'monthly snapshot')} with a band{after} ({days}), of "
            f"{words.plural(row['accounts'], 'account')}; {churned}. "
            "Verdict and figure are of the whole book, whatever is filtered."
        )

    def model(self, risk: Answer) -> Row:
        """Tier and model of an answer to `churn_risk`, which are those of the card in force.

        Nothing is fitted to another card: then every column is None.
        """
        row = tiles.first(risk)
        return row if self.is_in_force else dict.fromkeys(row) | {"card_version": self.in_force}


def chosen(order: Answer) -> ProvenScorecard:
    """The version that the reader chose, kept in the URL; the one in force until there is one."""
    rows = {row["card_version"]: row for row in order.rows()}
    in_force = next((name for name, row in rows.items() if row["is_in_force"]), None)
    if in_force is None:
        return ProvenScorecard({}, "")
    version = choice.one("Scorecard", tuple(rows), key="card_version", default=in_force)
    return ProvenScorecard(rows[version], in_force)


def differences(card: ProvenScorecard) -> None:
    """What separates the bands, in percentage points with their intervals."""
    said = (_difference(card.row, *pair) for pair in band_order.PAIRS)
    lines = "\n".join(f"- {one}" for one in said)
    st.markdown(f"{band_order.VERDICTS[card.row['verdict']]}\n{lines}" if card.row else "")


def _difference(row: Row, worse: str, better: str) -> str:
    name = f"{worse}_minus_{better}"
    pair = f"{words.name(worse)} less {words.name(better).lower()}"
    if row[name] is None:
        return f"{pair}: {words.ABSENT}"
    low, high = (words.points(row[f"{name}_{end}"]) for end in ("low", "high"))
    return f"{pair}: {words.points(row[name])} ({low} to {high})"


def table(order: Answer) -> None:
    """Every version of the scorecard with its verdict and rates; or the answer's state."""
    if tiles.state(order):
        st.markdown(
            cached_artifact(order, "table in words", lambda: short_rows.worded(worded(order.frame)))
        )


def worded(order: pl.DataFrame) -> pl.DataFrame:
    """The rows of `band_order` under the titles of a table, rates with their intervals."""
    rows = order.to_dicts()
    rates = {words.name(band): [_rate(row, f"{band}_share") for row in rows] for band in BANDS}
    return pl.DataFrame(
        {
            "Scorecard": [
                f"{row['card_version']}{', in force' if row['is_in_force'] else ''}" for row in rows
            ],
            "Bands order churn": [band_order.VERDICTS[row["verdict"]] for row in rows],
            **rates,
            "Churned accounts": [row["churned_accounts"] for row in rows],
            "Snapshots": [row["snapshots"] for row in rows],
            "Bands set through": [words.day(row["set_through"]) for row in rows],
        }
    )


def _rate(row: Row, name: str) -> str:
    if row[name] is None:
        return words.ABSENT
    low, high = (words.share(row[f"{name}_{end}"]) for end in ("low", "high"))
    return f"{words.share(row[name])} ({low} to {high})"
