"""Feature telemetry, as the Tableau feeds bring it."""

import dataframely as dy

from warehouse.contract.columns import count, day, flag, identifier
from warehouse.contract.table import Path, Table


class FeatureUsageDaily(dy.Schema):
    """One row per account, feature and day."""

    account_id = identifier("Account", key=True)
    feature = identifier("Feature", key=True)
    usage_date = day("Day of use, UTC", key=True)
    active_users = count("Users with at least one action", unit="users")
    operations = count("Actions", unit="operations")
    is_entitled = flag("The account's contract includes the feature")


TABLES = (
    Table(
        name="feature_usage_daily",
        schema=FeatureUsageDaily,
        source="Telemetry (Tableau feeds)",
        known_at="usage_date",
        path=Path("account_id"),
        fresh_within_hours=72,
    ),
)
