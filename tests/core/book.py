"""A book of five accounts, one per state of the queue; data date 31 January 2026.

a1 is at risk, a2 to watch, a3 unknown (nothing was ever metered), a4 healthy, a5 left in 2025.
"""

from tests.shared.company import account, cluster, contact, contract, incident, metered, ticket

BOOK = {
    "people": [{"person_id": "p1", "name": "Ada"}, {"person_id": "p2", "name": "Ben"}],
    "accounts": [
        account("a1", name="North *Star*"),
        account("a2", owner_id="p2"),
        account("a3", owner_id=None, region=None),
        account("a4", region="apac"),
        account("a5"),
    ],
    "contracts": [
        contract("c1", "a1", "2024-06-01", "2026-03-01", arr=300_000.0, committed_tib=100.0),
        contract("c2", "a2", "2024-06-01", "2026-12-31", arr=500_000.0, committed_tib=100.0),
        contract("c3", "a3", "2024-06-01", None, arr=200_000.0, hyperscaler="gcp"),
        contract(
            "c4", "a4", "2025-06-01", "2027-01-01", arr=1e6, hyperscaler="azure", committed_tib=10.0
        ),
        contract("c5", "a5", "2024-06-01", "2025-06-01", arr=200_000.0),
    ],
    "clusters": [
        *(cluster(f"k{number}", f"a{number}") for number in (1, 2, 4)),
        cluster("k5", "a5", retired="2025-06-01"),
    ],
    "metering_hourly": [
        # Metering began long before, with an account that has left.
        *metered("k5", "2025-05-31", "2025-05-31", 1.0),
        *metered("k1", "2025-10-11", "2026-01-30", 80.0),
        *metered("k2", "2025-10-11", "2026-01-30", 90.0),
        *metered("k4", "2025-10-11", "2026-01-30", 9.0),
    ],
    "tickets": [ticket("t1", "a1", "2", "2026-01-20T00:00")],
    "incidents": [incident("i1", None, "2026-01-20T10:00")],
    "contacts": [
        contact("n1", "a1", "2025-12-01T00:00"),
        contact("n2", "a2", "2025-12-02T00:00"),
        contact("n4", "a4", "2026-01-30T00:00"),
    ],
}
