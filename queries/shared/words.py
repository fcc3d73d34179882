"""How numbers, days and the contract's words are said to a reader; the same everywhere."""

import datetime as dt
import math
import re

from warehouse.flat import flat

NO_BREAK = "\N{NO-BREAK SPACE}"
NAMES = {
    "all": "All",
    "azure": "Azure",
    "gcp": "Google Cloud",
    "aws": "AWS",
    "none": "On-prem",
    "other": "Other",
    "unknown": "Unknown",
    "amer": "AMER",
    "emea": "EMEA",
    "apac": "APAC",
    "enterprise": "Enterprise",
    "mid_market": "Mid-market",
    "startup": "Startup",
    "public_sector": "Public sector",
    "at_risk": "At risk",
    "watch": "Watch",
    "healthy": "Healthy",
    "on_prem": "On-prem",
    "customer_tenant": "Customer tenant",
    "saas": "SaaS",
    "in_force": "In force",
    "signed": "Signed",
    "draft": "Draft",
    "ended": "Ended",
    "won": "Won",
    "open": "Open",
    "no_forecast": "No forecast",
    "lost": "Lost",
    "unverified": "Unverified",
    "peer_reviewed": "Peer reviewed",
    "verified": "Verified",
    "raw": "as measured",
    "per_provisioned_mbps": "per provisioned MBps",
    "per_usable_tib": "per usable TiB",
    "per_usd": "per USD",
    "accelerator_hours": "in accelerator-hours",
    "ahead": "beyond the margin",
    "inside_margin": "inside the margin",
    "behind": "the baseline is ahead",
    "score": "score",
    "score_arr": "score and ARR",
    "ridge": "ridge",
    "ridge_arr": "ridge with ARR",
    "boosting": "boosting",
}
# What a feed brings, by its table.
FEEDS = {
    "tickets": "tickets",
    "incidents": "incidents",
    "notifications": "notifications",
    "account_usage_daily": "metered hours",
    "feature_usage_daily": "records of feature use",
}
# Why nothing is known of a window over a feed.
UNREACHED = {
    "feed_unknown": "nothing says how far the {} reach",
    "feed_ended": "the {} ended before the window began",
    "feed_late": "the {} are later than promised",
}
SHAPES = {"at_risk": "▲", "watch": "◆", "healthy": "●", "unknown": "○"}
# Why nothing is known of the limit of a shift.
LIMIT_UNKNOWN_BECAUSE = {
    **{gap: said.format(FEEDS["notifications"]) for gap, said in UNREACHED.items()},
    "no_shift": "no primary shift ended in 90 days",
}
ABSENT = "–"
MINUS = "−"
MARKDOWN = frozenset("\\`*_{}[]()#+!<>|$:~&")
# Addresses become links after the escapes are resolved, so only a character inside stops them.
LINKED = re.compile(r"https?:(?=//)|www(?=\.)|@(?=[-\w])", re.IGNORECASE)
WORD_JOINER = "\N{WORD JOINER}"
_THOUSANDS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def name(word: str) -> str:
    """The reader's name of a contract word; the word itself where it has none."""
    return NAMES.get(word, word)


def status(word: str) -> str:
    """A status as shape and word, e.g. '▲ At risk'."""
    return f"{SHAPES[word]} {NAMES[word]}"


def number(value: float | None, *, signed: bool = False) -> str:
    """At most three significant figures, thousands as k, M, B; '–' for unknown.

    What is not zero never reads as zero: below a hundredth two figures are kept. Below zero comes
    a minus sign, not a hyphen; with `signed` a plus above.
    """
    return ABSENT if value is None else f"{_sign(value, signed=signed)}{_figures(abs(value))}"


def money(value: float | None, *, signed: bool = False) -> str:
    """US dollars as $1.2M; with `signed` a change as +$1.2M. '–' for unknown."""
    return ABSENT if value is None else f"{_sign(value, signed=signed)}${_figures(abs(value))}"


def bound(value: float | None) -> str:
    """A lower bound of a ratio as 1.19×, cut and not rounded, so that it never claims more."""
    return ABSENT if value is None else f"{_cut(value):.2f}×"


