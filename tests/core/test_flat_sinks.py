"""What leaves the product of any question is flat: terminal, CSV, XLSX and JSON."""

import csv
import io
import json
import re
import zipfile

import openpyxl
import pytest
from lxml import etree
from PIL import Image

from components.benchmarks.claim_card import ClaimCard
from components.benchmarks.claim_json import to_json
from components.benchmarks.figures.claim_picture import to_png
from components.benchmarks.figures.claim_slide import to_pptx
from components.export.files import to_csv, to_xlsx
from queries.cli import output
from queries.core.ask import ask, ask_all
from queries.core.catalog import QUESTIONS
from queries.shared.spreadsheet import STARTS_A_FORMULA
from tests.core.hostile import COMPANY, PAYLOADS
from tests.core.test_command_line import main as ask_on_terminal
from tests.core.test_verdicts import asked
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


def formulas(document):
    """The cells of a CSV document that a spreadsheet would compute."""
    rows = csv.reader(line for line in document.splitlines() if not line.startswith("#"))
    cells = [cell for row in rows for cell in row]
    return [one for one in cells if one.startswith(STARTS_A_FORMULA) and not NUMBER.match(one)]


NUMBER = re.compile(r"-\d[\d.e+-]*$")


def test_every_question_leaves_flat_in_every_form(warehouse, on):
    warehouse(COMPANY)
    poisoned = set()
    for name, question in QUESTIONS.items():
        answer = asked(on, question)
        raw = json.dumps(answer.frame.to_dicts(), default=str, ensure_ascii=False)
        if raw != flat(raw) or "\\u001b" in raw:
            poisoned.add(name)
        document = output.as_json(answer)
        assert acts(document) == [], name
        assert acts(output.as_text(answer)) == [], name
        assert acts(output.as_csv(answer)) == [], name
        assert acts(to_csv(answer).decode()) == [], name
        assert formulas(output.as_csv(answer)) == formulas(to_csv(answer).decode()) == [], name
        with zipfile.ZipFile(io.BytesIO(to_xlsx(answer))) as book:
            for part in book.namelist():
                if re.search(r"sharedStrings|sheet\d", part):
                    assert acts(book.read(part).decode()) == [], (name, part)
    assert len(poisoned) > 8, poisoned


def claim_cards(on):
    """Cards of the hostile company, as the page of benchmarks makes them: of every third claim."""
    context = on(2026, 3, 31)
    for claim in ask("benchmark_claim", context).rows()[::3]:
        chosen = {name: claim[name] for name in ("campaign", "workload", "metric")}
        chosen |= {"system": claim["system_id"], "baseline": claim["baseline_system_id"]}
        beside = ask_all(context, *BESIDE.values(), **chosen)
        yield ClaimCard(claim_id=claim["claim_id"], **dict(zip(BESIDE, beside, strict=True)))


BESIDE = {
    "claim": "benchmark_claim",
    "settings": "benchmark_settings_compared",
    "budget": "benchmark_bias_budget",
    "views": "benchmark_views",
    "checks": "benchmark_checks",
    "runs": "benchmark_runs",
}


def test_the_card_of_a_claim_leaves_flat_and_well_formed(warehouse, on):
    warehouse(COMPANY)
    cards = list(claim_cards(on))
    assert len(cards) == len(PAYLOADS) // 3
    for card in cards:
        assert acts(to_json(card).decode()) == []
        slide = {}
        with zipfile.ZipFile(io.BytesIO(to_pptx(card))) as show:
            for part in show.namelist():
                content = show.read(part)
                if part.endswith((".xml", ".rels")):
                    slide[part] = "\n".join(etree.fromstring(content).itertext())
                    assert acts(slide[part]) == [], (card.claim_id, part)
                    assert "\u202e" not in content.decode()
                elif part.endswith(".xlsx"):
                    book = openpyxl.load_workbook(io.BytesIO(content))
                    cells = [cell for row in book.active.iter_rows() for cell in row]
                    assert {cell.data_type for cell in cells} <= {"s", "n"}
                    named = [cell.value for cell in cells if cell.data_type == "s" and cell.value]
                    assert [one for one in named if one.startswith(STARTS_A_FORMULA)] == []
        campaign = flat(card.row["campaign"])
        assert campaign.split()[0] in slide["ppt/slides/slide1.xml"]
        assert campaign in slide["ppt/notesSlides/notesSlide1.xml"]
    with Image.open(io.BytesIO(to_png(cards[0]))) as picture:
        assert acts("".join(picture.text.values())) == []


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
