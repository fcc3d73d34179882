"""What cloud bills say, in FOCUS terms."""

from queries.core.metric import Metric

GRAIN = "host provider, billing currency"
PERIOD = "charges whose period ended by the data date"
SOURCES = ("usage_charges",)
OWNER = "Finance"
CURRENCY = "billing_currency"
UNKNOWN_COST = "A charge without the value adds nothing; unknown where no charge has it."


def _cost(metric: str, name: str, basis: str) -> Metric:
    return Metric(
        id=metric,
        name=name,
        unit=CURRENCY,
        formula=f"sum of {metric} over charges",
        grain=GRAIN,
        period=PERIOD,
        sources=SOURCES,
        good="lower",
        excludes=f"Currencies are never added together. {UNKNOWN_COST}",
        basis=basis,
        owner=OWNER,
        additive="rows",
    )


METRICS = (
    Metric(
        id="charges",
        additive="rows",
        name="Charges",
        unit="charges",
        formula="count of charges, one per line of a bill",
        grain=GRAIN,
        period=PERIOD,
        sources=SOURCES,
        good="neither",
        excludes="Nothing: corrections and credits count as lines of their own.",
        basis="FOCUS 1.0: one row per charge",
        owner=OWNER,
    ),
    Metric(
        id="source_files",
        why_not="a file with charges of two providers counts for both",
        name="Source files",
        unit="files",
        formula="count of distinct files the charges were loaded from",
        grain=GRAIN,
        period=PERIOD,
        sources=SOURCES,
        good="neither",
        excludes="Nothing.",
        basis="usage_charges.source_file, as the load wrote it",
        owner=OWNER,
    ),
    _cost(
        "billed_cost",
        "Billed cost",
        "FOCUS BilledCost: what is invoiced; 0 where a third party such as a marketplace collects",
    ),
    _cost(
        "effective_cost",
        "Effective cost",
        "FOCUS EffectiveCost: amortised after discounts and prepaid commitments",
    ),
    _cost("list_cost", "List cost", "FOCUS ListCost: list unit price * pricing quantity"),
    _cost(
        "contracted_cost",
        "Contracted cost",
        "FOCUS ContractedCost: negotiated unit price * pricing quantity",
    ),
    Metric(
        id="consumed_quantity",
        additive="rows",
        name="Consumed quantity",
        unit="consumed_unit",
        formula="sum of consumed_quantity over charges",
        grain="host provider, service category, consumed unit, billing currency",
        period=PERIOD,
        sources=SOURCES,
        good="neither",
        excludes=f"Units are never added together or converted. {UNKNOWN_COST}",
        basis="FOCUS ConsumedQuantity; null for charges that are not metered usage",
        owner=OWNER,
    ),
)
