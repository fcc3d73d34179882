"""The demo company under a company's own names, units and words gives the same answers."""

import shutil

import duckdb
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from queries.core.memory import memory

# The demo's tables as a company might keep them: other names, cents, GiB, codes, instants, text.
FOREIGN = """
CREATE SCHEMA "Sales Cloud";
CREATE TABLE "Sales Cloud"."Account" AS SELECT
    account_id AS "Id", name AS "Name", parent_account_id AS "Parent", billing_country AS "Land",
    CASE segment WHEN 'enterprise' THEN 'ENT' WHEN 'mid_market' THEN 'MID'
        WHEN 'startup' THEN 'NEW' WHEN 'public_sector' THEN 'GOV' END AS "Size__c",
    industry AS "Industry", upper(region) AS "Region", owner_id AS "OwnerId",
    lifecycle_stage AS "Stage", if(is_target, 1, 0) AS "Target", website AS "Web",
    created_date + INTERVAL 13 HOUR AS "Made", strftime(churned_date, '%Y-%m-%d') AS "Left",
    churn_reason AS "Why"
FROM accounts;
CREATE TABLE "Sales Cloud"."Contract" AS SELECT
    contract_id, recorded_at::TIMESTAMPTZ AS known, account_id, deployment_model AS model,
    nullif(hyperscaler, 'none') AS cloud, status, start_date, end_date,
    CAST(arr_usd * 100 AS BIGINT) AS arr_cents, committed_tib * 1024 AS committed_gib,
    rate_usd_per_tib_month AS rate, overage_rate_usd_per_tib_month AS overage, notice_date
FROM contracts;
CREATE TABLE "Sales Cloud"."Contact" AS SELECT contact_id AS id, account_id, email, title,
    if(is_champion, 'yes', 'no') AS champion, last_contact_at AS spoke
FROM contacts;
CREATE TABLE "Sales Cloud"."Task" AS SELECT activity_id AS id, account_id, contact_id AS who_id,
    occurred_at::TIMESTAMPTZ AS done, upper(kind) AS sort,
    if(direction = 'two_way', 'Reached', 'No answer') AS outcome
FROM activities;
CREATE SCHEMA desk;
CREATE VIEW desk.case AS SELECT * REPLACE ('P' || severity AS severity) FROM main.tickets_kept;
CREATE TABLE desk.roster AS SELECT * FROM people;
"""
BEFORE = "CREATE TABLE tickets_kept AS FROM tickets;"
AFTER = """DROP TABLE accounts; DROP TABLE contracts; DROP TABLE contacts; DROP TABLE activities;
DELETE FROM tickets;"""
MAP = """
[accounts]
schema = "Sales Cloud"
table = "Account"

[accounts.columns]
account_id = "Id"
name = "Name"
parent_account_id = "Parent"
industry = "Industry"
billing_country = "Land"
owner_id = "OwnerId"
lifecycle_stage = "Stage"
is_target = { column = "Target", values = { "1" = true }, otherwise = false }
website = "Web"
created_date = { column = "Made", as = "day" }
churned_date = { column = "Left", as = "day" }
churn_reason = "Why"

[accounts.columns.segment]
column = "Size__c"
values = { ENT = "enterprise", MID = "mid_market", NEW = "startup", GOV = "public_sector" }
otherwise = { empty = true }

[accounts.columns.region]
column = "Region"
values = { AMER = "amer", EMEA = "emea", APAC = "apac" }
otherwise = { empty = true }

[contracts]
schema = "sales cloud"
table = "contract"

[contracts.columns]
contract_id = "contract_id"
recorded_at = "known"
account_id = "account_id"
deployment_model = "model"
hyperscaler = { coalesce = ["cloud", { constant = "none" }] }
status = "status"
start_date = "start_date"
end_date = "end_date"
arr_usd = { column = "arr_cents", divide = 100 }
committed_tib = { column = "committed_gib", divide = 1024 }
rate_usd_per_tib_month = "rate"
overage_rate_usd_per_tib_month = "overage"
notice_date = "notice_date"

[contacts]
schema = "Sales Cloud"
table = "Contact"

[contacts.columns]
contact_id = "id"
account_id = "account_id"
email = "email"
title = "title"
is_champion = { column = "champion", values = { yes = true }, otherwise = false }
last_contact_at = "spoke"

[activities]
schema = "Sales Cloud"
table = "Task"

[activities.columns]
activity_id = "id"
account_id = "account_id"
contact_id = "who_id"
occurred_at = "done"
direction = { column = "outcome", values = { Reached = "two_way" }, otherwise = "outbound" }

[activities.columns.kind]
column = "sort"
values = { CALL = "call", EMAIL = "email" }
otherwise = "meeting"

[tickets]
schema = "desk"
table = "case"

[tickets.columns]
ticket_id = "ticket_id"
account_id = "account_id"
cluster_id = "cluster_id"
deployment_model = "deployment_model"
category = "category"
created_at = "created_at"
first_reply_at = "first_reply_at"
solved_at = "solved_at"
status = "status"
reopens = "reopens"
sla_target_minutes = "sla_target_minutes"
csat = "csat"

[tickets.columns.severity]
column = "severity"
values = { P1 = "1", P2 = "2", P3 = "3" }
otherwise = "4"
"""


@pytest.fixture(scope="module")
def renamed(demo_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("renamed")
    path = shutil.copyfile(demo_file, folder / "own.duckdb")
    with duckdb.connect(str(path)) as connection:
        for script in (BEFORE, FOREIGN, AFTER):
            connection.execute(script)
    (folder / "warehouse.toml").write_text(MAP)
    return path


@pytest.fixture
def both(demo_file, renamed, monkeypatch, on):
    """The answer over the contract's tables, and that over the company's own."""

    def asked(question, day, **filters):
        answers = []
        for path, through in ((demo_file, ""), (renamed, str(renamed.with_name("warehouse.toml")))):
            monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{path}")
            monkeypatch.setenv("BELLWETHER_MAP", through)
            answers.append(ask(question, on(*day, **filters)))
        return answers

    memory().clear()
    yield asked
    memory().clear()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "filters"),
    [
        ((2026, 1, 31), {}),
        ((2025, 6, 30), {}),
        ((2026, 1, 31), {"segment": ("enterprise", "unknown"), "hyperscaler": ("aws",)}),
        ((2026, 1, 31), {"region": ("emea",), "owner": ("per-cs-05",)}),
    ],
    ids=["newest", "earlier", "segment and cloud", "region and owner"],
)
@pytest.mark.parametrize("question", ["churn_indicators", "overview", "arr_movements"])
def test_a_mapped_company_gives_the_same_answer(both, question, day, filters):
    own, mapped = both(question, day, **filters)
    assert own.state == mapped.state == "ok"
    # The engine brings the rows in another order, and a sum of floats shows it in the last digit.
    assert_frame_equal(mapped.frame, own.frame, rel_tol=1e-12, abs_tol=1e-9)
    assert mapped.finding == own.finding
    assert mapped.data_through == own.data_through
