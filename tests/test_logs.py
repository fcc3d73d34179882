"""The log: one line per event, for a person or for a machine, with the reader's reference."""

import datetime as dt
import json
import logging

import pytest

import logs
from queries.core.errors import reported
from warehouse.errors import SettingInvalid, WarehouseMissing

GONE = WarehouseMissing("There is none.", "Build one.")


@pytest.fixture
def configured(monkeypatch):
    def configure(wanted, level="INFO"):
        monkeypatch.setenv("BELLWETHER_LOG_FORMAT", wanted)
        monkeypatch.setenv("BELLWETHER_LOG_LEVEL", level)
        logs.configure()

    return configure


def test_a_machine_reads_one_object_a_line_with_the_readers_reference(configured, capsys):
    configured("json")
    problem = reported(GONE, "usage_growth")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    event = json.loads(lines[0])
    assert dt.datetime.fromisoformat(event.pop("time")).tzinfo is not None
    assert "WarehouseMissing" in event.pop("traceback")
    assert event == {
        "level": "ERROR",
        "logger": "bellwether.queries",
        "message": f"{problem.reference} usage_growth failed",
        "reference": problem.reference,
        "what": "usage_growth",
    }


def test_a_person_reads_the_reference_on_the_first_line(configured, capsys):
    configured("text")
    problem = reported(GONE, "usage_growth")
    first = capsys.readouterr().err.splitlines()[0]
    assert first.split(" ", 1)[1] == (
        f"ERROR bellwether.queries {problem.reference} usage_growth failed "
        f'reference="{problem.reference}" what="usage_growth"'
    )


def test_configuring_again_doubles_nothing_and_takes_the_new_level(configured, capsys):
    for level in ("INFO", "ERROR"):
        configured("text", level)
    logging.getLogger("bellwether.queries").warning("less than an error")
    logging.getLogger("bellwether.queries").error("an error")
    assert [line.split(" ", 1)[1] for line in capsys.readouterr().err.splitlines()] == [
        "ERROR bellwether.queries an error"
    ]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("BELLWETHER_LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING, ERROR"),
        ("BELLWETHER_LOG_FORMAT", "xml", "text, json"),
    ],
)
def test_a_word_that_is_none_is_refused_with_those_that_are(monkeypatch, name, text, words):
    monkeypatch.setenv(name, text)
    with pytest.raises(SettingInvalid, match=f"{name} is '{text}'; it is one of {words}"):
        logs.configure()


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_line_holds_a_password_or_a_token(configured, capsys, form):
    configured(form)
    held = "postgresql://pia:p@ss/hunter2@host/db and md:x?motherduck_token=hunter2&user=pia"
    facts = {"url": held, "option": "password=hunter2"}
    logging.getLogger("bellwether.queries").error(
        "%s", held, exc_info=ValueError(held), extra={"facts": facts}
    )
    said = capsys.readouterr().err
    assert "hunter2" not in said
    assert "postgresql://pia:…@host/db and md:x?motherduck_token=…&user=pia" in said.replace(
        "\\u2026", "…"
    )
    if form == "json":
        assert json.loads(said)["option"] == "password=…"


def test_a_line_keeps_addresses_without_a_password(configured, capsys):
    configured("text")
    logging.getLogger("bellwether.door").warning("http://localhost:8501/usage asked by pia@host")
    assert "http://localhost:8501/usage asked by pia@host" in capsys.readouterr().err
