"""The order of the triage queue: money at risk, and how near its renewal is."""

from functools import partial

from queries.core.metric import Metric

_triage = partial(Metric, grain="account", owner="Customer success", period="the data date")

METRICS = (
    _triage(
        id="triage_rank",
        why_not="a place among the accounts that the filters let through",
        is_relative=True,
        name="Rank",
        unit="place",
        formula="place by the loss that ranks it x time pressure, among the accounts in the "
        "filters; while no probability is known (tier 0), and by choice, by health score, lowest "
        "first, then ARR",
        sources=("account_health", "churn_risk"),
        good="neither",
        excludes="Accounts that are snoozed or overridden have none. By score, accounts of which "
        "too little is known come after those whose score is known, never out.",
        basis="Expected ARR loss x time pressure. The queue has exactly as many places as the team "
        "can call. An account that was in the top a week before keeps its place while it ranks "
        "within 1.25 x the capacity; the rest is filled by rank, so that the edge does not flicker",
    ),
    _triage(
        id="expected_loss_usd",
        additive="accounts",
        name="Expected loss",
        unit="USD per year",
        formula="ARR x probability of churn within 90 days; all of it is lost in a churn",
        sources=("account_health", "churn_risk"),
        good="lower",
        excludes="Unknown where the evidence allows no probability (tier 0), or too little is "
        "known of the account. Of a lapsed account, the ARR that lapsed. Its interval is that of "
        "the probability: of one account either all is lost or nothing.",
        basis="ARR at risk, third kind: only with a calibrated probability",
    ),
    _triage(
        id="ranking_loss_usd",
        additive="accounts",
        name="Loss that ranks it",
        unit="USD per year",
        formula="expected loss; of an account without a probability, ARR x the base rate, and "
        "then marked assumed",
        sources=("account_health", "churn_risk"),
        good="lower",
        excludes="Unknown in tier 0. Of a lapsed account, the ARR that lapsed. What is assumed "
        "only ranks: it counts in no sum of expected loss.",
        basis="Nobody is left out of the order because little is known of them",
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
        additive="accounts",
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
        additive="accounts",
        name="Notes",
        unit="notes",
        formula="count of notes on the account",
        sources=("triage_actions",),
        good="neither",
        excludes="Notes that were undone, and those written on a later data date.",
        basis="The ledger is append-only: nothing is deleted",
    ),
)
