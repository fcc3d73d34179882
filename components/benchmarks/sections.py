"""The sections of the Benchmarks page: the claim's card, its numbers, and what stands below."""

from collections.abc import Callable
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from components.benchmarks import (
    claim_words,
    parity_sheet,
    wording_box,
)
from components.benchmarks.claim_card import ClaimCard
from components.benchmarks.figures import ratios, tipping
from components.benchmarks.figures import runs as run_figures
from components.core import tiles
from components.core.cached_artifact import cached_artifact
from components.export import details
from components.export.claim import buttons as claim_buttons
from queries.core.answer import Answer
from queries.shared import words

# The questions about one pair, in the order in which the page takes their answers.
ABOUT_THE_PAIR = (
    "benchmark_comparison",
    "benchmark_runs",
    "benchmark_settings_compared",
    "benchmark_claim",
    "benchmark_bias_budget",
    "benchmark_views",
    "benchmark_checks",
)
NO_TEMPLATE = "No parity template asks for the settings of this pair, so nothing is bounded."
STATES = {
    "fail": ("▲ Fail", "red"),
    "inconclusive": ("◆ Inconclusive", "yellow"),
    "unknown": ("○ Unknown", "gray"),
    "pass": ("● Pass", "green"),
}
CHECKS = {
    "planned_sessions": "planned sessions",
    "few_sessions": "sessions",
    "power": "power",
    "drift": "drift",
    "order": "order",
    "outliers": "outliers",
    "warm_up": "warm-ups",
    "ceiling": "ceiling",
    "control": "A/A control",
}
SIDES = {"system": ", the system", "baseline": ", the baseline", "both": ""}

Row = dict[str, Any]


def card(claims: Answer, claim: Row, pair: Row, **beside: Answer) -> None:
    """The card of the claim; without one why there is no headline; or the answer's other state.

    `beside` are the other answers that its files hold, by their names in `ClaimCard`.
    """
    with st.container(border=True, key="benchmarks_card"):
        if claim.get("claim_id"):
            said = cached_artifact(
                claims, f"card of {claim['claim_id']}", lambda: claim_words.card(claim)
            )
            st.markdown(said)
        elif claims.unrecorded:
            st.markdown(claim_words.unclaimed(pair))
        else:
            tiles.state(claims)
        with st.container(horizontal=True, key="benchmarks_card_doors"):
            details.popover(claims, key="benchmarks_claim")
            if claim.get("claim_id"):
                _files(ClaimCard(claim_id=claim["claim_id"], claim=claims, **beside))
            wording_box.popover(claim, key="benchmarks_claim")


def _files(of_claim: ClaimCard) -> None:
    """One button behind which the card's files wait."""
    place = st.popover(
        "Download",
        help="A picture, an editable slide, or JSON with the hash of its inputs",
        icon=":material/download:",
        type="tertiary",
        key="benchmarks_claim_take",
        on_change="rerun",
    )
    if place.open:
        with place:
            claim_buttons.buttons(of_claim, key="benchmarks_claim")


def title(comparison: Answer, claims: Answer, claim: Row, pair: Row) -> str:
    """The page's title: the claim's, or that none is registered; an error in its own words."""
    if claim.get("claim_id"):
        return claims.finding
    if claims.unrecorded:
        return claim_words.untitled(pair) if comparison.usable else comparison.finding
    return claims.finding


def parity(claim: Row) -> str:
    """The parity verdict; INVALID without a claim, since no template asks."""
    return claim.get("parity") or "INVALID"


