"""Interruptions: what notifications cost a person, counted and banded as PagerDuty defines them."""

import datetime as dt

import polars as pl

from queries.shared.periods import Window

JOINS_WITHIN = dt.timedelta(seconds=60)
SLEEP_ENDS, EVENING, SLEEP_BEGINS = 8, 18, 22  # local hours
SATURDAY = 6
BANDS = ("business", "off", "sleep", "unknown")
_SOME_INSTANT = pl.Series([dt.datetime(2026, 1, 1, tzinfo=dt.UTC)])


def interrupting(notifications: pl.LazyFrame, looked: Window) -> pl.LazyFrame:
    """The notifications that interrupt somebody before the window ends: e-mail never does."""
    return notifications.filter(pl.col("channel") != "email", pl.col("sent_at") < looked.end)


def interruptions(notifications: pl.LazyFrame) -> pl.DataFrame:
    """The interruptions that `notifications` make, by person and the instant each opens.

    E-mail never interrupts. A person's first notification opens an interruption; whatever
    reaches the same person within 60 s of that opening, on any channel and for any incident,
    belongs to it, and the next one opens another. The 60 s run from the opening and not from
    the notification before, so that a storm does not melt into one.

    Args:
        notifications: notification_id, incident_id, person_id, channel, sent_at.

    Returns:
        Grain: person_id, opened_at. With the incident of the opening notification, the other
        incidents that joined it, the number of notifications, and `opens_chain`: whether it
        would also count if the 60 s ran from the notification before.
    """
    gap = pl.col("sent_at") - pl.col("sent_at").shift(1).over("person_id")
    remaining = (
        notifications.filter(pl.col("channel") != "email")
        .sort("person_id", "sent_at", "notification_id")
        .with_columns(chain=(gap > JOINS_WITHIN).fill_null(value=True).cum_sum())
        .collect()
    )
    # Every chain of gaps of at most 60 s starts with an opening; each round takes one off all.
    belongs = pl.col("sent_at") <= pl.col("sent_at").first().over("chain") + JOINS_WITHIN
    rounds: list[pl.DataFrame] = []
    while not rounds or remaining.height:
        rounds.append(
            remaining.filter(belongs)
            .group_by("person_id", "chain", maintain_order=True)
            .agg(
                opened_at=pl.col("sent_at").first(),
                incident_id=pl.col("incident_id").first(),
                joined_incident_ids=pl.col("incident_id")
                .filter(pl.col("incident_id") != pl.col("incident_id").first())
                .unique()
                .sort(),
                notifications=pl.len().cast(pl.Int64),
            )
            .with_columns(opens_chain=pl.lit(not rounds))
        )
        remaining = remaining.filter(~belongs)
    return pl.concat(rounds).drop("chain").sort("person_id", "opened_at")


def with_band(moments: pl.DataFrame) -> pl.DataFrame:
    """`moments` with `local_at` and `band`, by `opened_at` in the person's own `time_zone`.

    Bands are half-open local hours: sleep [22, 08) every day and before all else, off [18, 22)
    and the daytime of weekends, business otherwise. Without a valid IANA zone the local time is
    null and the band unknown.
    """
    local = pl.lit(None, dtype=pl.Datetime("us"))
    for zone in moments["time_zone"].drop_nulls().unique().sort():
        if _is_time_zone(zone):
            here = pl.col("opened_at").dt.convert_time_zone(zone).dt.replace_time_zone(None)
            local = pl.when(pl.col("time_zone") == zone).then(here).otherwise(local)
    hour, weekday = pl.col("local_at").dt.hour(), pl.col("local_at").dt.weekday()
    return moments.with_columns(local_at=local).with_columns(
        band=pl.when(pl.col("local_at").is_null())
        .then(pl.lit("unknown"))
        .when((hour >= SLEEP_BEGINS) | (hour < SLEEP_ENDS))
        .then(pl.lit("sleep"))
        .when((hour >= EVENING) | (weekday >= SATURDAY))
        .then(pl.lit("off"))
        .otherwise(pl.lit("business"))
    )


def _is_time_zone(zone: str) -> bool:
    # Polars reads "" as UTC and "+02:00" as a fixed offset; neither is anybody's IANA zone.
    if not zone[:1].isalpha():
        return False
    try:
        _SOME_INSTANT.dt.convert_time_zone(zone)
    except pl.exceptions.ComputeError:
        return False
    return True
