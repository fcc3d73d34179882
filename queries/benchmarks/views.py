"""Does a comparison look the same in every view, with and without what has to be credited?"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from queries.benchmarks import claim, compared, settings
from queries.benchmarks.bias_budget import pairs_with_sheets
from queries.benchmarks.normalised import views_of
from queries.benchmarks.pairs import CHOICE
from queries.benchmarks.shapes import BenchmarkViews
from queries.question import Asked, Question
from warehouse.context import Context


def builds_on(context: Context, **wanted: str | None) -> Mapping[str, Asked]:  # noqa: ARG001 (every builds_on takes it)
    """The comparison with its interval, the parity sheet, and the margin of what is claimed."""
    return {
        "compared": Asked(compared.QUESTIONS[0], parameters=wanted),
        "sheet": Asked(settings.QUESTIONS[0], parameters=wanted),
        "claims": Asked(claim.QUESTIONS[0], parameters=wanted),
    }


def benchmark_views(
    compared: pl.LazyFrame,
    sheet: pl.LazyFrame,
    claims: pl.LazyFrame,
    *,
    context: Context,
    **_: Any,
) -> pl.DataFrame:
    """The comparison as measured and per provisioned MBps, usable TiB, dollar and accelerator-hour.

    Grain: campaign, workload, metric, system_id, baseline_system_id, view, credit; the views in
    the order of `VIEWS`, each without and with the bias budget credited to the baseline. What
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
    inside, behind = (judged.filter(outcome=one).height for one in ("inside_margin", "behind"))
    return f"{said}, {inside} inside the margin, {behind} with the baseline ahead"


QUESTIONS = (
    Question(
        name="benchmark_views",
        asks="Does the comparison look the same per throughput, capacity, dollar and hour?",
        shape=BenchmarkViews,
        builds_on=builds_on,
        answer=benchmark_views,
        finding=finding,
        filters="rows",
        parameters=CHOICE,
    ),
)
