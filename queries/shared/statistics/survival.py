"""Time to an event of which some have not happened yet: the Kaplan-Meier estimate.

Durations are in whichever unit the caller counts: seconds to an answer, days to a first use.
"""

import numpy as np
import polars as pl

# A product of fractions may miss 0.5 by the last bit.
ROUNDING = 1e-12


def survival_curve(durations: pl.LazyFrame, by: str) -> pl.LazyFrame:
    """The share still without the event after each duration, per group.

    What left at the same duration without the event (censored) counts as at risk until then.

    Args:
        durations: `by`, duration (to the event, or to when it was last seen without it) and
            is_completed (whether the event happened). No nulls.
        by: the column that names the group.

    Returns:
        Grain: `by`, duration; with at_risk, completed and survival.
    """
    return (
        durations.group_by(by, "duration")
        .agg(completed=pl.col("is_completed").sum().cast(pl.Int64), left=pl.len().cast(pl.Int64))
        .sort(by, "duration")
        .with_columns(at_risk=pl.col("left").cum_sum(reverse=True).over(by))
        .with_columns(survival=(1 - pl.col("completed") / pl.col("at_risk")).cum_prod().over(by))
        .select(by, "duration", "at_risk", "completed", "survival")
    )


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
    # A second and pandas to import, for one number of one question.
    from statsmodels.duration.survfunc import SurvfuncRight  # noqa: PLC0415

    if not durations["is_completed"].any():
        return None, None
    # Where nobody is left without the event, its transform has no value and counts as outside.
    with np.errstate(divide="ignore", invalid="ignore"):
        curve = SurvfuncRight(
            durations["duration"].cast(pl.Float64).to_numpy(),
            durations["is_completed"].cast(pl.Int64).to_numpy(),
        )
        low, high = curve.quantile_ci(0.5)
    return _finite(low), _finite(high)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
