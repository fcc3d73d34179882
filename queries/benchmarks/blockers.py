"""What speaks against a claim: what forbids publishing it, the next run needed, other cases."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queries.benchmarks.arms import IDS, Arm, Key
from queries.benchmarks.bias_budget import Robustness
from queries.benchmarks.checks import ADVISED_SESSIONS, Check, CheckName, CheckState
from queries.benchmarks.comparison import Comparison, Decision, Verdict
from queries.benchmarks.evidence import Sides
from queries.benchmarks.metric_facts import CEILINGS, Direction, direction_of
from queries.benchmarks.parity_sheet import (
    ParityVerdict,
    SheetVerdict,
    is_asked,
    is_unbounded,
)
from queries.shared import words
from queries.shared.statistics.power import FEWEST_SESSIONS

# Checks of what was registered: a claim that does not keep them has no headline.
REGISTERED = (CheckName.PLANNED_SESSIONS, CheckName.ORDER)

Row = dict[str, Any]


@dataclass(frozen=True)
class Blocker:
    """One reason against a headline, and what makes it so, as far as there is more to say."""

    reason: str
    because: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """The reason with what makes it so in brackets."""
        return f"{self.reason} ({'; '.join(self.because)})" if self.because else self.reason


def blocking(
    decision: Decision,
    *,
    sheet: SheetVerdict,
    robustness: Robustness | None,
    is_preregistered: bool | None,
    checks: Sequence[Check],
) -> Iterator[Blocker]:
    """Every reason against a headline; none where the claim is supported.

    A headline takes a parity that is CLOSED or OPEN, a superior verdict and a robustness that
    stands, of a claim registered before its runs, with the sessions planned, in turns.
    """
    if sheet.parity is ParityVerdict.INVALID:
        yield Blocker(f"parity {sheet.parity}", sheet.reasons)
    if decision.verdict is not Verdict.SUPERIOR:
        yield Blocker(str(decision.verdict), tuple(map(str, decision.reasons)))
    if robustness is None:
        yield Blocker("robustness unknown")
    elif robustness is not Robustness.STANDS:
        yield Blocker(f"robustness {robustness}")
    if is_preregistered is None:
        yield Blocker("a run has no start, so registration before the runs is unknown")
    elif not is_preregistered:
        yield Blocker("registered after its first run")
    for check in checks:
        if check.check in REGISTERED and check.state is not CheckState.PASS:
            yield Blocker(check.finding)


def settling_run(claim: dict[str, Any], sides: Sides, sheet: Sequence[Row]) -> str:
    """The next run of a claim that is not supported: what it lacks most, first."""
    unbounded = [row["setting"] for row in sheet if is_unbounded(row)]
    broken = [row["setting"] for row in sheet if row["broken_rule"]]
    planned = max(claim["planned_sessions"] or ADVISED_SESSIONS, FEWEST_SESSIONS)
    order = "in turns as ABBA"
    if not is_asked(sheet):
        return "Register the claim again with its campaign type, then run both systems again."
    if broken or unbounded:
        named = ", ".join(dict.fromkeys([*broken, *unbounded]))
        return f"Run both systems again, alike in and with a record of {named}."
    if sides.control.noise_floor_share is None:
        sessions = words.plural(planned, "session")
        return f"Run the same system twice as A/A control, {sessions} each, {order}."
    missing = planned - sides.compared.fewest
    if missing > 0:
        return f"Run {words.plural(missing, 'more session')} per system, {order}."
    counted = [row for row in sheet if row["is_in_budget"]]
    if counted:
        largest = max(counted, key=lambda row: row["worst_case_factor"])
        return f"Run both systems again with the same {largest['setting']}."
    return f"Register a new version of the claim, then run {planned} sessions per system, {order}."


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
    campaign, own = claim["campaign"], (claim["workload"], claim["metric"])
    ours, theirs = (
        {key[1:3]: arm for key, arm in measured.items() if (key[0], key[3]) == (campaign, one)}
        for one in (claim[name] for name in IDS)
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
