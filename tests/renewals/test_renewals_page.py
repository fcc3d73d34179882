"""The renewals page, one test per state it can be in."""

import pytest

from queries.core.ask import ask
from queries.renewals.renewal_totals import Totals, in_parts
from tests.core.visit import accounts, said, spec, title, visit
from tests.renewals.renewing import COMPANY
from tests.shared.company import incident

pytestmark = pytest.mark.usefixtures("patient", "today")

# The newest day of the data is the data date.
BOOK = COMPANY | {"incidents": [incident("i1", None, "2026-01-31T10:00")]}


@pytest.fixture
def opened(warehouse):
    def run(rows=BOOK, **link):
        warehouse(rows)
        at = visit("renewals", **({"as_of": "2026-01-31"} | link))
        assert not at.exception
        return at

    return run


def tiles(at):
    return {metric.label: (metric.value, metric.delta) for metric in at.metric}


def test_the_title_says_what_is_due_in_parts_that_sum_to_it(opened):
    assert title(opened()) == (
        "$835 due in H1 FY2026: $170 won, $320 forecast, $90 forecast not reviewed, "
        "$135 without a forecast, $120 lost or reduced"
    )


def test_this_half_follows_the_fiscal_calendar_of_the_settings(opened, monkeypatch):
    # With a year from February on, 31 January is the last day of H2 FY2026.
    monkeypatch.setenv("BELLWETHER_FISCAL_YEAR_START", "2")
    # i and s ended in January, l was lost in it.
    assert title(opened()).startswith("$125 due in H2 FY2026: $50 won,")
    monkeypatch.setenv("BELLWETHER_FISCAL_YEAR_START", "13")
    assert "A setting of Bellwether cannot be used." in " ".join(said(opened(), "error"))


def test_the_tiles_stand_side_by_side_capped_at_due(opened):
    shown = tiles(opened())
    assert shown["Due"] == ("$835", "12 contracts")
    assert shown["Won"] == ("$170", "$120 lost or reduced")
    assert shown["Committed"] == (
        "$490",
        "$320 forecast, $90 forecast not reviewed, $135 without a forecast",
    )
    assert shown["Statistical"] == ("–", "no calibrated probability yet")


def test_the_committed_tile_is_the_sum_and_no_sum_of_rounded_parts(opened, monkeypatch):
    """Of 3.334M won and 3.334M forecast 6.668M are committed, and of 3.332M lost 10M are due."""
    totals = Totals(
        due=10_000_000.0,
        won=3_334_000.0,
        forecast=3_334_000.0,
        not_reviewed=0.0,
        no_forecast=0.0,
        lost=3_332_000.0,
        committed=6_668_000.0,
        foreseen=0.0,
        statistical=None,
    )
    monkeypatch.setattr(Totals, "of", lambda _: totals)
    shown = tiles(opened())
    assert shown["Committed"][0] == "$6.67M"
    assert in_parts(totals.amounts)["won"] + in_parts(totals.amounts)["forecast"] != 6_670_000.0


def test_every_tile_carries_its_definition(opened):
    assert all("Source:" in metric.help for metric in opened().metric)


def test_what_disagrees_or_is_missing_stands_to_act_on_most_money_first(opened):
    # Nothing but contracts is known of any account, so no signal contradicts a forecast.
    first, second, overdue = accounts(opened())
    assert first == (
        ":gray[○ Unknown] **Account u** $90 due · ends in 29 d",
        "as_of=2026-01-31&account=u",
        "Forecast $90 is as first entered; not reviewed · Ada",
    )
    assert second[2] == "No forecast · Ada"
    assert overdue == (
        ":gray[○ Unknown] **Account i** $5 due · ended 30 d ago",
        "as_of=2026-01-31&account=i",
        "No forecast · Ada",
    )


def test_the_bars_prove_the_title_and_the_bridge_sums(opened):
    at = opened()
    bars = {trace["name"] for trace in spec(at, 0)["data"] if trace["type"] == "bar"}
    assert bars == {
        "won",
        "forecast",
        "forecast not reviewed",
        "without a forecast",
        "lost or reduced",
    }
    assert spec(at, 1)["data"][0]["x"][0] == "Start"


def test_nrr_and_grr_stand_with_their_formula_and_their_cohort(opened):
    at = opened()
    assert tiles(at)["NRR, 12 months"][0] == "96.8 %"
    assert "Net revenue retention = ARR now of accounts with ARR at the start / their ARR then" in (
        said(at, "caption")
    )
    cohort = at.dataframe[0].value
    assert cohort["account_name"].tolist()[0] == "Account l"
    assert cohort["fate"].tolist()[0] == "Left"


def test_the_table_says_what_is_unknown_by_a_dash_and_who_left_why(opened):
    table = opened().dataframe[1].value.set_index("account_name")
    assert table.loc["Account l", "state"] == "Lost"
    assert table.loc["Account l", "churn_reason"] == "price"
    assert table["forecast_usd"].isna().sum() == 7


def test_another_period_is_chosen_and_kept_in_the_link(opened):
    at = opened(renewals_period="3 months")
    assert title(at).startswith("$420 due in 31 Jan 2026 to 30 Apr 2026")
    at.selectbox(key="renewals_period").set_value("This half").run()
    assert title(at).startswith("$835 due in H1 FY2026")


def test_a_period_the_link_got_wrong_is_said(opened):
    at = opened(renewals_period="for ever")
    assert said(at, "info") == ["The link names no known period: for ever. Showing This half."]


def test_a_filter_that_empties_the_page_is_named(opened):
    at = opened(region="amer")
    assert title(at) == "Nothing is due for renewal in this period"
    assert {value for value, _ in tiles(at).values()} == {"–"}
    assert said(at, "info") == ["No accounts in these filters: region = AMER hides 11."]


def test_an_empty_warehouse_says_what_to_load(opened):
    assert title(opened({})) == "Nothing to show yet"


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
def test_the_demo_lists_six_and_all_on_demand(on):
    answer = ask("renewals", on(2026, 1, 31))
    named = answer.frame.drop_nulls("disagreement").height
    at = visit("renewals", as_of="2026-01-31")
    assert title(at) == answer.finding
    assert len(accounts(at)) == 6
    at.toggle(key="renewals_all").set_value(True).run()
    assert len(accounts(at)) == named > 6
