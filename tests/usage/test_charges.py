"""Cloud bills against hand SQL: a small warehouse, and the published FOCUS sample's raw CSV."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from queries.usage.charges import charges_finding
from tests.rows import hand_sql

UTC = dt.UTC
ROOT = Path(__file__).resolve().parents[2]
FOCUS = ROOT.parent / "shared" / "data" / "focus_sample_1_0" / "focus_sample.csv"


def charge(charge_id, provider, name, *, day=1, file="a.csv", currency="USD", **columns):
    start = dt.datetime(2026, 1, day, tzinfo=UTC)
    return {
        "charge_id": charge_id,
        "host_provider": provider,
        "host_provider_name": name,
        "charge_period_start": start,
        "charge_period_end": start + dt.timedelta(hours=1),
        "charge_category": "Usage",
        "billing_currency": currency,
        "source_file": file,
        **columns,
    }


BILLS = {
    "usage_charges": [
        charge("1", "aws", "AWS", billed_cost=1.0, effective_cost=3.0, list_cost=4.0),
        charge("2", "aws", "Amazon", day=3, file="b.csv", billed_cost=2.0, effective_cost=5.0),
        charge("3", "aws", "AWS", currency="EUR", billed_cost=10.0),
        charge("4", "other", "Oracle", billed_cost=-0.5, effective_cost=-0.5),
        charge("5", "aws", "AWS", day=9, billed_cost=100.0, effective_cost=100.0),
        charge(
            "6",
            "azure",
            "Microsoft",
            service_category="Storage",
            consumed_unit="GB",
            consumed_quantity=2.5,
            effective_cost=1.0,
        ),
        charge(
            "7",
            "azure",
            "Microsoft",
            service_category="Storage",
            consumed_unit="GB",
            consumed_quantity=1.5,
        ),
        charge("8", "azure", "Microsoft", service_category="Storage", effective_cost=0.25),
    ]
}


def test_charges_add_up_per_provider_and_currency_as_known_on_the_data_date(warehouse, on):
    warehouse(BILLS)
    found = {
        (row["host_provider"], row["billing_currency"]): row
        for row in ask("charges_by_provider", on(2026, 1, 5)).frame.to_dicts()
    }
    assert list(found) == [("aws", "EUR"), ("aws", "USD"), ("azure", "USD"), ("other", "USD")]
    aws = found["aws", "USD"]
    assert aws == {
        "host_provider": "aws",
        "billing_currency": "USD",
        "charges": 2,
        "host_provider_names": ["AWS", "Amazon"],
        "billed_cost": 3.0,
        "effective_cost": 8.0,
        "list_cost": 4.0,
        "contracted_cost": None,
        "first_period_start": dt.datetime(2026, 1, 1, tzinfo=UTC),
        "last_period_end": dt.datetime(2026, 1, 3, 1, tzinfo=UTC),
        "source_files": 2,
    }
    assert found["other", "USD"]["effective_cost"] == -0.5


def test_consumption_keeps_units_apart_and_unstated_ones_unknown(warehouse, on):
    warehouse(BILLS)
    frame = ask("consumption_by_unit", on(2026, 1, 5, hyperscaler=("azure",))).frame
    assert frame.rows() == [
        ("azure", "Storage", "GB", "USD", 2, 4.0, 1.0),
        ("azure", "Storage", "unknown", "USD", 1, None, 0.25),
    ]


def test_the_hyperscaler_filter_keeps_that_host_provider_and_others_do_not_apply(warehouse, on):
    warehouse(BILLS)
    aws = ask("charges_by_provider", on(2026, 1, 5, hyperscaler=("aws",))).frame
    assert aws["host_provider"].unique().to_list() == ["aws"]
    everywhere = ask("charges_by_provider", on(2026, 1, 5)).frame
    emea = ask("charges_by_provider", on(2026, 1, 5, region=("emea",), owner=("p1",))).frame
    assert_frame_equal(everywhere, emea)


def test_the_findings_never_add_currencies(warehouse, on):
    warehouse(BILLS)
    assert ask("charges_by_provider", on(2026, 1, 5)).finding == (
        "Charges in 2 currencies, which do not add up"
    )
    euros = {"usage_charges": [row for row in BILLS["usage_charges"] if row["charge_id"] != "3"]}
    warehouse(euros).unlink()
    warehouse(euros)
    # 8 of AWS, 1.25 of Azure and a credit of a half: 8 of 8.75.
    finding = ask("charges_by_provider", on(2026, 1, 5)).finding
    assert finding == "AWS carries 91.4 % of effective cost"
    frame = ask("charges_by_provider", on(2026, 1, 5)).frame
    is_azure = pl.col("host_provider") == "azure"
    cost = pl.when(~is_azure).then("effective_cost").alias("effective_cost")
    assert charges_finding(frame.with_columns(cost)) == (
        "AWS carries 106.7 % of effective cost; unknown of Azure"
    )
    assert ask("consumption_by_unit", on(2026, 1, 5)).finding == (
        "3 providers count consumption in 1 unit"
    )


@pytest.mark.parametrize("name", ["charges_by_provider", "consumption_by_unit"])
def test_they_equal_hand_sql(warehouse, on, name):
    path = warehouse(BILLS)
    answer = ask(name, on(2026, 1, 5)).frame
    assert_frame_equal(answer, hand_sql(path, name, as_of=dt.date(2026, 1, 5)))


RAW = """
SELECT CASE ProviderName WHEN 'AWS' THEN 'aws' WHEN 'Microsoft' THEN 'azure'
                         WHEN 'Google Cloud' THEN 'gcp' ELSE 'other' END AS host_provider,
       BillingCurrency AS billing_currency, count(*) AS charges,
       sum(CAST(BilledCost AS DOUBLE)) AS billed_cost,
       sum(CAST(EffectiveCost AS DOUBLE)) AS effective_cost,
       sum(CAST(ListCost AS DOUBLE)) AS list_cost,
       sum(CAST(ContractedCost AS DOUBLE)) AS contracted_cost,
       min(CAST(ChargePeriodStart AS TIMESTAMP)) AS first_period_start,
       max(CAST(ChargePeriodEnd AS TIMESTAMP)) AS last_period_end
