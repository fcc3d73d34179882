"""Every place that shows a band says whether the bands are shown to order the outcomes."""

import ast

import pytest

from components.accounts.account_lists import QUESTIONS as LISTS
from components.export import details, files
from components.health import band_proof
from ledger.scores import write
from queries.core.ask import ask, ledger
from queries.core.catalog import QUESTIONS
from queries.health.proof import band_order
from tests.core.visit import read, title, visit
from tests.health.evidence.simulated import book, company, frozen
from tests.health.troubled import COMPANY
from tests.test_walls import PAGES, TREES

AS_OF = "2026-01-31"
pytestmark = pytest.mark.usefixtures("every_snapshot_counts", "patient", "today")
# It is the proof: its title is the verdict.
PROOF = "score_proof"


def banded(name):
    """Whether the question's answer tells anything by a band."""
    return band_order.shows_bands(QUESTIONS[name])


def asked(page):
    """The questions that a page names, and those of its lists."""
    tree = TREES[f"pages.{page}"]
    named = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return (named | (set(LISTS) if page == "account" else set())) & set(QUESTIONS)


WITH_BANDS = sorted(page.stem for page in PAGES if any(map(banded, asked(page.stem))))


@pytest.fixture
def exported(monkeypatch):
    """What each section hands to its files: the question and what is said of the bands."""
    seen = []
    monkeypatch.setattr(
        details,
        "popover",
        lambda answer, *, key, bands="": seen.append((answer.question.name, key, bands)),
    )
    return seen


def test_the_pages_with_bands_are_found():
    assert {"overview", "triage", "account", "renewals", PROOF} <= set(WITH_BANDS)
    assert {name for name in QUESTIONS if banded(name)} == {
        *(
            "account_health",
            "account_score_history",
            "band_outcomes",
            "health_change",
            "health_mix",
        ),
        *("overview", "parent_health", "renewals", "risk_state", "triage"),
    }


@pytest.mark.parametrize("page", WITH_BANDS)
def test_a_page_with_bands_says_whether_they_are_shown_to_order_churn(warehouse, exported, page):
    warehouse(COMPANY)
    app = visit(page, as_of=AS_OF, account="a1")
    assert not app.exception
    sentence = (
        "Bands not yet shown to order churn "
        "(scorecard 2025-11: n = 0 churned accounts, 20 are needed; no score is written yet)"
    )
    links = {read(link.proto.label): link.proto for link in app.get("page_link")}
    if page == PROOF:
        # Nothing was written that could be held against what followed.
        assert title(app) == "No score has been written yet"
    else:
        assert links[sentence].page.endswith(PROOF)
        assert f"as_of={AS_OF}" in links[sentence].query_string
    files = [(question, bands) for question, _, bands in exported if banded(question)]
    assert {bands for _, bands in files} <= {sentence}
    assert files or page == PROOF


def test_the_note_and_the_file_quote_the_evidence(warehouse, on):
    history, outcomes = book(accounts=120, churners=40, months=16, seed=3)
    warehouse(company(outcomes.collect(), newest="2026-04-30"))
    write(ledger(), frozen(history).collect())
    order, health = (ask(name, on(2026, 4, 30)) for name in ("band_order", "account_health"))
    sentence = band_proof.sentence(order)
    row = order.frame.filter("is_in_force").row(0, named=True)
    assert f"n = {row['churned_accounts']} churned accounts" in sentence
    assert f"scorecard {row['card_version']}: at risk " in sentence
    assert dict(files.about(health, sentence))["Bands"] == sentence
    assert "Bands" not in dict(files.about(order))
    assert f"# Bands: {sentence}" in files.to_csv(health, sentence).decode().replace(";", ";")
