"""The page of one account: which one it is, what a line says of it, and its timeline."""

from dataclasses import replace
from typing import Any

import streamlit as st

from components.accounts import account_lists
from components.core import heading, link, page_links, tiles
from components.core.cached_artifact import cached_artifact
from components.triage import action_forms
from components.triage.queue import badge, dealt_with
from queries.core.answer import Answer, Choices, Problem
from queries.shared import words
from warehouse.context import UNKNOWN

KINDS = {
    "account": "Account",
    "contract": "Contracts",
    "opportunity": "Opportunities",
    "offer": "Offers",
    "entitlement": "Entitlements",
    "cluster": "Clusters",
    "restatement": "Restatements",
    "feature": "Features",
    "ticket": "Tickets",
    "incident": "Incidents",
    "contact": "Contacts",
    "action": "Actions",
    "annotation": "Annotations",
}
# A pause in typing after which the search is asked.
TYPING = "300ms"
SHOWN = 12
MOST = 500
NO_STATUS = ":gray[no contract]"
NO_SCORE = Problem("No score: no contract is in force or lately lapsed.", "Its timeline says why.")


def chosen() -> str | None:
    """The id of the account that the link names; None where it names none."""
    return st.query_params.get(link.ACCOUNT) or None


def wanted() -> str | None:
    """What the reader looks for, as they type: parts of a name or id, kept in the URL."""
    return st.text_input(
        "Find an account",
        key="account_find",
        placeholder="Parts of its name or id",
        type="search",
        live=TYPING,
        max_chars=100,
        bind="query-params",
        width=400,
    )


def offer(found: Answer, work: Answer) -> None:
    """The accounts found, each with its status a link to its page, or the answer's state.

    `work` is the answer to `triage`, which knows the status of who has or lately had a contract.
    """
    if found.unrecorded:
        st.info("No account matches this name or id. Try a shorter part of it.")
    elif tiles.state(found):
        st.caption(f"{words.plain(found.finding)}.")
        statuses = {row["account_id"]: badge(row["status"]) for row in work.rows()}
        is_unread = work.state in heading.UNREAD
        with st.container(key="account_choice"):
            for row in found.rows():
                status = badge(UNKNOWN) if is_unread else NO_STATUS
                status = statuses.get(row["account_id"], status)
                owner = row["owner_name"] or "no owner known"
                facts = f"{words.money(row['arr_usd'])} ARR · {owner}"
                text = f"{status} **{words.plain(row['account_name'])}** {words.plain(facts)}"
                page_links.account(text, row["account_id"], found)


def of(answer: Answer, account_id: str, profile: Answer) -> Answer:
    """The part of an answer about every account that is about one; empty where it has no row.

    Where filters hide the account from its `profile` it says that, and nothing of its contracts.
    """
    if not answer.usable:
        return answer
    frame = answer.only(account_id=account_id)
    key = (*answer.key, account_id) if answer.key else ()
    if frame.is_empty():
        problem = NO_SCORE if profile.usable else profile.problem
        return replace(answer, frame=frame, key=key, state="empty", problem=problem)
    return replace(answer, frame=frame, key=key)


def numbers(profile: Answer, health: Answer) -> None:
    """Money, score and use, each as a tile."""
    row, scored = tiles.first(profile), tiles.first(health)
    committed = row["committed_tib"]
    tiles.metric(
        profile,
        "ARR",
        words.money(row["arr_usd"]),
        defined_by="arr_usd",
        change=_renewal(row),
        good="neither",
    )
    tiles.metric(
        health,
        "Health score",
        words.number(scored["score"]),
        defined_by="health_score",
        change=words.status(scored["band"] or UNKNOWN),
        good="neither",
    )
    tiles.metric(
        profile,
        "Usage change, 28 d",
        words.share(row["usage_change_share"], signed=True),
        defined_by="usage_change_share",
    )
    tiles.metric(
        profile,
        "Commitment pace",
        words.share(row["commitment_pace"]),
        defined_by="commitment_pace",
        change=committed and f"of {words.number(committed)} TiB",
        good="neither",
    )


