"""Logistic fits and encoded factors against scikit-learn's, and where there is no likeliest fit."""

import numpy as np
import polars as pl
import pytest
from scipy.special import expit
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from queries.health.evidence.fitting.encoder import Encoder
from queries.health.evidence.fitting.logistic import logistic

DRAWS = np.random.default_rng(8)
COLUMNS = DRAWS.normal(0, 1, (400, 3))
HAPPENED = DRAWS.random(400) < expit(COLUMNS[:, 0] - 1.5)


@pytest.mark.parametrize("penalty", [0.0, 1.0, 250.0])
def test_the_fit_is_scikit_learns(penalty):
    strength = 1 / penalty if penalty else np.inf
    slow = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-10)
    slow.fit(COLUMNS, HAPPENED)
    found = logistic(COLUMNS, HAPPENED, penalty=penalty)
    assert found == pytest.approx([*slow.intercept_, *slow.coef_[0]], abs=1e-8)


def test_outcomes_that_separate_or_columns_that_say_nothing_have_a_finite_fit():
    score = np.arange(10.0)[:, None]
    intercept, slope = logistic(score - 4.5, score[:, 0] > 4)
    assert np.isfinite([intercept, slope]).all()
    assert slope > 5
    base, nothing = logistic(np.ones((8, 1)) * 0.0, np.arange(8) < 2)
    assert (base, nothing) == pytest.approx((np.log(2 / 6), 0.0))


def factors(rows, seed):
    draws = np.random.default_rng(seed)
    numbers = [None if draws.random() < 0.1 else float(draws.normal()) for _ in range(rows)]
    return pl.DataFrame(
        {
            "known": draws.normal(3, 2, rows),
            "lacking": pl.Series(numbers, dtype=pl.Float64),
            "empty": pl.Series([None] * rows, dtype=pl.Float64),
            "plan": draws.choice(["gold", "silver", "bronze"], rows),
            "yes": draws.choice(["no", "yes"], rows),
            "rare": draws.choice(["a", "b", "c"], rows, p=[0.6, 0.397, 0.003]),
        }
    )


@pytest.mark.filterwarnings("ignore:Found unknown categories")
def test_the_columns_are_scikit_learns_encoders():
    train, unseen = factors(1_000, 1), factors(50, 2).with_columns(rare=pl.lit("new"))
    numbers, texts = ["known", "lacking", "empty"], ["plan", "yes", "rare"]
    slow = make_pipeline(
        ColumnTransformer(
            [
                (
                    "numbers",
                    SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
                    numbers,
                ),
                (
                    "texts",
                    OneHotEncoder(
                        drop="if_binary",
                        min_frequency=0.01,
                        handle_unknown="infrequent_if_exist",
                        sparse_output=False,
                    ),
                    texts,
                ),
            ]
        ),
        StandardScaler(),
    )
    expected = slow.fit_transform(train.to_pandas())
    encoder = Encoder(train)
    assert encoder.names == [
        *numbers,
        "lacking unknown",
        "empty unknown",
        "plan bronze",
        "plan gold",
        "plan silver",
        "yes yes",
        *[f"rare {level}" for level in ("a", "b", "(rare)")],
    ]
    assert encoder.encode(train) == pytest.approx(expected, abs=1e-12)
    assert encoder.encode(unseen) == pytest.approx(slow.transform(unseen.to_pandas()), abs=1e-12)
