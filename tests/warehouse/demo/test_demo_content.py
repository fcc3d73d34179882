"""Every table is in the contract's shape, refers to rows that exist and never changes."""

import hashlib
import re

import duckdb
import polars as pl
import pytest

from warehouse.contract.tables import TABLES
from warehouse.demo.build import COMPANY
from warehouse.demo.company import Demo
from warehouse.demo.frames import ContentHash
from warehouse.demo.period import LOADED_AT

pytestmark = pytest.mark.slow

# Child table, its column, and the table whose key it must be found in.
REFERENCES = (
    ("accounts", "owner_id", "people"),
    ("contacts", "account_id", "accounts"),
    ("activities", "account_id", "accounts"),
    ("activities", "contact_id", "contacts"),
    ("contracts", "account_id", "accounts"),
    ("opportunities", "account_id", "accounts"),
    ("opportunities", "owner_id", "people"),
    ("opportunities", "marketplace_offer_id", "offers"),
    ("offers", "account_id", "accounts"),
    ("offers", "opportunity_id", "opportunities"),
    ("clusters", "account_id", "accounts"),
    ("feature_usage_daily", "account_id", "accounts"),
    ("tickets", "account_id", "accounts"),
    ("tickets", "cluster_id", "clusters"),
    ("shifts", "person_id", "people"),
    ("time_off", "person_id", "people"),
    ("incidents", "service_id", "services"),
    ("incidents", "account_id", "accounts"),
    ("incidents", "resolved_by", "people"),
    ("notifications", "incident_id", "incidents"),
    ("notifications", "person_id", "people"),
    ("benchmark_settings", "system_id", "benchmark_systems"),
    ("benchmark_runs", "system_id", "benchmark_systems"),
    ("benchmark_claims", "system_id", "benchmark_systems"),
    ("benchmark_claims", "baseline_system_id", "benchmark_systems"),
)
REAL_NAMES = (
    *("vast", "google", "alphabet", "amazon", "aws", "microsoft", "azure", "oracle", "ddn", "weka"),
    *("netapp", "dell", "pure", "nvidia", "intel", "ibm", "apple", "meta", "tesla", "siemens"),
    *("bosch", "bayer", "roche", "pfizer", "samsung", "sony", "toyota", "shell", "disney", "pixar"),
    *("snowflake", "databricks", "qumulo", "hammerspace", "zoom", "cisco", "hitachi", "novartis"),
)

CONTENT_SHA256 = "7f61cb49d4702c768d9548508adf6e34b6a5768815c735d1e6f3abea1a9a43fa"
TABLE_SHA256: dict[str, str] = {
    "accounts": "724ecadb09bc6577",
    "people": "aac45e831e477d80",
    "contacts": "32801c69623f2f23",
    "activities": "1e2b71e04358ff24",
    "opportunities": "e5db39bdc64934fa",
    "contracts": "94cdde3ed30e2e43",
    "offers": "6d1f525d35320b66",
    "clusters": "2ea86db8e2937b5e",
    "feature_usage_daily": "0e2102ff0d47c89a",
    "tickets": "1d729fd6f8b88bbc",
    "services": "41494ae9b63f809b",
    "shifts": "ba0d7188b1ef64fc",
    "incidents": "8158aba911948f34",
    "notifications": "0fb82dc106830fec",
    "time_off": "f9351252e774e86f",
    "benchmark_systems": "97851dcf4cb25ce6",
    "benchmark_settings": "5b46984f525fc64f",
    "benchmark_runs": "64f098272943ae78",
    "benchmark_claims": "81e56ce75e218333",
    "metering_hourly": "cf988acef410490b",
}


def content_sha256(frames):
    """The content hash of a table that comes in `frames`."""
    content = ContentHash()
    for frame in frames:
        content.update(frame)
    return content.hexdigest()


@pytest.fixture(scope="module")
def found(warehouse: duckdb.DuckDBPyConnection) -> dict[str, str]:
    booked = warehouse.execute("SELECT table_name, content_sha256 FROM loads").fetchall()
    return dict(booked)


