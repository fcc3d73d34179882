"""The models that may compete: a unit-weight score, ridge, boosting. All learn from training rows.

None rebalances: it gains no discrimination and overstates every probability.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from queries.health.evidence.fitting.encoder import Encoder
from queries.health.evidence.fitting.logistic import logistic, probability_draws
from queries.health.evidence.fitting.sigmoid import Sigmoid, log_odds, recalibrated
from queries.health.evidence.scores import Bools, Floats, auc, log_loss
from queries.shared.statistics.bootstrap import SEED

SCORE_FACTORS = 5
FURTHEST = 3.0  # standard deviations beyond which a factor counts no further
SMOOTHING = 10.0  # rows of the base rate that each level of a text is mixed with
PENALTIES = (1_000.0, 100.0, 10.0, 1.0)

Split = tuple[NDArray[np.int64], NDArray[np.int64]]


class Model(Protocol):
    """Something fitted: factors in, probability that it happens out."""

    def predict(self, factors: pl.DataFrame) -> Floats:
        """The probability for each row."""
        ...

    def draws(
        self,
        factors: pl.DataFrame,
        happened: Bools,
        accounts: NDArray[np.int64],
        unseen: pl.DataFrame,
    ) -> Floats:
        """The probability of each row of `unseen` had other accounts been learned from: draw × row.

        What the model chose stays: the factors, their signs, the penalty.
        """
        ...


class UnitWeightScore:
    """The five factors that rank best, each ±1 by the sign they show, then two parameters.

    A factor's value is its distance from the training mean in standard deviations, at most three;
    a text's value is the share it happened to among the rows that say the same; unknown is 0.
    """

    def __init__(self, factors: pl.DataFrame, happened: Bools) -> None:
        self._base = float(happened.mean())
        self._levels: dict[str, dict[str, float]] = {
            name: self._level_shares(factors[name], happened)
            for name, dtype in factors.schema.items()
            if dtype == pl.String
        }
        numbers = self._numbers(factors)
        self._means = np.nanmean(numbers, axis=0)
        spread = np.nanstd(numbers, axis=0)
        self._spreads = np.where(spread > 0, spread, 1.0)
        standard = self._standard(numbers)
        # Where it happened to all or to none no factor ranks, and each weighs nothing.
        ranks = np.nan_to_num([auc(column, happened) - 0.5 for column in standard.T])
        strongest = np.argsort(-np.abs(ranks), kind="stable")[:SCORE_FACTORS]
        self._signs = np.zeros(len(ranks))
        self._signs[strongest] = np.sign(ranks[strongest])
        self._to_probability: Sigmoid = recalibrated(standard @ self._signs, happened)
        self.names = factors.columns

    def score(self, factors: pl.DataFrame) -> Floats:
        """The unit-weight sum; higher is likelier to happen."""
        ranked: Floats = np.asarray(self._standard(self._numbers(factors)) @ self._signs)
        return ranked

    def predict(self, factors: pl.DataFrame) -> Floats:
        return self._to_probability(self.score(factors))

    def draws(
        self,
        factors: pl.DataFrame,
        happened: Bools,
        accounts: NDArray[np.int64],
        unseen: pl.DataFrame,
    ) -> Floats:
        return self._to_probability.draws(
            self.score(factors), happened, accounts, self.score(unseen)
        )

    def signs(self) -> dict[str, int]:
        """Factor to +1 or −1, of the five that count."""
        signed = zip(self.names, self._signs, strict=True)
        return {name: int(sign) for name, sign in signed if sign}

    def _level_shares(self, said: pl.Series, happened: Bools) -> dict[str, float]:
        counted = (
            pl.DataFrame({"said": said, "happened": happened})
            .group_by("said")
            .agg(rows=pl.len(), happened=pl.col("happened").sum())
        )
        return {
            level: (events + SMOOTHING * self._base) / (rows + SMOOTHING)
            for level, rows, events in counted.iter_rows()
        }

    def _numbers(self, factors: pl.DataFrame) -> Floats:
        columns = [
            [self._levels[name].get(level, self._base) for level in factors[name]]
            if name in self._levels
            else factors[name].to_numpy()
            for name in factors.columns
        ]
        numbers: Floats = np.column_stack(columns).astype(np.float64)
        # A factor that no row knows has no mean; it says nothing, which is 0.
        numbers[:, np.isnan(numbers).all(axis=0)] = 0.0
        return numbers

    def _standard(self, numbers: Floats) -> Floats:
        distance = (numbers - self._means) / self._spreads
        standard: Floats = np.nan_to_num(np.clip(distance, -FURTHEST, FURTHEST))
        return standard


class Recalibration:
    """Logistic regression on all of a few factors, without a penalty."""

    penalty = 0.0

    def __init__(self, factors: pl.DataFrame, happened: Bools) -> None:
        self._encoder = Encoder(factors)
        encoded = self._encoder.encode(factors)
        self._coefficients = logistic(encoded, happened, penalty=self.penalty)

    def predict(self, factors: pl.DataFrame) -> Floats:
        return _chances(self._encoder.encode(factors), self._coefficients)

    def draws(
        self,
        factors: pl.DataFrame,
        happened: Bools,
        accounts: NDArray[np.int64],
        unseen: pl.DataFrame,
    ) -> Floats:
        learned, new = (self._encoder.encode(rows) for rows in (factors, unseen))
        return probability_draws(
            learned, happened, accounts, self._coefficients, new, penalty=self.penalty
        )


class Ridge(Recalibration):
    """Logistic regression with a ridge penalty chosen on the training rows' own splits.

    At most `most_parameters` are fitted: where the table has more, the factors that rank best by
    themselves are kept.
    """

    def __init__(
        self,
        factors: pl.DataFrame,
        happened: Bools,
        *,
        splits: Sequence[Split],
        most_parameters: int,
    ) -> None:
        self.names = _within(factors, happened, most_parameters)
        losses = _losses(factors.select(self.names), happened, splits)
        self.penalty = min(losses, key=lambda one: losses[one])
        super().__init__(factors.select(self.names), happened)

    def predict(self, factors: pl.DataFrame) -> Floats:
        return super().predict(factors.select(self.names))

    def draws(
        self,
        factors: pl.DataFrame,
        happened: Bools,
        accounts: NDArray[np.int64],
        unseen: pl.DataFrame,
    ) -> Floats:
        learned, new = (rows.select(self.names) for rows in (factors, unseen))
        return super().draws(learned, happened, accounts, new)

    def weights(self) -> dict[str, float]:
        """Encoded factor to its change of log-odds for one standard deviation."""
        weights = map(float, self._coefficients[1:])
        return dict(zip(self._encoder.names, weights, strict=True))


class Boosting:
    """Gradient-boosted trees, shallow and slow, recalibrated by a sigmoid on held-out parts."""

    def __init__(self, factors: pl.DataFrame, happened: Bools, *, splits: Sequence[Split]) -> None:
        self.names = factors.columns
        frame = _pandas(factors)
        texts = [name for name in self.names if not _is_number(frame, name)]
        encoder = ColumnTransformer(
            [
                (
                    "texts",
                    OrdinalEncoder(
                        handle_unknown="use_encoded_value", unknown_value=-1, max_categories=255
                    ),
                    texts,
                )
            ],
            remainder="passthrough",
        )
        trees = HistGradientBoostingClassifier(
            learning_rate=0.1,
            max_iter=60,
            max_leaf_nodes=8,
            min_samples_leaf=20,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=SEED,
        )
        self._fit = CalibratedClassifierCV(
            make_pipeline(encoder, trees), method="sigmoid", cv=list(splits), ensemble=True
        ).fit(frame, happened)

    def predict(self, factors: pl.DataFrame) -> Floats:
        return _probability(self._fit, factors.select(self.names))

    def draws(
        self,
        factors: pl.DataFrame,
        happened: Bools,
        accounts: NDArray[np.int64],
        unseen: pl.DataFrame,
    ) -> Floats:
        """Drawn is only the sigmoid that recalibrates, around the probability it gives.

        Growing the trees again takes too long, and on the rows they grew from they are too sure.
        """
        learned, new = (log_odds(self.predict(rows)) for rows in (factors, unseen))
        sigmoid = recalibrated(learned, happened)
        centred = new - (sigmoid.intercept + sigmoid.slope * new)
        resampled: Floats = expit(logit(sigmoid.draws(learned, happened, accounts, new)) + centred)
        return resampled


def _losses(factors: pl.DataFrame, happened: Bools, splits: Sequence[Split]) -> dict[float, float]:
    """Penalty to ridge's mean loss on rows that the fit has not seen."""
    losses = dict.fromkeys(PENALTIES, 0.0)
    for train, test in splits:
        encoder = Encoder(factors[train])
        learned, unseen = encoder.encode(factors[train]), encoder.encode(factors[test])
        for penalty in PENALTIES:
            probability = _chances(unseen, logistic(learned, happened[train], penalty=penalty))
            losses[penalty] += log_loss(probability, happened[test]) / len(splits)
    return losses