def numbers(comparison: Answer, claims: Answer, claim: Row, pair: Row) -> None:
    """Five tiles that belong together: ratio, n, parity, tipping factor, and the weakest view."""
    tiles.metric(
        comparison,
        "Ratio of medians",
        claim_words.factor(pair["ratio"]),
        defined_by="benchmark_ratio",
        change=claim_words.interval(pair) if pair["ratio"] is not None else None,
        good="neither",
    )
    tiles.metric(
        comparison,
        "Sessions (n)",
        f"{pair['sessions']} + {pair['baseline_sessions']}",
        defined_by="measured_sessions",
        change=f"{pair['runs']} + {pair['baseline_runs']}",
        good="neither",
        compared_with="measured runs",
    )
    budget = claim.get("bias_budget")
    tiles.metric(
        comparison,
        "Parity",
        parity(claim),
        defined_by="bias_budget",
        change="no bound" if budget is None else f"×{budget:.2f}",
        good="neither",
        compared_with="bias budget",
    )
    tiles.metric(
        claims,
        "Tipping factor",
        words.bound(claim.get("tipping_factor")),
        defined_by="tipping_factor",
        change=claim_words.room(claim),
        good="neither",
    )
    tiles.metric(
        claims,
        "Weakest view",
        claim_words.factor(claim.get("weakest_ratio")),
        defined_by="view_ratio",
        change=claim_words.weakest(claim),
        good="neither",
    )


def sheet(settings: Answer) -> None:
    """The parity sheet, what is equal or unasked folded; or the answer's state."""
    tiles.section("Parity sheet", settings, key="benchmarks_settings")
    if settings.unrecorded:
        st.caption(parity_sheet.EMPTY)
        return
    if not tiles.state(settings):
        return
    with st.container(key="queue_parity"):
        st.markdown(
            cached_artifact(settings, "parity list", lambda: parity_sheet.listed(settings.frame))
        )
    label = cached_artifact(
        settings, "parity fold", lambda: parity_sheet.fold_label(settings.frame)
    )
    if not label:
        return
    place = st.expander(label, key="benchmarks_equal", on_change="rerun")
    if place.open:
        rows = tiles.arrow(parity_sheet.folded(settings.frame))
        place.dataframe(rows, hide_index=True, key="benchmarks_equal_table")


def both_systems(runs: Answer, pair: Row, arms: list[Row]) -> None:
    """Every run of both systems from zero, `arms` with their medians; or the answer's state."""
    tiles.section("Both systems from zero", runs, key="benchmarks_runs")
    tiles.chart(
        runs,
        partial(run_figures.runs_on_one_axis, pair=pair, medians=arms),
        key="benchmarks_runs_chart",
        alt=partial(run_figures.runs_words, medians=arms),
    )


def overturning(budget: Answer, settings: Answer, claim: Row) -> None:
    """What would erase the claim, beside what settings are worth; or why nobody knows.

    `settings` is the parity sheet: what differs without a documented worst case is named.
    """
    tiles.section("What would overturn it", budget, key="benchmarks_budget")
    if budget.unrecorded or not claim.get("claim_id"):
        st.caption(NO_TEMPLATE)
        return
    tiles.chart(
        budget,
        partial(tipping.bars, claim=claim),
        key="benchmarks_tipping",
        alt=partial(tipping.bars_words, claim=claim),
    )
    if settings.usable:
        st.caption(
            cached_artifact(settings, "unbounded", lambda: parity_sheet.unbounded(settings.frame))
        )


def crediting(budget: Answer, claim: Row, beside: str) -> None:
    """The ratio with each worst case credited to the baseline; nothing without a ratio."""
    if budget.unrecorded or claim.get("ratio") is None:
        return
    tiles.chart(
        budget,
        partial(ratios.credited, claim=claim, beside=beside),
        key="benchmarks_credited",
        alt=partial(ratios.credited_words, claim=claim, beside=beside),
    )


def views(answer: Answer, beside: str) -> None:
    """The ratio per what each system was given; or the answer's state."""
    tiles.section("Normalised views", answer, key="benchmarks_views")
    tiles.chart(
        answer,
        partial(ratios.views, beside=beside),
        key="benchmarks_views_chart",
        alt=partial(ratios.views_words, beside=beside),
    )


def checks(answer: Answer) -> None:
    """Every check as shape, word and colour, what fails first; or the answer's state."""
    tiles.section("Data checks", answer, key="benchmarks_checks")
    if tiles.state(answer):
        with st.container(key="queue_checks"):
            st.markdown(cached_artifact(answer, "checks", lambda: check_list(answer.frame)))


