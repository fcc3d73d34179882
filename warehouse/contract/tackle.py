"""Marketplace offers, registrations, entitlements and usage submissions, as Tackle runs them."""

import dataframely as dy

from warehouse.contract.columns import amount, flag, hour, identifier, instant, text, word
from warehouse.contract.table import Path, Table
from warehouse.contract.words import DIMENSIONS, HYPERSCALERS

SOURCE = "Tackle"


class Offers(dy.Schema):
    """One row per marketplace offer."""

    offer_id = identifier("Offer id", key=True)
    account_id = identifier("Account", nullable=True)
    hyperscaler = word("Marketplace", *HYPERSCALERS)
    offer_type = word("Kind of offer", "private", "public")
    listing_type = text("Listing type; decides the metering window")
    status = text("Offer status", nullable=False)
    created_at = instant("Created")
    instructions_sent_at = instant("Purchase instructions sent", nullable=True, outcome=True)
    opened_at = instant("Invitation opened", nullable=True, outcome=True)
    viewed_at = instant("Offer viewed", nullable=True, outcome=True)
    accepted_at = instant("Offer accepted", nullable=True, outcome=True)
    expires_at = instant("Offer expires", nullable=True)
    total_contract_value_usd = amount("Total contract value", "USD", nullable=True)
    opportunity_id = identifier("Salesforce opportunity", nullable=True)
    is_test = flag("Test offer; excluded from every count")


class Registrations(dy.Schema):
    """One row per registration on the landing page after acceptance."""

    registration_id = identifier("Registration id", key=True)
    offer_id = identifier("Offer", nullable=True)
    account_id = identifier("Account", nullable=True)
    company_name = text("Company as typed by the buyer")
    registered_at = instant("Registered")
    marketplace_customer_id = identifier("Customer id at the marketplace", nullable=True)


class MarketplaceEntitlements(dy.Schema):
    """One row per entitlement a marketplace grants for a dimension."""

    entitlement_id = identifier("Entitlement id", key=True)
    offer_id = identifier("Offer", nullable=True)
    account_id = identifier("Account", nullable=True)
    hyperscaler = word("Marketplace", *HYPERSCALERS)
    marketplace_customer_id = identifier("Customer id at the marketplace", nullable=True)
    dimension = word("Metered dimension", *DIMENSIONS)
    quantity = amount("Entitled quantity", "unit column")
    unit = text("Unit of quantity", nullable=False)
    starts_at = instant("In force from")
    ends_at = instant("In force until, exclusive", nullable=True)
    role_assigned_at = instant("Role assigned in the tenant", nullable=True, outcome=True)


class UsageSubmissions(dy.Schema):
    """One row per usage record submitted to a marketplace."""

    submission_id = identifier("Submission id", key=True)
    entitlement_id = identifier("Entitlement")
    dimension = word("Metered dimension", *DIMENSIONS)
    hour_start = hour("Hour of usage")
    quantity = amount("Submitted quantity", "unit of the entitlement")
    ready_at = instant("Polaris had it ready")
    tackle_accepted_at = instant("Tackle accepted it", nullable=True, outcome=True)
    marketplace_status = text("Status at the marketplace", learned_at="marketplace_accepted_at")
    marketplace_accepted_at = instant("Marketplace accepted it", nullable=True, outcome=True)
    accepted_quantity = amount(
        "Accepted quantity",
        "unit of the entitlement",
        nullable=True,
        learned_at="marketplace_accepted_at",
    )
    reason = text("Reason of a refusal")


TABLES = (
    Table(
        name="offers", schema=Offers, source=SOURCE, known_at="created_at", path=Path("account_id")
    ),
    Table(
        name="registrations",
        schema=Registrations,
        source=SOURCE,
        known_at="registered_at",
        path=Path("account_id"),
    ),
    Table(
        name="marketplace_entitlements",
        schema=MarketplaceEntitlements,
        source=SOURCE,
        known_at="starts_at",
        path=Path("account_id"),
    ),
    Table(
        name="usage_submissions",
        schema=UsageSubmissions,
        source=SOURCE,
        known_at="ready_at",
        path=Path("entitlement_id", "marketplace_entitlements"),
    ),
)
