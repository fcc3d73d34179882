"""The timeline of one account: what the warehouse recorded of it, and what people did and noted."""

import itertools
from collections.abc import Mapping

import polars as pl

from ledger import LedgerQuery
from ledger.annotations import ACCOUNT as OF_ACCOUNT
from ledger.annotations import EVERYONE, HYPERSCALER
from queries.accounts import profile
from queries.accounts.chosen import ACCOUNT
from queries.accounts.timeline import events
from queries.accounts.timeline.event import Event
from queries.accounts.timeline.ledger_events import action_events, annotation_events
from queries.core.question import Dependency, Question
from warehouse.context import Context


def depends_on(account: str | None) -> Mapping[str, Dependency]:
    """The warehouse's events, and the account itself, which says whether it may be seen."""
    asked = {"account": account}
    return {
        "recorded": Dependency(events.QUESTIONS[0], parameters=asked),
        "profile": Dependency(profile.QUESTIONS[0], parameters=asked),
    }


def entries(context: Context, account: str | None) -> Mapping[str, LedgerQuery]:
    """The actions on the account, and every annotation, of data dates up to this one."""
    return {
        "actions": LedgerQuery("triage_actions", last=context.as_of, account_id=account or ""),
        "annotations": LedgerQuery("annotations", last=context.as_of),
    }


def timeline(
    recorded: pl.LazyFrame,
    profile: pl.LazyFrame,
    actions: pl.LazyFrame,
    annotations: pl.LazyFrame,
    *,
    context: Context,
    account: str | None,
) -> pl.DataFrame:
    """Everything that happened to the account by the end of the data date, as known then.

    Grain: one event, which one row of one table tells; sorted newest first. Annotations are those
    of the account, of a hyperscaler it has a contract on, and of everyone. Empty for no account,
    and for one outside the scope or the filters, whatever the ledger holds of it.
    """
    seen = profile.select("hyperscalers").collect()
    told: list[Event] = []
    if not seen.is_empty():
        places = (f"{HYPERSCALER}{one}" for one in seen["hyperscalers"][0])
        subjects = {EVERYONE, f"{OF_ACCOUNT}{account}", *places}
        told = [*action_events(actions), *annotation_events(annotations, subjects)]
    known = itertools.starmap(Event, recorded.collect().iter_rows())
    return events.in_order(itertools.chain(known, told), context)


QUESTIONS = (
    Question(
        name="account",
        asks="What happened at this account?",
        shape=events.Timeline,
        depends_on=depends_on,
        entries=entries,
        answer=timeline,
        finding=events.finding,
        filters="accounts",
        parameters=(ACCOUNT,),
    ),
)
