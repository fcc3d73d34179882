"""`register`: what a claim's file may say, what is kept of it, and what is said of it."""

import datetime as dt
import json
from pathlib import Path

import duckdb
import pytest

from tests.rows import build
from warehouse import clock
from warehouse.__main__ import main
from warehouse.sources.benchmarks import registration

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "docs" / "claim.toml"
NOW = dt.datetime(2026, 11, 1, 12, 30, tzinfo=dt.UTC)
WORDS = {
    "claim_id": "c1",
    "campaign": "camp",
    "workload": "write",
    "metric": "write_mib_per_s",
    "unit": "MiB/s",
    "system_id": "a",
    "baseline_system_id": "b",
    "direction": "higher",
    "margin_share": 0.01,
    "planned_sessions": 10,
    "run_order": "ABBA",
}
RUN = {
    "metric": "write_mib_per_s",
    "campaign": "camp",
    "workload": "write",
    "system_id": "a",
    "session_id": "s1",
    "unit": "MiB/s",
    "value": 7.5,
}


@pytest.fixture
def register(warehouse, tmp_path, capsys):
    """Registers the words given: the exit code, what was said as JSON, and on standard error."""

    def run(**words):
        path = tmp_path / "claim.toml"
        given = {name: value for name, value in (WORDS | words).items() if value is not None}
        path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in given.items()))
        code = main(["register", str(path), "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out), said.err

    run.warehouse = warehouse
    return run


def later(monkeypatch, **ahead):
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(**ahead))


def test_a_claim_is_written_down_with_the_instant_it_was_registered(register, rows):
    code, said, _ = register(exclusions="warm-ups")
    assert (code, said) == (
        0,
        {
            "state": "registered",
            "claim_id": "c1",
            "version": 1,
            "registered_at": "2026-11-01T12:30:00+00:00",
            "warehouse": str(register.warehouse),
            "changes": {},
            "runs_before": 0,
            "is_preregistered": True,
        },
    )
    assert rows("SELECT * EXCLUDE registered_at, CAST(registered_at AS VARCHAR) "
                "FROM benchmark_claims") == [
        ("c1", "camp", None, "write", "write_mib_per_s", "MiB/s", "a", "b", "higher", 0.01, 10,
         "ABBA", None, "warm-ups", "2026-11-01 12:30:00")
    ]  # fmt: skip
    assert rows("SELECT kind, source, table_name, rows_loaded FROM loads") == [
        ("registration", "claim.toml", "benchmark_claims", 1)
    ]


def test_the_same_words_again_change_nothing(register, fingerprint, monkeypatch):
    register()
    before = fingerprint()
    later(monkeypatch, days=3)
    code, said, _ = register()
    assert (code, said["state"], said["version"]) == (0, "unchanged", 1)
    assert said["registered_at"] == "2026-11-01T12:30:00+00:00"
    assert (said["runs_before"], said["is_preregistered"]) == (None, None)
    assert fingerprint() == before


def test_changed_words_are_a_new_version_beside_the_old_one(register, rows, monkeypatch):
    register()
    later(monkeypatch, hours=1)
    _, said, _ = register(margin_share=0.02, exclusions="warm-ups")
    assert said["version"] == 2
    assert said["changes"] == {
        "margin_share": {"from": 0.01, "to": 0.02},
        "exclusions": {"from": None, "to": "warm-ups"},
    }
    later(monkeypatch, hours=2)
    assert register()[1]["version"] == 3
    assert rows("SELECT margin_share FROM benchmark_claims ORDER BY registered_at") == [
        (0.01,), (0.02,), (0.01,),
    ]  # fmt: skip


def test_a_person_reads_which_keys_changed_and_that_runs_came_first(
    register, tmp_path, monkeypatch, capsys
):
    register()
    build(register.warehouse, {"benchmark_runs": [RUN | {"run_id": "r1"}, RUN | {"run_id": "r2"}]})
    later(monkeypatch, hours=1)
    path = tmp_path / "claim.toml"
    path.write_text(path.read_text().replace("ABBA", "ABAB"))
    assert main(["register", str(path)]) == 0
    assert capsys.readouterr().out == (
        "Registered c1, version 2, at 2026-11-01T13:30:00Z.\n"
        "  run_order: ABBA in version 1, now ABAB\n"
        "Not pre-registered: 2 runs came first.\n"
    )
    later(monkeypatch, hours=2)
    assert main(["register", str(path)]) == 0
    said = "c1 is version 2 since 2026-11-01T13:30:00Z; nothing changed.\n"
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ("elsewhere", "runs"),
    [({}, 1), ({"campaign": "x"}, 0), ({"workload": "x"}, 0), ({"metric": "x"}, 0)],
)
def test_only_runs_of_the_same_campaign_workload_and_metric_came_first(register, elsewhere, runs):
    build(register.warehouse, {"benchmark_runs": [RUN | {"run_id": "r1"} | elsewhere]})
    _, said, _ = register()
    assert (said["runs_before"], said["is_preregistered"]) == (runs, runs == 0)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            {"registered_at": "2020-01-01T00:00:00Z"},
            "claim.toml gives registered_at, which the clock alone stamps.",
        ),
        (
            {"margin": 0.02},
            "claim.toml has the key margin, which no claim has (did you mean margin_share?).",
        ),
        ({"unit": None, "run_order": None}, "claim.toml does not say unit, run_order."),
        ({"baseline_system_id": "a"}, "claim.toml compares a with itself."),
        (
            {"planned_sessions": 0},
            "claim.toml: planned_sessions is 0, not a whole number above 0.",
        ),
        (
            {"planned_sessions": True},
            "claim.toml: planned_sessions is True, not a whole number above 0.",
        ),
        (
            {"margin_share": -0.01},
            "claim.toml: margin_share is -0.01, not a share from 0 to below 1.",
        ),
        ({"margin_share": 1}, "claim.toml: margin_share is 1, not a share from 0 to below 1."),
        ({"unit": "MBps"}, "The unit 'MBps' can mean more than one thing."),
        ({"direction": "up"}, "claim.toml: direction is 'up', not one of higher, lower."),
        ({"run_order": "AAAA"}, "claim.toml: run_order is 'AAAA', not turns of A and B as ABBA."),
        ({"campaign": " "}, "claim.toml: campaign is ' ', not a text."),
        ({"workload": 7}, "claim.toml: workload is 7, not a text."),
    ],
)
def test_a_claim_that_cannot_be_registered_is_refused_by_name(register, words, sentence):
    code, said, err = register(**words)
    assert (code, said["state"], said["error"]) == (1, "refused", sentence)
    assert err.startswith(sentence)
    assert not register.warehouse.exists()


