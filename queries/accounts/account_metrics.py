"""The numbers that only the page of one account shows."""

from functools import partial

from queries.core.metric import Metric

TERMS = "the newest terms recorded by the data date"
OWNER = "Customer success"

FROM_THE_TERM = "from the first known day of the term in force"
RATE = "the mean week of the last eight whole known ones, weekday by weekday"
DRAWN = "bootstrap of the weeks, 2,000 draws"
TERM = "A fixed capacity over a term is worth its TiB times its hours; overage policy is open"

_term = partial(
    Metric,
    unit="TiB-Hours",
    grain="account, hyperscaler, day",
    sources=("account_usage_daily", "clusters", "contracts"),
    basis=TERM,
    owner=OWNER,
)

METRICS = (
    _term(
        id="term_used_tib_hours",
        additive="accounts",
        name="Used in the term",
        formula="sum of metered capacity, each day scaled from hours recorded to hours expected",
        period=f"{FROM_THE_TERM} to the day",
        good="neither",
        excludes="A day below 80 % of its hours is unknown and adds nothing.",
    ),
    _term(
        id="term_committed_tib_hours",
        additive="accounts",
        name="Committed in the term",
        formula="sum over the days of committed TiB x 24",
        period=f"{FROM_THE_TERM} to the day",
        good="neither",
        excludes="Unknown from the day on which a contract in force leaves it open.",
    ),
    _term(
        id="term_projected_tib_hours",
        additive="accounts",
        name="Projected use in the term",
        formula=f"used so far + days ahead at {RATE}",
        period="after the newest known day, to the last of the term",
        good="neither",
        excludes="Unknown without an end of the term or a whole known week.",
    ),
    _term(
        id="term_projected_low_tib_hours",
        why_not="a bound of one account",
        name="Projected use in the term, P10",
        formula=f"10th percentile of used so far + days ahead, {DRAWN}",
        period="after the newest known day, to the last of the term",
        good="neither",
        excludes="Unknown below four whole known weeks.",
    ),
    _term(
        id="term_projected_high_tib_hours",
        why_not="a bound of one account",
        name="Projected use in the term, P90",
        formula=f"90th percentile of used so far + days ahead, {DRAWN}",
        period="after the newest known day, to the last of the term",
        good="neither",
        excludes="Unknown below four whole known weeks.",
    ),
    Metric(
        id="rate_usd_per_tib_month",
        name="Price of committed capacity",
        unit="USD per TiB-month",
        formula="the contract's price of a committed TiB per month",
        grain="contract",
        period=TERMS,
        sources=("contracts",),
        good="neither",
        excludes="Unknown where the contract does not say.",
        basis="Contract terms",
        owner="Finance",
    ),
    Metric(
        id="overage_rate_usd_per_tib_month",
        name="Price above the commitment",
        unit="USD per TiB-month",
        formula="the contract's price of a TiB above the commitment per month",
        grain="contract",
        period=TERMS,
        sources=("contracts",),
        good="neither",
        excludes="Unknown where the contract does not say.",
        basis="Contract terms",
        owner="Finance",
    ),
    Metric(
        id="feature_active_days_28d",
        why_not="days on which several accounts used a feature count once for each",
        name="Active days of a feature",
        unit="days",
        formula="count of days with at least one operation",
        grain="account, feature",
        period="the 28 complete days before the data date",
        sources=("feature_usage_daily",),
        good="higher",
        excludes="Unknown where the account sent no telemetry in the 28 days, and where telemetry "
        "is later than promised.",
        basis="Active days rather than log-ins: a storage feature is not opened every day",
        owner=OWNER,
    ),
    Metric(
        id="feature_operations_28d",
        additive="accounts",
        name="Operations of a feature",
        unit="operations",
        formula="sum of operations",
        grain="account, feature",
        period="the 28 complete days before the data date",
        sources=("feature_usage_daily",),
        good="higher",
        excludes="Unknown where the account sent no telemetry in the 28 days.",
        basis="Breadth counts qualifying actions, not log-ins",
        owner=OWNER,
    ),
    Metric(
        id="ticket_open_days",
        name="Age of an open ticket",
        unit="days",
        formula="days from the day the ticket was opened to the data date",
        grain="ticket",
        period="the data date",
        sources=("tickets",),
        good="lower",
        excludes="Tickets solved by the data date.",
        basis="tickets.created_at and solved_at",
        owner="Support",
    ),
    Metric(
        id="incident_resolved_seconds",
        name="Time to resolve an incident",
        unit="seconds",
        formula="trigger to resolution",
        grain="incident",
        period="the 90 days up to the data date",
        sources=("incidents",),
        good="lower",
        excludes="Unknown while the incident goes on.",
        basis="incidents.created_at and resolved_at",
        owner="SRE",
    ),
)
