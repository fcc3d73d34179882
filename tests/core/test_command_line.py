"""The terminal's door: every form of an answer, the exit codes and the sentences."""

import csv
import datetime as dt
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ledger import LedgerQuery
from queries.__main__ import main
from queries.core.ask import ask, ledger
from queries.core.catalog import QUESTIONS
from queries.core.metrics import METRICS
from queries.health.proof import band_order
from tests.health.troubled import COMPANY
from tests.usage.fleet import FLEET
from tests.usage.test_charges import BILLS
from warehouse.context import EVERYTHING, Context

ROOT = Path(__file__).resolve().parents[2]
# It has no cloud bills, and no account has a parent.
NOT_IN_THE_DEMO = {"charges_by_provider", "consumption_by_unit", "parent_health"}
# Nothing is written in a new ledger: their own tests score the demo first.
NEEDS_SCORES = {
    "account_score_history",
    "band_outcomes",
    "calibration_curve",
    "expected_loss_record",
    "score_gates",
    "score_misses",
}
HOSTILE = {"account_id": "A", "name": "=HYPERLINK(0)\x1b[2J"}


@pytest.fixture
def fleet(warehouse):
    return warehouse(FLEET | BILLS)


@pytest.fixture
def asked(capsys):
    """Runs one command and hands back its exit code, its output and what it said beside it."""

    def run(*argv):
        code = main(argv)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def as_json(value):
    if isinstance(value, dict):
        return {name: as_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S") + "Z"
    return value.isoformat() if isinstance(value, dt.date) else value


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize("name", QUESTIONS)
def test_json_rows_are_the_answers_rows(asked, name):
    code, out, _ = asked("ask", name, "--as-of", "2026-03-31", "--json")
    said = json.loads(out)
    answer = ask(name, Context(dt.date(2026, 3, 31), EVERYTHING))
    assert code == 0
    assert said["rows"] == as_json(answer.frame.to_dicts())
    assert (said["question"], said["state"]) == (name, answer.state)
    assert said["definitions"] == {
        metric: METRICS[metric].formula for metric in answer.question.defines()
    }
    assert bool(said["bands"]) == band_order.shows_bands(answer.question)


@pytest.mark.usefixtures("fleet")
def test_json_says_in_which_context_it_was_asked(asked):
    _, out, _ = asked(
        "ask", "usage_by_region", "--as-of", "2026-03-31", "--json",
        "--where", "hyperscaler=azure,aws", "--where", "days=7", "--where", "hyperscaler=gcp",
    )  # fmt: skip
    said = json.loads(out)
    assert said["context"] == {
        "as_of": "2026-03-31",
        "filters": {"hyperscaler": ["aws", "azure", "gcp"]},
        "scope": {"questions": "everything", "owner_ids": "everything"},
        "parameters": {"days": 7},
    }
    assert said["data_date"] == "2026-03-30T00:00:00Z"
    assert said["data_through"]["account_usage_daily"] == "2026-03-30T00:00:00Z"
    assert said["complete_to"] == {"account_usage_daily": "2026-04-01T00:00:00Z"}
    assert said["units"]["completeness_share"] == "share"
    assert (said["truncated"], said["simulated"], said["problem"]) == (False, False, None)


@pytest.mark.usefixtures("fleet")
def test_the_data_date_is_the_newest_day_of_the_data(asked):
    _, out, _ = asked("ask", "usage_growth", "--json")
    assert json.loads(out)["context"]["as_of"] == "2026-03-31"


@pytest.mark.usefixtures("fleet")
def test_csv_has_every_row_and_iso_instants(asked):
    code, out, _ = asked("ask", "charges_by_provider", "--as-of", "2026-01-05", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [row["charges"] for row in rows] == ["1", "2", "3", "1"]
    assert rows[1]["last_period_end"] == "2026-01-03T01:00:00Z"
    # A negative amount stays a number; an unknown stays empty.
    assert (rows[3]["billed_cost"], rows[1]["contracted_cost"]) == ("-0.5", "")


def test_no_cell_of_the_csv_starts_a_formula(warehouse, asked):
    warehouse({**FLEET, "accounts": [HOSTILE]}, simulated=True)
    _, out, _ = asked("ask", "usage_by_account", "--as-of", "2026-03-31", "--csv")
    rows = [row for row in csv.DictReader(io.StringIO(out)) if row["account_id"] == "A"]
    assert {row["name"] for row in rows} == {"'=HYPERLINK(0)\N{REPLACEMENT CHARACTER}[2J"}
    assert {row["provenance"] for row in rows} == {"SIMULATED"}


def test_the_table_starts_with_the_finding_and_the_context(warehouse, asked):
    warehouse({**FLEET, "accounts": [HOSTILE]}, simulated=True)
    code, out, err = asked("ask", "usage_by_account", "--as-of", "2026-03-31")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "2 of 6 accounts recorded no capacity usage"
    assert lines[1] == "usage_by_account · as of 2026-03-31 · days = 28 · 7 rows · SIMULATED"
    assert lines[3].split()[:4] == ["account_id", "name", "hyperscaler", "dimension"]
    # Control characters of the data never reach the terminal; an unknown is a dash.
    assert "\x1b" not in out
    assert "=HYPERLINK(0)\N{REPLACEMENT CHARACTER}[2J" in out
    unmetered = next(line for line in lines if line.startswith("C "))
    assert unmetered.split()[4:7] == ["yes", "–", "–"]


def test_every_form_says_whether_the_bands_in_it_are_shown_to_order_churn(warehouse, asked):
    warehouse(COMPANY, simulated=True)
    sentence = (
        "Bands not yet shown to order churn "
        "(scorecard 2025-11: n = 0 churned accounts, 20 are needed; no score is written yet)"
    )
    about = ("ask", "account_health", "--as-of", "2026-01-31")
    text, as_csv, told = (asked(*about, *form)[1] for form in ((), ("--csv",), ("--json",)))
    assert text.splitlines()[1] == sentence
    rows = list(csv.DictReader(io.StringIO(as_csv)))
    assert {row["bands"] for row in rows} == {sentence}
    assert list(rows[0])[-2:] == ["bands", "provenance"]
    assert json.loads(told)["bands"] == sentence
    _, without, _ = asked("ask", "outcomes", "--as-of", "2026-01-31", "--csv")
    assert "bands" not in without.splitlines()[0].split(",")


@pytest.mark.usefixtures("fleet")
def test_a_long_table_says_how_many_rows_it_leaves_out(asked):
    _, out, _ = asked("ask", "usage_by_hyperscaler", "--as-of", "2026-03-31")
    height = ask("usage_by_hyperscaler", Context(dt.date(2026, 3, 31), EVERYTHING)).frame.height
    assert out.splitlines()[-1] == f"… and {height - 50} more rows; --csv or --json prints all."


@pytest.mark.usefixtures("fleet")
def test_an_empty_answer_is_an_answer_that_says_so(asked):
    code, out, err = asked(
        "ask", "charges_by_provider", "--as-of", "2026-01-05", "--where", "hyperscaler=gcp", "--csv"
    )
    assert code == 0
    assert out.splitlines() == [",".join(QUESTIONS["charges_by_provider"].shape.column_names())]
    assert err == (
        "No rows in these filters: hyperscaler = Google Cloud hides 4. Clear it to see them.\n"
    )


@pytest.mark.usefixtures("fleet")
def test_a_filter_that_cannot_apply_is_named(asked):
    code, _, err = asked(
        "ask", "charges_by_provider", "--as-of", "2026-01-05", "--where", "region=emea"
    )
    assert (code, err) == (0, "charges_by_provider cannot be filtered by region.\n")


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("ask", "usage"), "There is no question 'usage'. Questions: "),
        (
            ("ask", "usage_growth", "--where", "hyperscaler=ibm"),
            "hyperscaler is never 'ibm'. It takes: azure, gcp, aws, none, unknown.",
        ),
        (
            ("ask", "usage_growth", "--where", "country=DE"),
            "'country'. It takes: hyperscaler, region, segment, owner.",
        ),
        (("ask", "usage_growth", "--where", "region"), "'region' is not a condition"),
        (("ask", "usage_growth", "--where", "owner=a,,b"), "owner is never ''."),
        (
            ("ask", "usage_by_account", "--where", "days=3"),
            "days is '3'; it takes a whole number from 7 to 275.",
        ),
        (
            ("ask", "usage_by_account", "--where", "days=9", "--where", "days=8"),
            "days is given twice",
        ),
        (("ask", "usage_growth", "--as-of", "31.01.2026"), "'31.01.2026' is not a day"),
        (("ask", "usage_growth", "--json", "--csv"), "not allowed with argument"),
        (("answer",), "invalid choice"),
    ],
)
def test_misuse_says_what_would_be_right(asked, argv, expected):
    code, out, err = asked(*argv)
    assert (code, out) == (2, "")
    assert expected in err


