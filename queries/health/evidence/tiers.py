"""How much may be fitted, by the number of distinct accounts that churned.

Below 20 nothing; a two-parameter recalibration of a unit-weight score up to 54; ridge from 55,
with 11 events for each parameter; boosting as a challenger from 200. On resampled telecom churn
the unit-weight score matched or beat every fitted model below about 30 events, and boosting
needed about 200 to catch up. Under 100 accounts no weight is fitted, however many churned.
"""

from dataclasses import dataclass

EVENTS_FOR_PROBABILITY = 20
EVENTS_FOR_RIDGE = 55
EVENTS_FOR_BOOSTING = 200
EVENTS_PER_PARAMETER = 11
ACCOUNTS_FOR_WEIGHTS = 100


@dataclass(frozen=True)
class Tier:
    """What the evidence allows: the tier, the models that may compete, and what is not known."""

    number: int
    models: tuple[str, ...]
    description: str

    @property
    def gives_probability(self) -> bool:
        return self.number > 0


TIERS = (
    Tier(0, ("score",), "unit-weight score; ranks only, no probability"),
    Tier(1, ("score",), "unit-weight score with a two-parameter recalibration"),
    Tier(2, ("score", "ridge"), "ridge, where it beats the recalibrated score"),
    Tier(3, ("score", "ridge", "boosting"), "boosting as a challenger of ridge and score"),
)


def tier_of(events: int, accounts: int) -> Tier:
    """The tier for a number of events: distinct accounts that churned, of so many, not rows."""
    thresholds = (EVENTS_FOR_PROBABILITY, EVENTS_FOR_RIDGE, EVENTS_FOR_BOOSTING)
    reached = sum(events >= threshold for threshold in thresholds)
    return TIERS[reached if accounts >= ACCOUNTS_FOR_WEIGHTS else min(reached, 1)]


def most_parameters(events: int) -> int:
    """How many parameters may be fitted to so many events."""
    return events // EVENTS_PER_PARAMETER
