"""The people at each account, and every call, meeting and email with them."""

import datetime as dt
from collections.abc import Callable, Iterator

import polars as pl

from warehouse.demo.customers import CHURNED, RENEWED_RED, SILENCE, Customer
from warehouse.demo.draws import Draws
from warehouse.demo.frames import Row, contract_frame
from warehouse.demo.names import mailbox, person_names
from warehouse.demo.period import DATA_DATE, midnight

_LULL_SHARE = 0.07
# Of the gaps between two conversations; on any day about as many accounts are in their lull.
_LULL_GAPS = 0.02
_TITLES = ("Storage architect", "Head of platform", "Data engineer", "Procurement lead")
_KINDS = ("call", "meeting", "email")
_SPOKEN, _UNANSWERED = (0.4, 0.25, 0.35), (0.35, 0.0, 0.65)


def contacts(cast: tuple[Customer, ...]) -> pl.DataFrame:
    """Two to four contact people per account; the first is the champion unless one is missing."""
    names = iter(person_names(256) * 4)
    rows = [
        _contact(customer, place, next(names))
        for customer in cast
        for place in range(Draws(f"contacts {customer.account_id}", customer.seed).whole(2, 4))
    ]
    return contract_frame("contacts", rows)


def _contact(customer: Customer, place: int, name: str) -> Row:
    draws = Draws(f"contact {customer.account_id} {place}", customer.seed)
    # Some healthy accounts are quiet as well: silence alone foretells little.
    lull = Draws(f"lull {customer.account_id}", customer.seed).chance(_LULL_SHARE)
    lull &= not customer.warned(SILENCE)
    lost = customer.warned(SILENCE) and customer.fate != RENEWED_RED
    if lost:
        quiet = (_last_day(customer) - customer.began(SILENCE)).days
    else:
        quiet = draws.whole(61, 95) if lull else draws.whole(1, 24)
    if place:
        quiet += draws.whole(10, 150)
    spoke = midnight(_last_day(customer)) - dt.timedelta(days=quiet)
    spoke += dt.timedelta(hours=draws.whole(7, 17), minutes=draws.whole(0, 59))
    if _is_silent(customer, spoke):
        spoke -= customer.moment - customer.began(SILENCE)
    return {
        "contact_id": f"cnt-{customer.account_id[4:]}-{place + 1}",
        "account_id": customer.account_id,
        "email": mailbox(name, customer.domain),
        "title": _TITLES[place],
        "is_champion": place == 0 and not lost,
        "last_contact_at": spoke,
    }


def activities(cast: tuple[Customer, ...], people: pl.DataFrame) -> pl.DataFrame:
    """Every activity with an account until it churned, `people` being its contacts.

    Each contact's newest two-way activity is at its last_contact_at. Before the account's last one
    somebody there was spoken to every few days, save for a lull or a planted silence, back to when
    it was created; whoever falls silent is still written to.
    """
    spoken: dict[str, dict[str, dt.datetime]] = {}
    for account_id, contact_id, spoke in people.select(
        "account_id", "contact_id", "last_contact_at"
    ).iter_rows():
        spoken.setdefault(account_id, {})[contact_id] = spoke
    rows: list[Row] = []
    for customer in cast:
        rows += _account_activities(customer, spoken[customer.account_id])
    return contract_frame("activities", rows)


def _account_activities(customer: Customer, last: dict[str, dt.datetime]) -> Iterator[Row]:
    kinds = Draws(f"activity kinds {customer.account_id}", customer.seed)
    activities = [
        *((*one, "two_way", _SPOKEN) for one in _conversations(customer, last)),
        *((*one, "outbound", _UNANSWERED) for one in _attempts(customer, list(last))),
    ]
    for number, (at, contact_id, direction, shares) in enumerate(sorted(activities), start=1):
        yield {
            "activity_id": f"act-{customer.account_id[4:]}-{number:03d}",
            "account_id": customer.account_id,
            "contact_id": contact_id,
            "occurred_at": at,
            "kind": kinds.one_of(_KINDS, shares),
            "direction": direction,
        }


def _conversations(
    customer: Customer, last: dict[str, dt.datetime]
) -> Iterator[tuple[dt.datetime, str]]:
    """When somebody was spoken to, and who: nobody later than the `last` time."""
    draws = Draws(f"conversations {customer.account_id}", customer.seed)

    def gap() -> int:
        return draws.whole(61, 95) if draws.chance(_LULL_GAPS) else draws.whole(5, 20)

    def somebody(at: dt.datetime) -> str:
        return draws.one_of([contact_id for contact_id, spoke in last.items() if spoke > at])

    for contact_id, spoke in last.items():
        yield spoke, contact_id
    for at in _before(max(last.values()), customer, draws, gap):
        if not _is_silent(customer, at):
            yield at, somebody(at)
    if customer.warned(SILENCE) and customer.fate == RENEWED_RED:
        at = midnight(customer.began(SILENCE)) + dt.timedelta(hours=draws.whole(7, 17))
        yield at, somebody(at)


def _attempts(customer: Customer, people: list[str]) -> Iterator[tuple[dt.datetime, str]]:
    """When somebody was called or written to in vain, and who."""
    draws = Draws(f"attempts {customer.account_id}", customer.seed)
    for at in _before(midnight(_last_day(customer)), customer, draws, lambda: draws.whole(8, 40)):
        yield at, draws.one_of(people)


def _before(
    latest: dt.datetime, customer: Customer, draws: Draws, gap: Callable[[], int]
) -> Iterator[dt.datetime]:
    """Working hours of days before `latest`, newest first, back to the account's creation."""
    day = latest.date() - dt.timedelta(days=gap())
    while day >= customer.created_date:
        hours, minutes = draws.whole(7, 17), draws.whole(0, 59)
        yield midnight(day) + dt.timedelta(hours=hours, minutes=minutes)
        day -= dt.timedelta(days=gap())


def _is_silent(customer: Customer, at: dt.datetime) -> bool:
    """Whether `at` lies in the silence of an account that speaks again after its renewal."""
    if not customer.warned(SILENCE) or customer.fate != RENEWED_RED:
        return False
    return customer.began(SILENCE) < at.date() < customer.moment


def _last_day(customer: Customer) -> dt.date:
    return customer.moment if customer.fate == CHURNED else DATA_DATE
