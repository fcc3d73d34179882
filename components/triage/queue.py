"""The call queue: accounts in the order to call, each with its money, its clock and its reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from components.core import choice, page_links, tiles
from components.core.cached_artifact import cached_artifact
from components.core.page_links import Named
from components.triage import action_forms
from queries.core.answer import Answer, Choices
from queries.shared import words
from queries.triage.queue import CAUSES, PLACES

Row = dict[str, Any]
COLOURS = {"at_risk": "red", "watch": "yellow", "unknown": "gray", "healthy": "green"}
ORDERS = {"loss": "Expected loss and time", "score": "Score alone"}
NEXT = 5
MOST = 60
DAYS_NEW = 7
BARS = ("▁", "▂", "▃", "▄", "▅", "▆", "▇", "█")
NO_SCORE = "·"
BELOW = ("next", "snoozed", "overridden")


@dataclass(frozen=True)
class Summary:
    """How many accounts are in each place, what the queue covers, and who moved.

    `covered_usd` of `loss_usd` is the expected loss of the queue, of accounts with a probability
    and a contract in force; null where nobody has one. `at_risk` are the accounts in that band,
    `called` those of them in the queue. `entered` and `left` hold the names of those who came to
    be at risk within the last seven days, or no longer are; `new` of those in the queue who were
    not in the earlier one, none where there was none.
    """

    places: Mapping[str, int]
    covered_usd: float | None
    loss_usd: float | None
    at_risk: int
    called: int
    new: tuple[str, ...]
    entered: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """An account as it is now, and the place and position in which it was acted on."""

    row: Row
    place: str
    position: int


def asked() -> dict[str, str | int]:
    """The team's capacity and what decides the order, as picked and kept in the URL."""
    row = st.container(horizontal=True, vertical_alignment="bottom", key="queue_choices")
    capacity = choice.whole_number(
        "Calls this week", row, key="capacity", least=1, most=500, default=12
    )
    with row:
        order = st.segmented_control(
            "Order",
            list(ORDERS.values()),
            default=ORDERS["loss"],
            required=True,
            key="order",
            bind="query-params",
            persist_state="session",
        )
    named = {label: word for word, label in ORDERS.items()}
    return {"capacity": capacity, "order": named.get(str(order), "loss")}


def summary(answer: Answer) -> Summary:
    """What stands below the line of an answer to `triage`, and who came and went."""
    return cached_artifact(answer, "queue summary", lambda: _summary(answer))


def _summary(answer: Answer) -> Summary:
    frame, as_of = answer.frame, answer.context.as_of
    queue = frame.filter(place="queue")

    def lately(column: str) -> tuple[str, ...]:
        age = (pl.lit(as_of) - pl.col(column)).dt.total_days()
        return tuple(frame.filter(age < DAYS_NEW).sort(column, "rank")["account_name"])

    had_queue = bool(frame["was_in_queue"].any())
    return Summary(
        places={place: frame.filter(place=place).height for place in PLACES},
        covered_usd=_loss(queue) if frame["churn_probability"].count() else None,
        loss_usd=_loss(frame) if frame["churn_probability"].count() else None,
        at_risk=frame.filter(band="at_risk").height,
        called=queue.filter(band="at_risk").height,
        new=tuple(queue.filter(~pl.col("was_in_queue"))["account_name"]) if had_queue else (),
        entered=lately("entered_date"),
        left=lately("left_date"),
    )


def _loss(frame: pl.DataFrame) -> float:
    """Their expected loss as `expected_loss` adds it up: what lapsed is no ARR any more."""
    return float((frame["arr_selected_usd"] * frame["churn_probability"]).sum())


def loss_tile(answer: Answer) -> None:
    """The ARR expected to be lost in 90 days with its interval, of an answer to `expected_loss`."""
    row = tiles.first(answer)
    low, high = (row[f"arr_expected_loss_{end}_usd"] for end in ("low", "high"))
    tiles.metric(
        answer,
        "Expected loss, 90 days",
        words.money(row["arr_expected_loss_usd"]),
        defined_by="arr_expected_loss_usd",
        change=None if low is None else f"{words.money(low)} to {words.money(high)}",
        good="neither",
    )


def loss_record(answer: Answer) -> None:
    """What was lost at past month-ends beside what was expected, of `expected_loss_record`."""
    if answer.usable:
        st.caption(words.plain(f"{answer.finding}."))


