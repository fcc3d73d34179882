"""The score proof page, one test per state it can be in."""

import polars as pl
import pytest

from ledger.scores import write
from queries.core.ask import ledger
from tests.core.visit import columns, said, spec, title, visit
from tests.health.evidence.simulated import (
    IN_FORCE,
    SCORECARD,
    book,
    company,
    frozen,
    outcome,
    outcomes_of,
)

AS_OF = "2026-04-30"
pytestmark = pytest.mark.usefixtures("every_snapshot_counts", "patient", "today")


@pytest.fixture
def opened(warehouse):
    """A function that writes a simulated book with its scores, and opens the page over it."""

    def make(*, simulated=False, **asked):
        history, outcomes = book(**({"months": 16, "seed": 3, "accounts": 120} | asked))
        warehouse(company(outcomes.collect(), newest=AS_OF), simulated=simulated)
        write(ledger(), frozen(history).collect())
        app = visit("score_proof", as_of=AS_OF)
        assert not app.exception
        return app

    return make


def tiles(app):
    return {metric.label: metric.value for metric in app.metric}


def test_the_title_says_whether_the_score_predicts_anything(opened):
    app = opened(churners=40)
    assert title(app).startswith(f"Scorecard {IN_FORCE}: its bands order churn, at risk 3")
    assert tiles(app)["Tier in force"] == "1"
    assert tiles(app)["Churned accounts"] == "40"
    (counted,) = (one for one in said(app, "caption") if "monthly snapshots" in one)
    assert "of 120 accounts; 40 churned accounts. Verdict and figure are of the whole" in counted
    (apart,) = (one for one in said(app, "markdown") if one.startswith("● Pass"))
    assert [line.split(":")[0] for line in apart.split("\n")[1:]] == [
        "- At risk less watch",
        "- Watch less healthy",
        "- At risk less healthy",
    ]
    # All customers of the day have a row, and the churned ones are no customers any more.
    assert tiles(app)["Customers scored"] == "100.0 %"
    # Renewal alone knows more, no score of this book is made of its frozen inputs, and only small
    # accounts churn: right in accounts is wrong in dollars, twice, and nobody is left above.
    assert any(one.startswith("19 of 24 measures pass. Tier 1") for one in said(app, "caption"))
    gates = [one.replace("\xa0", " ") for one in said(app, "markdown")]
    assert any("- :green[● Pass] Discrimination" in one for one in gates)


def test_the_figures_show_what_followed(opened):
    app = opened(churners=40)
    bands, curve = spec(app, 0), spec(app, 1)
    assert [trace["y"][0].split(",")[0] for trace in bands["data"]] == [
        "▲ At risk",
        "◆ Watch",
        "● Healthy",
    ]
    assert [trace["mode"] for trace in curve["data"]] == ["lines", "markers"]
    misses = app.dataframe[0].value
    assert set(misses["kind"]) == {"● Healthy, churned"}
    assert misses["account_name"][0].startswith("Account *a")
    assert set(misses["churn_reason"]) == {"Left <b>us</b>"}
    assert "Choose a row to open its account." in said(app, "caption")


def test_too_few_churned_accounts_are_said_to_be_too_few(opened):
    app = opened(churners=7, simulated=True)
    assert title(app) == (
        f"Scorecard {IN_FORCE}: not enough evidence that its bands order churn, "
        "n = 7 churned accounts; scores are written to 31 Jan 2026 so far"
    )
    assert tiles(app)["Tier in force"] == "0"
    cards, gates = (columns(app, number) for number in (0, 1))
    assert cards["Bands order churn"][-1] == "○ Unknown"
    assert gates["Verdict"][0] == "○ Not enough evidence (n = 7)"
    limits = said(app, "markdown")[-1]
    assert "- How likely a churn is: 7 churned accounts, 20 are needed." in limits
    assert "SIMULATED, which proves the software and not the score." in limits


def test_without_a_score_the_page_says_how_to_write_one(warehouse):
    warehouse(company(outcomes_of(outcome("a")).collect(), newest=AS_OF))
    app = visit("score_proof", as_of=AS_OF)
    assert title(app) == "No score has been written yet"
    (hint,) = said(app, "info")
    assert hint.endswith("Ask whoever operates Bellwether to have scores written.")
    assert (len(app.metric), len(app.get("plotly_chart"))) == (0, 0)


def test_another_scorecard_is_chosen_in_the_link_and_only_what_it_showed_is_said(warehouse):
    history, outcomes = book(months=16, seed=3, accounts=120, churners=40, shift=1.5)
    warehouse(company(outcomes.collect(), newest=AS_OF))
    turned = {"at_risk": "healthy", "healthy": "at_risk"}
    before = history.with_columns(pl.col("band").replace(turned))
    for version, rows in ((IN_FORCE, history), (SCORECARD.version, before)):
        of_version = frozen(rows).with_columns(card_version=pl.lit(version))
        write(ledger(), of_version.collect())
    app = visit("score_proof", as_of=AS_OF)
    chooser = app.selectbox(key="card_version")
    assert (chooser.value, chooser.options) == (IN_FORCE, [SCORECARD.version, IN_FORCE])
    assert title(app).startswith(f"Scorecard {IN_FORCE}: its bands ")
    cards = columns(app)
    assert cards["Scorecard"] == [SCORECARD.version, f"{IN_FORCE}, in force"]
    assert cards["Bands order churn"][0] == "▲ Fail"
    other = visit("score_proof", as_of=AS_OF, card_version=SCORECARD.version)
    assert not other.exception
    assert other.selectbox(key="card_version").value == SCORECARD.version
    assert title(other).startswith(f"Scorecard {SCORECARD.version}: its bands do not order churn")
    # Probabilities are fitted to the card in force, and are no fact about this one.
    assert tiles(other)["Tier in force"] == "–"
    limits = said(other, "markdown")[-1]
    assert "- How likely a churn is by a scorecard that is not in force." in limits
    wrong = visit("score_proof", as_of=AS_OF, card_version="2019")
    assert "The link names no known scorecard: 2019." in said(wrong, "info")[0]
    assert title(wrong) == title(app)