def _chances(encoded: Floats, coefficients: Floats) -> Floats:
    probability: Floats = expit(coefficients[0] + encoded @ coefficients[1:])
    return probability


def _probability(fit: Pipeline, factors: pl.DataFrame) -> Floats:
    probability: Floats = fit.predict_proba(_pandas(factors))[:, 1]
    return probability


def _pandas(factors: pl.DataFrame) -> pd.DataFrame:
    """Factors as scikit-learn takes them by column name: unknown numbers as NaN."""
    return pd.DataFrame(
        {
            name: column.to_numpy() if column.dtype.is_float() else column.to_list()
            for name, column in zip(factors.columns, factors.get_columns(), strict=True)
        }
    )


def _is_number(frame: pd.DataFrame, name: str) -> bool:
    return bool(pd.api.types.is_float_dtype(frame[name]))


def _within(factors: pl.DataFrame, happened: Bools, most_parameters: int) -> list[str]:
    """The factors, best by themselves first, that together cost at most so many parameters."""
    strength = {name: _strength(factors.select(name), happened) for name in factors.columns}
    kept: list[str] = []
    room = most_parameters
    for name in sorted(factors.columns, key=lambda one: (-strength[one], one)):
        column = factors[name]
        is_text = column.dtype == pl.String
        cost = max(1, column.n_unique() - 1) if is_text else 1 + (column.null_count() > 0)
        if cost <= room:
            kept.append(name)
            room -= cost
    # The single best stays even where its levels cost more than the evidence allows.
    return kept or [max(factors.columns, key=lambda one: (strength[one], one))]


def _strength(factor: pl.DataFrame, happened: Bools) -> float:
    score = UnitWeightScore(factor, happened).score(factor)
    return abs(auc(score, happened) - 0.5)
