"""Every gate of a panel, in order."""

import polars as pl

from queries.health.evidence.gates.gate import GATES, Measured
from queries.health.evidence.gates.integrity import additivity_gate, coverage_gates, shuffle_gates
from queries.health.evidence.gates.probability import out_of_time, probability_gates
from queries.health.evidence.gates.ranking import (
    early_warning_gates,
    ranking_gates,
    red_accounts_gate,
)
from queries.health.evidence.panel import Panel
from queries.health.evidence.risk import in_force
from queries.health.scorecard.definition import ScorecardVersion


def gates(
    panel: Panel, outcomes: pl.DataFrame, scorecards: ScorecardVersion | None, capacity: int
) -> list[Measured]:
    """What each gate measures, in the order of `GATES`.

    `scorecards` is the panel's version of the scorecard, None where it is no longer in the product;
    `capacity` is how many accounts the team can call at a time.
    """
    risk = in_force(panel)
    measured = [
        *ranking_gates(panel),
        red_accounts_gate(panel, capacity),
        *early_warning_gates(panel),
        *probability_gates(panel, out_of_time(panel, risk)),
        *shuffle_gates(panel, risk),
        additivity_gate(panel, scorecards),
        *coverage_gates(panel, outcomes),
    ]
    order = list(GATES)
    return sorted(measured, key=lambda one: order.index(one.metric))
