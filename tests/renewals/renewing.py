"""A small company with every state of a renewal; data date 31 January 2026, first half of 2026."""

import datetime as dt

from tests.shared.company import account, contract, instant


def deal(deal_id, account_id, close, amount, *, recorded="2025-11-01", stage="Negotiation", **more):
    return {
        "opportunity_id": deal_id,
        "account_id": account_id,
        "recorded_at": instant(recorded),
        "type": "renewal",
        "stage": stage,
        "amount_usd": amount,
        "close_date": close and dt.date.fromisoformat(close),
        **more,
    }


CALLED = {"last_activity_at": instant("2026-01-10T10:00"), "next_step": "Send the paper"}
COMPANY = {
    "people": [{"person_id": "p1", "name": "Ada"}],
    "accounts": [
        *(account(one) for one in "wsonuzgpyfhim"),
        account("l", churned_date=dt.date(2026, 1, 20), churn_reason="price", region="apac"),
    ],
    "contracts": [
        contract("w1", "w", "2025-02-10", "2026-02-10"),
        contract("w2", "w", "2026-02-10", "2027-02-10", arr=150.0, recorded="2026-01-20"),
        contract("s1", "s", "2025-01-15", "2026-01-15", arr=80.0),
        contract(
            "s1",
            "s",
            "2025-01-15",
            "2026-01-15",
            arr=80.0,
            recorded="2026-01-15T00:30",
            status="expired",
        ),
        contract("s2", "s", "2026-01-15", "2027-01-15", arr=50.0),
        contract("o0", "o", "2024-04-01", "2025-04-01", arr=150.0),
        contract("o1", "o", "2025-04-01", "2026-04-01", arr=200.0),
        contract("n1", "n", "2025-05-01", "2026-05-01", arr=60.0),
        contract("u1", "u", "2025-03-01", "2026-03-01", arr=90.0),
        contract("z1", "z", "2025-06-30", "2026-06-30", arr=70.0),
        contract("l1", "l", "2025-01-20", "2026-01-20", arr=40.0),
        contract("g1", "g", "2025-04-15", "2026-04-15", arr=30.0),
        contract("m1", "m", "2025-05-31", "2026-05-31", arr=60.0),
        contract("m2", "m", "2025-05-31", "2026-05-31", arr=40.0, hyperscaler="azure"),
        contract("p1", "p", "2025-06-01", "2026-06-01", arr=60.0),
        contract("i1", "i", "2025-01-01", "2026-01-01", arr=5.0),
        # Not due: of several years, not begun yet, next half, open end, draft, without ARR.
        contract("y1", "y", "2025-01-01", "2028-01-01", arr=500.0),
        contract("f1", "f", "2026-03-01", "2026-06-01", arr=500.0, recorded="2026-01-02"),
        contract("h1", "h", "2025-07-01", "2026-07-01", arr=500.0),
        contract("h2", "h", "2025-07-01", None, arr=500.0),
        contract("h3", "h", "2025-03-01", "2026-03-01", arr=500.0, status="draft"),
        contract("h4", "h", "2025-03-01", "2026-03-01", arr=0.0),
    ],
    "opportunities": [
        deal("dw", "w", "2026-02-01", 10.0, stage="Closed Won"),
        deal("do0", "o", "2025-04-03", 999.0, recorded="2025-03-01", stage="Closed Won"),
        deal("do1", "o", "2026-03-20", 250.0, **CALLED),
        deal("dn", "n", "2025-06-01", 60.0, **CALLED),
        deal("du", "u", "2026-03-01", 90.0, last_activity_at=instant("2025-11-01")),
        deal("dz", "z", "2026-06-30", None, **CALLED),
        deal("dg", "g", "2026-04-15", 30.0),
        deal("dg", "g", "2026-04-15", 30.0, recorded="2026-01-05", stage="Closed Lost"),
        deal("dm", "m", "2026-05-31", 100.0),
        deal("dm", "m", "2026-05-31", 80.0, recorded="2026-01-05"),
        deal("dp1", "p", "2026-06-01", 20.0, stage="Closed Won"),
        deal("dp2", "p", "2026-06-01", 50.0, **CALLED),
        # About other things, or about nobody knows when.
        deal("dx", "n", "2026-05-01", 60.0, type="expansion", **CALLED),
        deal("dy", "n", None, 60.0, **CALLED),
    ],
}
