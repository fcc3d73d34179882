"""What was done about each account by a data date: the actions folded into one row. Pure."""

import datetime as dt
from collections.abc import Iterator

import dataframely as dy
import polars as pl

from ledger.action import KINDS
from ledger.bands import BANDS
from warehouse.contract.columns import count, day, identifier, instant, text, word

_PAYLOAD = pl.Struct(
    dict.fromkeys(
        ("owner_id", "date", "until", "reason", "text", "band", "expires", "action_id"), pl.String()
    )
    | {"reasons": pl.List(pl.String)}
)
# What stays of the newest action of a kind: the column of the answer and where it comes from.
_LAYERS = {
    "acknowledge": {
        "acknowledged_by": "author",
        "acknowledged_at": "at",
        "acknowledged_reasons": "reasons",
    },
    "assign": {"assigned_owner_id": "owner_id"},
    "due": {"due_date": "date"},
    "snooze": {
        "snoozed_until": "until",
        "snooze_reason": "reason",
        "snoozed_by": "author",
        "snoozed_reasons": "reasons",
    },
    "note": {"last_note": "text", "last_note_by": "author", "last_note_at": "at"},
    "override": {
        "override_band": "band",
        "override_reason": "reason",
        "override_by": "author",
        "override_expires": "expires",
    },
}


class ActionState(dy.Schema):
    """One row per account that anybody acted on by the data date."""

    account_id = identifier("Account", key=True)
    version = count("Version of the account: the number of its actions")
    acknowledged_by = text("Who acknowledged it last")
    acknowledged_at = instant("When", nullable=True)
    acknowledged_reasons = dy.List(
        dy.String(),
        nullable=True,
        description="Factors that the acknowledgement was about",
        metadata={"unit": "ids"},
    )
    assigned_owner_id = identifier("Whom it was assigned to last", nullable=True)
    due_date = day("When it is due", nullable=True)
    snoozed_until = day("First day the snooze is over; null: not snoozed", nullable=True)
    snooze_reason = text("Why it is snoozed")
    snoozed_by = text("Who snoozed it")
    snoozed_reasons = dy.List(
        dy.String(),
        nullable=True,
        description="Factors that the snooze covers",
        metadata={"unit": "ids"},
    )
    notes = count("Notes", unit="notes")
    last_note = text("The newest note")
    last_note_by = text("Who wrote it")
    last_note_at = instant("When", nullable=True)
    override_band = word("Band that somebody set in place of the score's", *BANDS, nullable=True)
    override_reason = text("Why")
    override_by = text("Who")
    override_expires = day("First day the override is over", nullable=True)
    last_action_id = identifier("The newest action, undone or not")
    last_action_kind = word("Its kind", *KINDS)
    last_action_at = instant("When")
    last_action_by = text("Who", nullable=False)


def action_state(actions: pl.LazyFrame, as_of: dt.date) -> pl.DataFrame:
    """What stands of the actions that were taken on data dates up to `as_of`.

    Grain: account_id, by name; an account nobody acted on has no row. Of each kind the newest
    action stands: the order is that of the versions, not of the clocks. An undo takes the effect
    of its action away, and an undo of that undo brings it back. A snooze or an override is in
    force until the day before its date, and one that is over leaves nothing behind: not the one
    before it either. Nothing here touches the score.
    """
    known = (
        actions.filter(pl.col("as_of") <= as_of)
        .unique("action_id")
        .sort("account_id", "version")
        .with_columns(pl.col("payload").str.json_decode(_PAYLOAD))
        .collect()
    )
    in_effect = known.filter(~pl.col("action_id").is_in(_undone(known)))
    rows = _newest_actions(known)
    for layer in (_notes(in_effect), *_layers(in_effect, as_of)):
        rows = rows.join(layer, on="account_id", how="left")
    counted = rows.with_columns(pl.col("notes").fill_null(0)).sort("account_id")
    return counted.select(ActionState.column_names())


def covered(reasons: str, by: str) -> pl.Expr:
    """Whether each factor in the list `reasons` is in the list `by`: none has appeared since.

    False where there is no such list: nothing was snoozed or acknowledged.
    """
    appeared = pl.col(reasons).list.set_difference(pl.col(by))
    return (appeared.list.len() == 0).fill_null(value=False)


def _undone(known: pl.DataFrame) -> set[str]:
    """The ids of actions without effect, newest undo first: one that is undone undoes nothing."""
    undone: set[str] = set()
    undos = known.filter(kind="undo").sort("version", descending=True)
    targets = undos.select("action_id", pl.col("payload").struct.field("action_id").alias("target"))
    for action_id, target in targets.iter_rows():
        if action_id not in undone:
            undone.add(target)
    return undone


def _newest_actions(known: pl.DataFrame) -> pl.DataFrame:
    return known.group_by("account_id").agg(
        pl.col("version").last(),
        last_action_id=pl.col("action_id").last(),
        last_action_kind=pl.col("kind").last(),
        last_action_at=pl.col("at").last(),
        last_action_by=pl.col("author").last(),
    )


def _notes(in_effect: pl.DataFrame) -> pl.DataFrame:
    written = in_effect.filter(kind="note")
    return written.group_by("account_id").agg(notes=pl.len().cast(pl.Int64))


def _layers(in_effect: pl.DataFrame, as_of: dt.date) -> Iterator[pl.DataFrame]:
    """Per kind what its newest action says of each account, where that is still in force."""
    said = in_effect.select(
        "account_id", "kind", "at", "author", pl.col("payload").struct.unnest()
    ).with_columns(pl.col("date", "until", "expires").str.to_date("%Y-%m-%d"))
    newest = said.group_by("account_id", "kind").last()
    over = (pl.col("until") <= as_of) | (pl.col("expires") <= as_of)
    in_force = newest.filter(~over.fill_null(value=False))
    for kind, columns in _LAYERS.items():
        yield in_force.filter(kind=kind).select("account_id", **columns)
