"""What the proof of a score counts: outcomes, probabilities and the gates it is held to."""

from functools import partial

from queries.core.metric import Metric

EVIDENCE = ("outcomes", "score_history")

PROVING = (
    "monthly snapshots of one card version whose 90 days are over, after the last data date its "
    "bands were set on"
)
UNPROVING = "Windows that are still open; lapses without a churn."

_evidence = partial(Metric, owner="Customer success")

METRICS = (
    _evidence(
        id="arr_lost_usd",
        additive="accounts",
        name="ARR lost",
        unit="USD per year",
        formula="sum of ARR of the contracts that ran until the account churned",
        grain="account",
        period="the eve of the churn",
        sources=("contracts", "accounts"),
        good="lower",
        excludes="Null for an account that has not churned, and where no contract is known to have "
        "run until then. Contraction of an account that stays.",
        basis="Churn is dated by the end of the contract; the amount is its last terms",
    ),
    _evidence(
        id="churn_probability",
        name="Churn probability",
        unit="share",
        formula="probability of a churn within 90 days, by the model in force",
        grain="account",
        period="the 90 days after the data date",
        sources=("account_health", "outcomes", "score_history"),
        good="lower",
        excludes="Unknown in tier 0, and for an account whose band is. Fitted to monthly "
        "snapshots whose 90 days are over, without rebalancing; the interval draws accounts again.",
        basis="Tier 1 recalibrates the score by two parameters, tier 2 is a ridge discrete-time "
        "hazard of five predictors, tier 3 boosting; each has to beat the one below out of time. "
        "ARR is a predictor, too, where log-loss per account and per dollar are then smaller",
    ),
    _evidence(
        id="evidence_tier",
        why_not="it is of the whole book, whoever asks and whatever is filtered",
        name="Tier in force",
        unit="tier",
        formula="0 below 20 churned accounts, 1 below 55, 2 below 200, 3 from there",
        grain="the whole book, whoever asks and whatever is filtered",
        period="monthly snapshots of one card version whose 90 days are over",
        sources=EVIDENCE,
        good="neither",
        excludes="Lower where its model does not beat the tier below out of time, and never above "
        "1 with fewer than 100 accounts.",
        basis="Resampled telecom churn: below about 30 events no fitted model beat the score",
    ),
    _evidence(
        id="base_rate_share",
        name="Base rate",
        unit="share",
        formula="snapshots that a churn followed within 90 days / snapshots, both with a band",
        grain="the whole book, whoever asks and whatever is filtered",
        period="monthly snapshots of one card version whose 90 days are over",
        sources=EVIDENCE,
        good="lower",
        excludes="Unknown in tier 0.",
        basis="What is assumed of an account of which nothing better is known",
    ),
    _evidence(
        id="churn_events",
        why_not="it is of the whole book, whoever asks and whatever is filtered",
        name="Churned accounts",
        unit="accounts",
        formula="count of accounts that churned within 90 days of a monthly snapshot with a band",
        grain="the whole book, whoever asks and whatever is filtered",
        period="monthly snapshots of one card version whose 90 days are over",
        sources=EVIDENCE,
        good="neither",
        excludes="Churns before the first snapshot or after the last whose 90 days are over. Of "
        "more than 5,000 accounts so many are drawn, with a fixed seed, and only theirs count.",
        basis="Evidence is counted in distinct accounts, not in rows",
    ),
    _evidence(
        id="scored_accounts",
        why_not="no filter applies to it",
        name="Accounts seen",
        unit="accounts",
        formula="count of accounts with a snapshot in the group",
        grain="band or group of probabilities of the whole book, or month-end of the accounts that "
        "the viewer may see",
        period="monthly snapshots of one card version whose 90 days are over",
        sources=EVIDENCE,
        good="neither",
        excludes="Windows that are still open. An account counts in each band it was seen in.",
        basis="Accounts are independent of each other, their months are not",
    ),
    _evidence(
        id="churned_after_accounts",
        why_not="no filter applies to it",
        name="Churned after",
        unit="accounts",
        formula="count of accounts that churned within 90 days of a snapshot in the group",
        grain="band or group of probabilities of the whole book",
        period="monthly snapshots of one card version whose 90 days are over",
        sources=EVIDENCE,
        good="lower",
        excludes="Windows that are still open; lapses without a churn.",
        basis="Evidence is counted in distinct accounts, not in rows",
    ),
    _evidence(
        id="scored_snapshots",
        why_not="it is of the whole book, whoever asks and whatever is filtered",
        name="Snapshots",
        unit="snapshots",
        formula="count of monthly snapshots in the group, one per account and month",
        grain="band, of the whole book",
        period=PROVING,
        sources=EVIDENCE,
        good="neither",
        excludes=UNPROVING,
        basis="The newest score of each month that was written for an account",
    ),
    _evidence(
        id="churned_after_snapshots",
        why_not="it is of the whole book, whoever asks and whatever is filtered",
        name="Snapshots before a churn",
        unit="snapshots",
        formula="count of snapshots in the group whose account churned within 90 days",
        grain="band, of the whole book",
        period=PROVING,
        sources=EVIDENCE,
        good="lower",
        excludes=UNPROVING,
        basis="A churn follows up to three monthly snapshots; each counts in its own band",
    ),
    _evidence(
        id="churned_after_share",
        name="Churn rate after the band",
        unit="share",
        formula="snapshots in the band whose account churned within 90 days / snapshots in the "
        "band",
        grain="band, of the whole book",
        period=PROVING,
        sources=EVIDENCE,
        good="lower",
        excludes=f"{UNPROVING} Null over no snapshot.",
        basis="95 % interval over 2,000 draws of whole accounts; where no snapshot, or every one, "
        "was followed by a churn, Wilson's with each account one trial",
    ),
    _evidence(
        id="churned_after_difference",
        name="Difference of churn rates",
        unit="share",
        formula="churn rate after the worse band - churn rate after the better band",
        grain="version of the scorecard, of the whole book",
        period=PROVING,
        sources=EVIDENCE,
        good="higher",
        excludes=f"{UNPROVING} Null where either band has no snapshot.",
        basis="95 % interval over the same 2,000 draws of whole accounts for both bands; where all "
        "snapshots of a band went alike, Newcombe's (1998, method 10) of the two rates",
    ),
    _evidence(
        id="expected_churn_share",
        name="Expected",
        unit="share",
        formula="mean probability of the snapshots of the group",
        grain="fifth of the snapshots of the whole book, by probability",
        period="snapshots later than every outcome the fit knew",
        sources=EVIDENCE,
        good="neither",
        excludes="Everything in tier 0, which gives no probability.",
        basis="Reliability diagram over groups of equal size",
    ),
    _evidence(
        id="observed_churn_share",
        name="Observed",
        unit="share",
        formula="share of the snapshots of the group whose account churned within 90 days",
        grain="fifth of the snapshots of the whole book, by probability",
        period="snapshots later than every outcome the fit knew",
        sources=EVIDENCE,
        good="neither",
        excludes="Everything in tier 0, which gives no probability.",
        basis="Share with the 95 % interval of drawing accounts again",
    ),
)
