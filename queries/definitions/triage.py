"""The order of the triage queue: money at risk, and how near its renewal is."""

from functools import partial

from queries.definitions.metric import Metric

_triage = partial(Metric, grain="account", owner="Customer success", period="the data date")

METRICS = (
    _triage(
        id="triage_rank",
        name="Rank",
        unit="place",
        formula="place by expected loss x time pressure; without a probability, and by choice, by "
        "health score, lowest first, then ARR",
        sources=("account_health", "churn_risk"),
        good="neither",
        excludes="Accounts that are snoozed or not to be called have none. Accounts of which too "
        "little is known come after those whose score is known, never out.",
        basis="Expected ARR loss x time pressure, cut at the team's capacity",
    ),
    _triage(
        id="expected_loss_usd",
        name="Expected loss",
        unit="USD per year",
        formula="ARR x probability of churn within 90 days; all of it is lost in a churn",
        sources=("account_health", "churn_risk"),
        good="lower",
        excludes="Unknown where the evidence allows no probability (tier 0), or too little is "
        "known of the account. Of a lapsed account, the ARR that lapsed.",
        basis="ARR at risk, third kind: only with a calibrated probability",
    ),
    _triage(
        id="time_pressure",
        name="Time pressure",
        unit="times",
        formula="90 / days to renewal, from 0.25 to 3; 3 once lapsed, 1 where no date is known",
        sources=("contracts",),
        good="neither",
        excludes="Nothing: it only orders.",
        basis="A renewal in a quarter presses once",
    ),
    _triage(
        id="triage_actions",
        name="Actions",
        unit="actions",
        formula="count of actions on the account, undone ones and undos included",
        sources=("triage_actions",),
        good="neither",
        excludes="Actions taken on a later data date.",
        basis="The version of the account: whoever acts must have seen the newest",
    ),
    _triage(
        id="triage_notes",
        name="Notes",
        unit="notes",
        formula="count of notes on the account",
        sources=("triage_actions",),
        good="neither",
        excludes="Notes that were undone, and those written on a later data date.",
        basis="The ledger is append-only: nothing is deleted",
    ),
)
