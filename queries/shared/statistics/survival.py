"""Time to an event of which some have not happened yet: the Kaplan-Meier estimate.

Durations are in whichever unit the caller counts: seconds to an answer, days to a first use.
"""

from typing import Any

import numpy as np
import polars as pl

_EMPTY = pl.Schema(
    {
        "duration": pl.Float64,
        "at_risk": pl.Int64,
        "completed": pl.Int64,
        "survival": pl.Float64,
    }
)
# A product of fractions may miss 0.5 by the last bit.
ROUNDING = 1e-12


def survival_curve(durations: pl.DataFrame, by: str) -> pl.DataFrame:
    """The share still without the event after each duration at which it happened, per group.

    What left at the same duration without the event (censored) counts as at risk until then.

    Args:
        durations: `by`, duration (to the event, or to when it was last seen without it) and
            is_completed (whether the event happened). No nulls.
        by: the column that names the group.

    Returns:
        Grain: `by`, duration; with at_risk, completed and survival. A group without an event has
        no row.
    """
    happened = durations.filter(pl.col("is_completed").any().over(by))
    curves = [
        _curve(group).insert_column(0, pl.lit(name).alias(by))
        for (name,), group in happened.sort(by).group_by(by, maintain_order=True)
    ]
    schema = pl.Schema({by: durations.schema[by], **_EMPTY})
    return pl.concat(curves).cast(schema) if curves else pl.DataFrame(schema=schema)


def reached_by(share: float) -> pl.Expr:
    """Over the rows of one curve: the earliest duration by which `share` have had the event.

    Null where the curve never gets there: not reached, not zero.
    """
    return pl.col("duration").filter(pl.col("survival") <= 1 - share + ROUNDING).min()


def median_interval(durations: pl.DataFrame) -> tuple[float | None, float | None]:
    """The 95 % interval of the median duration of one group, for the columns of `survival_curve`.

    Brookmeyer and Crowley (1982) on the log-log scale, as SAS reports it and statsmodels computes
    it. None at an end that the curve does not reach; both without an event.
    """
    if not durations["is_completed"].any():
        return None, None
    # Where nobody is left without the event, its transform has no value and counts as outside.
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = _fitted(durations).quantile_ci(0.5)
    return _finite(low), _finite(high)


def _curve(group: pl.DataFrame) -> pl.DataFrame:
    with np.errstate(divide="ignore", invalid="ignore"):
        fitted = _fitted(group)
    return pl.DataFrame(
        {
            "duration": fitted.surv_times,
            "at_risk": fitted.n_risk,
            "completed": fitted.n_events,
            "survival": fitted.surv_prob,
        }
    ).cast(_EMPTY)


def _fitted(durations: pl.DataFrame) -> Any:
    # A second and pandas to import, which a terminal does not wait for.
    from statsmodels.duration.survfunc import SurvfuncRight  # noqa: PLC0415

    return SurvfuncRight(
        durations["duration"].cast(pl.Float64).to_numpy(),
        durations["is_completed"].cast(pl.Int64).to_numpy(),
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
