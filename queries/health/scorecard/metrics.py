"""The health score of an account, and what it is made of."""

from functools import partial

from queries.core.metric import Metric

_health = partial(Metric, grain="account", owner="Customer success", period="the data date")
_change = partial(
    Metric,
    grain="account",
    owner="Customer success",
    period="from the start of the period to the data date, each as known then",
    unit="points",
    sources=("account_health",),
    good="higher",
)
HIDDEN = (
    "A parent with an account that the viewer may not see is left out: a part is not its health."
)
_parent = partial(
    Metric,
    grain="parent account",
    owner="Customer success",
    period="the data date",
    sources=("account_health",),
)
SOURCES = (
    "account_usage_daily",
    "clusters",
    "contracts",
    "feature_usage_daily",
    "tickets",
    "incidents",
    "activities",
    "contacts",
)
UNKNOWN_SHARED = "An unknown input's weight is shared out among the known ones."

ORDER = (
    "H0: old inputs, old card; H1: old inputs, new card; H2 and H3: inputs known on both dates, "
    "new card, old then new values; H: new inputs, new card."
)

_in_band = partial(
    Metric,
    grain="week and band",
    period="the newest day scored in each of the 26 weeks that end on the data date",
    sources=("account_health", "score_history"),
    good="neither",
    excludes="Scores of a scorecard that was not in force on that day. Weeks without a score are "
    "unknown, not zero. Filters are those of the accounts today; accounts that have left since "
    "are in.",
    owner="Customer success",
    is_of_band=True,
)

METRICS = (
    _in_band(
        id="band_accounts",
        additive="accounts",
        name="Accounts in the band",
        unit="accounts",
        formula="count of accounts whose score lies in the band",
        basis="The scorecard in force on each day; frozen once written",
    ),
    _in_band(
        id="band_arr_usd",
        additive="accounts",
        name="ARR in the band",
        unit="USD per year",
        formula="sum of ARR, as of the day, of accounts whose score lies in the band",
        basis="The scorecard in force on each day; frozen once written",
    ),
    _health(
        id="health_score",
        name="Health score",
        unit="points",
        formula="sum of weight x factor score / sum of weight, over the known factors of the "
        "account's card; each 0 to 100, 100 is best; shares taken to six decimals",
        sources=SOURCES,
        good="higher",
        excludes=f"{UNKNOWN_SHARED} Unknown below the scorecard's floor of known weight (60 %). "
        "Overrides are a layer of their own and never change it.",
        basis="Scorecards are versioned files in queries/health/scorecard/cards: expert weights, "
        "fixed reference values, never today's portfolio",
    ),
    _health(
        id="health_coverage_share",
        name="Coverage",
        unit="share",
        formula="weight of the card's known inputs / weight of all its inputs",
        sources=SOURCES,
        good="higher",
        excludes="Below the scorecard's floor (60 %) score and band are unknown, never healthy.",
        basis="Silence is not green",
    ),
    _health(
        id="health_points",
        why_not="points of one account add up to its score, not over accounts",
        name="Contribution",
        unit="points",
        formula="weight share x (factor score - the card's reference value)",
        sources=SOURCES,
        good="higher",
        excludes=f"{UNKNOWN_SHARED} Unknown inputs, and factors that are not on the account's "
        "card, contribute nothing and are shown as unknown.",
        basis="Contributions of an account add up to its score less its reference",
    ),
    _health(
        id="severe_tickets_90d",
        additive="accounts",
        name="Severe tickets, 90 days",
        unit="tickets",
        formula="count of tickets of severity 1 or 2 opened in the last 90 days or still open",
        sources=("tickets",),
        good="lower",
        excludes="Unknown where the feed of tickets does not reach 90 days, or is later than "
        "promised; zero where it does and brings none.",
        basis="What an account remembers of a quarter, solved or not",
    ),
    _health(
        id="arr_lapsed_usd",
        additive="accounts",
        name="ARR lapsed",
        unit="USD per year",
        formula="ARR of the contracts that ended last, of an account with none in force",
        sources=("contracts",),
        good="lower",
        excludes="Accounts of which a churn is recorded. Unknown where a contract is in force.",
        basis="A contract that ended without a word may still be renewed",
    ),
    _health(
        id="arr_lapsed_selected_usd",
        additive="everywhere",
        name="ARR lapsed, selected",
        unit="USD per year",
        formula="ARR of those contracts that ended last on the hyperscalers selected; all of them "
        "without such a filter",
        sources=("contracts",),
        good="lower",
        excludes="Accounts of which a churn is recorded. Unknown where a contract is in force.",
        basis="The part that totals add up",
    ),
    _health(
        id="days_lapsed",
        name="Days lapsed",
        unit="days",
        formula="days from the end of the last contract to the data date",
        sources=("contracts",),
        good="lower",
        excludes="Unknown where a contract is in force.",
        basis="Counted from the first day nothing is signed for",
    ),
    _change(
        id="health_change",
        name="Change of score",
        formula="health score on the data date - health score at the start of the period",
        excludes="Unknown without a score on both dates.",
        basis=ORDER,
    ),
    _change(
        id="health_behaviour",
        name="Customer behaviour",
        formula="H3 - H2: what inputs known on both dates did",
        excludes="Unknown where no input is known on both dates.",
        basis=ORDER,
    ),
    _change(
        id="health_configuration",
        name="Rule change",
        formula="H1 - H0: what another scorecard, or another card of it, did",
        excludes="Unknown without a score on both dates.",
        basis=ORDER,
    ),
    _change(
        id="health_coverage_change",
        name="Data coverage",
        formula="(H2 - H1) + (H - H3): what inputs known on one date only did",
        excludes="Unknown without a score on both dates. The remainder where no input is known on "
        "both.",
        basis=ORDER,
    ),
    _parent(
        id="parent_accounts",
        why_not="a parent is shown whole wherever one of its accounts is selected",
        name="Accounts of the parent",
        unit="accounts",
        formula="count of accounts in force below the parent, its own among them",
        good="neither",
        excludes=f"Accounts that left. {HIDDEN}",
        basis="accounts.parent_account_id",
    ),
    _parent(
        id="parent_arr_usd",
        name="ARR of the parent",
        unit="USD per year",
        formula="sum of ARR of its accounts in force",
        good="higher",
        excludes=f"Accounts that left. {HIDDEN}",
        basis="accounts.parent_account_id",
        why_not="a parent is shown whole wherever one of its accounts is selected",
    ),
    _parent(
        id="parent_score",
        name="Health score of the parent",
        unit="points",
        formula="sum of health score x ARR / sum of ARR, over its accounts",
        good="higher",
        excludes="Accounts of unknown health. Unknown below the scorecard's floor of scored ARR. "
        f"{HIDDEN}",
        basis="Weighted by ARR: a plain mean lets small accounts outvote a large one",
    ),
    _parent(
        id="scored_arr_share",
        name="ARR scored",
        unit="share",
        formula="ARR of the parent's accounts whose health is known / ARR of all of them",
        good="higher",
        excludes=f"Unknown without ARR. Below the scorecard's floor the band is unknown. {HIDDEN}",
        basis="Silence is not green",
    ),
)
