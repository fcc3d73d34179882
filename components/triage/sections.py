"""The sections of the Triage page below the queue."""

from components.core import tiles
from components.triage import queue
from queries.core.answer import Answer

ACCOUNTS = {
    "place": "Place",
    "rank": "Rank",
    "status": "Status",
    "account_name": "Account",
    "owner_name": "Owner",
    "arr_usd": "ARR",
    "expected_loss_usd": "Expected loss",
    "ranking_loss_usd": "Loss that ranks it",
    "is_assumed": "Assumed",
    "days_to_renewal": "Days to renewal",
    "time_pressure": "Time pressure",
    "score": "Score",
    "score_before": "28 d before",
    "coverage_share": "Coverage",
    "causes": "Why here",
    "reasons": "Reasons",
    "entered_date": "At risk since",
    "due_date": "Due",
    "snoozed_until": "Snoozed until",
    "acknowledged_by": "Acknowledged by",
    "hyperscalers": "Hyperscalers",
    "segment": "Segment",
    "region": "Region",
}


def every_account(accounts: Answer, bands: str) -> None:
    """Every account of an answer to `triage`, for whoever asks for it.

    `bands` says whether bands may be believed.
    """
    tiles.section(
        "Every account",
        accounts,
        key="triage_accounts",
        caption="In calling order. A dash means unknown, not zero.",
        bands=bands,
    )
    if accounts.usable and tiles.is_asked_for(
        accounts.frame.height, "account", key="every_account"
    ):
        tiles.table(accounts, ACCOUNTS, key="triage_accounts_table", view=queue.worded)
