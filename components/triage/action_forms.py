"""Acting on an account of the queue: buttons, the form of each action, and what became of it."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components.core import focus, guard, link, tiles
from queries.core.answer import Answer, Problem
from queries.core.arguments import only_declared
from queries.shared import words
from queries.triage.actions import Outcome, act, refused_by
from warehouse.context import Context
from warehouse.flat import flat

Row = dict[str, Any]
# What was said in the fields of a form, of the context, row and names that its fields need.
Form = Callable[..., dict[str, Any]]
SITTING = "triage_sitting"
LAST = "triage_last_action"
TOLD = "action_told"
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


@dataclass(frozen=True)
class Last:
    """The last action of this session: its kind, what became of it, and the row as it was seen."""

    kind: str
    outcome: Outcome
    row: Row
    context: Context


def buttons(context: Context, row: Row, names: Mapping[str, str], newest: dt.date) -> None:
    """Acknowledge, snooze, and a menu with the rest, for one account as it is shown now.

    Below them what became of this session's last action, where it was on this account. `row` is a
    row of `triage`; before `newest`, the newest data date, each action asks first.
    """
    # A key of the version: a second click on what is shown no longer acts on nothing.
    seen = f"{row['account_id']} {row['version']}"
    picked = None
    is_acknowledged = bool(row["acknowledged_by"]) and not row["is_new_reason"]
    if not is_acknowledged:
        show: dict[str, Any] = {"key": f"acknowledge {seen}", "type": "tertiary"}
        if context.as_of < newest:
            picked = "acknowledge" if st.button("Acknowledge", **show) else None
        else:
            st.button(
                "Acknowledge",
                on_click=_clicked,
                args=(context, row, "acknowledge"),
                kwargs={"reasons": row["factors"]},
                **show,
            )
    if row["snoozed_until"] is None and st.button("Snooze", key=f"snooze {seen}", type="tertiary"):
        picked = "snooze"
    kinds = [kind for kind in LATER if kind != "undo" or row["version"]]
    chosen = st.menu_button(
        "More",
        kinds,
        key=f"more {seen}",
        format_func=LATER.__getitem__,
        type="tertiary",
        help=f"Act on {words.plain(row['account_name'])}",
    )
    _told(context, row)
    kind = picked or chosen
    if kind is not None:
        form(context, row, names, kind, newest)


def last(context: Context) -> Last | None:
    """The last action of this session, where it was done on this data date in these filters."""
    done: Last | None = st.session_state.get(LAST)
    return done if done is not None and link.of(done.context) == link.of(context) else None


def _told(context: Context, row: Row) -> None:
    """What became of the last action, at the row it was done on, and the way to undo it."""
    done = last(context)
    if done is None or done.row["account_id"] != row["account_id"]:
        return
    action = done.outcome.action_id
    with st.container(horizontal=True, vertical_alignment="center", key=TOLD):
        _say(done)
        if row["last_action_id"] == action:
            st.button(
                "Undo",
                key=f"undo {action}",
                on_click=_clicked,
                args=(context, row, "undo"),
                kwargs={"target": action},
                type="tertiary",
                icon=":material/undo:",
            )
    focus.move_to(TOLD, once=f"{action} {row['version']}")


@st.dialog("Act on an account", width="small")
def form(context: Context, row: Row, names: Mapping[str, str], kind: str, newest: dt.date) -> None:
    """Ask for what an action says, and record it; a refused one keeps what was typed.

    Before `newest`, the newest data date, it says first which day the action will count from.
    """
    try:
        guard.authorise("act")
    except guard.Refused as refused:
        _refused(refused.problem)
        return
    label = LATER.get(kind, "Acknowledge")
    st.markdown(f"**{words.plain(row['account_name'])}** · {label.lower()}")
    if context.as_of < newest:
        shown = words.day(context.as_of)
        st.warning(
            f"This page shows {shown}; the newest data date is {words.day(newest)}. What you "
            f"record here counts from {shown} on.",
            icon=":material/history:",
        )
    with st.form(f"form {kind} {row['account_id']}", border=False, enter_to_submit=False):
        said = FORMS[kind](context=context, row=row, names=names)
        is_sent = st.form_submit_button(label, type="primary")
    if not is_sent:
        return
    missing = next((name for name, value in said.items() if value in (None, "")), None)
    if missing:
        st.warning(f"Fill in the {missing.removesuffix('_id')} first; nothing was recorded.")
        return
    outcome = _act(context, row, kind, **said)
    if outcome.problem is None or outcome.is_conflict:
        st.rerun()
    tiles.error(outcome.problem)


def _say(done: Last) -> None:
    if done.outcome.problem is not None:
        _refused(done.outcome.problem)
    else:
        sentence = f"{words.plain(done.row['account_name'])}: {SAID[done.kind]}."
        st.success(sentence, icon=":material/check:")


def told_above(answer: Answer) -> None:
    """Say who was refused because this session's actions came first.

    And what became of the last action, where its account is no longer among the answer's rows.
    """
    done = last(answer.context)
    if done is not None and not answer.rows(account_id=done.row["account_id"]):
        _say(done)
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
        outcome = act(
            *(seen, account, kind, said),
            author=present.name,
            action_id=action_id,
            seen_version=version,
        )
    st.session_state[LAST] = Last(kind, outcome, row, context)
    if outcome.problem is None:
        mine = (*st.session_state.get(MINE, ()), outcome.action_id)
        st.session_state[MINE] = mine[-MOST_REMEMBERED:]
    return outcome


def _clicked(context: Context, row: Row, kind: str, **said: Any) -> None:
    _act(context, row, kind, **said)


def _refused(problem: Problem) -> None:
    if problem.reference:
        tiles.error(problem)
    else:
        st.warning(
            f"{words.plain(problem.sentence)} {words.plain(problem.remedy)}", icon=":material/sync:"
        )


def _acknowledge(row: Row) -> dict[str, Any]:
    return {"reasons": row["factors"]}


def _snooze(context: Context, row: Row) -> dict[str, Any]:
    st.caption("Leaves the queue until that day (UTC). Returns at once when a new reason appears.")
    return {
        "until": _ahead(context, "Until", 14),
        "reason": st.text_input("Why", max_chars=500),
        "reasons": row["factors"],
    }


def _assign(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    people = list(names)
    owner = row["owner_id"]
    return {
        "owner_id": st.selectbox(
            "To",
            people,
            index=people.index(owner) if owner in names else None,
            format_func=lambda person: flat(names.get(person, person)),
        )
    }


def _due(context: Context) -> dict[str, Any]:
    return {"date": _ahead(context, "Due", 7, least=0)}


def _note() -> dict[str, Any]:
    return {"text": st.text_area("Note", max_chars=1500, height=160)}


def _override(context: Context) -> dict[str, Any]:
    st.caption("The override does not change the score. It ends on its end date.")
    return {
        "band": st.radio("Band", BANDS, format_func=words.status, horizontal=True, index=None),
        "reason": st.text_input("Why", max_chars=500),
        "expires": _ahead(context, "Until", 30),
    }


def _undo(row: Row) -> dict[str, Any]:
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


_FIELDS: Mapping[str, Form] = {
    "acknowledge": _acknowledge,
    "snooze": _snooze,
    "assign": _assign,
    "due": _due,
    "note": _note,
    "override": _override,
    "undo": _undo,
}
FORMS: Mapping[str, Form] = {
    kind: only_declared(fields, ("context", "row", "names")) for kind, fields in _FIELDS.items()
}
