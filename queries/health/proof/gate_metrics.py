"""What each gate of the score's proof measures; `queries.health.evidence.gates` has the targets."""

from functools import partial

from queries.core.metric import Metric

SOURCES = ("score_history", "outcomes")
CONVENTION = "A practitioners' floor, not a standard"
OURS = "Our own bar"

_gate = partial(
    Metric,
    sources=SOURCES,
    owner="Customer success",
    why_not="it is of the whole book, whoever asks and whatever is filtered",
)
_row = partial(
    _gate,
    grain="the whole book, one row per account and month",
    period="monthly snapshots of one card version whose 90 days are over",
    excludes="Snapshots of an unknown band, and those up to the last data date whose outcomes the "
    "card's bands were set on; windows still open; lapses without a churn.",
)
_probability = partial(
    _gate,
    grain="the whole book, one row per account and month",
    period="snapshots later than every outcome the fit knew",
    excludes="Everything in tier 0, which gives no probability.",
)
_newest = partial(
    _gate,
    grain="the whole book",
    period="the newest snapshot",
)

METRICS = (
    _row(
        id="gate_auc",
        name="AUC",
        unit="AUC",
        formula="chance that a snapshot before a churn scores below one before none; ties half",
        good="higher",
        basis=f"{OURS}: ≥ 0.70 with the interval above chance",
    ),
    _row(
        id="gate_red_lift",
        name="Churn in red over base",
        unit="times",
        formula="share churned within 90 days of a snapshot at risk / of any snapshot",
        good="higher",
        basis=CONVENTION,
    ),
    _newest(
        id="gate_red_accounts",
        name="Accounts in red",
        unit="accounts",
        formula="count of accounts at risk",
        good="lower",
        excludes="Accounts whose band is unknown.",
        basis=f"{CONVENTION}: a red band larger than the team's capacity is no list",
    ),
    _row(
        id="gate_early_accounts_share",
        name="Churned accounts warned of",
        unit="share",
        formula="churned accounts at risk or to watch 90 to 124 days before / churned accounts",
        good="higher",
        basis=f"{CONVENTION}: 60 to 90 days",
    ),
    _row(
        id="gate_early_arr_share",
        name="Churned ARR warned of",
        unit="share",
        formula="the same, each account by its ARR",
        good="higher",
        basis=OURS,
    ),
    _row(
        id="gate_green_share",
        name="Green share of the book",
        unit="share",
        formula="snapshots that are healthy / snapshots",
        good="lower",
        basis=CONVENTION,
    ),
    _row(
        id="gate_green_lift",
        name="Churn in green over base",
        unit="times",
        formula="share churned within 90 days of a healthy snapshot / of any snapshot",
        good="lower",
        basis=OURS,
    ),
    _row(
        id="gate_top_tenth_share",
        name="Churners in the lowest tenth",
        unit="share",
        formula="churns within 90 days in the tenth of snapshots that score lowest / the most that "
        "a tenth of the snapshots can hold, which is all of them below a base rate of 10 %",
        good="higher",
        basis=f"{OURS}; at random it is 10 % below a base rate of 10 %, and the base rate above",
    ),
    _probability(
        id="gate_lost_arr_share",
        name="Lost ARR in the top fifth",
        unit="share",
        formula="ARR of churns in the fifth of snapshots with most ARR x probability / the most "
        "that a fifth of the snapshots can hold",
        good="higher",
        basis=f"{OURS}; the most is held by the fifth with most ARR lost, which is all of it below "
        "a base rate of 20 %",
    ),
    _row(
        id="gate_red_precision",
        name="True reds",
        unit="share",
        formula="share of snapshots at risk whose account churned within 90 days",
        good="higher",
        basis=f"{OURS}: at most three false alarms for a true one",
    ),
    _probability(
        id="gate_observed_over_expected",
        name="Observed over expected",
        unit="times",
        formula="churns within 90 days / sum of their probabilities",
        good="neither",
        basis=OURS,
    ),
    _probability(
        id="gate_observed_over_expected_usd",
        name="Observed over expected, in dollars",
        unit="times",
        formula="ARR of churns within 90 days / sum of ARR x probability, both by the ARR on the "
        "snapshot",
        good="neither",
        basis=f"{OURS}: right in accounts may be wrong in dollars; over no churn the high end is "
        "Wilson's",
    ),
    _probability(
        id="gate_observed_over_expected_above_usd",
        name="Observed over expected, in dollars, above the median ARR",
        unit="times",
        formula="the same over the snapshots with more than the median ARR",
        good="neither",
        basis=OURS,
    ),
    _probability(
        id="gate_observed_over_expected_below_usd",
        name="Observed over expected, in dollars, up to the median ARR",
        unit="times",
        formula="the same over the snapshots with at most the median ARR",
        good="neither",
        basis=OURS,
    ),
    _probability(
        id="gate_calibration_slope",
        name="Calibration slope",
        unit="slope",
        formula="slope of a logistic fit of what happened on the log-odds predicted",
        good="neither",
        basis=f"{OURS}: below 1 too extreme, above 1 too timid",
    ),
    _probability(
        id="gate_brier_skill",
        name="Brier skill",
        unit="skill",
        formula="1 - Brier score / Brier score of the base rate known beforehand",
        good="higher",
        basis=OURS,
    ),
    _probability(
        id="gate_gain_over_base_rate",
        name="Gain over the base rate",
        unit="nats",
        formula="log-loss of the base rate known beforehand - log-loss of the model in force",
        good="higher",
        basis=OURS,
    ),
    _probability(
        id="gate_gain_over_renewal",
        name="Gain over the renewal date",
        unit="nats",
        formula="log-loss of whether a renewal is due within 90 days, alone - of the model",
        good="higher",
        basis=f"{OURS}: a calendar knows the renewal date",
    ),
    _probability(
        id="gate_gain_over_usage",
        name="Gain over the usage drop",
        unit="nats",
        formula="log-loss of the 28-day usage change alone - log-loss of the model in force",
        good="higher",
        basis=f"{OURS}: an alert on usage needs no score",
    ),
    _row(
        id="gate_shuffled_auc",
        name="AUC of dealt outcomes",
        unit="AUC",
        formula="mean AUC when outcomes are dealt at random, 20 times, within each part tested",
        good="neither",
        basis=f"{OURS}: what finding nothing looks like; the interval is that of the mean, by the "
        "spread of the deals, and only one above 0.50 is a leak",
    ),
    _row(
        id="gate_planted_auc",
        name="AUC of a planted column",
        unit="AUC",
        formula="AUC of a column made from the outcomes; the leak check has to name it alone",
        good="higher",
        basis=f"{OURS}: above 0.98 by itself no column was known beforehand",
    ),
    _newest(
        id="gate_additivity_error",
        name="Additivity error",
        unit="points",
        formula="largest |score - reference - sum of contributions|, or |score - score made anew|",
        good="lower",
        excludes="Accounts without a score.",
        basis=f"{OURS}: the same snapshot and card give the same score",
    ),
    _newest(
        id="gate_scored_share",
        name="Customers scored",
        unit="share",
        formula="customers with a band / customers",
        good="higher",
        excludes="An unknown band is not scored.",
        basis="GitLab's customer health scoring",
    ),
    _newest(
        id="gate_absent_accounts",
        name="Customers without a row",
        unit="accounts",
        formula="customers that the newest snapshot lacks, those without usage included",
        good="lower",
        excludes="Nobody: who stopped using the product is still a customer.",
        basis=OURS,
    ),
)
