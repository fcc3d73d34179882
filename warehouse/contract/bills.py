"""Cloud bills in FOCUS terms, and our own invoices."""

import dataframely as dy
import polars as pl

from warehouse.contract.columns import amount, count, day, identifier, instant, text, word
from warehouse.contract.table import SHARED, Path, Table
from warehouse.contract.words import DIMENSIONS, HYPERSCALERS


class UsageCharges(dy.Schema):
    """One row per charge on a cloud bill."""

    charge_id = identifier("Charge id, derived from the charge's own content", key=True)
    host_provider = word("Hyperscaler that hosts the resource", "azure", "gcp", "aws", "other")
    host_provider_name = text("Provider as the bill writes it", nullable=False)
    service_name = text("Service")
    service_category = text("FOCUS service category")
    region_id = text("Region as the provider names it")
    resource_id = text("Resource")
    sub_account_id = text("Sub-account")
    charge_period_start = instant("Charge period, inclusive start")
    charge_period_end = instant("Charge period, exclusive end")
    charge_category = text("FOCUS charge category", nullable=False)
    pricing_category = text("FOCUS pricing category")
    consumed_quantity = amount("Quantity consumed", "consumed_unit", nullable=True, signed=True)
    consumed_unit = text("Unit of consumed_quantity")
    list_cost = amount("At list price", "billing_currency", nullable=True, signed=True)
    contracted_cost = amount("At negotiated price", "billing_currency", nullable=True, signed=True)
    effective_cost = amount("Amortised cost", "billing_currency", nullable=True, signed=True)
    billed_cost = amount("As invoiced", "billing_currency", signed=True)
    billing_currency = text("ISO 4217 code", nullable=False)
    source_file = text("File the charge was loaded from", nullable=False)
    source_line = count("Line of the charge in that file", unit="line")

    @dy.rule()
    def period_starts_before_it_ends(cls) -> pl.Expr:
        return cls.charge_period_start.col < cls.charge_period_end.col


class Invoices(dy.Schema):
    """One row per line of an invoice we sent."""

    invoice_line_id = identifier("Invoice line id", key=True)
    account_id = identifier("Account")
    hyperscaler = word("Hyperscaler; none for on-prem", *HYPERSCALERS)
    dimension = word("Metered dimension", *DIMENSIONS)
    period_start = day("First day billed")
    period_end = day("First day no longer billed")
    quantity = amount("Billed quantity", "unit of the dimension")
    amount_usd = amount("Amount", "USD", signed=True)
    issued_at = instant("Issued")


TABLES = (
    Table(
        name="usage_charges",
        schema=UsageCharges,
        source="Cloud bills (FOCUS)",
        known_at="charge_period_end",
        path=SHARED,
        event="charge_period_start",
    ),
    Table(
        name="invoices",
        schema=Invoices,
        source="Billing",
        known_at="issued_at",
        path=Path("account_id"),
    ),
)
