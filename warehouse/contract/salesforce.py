"""Accounts, people, contacts, opportunities and contracts, as Salesforce holds them."""

import dataframely as dy
import polars as pl

from warehouse.contract.columns import amount, day, flag, identifier, instant, text, word
from warehouse.contract.table import SHARED, Path, Table
from warehouse.contract.words import DEPLOYMENT_MODELS, HYPERSCALERS, REGIONS, SEGMENTS

SOURCE = "Salesforce"


class Accounts(dy.Schema):
    """One row per account: a customer, a former customer or a target."""

    account_id = identifier("Salesforce account id", key=True)
    name = text("Account name", nullable=False)
    parent_account_id = identifier("Parent account, if any", nullable=True)
    segment = word("Market segment", *SEGMENTS, nullable=True)
    industry = text("Industry as Salesforce writes it")
    billing_country = text("ISO 3166 alpha-2 code of the billing country")
    region = word("Sales region", *REGIONS, nullable=True)
    owner_id = identifier("Customer-success owner (people.person_id)", nullable=True)
    lifecycle_stage = word(
        "Stage today; no history is kept",
        "target",
        "onboarding",
        "adopted",
        "renewing",
        "churned",
        nullable=True,
    )
    is_target = flag("Named target account")
    website = text("Web site")
    created_date = day("Day the account was created", nullable=True)
    churned_date = day(
        "First day without a contract in force", nullable=True, learned_at="churned_date"
    )
    churn_reason = text("Reason given at churn", learned_at="churned_date")


class People(dy.Schema):
    """One row per colleague who owns accounts or goes on call."""

    person_id = identifier("Person id", key=True)
    name = text("Name", nullable=False)
    email = text("E-mail address")
    role = text("Role")
    team = text("Team")
    site = text("Site")
    time_zone = text("IANA time zone, e.g. Europe/Berlin")
    is_active = flag("Still with us")


class Contacts(dy.Schema):
    """One row per contact person at an account."""

    contact_id = identifier("Contact id", key=True)
    account_id = identifier("Account", nullable=True)
    email = text("E-mail address")
    title = text("Job title")
    is_champion = flag("Known champion of the product")
    last_contact_at = instant(
        "Last two-way contact; the next one overwrites it", nullable=True, outcome=True
    )


class Activities(dy.Schema):
    """One row per call, meeting or email with an account, once it took place."""

    activity_id = identifier("Salesforce task or event id", key=True)
    account_id = identifier("Account", nullable=True)
    contact_id = identifier("Contact", nullable=True)
    occurred_at = instant("When it took place, and known from then on")
    kind = word("How we were in touch", "call", "meeting", "email")
    direction = word("Whether the account took part or answered", "two_way", "outbound")


class Opportunities(dy.Schema):
    """One row per opportunity and instant at which its state was recorded."""

    opportunity_id = identifier("Opportunity id", key=True)
    recorded_at = instant("When our warehouse learned this state", key=True)
    account_id = identifier("Account", nullable=True)
    type = word("Kind of deal", "new", "renewal", "expansion")
    stage = text("Sales stage", nullable=False)
    amount_usd = amount("Amount", "USD", nullable=True)
    close_date = day("Expected or actual close", nullable=True)
    owner_id = identifier("Owner", nullable=True)
    marketplace_offer_id = identifier("Tackle offer", nullable=True)
    next_step = text("Next step")
    last_activity_at = instant("Last activity", nullable=True)


class Contracts(dy.Schema):
    """One row per contract and instant at which its terms were recorded."""

    contract_id = identifier("Contract id", key=True)
    recorded_at = instant("When our warehouse learned these terms", key=True)
    account_id = identifier("Account")
    deployment_model = word("Where the product runs", *DEPLOYMENT_MODELS)
    hyperscaler = word("Hyperscaler; none for on-prem", *HYPERSCALERS)
    status = word("Contract status", "draft", "activated", "expired", "terminated")
    start_date = day("First day in force")
    end_date = day("First day no longer in force; null: renewal date unknown", nullable=True)
    arr_usd = amount("Annual recurring revenue", "USD per year")
    committed_tib = amount("Capacity the fixed fee covers", "TiB", nullable=True)
    rate_usd_per_tib_month = amount(
        "Price of committed capacity", "USD per TiB-month", nullable=True
    )
    overage_rate_usd_per_tib_month = amount(
        "Price above the commitment", "USD per TiB-month", nullable=True
    )
    notice_date = day("Last day to give notice", nullable=True)

    @dy.rule()
    def start_date_is_before_end_date(cls) -> pl.Expr:
        return cls.end_date.col.is_null() | (cls.start_date.col < cls.end_date.col)


TABLES = (
    Table(
        name="accounts",
        schema=Accounts,
        source=SOURCE,
        known_at="created_date",
        path=Path("account_id"),
    ),
    Table(name="people", schema=People, source=SOURCE, known_at=None, path=SHARED),
    Table(name="contacts", schema=Contacts, source=SOURCE, known_at=None, path=Path("account_id")),
    Table(
        name="activities",
        schema=Activities,
        source=SOURCE,
        known_at="occurred_at",
        path=Path("account_id"),
    ),
    Table(
        name="opportunities",
        schema=Opportunities,
        source=SOURCE,
        known_at="recorded_at",
        path=Path("account_id"),
    ),
    Table(
        name="contracts",
        schema=Contracts,
        source=SOURCE,
        known_at="recorded_at",
        path=Path("account_id"),
    ),
)
