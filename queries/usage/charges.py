"""Cloud bills in FOCUS terms: what each provider charges, and what was consumed for it."""

import dataframely as dy
import polars as pl

from queries.core.columns import count_metric, metric, texts
from queries.core.question import Question
from queries.shared import words
from queries.shared.null_safe import known_sum
from warehouse.contract.columns import instant, word
from warehouse.contract.tables import TABLES
from warehouse.read import Read

PROVIDERS = TABLES["usage_charges"].choices("host_provider")
KEY = ("host_provider", "billing_currency")
UNIT_KEY = ("host_provider", "service_category", "consumed_unit", "billing_currency")
COSTS = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")


def _label(description: str) -> dy.String:
    return dy.String(
        primary_key=True, max_length=4_000, description=description, metadata={"unit": "text"}
    )


class ChargesByProvider(dy.Schema):
    """One row per host provider and billing currency."""

    host_provider = word("Hyperscaler that hosts the resource", *PROVIDERS, key=True)
    billing_currency = _label("ISO 4217 code")
    charges = count_metric("charges")
    host_provider_names = texts("Names of the provider on the bills, as they write them, sorted")
    billed_cost = metric("billed_cost", nullable=True, signed=True)
    effective_cost = metric("effective_cost", nullable=True, signed=True)
    list_cost = metric("list_cost", nullable=True, signed=True)
    contracted_cost = metric("contracted_cost", nullable=True, signed=True)
    first_period_start = instant("Billed from: the earliest charge period, inclusive start")
    last_period_end = instant("Billed to: the latest charge period, exclusive end")
    source_files = count_metric("source_files")


class ConsumptionByUnit(dy.Schema):
    """One row per host provider, service category, consumed unit and billing currency."""

    host_provider = word("Hyperscaler that hosts the resource", *PROVIDERS, key=True)
    service_category = _label("FOCUS service category; unknown: not stated")
    consumed_unit = _label("Unit of consumed_quantity; unknown: not stated")
    billing_currency = _label("ISO 4217 code")
    charges = count_metric("charges")
    consumed_quantity = metric("consumed_quantity", nullable=True, signed=True)
    effective_cost = metric("effective_cost", nullable=True, signed=True)


def charges_reads() -> dict[str, Read]:
    """Charges summed per provider name, currency and file; bills are small in these."""
    return {
        "charges": Read(
            table="usage_charges",
            columns=(*KEY, "host_provider_name", "source_file"),
            sums=COSTS,
            count="charges",
            earliest=("charge_period_start",),
            latest=("charge_period_end",),
        )
    }


def charges_by_provider(charges: pl.LazyFrame) -> pl.DataFrame:
    """What each provider charges, in each currency, in FOCUS's four costs.

    Grain: host provider, billing currency; sorted by them. Charges are known once their period
    has ended. A cost is null where no charge states it; currencies are never added together. The
    hyperscaler filter keeps that host provider; bills belong to no account, so region, segment
    and owner do not apply.
    """
    return (
        charges.group_by(KEY)
        .agg(
            pl.col("charges").sum(),
            host_provider_names=pl.col("host_provider_name").drop_nulls().unique().sort(),
            first_period_start=pl.col("earliest_charge_period_start").min(),
            last_period_end=pl.col("latest_charge_period_end").max(),
            source_files=pl.col("source_file").n_unique().cast(pl.Int64),
            **{cost: known_sum(cost) for cost in COSTS},
        )
        .select(ChargesByProvider.column_names())
        .sort(KEY)
        .collect()
    )


def consumption_reads() -> dict[str, Read]:
    """Charges summed per provider, service category, unit and currency."""
    return {
        "charges": Read(
            table="usage_charges",
            columns=UNIT_KEY,
            sums=("consumed_quantity", "effective_cost"),
            count="charges",
        )
    }


def consumption_by_unit(charges: pl.LazyFrame) -> pl.DataFrame:
    """What was consumed of each provider, in the units the bills state, and what it cost.

    Grain: host provider, service category, consumed unit, billing currency; sorted by them.
    Units are kept as written and never converted. Null where no charge states a quantity or cost.
    """
    return (
        charges.with_columns(pl.col("service_category", "consumed_unit").fill_null("unknown"))
        .group_by(UNIT_KEY)
        .agg(
            pl.col("charges").sum(),
            consumed_quantity=known_sum("consumed_quantity"),
            effective_cost=known_sum("effective_cost"),
        )
        .select(ConsumptionByUnit.column_names())
        .sort(UNIT_KEY)
        .collect()
    )


def charges_finding(frame: pl.DataFrame) -> str:
    """Which provider carries most of the effective cost, where one currency makes that a sum."""
    currencies = frame["billing_currency"].n_unique()
    if frame.is_empty():
        return "No charges in these filters"
    if currencies > 1:
        return f"Charges in {currencies} currencies, which do not add up"
    known = frame.filter(pl.col("effective_cost").is_not_null()).sort(
        "effective_cost", "host_provider", descending=[True, False]
    )
    total = known["effective_cost"].sum()
    if known.is_empty() or total <= 0:
        return (
            f"{words.plural(int(frame['charges'].sum()), 'charge')} without effective cost to share"
        )
    top = known.row(0, named=True)
    carried = words.share(top["effective_cost"] / total)
    unknown = [
        words.name(one) for one in frame["host_provider"] if one not in known["host_provider"]
    ]
    rest = f"; unknown of {', '.join(unknown)}" if unknown else ""
    return f"{words.name(top['host_provider'])} carries {carried} of effective cost{rest}"


def consumption_finding(frame: pl.DataFrame) -> str:
    """How many units the consumption is counted in, and by how many providers."""
    if frame.is_empty():
        return "No charges in these filters"
    units = frame.filter(pl.col("consumed_unit") != "unknown")["consumed_unit"].n_unique()
    providers = words.plural(frame["host_provider"].n_unique(), "provider")
    return f"{providers} count consumption in {words.plural(units, 'unit')}"


QUESTIONS = (
    Question(
        name="charges_by_provider",
        asks="What does each provider charge, in each currency?",
        shape=ChargesByProvider,
        reads=charges_reads,
        answer=charges_by_provider,
        finding=charges_finding,
        filters="rows",
    ),
    Question(
        name="consumption_by_unit",
        asks="What was consumed of each provider, in which units, and at what cost?",
        shape=ConsumptionByUnit,
        reads=consumption_reads,
        answer=consumption_by_unit,
        finding=consumption_finding,
        filters="rows",
    ),
)