def test_a_file_that_is_no_toml_is_refused(warehouse, tmp_path, capsys):
    path = tmp_path / "claim.toml"
    path.write_text("claim_id: c1\n")
    assert main(["register", str(path)]) == 1
    assert capsys.readouterr().err.startswith("claim.toml is not TOML: ")
    assert main(["register", str(tmp_path / "nowhere.toml")]) == 1
    assert not warehouse.exists()


def test_a_clock_that_stands_still_or_runs_back_never_replaces_a_version(
    register, rows, monkeypatch
):
    register()
    for ahead in (0, -1):
        later(monkeypatch, hours=ahead)
        code, said, _ = register(margin_share=0.02)
        assert (code, said["state"]) == (1, "refused")
        assert "which is not before now" in said["error"]
    assert rows("SELECT margin_share FROM benchmark_claims") == [(0.01,)]


def test_what_another_registers_meanwhile_is_neither_lost_nor_doubled(register, rows, monkeypatch):
    register()
    later(monkeypatch, hours=1)
    land = registration.land

    def overtaken(delivery, **arguments):
        monkeypatch.setattr(registration, "land", land)
        later(monkeypatch, minutes=59)
        register(margin_share=0.02)
        later(monkeypatch, hours=1)
        return land(delivery, **arguments)

    monkeypatch.setattr(registration, "land", overtaken)
    code, said, _ = register(margin_share=0.02)
    assert (code, said["state"]) == (1, "refused")
    assert "changed while the load was being checked" in said["error"]
    assert rows("SELECT margin_share FROM benchmark_claims ORDER BY registered_at") == [
        (0.01,), (0.02,),
    ]  # fmt: skip
    assert register(margin_share=0.02)[1]["state"] == "unchanged"


def test_a_claim_of_an_older_file_is_known_again(register, rows, monkeypatch):
    register()
    with duckdb.connect(str(register.warehouse)) as connection:
        for name in ("campaign_type", "unit", "planned_sessions", "run_order", "control_campaign"):
            connection.execute(f"ALTER TABLE benchmark_claims DROP COLUMN {name}")
    later(monkeypatch, hours=1)
    _, said, _ = register()
    assert said["version"] == 2
    assert list(said["changes"]) == ["unit", "planned_sessions", "run_order"]
    assert rows("SELECT unit FROM benchmark_claims ORDER BY registered_at") == [
        (None,), ("MiB/s",),
    ]  # fmt: skip


def test_the_example_registers(warehouse, rows, capsys):
    assert main(["register", str(EXAMPLE)]) == 0
    assert capsys.readouterr().out == (
        "Registered checkpoint-write-2026-12, version 1, at 2026-11-01T12:30:00Z.\n"
    )
    assert rows("SELECT campaign_type, planned_sessions, margin_share FROM benchmark_claims") == [
        ("tpu_checkpoint", 10, 0.01)
    ]
    assert warehouse.exists()


def test_the_demo_takes_no_registration(monkeypatch, capsys):
    monkeypatch.delenv("BELLWETHER_WAREHOUSE", raising=False)
    assert main(["register", str(EXAMPLE)]) == 1
    assert capsys.readouterr().err.startswith("The demo is built again by every version")


def test_a_registry_of_ones_own_can_be_loaded(load, rows, tmp_path):
    path = tmp_path / "benchmark_claims.csv"
    path.write_text(
        ",".join([*WORDS, "registered_at"])
        + "\nc9,camp,write,write_mib_per_s,MiB/s,a,b,higher,0.01,10,ABBA,2026-01-01T00:00:00Z\n"
    )
    assert load("tables", path)["exit_code"] == 0
    assert rows("SELECT claim_id, planned_sessions FROM benchmark_claims") == [("c9", 10)]
