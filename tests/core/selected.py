"""A company nasty to filters, beside those of every subject; data date 31 January 2026.

Accounts on two hyperscalers, moved between them, lapsed, undeclared or with nothing signed;
tickets and incidents on another hyperscaler than their account, and of no account; parents with
children elsewhere; regions, segments and owners that nobody knows.
"""

import datetime as dt
from itertools import cycle

import duckdb
import polars as pl

from ledger.action import Action
from ledger.annotations import Annotation
from ledger.annotations import write as annotate
from ledger.scores import SCHEMA
from ledger.scores import write as freeze
from ledger.triage import act
from queries.core.ask import ledger
from queries.health.scorecard.account_health import scorecard_versions
from tests.core.together import together
from tests.renewals.renewing import CALLED, deal
from tests.rows import contract_rows, sql_of
from tests.shared.company import (
    account,
    activity,
    cluster,
    contact,
    contract,
    feature,
    incident,
    instant,
    metered,
    ticket,
)

DAY = dt.date(2026, 1, 31)
CLOUDS = ("azure", "gcp", "aws", "none")
LEFT = {f"x{number:02}": cloud for number, cloud in zip(range(24), cycle(CLOUDS), strict=False)}
KEPT = {f"y{number:02}": cloud for number, cloud in zip(range(16), cycle(CLOUDS), strict=False)}
# Which of its accounts the values of each filter select, by hand.
BY_HAND = {
    "hyperscaler": {
        "azure": {"two", "moved", "switched", "gone", "both lapsed", "to come"},
        "gcp": {"two", "lapsed"},
        "aws": {"both lapsed", "stray", "away", "child", "quiet"},
        "none": {"onprem"},
        "unknown": {"target"},
    },
    "region": {
        "emea": {"two", "switched", "gone", "to come", "target", "quiet", *LEFT, *KEPT},
        "apac": {"moved", "both lapsed", "away"},
        "amer": {"onprem", "child"},
        "unknown": {"lapsed", "stray"},
    },
    "segment": {
        "enterprise": {"two", "switched", "gone", "to come", "target", *LEFT, *KEPT},
        "startup": {"moved", "both lapsed"},
        "mid_market": {"onprem", "away", "lapsed"},
        "public_sector": {"child"},
        "unknown": {"quiet", "stray"},
    },
    "owner": {
        "p1": {"two", "switched", "gone", "to come", "target", "onprem", *LEFT, *KEPT},
        "p2": {"moved", "both lapsed", "child"},
        "unknown": {"lapsed", "stray", "away", "quiet"},
    },
}
for one, place in (LEFT | KEPT).items():
    BY_HAND["hyperscaler"][place].add(one)
# Of these the questions of one account are asked.
ASKED_ABOUT = ("two", "both lapsed")


def egress(cluster_id, first, last, tib):
    rows = metered(cluster_id, first, last, tib, every=24)
    return [
        {**row, "dimension": "egress", "unit": "TiB", "record_id": f"{row['record_id']} e"}
        for row in rows
    ]


def serving(cluster_id, account_id, hyperscaler, region, **served):
    return {
        **cluster(cluster_id, account_id, **served), "hyperscaler": hyperscaler, "region": region
    }  # fmt: skip


def paged(number, hyperscaler, account_id, created):
    return {**incident(f"i{number}", account_id, created), "hyperscaler": hyperscaler}


