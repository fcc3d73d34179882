"""New clusters, traced by hand and against hand SQL."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from queries.usage import new_clusters
from tests.rows import hand_sql
from tests.usage.fleet import FLEET


@pytest.mark.parametrize("day", [(2026, 3, 31), (2026, 3, 20)])
def test_it_equals_hand_sql(warehouse, on, day):
    path = warehouse(FLEET)
    context = on(*day)
    written = hand_sql(path, "new_clusters", as_of=context.as_of)
    assert_frame_equal(ask("new_clusters", context).frame, written)


def test_a_cluster_deployed_within_28_days_is_new(warehouse, on):
    warehouse(FLEET)
    rows = ask("new_clusters", on(2026, 3, 31)).frame.to_dicts()
    # Of the two on Azure, b2 serves since the 17th.
    azure = next(row for row in rows if row["hyperscaler"] == "azure")
    assert (azure["clusters"], azure["new_clusters"]) == (2, 1)


def test_without_a_cluster_nothing_is_made_up():
    assert new_clusters.finding(pl.DataFrame()) == "No cluster is in service"
