"""What leaves the product of any question is flat: terminal, CSV, XLSX and JSON."""

import io
import json
import re
import zipfile

import pytest

from components.export.files import to_csv, to_xlsx
from queries import cli_output
from queries.catalog import QUESTIONS
from tests.core.test_verdicts import asked
from tests.pages.hostile import COMPANY
from tests.queries.test_main import main as ask_on_terminal
from warehouse.__main__ import main as manage_on_terminal
from warehouse.flat import flat

# What the payloads of the hostile company hold, as XML may write it too.
ACTING = (
    "\x1b",
    "\x07",
    "\x9b",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "x\n- x",
    "_x001B_",
)


def acts(text):
    return [one for one in ACTING if one in text]


def test_every_question_leaves_flat_in_every_form(warehouse, on):
    warehouse(COMPANY)
    poisoned = set()
    for name, question in QUESTIONS.items():
        answer = asked(on, question)
        raw = json.dumps(answer.frame.to_dicts(), default=str, ensure_ascii=False)
        if raw != flat(raw) or "\\u001b" in raw:
            poisoned.add(name)
        document = cli_output.as_json(answer)
        assert acts(document) == [], name
        assert acts(cli_output.as_text(answer)) == [], name
        assert acts(cli_output.as_csv(answer)) == [], name
        assert acts(to_csv(answer).decode()) == [], name
        with zipfile.ZipFile(io.BytesIO(to_xlsx(answer))) as book:
            for part in book.namelist():
                if re.search(r"sharedStrings|sheet\d", part):
                    assert acts(book.read(part).decode()) == [], (name, part)
    assert len(poisoned) > 8, poisoned


NAME = "a\x1b[2J\x9b1m\u202eb"


@pytest.mark.parametrize(
    "command",
    [
        ["ask", NAME],
        ["ask", "usage_growth", "--where", f"owner={NAME}"],
        ["ask", "usage_growth", "--where", NAME],
        ["compare", NAME, NAME],
        ["backtest", NAME, "--label", NAME],
        ["claim", NAME],
        ["claim", NAME, "--json"],
        ["wording", f"{NAME} is up to 23 % better than {NAME}"],
        ["wording", f"{NAME} is up to 23 % better than {NAME}", "--json"],
    ],
)
def test_no_command_of_the_terminal_prints_what_moves_its_cursor(warehouse, capsys, command):
    warehouse(COMPANY)
    ask_on_terminal(command)
    said = capsys.readouterr()
    assert said.out + said.err
    assert acts(said.out + said.err) == []


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_no_load_or_check_prints_what_moves_a_cursor(tmp_path, capsys, monkeypatch, form):
    path = tmp_path / f"{NAME} rows.csv"
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{tmp_path}/own.duckdb")
    people = tmp_path / "people.csv"
    people.write_text(
        f"person_id,name,is_active,{NAME}\np1,{NAME},{NAME}\np2,x,true,1\np3,x,true\n"
    )
    bill = tmp_path / "bill.csv"
    bill.write_text(f"ProviderName,{NAME}\n{NAME},1\n")
    for kind, file in (("tables", path), ("tables", people), ("focus", bill), ("runs", bill)):
        for extra in ([], ["--quarantine"]):
            manage_on_terminal(["load", kind, str(file), *extra, *form])
    manage_on_terminal(["register", str(path), *form])
    manage_on_terminal(["check", *form])
    said = capsys.readouterr()
    assert acts(said.out + said.err) == []
