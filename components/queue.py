"""The call queue: accounts in the order to call, each with its money, its clock and its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from components import acting, link, tiles
from components.remember import built
from queries import words
from queries.answer import Answer

Row = dict[str, Any]
COLOURS = {"at_risk": "red", "watch": "yellow", "unknown": "gray", "healthy": "green"}
ORDERS = {"loss": "Expected loss and time", "score": "Score alone"}
NEXT = 5
MOST = 60
DAYS_NEW = 7
NO_BREAK = "\N{NO-BREAK SPACE}"
BELOW = ("next", "snoozed")


@dataclass(frozen=True)
class Summary:
    """The accounts below the line per place, and who moved within the last seven days.

    `entered` and `left` hold the names of those who came to be at risk, or no longer are.
    """

    places: Mapping[str, int]
    entered: tuple[str, ...]
    left: tuple[str, ...]


def asked() -> dict[str, str | int]:
    """The team's capacity and what decides the order, as picked and kept in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="queue_choices"):
        capacity = st.number_input(
            "Calls this week",
            min_value=1,
            max_value=500,
            value=12,
            key="capacity",
            bind="query-params",
            persist_state="session",
            width=130,
        )
        order = st.segmented_control(
            "Order",
            list(ORDERS.values()),
            default=ORDERS["loss"],
            required=True,
            key="order",
            bind="query-params",
            persist_state="session",
        )
    named = {says: word for word, says in ORDERS.items()}
    return {"capacity": int(capacity or 12), "order": named.get(str(order), "loss")}


def summary(answer: Answer) -> Summary:
    """What stands below the line of an answer to `triage`, and who came and went."""
    return built(answer, "queue summary", lambda: _summary(answer))


def _summary(answer: Answer) -> Summary:
    frame, as_of = answer.frame, answer.context.as_of

    def lately(column: str) -> tuple[str, ...]:
        age = (pl.lit(as_of) - pl.col(column)).dt.total_days()
        return tuple(frame.filter(age < DAYS_NEW).sort(column, "rank")["account_name"])

    return Summary(
        places={place: frame.filter(place=place).height for place in BELOW},
        entered=lately("entered_date"),
        left=lately("left_date"),
    )


def loss_tile(answer: Answer) -> None:
    """The ARR expected to be lost in 90 days with its interval, of an answer to `expected_loss`."""
    row = tiles.first(answer)
    low, high = (row[f"arr_expected_loss_{end}_usd"] for end in ("low", "high"))
    tiles.metric(
        answer,
        "Exp. loss, 90 d",
        words.money(row["arr_expected_loss_usd"]),
        defined_by="arr_expected_loss_usd",
        change=None if low is None else f"{words.money(low)} to {words.money(high)}",
        good="neither",
    )


def show(answer: Answer, names: Mapping[str, str], *, key: str) -> None:
    """The queue cut at the capacity, what comes next dimmed, and what is snoozed."""
    acting.notices(answer)
    if not tiles.state(answer):
        return
    found = summary(answer)
    st.caption(built(answer, "queue order", lambda: in_order_of(answer)))
    with st.container(key=f"queue_{key}"):
        rows = built(answer, "queue rows", lambda: _items(answer, "queue"))
        if not rows:
            st.markdown("Nobody in these filters is to be called.")
        for row in rows:
            _item(answer, row, names)
    count = found.places["next"]
    if count:
        capacity = answer.parameters["capacity"]
        st.markdown(f"**Team capacity: {capacity} this week.** Next in line:")
        if st.toggle(f"Act on all {count:,}", key="next_all", bind="query-params"):
            _act_on(answer, names, "next", count)
        else:
            _read(answer, "next")
    count = found.places["snoozed"]
    snoozed = f"Show {words.plural(count, 'account')} snoozed"
    if count and st.toggle(snoozed, key="snoozed", bind="query-params"):
        _act_on(answer, names, "snoozed", count)


def in_order_of(answer: Answer) -> str:
    """What decides the order, on which evidence."""
    row = tiles.first(answer)
    events = words.plural(row["events"], "churned account")
    if row["tier"] == 0:
        return f"Lowest score first: no probability yet (tier 0, {events})."
    if answer.parameters["order"] == "score":
        return "Lowest score first."
    return f"Expected loss × time pressure first (tier {row['tier']}, {events})."


def moves(answer: Answer) -> None:
    """Who came to be at risk, and who no longer is, within the last seven days."""
    found = summary(answer)
    for says, who in (("Entered", found.entered), ("Left", found.left)):
        named = ", ".join(map(_said, who[:NEXT]))
        more = f" and {len(who) - NEXT} more" if len(who) > NEXT else ""
        st.markdown(f"**{says} in {DAYS_NEW} d:** {named or 'nobody'}{more}")


def _act_on(answer: Answer, names: Mapping[str, str], place: str, count: int) -> None:
    with st.container(key=f"queue_{place}"):
        for row in built(answer, f"{place} rows", lambda: _items(answer, place)):
            _item(answer, row, names)
        if count > MOST:
            st.caption(f"{count - MOST:,} more are in the table below.")


