"""The interval of a ratio of medians at the product's confidence."""

from queries.shared.statistics.bootstrap import CONFIDENCE
from queries.shared.statistics.ratio import ratio_intervals


def ratio_interval(values, baseline):
    (interval,) = ratio_intervals(values, baseline, (CONFIDENCE,))
    return interval
