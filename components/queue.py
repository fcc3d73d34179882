"""The call queue: accounts in the order to call, each with its money, its clock and its reasons."""

from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from components import link, signpost, tiles
from components.remember import built
from queries import words
from queries.answer import Answer
from queries.definitions.thresholds import SILENCE, THRESHOLDS

COLOURS = {"at_risk": "red", "watch": "yellow", "unknown": "gray", "healthy": "green"}
FLAGGED = ("at_risk", "watch", "unknown")
SHOWN = 10
TOP = 4
MOST = 200
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Summary:
    """The queue in numbers; money in USD per year.

    `touched_usd` is the ARR of the `touched` accounts where an indicator signals, `exposed_usd`
    that of the `renewing` accounts at risk that renew within 90 days; `counts` holds the accounts
    per status.
    """

    touched_usd: float
    touched: int
    exposed_usd: float
    renewing: int
    counts: dict[str, int]


def summary(answer: Answer) -> Summary:
    """The numbers over an answer to `churn_indicators`; zero accounts where it has none."""
    return built(answer, "queue summary", lambda: _summary(answer.frame))


def _summary(frame: pl.DataFrame) -> Summary:
    exposed = frame.filter(
        pl.col("status") == "at_risk", pl.col("days_to_renewal") <= THRESHOLDS.exposed_days
    )
    return Summary(
        touched_usd=float(frame["arr_touched_usd"].sum()),
        touched=frame.filter(pl.col("signals") > 0).height,
        exposed_usd=float(exposed["arr_usd"].sum()),
        renewing=exposed.height,
        counts={status: frame.filter(status=status).height for status in COLOURS},
    )


def statuses(key: str) -> tuple[str, ...]:
    """The statuses to list, as picked and kept in the URL; the flagged ones where none is."""
    picked = st.pills(
        "Status",
        [words.name(status) for status in COLOURS],
        selection_mode="multi",
        default=[words.name(status) for status in FLAGGED],
        key=key,
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
    return tuple(status for status in COLOURS if words.name(status) in picked) or FLAGGED


def show(answer: Answer, listed: tuple[str, ...], *, key: str) -> None:
    """The accounts of these statuses in the answer's order, and a word on those left out.

    The first ten stand there; the others (200 at most) wait behind one switch.
    """
    if not tiles.state(answer):
        return
    items = built(answer, f"queue of {listed}", lambda: _items(answer, listed))
    place = st.container(key=f"queue_{key}")
    everything = len(items) > SHOWN and st.toggle(
        f"Show all {len(items):,}", key=f"{key}_all", bind="query-params"
    )
    with place:
        named = ", ".join(words.name(status).lower() for status in listed)
        nobody = f"No account in these filters is {named}."
        st.markdown("\n".join(items if everything else items[:SHOWN]) or nobody)
    left_out = not_listed(summary(answer).counts, listed)
    if left_out:
        st.caption(left_out)


def _items(answer: Answer, listed: tuple[str, ...]) -> list[str]:
    rows = answer.frame.filter(pl.col("status").is_in(listed)).head(MOST).to_dicts()
    return [item(row, link.to_account(answer.context, row["account_id"])) for row in rows]


def top(answer: Answer, *, key: str) -> None:
    """The health mix, the first few accounts at risk, and the way to the whole queue."""
    if not tiles.state(answer):
        return
    with st.container(key=f"queue_{key}"):
        counts = summary(answer).counts
        st.markdown(mix(counts))
        worst = built(answer, "top of the queue", lambda: _top(answer))
        st.markdown(worst or "No account in these filters is at risk.")
        flagged = sum(counts[status] for status in FLAGGED)
        signpost.lead(f"All {flagged:,} in Triage" if flagged else "Triage", "triage", answer)


def _top(answer: Answer) -> str:
    rows = answer.only(status="at_risk").head(TOP).to_dicts()
    return "\n".join(brief(row, link.to_account(answer.context, row["account_id"])) for row in rows)


def mix(counts: dict[str, int]) -> str:
    """The accounts per status in one line of Markdown."""
    return " · ".join(
        f":{COLOURS[status]}[{_listed([_counted(status, count)])}]"
        for status, count in counts.items()
    )


def not_listed(counts: dict[str, int], listed: tuple[str, ...]) -> str:
    """Which accounts are left out, by status; empty where none is."""
    hidden = [
        _counted(status, count)
        for status, count in counts.items()
        if count and status not in listed
    ]
    return f"Not listed here: {', '.join(hidden)}." if hidden else ""


def item(row: dict[str, Any], address: str) -> str:
    """One account as a list item of Markdown: status, name, money, clock; then the reasons.

    `row` is a row of `churn_indicators`; the name leads to `address`, the account's page. The
    owner comes emphasised, which the stylesheet sets at the right.
    """
    hyperscalers = ", ".join(map(words.name, row["hyperscalers"].split(", ")))
    if hyperscalers:
        facts = [f"{words.money(row['arr_usd'])} ARR", renewal(row), hyperscalers]
    else:
        facts = [f"{words.money(row['arr_touched_usd'])} ARR lapsed"]
    owner = row["owner_name"] or "no owner known"
    return (
        f"- {badge(row['status'])} [**{_said(row['account_name'])}**]({address}) "
        f"{_listed(facts)} "
        f"*{_said(owner)}*  \n  {_listed(reasons(row))} "
        f":gray[· {row['inputs_known']} of {row['inputs_total']} indicators known]"
    )


def brief(row: dict[str, Any], address: str) -> str:
    """The same for a narrow list: status, name and money; then the strongest reason."""
    return (
        f"- {badge(row['status'])} [**{_said(row['account_name'])}**]({address}) "
        f"{_said(words.money(max(row['arr_usd'], row['arr_touched_usd'])))}  \n"
        f"  :gray[{_said(reasons(row)[0])}]"
    )


def badge(status: str) -> str:
    """A status as shape, word and colour, in Markdown."""
    return f":{COLOURS[status]}[{words.status(status)}]"


def reasons(row: dict[str, Any]) -> list[str]:
    """The reasons of a row in words, strongest first; that usage is unknown is always one.

    A near renewal is left to the clock, which `renewal` says of every account.
    """
    # The signalling reasons lead; what follows them is the question's own word for silence.
    signalling = row["reasons"].split(" · ")[: row["signals"]]
    said = [reason for reason in signalling if reason != renewal(row)]
    if row["usage_28d_tib_hours"] is None:
        said.append(SILENCE)
    return said or ["no indicator signals"]


def renewal(row: dict[str, Any]) -> str:
    """When a row's account renews."""
    days = row["days_to_renewal"]
    return "renewal date unknown" if days is None else f"renews in {days} d"


def worded(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of `churn_indicators` for a table: status with its shape, hyperscalers by name."""
    shapes = {status: words.status(status) for status in COLOURS}
    return frame.with_columns(
        pl.col("status").replace(shapes),
        pl.col("hyperscalers")
        .str.split(", ")
        .list.eval(pl.element().replace(words.NAMES))
        .list.join(", "),
    )


def _counted(status: str, count: int) -> str:
    return f"{words.SHAPES[status]} {count:,} {words.name(status).lower()}"


def _listed(facts: list[str]) -> str:
    # A line breaks between facts, not inside one.
    return " · ".join(_said(fact).replace(" ", NO_BREAK) for fact in facts)


def _said(text: str) -> str:
    return words.plain(" ".join(text.split()))
