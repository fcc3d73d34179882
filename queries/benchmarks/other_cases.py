"""What else was measured of the same two systems, so that no unfavourable case is left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from queries.benchmarks.metric_names import CEILINGS
from queries.benchmarks.pairs import THROUGHPUT
from queries.benchmarks.sessions import Arm, Key

RATE = re.compile(THROUGHPUT)


@dataclass(frozen=True)
class Others:
    """Other workloads and metrics of a pair: how many, of them unfavourable, and undirected."""

    measured: int
    unfavourable: int
    unknown: int


def others_of(
    claim: Mapping[str, Any], arms: Mapping[Key, Arm], directions: Mapping[tuple[str, str], str]
) -> Others:
    """What else of the claim's campaign both systems were measured on.

    Unfavourable is a ratio of medians below 1, turned by the registered direction (`directions`
    by workload and metric), or by higher for what is counted per second. Without a direction, in
    two units or with a median of 0 it is unknown. How busy accelerators were is no case.
    """
    own = (claim["workload"], claim["metric"])
    ours, theirs = (
        {key[1:3]: arm for key, arm in arms.items() if (key[0], key[3]) == (claim["campaign"], one)}
        for one in (claim["system_id"], claim["baseline_system_id"])
    )
    both = [
        place for place in ours.keys() & theirs.keys() if place != own and place[1] not in CEILINGS
    ]
    found = [_is_unfavourable(ours[place], theirs[place], place, directions) for place in both]
    return Others(len(found), found.count(True), found.count(None))


def _is_unfavourable(
    ours: Arm, theirs: Arm, place: tuple[str, str], directions: Mapping[tuple[str, str], str]
) -> bool | None:
    direction = directions.get(place)
    if direction is None and any(map(RATE.search, (place[1], *ours.units))):
        direction = "higher"
    if direction is None or ours.units != theirs.units or not ours.median or not theirs.median:
        return None
    ahead = ours.median > theirs.median
    return ours.median != theirs.median and ahead != (direction == "higher")
