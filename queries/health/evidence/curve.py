"""The calibration curve: probabilities in fifths, beside the share that churned."""

import polars as pl

from queries.health.evidence.gates.probability import out_of_time
from queries.health.evidence.measures import AccountBootstrap, share
from queries.health.evidence.panel import Panel
from queries.health.evidence.risk import in_force

FIFTHS = 5


def curve(panel: Panel) -> pl.DataFrame | None:
    """One row per fifth of the snapshots predicted out of time; None where there is none."""
    risk = in_force(panel)
    tested = out_of_time(panel, risk)
    if tested is None:
        return None
    predicted = tested.rows.with_columns(predicted=pl.Series(tested.predicted))
    place = pl.col("predicted").rank("ordinal").cast(pl.Int64) - 1
    parted = predicted.with_columns(fifth=place * FIFTHS // pl.len().cast(pl.Int64) + 1)
    return (
        pl.DataFrame([_group(rows) for rows in parted.partition_by("fifth")])
        .with_columns(model=pl.lit(risk.model))
        .sort("fifth")
    )


def _group(rows: pl.DataFrame) -> dict[str, float | int | None]:
    happened = rows["churned"].to_numpy()
    observed = AccountBootstrap(rows).estimate(lambda weights: share(happened, weights))
    return {
        "fifth": rows.item(0, "fifth"),
        "expected_share": rows["predicted"].mean(),
        "observed_share": observed.value,
        "observed_share_low": observed.low,
        "observed_share_high": observed.high,
        "accounts": rows["account_id"].n_unique(),
        "churned_accounts": rows.filter("churned")["account_id"].n_unique(),
    }
