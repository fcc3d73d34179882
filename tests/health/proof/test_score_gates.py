"""The gates as a question: what it says of a book, and of the demo as its evidence grows."""

import datetime as dt

import duckdb
import pytest

from queries.core.ask import ask, ledger
from queries.health.evidence.gates.gate import GATES
from queries.health.proof.score_gates import ScoreGates, finding, score_gates
from queries.health.scorecard import scoring
from tests.health.evidence.simulated import (
    SCORECARD,
    book,
    history_of,
    month_ends,
    outcome,
    outcomes_of,
    snapshot,
)
from warehouse.context import EVERYTHING, Context

CONTEXT = Context(dt.date(2026, 4, 30), EVERYTHING)


def gates(history, outcomes, capacity=12):
    return ScoreGates.validate(
        score_gates(
            outcomes, history, context=CONTEXT, capacity=capacity, card_version=SCORECARD.version
        )
    )


def test_a_book_is_held_to_every_gate():
    frame = gates(*book(churners=40, months=16, seed=3))
    assert frame["metric"].to_list() == list(GATES)
    assert frame["card_version"].unique().to_list() == [SCORECARD.version]
    auc = frame.row(0, named=True)
    assert finding(frame) == (
        f"AUC {auc['value']:.2f} ({auc['low']:.2f}–{auc['high']:.2f}) out of time on "
        "40 churned accounts"
    )
    units = dict(frame.select("metric", "unit").iter_rows())
    assert (units["gate_green_share"], units["gate_red_accounts"]) == ("share", "accounts")


def test_the_capacity_decides_whether_the_red_band_is_a_list():
    small = book(accounts=60, churners=3, months=8, seed=3)
    red = {
        capacity: gates(*small, capacity).filter(metric="gate_red_accounts").row(0, named=True)
        for capacity in (1, 60)
    }
    assert red[1]["value"] == red[60]["value"] > 1
    assert (red[1]["verdict"], red[60]["verdict"]) == ("fail", "pass")


def test_too_few_and_none_are_said():
    few = gates(*book(accounts=60, churners=1, months=8, seed=3))
    assert finding(few) == "Not enough evidence yet: 1 churned account, 20 are needed"
    assert gates(history_of(), outcomes_of()).height == 0
    assert finding(ScoreGates.create_empty()) == "No score has been written yet"


@pytest.mark.parametrize("accounts", [1, 20])
def test_where_a_churn_followed_every_snapshot_nothing_is_ranked(accounts):
    """As under a filter that leaves one account, which left."""
    names = [f"a{number}" for number in range(accounts)]
    frame = gates(
        history_of(*(snapshot(name, "2025-06-30", 40.0 + n) for n, name in enumerate(names))),
        outcomes_of(*(outcome(name, "2025-08-01") for name in names)),
    )
    for metric in ("gate_auc", "gate_shuffled_auc", "gate_planted_auc"):
        assert frame.filter(metric=metric).select("value", "verdict").row(0) == (None, "unknown")
    if accounts == 20:
        assert finding(frame) == (
            "Nothing to rank: a churn followed every snapshot of 20 churned accounts"
        )


HORIZON = dt.timedelta(days=90)
DAYS = (dt.date(2025, 1, 31), dt.date(2025, 8, 31), dt.date(2026, 1, 31))


@pytest.mark.slow
def test_the_demo_passes_from_tier_to_tier_as_accounts_churn(demo, on):
    months = month_ends(16)
    for _ in scoring.score(ledger(), months):
        pass
    with duckdb.connect(str(demo), read_only=True) as connection:
        churned, renewed = (
            dict(connection.sql(f"SELECT account_id, {day} FROM {name}").fetchall())
            for name, day in (
                ("demo_truth.churned_accounts", "churned_date"),
                ("demo_truth.red_but_renewed_accounts", "renewed_date"),
            )
        )
    seen = []
    for day in DAYS:
        context = on(day.year, day.month, day.day)
        found = ask("score_gates", context).frame
        risk = ask("churn_risk", context).frame
        verdict = dict(found.select("metric", "verdict").iter_rows())
        tested = ("gate_auc", "gate_planted_auc")
        tier, events = risk.select("tier", "events").unique().row(0)
        seen.append((tier, events, *(verdict[one] for one in tested)))
        # Of the book these can be said from the first snapshot on.
        assert {verdict[one] for one in ("gate_additivity_error", "gate_scored_share")} == {"pass"}
        assert verdict["gate_absent_accounts"] == "pass"
        assert (risk["churn_probability"].null_count() == risk.height) == (tier == 0)

    def events(as_of):
        """Who churned within 90 days of a month's end that lies 90 days back: by plain loops."""
        over = [day for day in months if day + HORIZON <= as_of]
        return sum(any(day < churn <= day + HORIZON for day in over) for churn in churned.values())

    assert seen == [
        (0, events(DAYS[0]), "unknown", "unknown"),
        # In August 2025 the card in force is the predecessor, which does not pass.
        (1, events(DAYS[1]), "fail", "pass"),
        (2, events(DAYS[2]), "pass", "pass"),
    ]
    assert verdict["gate_shuffled_auc"] == "pass"
    assert 0 < seen[0][1] < 20 <= seen[1][1] < 55 <= seen[2][1]
    misses = ask("score_misses", on(2026, 1, 31)).frame
    by_kind = {kind: set(rows["account_id"]) for (kind,), rows in misses.group_by("kind")}
    assert by_kind["healthy_churned"] <= churned.keys()
    assert by_kind["at_risk_renewed"] & renewed.keys()
