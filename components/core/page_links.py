"""Signposts: what another page answers, in one line that leads there with the same filters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

import polars as pl
import streamlit as st

from components.core import heading, link, navigation
from components.core.cached_artifact import cached_artifact
from queries.core.answer import Answer
from queries.shared import words

Wording = Callable[[pl.DataFrame], str]


@dataclass(frozen=True)
class Named:
    """An account in a list, in Markdown without paragraphs: its line, and the line below it.

    Without an id, it is known by name alone and leads nowhere.
    """

    account_id: str | None
    line: str
    below: str


def line(answer: Answer, label: str, page: str, wording: Wording | None = None) -> None:
    """The finding (or what `wording` makes of the rows), or the state, as a link to a page."""
    lead(f"**{label}**: {words.plain(sentence(answer, wording))}", page, answer)


def lead(text: str, page: str, answer: Answer) -> None:
    """`text`, in Markdown, as a link to a page in the context of the answer."""
    st.page_link(
        navigation.page(page),
        label=text,
        icon=":material/arrow_forward:",
        icon_position="right",
        query_params=link.said(link.of(answer.context)),
    )


def account(text: str, account_id: str, answer: Answer) -> None:
    """`text`, in Markdown, as a link to the page of an account in the context of the answer."""
    to = link.said(link.of(answer.context, account=account_id))
    st.page_link(navigation.page(link.ACCOUNT), label=text, icon="", query_params=to)


def accounts(listed: Iterable[Named], answer: Answer, *, key: str) -> None:
    """Accounts one below the other, each two lines that lead to its page.

    Each is one element, as a rerun pays for every element; the stylesheet puts the small text on a
    line of its own.
    """
    with st.container(key=f"accounts_{key}"):
        for named in listed:
            text = f"{named.line} {small(named.below)}"
            if named.account_id is None:
                st.markdown(text)
            else:
                account(text, named.account_id, answer)


def small(first: str, *others: str) -> str:
    """Lines of a link's label, in Markdown, that stand on their own below or beside it."""
    return f":small[{' '.join([first, *map(small, others)])}]"


def follow_account(answer: Answer, account_id: str) -> NoReturn:
    """Go to the page of an account, in the context of the answer."""
    to = link.of(answer.context, account=account_id)
    st.switch_page(navigation.page(link.ACCOUNT), query_params=to)


def sentence(answer: Answer, wording: Wording | None = None) -> str:
    """The finding with what limits it; the problem, which that page explains, without an answer.

    Where there is nothing to say and no filter hides it, the finding says what is missing.
    """
    if answer.unrecorded:
        return wording(answer.frame) if wording else answer.finding
    if answer.problem is not None and not answer.usable:
        return answer.problem.sentence
    remarks = ["last good answer"] if answer.state == "stale" else []
    ignored = heading.not_applied(answer.context, (answer,))
    if ignored:
        remarks.append(f"not filtered by {', '.join(ignored)}")
    remark = f" ({'; '.join(remarks)})" if remarks else ""
    said = (
        cached_artifact(answer, wording.__name__, lambda: wording(answer.frame))
        if wording
        else answer.finding
    )
    return f"{said}{remark}"
