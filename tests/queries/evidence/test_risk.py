"""Tiers, the model in force and its probabilities, on books whose truth is known."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from queries.evidence import risk as risks
from queries.evidence.risk import HAZARD, SCORE, in_force, loss, probabilities, prove_model, table
from tests.queries.evidence.simulated import book, panel

AS_OF = dt.date(2026, 4, 30)


def known(**asked):
    return panel(*book(**({"months": 16, "seed": 3} | asked)), AS_OF)


@pytest.fixture(scope="module")
def evidence():
    return known()


def test_the_tier_rises_as_accounts_churn():
    history, outcomes = book(months=16, seed=3)
    seen = []
    for as_of in (dt.date(2025, 2, 28), dt.date(2025, 10, 31), AS_OF):
        past = outcomes.with_columns(
            churned_date=pl.when(pl.col("churned_date") <= as_of).then("churned_date")
        )
        found = panel(history.filter(pl.col("as_of") <= as_of), past, as_of)
        risk = in_force(found)
        seen.append((found.events, risk.tier.number, risk.model))
    assert seen == [(15, 0, None), (48, 1, "score"), (60, 2, "ridge")]


def test_ridge_is_in_force_only_where_it_beats_the_score(evidence, monkeypatch):
    risk = in_force(evidence)
    rows = evidence.scored
    assert set(risk.proofs) == {"score", "ridge"}
    losses = {model: loss(proof, model, rows) for model, proof in risk.proofs.items()}
    assert losses["ridge"] < losses["score"]
    # Of five coins tossed nothing is to be learned that the score does not say.
    generator = np.random.default_rng(5)
    coins = rows.with_columns(
        pl.Series(name, generator.normal(0, 1, rows.height)) for name in HAZARD if name != "score"
    )
    monkeypatch.setattr(type(evidence), "scored", property(lambda _: coins))
    beaten = in_force(evidence)
    assert (beaten.allowed.number, beaten.tier.number, beaten.model) == (2, 1, "score")


def test_boosting_is_a_challenger_from_two_hundred_churned_accounts_on():
    large = panel(*book(accounts=500, churners=210, months=12), dt.date(2026, 1, 31))
    risk = in_force(large)
    assert (risk.allowed.number, set(risk.proofs)) == (3, {"score", "ridge", "boosting"})
    losses = {model: loss(proof, model, large.scored) for model, proof in risk.proofs.items()}
    # What there is to know here is a straight line, which trees only come near to.
    assert losses["ridge"] < losses["boosting"] < losses["score"]
    assert (risk.tier.number, risk.model) == (2, "ridge")
    point, low, high = probabilities(large, "boosting", large.newest)
    assert ((low <= point) & (point <= high)).all()
    assert point.mean() == pytest.approx(large.scored["churned"].mean(), abs=0.08)


def test_no_weight_is_fitted_to_a_small_book():
    small = known(accounts=90)
    assert (small.events, small.accounts) == (60, 90)
    assert (in_force(small).tier.number, in_force(small).proofs) == (1, {})


def test_a_row_is_predicted_from_outcomes_that_were_known_by_then(evidence, monkeypatch):
    rows = evidence.scored
    learned = []
    original = risks.prove_forward

    def watched(one, happened, models, *, progress):
        proof = original(one, happened, models, progress=progress)
        learned.append((one, proof))
        return proof

    monkeypatch.setattr(risks, "prove_forward", watched)
    proof = prove_model(rows, "score", SCORE)
    ((one, _),) = learned
    first = one.times[proof.rows].min()
    past = one.times <= first - 90
    assert proof.base[one.times[proof.rows] == first].tolist() == pytest.approx(
        [one.happened[past].mean()] * int((one.times[proof.rows] == first).sum())
    )
    assert (one.times[past] + 90 <= first).all()


def test_the_recalibrated_score_gives_back_the_base_rate_and_its_order(evidence):
    rows = evidence.scored
    point, low, high = probabilities(evidence, "score", rows)
    assert point.mean() == pytest.approx(rows["churned"].mean(), abs=1e-4)
    scores = rows["score"].to_numpy()
    assert (np.diff(point[np.argsort(scores)]) <= 1e-12).all()
    assert ((low < point) & (point < high)).all()


def test_the_interval_narrows_with_the_evidence():
    few, many = known(accounts=120, churners=20), known(accounts=720, churners=120)
    at = pl.DataFrame({"score": [60.0]})
    widths = [
        float(high[0] - low[0])
        for _, low, high in (probabilities(one, "score", at) for one in (few, many))
    ]
    # Six times the accounts: about √6 = 2.4 times as sure.
    assert widths[0] / widths[1] == pytest.approx(2.4, rel=0.35)


def test_the_hazard_knows_that_churn_falls_on_a_renewal(evidence):
    accounts = pl.DataFrame(
        {
            "score": [60.0, 60.0],
            "is_renewing": [True, False],
            "is_first_year": [False, False],
            "usage_change_share": [0.0, 0.0],
            "severe_tickets_90d": [0.0, 0.0],
        }
    )
    (due, later), _, _ = probabilities(evidence, "ridge", accounts)
    assert due > 0.3
    assert later < 0.02


def test_the_table_keeps_days_so_that_outcomes_are_known_ninety_days_later(evidence):
    learned = table(evidence.scored, SCORE)
    assert learned.known_after == 90
    assert sorted(set(np.diff(np.unique(learned.times)))) == [28, 30, 31]
    assert learned.events == evidence.events == 60