def facts(profile: Answer, health: Answer) -> None:
    """Who the account is and how it fares in one line: band, segment, region, place, owner."""
    if not profile.usable:
        return
    row = profile.rows()[0]
    band = tiles.first(health)["band"] or UNKNOWN
    said = [
        *(
            f"{name} unknown" if row[name] == UNKNOWN else words.name(row[name])
            for name in ("segment", "region")
        ),
        ", ".join(map(words.name, row["hyperscalers"])) or "no contract in force",
        f"owner {row['owner_name'] or 'unknown'}",
        *(part for part in (row["industry"], row["website"]) if part),
    ]
    st.markdown(f"{badge(band)} · {' · '.join(map(words.plain, said))}")


def actions(work: Answer, offered: Choices) -> None:
    """What people did about the account that still stands, and the actions of the queue.

    `work` is the part of an answer to `triage` that is about the account. Without a contract in
    force or lately lapsed there is nothing to act on.
    """
    if not work.usable:
        return
    row = work.rows()[0]
    due = [] if row["due_date"] is None else [f"due {words.day(row['due_date'])}"]
    done = [*due, *dealt_with(row)]
    if done:
        st.caption(" · ".join(map(words.plain, done)))
    with st.container(horizontal=True, key="account_actions"):
        newest = offered.newest or work.context.as_of
        action_forms.buttons(work.context, row, offered.names, newest)


def reasons(health: Answer, change: Answer) -> None:
    """What takes points, and why the score changed, in words; or why there is none."""
    if not health.usable:
        tiles.state(health)
        return
    row = health.in_words().row(0, named=True)
    if row["reasons"]:
        st.markdown(f"**{words.plain(' · '.join(row['reasons']))}**")
    if change.usable:
        st.markdown(words.plain(change.in_words()["explanation"][0]))
    coverage, card = words.share(row["coverage_share"]), f"{row['card']} {row['card_version']}"
    oldest = words.day(row["oldest_input_date"])
    st.caption(
        f"{coverage} of the card's weight known · card {words.plain(card)} · oldest input {oldest}"
    )


def timeline(answer: Answer) -> None:
    """The account's events, newest first, of the kinds chosen; the first twelve, all on demand."""
    if account_lists.none(answer) or not tiles.state(answer):
        return
    there = [kind for kind in KINDS if kind in set(answer.frame["kind"])]
    picked = st.pills(
        "Kind",
        [KINDS[kind] for kind in there],
        selection_mode="multi",
        key="account_kinds",
        label_visibility="collapsed",
        bind="query-params",
    )
    kinds = [kind for kind in there if KINDS[kind] in picked] or there
    items = cached_artifact(answer, f"timeline of {kinds}", lambda: _items(answer, kinds))
    everything = len(items) > SHOWN and st.toggle(
        f"Show all {len(items):,}", key="account_timeline_all", bind="query-params"
    )
    with st.container(key="queue_timeline"):
        st.markdown("\n".join(items if everything else items[:SHOWN]))
    if answer.frame.height > MOST:
        st.caption(f"The newest {MOST:,} of {answer.frame.height:,} events; export contains all.")


def _renewal(row: dict[str, Any]) -> str:
    if not row["hyperscalers"]:
        return "no contract in force"
    day = row["renewal_date"]
    return "renewal date unknown" if day is None else f"renews {words.day(day)}"


def _items(answer: Answer, kinds: list[str]) -> list[str]:
    return [_item(row) for row in answer.rows() if row["kind"] in kinds][:MOST]


def _item(row: dict[str, Any]) -> str:
    return (
        f"- {words.day(row['at'])} · :gray[{KINDS[row['kind']]}]  \n  {words.plain(row['title'])}"
    )