def test_an_owner_is_any_id(warehouse, asked):
    warehouse({**FLEET, "accounts": [{"account_id": "A", "name": "Amber", "owner_id": "p-1"}]})
    _, out, _ = asked(
        "ask", "usage_growth", "--as-of", "2026-03-31", "--where", "owner=p-1", "--csv"
    )
    assert [line.split(",")[0] for line in out.splitlines()[1:]] == ["aws", "aws"]


def test_a_demo_that_is_not_built_says_how_to_build_it(asked, monkeypatch, tmp_path):
    monkeypatch.delenv("BELLWETHER_WAREHOUSE", raising=False)
    monkeypatch.setattr("settings.DEMO_URL", f"duckdb:///{tmp_path / 'demo.duckdb'}")
    code, out, err = asked("ask", "usage_growth")
    assert (code, out) == (1, "")
    assert err == (
        "The embedded demo is not built yet. "
        "Build it with `make run` or `python -m warehouse demo`.\n"
    )


def test_a_warehouse_without_rows_has_no_data_date(warehouse, asked):
    warehouse({})
    code, _, err = asked("ask", "usage_growth")
    assert code == 1
    assert err.startswith("The warehouse holds no dated row, so there is no data date. Load tables")


def test_an_error_is_a_sentence_and_a_reference_and_no_traceback(warehouse, asked):
    warehouse(FLEET).write_bytes(b"not a database")
    code, out, err = asked("ask", "usage_growth", "--as-of", "2026-03-31", "--json")
    said = json.loads(out)
    assert (code, said["state"], said["rows"]) == (1, "error", [])
    assert said["problem"]["reference"] in err
    assert "Traceback" not in err


