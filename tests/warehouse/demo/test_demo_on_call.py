"""The rotation, its planted overload, its gap and what is still open."""

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl

from warehouse.demo.company import Demo
from warehouse.demo.period import DATA_DATE

BEGIN = dt.datetime(2025, 6, 2, 8, tzinfo=dt.UTC)


def per_shift(demo: Demo) -> pl.DataFrame:
    """Primary shifts with the number of incidents triggered in them."""
    primary = demo.tables["shifts"].filter(pl.col("level") == 1)
    return (
        primary.join_where(
            demo.tables["incidents"].select("incident_id", "created_at"),
            pl.col("created_at") >= pl.col("start_at"),
            pl.col("created_at") < pl.col("end_at"),
        )
        .group_by("schedule_id", "start_at", "person_id")
        .agg(incidents=pl.len().cast(pl.Int64))
    )


def test_the_shifts_above_the_limit_are_the_planted_ones_of_two_people(demo: Demo) -> None:
    over = per_shift(demo).filter(pl.col("incidents") > 2)
    planted = demo.truth["overloaded_shifts"]
    assert set(over.rows()) == set(planted.drop("limit").rows())
    assert planted.height == 24
    assert set(planted["person_id"]) == {"per-sre-b4", "per-sre-n5"}
    recent = planted.filter(pl.col("start_at") > dt.datetime(2026, 1, 3, tzinfo=dt.UTC))
    assert recent.height == 12


def test_every_incident_falls_in_a_shift(demo: Demo) -> None:
    assert per_shift(demo)["incidents"].sum() == demo.tables["incidents"].height


def test_planted_incidents_page_their_primary(demo: Demo) -> None:
    paged = (
        demo.tables["notifications"]
        .filter(pl.col("channel") != "email")
        .join_where(
            demo.truth["overloaded_shifts"].select(
                "start_at",
                "incidents",
                primary="person_id",
                end_at=pl.col("start_at") + pl.duration(hours=12),
            ),
            pl.col("person_id") == pl.col("primary"),
            pl.col("sent_at") >= pl.col("start_at"),
            pl.col("sent_at") < pl.col("end_at"),
        )
        .group_by("start_at", "incidents")
        .agg(paged=pl.col("incident_id").n_unique())
    )
    assert paged.height == 24
    assert paged.filter(pl.col("paged") < 3).is_empty()


def test_the_schedule_covers_every_hour_twice_but_one_planted_shift(demo: Demo) -> None:
    shifts = demo.tables["shifts"]
    planned = {
        (level, BEGIN + place * dt.timedelta(hours=12))
        for place in range(2 * (dt.date(2026, 4, 1) - dt.date(2025, 6, 2)).days)
        for level in (1, 2)
    }
    missing = planned - set(shifts.select("level", "start_at").rows())
    assert missing == set(demo.truth["coverage_gaps"].select("level", "start_at").rows())
    assert missing == {(1, dt.datetime(2026, 2, 21, 8, tzinfo=dt.UTC))}
    lengths = shifts.select((pl.col("end_at") - pl.col("start_at")).unique()).to_series()
    assert lengths.to_list() == [dt.timedelta(hours=12)]


def test_one_absence_clashes_with_a_shift(demo: Demo) -> None:
    clashes = demo.tables["time_off"].join_where(
        demo.tables["shifts"].select("person_id", from_="start_at", to="end_at"),
        pl.col("person_id") == pl.col("person_id_right"),
        pl.col("start_at") < pl.col("to"),
        pl.col("end_at") > pl.col("from_"),
    )
    found = clashes.select("person_id", "start_at").unique()
    assert found.rows() == demo.truth["time_off_clashes"].rows()
    assert demo.tables["time_off"].height == 15


def test_two_sites_of_seven_each_in_their_own_zone(demo: Demo) -> None:
    engineers = demo.tables["people"].filter(pl.col("team") == "SRE")
    counts = dict(engineers.group_by("time_zone").len().rows())
    assert counts == {"Europe/Berlin": 7, "America/New_York": 7}
    assert all(ZoneInfo(zone).key == zone for zone in counts)
    assert set(engineers["person_id"]) == set(demo.tables["shifts"]["person_id"])


def test_open_incidents_are_the_planted_ones_and_some_are_not_acknowledged(demo: Demo) -> None:
    still_open = demo.tables["incidents"].filter(pl.col("resolved_at").is_null())
    assert set(still_open["incident_id"]) == set(demo.truth["incidents_open"]["incident_id"])
    assert sorted(demo.truth["incidents_open"]["is_acknowledged"]) == [False, True, True]


def test_incidents_are_acknowledged_and_resolved_in_order(demo: Demo) -> None:
    incidents = demo.tables["incidents"]
    wrong = (
        (pl.col("acknowledged_at") < pl.col("created_at"))
        | (pl.col("resolved_at") < pl.col("acknowledged_at"))
        | (pl.col("resolved_at") < pl.col("created_at"))
    )
    assert incidents.filter(wrong).is_empty()
    automatic = incidents.filter("is_auto_resolved")
    assert 0.1 < automatic.height / incidents.height < 0.3
    assert automatic["resolved_by"].null_count() == automatic.height


def test_notifications_hold_bursts_storms_and_mere_mails(demo: Demo) -> None:
    sent = demo.tables["notifications"]
    assert set(sent["channel"]) == {"push", "sms", "phone", "email"}
    first_minute = (
        sent.filter(pl.col("channel") != "email")
        .sort("sent_at")
        .group_by("incident_id", "person_id", maintain_order=True)
        .agg(
            first_minute=(
                pl.col("sent_at") < pl.col("sent_at").first() + pl.duration(seconds=60)
            ).sum(),
            pages=pl.len(),
        )
    )
    assert first_minute["first_minute"].max() == 3
    assert first_minute["pages"].max() == 13
    low = demo.tables["incidents"].filter(pl.col("urgency") == "low")
    channels = sent.join(low, on="incident_id", how="semi")["channel"].unique()
    assert channels.to_list() == ["email"]
    assert sent["sent_at"].max().date() == DATA_DATE
