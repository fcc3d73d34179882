"""Annotations: marks on a day, for an account, a hyperscaler or everyone."""

import datetime as dt

import pytest

from ledger import LedgerQuery
from ledger.annotations import Annotation, write
from ledger.errors import AnnotationInvalid
from tests.ledger.making import DAY, NOON

MIDNIGHT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def annotation(annotation_id="n1", **said):
    plain = {
        "subject": "everyone",
        "at": NOON,
        "author": "pia",
        "kind": "release",
        "text": "Release 7.2 went out.",
    }
    return Annotation(annotation_id=annotation_id, **(plain | said))


def test_the_same_again_writes_nothing_and_another_under_its_id_is_refused(ledger):
    assert write(ledger, annotation())
    assert not write(ledger, annotation())
    assert ledger.version("annotations") == 1
    with pytest.raises(AnnotationInvalid, match="The annotation n1 is recorded and says somethi"):
        write(ledger, annotation(text="Release 7.3 went out."))
    rows = ledger.read(LedgerQuery("annotations"))
    assert rows["text"].to_list() == ["Release 7.2 went out."]


def test_they_are_found_by_account_and_by_day(ledger):
    write(ledger, annotation("n3", subject="account:A", at=NOON))
    write(ledger, annotation("n2", subject="hyperscaler:aws", at=MIDNIGHT, kind="incident"))
    write(ledger, annotation("n1", at=MIDNIGHT - dt.timedelta(microseconds=1)))
    for wanted, found in (
        (LedgerQuery("annotations"), ["n1", "n2", "n3"]),
        (LedgerQuery("annotations", first=dt.date(2026, 3, 2)), ["n2", "n3"]),
        (LedgerQuery("annotations", last=DAY), ["n1"]),
        (LedgerQuery("annotations", account_id="A"), ["n3"]),
    ):
        assert ledger.read(wanted)["annotation_id"].to_list() == found


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"kind": "gossip"}, "kind is one of release, incident, price, scorecards"),
        ({"subject": "A"}, "subject is account:ID, hyperscaler:NAME or everyone"),
        ({"subject": "account:"}, "subject is account:ID, hyperscaler:NAME or everyone"),
        ({"at": NOON.replace(tzinfo=None)}, "its instant has a zone"),
        ({"text": " "}, "id, author and text are not empty"),
        ({"text": "x" * 2001}, "text has at most 2,000 characters"),
        ({"author": "pia\x00"}, "it holds no control characters"),
    ],
)
def test_what_breaks_a_rule_is_refused(said, rule):
    with pytest.raises(AnnotationInvalid) as refused:
        annotation(**said)
    assert refused.value.sentence == f"The annotation breaks a rule: {rule}."
