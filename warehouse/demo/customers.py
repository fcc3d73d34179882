"""The cast: every account, what it bought and what is going to happen to it.

The plan holds what the tables must not say (why an account will leave); the tables and the
truth beside them are both written from it.
"""

import datetime as dt
from dataclasses import dataclass, replace

from warehouse.demo.draws import Draws
from warehouse.demo.names import TRADES, company_stems
from warehouse.demo.people import OWNER_IDS
from warehouse.demo.period import DATA_DATE, FIRST_DAY, add_months

STEADY, CHURNED, RENEWED_RED, TROUBLED = "steady", "churned", "renewed_red", "troubled"
NO_USAGE, TARGET = "no_usage", "target"

USAGE, TICKETS, SILENCE = "usage_collapse", "severe_tickets", "contact_silence"
UNDER_USE, NARROW, MERGER = "under_use", "feature_narrowness", "merger"
INCIDENTS, RENEWAL_NEAR = "incidents", "renewal_near"
# What can be seen coming, each from a day on; a merger, an incident or a date is no such cause.
CAUSES = frozenset({USAGE, TICKETS, SILENCE, UNDER_USE, NARROW})

# Warnings, how many leave after them, and the reason given; a merger is no warning of theirs.
CHURN_PLAN: tuple[tuple[frozenset[str], int, str | None], ...] = (
    (frozenset({USAGE}), 29, "Workload moved elsewhere"),
    (frozenset({USAGE, SILENCE}), 2, "Project ended"),
    (frozenset({TICKETS, USAGE}), 2, "Reliability"),
    (frozenset({TICKETS}), 5, "Reliability"),
    (frozenset({SILENCE}), 6, "Champion left"),
    (frozenset({UNDER_USE}), 6, "Bought too much"),
    (frozenset({UNDER_USE, SILENCE}), 2, "Bought too much"),
    (frozenset({NARROW}), 4, "Used it as plain file storage"),
    (frozenset({MERGER}), 4, "Acquired"),
    (frozenset(), 12, None),
)
TROUBLE_PLAN: tuple[frozenset[str], ...] = (
    *(frozenset({USAGE, TICKETS, RENEWAL_NEAR}),) * 3,
    *(frozenset({USAGE, SILENCE, NARROW}),) * 3,
    *(frozenset({UNDER_USE, SILENCE, RENEWAL_NEAR}),) * 3,
    *(frozenset({TICKETS, INCIDENTS, NARROW}),) * 3,
    *(frozenset({USAGE, TICKETS, SILENCE, RENEWAL_NEAR, INCIDENTS}),) * 2,
)
RED_BUT_RENEWED_PLAN: tuple[frozenset[str], ...] = (
    *(frozenset({USAGE, TICKETS}),) * 5,
    *(frozenset({USAGE, SILENCE}),) * 5,
    *(frozenset({USAGE}),) * 4,
    *(frozenset({TICKETS}),) * 4,
    *(frozenset({SILENCE}),) * 4,
    *(frozenset({UNDER_USE}),) * 2,
)
# A cause begins so many days before the moment that it leads up to; a silence takes the longest
# to be one, and the causes of an account in trouble on the data date began early enough to show.
LEAD_DAYS, SILENCE_LEAD_DAYS, TROUBLE_LEAD_DAYS = (30, 150), (75, 150), (80, 150)
NO_USAGE_ACCOUNTS, TARGET_ACCOUNTS, STEADY_ACCOUNTS = 4, 8, 138

