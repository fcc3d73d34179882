"""Support tickets."""

import dataframely as dy

from warehouse.contract.columns import amount, count, identifier, instant, text, word
from warehouse.contract.table import Path, Table
from warehouse.contract.words import DEPLOYMENT_MODELS

SOURCE = "Support"
CATEGORIES = ("networking", "hardware", "software", "performance", "access", "question")
SEVERITIES = ("1", "2", "3", "4")


class Tickets(dy.Schema):
    """One row per support ticket."""

    ticket_id = identifier("Ticket id", key=True)
    account_id = identifier("Account", nullable=True)
    cluster_id = identifier("Cluster", nullable=True)
    deployment_model = word("Where the product runs", *DEPLOYMENT_MODELS, nullable=True)
    category = word("What broke", *CATEGORIES)
    severity = word("Severity, 1 is worst", *SEVERITIES)
    created_at = instant("Opened")
    first_reply_at = instant("First reply by us", nullable=True, outcome=True)
    solved_at = instant("Solved", nullable=True, outcome=True)
    status = text("Status today; as of an earlier day use solved_at", nullable=False)
    reopens = count("Times reopened", nullable=True, learned_at="solved_at")
    sla_target_minutes = amount("Promised first reply", "minutes", nullable=True)
    csat = word("Rating by the requester", "good", "bad", nullable=True, learned_at="solved_at")


TABLES = (
    Table(
        name="tickets",
        schema=Tickets,
        source=SOURCE,
        known_at="created_at",
        path=Path("account_id"),
        fresh_within_hours=168,
    ),
)
