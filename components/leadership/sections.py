"""The sections of the Overview page."""

import streamlit as st

from components.core import page_links, tiles
from components.health import health_mix_figures
from components.leadership import figures, metric_tiles
from queries.core.answer import Answer


def numbers(overview: Answer, due: Answer) -> None:
    """The tiles of an answer to `overview`, and of `renewals_due` what nobody has forecast."""
    metric_tiles.tile(overview, "arr_usd", "ARR")
    metric_tiles.tile(overview, "nrr_share", "NRR, 12 months")
    metric_tiles.tile(overview, "grr_share", "GRR, 12 months")
    metric_tiles.risk_tile(overview)
    metric_tiles.no_forecast_tile(due)
    metric_tiles.growth_tile(overview)


def health(mix: Answer, bands: str) -> None:
    """How many accounts were in which band, of an answer to `health_mix`."""
    partly = health_mix_figures.OF_HYPERSCALERS if mix.context.hyperscaler else ""
    tiles.section(
        "Health over 26 weeks",
        mix,
        key="overview_mix",
        caption=partly,
        bands=bands,
    )
    tiles.chart(
        mix,
        health_mix_figures.health_mix,
        key="overview_mix_chart",
        alt=health_mix_figures.health_mix_words,
    )


def by_hyperscaler(split: Answer) -> None:
    """ARR by hyperscaler, of an answer to `arr_by_hyperscaler`."""
    tiles.section("ARR by hyperscaler", split, key="overview_split")
    tiles.chart(
        split,
        figures.arr_by_hyperscaler,
        key="overview_split_chart",
        alt=figures.arr_by_hyperscaler_words,
    )


def other_areas(growth: Answer, shifts: Answer, claims: Answer) -> None:
    """What the other pages find, each a link that leads there."""
    st.header("Other areas", anchor=False)
    page_links.line(growth, "Usage", "usage")
    page_links.line(growth, "Metering", "usage", figures.metering_words)
    page_links.line(shifts, "On-call", "on_call")
    page_links.line(claims, "Benchmarks", "benchmarks")
