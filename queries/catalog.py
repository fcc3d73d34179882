"""The register of questions, in the order of the pages that ask them."""

from queries import (
    account_health,
    arr,
    benchmarks,
    charges,
    churn,
    churn_risk,
    health_change,
    on_call,
    outcomes,
    overview,
    parity,
    response,
    score_gates,
    score_outcomes,
    usage,
    usage_accounts,
    usage_growth,
)
from queries.account import (
    consumption,
    contacts,
    contracts,
    events,
    features,
    history,
    profile,
    search,
    timeline,
    trouble,
)
from queries.question import Question

AREAS = (
    overview,
    churn,
    account_health,
    health_change,
    arr,
    outcomes,
    churn_risk,
    score_gates,
    score_outcomes,
    usage,
    usage_growth,
    usage_accounts,
    charges,
    search,
    profile,
    contracts,
    consumption,
    features,
    trouble,
    contacts,
    events,
    timeline,
    history,
    on_call,
    response,
    benchmarks,
    parity,
)
QUESTIONS: dict[str, Question] = {
    question.name: question for area in AREAS for question in area.QUESTIONS
}
