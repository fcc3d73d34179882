"""Systems against others, only where both measured the same workload with as many clients."""

from typing import Any

import dataframely as dy
import polars as pl

from queries import words
from queries.benchmarks.comparison import RUN
from queries.benchmarks.metric_names import CEILINGS, metric_names
from queries.benchmarks.pairs import ARM, SETTING, arms, directed
from queries.columns import measure, tally
from queries.question import Parameter, Question
from queries.statistics.family import geomean
from queries.statistics.ratio import ratio_interval
from warehouse.context import Context
from warehouse.contract.columns import flag, identifier, text, word
from warehouse.read import Read

SYSTEMS = ("campaign", "metric", "system_id", "baseline_system_id")
RATIO = {"ratio": pl.Float64, "ratio_low": pl.Float64, "ratio_high": pl.Float64}
# What two systems have to say alike where both say it.
ALIKE = ("division", "category")


class BenchmarkMatches(dy.Schema):
    """One row per campaign, metric, pair of systems, workload and pair of client counts."""

    campaign = identifier("Campaign", key=True)
    metric = identifier("Metric", key=True)
    system_id = identifier("System", key=True)
    baseline_system_id = identifier("System it is compared with", key=True)
    workload = identifier("Workload", key=True)
    metric_name = text("What people call the metric", nullable=False)
    client_counts = text("Clients of the two, as `16 and 8`", key=True)
    clients = tally("client_hosts", nullable=True)
    baseline_clients = tally("client_hosts", nullable=True)
    is_matched = flag("Both measured it with as many clients, in one unit and one division")
    mismatch = text("There is no ratio because of this; null: matched")
    direction = word("Which way is better; null: unknown", "higher", "lower", nullable=True)
    unit = text("Unit of the system's values; null: none or several")
    baseline_unit = text("Unit of the baseline's values; null: none or several")
    runs = tally("measured_runs")
    baseline_runs = tally("measured_runs")
    median = measure("benchmark_median", nullable=True)
    baseline_median = measure("benchmark_median", nullable=True)
    ratio = measure("benchmark_ratio", nullable=True)
    ratio_low = measure("benchmark_ratio", nullable=True)
    ratio_high = measure("benchmark_ratio", nullable=True)
    geomean = measure("matched_geomean", nullable=True)
    matched = tally("matched_workloads")
    mismatched = tally("mismatched_workloads")


def reads(context: Context, **wanted: str | None) -> dict[str, Read]:  # noqa: ARG001 (a read takes the context)
    """The runs of the campaign and metric given, what is claimed of them, and their divisions."""
    given = ((name, wanted[name]) for name in ("campaign", "metric"))
    equal = {name: (value,) for name, value in given if value is not None}
    return {
        "runs": Read(
            table="benchmark_runs", columns=(*RUN, "verification", "clients"), equal=equal
        ),
        "claims": Read(
            table="benchmark_claims", columns=("campaign", "metric", "direction"), equal=equal
        ),
        "settings": Read(
            table="benchmark_settings",
            columns=("system_id", "setting", "value"),
            equal={"setting": ALIKE},
        ),
        "systems": Read(table="benchmark_systems", columns=("system_id",)),
    }


