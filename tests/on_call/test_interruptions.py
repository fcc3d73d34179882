"""The interruption engine against the published vectors: the 60 s rule and the hour bands."""

import datetime as dt
import random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.on_call.interruptions import interruptions, with_band

UTC = dt.UTC
NOON = dt.datetime(2026, 2, 2, 12, tzinfo=UTC)


def sent(*pages, person="ana"):
    """Pages as (seconds after noon, channel) or (seconds, channel, incident)."""
    return [
        {
            "notification_id": f"{person}-{number:03d}",
            "incident_id": incident[0] if incident else "i1",
            "person_id": person,
            "channel": channel,
            "sent_at": NOON + dt.timedelta(seconds=seconds),
        }
        for number, (seconds, channel, *incident) in enumerate(pages)
    ]


SCHEMA = {
    "notification_id": pl.String,
    "incident_id": pl.String,
    "person_id": pl.String,
    "channel": pl.String,
    "sent_at": pl.Datetime("us", "UTC"),
}


def counted(rows):
    return interruptions(pl.LazyFrame(rows, schema=SCHEMA))


@pytest.mark.parametrize(
    ("pages", "expected", "chained"),
    [
        ([(0, "push"), (20, "sms"), (59, "phone")], 1, 1),
        ([(0, "push"), (60, "push")], 1, 1),
        ([(0, "push"), (61, "push")], 2, 2),
        ([(0, "push"), (45, "push"), (90, "push")], 2, 1),
        ([(0, "email"), (30, "email")], 0, 0),
        ([(0, "email"), (30, "push"), (90, "sms")], 1, 1),
        ([], 0, 0),
    ],
)
def test_notifications_within_60_s_of_the_opening_one_are_one_interruption(
    pages, expected, chained
):
    frame = counted(sent(*pages))
    assert frame.height == expected
    assert frame["opens_chain"].sum() == chained


def test_the_same_page_to_two_people_interrupts_both():
    frame = counted(sent((0, "push")) + sent((0, "push"), person="ben"))
    assert frame["person_id"].to_list() == ["ana", "ben"]


def test_an_hour_of_pages_every_45_s_is_forty_interruptions_and_not_one():
    # Openings at 0, 90, 180 … 3510: each takes in the page 45 s after it.
    frame = counted(sent(*((45 * place, "push") for place in range(80))))
    assert frame.height == 40
    assert frame["notifications"].to_list() == [2] * 40
    assert frame["opened_at"].to_list()[-1] == NOON + dt.timedelta(seconds=3510)


def test_it_belongs_to_the_incident_that_opened_it_and_keeps_the_others():
    rows = sent((0, "push", "i1"), (10, "sms", "i3"), (20, "push", "i2"), (30, "phone", "i1"))
    (row,) = counted(rows).to_dicts()
    assert (row["incident_id"], row["joined_incident_ids"]) == ("i1", ["i2", "i3"])
    assert row["notifications"] == 4


def test_the_order_of_the_rows_changes_nothing():
    draws = random.Random(7)  # noqa: S311 (a fixed seed, not a secret)
    rows = [
        row
        for person in ("ana", "ben", "cem")
        for row in sent(
            *((draws.randrange(4000), draws.choice(["push", "email"])) for _ in range(60)),
            person=person,
        )
    ]
    expected = counted(rows)
    assert 60 < expected.height < 120
    draws.shuffle(rows)
    assert_frame_equal(counted(rows), expected)


def band_of(instant, zone):
    moment = dt.datetime.fromisoformat(instant).replace(tzinfo=UTC)
    frame = pl.DataFrame(
        {"opened_at": [moment], "time_zone": [zone]},
        schema={"opened_at": pl.Datetime("us", "UTC"), "time_zone": pl.String},
    )
    return with_band(frame).row(0, named=True)


@pytest.mark.parametrize(
    ("instant", "zone", "local", "band"),
    [
        ("2026-02-02 07:59", "UTC", "2026-02-02 07:59", "sleep"),
        ("2026-02-06 22:00", "UTC", "2026-02-06 22:00", "sleep"),
        ("2026-02-07 23:30", "UTC", "2026-02-07 23:30", "sleep"),
        ("2026-02-02 02:30", "Asia/Kolkata", "2026-02-02 08:00", "business"),
        ("2026-02-02 23:30", "Asia/Kolkata", "2026-02-03 05:00", "sleep"),
        ("2026-03-27 06:30", "Europe/Berlin", "2026-03-27 07:30", "sleep"),
        ("2026-03-29 06:30", "Europe/Berlin", "2026-03-29 08:30", "off"),
        ("2026-03-30 06:30", "Europe/Berlin", "2026-03-30 08:30", "business"),
        ("2026-11-02 12:30", "America/New_York", "2026-11-02 07:30", "sleep"),
        # The edges between the bands.
        ("2026-02-02 17:59", "UTC", "2026-02-02 17:59", "business"),
        ("2026-02-02 18:00", "UTC", "2026-02-02 18:00", "off"),
        ("2026-02-02 21:59", "UTC", "2026-02-02 21:59", "off"),
        ("2026-02-07 08:00", "UTC", "2026-02-07 08:00", "off"),
        ("2026-02-07 07:59", "UTC", "2026-02-07 07:59", "sleep"),
    ],
)
def test_the_band_follows_the_persons_own_clock(instant, zone, local, band):
    row = band_of(instant, zone)
    assert (row["local_at"], row["band"]) == (dt.datetime.fromisoformat(local), band)


@pytest.mark.parametrize("zone", [None, "", "Mars/Phobos", "+02:00", "europe/berlin", " "])
def test_without_a_valid_zone_the_band_is_unknown_and_not_utc(zone):
    row = band_of("2026-02-02 12:00", zone)
    assert (row["local_at"], row["band"]) == (None, "unknown")


def test_people_in_several_zones_are_banded_each_by_their_own():
    moment = dt.datetime(2026, 2, 2, 6, 30, tzinfo=UTC)
    zones = ["Europe/Berlin", None, "Asia/Kolkata", "America/New_York"]
    frame = with_band(pl.DataFrame({"opened_at": [moment] * 4, "time_zone": zones}))
    assert frame["band"].to_list() == ["sleep", "unknown", "business", "sleep"]
    assert frame["time_zone"].to_list() == zones
