"""Which two systems are compared, and what their sessions say."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from queries.benchmarks.metric_names import CEILINGS
from queries.statistics.intervals import median_interval
from queries.statistics.ratio import ratio_interval

SETTING = ("campaign", "workload", "metric")
ARM = (*SETTING, "system_id")
PAIR = (*ARM, "baseline_system_id")
CLAIMED = ("claim_id", "direction", "margin_share", "registered_at")
FEWEST_SESSIONS = 6
THROUGHPUT = r"(?i)/s$|/sec$|iops|throughput|_per_s(ec|econd)?$"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be compared; None leaves it open."""

    campaign: str | None = None
    workload: str | None = None
    metric: str | None = None
    system: str | None = None
    baseline: str | None = None

    @property
    def setting(self) -> dict[str, tuple[str, ...]]:
        """Campaign, workload and metric, as far as they are given, by column."""
        given = {name: getattr(self, name) for name in SETTING}
        return {name: (value,) for name, value in given.items() if value is not None}

    @property
    def pair(self) -> list[pl.Expr]:
        """System and baseline, as far as they are given, as conditions on a pair."""
        given = {"system_id": self.system, "baseline_system_id": self.baseline}
        return [pl.col(name) == value for name, value in given.items() if value is not None]


def arms(runs: pl.LazyFrame, by: tuple[str, ...] = ARM) -> pl.DataFrame:
    """What was measured of each system: sessions first, then their median and its interval.

    Grain: `by`, of itself campaign, workload, metric, system_id; sorted by it. `values` are the
    session medians, ascending. Where the measured runs differ in unit, `unit` and every statistic
    are null; `median_low` and `median_high` are null below 6 sessions.
    """
    measured = ~pl.col("is_warmup")
    units = pl.col("unit").filter(measured).unique().sort()
    value = pl.col("value").filter(measured)
    sessions = (
        runs.filter(measured)
        .group_by(*by, "session_id")
        .agg(pl.col("value").median())
        .group_by(by)
        .agg(values=pl.col("value").sort(), sessions=pl.len().cast(pl.Int64))
    )
    frame = (
        runs.group_by(by)
        .agg(
            runs=measured.sum().cast(pl.Int64),
            warmup_runs=pl.col("is_warmup").sum().cast(pl.Int64),
            units=units,
            minimum=value.min(),
            maximum=value.max(),
            verification=_weakest(pl.col("verification")),
            first_started_at=pl.col("started_at").min(),
        )
        .join(sessions, on=by, how="left", nulls_equal=True)
        .with_columns(pl.col("sessions").fill_null(0))
        .collect()
    )
    intervals = [
        median_interval(values or []) or (None, None) for values in frame["values"].to_list()
    ]
    low, high = zip(*intervals, strict=True) if intervals else ((), ())
    is_one_unit = pl.col("units").list.len() == 1
    known = ("minimum", "maximum", "median", "median_low", "median_high")
    return (
        frame.with_columns(
            unit=pl.when(is_one_unit).then(pl.col("units").list.first()),
            median=pl.col("values").list.median(),
            median_low=pl.Series(low, dtype=pl.Float64),
            median_high=pl.Series(high, dtype=pl.Float64),
        )
        .with_columns(pl.when(is_one_unit).then(pl.col(name)).alias(name) for name in known)
        .sort(by)
    )


def _weakest(checks: pl.Expr) -> pl.Expr:
    """The weakest of the checks: unverified, peer_reviewed or verified."""
    return (
        pl.when((checks == "unverified").any())
        .then(pl.lit("unverified"))
        .when((checks == "verified").all())
        .then(pl.lit("verified"))
        .otherwise(pl.lit("peer_reviewed"))
    )