def show(answer: Answer, offered: Choices, *, key: str) -> None:
    """The queue cut at the capacity, what comes next dimmed, and what is listed apart.

    An account keeps its place after an action on it until the next one, wherever it belongs now.
    """
    with st.container(key="told_above"):
        action_forms.told_above(answer)
    if not tiles.state(answer):
        return
    places, held = summary(answer).places, _held(answer)
    st.caption(words.plain(cached_artifact(answer, "queue order", lambda: in_order_of(answer))))
    with st.container(key=f"queue_{key}"):
        rows = _listing(answer, "queue", held)
        if not rows:
            st.markdown("Every account in these filters is snoozed or overridden.")
        for row in rows:
            _item(answer, row, offered)
    _more(places["queue"])
    if places["next"]:
        with st.container(key="queue_line"):
            st.markdown(f"team capacity: {answer.parameters['capacity']} this week")
        first = "all" if places["next"] <= MOST else "the first"
        shown = min(places["next"], MOST)
        if st.toggle(f"Show actions for {first} {shown:,}", key="next_all", bind="query-params"):
            _act_on(answer, offered, "next", held)
        else:
            _read(answer, "next", held)
    for place in BELOW[1:]:
        moved = held is not None and held.row["place"] == place != held.place
        count = places[place] - moved
        said = f"Show {words.plural(count, 'account')} {place}"
        if count and st.toggle(said, key=place, bind="query-params"):
            _act_on(answer, offered, place, held)


def in_order_of(answer: Answer) -> str:
    """What decides the order, on which evidence, and what the queue is and covers."""
    row, found = tiles.first(answer), summary(answer)
    events = words.plural(row["events"], "churned account")
    if row["tier"] == 0:
        order = f"Lowest score first, then largest ARR: no probability yet (tier 0, {events})."
    elif answer.parameters["order"] == "score":
        order = "Lowest score first, then largest ARR."
    else:
        order = f"Expected loss × time pressure first (tier {row['tier']}, {events})."
    covers = (
        ""
        if found.loss_usd is None
        else f" The queue covers {words.money(found.covered_usd)} of "
        f"{words.money(found.loss_usd)} expected loss."
    )
    at_risk = words.plural(found.at_risk, "account is", "accounts are")
    return (
        f"{order}{covers} The queue holds as many accounts as the team can call: {at_risk} at risk "
        f"by score, {found.called} of them in the queue."
    )


def moves(answer: Answer) -> None:
    """Who is new in the queue, who came to be at risk, and who no longer is, in seven days."""
    found = summary(answer)
    said = (
        ("New in the queue", found.new),
        ("Newly at risk", found.entered),
        ("No longer at risk", found.left),
    )
    st.markdown("\n\n".join(_moved(label, who) for label, who in said))


def _moved(label: str, who: tuple[str, ...]) -> str:
    named = ", ".join(map(words.plain, who[:NEXT]))
    more = f" and {len(who) - NEXT} more" if len(who) > NEXT else ""
    return f"**{label}, {DAYS_NEW} days:** {named or 'nobody'}{more}"


def _act_on(answer: Answer, offered: Choices, place: str, held: Held | None) -> None:
    with st.container(key=f"queue_{place}"):
        for row in _listing(answer, place, held):
            _item(answer, row, offered)
        _more(summary(answer).places[place])


def _more(count: int) -> None:
    if count > MOST:
        st.caption(f"{count - MOST:,} more are in the table below.")


def _read(answer: Answer, place: str, held: Held | None) -> None:
    """The first few of a place to read, without the buttons, which cost a rerun the most."""
    named = cached_artifact(answer, f"{place} to read", lambda: _to_read(answer, place))
    elsewhere = held.row["account_id"] if held is not None else None
    listed = [one for one in named if one.account_id != elsewhere][:NEXT]
    with st.container(key=f"queue_{place}"):
        page_links.accounts(listed, answer, key=place)


def _to_read(answer: Answer, place: str) -> list[Named]:
    # One more than is read: the account acted on last may stand elsewhere.
    rows = answer.in_words(place=place).head(NEXT + 1).to_dicts()
    return [Named(row["account_id"], name(row), " · ".join(_lines(row))) for row in rows]


def _held(answer: Answer) -> Held | None:
    """The account acted on last, where it stood then; None where that is not shown."""
    done = action_forms.last(answer.context)
    if done is None or "position" not in done.row:
        return None
    place = done.row["place"]
    now = answer.in_words(account_id=done.row["account_id"]).to_dicts()
    toggle = "next_all" if place == "next" else place
    is_shown = place == "queue" or st.session_state.get(toggle)
    return Held(_shown(now[0]), place, done.row["position"]) if now and is_shown else None


def _listing(answer: Answer, place: str, held: Held | None) -> list[Row]:
    """The first rows of a place, the account acted on last where it stood."""
    rows: list[Row] = cached_artifact(answer, f"{place} rows", lambda: _items(answer, place))
    if held is not None:
        rows = [row for row in rows if row["account_id"] != held.row["account_id"]]
        if held.place == place:
            rows.insert(held.position, held.row)
    return [row | {"place": place, "position": at} for at, row in enumerate(rows)]


