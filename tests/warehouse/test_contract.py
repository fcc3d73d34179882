"""The contract in code is the contract on paper: tables, keys, units, and tables that hold rows."""

import datetime as dt

import dataframely as dy
import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from warehouse.contract.tables import TABLES, fingerprint, loaded_from
from warehouse.ddl import create_statements
from warehouse.publish import append
from warehouse.rollups import ROLLUPS

# Grain of every table as the contract's paper names it, and the columns that pages rely on.
KEYS = {
    "accounts": "account_id",
    "people": "person_id",
    "contacts": "contact_id",
    "activities": "activity_id",
    "opportunities": "opportunity_id recorded_at",
    "contracts": "contract_id recorded_at",
    "offers": "offer_id",
    "registrations": "registration_id",
    "marketplace_entitlements": "entitlement_id",
    "usage_submissions": "submission_id",
    "clusters": "cluster_id",
    "metering_hourly": "cluster_id dimension hour_start recorded_at",
    "feature_usage_daily": "account_id feature usage_date",
    "usage_charges": "charge_id",
    "invoices": "invoice_line_id",
    "tickets": "ticket_id",
    "services": "service_id",
    "shifts": "schedule_id level start_at",
    "incidents": "incident_id",
    "notifications": "notification_id",
    "time_off": "person_id start_at",
    "benchmark_systems": "system_id",
    "benchmark_settings": "system_id setting",
    "benchmark_runs": "run_id metric",
    "benchmark_claims": "claim_id registered_at",
    "readiness_tasks": "task_id recorded_at",
}
COLUMNS = {
    "accounts": "name parent_account_id segment industry billing_country region owner_id "
    "lifecycle_stage is_target website created_date churned_date churn_reason",
    "people": "name email role team site time_zone is_active",
    "contacts": "account_id email title is_champion last_contact_at",
    "activities": "account_id contact_id occurred_at kind direction",
    "opportunities": "account_id type stage amount_usd close_date owner_id marketplace_offer_id "
    "next_step last_activity_at",
    "contracts": "account_id deployment_model hyperscaler status start_date end_date arr_usd "
    "committed_tib rate_usd_per_tib_month overage_rate_usd_per_tib_month notice_date",
    "offers": "account_id hyperscaler offer_type listing_type status created_at "
    "instructions_sent_at opened_at viewed_at accepted_at expires_at total_contract_value_usd "
    "opportunity_id is_test",
    "registrations": "offer_id account_id company_name registered_at marketplace_customer_id",
    "marketplace_entitlements": "offer_id account_id hyperscaler marketplace_customer_id "
    "dimension quantity unit starts_at ends_at role_assigned_at",
    "usage_submissions": "entitlement_id dimension hour_start quantity ready_at "
    "tackle_accepted_at marketplace_status marketplace_accepted_at accepted_quantity reason",
    "clusters": "account_id hyperscaler region deployment_model usable_tib version deployed_at "
    "retired_at",
    "metering_hourly": "record_id quantity unit supersedes_record_id reason",
    "feature_usage_daily": "active_users operations is_entitled",
    "usage_charges": "host_provider host_provider_name service_name service_category region_id "
    "resource_id sub_account_id charge_period_start charge_period_end charge_category "
    "pricing_category consumed_quantity consumed_unit list_cost contracted_cost effective_cost "
    "billed_cost billing_currency source_file source_line",
    "invoices": "account_id hyperscaler dimension period_start period_end quantity amount_usd "
    "issued_at",
    "tickets": "account_id cluster_id deployment_model category severity created_at "
    "first_reply_at solved_at status reopens sla_target_minutes csat",
    "services": "name team hyperscaler",
    "shifts": "person_id end_at",
    "incidents": "service_id account_id hyperscaler category urgency created_at acknowledged_at "
    "resolved_at resolved_by is_auto_resolved",
    "notifications": "incident_id person_id channel sent_at",
    "time_off": "end_at",
    "benchmark_systems": "name vendor storage hyperscaler price_usd_per_hour price_date",
    "benchmark_settings": "value unit source",
    "benchmark_runs": "campaign system_id workload session_id sequence unit value is_warmup "
    "clients started_at verification",
    "benchmark_claims": "campaign campaign_type workload metric unit system_id "
    "baseline_system_id direction margin_share planned_sessions run_order control_campaign "
    "exclusions",
    "readiness_tasks": "workstream title owner_role due_date status depends_on is_role phase",
}
LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def test_every_table_is_declared_and_no_other_is_loaded():
    assert {name for name, table in TABLES.items() if not table.rollup} == set(KEYS)
    assert [name for name, table in TABLES.items() if table.rollup] == list(ROLLUPS)