def share(value: float | None, *, signed: bool = False) -> str:
    """A share as 12.3 %; with `signed` a change as +12.3 %. '–' for unknown."""
    return _hundredths(value, "%", signed=signed)


def points(value: float | None) -> str:
    """The difference of two shares in percentage points, +1.2 pp; '–' for unknown."""
    return _hundredths(value, "pp", signed=True)


def day(value: dt.date | None) -> str:
    """A day as 31 Jan 2026; '–' for unknown."""
    return ABSENT if value is None else f"{value.day} {value:%b %Y}"


def complete_to(at: dt.datetime) -> str:
    """The last whole day before the instant up to which a feed is complete, as 31 Jan 2026."""
    return day((at - dt.timedelta(days=1)).date())


def instant(value: dt.datetime | None) -> str:
    """An instant in UTC as 31 Jan 2026 09:05 UTC; '–' for unknown."""
    return ABSENT if value is None else f"{day(value)} {value:%H:%M} UTC"


def behind(days: int) -> str:
    """How far a day lies behind another as '3 days', '5 weeks', '10 months' or '3 years'."""
    for most, length, unit in ((28, 1, "day"), (60, 7, "week"), (731, 30.44, "month")):
        if days <= most:
            return plural(round(days / length), unit)
    return plural(round(days / 365.25), "year")


def duration(seconds: float | None) -> str:
    """A duration as 3 h 20 min, 45 s or 2 d 4 h; '–' for unknown."""
    if seconds is None:
        return ABSENT
    minutes, hours, days = round(seconds / 60), 60, 1440
    if round(seconds) < 60:  # noqa: PLR2004 (a minute)
        return f"{round(seconds)} s"
    if minutes < hours:
        return f"{minutes} min"
    if minutes < days:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def part(count: int | None, of: int | None) -> str:
    """How many of how many: 3 of 180; '–' where either is unknown."""
    return ABSENT if count is None or of is None else f"{count:,} of {of:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 account, 2 accounts."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def system(system_id: str, given: str | None) -> str:
    """A benchmarked system's name, or its id where that says more: one that ends in the name.

    The id of an MLPerf result begins with its division and submitter.
    """
    return system_id if not given or system_id.endswith(f"/{given}") else given


def interval(low: float | None, high: float | None) -> str:
    """The interval of a ratio as [1.19, 1.27], each end rounded outwards: it never claims more."""
    if low is None or high is None:
        return "[no interval]"
    return f"[{_cut(low):.2f}, {-_cut(-high):.2f}]"


def view(name_of_view: str, credit_factor: float | None) -> str:
    """A view of a ratio with what is credited in it: `per USD, ×1.10 credited`."""
    credit = f", ×{credit_factor:.2f} credited" if credit_factor not in {None, 1.0} else ""
    return f"{name(name_of_view)}{credit}"


def plain(text: str) -> str:
    """Text from data as it stands: no character acts as Markdown, no address becomes a link.

    It is flat, so that no line of it begins a heading, a list or a table.
    """
    unlinked = LINKED.sub(rf"\g<0>{WORD_JOINER}", flat(text))
    return "".join(f"\\{letter}" if letter in MARKDOWN else letter for letter in unlinked)


def _cut(value: float) -> float:
    """A ratio cut to hundredths, but for what the binary fraction lacks."""
    return math.floor(value * 100 + 1e-9) / 100


def _sign(value: float, *, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value else ""


def _hundredths(value: float | None, unit: str, *, signed: bool) -> str:
    if value is None:
        return ABSENT
    rounded = round(value * 100, 1)
    return f"{_sign(rounded, signed=signed)}{abs(rounded):.1f} {unit}"


def _figures(magnitude: float) -> str:
    if magnitude < 0.00995:  # noqa: PLR2004 (rounds to less than a hundredth)
        return f"{magnitude:.2g}" if magnitude else "0"
    for size, letter in _THOUSANDS:
        if magnitude >= size * 0.9995:
            return f"{_three(magnitude / size)}{letter}"
    return _three(magnitude)


def _three(magnitude: float) -> str:
    decimals = 0 if magnitude >= 99.95 else 1 if magnitude >= 9.995 else 2  # noqa: PLR2004 (three figures)
    text = f"{magnitude:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
