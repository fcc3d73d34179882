"""The names of FOCUS 1.0 to 1.4 that the loader knows, and the spellings it accepts."""

# Column of usage_charges to FOCUS column.
LANDED: dict[str, str] = {
    "service_name": "ServiceName",
    "service_category": "ServiceCategory",
    "region_id": "RegionId",
    "resource_id": "ResourceId",
    "sub_account_id": "SubAccountId",
    "charge_period_start": "ChargePeriodStart",
    "charge_period_end": "ChargePeriodEnd",
    "charge_category": "ChargeCategory",
    "pricing_category": "PricingCategory",
    "consumed_quantity": "ConsumedQuantity",
    "consumed_unit": "ConsumedUnit",
    "list_cost": "ListCost",
    "contracted_cost": "ContractedCost",
    "effective_cost": "EffectiveCost",
    "billed_cost": "BilledCost",
    "billing_currency": "BillingCurrency",
}

# FOCUS 1.3 replaced ProviderName; a file between the two may carry both.
HOST_COLUMNS = ("HostProviderName", "ProviderName")

HYPERSCALER_OF: dict[str, str] = {
    "aws": "aws",
    "amazon web services": "aws",
    "amazon web services, inc.": "aws",
    "microsoft": "azure",
    "microsoft azure": "azure",
    "azure": "azure",
    "google": "gcp",
    "google cloud": "gcp",
    "google cloud platform": "gcp",
    "gcp": "gcp",
}

# What makes a charge that charge: names and tags are edited afterwards and are left out.
IDENTIFYING = (
    *HOST_COLUMNS,
    *LANDED.values(),
    "AvailabilityZone",
    "BillingAccountId",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "CommitmentDiscountId",
    "CommitmentDiscountStatus",
    "InvoiceId",
    "InvoiceIssuerName",
    "PricingQuantity",
    "PricingUnit",
    "SkuId",
    "SkuPriceId",
)
INSTANTS = frozenset(
    {"BillingPeriodEnd", "BillingPeriodStart", "ChargePeriodEnd", "ChargePeriodStart"}
)
AMOUNTS = frozenset(
    {
        "BilledCost",
        "ConsumedQuantity",
        "ContractedCost",
        "EffectiveCost",
        "ListCost",
        "PricingQuantity",
    }
)

# Closed vocabularies whose casing producers vary (`Usage-based`).
VOCABULARIES: dict[str, tuple[str, ...]] = {
    "ChargeCategory": ("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
    "ChargeClass": ("Correction",),
    "ChargeFrequency": ("One-Time", "Recurring", "Usage-Based"),
    "CommitmentDiscountStatus": ("Used", "Unused"),
    "PricingCategory": ("Standard", "Dynamic", "Committed", "Other"),
    "ServiceCategory": (
        "AI and Machine Learning",
        "Analytics",
        "Business Applications",
        "Compute",
        "Databases",
        "Developer Tools",
        "Identity",
        "Integration",
        "Internet of Things",
        "Management and Governance",
        "Media",
        "Migration",
        "Mobile",
        "Multicloud",
        "Networking",
        "Other",
        "Security",
        "Storage",
        "Web",
    ),
}

# Columns that are FOCUS's and that no question reads; any other name is reported as unknown.
FOCUS_COLUMNS = frozenset(
    {
        *IDENTIFYING,
        "AllocatedMethodDetails",
        "AllocatedMethodId",
        "AllocatedResourceId",
        "AllocatedResourceName",
        "AllocatedTags",
        "BillingAccountName",
        "BillingAccountType",
        "CapacityReservationId",
        "CapacityReservationStatus",
        "CommitmentDiscountCategory",
        "CommitmentDiscountName",
        "CommitmentDiscountQuantity",
        "CommitmentDiscountType",
        "CommitmentDiscountUnit",
        "ContractApplied",
        "ContractedUnitPrice",
        "InvoiceIssuer",
        "ListUnitPrice",
        "PricingCurrency",
        "PricingCurrencyContractedUnitPrice",
        "PricingCurrencyEffectiveCost",
        "PricingCurrencyListUnitPrice",
        "PublisherName",
        "RegionName",
        "ResourceName",
        "ResourceType",
        "ServiceProviderName",
        "ServiceSubcategory",
        "SkuMeter",
        "SkuPriceDetails",
        "SubAccountName",
        "SubAccountType",
        "Tags",
    }
)