NASTY = {
    "people": [
        {"person_id": "p1", "name": "Ada", "time_zone": "UTC"},
        {"person_id": "p2", "name": "Ben", "time_zone": "UTC"},
    ],
    "accounts": [
        *(account(one) for one in ("two", "switched", "to come", "target", *KEPT)),
        *(
            account(one, churned_date=dt.date(2025, 9, 1), churn_reason="price")
            for one in LEFT
        ),
        account("moved", segment="startup", region="apac", owner_id="p2"),
        account("both lapsed", segment="startup", region="apac", owner_id="p2"),
        account("lapsed", segment="mid_market", region=None, owner_id=None),
        account("onprem", segment="mid_market", region="amer"),
        account("away", segment="mid_market", region="apac", owner_id=None),
        account("quiet", segment=None, owner_id=None),
        account("gone", churned_date=dt.date(2026, 1, 1), churn_reason="price"),
        account(
            "child", parent_account_id="two", segment="public_sector", region="amer", owner_id="p2"
        ),
    ],
    "contracts": [
        contract("two-1", "two", "2025-01-01", "2026-04-01", hyperscaler="azure",
                 committed_tib=10.0),
        contract("two-2", "two", "2025-01-01", "2026-06-01", arr=50.0, hyperscaler="gcp",
                 committed_tib=10.0),
        contract("two-3", "two", "2024-01-01", "2025-06-01", arr=70.0),
        contract("moved-1", "moved", "2025-01-01", "2026-12-31", arr=40.0, committed_tib=20.0),
        contract("moved-1", "moved", "2025-01-01", "2026-12-31", arr=60.0, committed_tib=20.0,
                 hyperscaler="azure", recorded="2025-12-01"),
        # Another hyperscaler within the last 28 days.
        contract("switched-1", "switched", "2025-01-01", "2026-01-10", arr=80.0),
        contract("switched-2", "switched", "2026-01-10", "2027-01-10", arr=80.0,
                 hyperscaler="azure", committed_tib=5.0),
        contract("lapsed-1", "lapsed", "2025-01-01", "2026-01-20", arr=25.0, hyperscaler="gcp"),
        contract("both-1", "both lapsed", "2025-01-01", "2026-01-15", arr=30.0,
                 hyperscaler="azure"),
        contract("both-2", "both lapsed", "2025-01-01", "2026-01-15", arr=20.0),
        contract("onprem-1", "onprem", "2025-01-01", None, arr=90.0, hyperscaler="none",
                 deployment_model="on_prem"),
        contract("stray-1", "stray", "2025-01-01", "2026-05-01", arr=35.0),
        contract("away-1", "away", "2025-01-01", "2026-03-01", arr=45.0, committed_tib=8.0),
        contract("child-1", "child", "2025-01-01", "2026-12-31", arr=55.0),
        contract("quiet-1", "quiet", "2025-01-01", "2026-12-31", arr=15.0),
        contract("gone-1", "gone", "2025-01-01", "2026-01-01", arr=65.0, hyperscaler="azure"),
        contract("come-1", "to come", "2026-03-01", "2027-03-01", recorded="2026-01-05",
                 hyperscaler="azure"),
        *(
            contract(f"{one}-1", one, "2024-09-01", "2025-09-01", hyperscaler=place)
            for one, place in LEFT.items()
        ),
        *(
            contract(f"{one}-1", one, "2024-09-01", "2026-09-01", hyperscaler=place)
            for one, place in KEPT.items()
        ),
    ],
    "clusters": [
        serving("k-two-a", "two", "azure", "eastus2"),
        serving("k-two-g", "two", "gcp", "us-central1"),
        serving("k-moved-w", "moved", "aws", "us-east-1", retired="2025-12-10"),
        serving("k-moved-a", "moved", "azure", "eastus2", deployed="2025-12-01"),
        serving("k-switched", "switched", "aws", "us-east-1"),
        serving("k-lapsed", "lapsed", "gcp", "us-central1"),
        serving("k-away", "away", "gcp", None),
        serving("k-onprem", "onprem", "none", None),
        serving("k-child", "child", "aws", "us-east-1"),
    ],
    "metering_hourly": [
        *metered("k-two-a", "2025-10-11", "2026-01-30", 9.0),
        *metered("k-two-g", "2025-10-11", "2026-01-02", 9.0),
        *metered("k-two-g", "2026-01-03", "2026-01-30", 1.0),
        *metered("k-moved-w", "2025-11-20", "2025-12-09", 5.0),
        *metered("k-moved-a", "2025-12-01", "2026-01-30", 20.0),
        *metered("k-switched", "2025-12-20", "2026-01-30", 4.0),
        *metered("k-lapsed", "2025-12-20", "2026-01-30", 3.0),
        *metered("k-away", "2025-12-20", "2026-01-30", 6.0, every=2),
        *metered("k-child", "2025-10-11", "2026-01-30", 7.0),
        *metered("k-onprem", "2025-12-20", "2026-01-30", 2.0),
        *metered("ghost", "2026-01-20", "2026-01-30", 1.0),
        # Of all on this hyperscaler one alone reports it.
        *egress("k-away", "2026-01-10", "2026-01-30", 0.5),
    ],
    "feature_usage_daily": [
        *(
            feature(one, name, "2026-01-12", used)
            for one in ("two", "moved", "child")
            for name, used in (("quota", 3), ("tiering", 0))
        ),
        feature("two", "quota", "2025-02-12", 3),
        feature("onprem", "quota", "2026-01-20", 1),
    ],
    "tickets": [
        ticket("t1", "two", "1", "2026-01-22T15:00"),
        ticket("t2", "two", "2", "2026-01-05T15:00", solved="2026-01-09T15:00"),
        ticket("t3", "moved", "2", "2026-01-25T15:00"),
        ticket("t4", None, "1", "2026-01-26T15:00"),
        ticket("t5", "onprem", "3", "2026-01-30T15:00"),
    ],
    "incidents": [
        # Of an account on Azure and Google Cloud, on neither of them.
        paged(1, "aws", "two", "2026-01-15T10:00"),
        paged(2, "none", "two", "2026-01-16T10:00"),
        paged(3, "aws", "moved", "2026-01-17T10:00"),
        paged(4, "azure", None, "2026-01-18T10:00"),
        paged(5, "gcp", "away", "2026-01-19T10:00"),
        paged(6, "aws", None, "2026-01-20T10:00"),
        paged(7, "none", "onprem", "2026-01-29T10:00"),
    ],
    "notifications": [
        {"notification_id": f"n{number}", "incident_id": f"i{number}", "person_id": "p1",
         "channel": "push", "sent_at": instant(f"2026-01-{14 + number}T10:00")}
        for number in (1, 3, 4, 6)
    ],
    "shifts": [
        {"schedule_id": "s", "level": 1, "start_at": instant(f"2026-01-{day}T08:00"),
         "end_at": instant(f"2026-01-{day}T20:00"), "person_id": "p1"}
        for day in range(15, 22)
    ],
    "contacts": [
        contact("c1", "two", "2025-12-10T10:00"),
        contact("c2", "moved", "2026-01-20T10:00"),
    ],
    "activities": [
        activity("v1", "two", "2025-12-28T10:00"),
        activity("v2", "child", "2026-01-29T10:00"),
        activity("v3", None, "2026-01-30T12:00"),
    ],
    "opportunities": [
        deal("o1", "two", "2026-04-01", 90.0, **CALLED),
        deal("o2", "away", "2026-03-01", 45.0),
    ],
    "offers": [
        {"offer_id": "f1", "account_id": "two", "hyperscaler": "aws", "offer_type": "private",
         "created_at": instant("2026-01-02T10:00"), "accepted_at": instant("2026-01-04T10:00")},
    ],
}  # fmt: skip