def test_list_names_every_question_with_what_it_takes(asked):
    _, out, _ = asked("list", "--json")
    listed = {entry["question"]: entry for entry in json.loads(out)}
    assert list(listed) == list(QUESTIONS)
    assert listed["charges_by_provider"]["filters"] == ["hyperscaler"]
    assert listed["usage_by_account"]["key"] == ["account_id", "hyperscaler", "dimension"]
    assert listed["usage_by_account"]["parameters"][0]["default"] == 28
    text = asked("list")[1]
    assert (
        "usage_growth\n    Where does metered usage grow, and are the two periods comparable?\n"
        in text
    )


def test_help_shows_examples(asked):
    code, out, _ = asked("ask", "--help")
    assert code == 0
    assert "python -m queries ask usage_by_hyperscaler --where hyperscaler=azure,aws" in out


def test_what_happened_on_a_day_is_recorded_once_and_what_breaks_a_rule_is_refused(asked):
    said = ("incident", "Moved to another region.", "--on", "2026-01-20", "--author", "pia")
    first, again = (asked("annotate", "account:a1", *said) for _ in range(2))
    assert [one[0] for one in (first, again)] == [0, 0]
    assert first[1].replace("Recorded", "Was there already") == again[1]
    (row,) = ledger().read(LedgerQuery("annotations", account_id="a1")).to_dicts()
    assert (row["at"], row["text"], row["author"]) == (
        dt.datetime(2026, 1, 20, tzinfo=dt.UTC),
        "Moved to another region.",
        "pia",
    )
    code, out, err = asked("annotate", "a1", *said)
    assert (code, out) == (1, "")
    assert "subject is account:ID, hyperscaler:NAME or everyone" in err


def test_a_reader_who_leaves_early_is_no_error(fleet):
    command = f"{sys.executable} -m queries ask usage_by_hyperscaler --csv | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=ROOT,
        env={**os.environ, "BELLWETHER_WAREHOUSE": f"duckdb:///{fleet}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("hyperscaler,dimension,usage_date")


def in_trouble(demo):
    """An account with everything: tickets, incidents, use, contacts and a contract in force."""
    with duckdb.connect(str(demo), read_only=True) as connection:
        (account,) = connection.execute(
            "SELECT min(account_id) FROM demo_truth.troubled_accounts WHERE warnings LIKE '%incid%'"
        ).fetchone()
    return account


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in QUESTIONS if name not in NOT_IN_THE_DEMO])
def test_the_demo_company_answers_every_question(asked, demo, name):
    names = {parameter.name for parameter in QUESTIONS[name].parameters}
    given = {"account": in_trouble(demo)} if "account" in names else {}
    where = [word for pair in given.items() for word in ("--where", "=".join(pair))]
    code, out, _ = asked("ask", name, "--json", *where)
    said = json.loads(out)
    assert (code, said["simulated"]) == (0, True)
    if name in NEEDS_SCORES:
        assert (said["state"], said["rows"]) == ("empty", [])
        return
    assert said["state"] == "ok"
    as_of = dt.date.fromisoformat(said["context"]["as_of"])
    answer = ask(name, Context(as_of, EVERYTHING), **given)
    assert len(said["rows"]) == answer.frame.height > 0
    frame = pl.DataFrame(said["rows"], infer_schema_length=None)
    assert frame.columns == answer.frame.columns


def test_a_data_date_after_the_newest_is_answered_and_said(warehouse, capsys):
    warehouse(FLEET)
    assert main(["ask", "usage_by_hyperscaler", "--as-of", "2030-01-01"]) == 0
    assert capsys.readouterr().err == (
        "Nothing later than 2026-03-31 is known; 2030-01-01 lies after it.\n"
    )