def _read(answer: Answer, place: str) -> None:
    """The first few of a place to read; a list costs a rerun as much as one button."""
    rows = built(answer, f"{place} rows", lambda: _items(answer, place))[:NEXT]
    with st.container(key=f"queue_{place}"):
        st.markdown("\n".join(f"- {row['says']}".replace("\n", "\n  ") for row in rows))


def _items(answer: Answer, place: str) -> list[Row]:
    """The first rows of a place, with the lines they are shown as."""
    rows = answer.frame.filter(place=place).head(MOST).to_dicts()
    addresses = (link.to_account(answer.context, row["account_id"]) for row in rows)
    return [row | {"says": item(row, to)} for row, to in zip(rows, addresses, strict=True)]


def _item(answer: Answer, row: Row, names: Mapping[str, str]) -> None:
    with st.container(key=f"item_{row['account_id']}"):
        st.markdown(row["says"], anchors=False)
        acting.buttons(answer.context, row, names)


def item(row: Row, address: str) -> str:
    """One account in two or three lines of Markdown: what it is, why, and what was done.

    `row` is a row of `triage`, `address` that of its own page. Who has it in hand and until when
    comes emphasised, which the stylesheet dims.
    """
    name = f"**[{_said(row['account_name'])}]({address})**"
    lines = [
        f"{badge(row['status'])} {name} {_listed(facts(row))} *{_listed(hand(row))}*",
        f"{_listed(reasons(row))} :gray[· {_listed(scores(row))}]",
    ]
    done = dealt_with(row)
    if done:
        lines.append(f":gray[{_listed(done)}]")
    return "  \n".join(lines)


def facts(row: Row) -> list[str]:
    """The money and the clock of a row of `triage`."""
    if row["days_lapsed"] is not None:
        return [f"{words.money(row['arr_lapsed_usd'])} ARR lapsed"]
    loss = row["expected_loss_usd"]
    return [
        f"{words.money(row['arr_usd'])} ARR",
        *([] if loss is None else [f"{words.money(loss)} expected loss"]),
        renewal(row),
        ", ".join(map(words.name, row["hyperscalers"].split(", "))),
    ]


def renewal(row: Row) -> str:
    """When a row's account renews."""
    days = row["days_to_renewal"]
    return "renewal date unknown" if days is None else f"renews in {days} d"


def hand(row: Row) -> list[str]:
    """Who has it in hand, and by when."""
    due = [] if row["due_date"] is None else [f"due {words.day(row['due_date'])}"]
    return [*due, row["owner_name"] or "no owner known"]


def reasons(row: Row) -> list[str]:
    """The reasons of a row in words, strongest first."""
    return row["reasons"].split(" · ") if row["reasons"] else ["no factor takes points"]


def scores(row: Row) -> list[str]:
    """The score with its past and how much of it is known."""
    was = [] if row["score_before"] is None else [f"was {words.number(round(row['score_before']))}"]
    score = words.ABSENT if row["score"] is None else words.number(round(row["score"]))
    known = (
        [f"{row['coverage_share']:.0%} known".replace("%", " %")]
        if row["coverage_share"] < 1
        else []
    )
    return [f"score {score} {row['spark']}", *was, *known]


def dealt_with(row: Row) -> list[str]:
    """What people did about it that still stands."""
    said = []
    if row["override_band"]:
        said.append(
            f"override of {row['override_by']} until {words.day(row['override_expires'])}: "
            f"{row['override_reason']} (score says {words.name(row['band']).lower()})"
        )
    if row["snoozed_until"] is not None:
        said.append(
            f"snoozed by {row['snoozed_by']} until {words.day(row['snoozed_until'])}: "
            f"{row['snooze_reason']}"
        )
    if row["acknowledged_by"]:
        said.append(f"acknowledged by {row['acknowledged_by']}")
    if row["is_new_reason"]:
        said.append("a reason appeared since")
    if row["notes"]:
        said.append(f"{words.plural(row['notes'], 'note')}, last: {row['last_note']}")
    return said


def badge(status: str) -> str:
    """A status as shape, word and colour, in Markdown."""
    return f":{COLOURS[status]}[{words.status(status)}]"


def worded(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of `triage` for a table: status with its shape, hyperscalers by name."""
    shapes = {status: words.status(status) for status in COLOURS}
    return frame.with_columns(
        pl.col("status").replace(shapes),
        pl.col("hyperscalers")
        .str.split(", ")
        .list.eval(pl.element().replace(words.NAMES))
        .list.join(", "),
    )


def _listed(facts: list[str]) -> str:
    # A line breaks between facts, not inside one.
    return " · ".join(_said(fact).replace(" ", NO_BREAK) for fact in facts)


def _said(text: str) -> str:
    return words.plain(" ".join(text.split()))
