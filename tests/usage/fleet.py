"""A small fleet with gaps, a late restatement, an unmetered account and an undeclared cluster."""

import datetime as dt

UTC = dt.UTC
DATA_DATE = dt.date(2026, 3, 31)


def _hours(cluster, first, days, per_day, quantity, *, dimension="capacity", unit="TiB-Hours"):
    rows = []
    for day in range(days):
        midnight = dt.datetime.combine(first + dt.timedelta(days=day), dt.time(), tzinfo=UTC)
        rows += [
            {
                "cluster_id": cluster,
                "dimension": dimension,
                "hour_start": midnight + dt.timedelta(hours=hour),
                "recorded_at": midnight + dt.timedelta(days=1, hours=2),
                "record_id": f"{cluster}-{dimension}-{midnight:%m%d}-{hour}",
                "quantity": quantity,
                "unit": unit,
            }
            for hour in range(per_day)
        ]
    return rows


def _cluster(cluster_id, account_id, hyperscaler, region, *, deployed=None, retired=None):
    return {
        "cluster_id": cluster_id,
        "account_id": account_id,
        "hyperscaler": hyperscaler,
        "region": region,
        "deployed_at": deployed or dt.datetime(2025, 6, 1, tzinfo=UTC),
        "retired_at": retired,
    }


def _contract(contract_id, account_id, hyperscaler, committed_tib, **terms):
    return {
        "contract_id": contract_id,
        "recorded_at": dt.datetime(2025, 5, 1, tzinfo=UTC),
        "account_id": account_id,
        "hyperscaler": hyperscaler,
        "status": "activated",
        "start_date": dt.date(2025, 6, 1),
        "end_date": dt.date(2026, 6, 1),
        "committed_tib": committed_tib,
        **terms,
    }


# Windows as of 31 March: the last 28 complete days are 3 to 30 March, the 28 before 3 February
# to 2 March.
FEBRUARY, MARCH = dt.date(2026, 2, 3), dt.date(2026, 3, 3)
RESTATED = {
    "cluster_id": "a1",
    "dimension": "capacity",
    "hour_start": dt.datetime(2026, 3, 3, tzinfo=UTC),
    "recorded_at": dt.datetime(2026, 3, 31, 12, tzinfo=UTC),
    "record_id": "a1-again",
    "quantity": 66.0,
    "unit": "TiB-Hours",
}
FLEET = {
    "accounts": [
        {"account_id": "A", "name": "Amber"},
        {"account_id": "B", "name": "Birch"},
        {"account_id": "C", "name": "Cedar"},
        {"account_id": "D", "name": "Dune"},
        {"account_id": "E", "name": "Elm"},
    ],
    "clusters": [
        _cluster("a1", "A", "aws", "us-east-1"),
        _cluster("b1", "B", "azure", "eastus2"),
        _cluster("b2", "B", "azure", None, deployed=dt.datetime(2026, 3, 17, 12, 30, tzinfo=UTC)),
        _cluster("c1", "C", "gcp", "us-central1"),
        _cluster("n1", "N", "none", None),
        _cluster("e1", "E", "aws", "us-east-1", retired=dt.datetime(2026, 2, 10, tzinfo=UTC)),
    ],
    "contracts": [
        _contract("kA", "A", "aws", 2.0),
        _contract("kA2", "A", "aws", 1.0),
        _contract("kB", "B", "azure", 5.0),
        _contract("kB2", "B", "azure", None),
        _contract("kC", "C", "gcp", 9.0),
        # D has a contract and nothing that runs; E's is over; a draft counts for nobody.
        _contract("kD", "D", "azure", 7.0, end_date=None),
        _contract("kE", "E", "aws", 4.0, end_date=dt.date(2026, 3, 31)),
        _contract("kE2", "E", "aws", 4.0, status="draft"),
    ],
    "metering_hourly": [
        *_hours("a1", FEBRUARY, 28, 24, 1.0),
        *_hours("a1", MARCH, 28, 24, 2.0),
        RESTATED,
        *_hours("a1", MARCH, 28, 1, 0.5, dimension="egress", unit="TiB"),
        *_hours("b1", FEBRUARY, 28, 24, 4.0),
        *_hours("b1", MARCH, 28, 12, 4.0),
        *_hours("n1", MARCH, 14, 24, 0.0),
        *_hours("ghost", MARCH, 1, 3, 7.0),
        *_hours("e1", FEBRUARY, 7, 24, 1.0),
    ],
}
