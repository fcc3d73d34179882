"""Acting on an account of the queue: buttons, the form of each action, and what became of it."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from components import guard, tiles
from queries import words
from queries.answer import Answer, Problem
from queries.triage.acts import Outcome, act, refused_by
from warehouse.context import Context

Row = dict[str, Any]
Form = Callable[[Context, Row, Mapping[str, str]], dict[str, Any]]
SITTING = "triage_sitting"
LAST = "triage_last_outcome"
MINE = "triage_my_actions"
MOST_REMEMBERED = 20
LATER = {"snooze": "Snooze", "assign": "Assign", "due": "Due date", "note": "Note",
         "override": "Override the band", "undo": "Undo the last action"}  # fmt: skip
SAID = {
    "acknowledge": "acknowledged",
    "assign": "assigned",
    "due": "due date set",
    "snooze": "snoozed",
    "note": "note written",
    "override": "band overridden",
    "undo": "last action undone",
}
BANDS = tuple(status for status in words.SHAPES if status != "unknown")


def buttons(context: Context, row: Row, names: Mapping[str, str]) -> None:
    """Acknowledge, snooze, and a menu with the rest, for one account as it is shown now."""
    # A key of the version: a second click on what is shown no longer acts on nothing.
    seen = f"{row['account_id']} {row['version']}"
    is_acknowledged = bool(row["acknowledged_by"]) and not row["is_new_reason"]
    if not is_acknowledged:
        st.button(
            "Acknowledge",
            key=f"acknowledge {seen}",
            on_click=_clicked,
            args=(context, row, "acknowledge"),
            kwargs={"reasons": row["factors"]},
            type="tertiary",
        )
    if row["place"] != "snoozed" and st.button("Snooze", key=f"snooze {seen}", type="tertiary"):
        form(context, row, names, "snooze")
    kinds = [kind for kind in LATER if kind != "undo" or row["version"]]
    picked = st.menu_button(
        "More",
        kinds,
        key=f"more {seen}",
        format_func=LATER.__getitem__,
        type="tertiary",
        help=f"Act on {words.plain(row['account_name'])}",
    )
    if picked:
        form(context, row, names, picked)


@st.dialog("Act on an account", width="small")
def form(context: Context, row: Row, names: Mapping[str, str], kind: str) -> None:
    """Ask for what an action says, and record it; a refused one keeps what was typed."""
    try:
        guard.authorise("act")
    except guard.Refused as refused:
        _refused(refused.problem)
        return
    st.markdown(f"**{words.plain(row['account_name'])}** · {LATER[kind].lower()}")
    with st.form(f"form {kind} {row['account_id']}", border=False, enter_to_submit=False):
        said = FORMS[kind](context, row, names)
        is_sent = st.form_submit_button(LATER[kind], type="primary")
    if not is_sent:
        return
    missing = next((name for name, value in said.items() if value in (None, "")), None)
    if missing:
        st.warning(f"Fill in the {missing.removesuffix('_id')} first; nothing was recorded.")
        return
    outcome = _act(context, row, kind, **said)
    if outcome.problem is None or outcome.is_conflict:
        st.rerun()
    tiles.fault(outcome.problem)


def notices(answer: Answer) -> None:
    """What became of this session's last action, and who was refused because of its actions."""
    last: tuple[str, Outcome, Row] | None = st.session_state.get(LAST)
    if last is not None:
        said, outcome, row = last
        with st.container(horizontal=True, vertical_alignment="center", key="triage_notice"):
            if outcome.problem is not None:
                _refused(outcome.problem)
            else:
                st.success(f"{words.plain(row['account_name'])}: {said}.", icon=":material/check:")
                now = next(iter(answer.rows(account_id=row["account_id"])), None)
                if now is not None and now["last_action_id"] == outcome.action_id:
                    st.button(
                        "Undo",
                        key=f"undo {outcome.action_id}",
                        on_click=_clicked,
                        args=(answer.context, now, "undo"),
                        kwargs={"target": outcome.action_id},
                        type="tertiary",
                        icon=":material/undo:",
                    )
    for sentence in refused_by(*st.session_state.get(MINE, ())):
        st.info(words.plain(sentence), icon=":material/group:")


def _act(context: Context, row: Row, kind: str, **said: Any) -> Outcome:
    """Record it under an id of this sitting, the account and the version seen: once, then.

    Who acts, and on whose accounts they may, is asked now: the page may be an hour old.
    """
    account, version = row["account_id"], row["version"]
    sitting = st.session_state.setdefault(SITTING, uuid.uuid4().hex)
    if "target" in said:
        said = {"action_id": said["target"]}
    action_id = f"{sitting}-{account}-{version}-{kind}"
    try:
        present = guard.authorise("act")
    except guard.Refused as refused:
        outcome = Outcome(action_id, refused.problem)
    else:
        seen = replace(context, scope=present.scope)
        outcome = act(seen, account, kind, said, action_id=action_id, seen_version=version)
    st.session_state[LAST] = (SAID[kind], outcome, row)
    if outcome.problem is None:
        mine = (*st.session_state.get(MINE, ()), outcome.action_id)
        st.session_state[MINE] = mine[-MOST_REMEMBERED:]
    return outcome


def _clicked(context: Context, row: Row, kind: str, **said: Any) -> None:
    _act(context, row, kind, **said)


def _refused(problem: Problem) -> None:
    if problem.reference:
        tiles.fault(problem)
    else:
        st.warning(
            f"{words.plain(problem.sentence)} {words.plain(problem.remedy)}", icon=":material/sync:"
        )


def _snooze(context: Context, row: Row, names: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG001
    st.caption("Leaves the queue until that day (UTC). Returns at once when a new reason appears.")
    return {
        "until": _ahead(context, "Until", 14),
        "reason": st.text_input("Why", max_chars=500),
        "reasons": row["factors"],
    }


def _assign(context: Context, row: Row, names: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG001
    people = list(names)
    owner = row["owner_id"]
    return {
        "owner_id": st.selectbox(
            "To",
            people,
            index=people.index(owner) if owner in names else None,
            format_func=lambda person: names.get(person, person),
        )
    }


def _due(context: Context, row: Row, names: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG001
    return {"date": _ahead(context, "Due", 7, least=0)}


def _note(context: Context, row: Row, names: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG001
    return {"text": st.text_area("Note", max_chars=1500, height=160)}


def _override(context: Context, row: Row, names: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG001
    st.caption("The override does not change the score. It ends on its end date.")
    return {
        "band": st.radio("Band", BANDS, format_func=words.status, horizontal=True, index=None),
        "reason": st.text_input("Why", max_chars=500),
        "expires": _ahead(context, "Until", 30),
    }


def _undo(context: Context, row: Row, names: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG001
    said = SAID[row["last_action_kind"]]
    st.markdown(
        f"{words.plain(row['last_action_by'])}: {said}, {words.day(row['last_action_at'].date())}. "
        "Nothing is deleted: an undo can be undone."
    )
    return {"target": row["last_action_id"]}


def _ahead(context: Context, label: str, days: int, *, least: int = 1) -> dt.date | None:
    picked = st.date_input(
        label,
        context.as_of + dt.timedelta(days=days),
        min_value=context.as_of + dt.timedelta(days=least),
        max_value=context.as_of + dt.timedelta(days=366),
        format="YYYY-MM-DD",
    )
    return picked if isinstance(picked, dt.date) else None


FORMS: Mapping[str, Form] = {
    "snooze": _snooze,
    "assign": _assign,
    "due": _due,
    "note": _note,
    "override": _override,
    "undo": _undo,
}
