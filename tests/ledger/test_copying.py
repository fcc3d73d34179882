"""A copy holds every row, also in the other engine, and never lands on rows that are there."""

import pytest
from polars.testing import assert_frame_equal

from ledger import LedgerQuery, copy_ledger, open_ledger
from ledger.annotations import Annotation
from ledger.annotations import write as annotate
from ledger.errors import CopyRefused
from ledger.scores import write
from ledger.tables import TABLES
from ledger.triage import Recorded, act
from tests.ledger.making import NOON, action, scores

ROWS = {"triage_actions": 2, "triage_attempts": 1, "score_history": 2, "annotations": 1}


def fill(ledger):
    act(ledger, action("a1", at=NOON.replace(microsecond=1)), 0)
    act(ledger, action("a2", "snooze"), 1)
    act(ledger, action("b1", author="pau"), 1)
    write(ledger, scores({}, {"account_id": "B", "score": None, "band": "unknown"}))
    plain = {"subject": "everyone", "at": NOON, "author": "pia", "kind": "price"}
    annotate(ledger, Annotation(annotation_id="n1", text="Prices rose.", **plain))


def url_of_an_empty_one(url, tmp_path, request):
    """Another ledger of the same engine; a server has one database, which is emptied."""
    if url.startswith("postgresql"):
        return request.getfixturevalue("postgres").empty()
    return f"sqlite:///{tmp_path / 'again.sqlite'}"


@pytest.mark.parametrize("back", [False, True], ids=["to SQLite", "and back"])
def test_a_copy_holds_every_row_and_is_acted_on_as_before(ledger, url, tmp_path, request, back):
    fill(ledger)
    before = {name: ledger.read(LedgerQuery(name)) for name in TABLES}
    there = f"sqlite:///{tmp_path / 'copy.sqlite'}"
    assert copy_ledger(url, there) == ROWS
    ledger.close()
    if back:
        again = url_of_an_empty_one(url, tmp_path, request)
        assert copy_ledger(there, again) == ROWS
        there = again
    copy = open_ledger(there)
    for name, rows in before.items():
        assert_frame_equal(copy.read(LedgerQuery(name)), rows)
    assert act(copy, action("a1", at=NOON.replace(microsecond=1)), 0) == Recorded("a1", 1)
    assert act(copy, action("a3"), 2) == Recorded("a3", 3)
    copy.close()


def test_a_copy_never_lands_on_rows_that_are_there_or_on_itself(ledger, url, tmp_path):
    fill(ledger)
    there = f"sqlite:///{tmp_path / 'copy.sqlite'}"
    copy_ledger(url, there)
    for target in (there, url):
        with pytest.raises(CopyRefused, match="has rows already") as refused:
            copy_ledger(url, target)
        assert refused.value.remedy == "Name a file or a database of its own; nothing was copied."
    assert ledger.read(LedgerQuery("triage_actions")).height == 2
