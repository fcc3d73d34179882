"""The proof of a score in words: verdicts, the gates as a table, and what cannot be said yet."""

from typing import Any

import polars as pl
import streamlit as st

from components.core import short_rows, tiles
from components.core.cached_artifact import cached_artifact
from queries.core.answer import Answer
from queries.core.metrics import METRICS
from queries.health.proof import score_outcomes
from queries.health.proof.score_gates import VERDICTS
from queries.shared import words

# Worst first: a gate has the worst verdict of its measures.
COLOURS = {"fail": "red", "unknown": "gray", "pass": "green"}
TIERS = {
    0: "the score ranks accounts and gives no probability",
    1: "the score, recalibrated by two parameters",
    2: "a ridge discrete-time hazard of five predictors",
    3: "boosting, recalibrated",
}
NEXT_TIER = {0: 20, 1: 55, 2: 200}
MISSES = {
    "kind": "Miss",
    "account_name": "Account",
    "arr_usd": "ARR",
    "score": "Score",
    "snapshot_date": "Snapshot",
    "happened_date": "Churned or renewed",
    "churn_reason": "Reason given",
}
Row = dict[str, Any]


def tier_tile(risk: Answer, model: Row) -> None:
    """The tier in force and its model; '–' where the card of the page is not in force."""
    fitted = words.name(model["model"] or "no probability")
    tiles.metric(
        risk,
        "Tier in force",
        words.number(model["tier"]),
        defined_by="evidence_tier",
        change=_not_in_force(model) if model["tier"] is None else fitted,
        good="neither",
    )


def churned_tile(order: Answer, row: Row) -> None:
    """On how many churned accounts the verdict on the bands rests, of a row of `band_order`."""
    tiles.metric(
        order,
        "Churned accounts",
        words.number(row.get("churned_accounts")),
        defined_by="churned_after_accounts",
        change=f"of {row['accounts']:,} with a band" if row else None,
        good="neither",
    )


def _not_in_force(model: Row) -> str:
    return f"fitted to {model['card_version']} only"


def unwritten(gates: Answer) -> None:
    """Say that no score is written, and how one is; or the answer's other state."""
    if gates.unrecorded:
        st.info(
            "No score is written for this data date or an earlier one, so nothing can be held "
            "against what followed. Ask whoever operates Bellwether to have scores written.",
            icon=":material/history_edu:",
        )
    else:
        tiles.state(gates)


def verdicts(gates: Answer) -> None:
    """Every gate with its verdict, as shape, word and colour; or the answer's state."""
    if tiles.state(gates):
        with st.container(key="queue_gates"):
            st.markdown(cached_artifact(gates, "verdicts", lambda: verdict_list(gates.frame)))


def verdict_list(gates: pl.DataFrame) -> str:
    """The gates as a Markdown list; a gate fails where one of its measures does."""
    lines = []
    for gate in gates["gate"].unique(maintain_order=True):
        reached = set(gates.filter(gate=gate)["verdict"])
        verdict = next(verdict for verdict in COLOURS if verdict in reached)
        said = VERDICTS[verdict].replace(" ", words.NO_BREAK, 1)
        lines.append(f"- :{COLOURS[verdict]}[{said}] {gate}")
    return "\n".join(lines)


def passed(gates: pl.DataFrame) -> str:
    """How many of the measures pass."""
    return f"{gates.filter(verdict='pass').height} of {gates.height} measures pass."


def table(gates: Answer) -> None:
    """Every measure with its interval, target and verdict; or the answer's state."""
    if tiles.state(gates):
        st.markdown(
            cached_artifact(gates, "table in words", lambda: short_rows.worded(worded(gates.frame)))
        )


def worded(gates: pl.DataFrame) -> pl.DataFrame:
    """The rows of `score_gates` under the titles of a table, their mixed units said in words."""
    rows = gates.to_dicts()
    return pl.DataFrame(
        {
            "Gate": [row["gate"] for row in rows],
            "Measured": [row["name"] for row in rows],
            "Value": [value(row) for row in rows],
            "95 % interval": [interval(row) for row in rows],
            "Wanted": [row["target"] for row in rows],
            "Verdict": [_verdict(row) for row in rows],
            "n": [row["n"] for row in rows],
        },
        schema_overrides={"n": pl.Int64},
    )


