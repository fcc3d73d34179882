"""Annotations: what happened on a day that a chart should say, for an account or for everyone."""

import datetime as dt
import re
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from ledger.errors import AnnotationInvalid
from ledger.rows import append, rows_of
from ledger.store import Ledger
from ledger.tables import ANNOTATIONS

KINDS: tuple[str, ...] = ANNOTATIONS.c.kind.info["choices"]
ACCOUNT = ANNOTATIONS.info["path"].prefix
EVERYONE = "everyone"
HYPERSCALER = "hyperscaler:"
LONGEST_TEXT = 2_000
_SUBJECT = re.compile(rf"{EVERYONE}|({ACCOUNT}|{HYPERSCALER})\S.{{0,399}}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """One event worth a mark: `subject` is `account:ID`, `hyperscaler:NAME` or `everyone`.

    `annotation_id` is made by whoever writes it and stays the same when it is sent again. Raises
    `AnnotationInvalid`.
    """

    annotation_id: str
    subject: str
    at: dt.datetime
    author: str
    kind: str
    text: str

    def __post_init__(self) -> None:
        said = (self.annotation_id, self.subject, self.author, self.text)
        rules = {
            f"kind is one of {', '.join(KINDS)}": self.kind in KINDS,
            "subject is account:ID, hyperscaler:NAME or everyone": _SUBJECT.fullmatch(self.subject),
            "its instant has a zone": self.at.utcoffset() is not None,
            "id, author and text are not empty": all(one.strip() for one in said),
            f"text has at most {LONGEST_TEXT:,} characters": len(self.text) <= LONGEST_TEXT,
            "it holds no control characters": not any(map(_CONTROL.search, said)),
        }
        for rule, holds in rules.items():
            if not holds:
                raise AnnotationInvalid(
                    f"The annotation breaks a rule: {rule}.",
                    "Correct it and try again; nothing was recorded.",
                )


def write(ledger: Ledger, annotation: Annotation) -> bool:
    """Record an annotation; whether it was new. The same again writes nothing.

    Raises `AnnotationInvalid` where its id is another's, and `LedgerError`.
    """
    query = sa.select(ANNOTATIONS).where(ANNOTATIONS.c.annotation_id == annotation.annotation_id)
    with ledger.writing(ANNOTATIONS.name) as connection:
        stored = rows_of(connection, query).to_dicts()
        if not stored:
            append(connection, ANNOTATIONS, [asdict(annotation)])
        elif stored != [asdict(annotation)]:
            raise AnnotationInvalid(
                f"The annotation {annotation.annotation_id} is recorded and says something else.",
                "Give it an id of its own; nothing was recorded.",
            )
    return not stored
