"""The backtest on planted truth: what is there is found, what is not is not."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.special import expit, ndtr

from queries.__main__ import main
from queries.health.evidence.backtest.run import backtest
from queries.health.evidence.backtest.table import outcomes
from queries.health.evidence.fitting import validation
from queries.health.evidence.fitting.validation import prove, prove_forward
from queries.health.evidence.tiers import most_parameters, tier_of


def book(accounts, *, shift=1.5, churn=0.2, seed=3):
    """Accounts of which a share churns; usage of the churned lies `shift` deviations lower."""
    generator = np.random.default_rng(seed)
    happened = generator.permutation(np.arange(accounts) < churn * accounts)
    return pl.DataFrame(
        {
            "account": [f"a{number}" for number in range(accounts)],
            "usage": generator.normal(10 - shift * happened, 1),
            "tickets": generator.poisson(2, accounts),
            "plan": generator.choice(["gold", "silver", "bronze"], accounts),
            "churned": happened.astype(int),
        }
    )


def judged(rows, **asked):
    return backtest(outcomes(rows, **({"label": "churned", "account": "account"} | asked)))


@pytest.mark.parametrize(
    ("events", "tier"), [(0, 0), (19, 0), (20, 1), (54, 1), (55, 2), (199, 2), (200, 3)]
)
def test_the_tier_switches_on_events(events, tier):
    assert tier_of(events, 1_000).number == tier


def test_no_weight_is_fitted_to_fewer_than_a_hundred_accounts():
    assert [tier_of(60, accounts).number for accounts in (99, 100)] == [1, 2]
    assert tier_of(19, 99).number == 0


def test_eleven_events_pay_for_a_parameter():
    assert [most_parameters(events) for events in (10, 11, 55, 120)] == [0, 1, 5, 10]


def test_two_normal_populations_are_told_apart_as_theory_says():
    found = judged(book(1_500))
    # AUC of two unit normals 1.5 apart is Φ(1.5 / √2).
    truth = ndtr(1.5 / np.sqrt(2))
    assert (found.tier.number, found.events, found.rows) == (3, 300, 1_500)
    assert found.auc.low < truth < found.auc.high
    assert found.auc.value == pytest.approx(truth, abs=0.02)
    assert found.factors[0].name == "usage"
    assert found.factors[0].sign == -1
    assert found.model in {"ridge", "score"}, "boosting has nothing to add to one straight line"
    assert {gate.name: gate.passed for gate in found.gates} == {
        "Discrimination": True,
        "Capture": True,
        "Shuffle": True,
        "Calibration": True,
        "Skill": True,
        "Baseline": True,
    }


def test_where_nothing_predicts_nothing_is_claimed():
    found = judged(book(600, shift=0.0))
    assert found.auc.low < 0.5 < found.auc.high
    assert found.brier_skill < 0.01
    verdicts = {gate.name: gate.passed for gate in found.gates}
    assert (verdicts["Discrimination"], verdicts["Shuffle"]) == (False, True)


def test_too_few_events_say_so_whatever_the_numbers_look_like():
    found = judged(book(90, shift=4.0, churn=0.2))
    assert (found.events, found.tier.number, found.is_enough) == (18, 0, False)
    assert found.observed_over_expected is found.calibration_slope is found.brier_skill is None
    assert {(gate.found, gate.passed) for gate in found.gates} == {
        ("not enough evidence (n = 18)", None)
    }


def test_a_column_from_the_future_is_caught_and_left_out():
    rows = book(400)
    leak = rows["churned"].to_numpy() + np.random.default_rng(1).normal(0, 0.01, rows.height)
    found = judged(rows.with_columns(cancelled_orders=leak))
    (remark,) = [one for one in found.remarks if one.startswith("cancelled_orders")]
    assert remark.startswith(
        "cancelled_orders left out: it tells the outcome by itself (AUC 1.000)"
    )
    assert found.auc.value < 0.95
    assert "cancelled_orders" not in {factor.name for factor in found.factors}


def test_signs_follow_the_data_and_not_the_order_of_rows():
    rows = book(300)
    first, shuffled = judged(rows), judged(rows.sample(fraction=1.0, shuffle=True, seed=5))
    assert {f.name: f.sign for f in first.factors if f.name == "usage"} == {
        f.name: f.sign for f in shuffled.factors if f.name == "usage"
    }
    assert first.base_share == shuffled.base_share
    mirrored = judged(rows.with_columns(usage=-pl.col("usage")))
    assert mirrored.auc.value == pytest.approx(first.auc.value, abs=1e-9)


def panel(accounts=150, months=12):
    """Monthly snapshots in which low usage goes with churn."""
    generator = np.random.default_rng(8)
    usage = generator.normal(0, 1, accounts * months)
    return pl.DataFrame(
        {
            "account": np.repeat(np.arange(accounts), months),
            "month": np.tile(np.arange(months), accounts),
            "usage": usage,
            "other": generator.normal(0, 1, accounts * months),
            "churned": (generator.random(len(usage)) < expit(-3 - 1.5 * usage)).astype(int),
        }
    )


def test_with_a_time_every_row_is_predicted_from_before_it():
    table = outcomes(panel(), label="churned", account="account", time="month")
    proof = prove(table, table.happened, ("score",), progress=lambda _: None)
    assert proof.kind == "out of time"
    assert table.times[proof.rows].min() > table.times.min()
    assert len(proof.rows) == 150 * 10, "the first two months of twelve are only learned from"
    # The base rate known beforehand is that of the months before.
    newest = proof.rows[table.times[proof.rows] == table.times.max()]
    before = table.happened[table.times < table.times.max()].mean()
    assert set(proof.base[np.isin(proof.rows, newest)]) == {before}


def test_a_row_is_learned_from_once_its_outcome_was_known():
    table = outcomes(panel(), label="churned", account="account", time="month")
    late = replace(table, known_after=3)
    proof = prove_forward(late, late.happened, ("score",), progress=lambda _: None)
    # Blocks of two months: nothing is known when the second begins, two months when the third does.
    assert sorted(set(late.times[proof.rows])) == [5, 6, 7, 8, 9, 10, 11, 12]
    third = proof.base[np.isin(late.times[proof.rows], [5, 6])]
    assert set(third) == {late.happened[late.times <= 2].mean()}
    timeless = replace(table, times=None)
    assert prove_forward(timeless, table.happened, ("score",), progress=lambda _: None) is None


def test_the_rows_of_an_account_are_never_on_both_sides(monkeypatch):
    table = outcomes(panel(months=6), label="churned", account="account")
    learned = []
    original = validation.fitted

    def fitted(name, table, happened, rows):
        learned.append(set(table.accounts[rows].tolist()))
        return original(name, table, happened, rows)

    monkeypatch.setattr(validation, "fitted", fitted)
    proof = prove(table, table.happened, ("score",), progress=lambda _: None, repeats=1)
    assert len(proof.rows) == 900
    # Each account was held out of exactly one of five fits, with all of its rows.
    for account in range(1, 151):
        assert sum(account not in one for one in learned) == 1


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "book.csv"
    book(200).write_csv(path)
    return path


def test_the_terminal_prints_it_as_text_and_as_json(file, capsys):
    asked = ["backtest", str(file), "--label", "churned", "--account", "account"]
    assert main(asked) == 0
    text = capsys.readouterr().out
    assert "Tier 1: unit-weight score with a two-parameter recalibration" in text
    assert "n = 40 churned of 200 accounts in 200 rows (20.0 % of rows); 1 is churn" in text
    assert main([*asked, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["tier"], said["events"], said["accounts"], said["model"]) == (1, 40, 200, "score")
    assert said["auc"]["low"] < said["auc"]["value"] < said["auc"]["high"]
    assert {factor["name"]: factor["sign"] for factor in said["factors"]}["usage"] == -1
    assert said["is_enough_evidence"] is True


def test_the_terminal_refuses_in_a_sentence(file, capsys):
    assert main(["backtest", str(file), "--label", "left"]) == 1
    assert capsys.readouterr().err.startswith("There is no column 'left'. Columns: account,")
