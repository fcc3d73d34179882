"""Nine accounts in every kind of trouble, for churn indicators and health scores."""

import datetime as dt

from tests.shared.company import (
    account,
    activity,
    cluster,
    contact,
    contract,
    feature,
    incident,
    metered,
    ticket,
)

# As of 31 Jan 2026 the last 28 complete days are 3 to 30 Jan; the 84 before them begin on 11 Oct.
COMPANY = {
    "people": [{"person_id": "p1", "name": "Ada"}],
    "accounts": [
        *(account(f"a{number}") for number in (2, 3, 4, 5, 7, 8, 9)),
        account("a1", segment=None, region=None, owner_id=None),
        account("a6", churned_date=dt.date(2026, 1, 21)),
    ],
    "contracts": [
        contract("c1", "a1", "2025-01-01", "2026-03-01", arr=300.0, committed_tib=100.0),
        contract("c2", "a2", "2025-01-01", "2026-02-10", arr=150.0, committed_tib=100.0),
        # Renewed before it ended; and a second line on Azure.
        contract("c2b", "a2", "2026-02-10", "2027-02-10", recorded="2026-01-20"),
        contract("c2c", "a2", "2025-06-01", "2026-12-01", hyperscaler="azure", committed_tib=0.0),
        contract("c3", "a3", "2025-01-01", None, arr=900.0, committed_tib=50.0),
        contract("c4", "a4", "2025-01-01", "2026-12-31", arr=200.0, committed_tib=None),
        contract("c5", "a5", "2025-01-21", "2026-01-21", arr=500.0, committed_tib=10.0),
        contract("c6", "a6", "2025-01-21", "2026-01-21", arr=700.0),
        contract("c7", "a7", "2026-01-01", "2027-01-01", status="draft"),
        contract("c8", "a8", "2026-02-01", "2027-02-01", recorded="2026-01-20"),
        contract("c9", "a9", "2025-01-01", "2026-12-31", arr=50.0, committed_tib=10.0),
    ],
    "clusters": [
        cluster("k1", "a1"),
        cluster("k2", "a2", retired="2025-12-01"),
        cluster("k2b", "a2", deployed="2025-12-01"),
        cluster("k4", "a4"),
        cluster("k5", "a5", deployed="2026-01-01"),
        cluster("k9", "a9", retired="2025-12-20"),
        cluster("k6", "a6", retired="2025-06-02"),
    ],
    # Metering and telemetry began long before, with an account that has left.
    "metering_hourly": [
        *metered("k6", "2025-06-01", "2025-06-01", 1.0),
        *metered("k1", "2025-10-11", "2026-01-02", 80.0),
        *metered("k1", "2026-01-03", "2026-01-30", 60.0),
        *metered("k2", "2025-10-11", "2025-11-30", 100.0),
        *metered("k2b", "2025-12-01", "2026-01-30", 100.0),
        # Every other hour was lost: 50 % is too little to say anything.
        *metered("k4", "2026-01-03", "2026-01-30", 7.0, every=2),
        *metered("k5", "2026-01-01", "2026-01-30", 5.0),
        *metered("k9", "2025-10-11", "2025-12-19", 8.0),
    ],
    "feature_usage_daily": [
        feature("a6", "quota", "2025-06-01", 1),
        feature("a1", "snapshots", "2026-01-05", 9),
        feature("a1", "snapshots", "2026-01-12", 4),
        *(feature("a1", name, "2026-01-12", 0) for name in ("quota", "tiering", "audit_log")),
        feature("a1", "ai_gateway", "2026-01-12", 3, entitled=False),
        feature("a1", "quota", "2026-01-02", 8),
        *(feature("a2", name, "2026-01-12", 1) for name in ("quota", "tiering")),
        feature("a2", "audit_log", "2026-01-12", 0),
    ],
    "tickets": [
        ticket("t1", "a1", "2", "2026-01-22T15:00"),
        ticket("t2", "a1", "1", "2026-01-02T15:00", solved="2026-01-09T15:00"),
        ticket("t3", "a1", "2", "2026-01-29T15:00", solved="2026-02-01T01:00"),
        ticket("t4", "a2", "3", "2025-11-01T15:00"),
        ticket("t5", "a2", "1", "2026-02-01T15:00"),
    ],
    "incidents": [
        *(incident(f"i{day}", "a1", f"2026-01-{day}T10:00") for day in ("03", "15", "30")),
        incident("i4", "a1", "2026-01-02T23:59"),
        incident("i5", "a1", "2026-01-31T00:00"),
        incident("i6", None, "2026-01-15T10:00"),
    ],
    "contacts": [
        contact("n1", "a1", "2025-12-10T10:00"),
        contact("n2", "a1", "2025-12-01T10:00"),
        contact("n3", "a2", "2026-01-26T10:00"),
        contact("n4", "a4", "2026-01-01T10:00"),
        contact("n5", "a3", None),
    ],
    "activities": [
        activity("v1", "a1", "2025-12-28T10:00"),
        # Nobody answered, nobody yet, and nobody of ours.
        activity("v2", "a1", "2026-01-20T10:00", direction="outbound"),
        activity("v3", "a1", "2026-02-01T10:00"),
        activity("v4", None, "2026-01-29T12:00"),
    ],
}
