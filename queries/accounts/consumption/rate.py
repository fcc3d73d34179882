"""How fast an account consumes: the rate of the last whole weeks, and what it adds up to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from queries.shared.statistics.bootstrap import Floats, generator

WEEK_DAYS = 7
WEEKS = 8  # looked back at: recent, and enough for an interval
FEWEST_WEEKS = 4  # for an interval
FEWEST_TO_CAP = 5  # below it the highest week may be the pattern
LOW, HIGH = 0.10, 0.90
DRAWS = 2_000


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Consumption of the last whole weeks that end on the newest known day.

    `weeks` holds their totals, in order of size; `weekday_shares` the part of a week that falls on
    each of the seven days after the newest known one.
    """

    weeks: tuple[float, ...]
    weekday_shares: tuple[float, ...]

    @property
    def per_day(self) -> float:
        """Mean over calendar days, days without consumption included.

        From five weeks on the highest and the lowest are drawn in to their neighbours, so that one
        odd week moves nothing far.
        """
        weeks = np.array(self.weeks)
        if len(weeks) >= FEWEST_TO_CAP:
            weeks = np.clip(weeks, weeks[1], weeks[-2])
        return float(weeks.mean()) / WEEK_DAYS


@dataclass(frozen=True, kw_only=True)
class Band:
    """Consumption added up over the days after the newest known one: the estimate, P10 and P90.

    `low` and `high` are None below four whole weeks.
    """

    middle: Floats
    low: Floats | None
    high: Floats | None


def rate(daily: Sequence[float | None]) -> Rate | None:
    """The rate of daily consumption up to the data date, one value for each calendar day.

    Weeks are counted back from the newest known day, eight at most; one with an unknown day is
    left out. None without a whole week.
    """
    known = _without_late(daily)
    starts = range(len(known) - WEEK_DAYS, -1, -WEEK_DAYS)
    blocks = [known[at : at + WEEK_DAYS] for at in starts][:WEEKS]
    whole = np.array([block for block in blocks if None not in block], dtype=np.float64)
    if not whole.size:
        return None
    total = whole.sum()
    shares = whole.sum(axis=0) / total if total else np.full(WEEK_DAYS, 1 / WEEK_DAYS)
    return Rate(
        weeks=tuple(np.sort(whole.sum(axis=1)).tolist()), weekday_shares=tuple(shares.tolist())
    )


def band(found: Rate, days: int) -> Band:
    """Consumption of the next `days` days at a rate, with the interval of a bootstrap of weeks.

    Each of 2,000 draws (fixed seed) resamples the weeks seen and lets the future be made of
    those, so that what is not known of the rate widens the band with the days ahead. The weeks
    are spread by sqrt(n / (n - 1)) for being few; of eight, P10 to P90 then holds some three
    quarters of what comes (in our tests), a little less than the four fifths it names.
    """
    ahead = -(-days // WEEK_DAYS)
    shares = np.array(found.weekday_shares)
    # The sum of all shares may miss 1 by the last bit.
    within = np.concatenate([np.cumsum(shares)[:-1], [1.0]])
    place = np.arange(days)
    week, day = place // WEEK_DAYS, place % WEEK_DAYS
    middle = found.per_day * WEEK_DAYS * (week + within[day])
    if len(found.weeks) < FEWEST_WEEKS:
        return Band(middle=middle, low=None, high=None)
    count, weeks = len(found.weeks), np.array(found.weeks)
    spread = weeks.mean() + (weeks - weeks.mean()) * np.sqrt(count / (count - 1))
    chance = generator()
    seen = np.maximum(spread, 0.0)[chance.integers(0, count, (DRAWS, count))]
    future = np.take_along_axis(seen, chance.integers(0, count, (DRAWS, ahead)), axis=1)
    before = np.cumsum(future, axis=1) - future
    paths = before[:, week] + future[:, week] * within[day]
    low, high = np.quantile(paths, [LOW, HIGH], axis=0)
    return Band(middle=middle, low=low, high=high)


def _without_late(daily: Sequence[float | None]) -> list[float | None]:
    known = list(daily)
    while known and known[-1] is None:
        known.pop()
    return known
