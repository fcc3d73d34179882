"""The proof in words: verdicts, the table of gates, and what cannot be said yet."""

import polars as pl
import pytest

from components.health import proof
from queries.shared import words
from tests.core.answers import answer

GATES = pl.DataFrame(
    {
        "gate": ["Discrimination", "Red band", "Red band", "Baselines", "Coverage"],
        "metric": [
            "gate_auc",
            "gate_red_lift",
            "gate_red_accounts",
            "gate_gain_over_renewal",
            "gate_scored_share",
        ],
        "name": ["AUC", "Churn in red over base", "Accounts in red", "Gain", "Customers scored"],
        "value": [0.781, 2.5, 9.0, None, 0.973],
        "low": [0.70, 1.5, None, None, None],
        "high": [0.85, 4.25, None, None, None],
        "unit": ["AUC", "times", "accounts", "nats", "share"],
        "target": ["≥ 0.70", "≥ 3 times", "capacity", "> 0", "≥ 95 %"],
        "verdict": ["pass", "fail", "pass", "unknown", "pass"],
        "n": [41, 41, 160, 12, 160],
        "card_version": ["2025-*11*"] * 5,
    }
)


def test_a_gate_fails_where_one_of_its_measures_does():
    assert proof.verdict_list(GATES).replace(words.NO_BREAK, " ").split("\n") == [
        "- :green[● Pass] Discrimination",
        "- :red[▲ Fail] Red band",
        "- :gray[○ Not enough evidence] Baselines",
        "- :green[● Pass] Coverage",
    ]


def test_the_measures_that_pass_are_counted():
    assert proof.passed(GATES) == "3 of 5 measures pass."


def test_the_table_says_every_value_in_its_unit():
    assert proof.worded(GATES).rows() == [
        ("Discrimination", "AUC", "0.78", "0.7 to 0.85", "≥ 0.70", "● Pass", 41),
        ("Red band", "Churn in red over base", "2.5", "1.5 to 4.25", "≥ 3 times", "▲ Fail", 41),
        ("Red band", "Accounts in red", "9", "–", "capacity", "● Pass", 160),
        ("Baselines", "Gain", "–", "–", "> 0", "○ Not enough evidence (n = 12)", 12),
        ("Coverage", "Customers scored", "97.3 %", "–", "≥ 95 %", "● Pass", 160),
    ]


@pytest.mark.parametrize(
    ("tier", "events", "expected"),
    [
        (0, 7, "How likely a churn is: 7 churned accounts, 20 are needed."),
        (1, 41, "Whether the next tier would do better: 41 churned accounts, 55 are needed."),
        (1, 60, "Whether fitted weights help: so far they do not beat the tier in force out of"),
        (2, 60, "Whether the next tier would do better: 60 churned accounts, 200 are needed."),
        (3, 300, "Whether a model that nobody tried here would do better."),
        (None, None, "How likely a churn is: 0 churned accounts, 20 are needed."),
    ],
)
def test_what_the_tier_cannot_say_comes_first(tier, events, expected):
    said = proof.limits(
        answer(frame=GATES, provenance="loaded"), {"tier": tier, "events": events}
    ).split("\n")
    assert said[0].startswith(f"- {expected}")


def test_what_cannot_be_said_is_told_from_the_data():
    said = proof.limits(answer(frame=GATES, provenance="loaded"), {"tier": 1, "events": 41})
    assert "Not enough evidence, whatever their values look like: Gain." in said
    assert r"what is not in the table of every scorecard is of 2025-\*11\*, and" in said
    assert "SIMULATED" not in said
    simulated = proof.limits(answer(frame=GATES), {"tier": 1, "events": 41})
    assert "the data are SIMULATED, which proves the software and not the score" in simulated


def test_the_tier_says_what_it_is_and_on_what_it_rests():
    assert proof.tier_words({"tier": 2, "events": 57}) == (
        "Tier 2 is in force: a ridge discrete-time hazard of five predictors. "
        "It rests on 57 churned accounts."
    )
    assert proof.tier_words({"tier": None}) == "No tier: no account is known."


def test_what_is_fitted_is_fitted_to_the_card_in_force_and_said_of_no_other():
    other = {"tier": None, "events": None, "card_version": "2025-11"}
    assert proof.tier_words(other) == "No probability: only 2025-11, in force, has one."
    said = proof.limits(answer(frame=GATES, provenance="loaded"), other).split("\n")
    assert said[0] == "- How likely a churn is by a scorecard that is not in force."
