"""What else was measured of the same two systems, so that no unfavourable case is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from queries.benchmarks.arms import Arm, Key
from queries.benchmarks.comparison import Comparison
from queries.benchmarks.metric_facts import CEILINGS, Direction, direction_of


@dataclass(frozen=True)
class OtherCases:
    """Other workloads and metrics of a pair: how many, of them unfavourable, and undirected."""

    measured: int
    unfavourable: int
    unknown: int


def other_cases(
    claim: Mapping[str, Any],
    measured: Mapping[Key, Arm],
    directions: Mapping[tuple[str, str], Direction],
) -> OtherCases:
    """What else of the claim's campaign both systems were measured on.

    Unfavourable is a ratio of medians below 1, turned by the registered direction (`directions`
    by workload and metric), or by that of the unit. Without a direction, in two units or with a
    median of 0 it is unknown. How busy accelerators were is no case.
    """
    own = (claim["workload"], claim["metric"])
    ours, theirs = (
        {key[1:3]: arm for key, arm in measured.items() if (key[0], key[3]) == (campaign, one)}
        for campaign in [claim["campaign"]]
        for one in (claim["system_id"], claim["baseline_system_id"])
    )
    both = [
        place for place in ours.keys() & theirs.keys() if place != own and place[1] not in CEILINGS
    ]
    found = []
    for place in both:
        direction = directions.get(place) or direction_of(place[1], ours[place].unit)
        ratio = Comparison(ours[place], theirs[place], direction).ratio
        found.append(None if direction is None or ratio is None else ratio < 1)
    return OtherCases(len(found), found.count(True), found.count(None))