_COUNTRIES = {
    "amer": ("US", "US", "CA", "BR"),
    "emea": ("DE", "GB", "FR", "SE"),
    "apac": ("JP", "SG", "AU", "IN"),
}
# Segment: share of the book, commitment from and to in TiB, price in USD per TiB-month.
_SEGMENTS = {
    "enterprise": (0.30, 1_500, 12_000, 13.0),
    "mid_market": (0.38, 500, 3_200, 16.5),
    "startup": (0.20, 100, 900, 21.0),
    "public_sector": (0.12, 700, 5_000, 14.5),
}
# Home of the first line: share of the book, growth per month from and to, share in a first term.
_HOMES = {
    "none": (0.32, 0.000, 0.010, 0.25),
    "azure": (0.28, 0.024, 0.046, 0.80),
    "gcp": (0.22, 0.012, 0.026, 0.60),
    "aws": (0.18, 0.008, 0.022, 0.65),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing bought: a deployment with a commitment that renews every `term_months`."""

    deployment_model: str
    hyperscaler: str
    start: dt.date
    term_months: int
    committed_tib: float
    rate_usd: float
    pace: float
    monthly_growth: float


@dataclass(frozen=True, kw_only=True)
class Customer:
    """One account and its fate; `moment` is the day the fate's warnings lead up to.

    `seed` is that of the company it belongs to.
    """

    seed: int
    account_id: str
    name: str
    domain: str
    segment: str
    industry: str
    country: str
    region: str
    owner_id: str
    created_date: dt.date
    fate: str
    warnings: frozenset[str]
    churn_reason: str | None
    moment: dt.date
    lines: tuple[Line, ...]

    @property
    def churned_date(self) -> dt.date | None:
        return self.moment if self.fate == CHURNED else None

    def warned(self, warning: str) -> bool:
        return warning in self.warnings

    def began(self, warning: str) -> dt.date:
        """The day on which a cause can first be seen in the tables."""
        least, most = SILENCE_LEAD_DAYS if warning == SILENCE else LEAD_DAYS
        if self.fate == TROUBLED:
            least, most = TROUBLE_LEAD_DAYS
        lead = Draws(f"lead of {warning} {self.account_id}", self.seed).whole(least, most)
        return self.moment - dt.timedelta(days=lead)


def customers(seed: int) -> tuple[Customer, ...]:
    """Every account, in the order of its id."""
    fates = _fates(seed)
    stems = company_stems(len(fates))
    return tuple(
        _customer(number, stem, fate, seed)
        for number, (stem, fate) in enumerate(zip(stems, fates, strict=True), start=1)
    )


Fate = tuple[str, frozenset[str], str | None, dt.date]


def _fates(seed: int) -> list[Fate]:
    draws = Draws("fates", seed)
    none: frozenset[str] = frozenset()
    fates: list[Fate] = [
        *((STEADY, none, None, DATA_DATE),) * STEADY_ACCOUNTS,
        *((NO_USAGE, none, None, DATA_DATE),) * NO_USAGE_ACCOUNTS,
        *((TARGET, none, None, DATA_DATE),) * TARGET_ACCOUNTS,
        *((TROUBLED, warnings, None, DATA_DATE) for warnings in TROUBLE_PLAN),
    ]
    fates += [
        (RENEWED_RED, warnings, None, _on_day(dt.date(2024, 12, 1), 17 * place, draws))
        for place, warnings in enumerate(draws.shuffled(RED_BUT_RENEWED_PLAN))
    ]
    leavers = draws.shuffled(
        [(warnings, why) for warnings, count, why in CHURN_PLAN for _ in range(count)]
    )
    fates += [
        (CHURNED, warnings, why, _on_day(dt.date(2024, 10, 10), 472 * place // len(leavers), draws))
        for place, (warnings, why) in enumerate(leavers)
    ]
    return draws.shuffled(fates)


def _on_day(first: dt.date, days: int, draws: Draws) -> dt.date:
    day = first + dt.timedelta(days=days + draws.whole(0, 5))
    return day.replace(day=min(day.day, 28))


def _customer(number: int, stem: str, planned: Fate, seed: int) -> Customer:
    fate, warnings, churn_reason, moment = planned
    draws = Draws(f"customer {number}", seed)
    segment = draws.one_of(list(_SEGMENTS), [share for share, *_ in _SEGMENTS.values()])
    industry = draws.one_of(list(TRADES))
    region = draws.one_of(list(_COUNTRIES), (0.45, 0.35, 0.20))
    trade = draws.one_of(TRADES[industry])
    customer = Customer(
        seed=seed,
        account_id=f"acc-{number:04d}",
        name=f"{stem} {trade}",
        domain=f"{stem}-{trade}.example".lower(),
        segment=segment,
        industry=industry,
        country=draws.one_of(_COUNTRIES[region]),
        region=region,
        owner_id=draws.one_of(OWNER_IDS[:-1]),
        created_date=FIRST_DAY,
        fate=fate,
        warnings=warnings,
        churn_reason=churn_reason,
        moment=moment,
        lines=(),
    )
    lines = () if fate == TARGET else _lines(customer, draws)
    first = min((line.start for line in lines), default=dt.date(2025, 9, 1))
    created = first - dt.timedelta(days=draws.whole(40, 240))
    return replace(customer, created_date=created, lines=lines)


def _lines(customer: Customer, draws: Draws) -> tuple[Line, ...]:
    _, low, high, price = _SEGMENTS[customer.segment]
    committed = low + (high - low) * draws.between(0, 1) ** 2
    if customer.fate == CHURNED:
        committed *= 0.6
    home = draws.one_of(list(_HOMES), [share for share, *_ in _HOMES.values()])
    term, start = _first_term(customer, home, draws)
    price_here = price * draws.between(0.85, 1.15)
    main = _line(home, start, term, draws, committed=committed, price=price_here)
    if customer.warned(UNDER_USE) and customer.fate == TROUBLED:
        main = replace(main, pace=0.28, monthly_growth=0.0)
    if customer.fate != STEADY or home != "none" or draws.chance(0.4):
        return (main,)
    beside = add_months(dt.date(2025, 1, draws.whole(1, 28)), draws.whole(0, 10))
    cloud = draws.one_of(("azure", "gcp", "aws"), (0.7, 0.2, 0.1))
    price_there = price * draws.between(1.0, 1.3)
    second = _line(cloud, beside, 12, draws, committed=committed * 0.4, price=price_there)
    return main, second


def _line(
    home: str, start: dt.date, term: int, draws: Draws, *, committed: float, price: float
) -> Line:
    _, low, high, _ = _HOMES[home]
    model = "on_prem" if home == "none" else "customer_tenant"
    if home == "azure" and start >= dt.date(2025, 9, 1):
        model = "saas"
    return Line(
        deployment_model=model,
        hyperscaler=home,
        start=start,
        term_months=term,
        committed_tib=max(50.0, round(committed, -1)),
        rate_usd=round(price, 2),
        pace=draws.between(0.62, 0.92),
        monthly_growth=draws.between(low, high),
    )


def _first_term(customer: Customer, home: str, draws: Draws) -> tuple[int, dt.date]:
    """Months of a term, and the first day of the first contract."""
    if customer.fate in {CHURNED, RENEWED_RED}:
        terms = 1 if home != "none" and draws.chance(0.5) else draws.whole(1, 3)
        start = add_months(customer.moment, -12 * terms)
        if customer.warned(MERGER):
            start = add_months(start, 4)
        return 12, start
    if customer.warned(RENEWAL_NEAR):
        renewal = DATA_DATE + dt.timedelta(days=draws.whole(18, 80))
        return 12, add_months(renewal.replace(day=min(renewal.day, 28)), -12 * draws.whole(1, 3))
    term = draws.one_of((12, 24, 36), (0.7, 0.15, 0.15))
    *_, first_term_share = _HOMES[home]
    if draws.chance(first_term_share):
        # Azure's newcomers arrive later: the square root leans towards the data date.
        lateness = draws.between(0, 1) ** (0.5 if home == "azure" else 1.0)
        months_ago = 1 + int((1 - lateness) * 11.99)
        return term, add_months(dt.date(2026, 1, draws.whole(1, 28)), -months_ago)
    return term, add_months(dt.date(2025, 1, draws.whole(1, 28)), -draws.whole(0, 36))
