"""Whatever leaves the product is flat, and a text of an answer is data: no sentence of ours."""

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
from components.export.claim.document import to_json
from components.export.claim.picture import to_png
from components.export.claim.slide import to_pptx
from components.export.files import to_csv, to_xlsx
from queries.cli import output
from queries.core.ask import ask, ask_all
from queries.core.catalog import QUESTIONS
from queries.core.metrics import METRICS
from queries.shared.spreadsheet import STARTS_A_FORMULA
from tests.cases import cases
from tests.core.hostile import ACCOUNT, ATTACKS, COMPANY, poisoned
from tests.core.test_command_line import main as ask_on_terminal
from tests.core.together import DAY, of_its_own
from tests.core.visit import texts
from warehouse.__main__ import main as manage_on_terminal
from warehouse.context import EVERYTHING, Context
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


# What the rows of a claim, and of a timeline, are: wording, which nothing reads back.
CLAIMED = "quoted in the claim, whose wording is the answer"
TOLD = "an event of any table told in words, which is the answer"
COMPOSED = {
    "account_events.title": TOLD,
    "account_events.source_id": "the key of a row with several parts",
    "account.title": TOLD,
    "account.source_id": "the key of a row with several parts",
    "benchmark_checks.sentence": CLAIMED,
    "benchmark_claim.verdict_reasons": CLAIMED,
    "benchmark_claim.parity_reasons": CLAIMED,
    "benchmark_claim.blocked_by": CLAIMED,
    "benchmark_claim.blocking": CLAIMED,
    "benchmark_claim.settling_run": CLAIMED,
    "benchmark_claim.sentence": CLAIMED,
    "benchmark_comparison.reasons": CLAIMED,
    "benchmark_matches.client_counts": "a key: what may be unknown is none",
    "benchmark_matches.mismatches": CLAIMED,
    "benchmark_views.reasons": CLAIMED,
    "renewals.period": "the name of a fiscal period",
    "renewals_due.period": "the name of a fiscal period",
}
SEVERAL = re.compile(r"[\s,;]")
GIVEN = frozenset(text for rows in COMPANY.values() for row in rows for text in texts(row)) | {
    text for metric in METRICS.values() for text in (metric.name, metric.unit)
}


def composed(answer):
    """The columns with a text of several words that stands in no row of the company."""
    return {
        f"{answer.question.name}.{name}"
        for name in answer.question.shape.column_names()
        if any(SEVERAL.search(one) for one in {*texts(answer.frame[name].to_list())} - GIVEN)
    }


def takes(question):
    return {parameter.name for parameter in question.parameters}


def test_every_question_keeps_data_as_data_and_leaves_flat_in_every_form(warehouse):
    warehouse(COMPANY)
    attacked, told = set(), set()
    for name, question in QUESTIONS.items():
        about = {"account": ACCOUNT} if "account" in takes(question) else {}
        answer = ask(name, Context(DAY, EVERYTHING), **about)
        told |= composed(answer)
        raw = json.dumps(answer.frame.to_dicts(), default=str, ensure_ascii=False)
        if raw != flat(raw) or "\\u001b" in raw:
            attacked.add(name)
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
    assert len(attacked) > 20, attacked
    assert told == COMPOSED.keys()


def claim_cards():
    """Cards of the hostile company, as the page of benchmarks makes them: of every third claim."""
    context = Context(DAY, EVERYTHING)
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


@pytest.mark.parametrize("first", range(0, len(ATTACKS), 7))
def test_the_card_of_a_claim_leaves_flat_and_well_formed(warehouse, first):
    warehouse(poisoned(of_its_own(cases()["BENCHMARKS"]), first))
    cards = list(claim_cards())
    assert cards
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
