"""What became of revenue and consumption over a period, and how the product is adopted."""

from functools import partial

from queries.accounts.metrics import FIELD, GIVEN_MONTHS
from queries.core.metric import MOVED, Metric

CONTRACTS = ("contracts",)
FEATURES = ("feature_usage_daily",)
COHORT = "the accounts with ARR at the start: a closed cohort"
MONTH = "the 28 complete days before the data date"
ACTIVE = "A log-in is no use, and capacity at rest is none either."
UNREACHED = "Unknown where telemetry does not reach the period or is later than promised."

_contracted = partial(
    Metric,
    grain="all accounts in the filters",
    owner="Finance",
    period=GIVEN_MONTHS,
    sources=CONTRACTS,
    basis=FIELD,
)
_per_account = partial(_contracted, grain="account", unit="USD per year")
_adopted = partial(
    Metric,
    grain="all accounts in the filters",
    owner="Customer success",
    period=MONTH,
    sources=FEATURES,
)

METRICS = (
    _contracted(
        id="logo_churn_annual_share",
        why_not="a ratio, as logo churn",
        name="Logo churn, annualised",
        unit="share",
        formula="1 - (1 - logo churn) ^ (12 / months)",
        good="lower",
        excludes="As logo churn. At twelve months the two are equal.",
    ),
    _contracted(
        id="gross_revenue_churn_share",
        why_not=f"a ratio, and {MOVED}",
        name="Gross revenue churn",
        unit="share",
        formula="(churn + contraction) / ARR at the start",
        good="lower",
        excludes=f"Growth of every kind, capped per account. Of {COHORT}.",
    ),
    _contracted(
        id="net_revenue_churn_share",
        why_not=f"a ratio, and {MOVED}",
        name="Net revenue churn",
        unit="share",
        formula="(churn + contraction - expansion - reactivation) / ARR at the start",
        good="lower",
        excludes="New accounts. One that left before the start and came back is a reactivation "
        "here, as in ChartMogul, and new among the movements of ARR.",
    ),
    _contracted(
        id="consumption_nrr_share",
        why_not="a ratio, and use that moves to another hyperscaler is lost on the first",
        name="Consumption net retention",
        unit="share",
        formula="TiB-hours per day of the period / TiB-hours per day of as many months before it, "
        "both of the accounts that were metered in the first 28 days of the earlier one",
        period="twice the given months, up to the day before the data date or the last whole day "
        "that metering reaches",
        sources=("account_usage_daily",),
        compares="per day",
        good="higher",
        excludes="Contracted ARR: what is consumed and what is contracted are never mixed. Later "
        "accounts. Hours without a record are not estimated. Unknown where nothing was metered in "
        "those 28 days, and where metering does not reach the period or is later than promised. "
        "Months of 28 and 31 days: each period is divided by its own days.",
        basis="As Snowflake defines it: a cohort of the first month of a trailing two-year period",
    ),
    _adopted(
        id="adoption_breadth_share",
        why_not="a ratio",
        name="Adoption breadth",
        unit="share",
        formula="features used / features entitled, both summed over accounts",
        good="higher",
        excludes="Features sold to others. Accounts without a row of telemetry are unknown and "
        f"left out. {UNREACHED}",
        basis="Core capabilities with a qualifying action in 28 days / capabilities entitled",
    ),
    _adopted(
        id="adoption_depth_share",
        why_not="a ratio",
        name="Adoption depth",
        unit="share",
        formula="mean capacity in use / committed capacity, both summed over accounts",
        sources=("account_usage_daily", "clusters", "contracts"),
        good="higher",
        excludes="Accounts of which either is unknown, or less than 80 % of hours are recorded. "
        "Unknown where metering does not reach the period or is later than promised.",
        basis="TiB active / TiB entitled: usage against what this customer is entitled to",
    ),
    _adopted(
        id="active_days_share",
        why_not="a mean",
        name="Active days",
        unit="share",
        formula="days with an operation or metered egress / 28, or as many days as telemetry and "
        "metering reach, mean over accounts",
        sources=("feature_usage_daily", "account_usage_daily"),
        good="higher",
        excludes=f"{ACTIVE} Accounts younger than 28 days or without a row of telemetry. "
        f"{UNREACHED}",
        basis="Stickiness for storage: active days of 28, not daily over monthly users",
    ),
    _adopted(
        id="time_to_value_days",
        why_not="a median",
        name="Time to value",
        unit="days",
        formula="Kaplan-Meier: the earliest day by which half of the accounts had their first "
        "operation or metered egress, counted from the start of their first contract; 95 % "
        "interval after Brookmeyer and Crowley",
        period=GIVEN_MONTHS,
        sources=("feature_usage_daily", "account_usage_daily", "contracts"),
        good="lower",
        excludes="Accounts that started before telemetry is recorded. Those without value yet are "
        "censored on the data date, where telemetry or metering ends, or where they left. Null: "
        f"half is not reached. {UNREACHED}",
        basis="A mean over those who got there is too low",
    ),
    _per_account(
        id="arr_start_usd",
        additive="rows",
        name="ARR at the start",
        formula="ARR in force on the first day of the period, as corrected since",
        good="neither",
        excludes="Accounts without any.",
    ),
    _per_account(
        id="arr_correction_usd",
        additive="rows",
        name="ARR correction",
        formula="ARR at the start as corrected since - ARR at the start as stated then",
        good="neither",
        excludes="Amendments, which change committed capacity, its price or the dates.",
    ),
    _per_account(
        id="arr_end_usd",
        additive="accounts",
        why_not="ARR moved to a hyperscaler where the account had none is on neither",
        name="ARR now",
        formula="ARR in force on the data date",
        good="higher",
        excludes="Accounts without ARR at the start. Who left stays, with 0.",
    ),
    _per_account(
        id="arr_kept_usd",
        additive="accounts",
        why_not=MOVED,
        name="ARR kept",
        formula="the smaller of ARR at the start and now",
        good="higher",
        excludes="All growth. Summed, / ARR at the start, it is gross revenue retention.",
    ),
    _per_account(
        id="arr_change_usd",
        additive="accounts",
        why_not=MOVED,
        name="ARR change",
        formula="ARR now - ARR at the start",
        good="higher",
        excludes="New accounts.",
    ),
)
