"""The sections of the Usage page."""

from components.core import tiles
from components.usage import capacity_list
from queries.core.answer import Answer

ACCOUNTS = {
    "name": "Account",
    "hyperscaler": "Hyperscaler",
    "mean_tib": "TiB",
    "committed_tib": "Committed",
    "usage_growth_share": "Growth",
    "completeness_share": "Complete",
}
GROWTH = {
    "hyperscaler": "Hyperscaler",
    "dimension": "Dimension",
    "unit": "Unit",
    "usage_28d": "28 d",
    "usage_previous_28d": "28 d before",
    "usage_growth_share": "Growth",
    "share_of_total_share": "Share",
    "clusters": "Clusters",
    "completeness_share": "Complete",
    "completeness_previous_share": "Complete before",
}
CHARGES = {
    "host_provider": "Provider",
    "billing_currency": "Currency",
    "charges": "Charges",
    "effective_cost": "Effective cost",
    "billed_cost": "Billed cost",
    "first_period_start": "From",
    "last_period_end": "To",
    "host_provider_names": "Names on the bills",
}
CONSUMPTION = {
    "host_provider": "Provider",
    "service_category": "Service category",
    "consumed_unit": "Unit",
    "consumed_quantity": "Consumed",
    "effective_cost": "Effective cost",
    "billing_currency": "Currency",
    "charges": "Charges",
}


def accounts(answer: Answer) -> None:
    """Every account of an answer to `usage_by_account` in a table that opens its page."""
    tiles.table(
        answer,
        ACCOUNTS,
        key="usage_accounts_table",
        view=capacity_list.capacity,
        account="account_id",
    )


def growth(answer: Answer) -> None:
    """Growth and completeness per hyperscaler and dimension, of an answer to `usage_growth`."""
    tiles.section("Growth and completeness", answer, key="usage_growth")
    tiles.short_table(answer, GROWTH, key="usage_growth_table")


def charges(answer: Answer) -> None:
    """What providers charge, of an answer to `charges_by_provider`."""
    tiles.section("Cloud bills (FOCUS)", answer, key="usage_charges")
    tiles.short_table(answer, CHARGES, key="usage_charges_table")


def consumption(answer: Answer) -> None:
    """What was consumed for it, of an answer to `consumption_by_unit`."""
    tiles.section("Consumption by unit", answer, key="usage_consumption")
    tiles.table(answer, CONSUMPTION, key="usage_consumption_table")
