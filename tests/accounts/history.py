"""An account with one of everything in its past, and another's rows that must never show in it."""

import datetime as dt

from tests.shared.company import (
    account,
    activity,
    cluster,
    contact,
    contract,
    feature,
    incident,
    instant,
    ticket,
)
from tests.shared.company import metered as hours


def again(cluster_id, hour, recorded, quantity, *, reason=None):
    """An hour stated anew: it names the record that `metered` made for it."""
    at = instant(hour)
    return {
        "cluster_id": cluster_id,
        "dimension": "capacity",
        "hour_start": at,
        "recorded_at": instant(recorded),
        "record_id": f"{cluster_id} {hour} again",
        "quantity": quantity,
        "unit": "TiB-Hours",
        "supersedes_record_id": f"{cluster_id} {at:%Y%m%d%H}",
        "reason": reason,
    }


HISTORY = {
    "people": [{"person_id": "p1", "name": "Ada"}, {"person_id": "p2", "name": "Ben"}],
    "accounts": [
        account(
            "a1",
            name="North *Star*",
            created_date=dt.date(2024, 12, 1),
            churned_date=dt.date(2026, 2, 1),
            churn_reason="Champion left",
            lifecycle_stage="renewing",
        ),
        account("a2", owner_id="p2"),
        account("a3", owner_id="p2"),
    ],
    "contracts": [
        contract("c1", "a1", "2025-02-01", "2026-02-01", recorded="2024-12-10", status="draft"),
        contract(
            "c1", "a1", "2025-02-01", "2026-02-01", recorded="2025-01-20T14:00", committed_tib=10.0
        ),
        contract(
            "c1", "a1", "2025-02-01", "2026-02-01", recorded="2025-08-01", arr=150.0,
            committed_tib=15.0,
        ),
        contract(
            "c1", "a1", "2025-02-01", "2026-02-01", recorded="2026-02-01", arr=150.0,
            committed_tib=15.0, status="expired",
        ),
        contract("c0", "a1", "2024-12-05", "2025-02-01", arr=20.0, recorded="2025-01-05"),
        contract("c2", "a2", "2025-01-01", None, arr=900.0),
    ],
    "opportunities": [
        {"opportunity_id": "o1", "account_id": "a1", "type": "expansion", "stage": stage,
         "amount_usd": amount, "recorded_at": instant(at)}
        for stage, amount, at in (
            ("open", None, "2025-06-01"),
            ("open", 50.0, "2025-06-20"),
            ("won", 50.0, "2025-07-30"),
        )
    ],
    "offers": [
        {"offer_id": "f1", "account_id": "a1", "hyperscaler": "aws", "offer_type": "private",
         "status": "pending", "created_at": instant("2025-10-01"),
         "opened_at": instant("2025-10-03"), "expires_at": instant("2026-01-15"),
         "total_contract_value_usd": 1_500_000.0},
        {"offer_id": "f2", "account_id": "a1", "hyperscaler": "aws", "offer_type": "private",
         "status": "pending", "created_at": instant("2025-10-01"), "is_test": True},
    ],
    "registrations": [
        {"registration_id": "r1", "account_id": "a1", "company_name": "North", "offer_id": "f1",
         "registered_at": instant("2025-10-04")},
    ],
    "marketplace_entitlements": [
        {"entitlement_id": "e1", "account_id": "a1", "hyperscaler": "aws", "dimension": "capacity",
         "quantity": 15.0, "unit": "TiB", "starts_at": instant("2025-10-05"),
         "ends_at": instant("2026-10-05")},
    ],
    "clusters": [
        {**cluster("k1", "a1", deployed="2025-02-03T09:00", retired="2026-02-01"),
         "region": "us-east-1"},
        cluster("k2", "a2"),
        cluster("k3", "a3", deployed="2026-02-01"),
    ],
    "metering_hourly": [
        *hours("k1", "2026-01-01", "2026-01-30", 5.0),
        again("k1", "2026-01-05T01:00", "2026-01-10T02:00", 4.0, reason="Counted twice"),
        again("k1", "2026-01-05T02:00", "2026-01-10T03:00", 4.0, reason="Counted twice"),
        # The same hour once more that day, and later once more, withdrawn.
        again("k1", "2026-01-05T02:00", "2026-01-10T04:00", 3.0),
        again("k1", "2026-01-05T02:00", "2026-01-20T04:00", None),
        again("k2", "2026-01-05T01:00", "2026-01-10T02:00", 4.0),
    ],
    "feature_usage_daily": [
        feature("a1", "quota", "2025-03-01", 2),
        feature("a1", "quota", "2025-03-02", 2),
        feature("a1", "quota", "2025-12-29", 0),
        feature("a1", "snapshots", "2025-03-10", 0),
        feature("a1", "snapshots", "2025-03-11", 1),
        feature("a1", "snapshots", "2026-01-20", 1),
        feature("a2", "tiering", "2025-03-01", 1),
    ],
    "tickets": [
        ticket("t1", "a1", "1", "2026-01-25T15:00", solved="2026-01-26T19:00"),
        ticket("t2", "a1", "2", "2026-01-28T15:00"),
        ticket("t3", "a2", "2", "2026-01-29T15:00"),
    ],
    "incidents": [
        {**incident("i1", "a1", "2026-01-03T10:00"), "resolved_at": instant("2026-01-03T10:30"),
         "hyperscaler": "aws"},
        incident("i2", "a2", "2026-01-04T10:00"),
        incident("i3", None, "2026-01-04T10:00"),
    ],
    "activities": [
        {**activity("v1", "a1", "2025-06-02T09:00"), "kind": "call", "contact_id": "n4"},
        {**activity("v2", "a1", "2025-06-10T09:00"), "kind": "meeting", "contact_id": "n4"},
        {**activity("v3", "a1", "2025-09-15T09:00", direction="outbound"), "kind": "email",
         "contact_id": "n1"},
        activity("v4", "a2", "2025-09-15T09:00"),
    ],
    "contacts": [
        {**contact("n1", "a1", "2025-12-28T10:00"), "title": "Data engineer", "is_champion": True,
         "email": "n1@north.example"},
        contact("n2", "a1", None),
        contact("n4", "a1", "2025-06-10T09:00"),
        contact("n3", "a2", "2026-01-26T10:00"),
    ],
}  # fmt: skip
