"""What forbids publishing a claim, and the run that would settle it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from queries import words
from queries.benchmarks.checks import ADVISED_SESSIONS, Check
from queries.benchmarks.comparison import Decision
from queries.benchmarks.evidence import Sides
from queries.benchmarks.robustness import Row, is_asked, is_unbounded
from queries.statistics.power import FEWEST_SESSIONS

PUBLISHABLE = ("CLOSED", "OPEN")
# Checks of what was registered: a claim that does not keep them has no headline.
REGISTERED = ("planned_sessions", "order")


@dataclass(frozen=True)
class Blocker:
    """One reason against a headline, and what makes it so; None where there is no more to say."""

    reason: str
    because: str | None = None

    @property
    def whole(self) -> str:
        """The reason with what makes it so in brackets."""
        return f"{self.reason} ({self.because})" if self.because else self.reason


def blocking(
    decision: Decision,
    *,
    parity: tuple[str, str | None],
    robustness: str | None,
    is_preregistered: bool | None,
    checks: Sequence[Check],
) -> Iterator[Blocker]:
    """Every reason against a headline; none where the claim is supported.

    A headline takes a parity that is CLOSED or OPEN, a superior verdict and a robustness that
    stands, of a claim registered before its runs, with the sessions planned, in turns.
    """
    if parity[0] not in PUBLISHABLE:
        yield Blocker(f"parity {parity[0]}", parity[1])
    if decision.verdict != "superior":
        yield Blocker(decision.verdict, "; ".join(map(str, decision.reasons)) or None)
    if robustness is None:
        yield Blocker("robustness unknown")
    elif robustness != "stands":
        yield Blocker(f"robustness {robustness}")
    if is_preregistered is None:
        yield Blocker("a run has no start, so registration before the runs is unknown")
    elif not is_preregistered:
        yield Blocker("registered after its first run")
    for check in checks:
        if check.check in REGISTERED and check.state != "pass":
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