def benchmark_matches(
    runs: pl.LazyFrame,
    claims: pl.LazyFrame,
    settings: pl.LazyFrame,
    systems: pl.LazyFrame,
    *,
    context: Context,
    **wanted: str | None,
) -> pl.DataFrame:
    """Each pair of systems on each workload that either measured, and the ratio where it is like.

    A workload is matched where both measured it in one unit with the same known number of
    clients, and neither division nor category differ as far as both name them. Anything else is
    a row with the reason and no ratio. Where both measured it with several numbers of clients,
    equal numbers are paired and only the rest is mismatched. `geomean` goes over the matched
    rows of its pair; null where there is none. The ratio is turned so that above 1 favours the
    system, where a claim on the metric says or it is counted per second; otherwise it is system
    over baseline. How busy accelerators were is left out, unless that metric is wanted by name.

    Grain: campaign, metric, system_id, baseline_system_id, workload, clients, baseline_clients;
    sorted by them. A filter on hyperscaler keeps the pairs of which both systems are on it.
    """
    measured = arms(runs, (*ARM, "clients")).filter(pl.col("sessions") > 0)
    if wanted["metric"] is None:
        measured = measured.filter(~pl.col("metric").is_in(list(CEILINGS)))
    if context.hyperscaler:
        measured = measured.join(systems.collect(), on="system_id", how="semi")
    rows = (
        _side_by_side(_pairs(measured, wanted["system"], wanted["baseline"]), measured)
        .join(_directions(claims).collect(), on=("campaign", "metric"), how="left")
        .join(_said(settings, ""), on="system_id", how="left")
        .join(_said(settings, "baseline_"), on="baseline_system_id", how="left")
        .with_columns(
            pl.col("^(baseline_)?runs$").fill_null(0),
            direction=directed(pl.coalesce("unit", "baseline_unit")),
            client_counts=pl.format("{} and {}", _named(""), _named("baseline_")),
            mismatch=_mismatch(),
        )
        .with_columns(is_matched=pl.col("mismatch").is_null())
    )
    found = [_ratio(row) for row in rows.iter_rows(named=True)]
    rows = rows.hstack(pl.DataFrame(found, schema=RATIO, orient="row"))
    return (
        rows.join(_summary(rows), on=SYSTEMS)
        .with_columns(metric_names())
        .select(BenchmarkMatches.column_names())
        .sort(*SYSTEMS, "workload", "clients", "baseline_clients", nulls_last=True)
    )


def _pairs(measured: pl.DataFrame, system: str | None, baseline: str | None) -> pl.DataFrame:
    """The systems given against the others; of none given every two systems, once."""
    of_metric = measured.select("campaign", "metric", "system_id").unique()
    both = of_metric.join(
        of_metric.rename({"system_id": "baseline_system_id"}), on=("campaign", "metric")
    ).filter(pl.col("system_id") != pl.col("baseline_system_id"))
    if system is None and baseline is None:
        return both.filter(pl.col("system_id") < pl.col("baseline_system_id"))
    if system is None:
        return both.filter(
            ~_lies_in("system_id", baseline), _lies_in("baseline_system_id", baseline)
        )
    if baseline is None:
        return both.filter(_lies_in("system_id", system), ~_lies_in("baseline_system_id", system))
    return both.filter(_lies_in("system_id", system), _lies_in("baseline_system_id", baseline))


def _lies_in(column: str, wanted: str | None) -> pl.Expr:
    """Whether an id is the one wanted or lies below it, in either case: `closed/DDN`."""
    folder = (wanted or "").rstrip("/").lower()
    lower = pl.col(column).str.to_lowercase()
    return (lower == folder) | lower.str.starts_with(f"{folder}/")


