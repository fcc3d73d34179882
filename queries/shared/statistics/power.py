"""How many sessions a difference takes to be seen, and what so many can see."""

import math

from scipy.special import ndtri

FEWEST_SESSIONS = 6  # per arm: fewer have no 95 % interval of the median
LEVEL = 0.05
POWER = 0.8


def sessions_needed(cv: float, ratio: float, power: float = POWER) -> int | None:
    """Sessions per arm that see a true `ratio` with this power at the two-sided 5 % level.

    `cv` is the coefficient of variation between sessions, a share above 0: where nothing varies,
    nothing is known of how far sessions differ. At least 6; None for a ratio of 1, which no number
    of sessions can tell from none.

    The normal approximation of two equal arms on the log scale, as in the guide's table: 23 % at
    a CV of 10, 20 and 30 % takes 4, 15 and 33, and the least is 6.
    """
    if ratio == 1:
        return None
    return max(FEWEST_SESSIONS, math.ceil(2 * (_quantiles(power) * cv / math.log(ratio)) ** 2))


def detectable_ratio(cv: float, sessions: int, power: float = POWER) -> float:
    """The smallest ratio above 1 that so many sessions per arm see with this power."""
    return math.exp(_quantiles(power) * cv * math.sqrt(2 / sessions))


def _quantiles(power: float) -> float:
    return float(ndtri(1 - LEVEL / 2) + ndtri(power))
