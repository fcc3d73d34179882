"""Which two systems the benchmarks page compares: the headline claim until the reader chooses."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from components.core import choice
from queries.benchmarks.claim import shown_order
from queries.benchmarks.metric_facts import CEILINGS, metric_name
from queries.core.answer import Answer
from queries.shared import words

SETTING = ("campaign", "workload", "metric")
Row = dict[str, Any]


def pair(medians: Answer, claims: Answer) -> dict[str, str]:
    """Campaign, workload, metric, system and baseline, each a widget where there is a choice.

    `medians` offers what was measured (every arm), `claims` the registered claims, of
    which a supported one is shown first. Only workloads
    measured on two systems are offered, where a campaign has one; how busy accelerators were is
    no result and not offered.
    """
    arms = [row for row in medians.rows() if row["metric"] not in CEILINGS]
    claimed = sorted(claims.rows(), key=shown_order)
    with st.container(horizontal=True, key="benchmarks_choice"):
        for name in SETTING:
            if name != "campaign":
                arms = _comparable(arms, name)
            claimed = [row for row in claimed if row[name] in {arm[name] for arm in arms}]
            named = _named(name, sorted({str(arm[name]) for arm in arms}))
            default = named[claimed[0][name]] if claimed else next(iter(named.values()))
            key = f"benchmarks_{name}"
            label = choice.one(
                name.capitalize(), list(named.values()), key=key, default=default, width=250
            )
            chosen = next(option for option, shown in named.items() if shown == label)
            arms = [arm for arm in arms if arm[name] == chosen]
            claimed = [row for row in claimed if row[name] == chosen]
        ids = labels(arms)
        best_first = sorted(ids, key=lambda name: -(_median(arms, ids[name]) or 0.0))
        system = _system("System", "system_id", ids, best_first, claimed)
        others = [name for name in best_first if name != system]
        claimed = [row for row in claimed if row["system_id"] == ids[system]]
        chosen_arms = {name: str(arms[0][name]) for name in SETTING}
        if not others:
            return {**chosen_arms, "system": ids[system]}
        baseline = _system("Compared with", "baseline_system_id", ids, others, claimed)
    return {**chosen_arms, "system": ids[system], "baseline": ids[baseline]}


def whole_campaign(chosen: dict[str, str]) -> dict[str, str]:
    """The same pair of systems on every workload and metric of its campaign."""
    return {name: chosen[name] for name in ("campaign", "system", "baseline") if name in chosen}


def labels(arms: Iterable[Row]) -> dict[str, str]:
    """The reader's label of each system to its id; the id itself where two share a label."""
    named = {
        str(arm["system_id"]): words.system(arm["system_id"], arm["system_name"]) for arm in arms
    }
    shared = list(named.values())
    return {
        system_id if shared.count(name) > 1 else name: system_id
        for system_id, name in named.items()
    }


def _named(name: str, options: list[str]) -> dict[str, str]:
    """What a reader chooses by, by option: a metric by its name, where no other has the same."""
    if name != "metric":
        return {option: option for option in options}
    names = [metric_name(option) for option in options]
    return {
        option: option if names.count(shown) > 1 else shown
        for option, shown in zip(options, names, strict=True)
    }


def _comparable(arms: list[Row], name: str) -> list[Row]:
    systems: dict[str, set[str]] = {}
    for arm in arms:
        systems.setdefault(arm[name], set()).add(arm["system_id"])
    return [arm for arm in arms if len(systems[arm[name]]) > 1] or arms


def _median(arms: list[Row], system_id: str) -> float | None:
    return next((arm["median"] for arm in arms if arm["system_id"] == system_id), None)


def _system(
    title: str, column: str, ids: dict[str, str], offered: list[str], claimed: list[Row]
) -> str:
    named = {system_id: name for name, system_id in ids.items()}
    wanted = [named.get(row[column]) for row in claimed]
    default = next((name for name in wanted if name in offered), offered[0])
    if len(ids) <= 2:  # noqa: PLR2004 (two systems are a pair, there is nothing to choose)
        return default
    key = "benchmarks_baseline" if column.startswith("baseline") else "benchmarks_system"
    return choice.one(title, sorted(offered), key=key, default=default, width=330)
