"""What a click meets when something breaks: recorded once or not at all, and a sentence."""

import resource
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger import LedgerQuery, open_ledger
from ledger.errors import (
    LedgerBusy,
    LedgerError,
    LedgerFull,
    LedgerReadOnly,
    LedgerUnavailable,
)
from ledger.scores import write
from ledger.triage import Recorded, act
from queries.core.errors import reported
from tests.ledger.making import action, scores
from tests.ledger.writers import (
    act_until_killed,
    act_with_little_room,
    in_a_process,
    open_without_writing,
)

ACTIONS = LedgerQuery("triage_actions")
# Begin, look twice, count, write twice, commit, give back: with room to spare.
MOST_STEPS = 60


def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(url):
    ledger = open_ledger(url)
    answered, step = None, 0
    survivors = []
    while answered is None:
        step += 1
        assert step < MOST_STEPS
        account = f"account-{step}"
        click, answer = in_a_process(act_until_killed, url, step, account)
        try:
            answered = answer.recv()
        except EOFError:
            assert click.exitcode == -signal.SIGKILL
        mine = LedgerQuery("triage_actions", account_id=account)
        survivors.append(ledger.read(mine).height)
        assert act(ledger, action(f"a-{account}", account_id=account), 0).version == 1
        assert ledger.read(mine).height == 1
    ledger.close()
    assert answered == 1
    assert survivors == sorted(survivors)
    assert set(survivors) == {0, 1}
    assert step > 10


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    act(ledger, action("a1"), 0)
    with ledger.writing() as connection:
        pages = connection.execute(sa.text("PRAGMA page_count")).scalar()
        connection.execute(sa.text(f"PRAGMA max_page_count = {pages + 1}"))
    every = scores(*({"account_id": f"account-{number}"} for number in range(500)))
    with pytest.raises(LedgerFull, match="There is no room for another row in the ledger") as full:
        write(ledger, every)
    assert full.value.remedy == "Make room on its disk. Nothing was recorded."
    assert ledger.read(LedgerQuery("score_history")).height == 0
    assert ledger.version("score_history") == 0
    assert act(ledger, action("a2"), 1) == Recorded("a2", 2)
    ledger.close()


def test_a_write_that_the_file_system_refuses_leaves_the_log_whole(tmp_path):
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    open_ledger(url).close()
    room = (tmp_path / "ledger.sqlite").stat().st_size + resource.getpagesize()
    _, answer = in_a_process(act_with_little_room, url, room)
    recorded, error = answer.recv()
    assert error in {"LedgerUnavailable", "LedgerFull"}
    ledger = open_ledger(url)
    assert ledger.read(ACTIONS)["action_id"].to_list() == recorded
    assert ledger.read(ACTIONS)["version"].to_list() == list(range(1, len(recorded) + 1))
    ledger.close()


def test_a_file_that_others_own_is_read_only_and_said():
    folder = Path(tempfile.mkdtemp(prefix="ledger-", dir="/tmp"))
    try:
        path = folder / "ledger.sqlite"
        ledger = open_ledger(f"sqlite:///{path}")
        act(ledger, action("a1"), 0)
        _, answer = in_a_process(open_without_writing, f"sqlite:///{path}")
        kind, sentence = answer.recv()
        assert (kind, sentence) == (
            "LedgerUnavailable",
            "The ledger could not be opened: Permission denied.",
        )
        assert ledger.read(ACTIONS).height == 1
        ledger.close()
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_server_that_takes_no_rows_is_said(postgres):
    url = postgres.empty()
    ledger = open_ledger(url)
    act(ledger, action("a1"), 0)
    with ledger.writing() as connection:
        connection.execute(sa.text("SET default_transaction_read_only = on"))
    with pytest.raises(LedgerReadOnly, match="The ledger takes no rows") as refused:
        act(ledger, action("a2"), 1)
    assert refused.value.remedy == "Let this user write to it. Nothing was recorded."
    assert ledger.read(ACTIONS)["action_id"].to_list() == ["a1"]
    ledger.close()


def test_a_server_that_crashes_has_all_that_it_said_it_had(postgres):
    ledger = open_ledger(postgres.empty())
    act(ledger, action("a1"), 0)
    postgres.crash()
    try:
        with pytest.raises(LedgerUnavailable, match="did not answer"):
            act(ledger, action("a2"), 1)
        with pytest.raises(LedgerUnavailable, match="did not answer"):
            ledger.read(ACTIONS)
        with pytest.raises(LedgerUnavailable, match="did not answer"):
            ledger.version("triage_actions")
    finally:
        postgres.start()
    assert act(ledger, action("a2"), 1) == Recorded("a2", 2)
    assert ledger.read(ACTIONS)["action_id"].to_list() == ["a1", "a2"]
    ledger.close()


def test_a_server_whose_tables_are_gone_is_said(postgres):
    ledger = open_ledger(postgres.empty())
    postgres.empty()
    with pytest.raises(LedgerUnavailable, match='relation "table_versions" does not exist'):
        act(ledger, action("a1"), 0)
    with pytest.raises(LedgerUnavailable, match='relation "triage_actions" does not exist'):
        ledger.read(ACTIONS)
    ledger.close()


def test_a_file_that_vanished_takes_no_action_and_is_not_made_again(tmp_path):
    path = tmp_path / "ledger.sqlite"
    ledger = open_ledger(f"sqlite:///{path}")
    act(ledger, action("a1"), 0)
    ledger.close()
    kept = path.read_bytes()
    act(ledger, action("a2"), 1)
    path.unlink()
    with pytest.raises(LedgerUnavailable, match="unable to open database file"):
        act(ledger, action("a3"), 2)
    assert not path.exists()
    for beside in (path.with_name("ledger.sqlite-wal"), path.with_name("ledger.sqlite-shm")):
        beside.unlink(missing_ok=True)
    path.write_bytes(kept)
    assert act(ledger, action("a3"), 1) == Recorded("a3", 2)
    assert ledger.read(ACTIONS)["action_id"].to_list() == ["a1", "a3"]
    ledger.close()


def test_who_waits_too_long_for_others_is_told_to_try_again(tmp_path):
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    holder, waiting = open_ledger(url), open_ledger(url)
    with waiting.writing() as connection:
        connection.execute(sa.text("PRAGMA busy_timeout = 20"))
    with (
        holder.writing("triage_actions"),
        pytest.raises(LedgerBusy, match="Others are writing to the ledger") as busy,
    ):
        act(waiting, action(), 0)
    assert busy.value.remedy == "Try again. Nothing was recorded."
    assert act(waiting, action(), 0) == Recorded("a1", 1)
    holder.close()
    waiting.close()


def test_a_page_says_the_ledgers_sentence_and_a_reference():
    problem = reported(LedgerError("The ledger is asleep.", "Wake it."), "triage")
    assert (problem.sentence, problem.remedy) == ("The ledger is asleep.", "Wake it.")
    assert len(problem.reference) == 7