def test_a_rollup_is_as_complete_as_the_loaded_table_that_brings_its_rows():
    assert {name: loaded_from(name) for name in (*ROLLUPS, "tickets")} == {
        "usage_daily": ("metering_hourly", "clusters"),
        "account_usage_daily": ("metering_hourly", "clusters"),
        "ticket_daily": ("tickets",),
        "interruption_daily": ("notifications", "incidents"),
        "tickets": ("tickets",),
    }


@pytest.mark.parametrize("name", KEYS)
def test_a_table_has_the_key_and_columns_the_contract_names(name):
    key = KEYS[name].split()
    assert sorted(TABLES[name].key) == sorted(key)
    assert set(COLUMNS[name].split()) <= TABLES[name].columns.keys() - set(key)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_and_column_says_what_it_is_and_in_which_unit(name):
    table = TABLES[name]
    assert table.grain.startswith("One row per ")
    for column in table.columns:
        assert table.describe(column), f"{name}.{column} says nothing"
        assert table.unit(column), f"{name}.{column} has no unit"


@pytest.mark.parametrize("name", TABLES)
def test_instants_days_and_money_are_named_for_what_they_hold(name):
    for column, declared in TABLES[name].columns.items():
        if column.endswith("_at"):
            assert isinstance(declared, dy.Datetime), f"{name}.{column}"
        if column.endswith("_date"):
            assert isinstance(declared, dy.Date), f"{name}.{column}"
        if column.endswith("_usd"):
            assert TABLES[name].unit(column).startswith("USD"), f"{name}.{column}"
        if column.endswith("_id"):
            assert isinstance(declared, dy.String), f"{name}.{column}"


@pytest.mark.parametrize("name", TABLES)
def test_columns_that_say_when_something_was_known_exist(name):
    table = TABLES[name]
    assert table.known_at is None or table.known_at in table.columns
    assert table.event is None or table.event in table.columns
    assert set(table.learned.values()) <= table.columns.keys()


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        for statement in [*create_statements(), *create_statements()]:
            opened.execute(statement)
        yield opened


def test_the_ddl_creates_every_table_with_its_columns_in_order(connection):
    created = connection.sql(
        "SELECT table_name, list(column_name ORDER BY ordinal_position) FROM "
        "information_schema.columns GROUP BY ALL"
    ).fetchall()
    made = dict(created)
    assert {name: made[name] for name in TABLES} == {
        name: list(table.columns) for name, table in TABLES.items()
    }
    assert set(made) - set(TABLES) == {"loads", "quarantine", "refreshes", "rollup_days"}


@pytest.mark.parametrize("name", TABLES)
def test_rows_come_back_from_the_engine_as_they_went_in(connection, name):
    table = TABLES[name]
    generator = dy.random.Generator(seed=7)
    # Its rule ties two columns, which random rows seldom meet.
    hours = (
        {"hour_start": [LONG_AGO] * 40, "recorded_at": [LATER + n * DAY for n in range(40)]}
        if name == "metering_hourly"
        else None
    )
    rows = table.schema.sample(40, generator=generator, overrides=hours)
    append(connection, name, rows)
    arrow = connection.sql(f'FROM "{name}"').to_arrow_table()
    back = pl.DataFrame(arrow).with_columns(pl.col(pl.Datetime).dt.replace_time_zone("UTC"))
    assert_frame_equal(back.cast(dict(table.polars_schema)), rows, check_row_order=False)
    assert table.schema.is_valid(back)


def test_the_fingerprint_is_sixteen_digits_that_stay():
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16
    assert int(fingerprint(), 16) > 0
