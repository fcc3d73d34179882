"""When an indicator signals, and what is then said of an account."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Every threshold of the churn indicators, fixed for everybody, each with its reason.

    Shares are 0 to 1, ages in days.
    """

    # A quarter less than the quarter-year before: well beyond the weekly swing of stored capacity.
    usage_fall_share: float = 0.25
    # GitLab's red for the use of what was paid, which it applies after six months ...
    under_use_share: float = 0.50
    # ... because a customer that is still moving its data in is not under-using.
    moving_in_days: int = 180
    # In its first quarter a customer is judged by how it begins, not by what it uses by then.
    onboarding_days: int = 90
    # A month's mean a tenth above the commitment is no peak: an overage bill comes as a surprise.
    over_use_share: float = 1.10
    # A product used for a third of what was bought is easily replaced.
    breadth_share: float = 1 / 3
    # One fresh severe ticket is support's daily work; two, or a week without a solution, is not.
    severe_tickets: int = 2
    severe_ticket_days: int = 7
    # About one a week, less one: what an account remembers as unreliable.
    incidents: int = 3
    # A month without an answer: the usual cadence of a customer-success manager.
    contact_days: int = 30
    # Notice is given 60 days before the end: what is unsigned by then is open. Signals only
    # beside another signal or unknown usage: a date alone says nothing of the customer.
    renewal_days: int = 60
    # Below this share of expected hours recorded, a mean says more of metering than of usage.
    complete_share: float = 0.80
    # Ninety days ahead is the window in which a renewal is exposed.
    exposed_days: int = 90


THRESHOLDS = Thresholds()
