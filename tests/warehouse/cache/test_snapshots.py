"""Last good answers on disk: whole or not at all, bounded, and never a reason to fail."""

import errno
import os
import stat

import polars as pl
import pytest

from tests.warehouse.cache.settled import settle
from warehouse.cache import Snapshot, Snapshots

MIB = 1024 * 1024
FRAME = pl.DataFrame(
    {"name": ["Amber", None], "usd": [1.5, None], "n": [1, 2]},
    schema={"name": pl.String, "usd": pl.Float64, "n": pl.Int64},
)


def kept(folder, key, *, facts=None, frame=FRAME, most=MIB):
    snapshots = Snapshots(folder, most)
    snapshots.keep(key, Snapshot(frame, facts or {}))
    settle(snapshots)
    return snapshots


def test_a_restarted_process_reads_what_was_kept(tmp_path):
    facts = {
        "finding": "Azure carries 40.0 % – so far",
        "data_through": {"tickets": None},
        "truncated": False,
    }
    kept(tmp_path / "kept", ("question", 1), facts=facts)
    found = Snapshots(tmp_path / "kept", MIB).load(("question", 1))
    assert found.frame.equals(FRAME)
    assert found.frame.schema == FRAME.schema
    assert found.facts == facts


def test_another_key_is_another_answer(tmp_path):
    snapshots = kept(tmp_path, ("question", "pia"))
    assert snapshots.load(("question", "pau")) is None
    assert Snapshots(tmp_path / "nowhere", MIB).load(("question",)) is None


def test_only_this_user_may_look_and_names_say_nothing(tmp_path):
    kept(tmp_path / "kept", ("churn", "customer-secret"))
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
    names = [path.name for path in (tmp_path / "kept").iterdir()]
    assert len(names) == 1
    assert "secret" not in names[0]


def test_the_newest_is_that_of_this_warehouse_alone(tmp_path):
    kept(tmp_path, ("question",))
    (ours,) = tmp_path.iterdir()
    os.utime(ours, (1, 1))
    other = Snapshots(tmp_path, MIB, "another warehouse")
    assert other.newest() is None
    other.keep(("question",), Snapshot(FRAME, {}))
    settle(other)
    assert Snapshots(tmp_path, MIB).newest() == 1
    assert other.newest() > 1
    assert other.size_bytes == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_what_is_dropped_is_gone_for_the_next_process(tmp_path):
    snapshots = kept(tmp_path, ("question",))
    snapshots.drop(("question",))
    snapshots.drop(("never kept",))
    settle(snapshots)
    assert list(tmp_path.iterdir()) == []
    assert snapshots.failures == 0


@pytest.mark.parametrize("content", [b"", b"PAR1 not really", b"x" * 5000])
def test_a_damaged_file_is_no_answer_and_is_said_in_the_log(tmp_path, content, caplog):
    snapshots = kept(tmp_path, ("question",))
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    assert snapshots.load(("question",)) is None
    assert "could not be read" in caplog.text


def test_the_oldest_leave_when_the_room_is_spent(tmp_path):
    one = kept(tmp_path, ("old",)).size_bytes
    (old,) = tmp_path.iterdir()
    os.utime(old, (1, 1))
    snapshots = kept(tmp_path, ("new",), most=one)
    assert snapshots.load(("old",)) is None
    assert snapshots.load(("new",)).frame.equals(FRAME)
    assert snapshots.size_bytes == one


def test_an_answer_too_large_for_the_room_is_passed_over(tmp_path):
    large = pl.DataFrame({"n": range(1000)})
    snapshots = kept(tmp_path, ("large",), frame=large, most=8 * large.estimated_size() - 8)
    assert snapshots.load(("large",)) is None
    assert (
        kept(tmp_path, ("large",), frame=large, most=8 * large.estimated_size())
        .load(("large",))
        .frame.equals(large)
    )


def test_a_full_disk_costs_the_snapshot_and_leaves_the_one_before(tmp_path, monkeypatch, caplog):
    snapshots = kept(tmp_path, ("question",), facts={"turn": 1})

    def full(*_arguments, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    snapshots.keep(("question",), Snapshot(FRAME, {"turn": 2}))
    settle(snapshots)
    assert snapshots.failures == 1
    assert "could not be written" in caplog.text
    assert snapshots.load(("question",)).facts == {"turn": 1}
    assert len(list(tmp_path.iterdir())) == 1, "the draft is gone"