@pytest.mark.parametrize("table", TABLE_SHA256)
def test_each_table_has_the_content_it_always_had(found: dict[str, str], table: str) -> None:
    assert found[table][:16] == TABLE_SHA256[table]


def test_all_tables_together_have_the_content_they_always_had(found: dict[str, str]) -> None:
    lines = "\n".join(f"{name} {digest}" for name, digest in sorted(found.items()))
    assert hashlib.sha256(lines.encode()).hexdigest() == CONTENT_SHA256
    assert CONTENT_SHA256.startswith(COMPANY)
    assert set(found) == set(TABLE_SHA256)


def test_the_hash_sees_one_changed_ten_thousandth() -> None:
    frame = pl.DataFrame({"key": ["a", "b"], "quantity": [1.0, 2.0]})
    changed = pl.DataFrame({"key": ["a", "b"], "quantity": [1.0, 2.0001]})
    assert content_sha256([frame]) != content_sha256([changed])


def test_nothing_in_the_demo_is_finer_than_the_hash(demo: Demo) -> None:
    seen = 0
    for name, frame in demo.tables.items():
        for column in frame.select(pl.col(pl.Float64)):
            ten_thousandths = column.drop_nulls() * 10_000
            seen += ten_thousandths.len()
            off = (ten_thousandths - ten_thousandths.round()).abs()
            assert off.filter(off > 1e-3).is_empty(), (name, column.name)
    assert seen > 5_000


@pytest.mark.parametrize(
    "table",
    [name for name, table in TABLES.items() if not table.rollup and name != "metering_hourly"],
)
def test_each_table_meets_its_contract(demo: Demo, table: str) -> None:
    checked = TABLES[table].schema.validate(demo.tables[table])
    assert checked.height == demo.tables[table].height


def test_every_month_of_metering_meets_its_contract(demo: Demo) -> None:
    rows = 0
    for frame in demo.metering():
        rows += TABLES["metering_hourly"].schema.validate(frame).height
    assert rows == 4_308_747


@pytest.mark.parametrize(("child", "column", "parent"), REFERENCES)
def test_what_is_referred_to_exists(demo: Demo, child: str, column: str, parent: str) -> None:
    key = TABLES[parent].key[0]
    named = set(demo.tables[child][column].drop_nulls())
    assert named
    assert named <= set(demo.tables[parent][key])


def test_metering_names_clusters_that_exist(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    named = warehouse.execute("SELECT DISTINCT cluster_id FROM metering_hourly").fetchall()
    silent = pl.col("account_id").is_in(demo.truth["no_usage_accounts"]["account_id"].to_list())
    assert {row[0] for row in named} == set(demo.tables["clusters"].filter(~silent)["cluster_id"])


def test_tickets_name_a_cluster_of_their_own_account(demo: Demo) -> None:
    clusters = demo.tables["clusters"].select("cluster_id", owner="account_id")
    tickets = demo.tables["tickets"].join(clusters, on="cluster_id")
    assert tickets.height > 2_000
    assert tickets.filter(pl.col("account_id") != pl.col("owner")).is_empty()


def test_no_instant_of_a_log_lies_after_the_load(demo: Demo) -> None:
    seen = 0
    for name in sorted(set(demo.tables) - {"shifts", "time_off"}):
        for column in demo.tables[name].select(pl.col(pl.Datetime("us", "UTC"))):
            if column.name != "expires_at" and column.null_count() < column.len():
                seen += 1
                assert column.max() <= LOADED_AT, (name, column.name)
    assert seen == 21


def test_names_are_distinct_and_none_is_a_real_company(demo: Demo) -> None:
    names = demo.tables["accounts"]["name"]
    assert names.n_unique() == 260
    words = {word for name in names for word in re.findall(r"[a-z]+", name.lower())}
    assert words.isdisjoint(REAL_NAMES)


def test_every_address_is_under_the_reserved_domain(demo: Demo) -> None:
    assert demo.tables["accounts"]["website"].str.ends_with(".example").all()
    for table in ("people", "contacts"):
        assert demo.tables[table]["email"].str.ends_with(".example").all()
