"""What the proof of a score counts: outcomes, probabilities and the gates it is held to."""

from functools import partial

from queries.definitions.metric import Metric

_evidence = partial(Metric, owner="Customer success")

METRICS = (
    _evidence(
        id="arr_lost_usd",
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
)