def _items(answer: Answer, place: str) -> list[Row]:
    return [_shown(row) for row in answer.in_words(place=place).head(MOST).to_dicts()]


def _shown(row: Row) -> Row:
    """A row of `triage` with the words it is shown as."""
    return row | {"sentence": item(row)}


def _item(answer: Answer, row: Row, offered: Choices) -> None:
    with st.container(key=f"item_{row['account_id']}"):
        page_links.account(row["sentence"], row["account_id"], answer)
        newest = offered.newest or answer.context.as_of
        action_forms.buttons(answer.context, row, offered.names, newest)


def name(row: Row) -> str:
    """Status and name of a row of `triage`, as Markdown."""
    return f"{badge(row['status'])} **{words.plain(row['account_name'])}**"


def item(row: Row) -> str:
    """One row of `triage` as a line of Markdown, whose small parts the stylesheet sets as columns.

    Money; why it is here and what takes points, with the score and what was done; clock and owner.
    It is the label of one link: a rerun pays for every element.
    """
    return " ".join([name(row), *(page_links.small(*column) for column in _columns(row))])


def _columns(row: Row) -> tuple[list[str], list[str], list[str]]:
    why = [_listed([*causes(row), *reasons(row)]), f":gray[{_listed(scores(row))}]"]
    done = dealt_with(row)
    if done:
        why.append(f":gray[{_listed(done)}]")
    return [_listed(facts(row))], why, [words.plain(fact) for fact in clock(row)]


def _lines(row: Row) -> list[str]:
    return [line for column in _columns(row) for line in column]


def facts(row: Row) -> list[str]:
    """The money of a row of `triage`: ARR, and the loss that ranks it."""
    if row["days_lapsed"] is not None:
        money = [f"{words.money(row['arr_lapsed_usd'])} ARR lapsed"]
    else:
        money = [f"{words.money(row['arr_usd'])} ARR"]
    if row["is_assumed"]:
        money.append(f"{words.money(row['ranking_loss_usd'])} loss assumed")
    elif row["expected_loss_usd"] is not None:
        money.append(f"{words.money(row['expected_loss_usd'])} expected loss")
    places = list(map(words.name, row["hyperscalers"]))
    return [*money, ", ".join(places)] if places else money


def clock(row: Row) -> list[str]:
    """When a row's account renews, when it is due, and who has it in hand."""
    due = [] if row["due_date"] is None else [f"due {words.day(row['due_date'])}"]
    return [renewal(row), *due, row["owner_name"] or "no owner known"]


def renewal(row: Row) -> str:
    """When a row's account renews, or since when its contract has lapsed."""
    if row["days_lapsed"] is not None:
        return f"lapsed {row['days_lapsed']} d ago"
    days = row["days_to_renewal"]
    return "renewal date unknown" if days is None else f"renews in {days} d"


def causes(row: Row) -> list[str]:
    """Why a row has its place, in words."""
    return [CAUSES[cause] for cause in row["causes"]]


def reasons(row: Row) -> list[str]:
    """The reasons of a row in words, strongest first."""
    return row["reasons"] or ["no factor lowers the score"]


def scores(row: Row) -> list[str]:
    """The score with its past and how much of it is known."""
    was = [] if row["score_before"] is None else [f"was {words.number(round(row['score_before']))}"]
    if row["is_card_changed"]:
        was = ["another scorecard 28 d ago"]
    score = words.ABSENT if row["score"] is None else words.number(round(row["score"]))
    known = (
        [f"{row['coverage_share']:.0%} known".replace("%", " %")]
        if row["coverage_share"] < 1
        else []
    )
    stale = [f"stale: {', '.join(row['stale'])}"] if row["stale"] else []
    return [f"score {score} {bars(row['weekly_scores'])}", *was, *known, *stale]


def bars(scores: Sequence[float | None]) -> str:
    """Scores as one bar each, in their order; · is unknown."""
    highest = len(BARS) - 1
    return "".join(
        NO_SCORE if score is None else BARS[min(int(score * len(BARS) / 100), highest)]
        for score in scores
    )


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
    """The rows of `triage` for a table: status with its shape, codes and hyperscalers in words."""
    shapes = {status: words.status(status) for status in COLOURS}
    return frame.with_columns(
        pl.col("status").replace(shapes),
        pl.col("place").replace(PLACES),
        pl.col("causes").list.eval(pl.element().replace(CAUSES)).list.join(", "),
        pl.col("hyperscalers").list.eval(pl.element().replace(words.NAMES)).list.join(", "),
        pl.col("reasons").list.join(" · "),
    )


def _listed(facts: list[str]) -> str:
    # A line breaks between facts, not inside one.
    return " · ".join(words.plain(fact).replace(" ", words.NO_BREAK) for fact in facts)
