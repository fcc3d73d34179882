"""What was registered: of each claim its newest registration, and which version it is."""

import polars as pl

from queries.benchmarks.pairs import Wanted


def newest(claims: pl.DataFrame) -> pl.DataFrame:
    """The newest registration of each claim, with its `version`: how many there are by then.

    Grain: claim_id; sorted by it.
    """
    return (
        claims.sort("claim_id", "registered_at")
        .with_columns(version=pl.len().over("claim_id").cast(pl.Int64))
        .unique("claim_id", keep="last", maintain_order=True)
        .sort("claim_id")
    )


def wanted_of(claims: pl.DataFrame, wanted: Wanted, claim: str | None) -> pl.DataFrame:
    """The claims that were asked for, of `claims`."""
    conditions = [pl.col(name).is_in(list(values)) for name, values in wanted.setting.items()]
    if claim is not None:
        conditions.append(pl.col("claim_id") == claim)
    return claims.filter(*conditions, *wanted.pair)
