"""ARR, what is kept of it and what of it is at risk, and the health mix of the accounts."""

from functools import partial

from queries.core.metric import MOVED, Metric

CONTRACTS = ("contracts",)
USAGE = ("account_usage_daily", "clusters")
HEALTH = ("account_health",)
BEFORE = "the earlier value 28 days before, as known then"
FORMER = "Former customers. Overrides are a layer of their own."
IN_FORCE = "in force: signed, started, not ended; half-open days"
FIELD = "SaaS retention formulas as ChartMogul and GitLab publish them"
NEWEST_TERMS = (
    "A contract counts with the ARR last recorded by the day in question: an amendment counts from "
    "the day it was recorded, a correction from the start. A correction changes ARR alone, while "
    "committed capacity, its price and the dates stay."
)
GIVEN_MONTHS = "the given months (12 unless asked otherwise) that end on the data date"

_contracted = partial(Metric, grain="all accounts in the filters", owner="Finance")
_in_band = partial(
    Metric,
    unit="accounts",
    grain="all accounts in the filters",
    period=f"the data date; {BEFORE}",
    sources=HEALTH,
    basis="Half-open bands and coverage floor of the scorecard in force on the day",
    is_of_band=True,
    owner="Customer success",
)

METRICS = (
    _contracted(
        id="arr_usd",
        additive="rows",
        name="ARR",
        unit="USD per year",
        formula="sum of the annual recurring revenue of contracts in force",
        period="the data date",
        sources=CONTRACTS,
        good="higher",
        excludes=f"Drafts, contracts not yet started, and lapsed ones. {NEWEST_TERMS}",
        basis=IN_FORCE,
    ),
    _contracted(
        id="arr_selected_usd",
        additive="everywhere",
        name="ARR selected",
        unit="USD per year",
        formula="sum of the annual recurring revenue of the account's contracts in force on the "
        "hyperscalers selected; all of them without such a filter",
        period="the data date",
        sources=CONTRACTS,
        good="higher",
        excludes="An account's contracts on other hyperscalers, which its ARR counts.",
        basis="The part of each account that totals add up",
    ),
    _contracted(
        id="nrr_share",
        why_not=f"a ratio, and {MOVED}",
        name="Net revenue retention",
        unit="share",
        formula="ARR now of accounts with ARR at the start / their ARR then",
        period=GIVEN_MONTHS,
        sources=CONTRACTS,
        good="higher",
        excludes=f"New accounts. Unknown without ARR at the start. {NEWEST_TERMS}",
        basis=FIELD,
    ),
    _contracted(
        id="grr_share",
        why_not=f"a ratio, and {MOVED}",
        name="Gross revenue retention",
        unit="share",
        formula="sum per account of the smaller of ARR now and at the start / ARR at the start",
        period=GIVEN_MONTHS,
        sources=CONTRACTS,
        good="higher",
        excludes=f"New accounts and all growth, capped per account. {NEWEST_TERMS}",
        basis=FIELD,
    ),
    _contracted(
        id="logo_churn_share",
        why_not="a ratio, and a customer that moves to another hyperscaler is lost on the first",
        name="Logo churn",
        unit="share",
        formula="accounts with ARR at the start and none now / accounts with ARR at the start",
        period=GIVEN_MONTHS,
        sources=CONTRACTS,
        good="lower",
        excludes="Lost and back inside the period counts as kept. Level: account, not parent.",
        basis=FIELD,
    ),
    _contracted(
        id="arr_movement_usd",
        additive="accounts",
        why_not=f"start, end and the sum of all movements do, but {MOVED}",
        name="ARR movement",
        unit="USD per year",
        formula="ARR now - ARR at the start, per account: new from nothing, churn to nothing, "
        "else expansion or contraction; correction: ARR at the start as corrected since - as "
        "stated then",
        period="the given months that end on the data date",
        sources=CONTRACTS,
        good="higher",
        excludes=f"An account that came back counts as new. {NEWEST_TERMS}",
        basis="start + correction + new + expansion - contraction - churn = end, exactly",
    ),
    _contracted(
        id="arr_flagged_usd",
        name="ARR at risk",
        additive="everywhere",
        unit="USD per year",
        formula="sum of ARR of accounts in the band at risk",
        period=f"the data date; {BEFORE}",
        sources=HEALTH,
        good="lower",
        excludes="Watch and unknown accounts. Unknown where too little is known of every account.",
        basis="All ARR of accounts in the band, multi-year contracts included",
        is_of_band=True,
    ),
    _contracted(
        id="arr_exposed_usd",
        name="ARR at risk that renews in 90 days",
        additive="everywhere",
        unit="USD per year",
        formula="sum of ARR of accounts in the band at risk that renew within 90 days",
        period=f"the 90 days after the data date; {BEFORE}",
        sources=HEALTH,
        good="lower",
        excludes="Accounts whose renewal date is unknown. Part of ARR at risk, unknown with it.",
        basis="What of the ARR at risk is available to renew in the window",
        is_of_band=True,
    ),
    _contracted(
        id="arr_expected_loss_usd",
        name="Expected loss, 90 days",
        additive="everywhere",
        unit="USD per year",
        formula="sum of ARR x probability of a churn within 90 days; all of it is lost at a churn",
        period="the 90 days after the data date",
        sources=("account_health", "churn_risk"),
        good="lower",
        excludes="Accounts without a probability; contraction. Unknown before 20 churned accounts, "
        "never zero. The interval is of the loss itself: accounts are drawn to learn from, and "
        "under each draw they churn or stay; 95 % of losses lie in it.",
        basis="Only with a calibrated probability",
    ),
    Metric(
        id="arr_expected_then_usd",
        name="ARR expected to be lost then",
        unit="USD per year",
        formula="sum of ARR x probability of a churn within 90 days, by the model in force at "
        "the month-end, fitted to outcomes known then",
        grain="all accounts the viewer may see, whatever is filtered; month-end",
        period="the 90 days after the month-end",
        sources=("score_history", "outcomes"),
        good="lower",
        excludes="Month-ends whose 90 days are not over, that had no probability yet, or whose "
        "outcomes set the bands of the card in force; accounts of unknown health, and lapses "
        "without a churn. The interval is of the loss itself.",
        basis="The record of the expected loss: what the tile would have said, beside what came",
        why_not="the record is of the whole book and takes no filter",
        owner="Customer success",
    ),
    Metric(
        id="arr_lost_after_usd",
        name="ARR lost after",
        unit="USD per year",
        formula="sum of ARR, as of the month-end, of the accounts that churned within its 90 days",
        grain="all accounts the viewer may see, whatever is filtered; month-end",
        period="the 90 days after the month-end",
        sources=("score_history", "outcomes"),
        good="lower",
        excludes="The same accounts as the expected loss beside it.",
        basis="The record of the expected loss",
        why_not="the record is of the whole book and takes no filter",
        owner="Customer success",
    ),
    _contracted(
        id="arr_without_probability_usd",
        additive="everywhere",
        name="ARR without a probability",
        unit="USD per year",
        formula="sum of ARR of accounts whose churn probability is unknown",
        period="the data date",
        sources=("account_health", "churn_risk"),
        good="lower",
        excludes="Lapsed accounts, which have no ARR.",
        basis="What the expected loss leaves out",
    ),
    _contracted(
        id="consumption_growth_share",
        why_not="a ratio",
        name="Consumption growth",
        unit="share",
        formula="metered TiB-hours of the last 28 days / of the 28 days before - 1",
        period="the 56 complete days before the data date; where metering ends up to 48 hours "
        "earlier, both halves are as many days shorter",
        sources=USAGE,
        compares="same length",
        good="higher",
        excludes="Capacity only. Unknown where either period has no record, and where metering "
        "does not reach the period or is later than promised. Hours not recorded are not "
        "estimated.",
        basis="28 days against the previous 28, on data dates",
    ),
    _in_band(
        id="accounts_at_risk",
        additive="accounts",
        name="Accounts at risk",
        formula="count of accounts whose health score lies in the band at risk",
        good="lower",
        excludes=FORMER,
    ),
    _in_band(
        id="accounts_watch",
        additive="accounts",
        name="Accounts to watch",
        formula="count of accounts whose health score lies in the band watch",
        good="lower",
        excludes=FORMER,
    ),
    _in_band(
        id="accounts_healthy",
        additive="accounts",
        name="Healthy accounts",
        formula="count of accounts whose health score lies in the band healthy",
        good="higher",
        excludes=f"{FORMER} An account that too little is known of is never healthy.",
    ),
    _in_band(
        id="accounts_unknown",
        additive="accounts",
        name="Accounts with unknown health",
        formula="count of accounts of which no input, or too little of the scorecard, is known",
        good="lower",
        excludes=FORMER,
    ),
    _contracted(
        id="arr_share",
        why_not="a share of the ARR that the filters let through",
        is_relative=True,
        name="Share of ARR",
        unit="share",
        formula="ARR of the hyperscaler / ARR in the filters",
        period="the data date",
        sources=CONTRACTS,
        good="neither",
        excludes="Unknown without any ARR.",
        basis=IN_FORCE,
    ),
    _contracted(
        id="contract_accounts",
        additive="accounts",
        name="Accounts with a contract",
        unit="accounts",
        formula="count of distinct accounts with a contract in force",
        period="the data date",
        sources=CONTRACTS,
        good="higher",
        excludes="An account on two hyperscalers counts once on each.",
        basis=IN_FORCE,
    ),
)