def pairs(measured: pl.DataFrame, claims: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    """The pairs to compare: the registered claims, or where there is none the runs' own.

    Of a claim registered twice the newest counts. Without a claim that fits, the systems
    measured under the same campaign, workload and metric are paired: the two given, the one
    given with every other, or else the one with the highest median with every other. Nothing
    wanted and nothing claimed gives no pair. How busy accelerators were is compared where that
    metric is wanted by name only: it tells what was measured, and is no result.

    Grain: campaign, workload, metric, system_id, baseline_system_id; sorted by them.
    """
    claimed = (
        claims.filter(*wanted.pair)
        .sort("registered_at", "claim_id")
        .unique(PAIR, keep="last", maintain_order=True)
    )
    if claimed.height or wanted == Wanted():
        return claimed.select(*PAIR, *CLAIMED).sort(PAIR)
    if wanted.metric is None:
        measured = measured.filter(~pl.col("metric").is_in(list(CEILINGS)))
    baselines = measured.select(*SETTING, baseline_system_id="system_id")
    chosen = measured
    if not wanted.pair:
        chosen = measured.sort("median", descending=True, nulls_last=True, maintain_order=True)
        chosen = chosen.unique(SETTING, keep="first", maintain_order=True)
    return (
        chosen.select(ARM)
        .join(baselines, on=SETTING)
        .filter(pl.col("system_id") != pl.col("baseline_system_id"), *wanted.pair)
        .join(claims.head(0).select(*PAIR, *CLAIMED), on=PAIR, how="left")
        .select(*PAIR, *CLAIMED)
        .sort(PAIR)
    )


def compared(chosen: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Each pair with both arms, the ratio of their medians, and what forbids reading more.

    The ratio is turned so that above 1 favours the system: where lower is better it is baseline
    over system. The direction is the claim's; without one, higher for what is counted per
    second, and otherwise unknown. `interval_excludes_one` is null below 6 sessions in an arm,
    whatever the interval says.
    """
    baseline = measured.rename(
        {name: f"baseline_{name}" for name in measured.columns if name not in SETTING}
    )
    checks = (pl.col("verification"), pl.col("baseline_verification"))
    both = (
        chosen.join(measured, on=ARM, how="left")
        .join(baseline, on=(*SETTING, "baseline_system_id"), how="left")
        .with_columns(
            pl.col("^(baseline_)?(runs|warmup_runs|sessions)$").fill_null(0),
            direction=directed(pl.col("unit")),
            verification=pl.when(pl.any_horizontal(one == "unverified" for one in checks))
            .then(pl.lit("unverified"))
            .when(pl.all_horizontal(one == "verified" for one in checks))
            .then(pl.lit("verified"))
            .when(pl.all_horizontal(one.is_not_null() for one in checks))
            .then(pl.lit("peer_reviewed")),
        )
        .sort(PAIR)
    )
    found = pl.DataFrame(
        [_ratio(row) for row in both.iter_rows(named=True)],
        schema={
            "ratio": pl.Float64,
            "ratio_low": pl.Float64,
            "ratio_high": pl.Float64,
            "interval_excludes_one": pl.Boolean,
            "reasons": pl.List(pl.String),
        },
    )
    return both.hstack(found)


def directed(unit: pl.Expr) -> pl.Expr:
    """The direction registered, or higher where unit or metric count per second; else null."""
    is_rate = unit.str.contains(THROUGHPUT) | pl.col("metric").str.contains(THROUGHPUT)
    higher = pl.when(is_rate.fill_null(value=False)).then(pl.lit("higher"))
    return pl.coalesce("direction", higher)


def _ratio(row: dict[str, Any]) -> dict[str, Any]:
    """The ratio of one pair, its interval, and the reasons not to read more into it."""
    fewest = min(row["sessions"], row["baseline_sessions"])
    reasons = []
    ratio, interval = None, None
    units = sorted({*(row["units"] or ()), *(row["baseline_units"] or ())})
    if fewest == 0:
        missing = row["system_id"] if row["sessions"] == 0 else row["baseline_system_id"]
        reasons.append(f"no measured run of {missing}")
    elif len(units) > 1:
        reasons.append(f"units differ: {' and '.join(units)}")
    elif not row["median"] or not row["baseline_median"]:
        reasons.append("a median is zero")
    else:
        arms_of_ratio = (row["values"], row["baseline_values"])
        above, below = reversed(arms_of_ratio) if row["direction"] == "lower" else arms_of_ratio
        ratio = row["median"] / row["baseline_median"]
        ratio = 1 / ratio if row["direction"] == "lower" else ratio
        interval = ratio_interval(above, below)
    if 0 < fewest < FEWEST_SESSIONS:
        reasons.append(f"too few sessions ({fewest} < {FEWEST_SESSIONS})")
    if row["direction"] is None:
        reasons.append("direction unknown")
    started = [row["first_started_at"], row["baseline_first_started_at"]]
    if row["registered_at"] and any(at and at < row["registered_at"] for at in started):
        reasons.append("claim registered after its first run")
    low, high = interval or (None, None)
    is_beside_one = None
    if interval is not None and fewest >= FEWEST_SESSIONS:
        is_beside_one = interval[0] > 1 or interval[1] < 1
    return {
        "ratio": ratio,
        "ratio_low": low,
        "ratio_high": high,
        "interval_excludes_one": is_beside_one,
        "reasons": reasons,
    }