def value(row: Row, column: str = "value") -> str:
    """A value of a gate's row by its unit; '–' where nothing could be measured."""
    say = words.share if row.get("unit") == "share" else words.number
    return say(row.get(column))


def interval(row: Row) -> str:
    """The interval of a gate's row; '–' where it has none."""
    if row.get("low") is None or row.get("high") is None:
        return words.ABSENT
    return f"{value(row, 'low')} to {value(row, 'high')}"


def _verdict(row: Row) -> str:
    said = VERDICTS[row["verdict"]]
    return f"{said} (n = {row['n']})" if row["verdict"] == "unknown" else said


def named(misses: pl.DataFrame) -> pl.DataFrame:
    """The misses with their kind in words."""
    return misses.with_columns(pl.col("kind").replace(score_outcomes.MISSES))


def tier_words(risk: Row) -> str:
    """The tier in force, what it is, and on how many churned accounts it rests."""
    if risk.get("tier") is None:
        if risk.get("card_version"):
            return f"No probability: only {risk['card_version']}, in force, has one."
        return "No tier: no account is known."
    churned = words.plural(risk["events"], "churned account")
    return f"Tier {risk['tier']} is in force: {TIERS[risk['tier']]}. It rests on {churned}."


def limits(gates: Answer, risk: Row) -> str:
    """What the page cannot say yet, as a Markdown list."""
    frame = gates.frame
    said = [_tier_limit(risk)]
    missing = frame.filter(verdict="unknown")["name"].to_list()
    if missing:
        said.append(f"Not enough evidence, whatever their values look like: {', '.join(missing)}.")
    if not frame.is_empty():
        version = words.plain(frame.item(0, "card_version"))
        said.append(
            f"How another scorecard does: what is not in the table of every scorecard is of "
            f"{version}, and scores of two scorecards do not compare."
        )
    said.append(
        "Who will buy less, and who leaves because it was bought: only leaving counts here, "
        "whatever the reason."
    )
    said.append("What would have happened without the calls that a low score led to.")
    if gates.simulated:
        said.append(
            "Whether any of it holds for real accounts: the data are SIMULATED, which proves the "
            "software and not the score."
        )
    return "\n".join(f"- {one}" for one in said)


def _tier_limit(risk: Row) -> str:
    tier, events = risk.get("tier"), risk.get("events") or 0
    if tier is None and risk.get("card_version"):
        return "How likely a churn is by a scorecard that is not in force."
    if tier == 0 or tier is None:
        return f"How likely a churn is: {_wanted(events, NEXT_TIER[0])}."
    wanted = NEXT_TIER.get(tier)
    if wanted is None:
        return "Whether a model that nobody tried here would do better."
    if events >= wanted:
        return "Whether fitted weights help: so far they do not beat the tier in force out of time."
    return f"Whether the next tier would do better: {_wanted(events, wanted)}."


def _wanted(events: int, wanted: int) -> str:
    return f"{words.plural(events, 'churned account')}, {wanted} are needed"


def gate_tile(gates: Answer, metric: str) -> None:
    """The tile of one measure with its interval, or on how many accounts it rests."""
    row = tiles.first(gates, metric=metric)
    has_interval = row["low"] is not None
    tiles.metric(
        gates,
        METRICS[metric].name,
        value(row),
        defined_by=metric,
        change=interval(row) if has_interval else f"of {row['n']}",
        good="neither",
        compared_with="95 % interval" if has_interval else "accounts",
    )


def misses(answer: Answer) -> None:
    """Whom the score told wrong, by name, of an answer to `score_misses`."""
    tiles.section(
        "The misses, by name",
        answer,
        key="score_proof_misses",
        caption="Healthy within 90 days of churning, or at risk within 90 days of renewing.",
    )
    tiles.table(answer, MISSES, key="score_proof_misses_table", view=named, account="account_id")
