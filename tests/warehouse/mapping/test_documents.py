"""The example and the documentation are maps that can be used."""

import re
from pathlib import Path

from tests.warehouse.mapping.maps import door, everything, foreign, plain, written
from warehouse.check import check
from warehouse.mapping.grammar import KINDS, ORIGINS, STEPS
from warehouse.mapping.reading import load

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTATION = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
CRM = (
    "CREATE SCHEMA crm",
    """CREATE TABLE crm.customer (customer_no INTEGER, "Full Name" VARCHAR, state VARCHAR,
    signed_at TIMESTAMP, region VARCHAR, web VARCHAR, web_old VARCHAR)""",
    """INSERT INTO crm.customer VALUES
    (7, 'Amber', 'live', '2026-01-05 17:00', 'US', NULL, 'amber.example'),
    (8, 'Birch', NULL, '2026-01-06 17:00', 'ANZ', 'birch.example', 'old.example'),
    (9, 'Cedar', 'deleted', '2026-01-07 17:00', 'US', NULL, NULL)""",
    "CREATE TABLE crm.team AS SELECT 7 AS customer, 'p1' AS person",
    """CREATE TABLE crm.deal AS SELECT 'd1' AS deal_no, TIMESTAMP '2026-01-05' AS known_at,
    7 AS customer_no, NULL::VARCHAR AS cloud, true AS is_live, DATE '2026-02-01' AS first_day,
    12345678 AS arr_cents, 1536 AS gib""",
)


def worked_example():
    (block,) = re.findall(r"```toml\n(.*?)```", DOCUMENTATION, re.DOTALL)
    return block


def test_the_example_file_is_a_map():
    mapping = load(ROOT / "warehouse.toml.example")
    mapped = {name: str(table.source) for name, table in mapping.tables.items() if table.source}
    assert mapped == {
        "accounts": "salesforce.account",
        "people": "salesforce.user",
        "contacts": "salesforce.contact",
        "opportunities": "salesforce.opportunity",
        "activities": "salesforce.task",
        "tickets": "zendesk.ticket",
        "contracts": "finance.contract_version",
    }


def test_the_worked_example_reads_what_it_says(tmp_path):
    warehouse = door(foreign(tmp_path, *CRM), written(tmp_path, worked_example()))
    columns = ("account_id", "name", "created_date", "region", "website", "owner_id")
    assert [
        (*row[:2], f"{row[2]}", *row[3:]) for row in everything(warehouse, "accounts", *columns)
    ] == [
        ("7", "Amber", "2026-01-05", "amer", "amber.example", "p1"),
        ("8", "Birch", "2026-01-06", None, "birch.example", None),
    ]
    contracts = ("account_id", "hyperscaler", "status", "arr_usd", "committed_tib")
    assert everything(warehouse, "contracts", *contracts) == [
        ("7", "none", "activated", 123456.78, 1.5)
    ]
    assert everything(warehouse, "offers") == []


def test_the_check_says_what_the_documentation_shows(tmp_path):
    text = worked_example().replace('"Full Name"', '"Full Nmae"')
    text = text.replace('{ column = "signed_at", as = "day" }', '"signed_at"')
    report = check(plain(foreign(tmp_path, *CRM)), written(tmp_path, text))
    lines = report.lines()
    began = lines.index("FAIL accounts: 2 rows from crm.customer")
    shown = [line.removeprefix("    ") for line in DOCUMENTATION.splitlines()]
    there = shown.index(lines[began])
    assert shown[there : there + 3] == lines[began : began + 3]


def test_every_word_of_the_grammar_is_documented():
    prose = re.sub(r"```.*?```", "", DOCUMENTATION, flags=re.DOTALL)
    named = set(re.findall(r"`([^`]+)`", prose))
    assert {*ORIGINS, *STEPS, *KINDS} - named - {"optional"} == set()
    assert "`optional = true`" in DOCUMENTATION