def _side_by_side(chosen: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Per pair and workload both arms, equal client counts first; a missing arm is null."""
    baseline = measured.rename(
        {name: f"baseline_{name}" for name in measured.columns if name not in SETTING}
    )
    place = (*SYSTEMS, "workload")
    is_equal = pl.col("clients") == pl.col("baseline_clients")
    has_equal = [is_equal.any().over(*place, column) for column in ("clients", "baseline_clients")]
    return (
        chosen.join(measured, on=("campaign", "metric", "system_id"))
        .join(
            chosen.join(baseline, on=("campaign", "metric", "baseline_system_id")),
            on=place,
            how="full",
            coalesce=True,
        )
        .filter(is_equal.fill_null(value=False) | ~pl.all_horizontal(has_equal))
    )


def _directions(claims: pl.LazyFrame) -> pl.LazyFrame:
    """The direction that all claims on a metric of a campaign agree on."""
    return (
        claims.group_by("campaign", "metric")
        .agg(pl.col("direction").unique())
        .filter(pl.col("direction").list.len() == 1)
        .with_columns(pl.col("direction").list.first())
    )


def _said(settings: pl.LazyFrame, side: str) -> pl.DataFrame:
    """Per system what it says of `ALIKE`, null where it says nothing."""
    value = pl.col("value")
    return (
        settings.group_by(pl.col("system_id").alias(f"{side}system_id"))
        .agg(value.filter(setting=name).first().alias(f"{side}{name}") for name in ALIKE)
        .collect()
    )


def _named(side: str) -> pl.Expr:
    """A client count as a word: none where the system did not measure the workload."""
    return (
        pl.when(pl.col(f"{side}sessions").is_null())
        .then(pl.lit("none"))
        .otherwise(pl.col(f"{side}clients").cast(pl.String).fill_null("unknown"))
    )


def _mismatch() -> pl.Expr:
    """Everything that forbids a ratio, in words; null where nothing does."""
    alone = [
        pl.when(pl.col(f"{missing}sessions").is_null()).then(
            pl.format("only {} measured it", f"{there}system_id")
        )
        for there, missing in (("", "baseline_"), ("baseline_", ""))
    ]
    clients, baseline_clients = pl.col("clients"), pl.col("baseline_clients")
    is_unknown = clients.is_null() | baseline_clients.is_null()
    units = pl.concat_list("units", "baseline_units").list.unique().list.sort()
    unlike = [
        pl.when(units.list.len() > 1).then(pl.format("units differ: {}", units.list.join(" and "))),
        pl.when(is_unknown)
        .then(pl.lit("clients unknown"))
        .when(clients != baseline_clients)
        .then(pl.format("client counts {} and {}", "clients", "baseline_clients")),
        *(
            pl.when(pl.col(name) != pl.col(f"baseline_{name}")).then(
                pl.format(f"{name} differs: {{}} and {{}}", name, f"baseline_{name}")
            )
            for name in ALIKE
        ),
        pl.when((pl.col("median") == 0) | (pl.col("baseline_median") == 0)).then(
            pl.lit("a median is zero")
        ),
    ]
    reasons = pl.concat_str(unlike, separator="; ", ignore_nulls=True)
    return pl.coalesce(*alone, pl.when(reasons != "").then(reasons))


def _ratio(row: dict[str, Any]) -> tuple[float | None, float | None, float | None]:
    """The ratio of a matched row with its interval; null where it is not matched."""
    if not row["is_matched"]:
        return None, None, None
    better = [("median", "values"), ("baseline_median", "baseline_values")]
    (over, above), (under, below) = reversed(better) if row["direction"] == "lower" else better
    low, high = ratio_interval(row[above], row[below]) or (None, None)
    return row[over] / row[under], low, high


def _summary(rows: pl.DataFrame) -> pl.DataFrame:
    """Per pair of systems the matched and mismatched rows, and the geomean of the matched."""
    counted = rows.group_by(SYSTEMS).agg(
        matched=pl.col("is_matched").sum().cast(pl.Int64),
        mismatched=(~pl.col("is_matched")).sum().cast(pl.Int64),
        ratios=pl.col("ratio").drop_nulls().sort(),
    )
    means = [geomean(ratios) for ratios in counted["ratios"].to_list()]
    return counted.select(
        *SYSTEMS, "matched", "mismatched", geomean=pl.Series(means, dtype=pl.Float64)
    )


def finding(frame: pl.DataFrame) -> str:
    """The geomean of the one pair, or how many workloads of several pairs are matched."""
    if frame.is_empty():
        return "No two systems measured the same metric for this choice"
    pairs = frame.unique(SYSTEMS).height
    matched = int(frame["is_matched"].sum())
    mismatched = frame.height - matched
    if pairs == 1 and matched:
        workloads = words.plural(matched, "matched workload")
        return f"{frame['geomean'][0]:.2f}× over {workloads}; {mismatched} mismatched, no ratio"
    of_pairs = words.plural(pairs, "pair of systems", "pairs of systems")
    return f"{matched} workloads matched over {of_pairs}; {mismatched} mismatched, no ratio"


PARAMETERS = tuple(
    Parameter(name=name, says=says)
    for name, says in (
        ("campaign", "Campaign; left out: every one"),
        ("metric", "Metric; left out: every one"),
        ("system", "System id, or what it lies in as `closed/DDN`; left out: every other"),
        ("baseline", "System id to compare with, or what it lies in; left out: every other"),
    )
)
QUESTIONS = (
    Question(
        name="benchmark_matches",
        asks="How do systems compare where workload and client count are the same?",
        shape=BenchmarkMatches,
        reads=reads,
        answer=benchmark_matches,
        finding=finding,
        filters="rows",
        parameters=PARAMETERS,
    ),
)
