"""Benchmarks: does the claim hold when challenged?"""

from functools import partial

import streamlit as st

from components import benchmark_choice, filters, guard, heading, layout, tiles
from components.figures import benchmarks as figures
from queries import words
from queries.ask import ask, ask_all
from queries.choices import choices

viewer = guard.require("benchmarks")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
measured = ask("benchmark_medians", context)
if not measured.usable:
    heading.show(head, measured.finding, context, measured, names=offered.names)
    tiles.state(measured)
    st.stop()
pair = benchmark_choice.pair(measured, ask("benchmark_comparison", context))
workload = {name: pair[name] for name in ("campaign", "workload", "metric")}
comparison, runs, settings = ask_all(
    context, "benchmark_comparison", "benchmark_runs", "benchmark_settings_compared", **pair
)
medians = ask("benchmark_medians", context, **workload)
heading.show(head, comparison.finding, context, comparison, runs, settings, names=offered.names)

row = tiles.first(comparison)
body = layout.body()
with body.tiles:
    tiles.metric(
        comparison,
        "Ratio of medians",
        words.ABSENT if row["ratio"] is None else f"{row['ratio']:.2f}×",
        defined_by="benchmark_ratio",
        change=figures.ratio_interval(row),
        good="neither",
    )
    tiles.metric(
        comparison,
        "Sessions (n)",
        f"{row['sessions']} + {row['baseline_sessions']}",
        defined_by="measured_sessions",
        change=f"{row['runs']} + {row['baseline_runs']}",
        good="neither",
        compared_with="measured runs",
    )
    with st.container(border=True, key="benchmarks_card", width=560):
        st.markdown(words.plain(figures.card(row, settings.frame)).replace("\n", "  \n"))
with body.proof:
    tiles.section("Both systems from zero", runs, key="benchmarks_runs")
    arms = medians.rows()
    tiles.chart(
        runs,
        partial(figures.runs_on_one_axis, pair=row, medians=arms),
        key="benchmarks_runs_chart",
        alt=partial(figures.runs_words, medians=arms),
    )
with body.actions:
    tiles.section("Settings side by side", settings, key="benchmarks_settings")
    tiles.table(
        settings,
        {
            "parity": "Parity",
            "setting": "Setting",
            "value": "System",
            "baseline_value": "Compared with",
        },
        key="benchmarks_settings_table",
        view=figures.side_by_side,
        height=390,
    )
tiles.section(
    "All systems on this workload",
    medians,
    key="benchmarks_medians",
    says="Of one campaign only: an MLPerf result never stands beside another benchmark's.",
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
    view=figures.ranked,
)
tiles.section("Every run", runs, key="benchmarks_all_runs")
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
    key="benchmarks_all_runs_table",
    height=390,
)
