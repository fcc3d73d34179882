"""The panel: who counts as churned, who as kept, and whose outcome is open; traced by hand."""

import datetime as dt
from dataclasses import replace

import pytest

from queries.health.evidence import panel as panels
from queries.health.evidence.panel import early_warnings
from tests.health.evidence.simulated import (
    SCORECARD,
    book,
    history_of,
    outcome,
    outcomes_of,
    panel,
    snapshot,
)

AS_OF = dt.date(2026, 1, 31)


def labels(history, outcomes, as_of=AS_OF):
    found = panel(history, outcomes, as_of)
    return [tuple(row.values()) for row in found.rows.select("account_id", "churned").to_dicts()]


@pytest.mark.parametrize(
    ("churned", "expected"),
    [
        ("2025-09-01", []),  # on the day of the snapshot: it had churned already
        ("2025-09-02", [("a", True)]),
        ("2025-11-30", [("a", True)]),  # day 90
        ("2025-12-01", [("a", False)]),  # day 91
        (None, [("a", False)]),
    ],
)
def test_the_label_is_a_churn_within_ninety_days(churned, expected):
    found = labels(history_of(snapshot("a", "2025-09-01")), outcomes_of(outcome("a", churned)))
    assert found == expected


@pytest.mark.parametrize(("day", "rows"), [("2025-11-02", 1), ("2025-11-03", 0)])
def test_a_window_that_is_not_over_is_open_even_where_the_account_churned(day, rows):
    for churned in (None, "2026-01-15"):
        found = labels(history_of(snapshot("a", day)), outcomes_of(outcome("a", churned)))
        assert found == [("a", churned is not None)] * rows


@pytest.mark.parametrize(("lapsed", "rows"), [("2025-11-30", 0), ("2025-12-01", 1)])
def test_a_lapse_within_the_window_is_neither_kept_nor_churned(lapsed, rows):
    what = outcome("a", lapsed_date=dt.date.fromisoformat(lapsed), outcome="lapsed")
    found = labels(history_of(snapshot("a", "2025-09-01")), outcomes_of(what))
    assert found == [("a", False)] * rows


def test_of_each_month_the_newest_snapshot_counts():
    days = ("2025-09-07", "2025-09-28", "2025-10-05", "2025-10-26", "2025-11-02")
    found = panel(
        history_of(*(snapshot("a", day) for day in days)), outcomes_of(outcome("a")), AS_OF
    )
    assert found.rows["snapshot_date"].to_list() == [
        dt.date(2025, 9, 28),
        dt.date(2025, 10, 26),
        dt.date(2025, 11, 2),
    ]
    assert found.newest["snapshot_date"].to_list() == [dt.date(2025, 11, 2)]


def test_what_the_snapshot_froze_is_what_the_row_holds():
    found = panel(
        history_of(
            snapshot("a", "2025-09-01", 40.0, usage=-0.5, days_to_renewal=90),
            snapshot("b", "2025-09-01", None, usage=None, days_to_renewal=None),
            snapshot("c", "2025-09-01", days_to_renewal=91),
        ),
        outcomes_of(
            outcome("a", "2025-11-01"),
            outcome("b"),
            outcome("c", customer_since_date=dt.date(2024, 9, 2)),
        ),
        AS_OF,
    )
    columns = ("band", "usage_change_share", "is_renewing", "is_first_year", "days_to_churn")
    assert found.rows.select(columns).rows() == [
        ("at_risk", -0.5, True, False, 61),
        ("unknown", None, None, False, None),
        ("watch", 0.0, False, True, None),
    ]
    # Of b nothing was predicted: it is no evidence, whatever became of it.
    assert (found.events, found.accounts) == (1, 2)


def test_scores_of_two_versions_are_never_one_panel():
    history = history_of(
        snapshot("a", "2025-06-01"),
        snapshot("a", "2025-09-01", card_version="v2"),
        snapshot("b", "2025-06-01", card_version="v2"),
    )
    outcomes = outcomes_of(outcome("a", "2025-07-01"), outcome("b"))
    first = panel(history, outcomes, AS_OF)
    assert (first.card_version, first.events, first.rows.height) == (SCORECARD.version, 1, 1)
    # What the other version showed is not said of this one, though it has fewer churns.
    second = panel(history, outcomes, AS_OF, replace(SCORECARD, version="v2"))
    assert (second.card_version, second.events, second.rows.height) == ("v2", 0, 1)
    assert panel(history, outcomes, AS_OF, replace(SCORECARD, version="v3")) is None


@pytest.mark.parametrize(
    ("set_through", "proving"),
    [
        (None, ["a", "b", "c"]),
        ("2025-05-31", ["b", "c"]),
        ("2025-06-30", ["c"]),
        ("2025-09-30", []),
    ],
)
def test_snapshots_that_the_bands_were_set_on_prove_nothing(set_through, proving):
    history = history_of(
        snapshot("a", "2025-05-31"), snapshot("b", "2025-06-30"), snapshot("c", "2025-07-31", None)
    )
    outcomes = outcomes_of(*(outcome(name, "2025-08-01") for name in "abc"))
    scorecards = replace(SCORECARD, set_through=set_through and dt.date.fromisoformat(set_through))
    found = panel(history, outcomes, AS_OF, scorecards)
    assert found.unseen["account_id"].to_list() == proving
    # A probability learns from every snapshot with a band; only the others say how good it is.
    assert found.scored["account_id"].to_list() == ["a", "b"]
    assert found.proof["account_id"].to_list() == [name for name in proving if name != "c"]


def test_an_account_that_the_scope_withholds_is_not_in():
    found = panel(history_of(snapshot("a", "2025-06-01")), outcomes_of(outcome("b")), AS_OF)
    assert found is None


def test_the_early_warning_is_the_snapshot_a_quarter_before():
    days = ("2025-03-31", "2025-04-30", "2025-05-31", "2025-06-30")
    rows = panel(
        history_of(
            *(snapshot("a", day, 50.0 + place) for place, day in enumerate(days)),
            snapshot("b", "2025-06-30"),
        ),
        # 30 April lies 90 days before 29 July; of b no snapshot is as old.
        outcomes_of(outcome("a", "2025-07-29"), outcome("b", "2025-07-29")),
        AS_OF,
    ).rows
    assert early_warnings(rows).select("account_id", "score", "days_to_churn").rows() == [
        ("a", 51.0, 90)
    ]


def test_a_churn_is_labelled_in_three_months_and_counts_once():
    history, outcomes = book(accounts=20, churners=10)
    found = panel(history, outcomes, dt.date(2026, 3, 31))
    assert found.events == 10
    churned = found.rows.filter("churned")
    assert churned.group_by("account_id").len()["len"].max() == 3
    assert (found.rows["days_to_churn"].drop_nulls() > 0).all()


def test_of_many_accounts_some_are_drawn_whole_and_always_the_same(monkeypatch):
    monkeypatch.setattr(panels, "MOST_ACCOUNTS", 15)
    history, outcomes = book(accounts=40, churners=10)
    first, again = (panel(history, outcomes, dt.date(2026, 3, 31)) for _ in range(2))
    assert (first.accounts, first.rows["account_id"].n_unique()) == (15, 40)
    assert first.scored.equals(again.scored)
    drawn = first.scored["account_id"].unique().to_list()
    assert first.scored.equals(first.rows.filter(first.rows["account_id"].is_in(drawn)))
    turned = panel(history.reverse(), outcomes.reverse(), dt.date(2026, 3, 31))
    assert turned.scored.select(first.scored.columns).equals(first.scored)
