"""Does a comparison look the same in every view, with and without what has to be credited?"""

from collections.abc import Mapping

import polars as pl

from queries.benchmarks import claim, compared, parity_sheet
from queries.benchmarks.bias_budget import pairs_with_sheets
from queries.benchmarks.normalised import Credit, Outcome, View, views_of
from queries.benchmarks.pairs import CHOICE, PairKey
from queries.core.columns import count_metric, metric, texts
from queries.core.question import Dependency, Question
from warehouse.context import Context
from warehouse.contract.columns import day, flag, text, word


class BenchmarkViews(PairKey):
    """One row per pair of systems on a workload and metric, view and credit."""

    metric_name = text("What people call the metric", nullable=False)
    view = word("What the median is divided by", *View, key=True)
    credit = word("Whether the bias budget is credited to the baseline", *Credit, key=True)
    credit_factor = metric("credit_factor", nullable=True)
    value = metric("view_value", nullable=True)
    baseline_value = metric("view_value", nullable=True)
    value_unit = text("Unit of both values; null: unknown")
    ratio = metric("view_ratio", nullable=True)
    ratio_low = metric("view_ratio", nullable=True)
    ratio_high = metric("view_ratio", nullable=True)
    outcome = word(
        "The interval against the margin in force; null: no claim or interval",
        *Outcome,
        nullable=True,
    )
    price_date = day("Day the older price was read; null: no dated price", nullable=True)
    price_age_days = count_metric("price_age", nullable=True)
    is_price_stale = flag("Price older than 90 days; null: no dated price", nullable=True)
    reasons = texts("What is missing; empty: nothing")


def depends_on(**wanted: str | None) -> Mapping[str, Dependency]:
    """The comparison with its interval, the parity sheet, and the margin of what is claimed."""
    return {
        "compared": Dependency(compared.QUESTIONS[0], parameters=wanted),
        "sheet": Dependency(parity_sheet.QUESTIONS[0], parameters=wanted),
        "claims": Dependency(claim.QUESTIONS[0], parameters=wanted),
    }


def benchmark_views(
    compared: pl.LazyFrame, sheet: pl.LazyFrame, claims: pl.LazyFrame, *, context: Context
) -> pl.DataFrame:
    """The comparison as measured and per provisioned MBps, usable TiB, dollar and accelerator-hour.

    Grain: campaign, workload, metric, system_id, baseline_system_id, view, credit; the views in
    the order of `View`, each without and with the bias budget credited to the baseline. What
    cannot be computed says why. A price older than 90 days on the data date is flagged and still
    used; where another row of money is unknown the view says so too. `outcome` holds the interval
    against the margin in force of the pair's claim, and is null without a claim.
    """
    margins = dict(claims.select("claim_id", "margin_in_force_share").collect().iter_rows())
    found = [
        view
        for pair, cells in pairs_with_sheets(compared.collect(), sheet.collect())
        for view in views_of(pair, cells, context.as_of, margins.get(pair["claim_id"]))
    ]
    return pl.DataFrame(found, schema=BenchmarkViews.create_empty().schema)


def finding(frame: pl.DataFrame) -> str:
    """How many views and credits are known, and in how many of them the system is not ahead."""
    if frame.is_empty():
        return "Nothing to divide: no pair is compared"
    known = frame.drop_nulls("ratio")
    said = f"{known.height} of {frame.height} views and credits known"
    judged = known.drop_nulls("outcome")
    if judged.is_empty():
        return f"{said}, none judged: no claim gives a margin, or no interval"
    inside, behind = (
        judged.filter(outcome=one).height for one in (Outcome.INSIDE_MARGIN, Outcome.BEHIND)
    )
    return f"{said}, {inside} inside the margin, {behind} with the baseline ahead"


QUESTIONS = (
    Question(
        name="benchmark_views",
        asks="Does the comparison look the same per throughput, capacity, dollar and hour?",
        shape=BenchmarkViews,
        depends_on=depends_on,
        answer=benchmark_views,
        finding=finding,
        filters="rows",
        parameters=CHOICE,
    ),
)
