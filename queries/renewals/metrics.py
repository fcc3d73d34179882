"""What is due for renewal in a period, and how much of it is won, forecast and to be expected."""

from functools import partial

from queries.core.metric import Metric

DEALS = ("contracts", "opportunities")
PERIOD = "contracts that end in the fiscal half-year of the data date, or in the given months"
NO_DEFAULT = "Nobody's default: unknown where no one set an amount."

_renewal = partial(
    Metric,
    unit="USD per year",
    grain="contract",
    period=PERIOD,
    sources=DEALS,
    good="higher",
    owner="Customer success",
)

METRICS = (
    _renewal(
        id="renewal_due_usd",
        additive="everywhere",
        name="Due",
        formula="ARR of the contract that ends",
        sources=("contracts",),
        good="neither",
        excludes="Drafts, contracts not begun yet, and the later years of a multi-year contract: "
        "it is due when it ends. Who left stays in, with nothing won.",
        basis="Available to renew, by the newest terms known on the data date",
    ),
    _renewal(
        id="renewal_won_usd",
        additive="everywhere",
        name="Won",
        formula="ARR of the signed contract that follows, else the amount of renewal deals closed "
        "as won; at most what is due",
        excludes="What exceeds the amount due: growth hides no loss. A deal won without an amount, "
        "until its contract is signed.",
        basis="Gainsight Renewal Center: capped at the target",
    ),
    _renewal(
        id="renewal_forecast_usd",
        name="Forecast",
        additive="everywhere",
        formula="amount of open renewal deals, at most what is due and not won",
        excludes=f"{NO_DEFAULT} Deals of several contracts that end on one day are split by what "
        "is due. A deal is about the end nearest to its close date, within half a year.",
        basis="The judgement of whoever owns the deal; an amount is taken as a year's",
    ),
    _renewal(
        id="renewal_no_forecast_usd",
        additive="everywhere",
        name="ARR due without a forecast",
        formula="what is due of contracts that are neither won nor lost and that nobody forecast",
        good="lower",
        excludes="Forecasts that nobody reviewed, which count as forecasts here.",
        basis="What is due before somebody made a call on it",
    ),
    _renewal(
        id="renewal_committed_usd",
        additive="everywhere",
        name="Committed",
        formula="won + reviewed forecast, at most what is due",
        sources=("renewals_due",),
        excludes="Forecasts that nobody reviewed: the amount is as it was when the deal was made, "
        "and there was no activity since. No forecast counts as nothing here, and is listed.",
        basis="Committed = won + open forecasts, capped at due",
    ),
    _renewal(
        id="renewal_statistical_usd",
        additive="everywhere",
        name="Statistical",
        formula="due x (1 - probability of leaving); what is won where it is decided, 0 where lost",
        sources=("renewals_due", "churn_risk"),
        excludes="Forecasts. Unknown until a calibrated probability exists, and where the date "
        "lies beyond the 90 days it speaks of. Low and high take the ends of its interval, "
        "added up as if all erred the same way.",
        basis="Statistical = sum of due x (1 - p)",
    ),
)
