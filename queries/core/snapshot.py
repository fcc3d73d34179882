"""An answer on its way to disk and back: rows as Parquet, everything else as plain JSON values."""

import datetime as dt
from collections.abc import Mapping

from queries.core.answer import Answer
from queries.core.question import Question, Value
from warehouse.cache import Key, Snapshot
from warehouse.context import Context


def packed(answer: Answer) -> Snapshot:
    """The answer without what its asker brings along anyway: question, context, parameters."""
    return Snapshot(
        answer.frame,
        {
            "state": answer.state,
            "finding": answer.finding,
            "truncated": answer.truncated,
            "data_through": _written(answer.data_through),
            "complete_to": _written(answer.complete_to),
            "applicable_filters": sorted(answer.applicable_filters),
            "provenance": answer.provenance,
            "read_at": answer.read_at.isoformat(),
        },
    )


def unpacked(
    snapshot: Snapshot,
    question: Question,
    context: Context,
    parameters: dict[str, Value],
    place: Key,
) -> Answer | None:
    """The answer as it was; None where the question has another shape by now."""
    if snapshot.frame.schema != question.shape.create_empty().schema:
        return None
    facts = snapshot.facts
    return Answer(
        question=question,
        context=context,
        parameters=parameters,
        frame=snapshot.frame,
        state=facts["state"],
        finding=facts["finding"],
        truncated=facts["truncated"],
        data_through=_instants(facts["data_through"]),
        # A file of an earlier version does not say.
        complete_to=_instants(facts.get("complete_to", {})),
        applicable_filters=frozenset(facts["applicable_filters"]),
        provenance=facts["provenance"],
        read_at=dt.datetime.fromisoformat(facts["read_at"]),
        key=(*place, "from disk", facts["read_at"]),
    )


def _written(instants: Mapping[str, dt.datetime | None]) -> dict[str, str | None]:
    return {table: at.isoformat() if at else None for table, at in instants.items()}


def _instants(written: Mapping[str, str | None]) -> dict[str, dt.datetime | None]:
    return {table: dt.datetime.fromisoformat(at) if at else None for table, at in written.items()}
