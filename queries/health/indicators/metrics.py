"""The indicators that an account may leave, per account."""

from functools import partial

from queries.core.metric import Metric

CONTRACTS = ("contracts",)
USAGE = ("account_usage_daily", "clusters")
STALE = (
    "Unknown for everybody alike while half of the whole fleet falls by 25 % or more an hour: "
    "that is a missing feed, and the indicator is stale."
)
FEATURE_DAYS = (
    "the newest 28 complete days on which anybody used anything; up to a week of missing days is "
    "bridged, and while the last one is missing the indicator is stale"
)
TWO_SIDED = "Under-use is contraction risk, over-use is overage: both signal."

_indicator = partial(Metric, grain="account", owner="Customer success")

METRICS = (
    _indicator(
        id="arr_touched_usd",
        additive="accounts",
        name="ARR touched",
        unit="USD per year",
        formula="ARR of the account where at least one indicator signals, else 0",
        period="the data date",
        sources=("churn_indicators",),
        good="lower",
        excludes="For a lapsed account, the ARR of the contract that ended.",
        basis="Money in front",
    ),
    _indicator(
        id="arr_touched_selected_usd",
        additive="everywhere",
        name="ARR touched, selected",
        unit="USD per year",
        formula="ARR of the account on the hyperscalers selected where at least one indicator "
        "signals, else 0; all of its ARR without such a filter",
        period="the data date",
        sources=("churn_indicators",),
        good="lower",
        excludes="For a lapsed account, the ARR of the contract that ended.",
        basis="The part that totals add up",
    ),
    _indicator(
        id="days_to_renewal",
        name="Days to renewal",
        unit="days",
        formula="days from the data date to the first end of a contract that is not renewed yet",
        period="the data date",
        sources=CONTRACTS,
        good="neither",
        excludes="Unknown where no end is written down or the last contract has lapsed. A signed "
        "successor of the same account, deployment model and hyperscaler moves it.",
        basis="Signals from 60 days, the notice period of our contracts, and only beside another "
        "signal or unknown usage; always once lapsed",
    ),
    _indicator(
        id="usage_28d_tib_hours",
        additive="accounts",
        name="Capacity used, last 28 days",
        unit="TiB-Hours",
        formula="sum of metered capacity",
        period="the 28 complete days before the data date",
        sources=USAGE,
        good="higher",
        excludes="Unknown without a single record; zero only where zero was recorded, or where a "
        "customer that was metered before has no cluster in service any more.",
        basis="Polaris hourly metering",
    ),
    _indicator(
        id="usage_previous_84d",
        additive="accounts",
        name="Usage per 28 days, 84 days before",
        unit="TiB-Hours",
        formula="mean TiB in use x 672 hours",
        period="the 84 complete days before the last 28; shorter for a new account",
        sources=USAGE,
        good="neither",
        excludes="Unknown with under 28 days of service, or under 80 % of expected hours recorded.",
        basis="Polaris hourly metering",
    ),
    _indicator(
        id="usage_change_share",
        name="Usage change",
        unit="share",
        formula="mean TiB in use, last 28 days / mean TiB in use, 84 days before - 1",
        period="the 112 complete days before the data date",
        sources=USAGE,
        compares="per day",
        good="higher",
        excludes="Hours without a record are left out of both means, so lost metering is no fall. "
        "Unknown with under 28 days of service before, with under 80 % of expected hours recorded, "
        f"and where metering began later than the first of those days. {STALE}",
        basis="28-day against previous 84-day consumption; signals from -25 %",
    ),
    _indicator(
        id="commitment_pace",
        name="Commitment pace",
        unit="share",
        formula="mean TiB in use / TiB committed by contracts in force",
        period="the 28 complete days before the data date",
        sources=(*USAGE, *CONTRACTS),
        good="neither",
        excludes="A fixed capacity has no burn-down: elapsed time cancels, 1.00 is on commitment. "
        "Unknown without a commitment, with under 80 % of expected hours recorded, and where "
        f"metering began later than the first of those days. {STALE}",
        basis=f"Capacity utilisation. {TWO_SIDED} Signals above 110 %, and below 50 % after 180 "
        "days as a customer (GitLab's red for licences)",
    ),
    _indicator(
        id="features_used",
        additive="accounts",
        name="Features used",
        unit="features",
        formula="count of entitled features with at least one operation",
        period=FEATURE_DAYS,
        sources=("feature_usage_daily",),
        good="higher",
        excludes="Features tried without entitlement. Unknown without telemetry.",
        basis="Breadth counts qualifying actions, not log-ins",
    ),
    _indicator(
        id="features_entitled",
        additive="accounts",
        name="Features entitled",
        unit="features",
        formula="count of features the contract includes",
        period=FEATURE_DAYS,
        sources=("feature_usage_daily",),
        good="neither",
        excludes="Unknown without telemetry.",
        basis="feature_usage_daily.is_entitled",
    ),
    _indicator(
        id="feature_breadth_share",
        name="Feature breadth",
        unit="share",
        formula="features used / features entitled",
        period=FEATURE_DAYS,
        sources=("feature_usage_daily",),
        good="higher",
        excludes="Unknown without entitlement or telemetry, and where that began later than the "
        "first of those days or is later than promised; "
        "never divided by features sold to others.",
        basis="Core capabilities used / entitled; signals below a third",
    ),
    _indicator(
        id="open_severe_tickets",
        additive="accounts",
        name="Open severe tickets",
        unit="tickets",
        formula="count of tickets of severity 1 or 2 that are not solved",
        period="the data date",
        sources=("tickets",),
        good="lower",
        excludes="Unknown where the feed of tickets does not reach 90 days, or is later than "
        "promised; zero where it does and brings none.",
        basis="Signals from two, or from one that is 7 days old",
    ),
    _indicator(
        id="oldest_severe_ticket_days",
        name="Oldest severe ticket",
        unit="days",
        formula="days from the opening of the oldest open severe ticket to the data date",
        period="the data date",
        sources=("tickets",),
        good="lower",
        excludes="Unknown without an open severe ticket.",
        basis="Age of severity-1 and -2 tickets",
    ),
    _indicator(
        id="incidents_28d",
        additive="accounts",
        name="Incidents, last 28 days",
        unit="incidents",
        formula="count of incidents attributed to the account",
        period="the 28 complete days before the data date",
        sources=("incidents",),
        good="lower",
        excludes="Incidents that touch no single account. Unknown where the feed of incidents does "
        "not reach the window, or is later than promised; zero where it does and brings none.",
        basis="Signals from three",
    ),
    _indicator(
        id="days_since_contact",
        name="Days since two-way contact",
        unit="days",
        formula="days from the newest two-way contact with anyone at the account",
        period="the data date",
        sources=("activities", "contacts"),
        good="lower",
        excludes="Counted to the newest contact of all where nobody in the book was spoken to for "
        "a week after four weeks with one a day: that is a missing feed. Calls, meetings and "
        "emails that nobody answered. Unknown where no two-way "
        "contact was recorded by the data date. Without activities an earlier data date knows the "
        "last contact only where none was made since: unknown, not silent.",
        basis="Signals from 30 days",
    ),
    _indicator(
        id="signals",
        additive="accounts",
        name="Indicators that signal",
        unit="indicators",
        formula="count of the seven indicators beyond their threshold",
        period="the data date",
        sources=("churn_indicators",),
        good="lower",
        excludes="An unknown indicator never signals, and never counts as fine. Not a score.",
        basis="Thresholds are named, with their reasons, in queries.shared.thresholds",
    ),
    _indicator(
        id="inputs_known",
        additive="accounts",
        name="Indicators known",
        unit="indicators",
        formula="count of the seven indicators whose value is known",
        period="the data date",
        sources=("churn_indicators",),
        good="higher",
        excludes="An unknown indicator never signals, and never counts as fine.",
        basis="Silence is not green",
    ),
)
