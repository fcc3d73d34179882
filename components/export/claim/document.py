"""The card of a benchmark claim as JSON that a stranger can verify."""

import datetime as dt
import json
from typing import Any

from components.benchmarks.claim_card import (
    ClaimCard,
    claimed,
    context,
    definitions,
    definitions_sha256,
    differs,
    interval,
    sha256,
    unknown,
    verdict,
    weakest,
)
from queries.benchmarks.metric_facts import metric_in
from queries.core.answer import Answer
from warehouse.flat import escaped

VERIFY = (
    "python3 -c 'import hashlib, json, sys; said = json.load(open(sys.argv[1])); "
    'stated = said.pop("sha256"); canonical = json.dumps(said, sort_keys=True, '
    'separators=(",", ":"), ensure_ascii=False); '
    "print(stated == hashlib.sha256(canonical.encode()).hexdigest())' FILE"
)


def to_json(card: ClaimCard) -> bytes:
    """Everything on the card with its context and definitions; an unknown is null, days are ISO.

    What is claimed, with who checked it, and what differs stand first, side by side.

    `sha256` is that of the canonical JSON of everything else; `verify_with` is the one command
    that says True for a file nobody changed.
    """
    content = {
        "file": card.file_name,
        "state": verdict(card.row),
        "claimed": claimed(card.row),
        "interval": interval(card.row),
        "weakest": weakest(card.row) or None,
        "metric": metric_in(card.row["metric"], card.row["unit"]),
        "differs": differs(card),
        "unknown": unknown(card),
        "sentence": card.row["sentence"],
        "context": dict(context(card)),
        "as_of": card.claim.context.as_of.isoformat(),
        "provenance": card.provenance,
        "inputs_sha256": card.row["inputs_sha256"],
        "definitions": definitions(card),
        "definitions_sha256": definitions_sha256(card),
        "answers": {name: _said(answer) for name, answer in card.answers.items()},
        "verify_with": VERIFY,
    }
    content["answers"]["claim"]["rows"] = [_plain(card.row)]
    signed = {**content, "sha256": sha256(content)}
    document = json.dumps(signed, indent=2, ensure_ascii=False, allow_nan=False)
    return (escaped(document) + "\n").encode()


def _said(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question.name,
        "asks": answer.question.asks,
        "state": answer.state,
        "truncated": answer.truncated,
        "parameters": answer.parameters,
        "through": _plain(answer.data_through),
        "read_at": _iso(answer.read_at),
        "units": answer.question.units(),
        "metrics": answer.question.metrics(),
        "rows": [_plain(row) for row in answer.rows()],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _iso(value) for name, value in row.items()}


def _iso(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, dt.date) else value
