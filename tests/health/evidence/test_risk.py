"""Tiers, the model in force and its probabilities, on books whose truth is known."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from scipy.special import expit
from sklearn.metrics import log_loss

from queries.health.evidence import risk as risks
from queries.health.evidence.panel import Panel
from queries.health.evidence.risk import (
    HAZARD,
    SCORE,
    dollar_loss,
    in_force,
    loss,
    probabilities,
    prove_model,
    table,
)
from tests.health.evidence.simulated import book, month_ends, panel

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
    # In this book those with the least ARR churn, which a ridge on ARR comes to know.
    assert seen == [(15, 0, None), (48, 1, "score"), (60, 2, "ridge_arr")]


def test_ridge_is_in_force_only_where_it_beats_the_score(evidence, monkeypatch):
    risk = in_force(evidence)
    rows = evidence.scored
    assert set(risk.proofs) == {"score", "ridge", "ridge_arr"}
    losses = {model: loss(proof, model, rows) for model, proof in risk.proofs.items()}
    assert losses["ridge"] < losses["score"]
    # Of five coins tossed nothing is to be learned that the score does not say.
    generator = np.random.default_rng(5)
    coins = rows.with_columns(
        pl.Series(name, generator.normal(0, 1, rows.height)) for name in HAZARD if name != "score"
    )
    monkeypatch.setattr(type(evidence), "scored", property(lambda _: coins))
    beaten = in_force(evidence)
    assert (beaten.tier.number, beaten.model) == (1, "score")


def test_boosting_is_a_challenger_from_two_hundred_churned_accounts_on():
    large = panel(*book(accounts=500, churners=210, months=12), dt.date(2026, 1, 31))
    risk = in_force(large)
    assert set(risk.proofs) == {"score", "ridge", "ridge_arr", "boosting"}
    losses = {model: loss(proof, model, large.scored) for model, proof in risk.proofs.items()}
    # What there is to know here is a straight line, which trees only come near to.
    assert losses["ridge"] < losses["boosting"] < losses["score"]
    assert (risk.tier.number, risk.model) == (2, "ridge_arr")
    point, low, high = probabilities(large, "boosting", large.newest)
    assert ((low <= point) & (point <= high)).all()
    assert point.mean() == pytest.approx(large.scored["churned"].mean(), abs=0.08)


@pytest.mark.parametrize(
    ("slope", "base_odds", "model"), [(-1.5, -5.8, "score_arr"), (0.0, -4.8, "score")]
)
def test_arr_is_learned_from_where_it_foretells_accounts_and_dollars(slope, base_odds, model):
    draws = np.random.default_rng(11)
    accounts, months = 240, 14
    score, size = draws.normal(0, 1, (accounts, months)), draws.normal(0, 1, accounts)
    odds = base_odds - 0.8 * score + slope * size[:, None]
    leaves = draws.random((accounts, months)) < expit(odds)
    month = np.where(leaves.any(axis=1), leaves.argmax(axis=1), 99)
    who, at = np.repeat(np.arange(accounts), months), np.tile(np.arange(months), accounts)
    rows = pl.DataFrame(
        {
            "account_id": who,
            "snapshot_date": pl.Series([month_ends(months)[one] for one in at]),
            "score": (75 + 10 * score).ravel(),
            "band": pl.repeat("watch", len(who), eager=True),
            "arr_usd": np.exp(12 + size)[who],
            "churned": (month[who] >= at) & (month[who] < at + 3),
            "is_there": month[who] >= at,
        }
    ).filter("is_there")
    seen = Panel("v", rows, rows, None)
    assert 20 <= seen.events < 55, "so that of the models only the score competes"
    risk = in_force(seen)
    assert risk.model == model
    base, richer = (risk.proofs[one] for one in ("score", "score_arr"))
    gains = [
        measure(base, "score", rows) - measure(richer, "score_arr", rows)
        for measure in (loss, dollar_loss)
    ]
    assert (min(gains) > 0) == (model == "score_arr")


def test_the_loss_per_dollar_is_that_of_scikit_learn(evidence):
    proof = prove_model(evidence.scored, "score")
    tested = evidence.scored[proof.rows]
    slow = log_loss(
        tested["churned"].to_numpy(),
        proof.predicted["score"][0],
        sample_weight=tested["arr_usd"].to_numpy(),
    )
    assert dollar_loss(proof, "score", evidence.scored) == pytest.approx(slow)


def test_the_recalibration_by_score_and_arr_is_statsmodels_logit(evidence):
    rows = evidence.scored
    design = sm.add_constant(
        np.column_stack([rows["score"].to_numpy(), np.log1p(rows["arr_usd"].to_numpy())])
    )
    slow = sm.Logit(rows["churned"].to_numpy().astype(float), design).fit(disp=0)
    point, _, _ = probabilities(evidence, "score_arr", rows)
    assert point == pytest.approx(slow.predict(design), abs=1e-6)


def test_no_weight_is_fitted_to_a_small_book():
    small = known(accounts=90)
    assert (small.events, small.accounts) == (60, 90)
    risk = in_force(small)
    assert (risk.tier.number, risk.model, risk.proofs) == (1, "score", {})


def test_a_row_is_predicted_from_outcomes_that_were_known_by_then(evidence, monkeypatch):
    rows = evidence.scored
    learned = []
    original = risks.prove_forward

    def watched(one, happened, models, *, progress):
        proof = original(one, happened, models, progress=progress)
        learned.append((one, proof))
        return proof

    monkeypatch.setattr(risks, "prove_forward", watched)
    proof = prove_model(rows, "score")
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