def _beside(subjects):
    """The company with the rows of every subject, whose accounts one person owns here.

    Each owner would be one more context in which every question is asked.
    """
    owned = [
        {**row, "owner_id": row.get("owner_id") and "p1"} for row in subjects.get("accounts", [])
    ]
    subjects = {**subjects, "accounts": owned}
    return {
        table: [*NASTY.get(table, []), *subjects.get(table, [])]
        for table in NASTY.keys() | subjects.keys()
    }


def _hyperscalers(rows):
    """Account to the hyperscalers it is on, by hand SQL over the contracts."""
    # A time zone would need an extension; every instant is in UTC.
    contracts = contract_rows("contracts", rows["contracts"])
    contracts = contracts.with_columns(pl.col(pl.Datetime).dt.replace_time_zone(None))
    with duckdb.connect() as connection:
        connection.register("contracts", contracts.to_arrow())
        places = connection.execute(sql_of("account_places"), {"as_of": DAY}).fetchall()
    found = {}
    for one, place, _ in places:
        found.setdefault(one, set()).add(place)
    return found


def _selected(rows):
    """Which accounts the values of each filter select."""
    accounts = {row["account_id"]: row for row in rows["accounts"]}
    known = {row["account_id"] for table in rows.values() for row in table if row.get("account_id")}
    places = _hyperscalers(rows)
    selected = {name: {value: set() for value in values} for name, values in BY_HAND.items()}
    for one in known:
        for place in places.get(one, {"unknown"}):
            selected["hyperscaler"][place].add(one)
        for name, column in (("region", "region"), ("segment", "segment"), ("owner", "owner_id")):
            selected[name][accounts.get(one, {}).get(column) or "unknown"].add(one)
    return selected


COMPANY = _beside(together(DAY))
SELECTED = _selected(COMPANY)


def write_history():
    """Scores of the accounts that left and of some that stayed, under every scorecard."""
    known = {
        "contributions": "{}",
        "coverage_share": 1.0,
        "days_to_renewal": 200,
        "written_at": instant("2026-02-01"),
        "oldest_input_date": None,
    }
    scores = [
        (one, score, band)
        for accounts, first in ((LEFT, 30.0), (KEPT, 60.0))
        for number, one in enumerate(accounts)
        for score, band in [(first + 1.5 * number, ("watch", "at_risk", "healthy")[number % 3])]
    ]
    scores += [("two", 55.0, "at_risk"), ("moved", 85.0, "healthy")]
    days = [dt.date(2025, month, 28) for month in range(6, 11)] + [dt.date(2026, 1, 24)]
    rows = [
        {
            **known,
            "account_id": one,
            "as_of": day,
            "card_version": scorecards.version,
            "score": score,
            "band": band,
            "arr_usd": 100.0,
            "inputs": '{"usage_change_share": -0.1}',
        }
        for scorecards in scorecard_versions()
        for one, score, band in scores
        for day in days
        if one not in LEFT or day < dt.date(2025, 9, 1)
    ]
    freeze(ledger(), pl.DataFrame(rows, schema=SCHEMA))


def write_actions():
    """What people did: among it an account given to the owner of an account elsewhere."""
    at = dt.datetime(2026, 1, 30, 9, tzinfo=dt.UTC)
    for account_id, kind, said in (
        ("two", "assign", {"owner_id": "p2"}),
        ("moved", "override", {"band": "at_risk", "reason": "x", "expires": dt.date(2026, 3, 1)}),
        ("stray", "note", {"text": "who is this?"}),
    ):
        action = Action(
            action_id=f"{account_id} {kind}", account_id=account_id, kind=kind, at=at, as_of=DAY,
            author="ada", payload=said,
        )  # fmt: skip
        act(ledger(), action, 0)
    for subject in ("hyperscaler:gcp", "account:two", "everyone"):
        annotate(
            ledger(),
            Annotation(
                annotation_id=subject, subject=subject, at=at, author="ada", kind="release",
                text="A release",
            ),
        )  # fmt: skip
