"""What people do here and what is sealed for good: declared with the rest, kept in the ledger."""

import dataframely as dy

from warehouse.contract.columns import amount, count, day, identifier, instant, share, text, word
from warehouse.contract.table import Table

SOURCE = "Ledger"
ACTIONS = ("acknowledge", "assign", "due", "snooze", "note", "override", "undo")


class Annotations(dy.Schema):
    """One row per annotation on a chart."""

    annotation_id = identifier("Annotation id", key=True)
    subject = text("Account, hyperscaler or everyone", nullable=False)
    at = instant("Instant it marks")
    author = text("Author", nullable=False)
    kind = word("Kind", "release", "incident", "price", "scorecards")
    text = text("What happened", nullable=False)


class TriageActions(dy.Schema):
    """One row per action somebody took on an account; append-only."""

    action_id = identifier("Action id, made by whoever clicked", key=True)
    account_id = identifier("Account")
    kind = word("Kind", *ACTIONS)
    at = instant("When")
    as_of = day("Data date the person was looking at")
    author = text("Author", nullable=False)
    version = count("Version it made of its account, from 1")
    payload = text("What was said, as JSON", nullable=False)


class TriageAttempts(dy.Schema):
    """One row per action that was refused, as somebody else had acted meanwhile; append-only."""

    action_id = identifier("Action id, made by whoever clicked", key=True)
    account_id = identifier("Account")
    kind = word("Kind", *ACTIONS)
    at = instant("When")
    as_of = day("Data date the person was looking at")
    author = text("Author", nullable=False)
    seen_version = count("Version of the account that the person saw")
    found_version = count("Version the account had by then")
    payload = text("What was said, as JSON", nullable=False)


class ScoreHistory(dy.Schema):
    """One row per account, data date and version of the scorecard; frozen once written."""

    account_id = identifier("Account", key=True)
    as_of = day("Data date", key=True)
    card_version = identifier("Scorecard version", key=True)
    score = amount("Score from 0 to 100; null: unknown", "points", nullable=True)
    band = word("Band", "healthy", "watch", "at_risk", "unknown")
    coverage_share = share("Share of the card's weight that had an input")
    contributions = text("Contribution of each factor, as JSON", nullable=False)
    inputs = text("Value of each input, as JSON", nullable=False)
    arr_usd = amount("ARR on the data date", "USD per year")
    oldest_input_date = day("Day of the oldest input; null: nothing is known", nullable=True)
    days_to_renewal = count("Days to renewal; null: unknown", unit="days", nullable=True)
    written_at = instant("When it was written")


class MeteringSeals(dy.Schema):
    """One row per sealed day of metering."""

    seal_date = day("Sealed day", key=True)
    row_count = count("Rows under the seal", unit="rows")
    merkle_root = text("Root hash, hexadecimal", nullable=False)
    canonical_version = text("Version of the canonical row", nullable=False)
    sealed_at = instant("When it was sealed")


class SavedViews(dy.Schema):
    """One row per named view."""

    view_id = identifier("View id", key=True)
    owner = text("Owner", nullable=False)
    team = text("Team it is shared with")
    name = text("Name", nullable=False)
    url = text("Page and query string", nullable=False)
    created_at = instant("Created")
    version = count("Version")


class AccessLog(dy.Schema):
    """One row per page view or export."""

    event_id = identifier("Event id", key=True)
    at = instant("When")
    user = text("Viewer", nullable=False)
    role = text("Role", nullable=False)
    page = text("Page", nullable=False)
    action = text("View or export", nullable=False)
    context = text("Context, as JSON")


TABLES = (
    Table(name="annotations", schema=Annotations, source=SOURCE, known_at="at"),
    Table(name="triage_actions", schema=TriageActions, source=SOURCE, known_at="at"),
    Table(name="triage_attempts", schema=TriageAttempts, source=SOURCE, known_at="at"),
    Table(name="score_history", schema=ScoreHistory, source=SOURCE, known_at=None),
    Table(name="metering_seals", schema=MeteringSeals, source=SOURCE, known_at="sealed_at"),
    Table(name="saved_views", schema=SavedViews, source=SOURCE, known_at="created_at"),
    Table(name="access_log", schema=AccessLog, source=SOURCE, known_at="at"),
)
