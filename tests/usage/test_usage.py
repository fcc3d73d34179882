"""Metered usage against rows traced by hand and against hand SQL."""

import datetime as dt

from polars.testing import assert_frame_equal

from queries.core.ask import ask
from tests.rows import hand_sql

UTC = dt.UTC


def hours(cluster, day, quantities, *, recorded, dimension="capacity", start=0):
    return [
        {
            "cluster_id": cluster,
            "dimension": dimension,
            "hour_start": dt.datetime(2026, 1, day, hour, tzinfo=UTC),
            "recorded_at": recorded,
            "record_id": f"{cluster}-{day}-{hour}-{recorded:%d%H}",
            "quantity": quantity,
            "unit": "TiB-Hours",
        }
        for hour, quantity in enumerate(quantities, start=start)
    ]


def cluster(cluster_id, hyperscaler, *, deployed=dt.datetime(2025, 6, 1, tzinfo=UTC), retired=None):
    return {
        "cluster_id": cluster_id,
        "account_id": f"account-of-{cluster_id}",
        "hyperscaler": hyperscaler,
        "deployed_at": deployed,
        "retired_at": retired,
    }


COMPANY = {
    "clusters": [
        cluster("c1", "aws"),
        cluster("c2", "aws", deployed=dt.datetime(2026, 1, 29, 12, 30, tzinfo=UTC)),
        cluster("c3", "azure"),
    ],
    "metering_hourly": [
        *hours("c1", 29, [1.0] * 24, recorded=dt.datetime(2026, 1, 30, 2, tzinfo=UTC)),
        *hours("c1", 30, [2.0] * 20, recorded=dt.datetime(2026, 1, 31, 2, tzinfo=UTC)),
        *hours("c2", 30, [0.5] * 24, recorded=dt.datetime(2026, 1, 31, 2, tzinfo=UTC)),
        # Hour 5 of the 29th is restated on the 31st, from 1 to 9.
        *hours("c1", 29, [9.0], start=5, recorded=dt.datetime(2026, 1, 31, 9, tzinfo=UTC)),
    ],
}


def test_a_day_sums_the_hours_known_on_the_data_date(warehouse, on):
    warehouse(COMPANY)
    rows = {
        (row["hyperscaler"], row["usage_date"].day): row
        for row in ask("usage_by_hyperscaler", on(2026, 1, 31), days=28).frame.to_dicts()
    }
    # 23 hours of 1 and the restated 9; on the 30th 20 hours of 2 and 24 of a half.
    assert rows["aws", 29]["quantity"] == 32.0
    assert rows["aws", 30]["quantity"] == 52.0
    # c2 was deployed at 12:30 on the 29th: 11.5 hours count as 12.
    assert (rows["aws", 29]["hours_present"], rows["aws", 29]["hours_expected"]) == (24, 36)
    assert rows["aws", 30]["completeness_share"] == 44 / 48


def test_an_earlier_data_date_sees_what_was_known_then(warehouse, on):
    warehouse(COMPANY)
    frame = ask("usage_by_hyperscaler", on(2026, 1, 30), days=28).frame
    known = frame.filter(hyperscaler="aws", usage_date=dt.date(2026, 1, 29))
    assert known["quantity"].to_list() == [24.0]
    assert frame["usage_date"].max() == dt.date(2026, 1, 29)


def test_a_day_without_records_is_unknown_and_not_zero(warehouse, on):
    warehouse(COMPANY)
    frame = ask("usage_by_hyperscaler", on(2026, 1, 31), days=28).frame
    azure = frame.filter(hyperscaler="azure")
    assert azure.height == 28
    assert azure["quantity"].null_count() == 28
    assert azure["completeness_share"].to_list() == [0.0] * 28


def test_usage_of_an_undeclared_cluster_is_kept_as_unknown(warehouse, on):
    stray = hours("ghost", 30, [3.0], recorded=dt.datetime(2026, 1, 31, 2, tzinfo=UTC))
    warehouse({**COMPANY, "metering_hourly": [*COMPANY["metering_hourly"], *stray]})
    frame = ask("usage_by_hyperscaler", on(2026, 1, 31), days=28).frame
    unknown = frame.filter(hyperscaler="unknown").to_dicts()
    assert [(row["quantity"], row["hours_expected"]) for row in unknown] == [(3.0, None)]


def test_it_equals_hand_sql(warehouse, on):
    path = warehouse(COMPANY)
    answer = ask("usage_by_hyperscaler", on(2026, 1, 31), days=28).frame
    second = hand_sql(path, "usage_by_hyperscaler", as_of=dt.date(2026, 1, 31), days=28)
    assert_frame_equal(answer.select(second.columns), second, check_row_order=False)
