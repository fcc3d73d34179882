"""Feature use per account and day, as the Tableau feeds bring it."""

import datetime as dt

import numpy as np
import polars as pl

from warehouse.contract.tables import TABLES
from warehouse.demo.customers import CHURNED, NARROW, NO_USAGE, TARGET, Customer
from warehouse.demo.draws import Draws
from warehouse.demo.period import DAYS, FIRST_DAY, day_index

FEATURES = (
    *("snapshots", "replication", "encryption", "tiering"),
    *("quota", "audit_log", "multi_protocol", "ai_gateway"),
)
# Share of the days on which an account that adopted the feature uses it.
_ACTIVE_SHARE = (0.95, 0.7, 0.55, 0.45, 0.35, 0.3, 0.6, 0.4)
_ENTITLED_SHARE = (1.0, 0.85, 1.0, 0.8, 0.9, 0.75, 0.8, 0.45)
_ADOPTED_SHARE = 0.85
_TRIED_SHARE, _TRIED_DAYS_SHARE = 0.04, 0.05  # features without entitlement
_WORKDAYS, _WEEKEND = 5, 0.45
# The feed brought nothing of this Monday, of no account.
MISSING_FEED_DAY = dt.date(2026, 1, 19)
_TAKE_UP_DAYS = 110
_NARROW_TO = 1  # features left in use


def feature_usage_daily(cast: tuple[Customer, ...]) -> pl.DataFrame:
    """One row per account, feature and day with activity.

    On Mondays every entitled feature has a row, used or not, so that breadth has its
    denominator. One day the feed brought nothing.
    """
    frames = [_account(customer) for customer in cast if customer.fate not in {NO_USAGE, TARGET}]
    columns = TABLES["feature_usage_daily"].polars_schema
    merged = pl.concat(frames).select(columns.names()).cast(columns)
    merged = merged.filter(pl.col("usage_date") != MISSING_FEED_DAY)
    return merged.sort(TABLES["feature_usage_daily"].key)


def _account(customer: Customer) -> pl.DataFrame:
    draws = Draws(f"features {customer.account_id}", customer.seed)
    start = max(0, min(day_index(line.start) for line in customer.lines))
    end = day_index(customer.moment) if customer.fate == CHURNED else DAYS
    shape = (len(FEATURES), end - start)
    entitled = draws.uniforms(len(FEATURES)) < np.array(_ENTITLED_SHARE)
    adopted = (draws.uniforms(len(FEATURES)) < _ADOPTED_SHARE) & entitled
    adopted[0] = True
    tried = (draws.uniforms(len(FEATURES)) < _TRIED_SHARE) & ~entitled
    days = np.arange(start, end)
    weekday = (days + FIRST_DAY.weekday()) % 7
    share = np.array(_ACTIVE_SHARE)[:, None] * np.where(weekday < _WORKDAYS, 1.0, _WEEKEND)
    used = (draws.uniforms(*shape) < share) & adopted[:, None]
    used |= (draws.uniforms(*shape) < _TRIED_DAYS_SHARE) & tried[:, None]
    # A feature is taken up some weeks after the start, one after the other.
    taken_up = draws.uniforms(len(FEATURES)) * _TAKE_UP_DAYS
    taken_up[0] = 0
    used &= (days - start) >= taken_up[:, None]
    if customer.warned(NARROW):
        used[_NARROW_TO:] &= days < day_index(customer.began(NARROW))
    shown = used | ((weekday == 0) & entitled[:, None])
    users = 1 + (draws.uniforms(*shape) * (3 + 22 * draws.between(0, 1))).astype(np.int64)
    operations = users * (1 + (draws.uniforms(*shape) * 80).astype(np.int64))
    features, columns = np.nonzero(shown)
    active = used[features, columns]
    return pl.DataFrame(
        {
            "account_id": pl.repeat(customer.account_id, len(features), eager=True),
            "feature": pl.Series(FEATURES).gather(features),
            "usage_date": pl.Series(
                np.datetime64(FIRST_DAY, "D") + days[columns].astype("timedelta64[D]")
            ),
            "active_users": users[features, columns] * active,
            "operations": operations[features, columns] * active,
            "is_entitled": entitled[features],
        }
    )