FROM read_csv($path, header = true, all_varchar = true, nullstr = 'NULL')
GROUP BY ALL ORDER BY ALL
"""
RAW_UNITS = """
SELECT CASE ProviderName WHEN 'AWS' THEN 'aws' WHEN 'Microsoft' THEN 'azure'
                         WHEN 'Google Cloud' THEN 'gcp' ELSE 'other' END AS host_provider,
       coalesce(ServiceCategory, 'unknown') AS service_category,
       coalesce(ConsumedUnit, 'unknown') AS consumed_unit, BillingCurrency AS billing_currency,
       count(*) AS charges, sum(CAST(ConsumedQuantity AS DOUBLE)) AS consumed_quantity,
       sum(CAST(EffectiveCost AS DOUBLE)) AS effective_cost
FROM read_csv($path, header = true, all_varchar = true, nullstr = 'NULL')
GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture(scope="module")
def focus_warehouse(tmp_path_factory):
    if not FOCUS.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"The FOCUS sample is missing: {FOCUS}")
        pytest.skip("The FOCUS sample lies outside the repository")
    path = tmp_path_factory.mktemp("focus") / "bills.duckdb"
    subprocess.run(
        [sys.executable, "-m", "warehouse", "load", "focus", str(FOCUS)],
        check=True,
        cwd=ROOT,
        env={**os.environ, "BELLWETHER_WAREHOUSE": f"duckdb:///{path}"},
        capture_output=True,
        timeout=120,
    )
    return path


@pytest.mark.parametrize(
    ("name", "raw"),
    [("charges_by_provider", RAW), ("consumption_by_unit", RAW_UNITS)],
)
def test_the_published_bill_equals_hand_sql_over_its_raw_csv(
    focus_warehouse, monkeypatch, on, name, raw
):
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{focus_warehouse}")
    answer = ask(name, on(2024, 10, 1)).frame
    second = pl.DataFrame(duckdb.sql(raw, params={"path": str(FOCUS)}).to_arrow_table())
    second = second.with_columns(
        pl.col(pl.Datetime).dt.cast_time_unit("us").dt.replace_time_zone("UTC")
    )
    assert answer["charges"].sum() == 1000
    assert_frame_equal(answer.select(second.columns), second, rel_tol=1e-12)