def check_list(frame: pl.DataFrame) -> str:
    """The checks as a Markdown list: failed, inconclusive, unknown, then those that pass."""
    places = {state: place for place, state in enumerate(STATES)}
    rows = sorted(frame.to_dicts(), key=lambda row: places[row["state"]])
    return "\n".join(
        f"- {claim_words.coloured(*STATES[row['state']])} "
        f"**{CHECKS[row['check']]}**{SIDES[row['system_role']]}: {words.plain(row['sentence'])}"
        for row in rows
    )


def cases(matches: Answer, pair: Row, parity: str) -> None:
    """What the campaign measured of the pair, favourable or not; or the answer's state.

    `matches` answers `benchmark_matches` for both systems on every workload and metric.
    """
    tiles.section("Every case of this pair", matches, key="benchmarks_matches")
    if matches.usable:
        st.caption(words.plain(left_out(matches.frame, pair, parity)))
    tiles.table(
        matches,
        {
            "workload": "Workload",
            "metric_name": "Metric",
            "client_counts": "Clients",
            "ratio": "Ratio",
            "ratio_low": "Low",
            "ratio_high": "High",
            "runs": "Runs",
            "baseline_runs": "Runs of the baseline",
            "mismatches": "No ratio, because",
            "median": "Median",
            "baseline_median": "Median of the baseline",
            "unit": "Unit",
        },
        key="benchmarks_matches_table",
        view=in_one_cell,
    )


def in_one_cell(frame: pl.DataFrame) -> pl.DataFrame:
    """The cases with what forbids a ratio as one text, null where nothing does."""
    reasons = pl.col("mismatches")
    said = pl.when(reasons.list.len() > 0).then(reasons.list.join("; "))
    return frame.with_columns(mismatches=said)


def left_out(frame: pl.DataFrame, pair: Row, parity: str) -> str:
    """How many cases the title leaves out, and what becomes of them."""
    is_titled = (pl.col("workload") == pair["workload"]) & (pl.col("metric") == pair["metric"])
    rest = frame.filter(~is_titled)
    if rest.is_empty():
        return f"The title leaves nothing out: the campaign has no other case. Parity {parity}."
    known = rest.filter(pl.col("direction").is_not_null(), pl.col("ratio").is_not_null())
    against = known.filter(pl.col("ratio") < 1).height
    return (
        f"The title leaves out {words.plural(rest.height, 'case')} of this pair: {against} in "
        f"favour of the baseline, {rest.height - known.height} without a ratio or a direction. "
        f"Parity of each: {parity}."
    )


def folded(label: str, key: str, draw: Callable[[], None]) -> None:
    """A section that is asked for and drawn when it is opened."""
    place = st.expander(label, key=key, on_change="rerun")
    if place.open:
        with place:
            draw()


def systems(medians: Answer) -> None:
    """Every system measured on the workload, highest median first; or the answer's state."""
    tiles.section(
        "All systems on this workload",
        medians,
        key="benchmarks_medians",
        caption="Of one campaign only: an MLPerf result never stands beside another benchmark's.",
    )
    tiles.table(
        medians,
        {
            "system_name": "System",
            "median": "Median",
            "median_low": "Low",
            "median_high": "High",
            "unit": "Unit",
            "sessions": "Sessions (n)",
            "verification": "Verification",
        },
        key="benchmarks_medians_table",
        view=run_figures.ranked,
    )


def every_run(runs: Answer) -> None:
    """Every run of both systems, warm-ups marked; or the answer's state."""
    tiles.section("Every run", runs, key="benchmarks_every_run")
    tiles.table(
        runs,
        {
            "system_name": "System",
            "session_id": "Session",
            "sequence": "Order",
            "value": "Value",
            "unit": "Unit",
            "is_warmup": "Warm-up",
            "verification": "Verification",
        },
        key="benchmarks_every_run_table",
        height=390,
    )
