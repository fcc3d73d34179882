"""Time to an event of which some have not happened yet: the Kaplan-Meier estimate."""

import polars as pl

# A product of fractions may miss 0.5 by the last bit.
ROUNDING = 1e-12


def survival_curve(durations: pl.LazyFrame, by: str) -> pl.LazyFrame:
    """The share still without the event after each duration, per group.

    What left at the same duration without the event (censored) counts as at risk until then.

    Args:
        durations: `by`, seconds (to the event, or to when it was last seen without it) and
            is_completed (whether the event happened). No nulls.
        by: the column that names the group.

    Returns:
        Grain: `by`, seconds; with at_risk, completed and survival.
    """
    return (
        durations.group_by(by, "seconds")
        .agg(completed=pl.col("is_completed").sum().cast(pl.Int64), left=pl.len().cast(pl.Int64))
        .sort(by, "seconds")
        .with_columns(at_risk=pl.col("left").cum_sum(reverse=True).over(by))
        .with_columns(survival=(1 - pl.col("completed") / pl.col("at_risk")).cum_prod().over(by))
        .select(by, "seconds", "at_risk", "completed", "survival")
    )


def reached_by(share: float) -> pl.Expr:
    """Over the rows of one curve: the earliest seconds by which `share` have had the event.

    Null where the curve never gets there: not reached, not zero.
    """
    return pl.col("seconds").filter(pl.col("survival") <= 1 - share + ROUNDING).min()
