"""Whether the bands of each version order the outcomes: rates by hand SQL, verdicts by rule."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ledger.scores import write
from queries.core.ask import ask, ledger
from queries.health.evidence import panel
from queries.health.evidence.estimate import Estimate
from queries.health.proof import band_order as question
from queries.health.proof.band_order import (
    PAIRS,
    BandOrder,
    band_order,
    finding,
    note,
    title,
    verdict_of,
)
from queries.health.proof.score_outcomes import band_outcomes
from queries.health.scorecard.account_health import scorecard_versions
from tests.health.evidence.simulated import (
    IN_FORCE,
    SCORECARD,
    book,
    company,
    frozen,
    history_of,
    outcome,
    outcomes_of,
    snapshot,
)
from warehouse.context import ALL, EVERYTHING, Context, Scope

AS_OF = dt.date(2026, 4, 30)
pytestmark = pytest.mark.usefixtures("every_snapshot_counts")
CONTEXT = Context(AS_OF, EVERYTHING)
SQL = Path(__file__).with_name("band_outcomes.sql").read_text(encoding="utf-8")
ABOVE, BELOW, ACROSS = (
    Estimate(0.1, 0.01, 0.2),
    Estimate(-0.1, -0.2, -0.01),
    Estimate(0.1, -0.1, 0.3),
)


def asked(history, outcomes):
    return BandOrder.validate(band_order(outcomes, history, context=CONTEXT))


def test_the_verdict_counts_the_snapshots_that_the_figure_shows(monkeypatch):
    """Also where more accounts are known than are drawn, and some have no band."""
    monkeypatch.setattr(panel, "MOST_ACCOUNTS", 150)
    history, outcomes = ordered()
    is_dark = pl.col("account_id").str.ends_with("7")
    dark = history.with_columns(
        band=pl.when(is_dark).then(pl.lit("unknown")).otherwise("band"),
        score=pl.when(~is_dark).then("score"),
    ).with_columns(card_version=pl.lit(IN_FORCE))
    (row,) = asked(dark, outcomes).filter(card_version=IN_FORCE).to_dicts()
    shown = band_outcomes(outcomes, dark, context=CONTEXT, card_version=IN_FORCE)
    bands, unknown = shown.filter(pl.col("band") != "unknown"), shown.filter(band="unknown")
    assert row["accounts"] == 150
    assert bands["snapshots"].sum() == row["snapshots"]
    assert unknown["snapshots"].item() > 0
    for one in bands.to_dicts():
        assert one["snapshots"] == row[f"{one['band']}_snapshots"]
        ends = ("", "_low", "_high")
        assert [one[f"churned_share{end}"] for end in ends] == [
            row[f"{one['band']}_share{end}"] for end in ends
        ]


def ordered():
    """A book of which the scores fall by 15 in the quarter before a churn: at risk or to watch."""
    return book(accounts=200, churners=40, months=16, shift=1.5, seed=3)


@pytest.fixture
def on_these(monkeypatch):
    """Put the version without `set_through`, and the same set on outcomes, in the product."""

    def put(*versions):
        monkeypatch.setattr(question, "scorecard_versions", lambda: versions)

    return put


def test_the_rates_are_those_of_hand_written_sql_over_the_same_rows():
    history, outcomes = ordered()
    # Some accounts whose contract ended without a word, some months scored twice, one not known.
    extra = history_of(
        snapshot("lapsed", "2025-06-30", 40.0),
        snapshot("twice", "2025-06-12", 40.0),
        snapshot("twice", "2025-06-30", 85.0),
        snapshot("dark", "2025-06-30", None),
        snapshot("open", "2026-03-31", 40.0),
        snapshot("other", "2025-06-30", 40.0, card_version="v2"),
    )
    history = pl.concat([history, extra])
    outcomes = pl.concat(
        [
            outcomes,
            outcomes_of(
                outcome("lapsed", lapsed_date=dt.date(2025, 8, 1)),
                *(outcome(name) for name in ("twice", "dark", "open", "other")),
            ),
        ]
    )
    with duckdb.connect() as connection:
        connection.register("score_history", history.collect().to_arrow())
        connection.register("outcomes", outcomes.collect().to_arrow())
        parameters = {"as_of": AS_OF, "card_version": SCORECARD.version, "set_through": dt.date.min}
        found = connection.execute(SQL, parameters)
        columns = [name for name, *_ in found.description]
        by_hand = pl.DataFrame(found.fetchall(), schema=columns, orient="row")
    frame = band_outcomes(outcomes, history, context=CONTEXT, card_version=SCORECARD.version)
    assert by_hand.height == 4
    assert frame.sort("band").select(columns).rows() == by_hand.rows()
    row = asked(history, outcomes).row(0, named=True)
    shares = dict(by_hand.select("band", "churned_share").iter_rows())
    for band in ("at_risk", "watch", "healthy"):
        assert row[f"{band}_share"] == shares[band]
    assert row["at_risk_minus_watch"] == pytest.approx(shares["at_risk"] - shares["watch"])
    assert row["watch_minus_healthy"] == pytest.approx(shares["watch"] - shares["healthy"])
    counted = by_hand.filter(pl.col("band") != "unknown")
    assert row["snapshots"] == counted["snapshots"].sum()
    assert row["churned_accounts"] == 40


def test_bands_that_order_pass_and_bands_that_are_dealt_at_random_do_not():
    history, outcomes = ordered()
    row = asked(history, outcomes).row(0, named=True)
    assert row["verdict"] == "pass"
    assert row["at_risk_minus_watch_low"] > 0
    assert row["watch_minus_healthy_low"] > 0
    turned = history.with_columns(
        band=pl.col("band").replace({"at_risk": "healthy", "healthy": "at_risk"})
    )
    row = asked(turned, outcomes).row(0, named=True)
    assert row["verdict"] == "fail"
    assert row["at_risk_minus_healthy_high"] < 0
    noise = history.with_columns(
        band=pl.Series(["at_risk", "watch", "healthy"]).sample(
            history.collect().height, with_replacement=True, seed=1
        )
    )
    assert asked(noise, outcomes).row(0, named=True)["verdict"] == "inconclusive"


@pytest.mark.parametrize(
    ("neighbours", "ends", "churned", "verdict"),
    [
        ((ABOVE, ABOVE), ABOVE, 20, "pass"),
        ((ABOVE, ABOVE), ABOVE, 19, "unknown"),
        ((ABOVE, ACROSS), ABOVE, 60, "inconclusive"),
        ((ACROSS, ABOVE), ABOVE, 60, "inconclusive"),
        ((BELOW, ABOVE), ACROSS, 60, "fail"),
        ((ABOVE, BELOW), ABOVE, 60, "fail"),
        ((ACROSS, ACROSS), BELOW, 60, "fail"),
        ((None, ABOVE), ABOVE, 60, "unknown"),
        ((Estimate(0.1, 0.0, 0.2), ABOVE), ABOVE, 60, "inconclusive"),
        ((Estimate(-0.1, -0.2, 0.0), ABOVE), ABOVE, 60, "inconclusive"),
    ],
)
def test_the_verdict_follows_the_intervals(neighbours, ends, churned, verdict):
    differences = dict(zip(PAIRS, (*neighbours, ends), strict=True))
    assert verdict_of(differences, churned) == verdict


def test_one_row_per_version_and_of_each_its_own_history(on_these):
    history, outcomes = ordered()
    later = replace(SCORECARD, version="v2", set_through=dt.date(2025, 6, 30))
    on_these(SCORECARD, later)
    both = pl.concat([history, history.with_columns(card_version=pl.lit("v2"))])
    first, second = asked(both, outcomes).to_dicts()
    assert [first["card_version"], second["card_version"]] == [SCORECARD.version, "v2"]
    assert (first["set_through"], first["first_date"]) == (None, dt.date(2024, 10, 31))
    assert second["set_through"] == dt.date(2025, 6, 30)
    assert (second["first_date"], second["last_date"]) == (dt.date(2025, 7, 31), first["last_date"])
    assert second["snapshots"] < first["snapshots"]
    # Of a version whose scores nobody wrote nothing is known, whatever another one showed.
    first, second = asked(history, outcomes).to_dicts()
    assert (first["verdict"], second["verdict"], second["snapshots"]) == ("pass", "unknown", 0)
    assert second["at_risk_share"] is None


@pytest.mark.parametrize(
    "history",
    [
        history_of(),
        history_of(snapshot("a00000", "2025-06-30", 40.0)),
        book(months=16, seed=3)[0].with_columns(band=pl.lit("healthy")),
        book(months=16, seed=3)[0].with_columns(band=pl.lit("unknown"), score=None),
    ],
    ids=["empty ledger", "one snapshot", "one band", "no band"],
)
def test_without_three_bands_nothing_is_shown_and_never_a_pass(history):
    frame = asked(history, book(months=16, seed=3)[1])
    assert frame["card_version"].to_list() == [
        scorecards.version for scorecards in scorecard_versions()
    ]
    assert set(frame["verdict"]) == {"unknown"}
    assert set(asked(history, outcomes_of())["verdict"]) == {"unknown"}


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        (None, "; no score is written yet"),
        ("2025-06-30", "; scores are written to 30 Jun 2025 so far"),
        ("2026-04-22", "; scores are written to 22 Apr 2026 so far"),
        ("2026-04-23", ""),
        ("2026-04-30", ""),
    ],
)
def test_while_past_scores_are_being_written_the_sentences_say_how_far(on_these, newest, expected):
    on_these(SCORECARD)
    history = history_of(
        *(snapshot("a", day) for day in (newest,) if day),
        snapshot("a", AS_OF, card_version="v2"),
    )
    (row,) = asked(history, outcomes_of(outcome("a"))).to_dicts()
    assert (row["scored_through"], row["is_behind"]) == (
        newest and dt.date.fromisoformat(newest),
        bool(expected),
    )
    assert title(row).endswith(f", n = 0 churned accounts{expected}")
    assert note(row).endswith(f"20 are needed{expected})")
    # Whatever the verdict is so far.
    assert title(row | {"verdict": "pass"}).endswith(f"healthy –{expected}")
    assert note(row | {"verdict": "pass"}).endswith(f"n = 0 churned accounts{expected})")


def test_the_sentences_say_the_verdict_the_rates_and_n():
    frame = BandOrder.create_empty().clear(1)
    row = frame.to_dicts()[0] | {
        "card_version": "v9",
        "churned_accounts": 57,
        "at_risk_share": 4 / 48,
        "watch_share": 85 / 342,
        "healthy_share": 75 / 1886,
        "at_risk_snapshots": 48,
        "watch_snapshots": 342,
        "healthy_snapshots": 1886,
    }
    rates = "at risk 8.3 %, watch 24.9 %, healthy 4.0 %"
    said = {
        verdict: (title(row | {"verdict": verdict}), note(row | {"verdict": verdict}))
        for verdict in question.VERDICTS
    }
    evidence = f"(scorecard v9: {rates} left within 90 days; n = 57 churned accounts)"
    assert said["pass"] == (
        f"Scorecard v9: its bands order churn, {rates}",
        f"Bands shown to order churn {evidence}",
    )
    assert said["fail"] == (
        f"Scorecard v9: its bands do not order churn, {rates}",
        f"Bands do not order churn {evidence}",
    )
    assert said["inconclusive"] == (
        f"Scorecard v9: its bands are not shown to order churn, {rates}",
        f"Bands not shown to order churn {evidence}",
    )
    few = row | {"verdict": "unknown", "churned_accounts": 1}
    assert title(few) == (
        "Scorecard v9: not enough evidence that its bands order churn, n = 1 churned account"
    )
    assert note(few) == (
        "Bands not yet shown to order churn (scorecard v9: n = 1 churned account, 20 are needed)"
    )
    absent = row | {"verdict": "unknown", "at_risk_snapshots": 0, "watch_snapshots": 0}
    assert note(absent) == (
        "Bands not yet shown to order churn (scorecard v9: n = 57 churned accounts, "
        "no snapshot in the band at risk and watch)"
    )
    assert finding(frame.clear()) == "No scorecard is known"


def test_a_filter_and_a_scope_leave_the_proof_of_the_card_as_it_is(warehouse, on):
    history, outcomes = book(accounts=120, churners=30, months=16, seed=3)
    warehouse(company(outcomes.collect(), newest="2026-04-30"))
    write(ledger(), frozen(history).collect())
    everybody, some = (
        ask("band_order", on(2026, 4, 30, region=region)) for region in ((), ("apac",))
    )
    assert everybody.frame.filter("is_in_force")["card_version"].to_list() == [IN_FORCE]
    assert everybody.frame.filter("is_in_force")["snapshots"].item() > 500
    assert some.frame.equals(everybody.frame)
    # A card is proven on the whole book, whatever a scope withholds.
    owner = ask("band_order", on(2026, 4, 30, scope=Scope(questions=ALL, owner_ids=("p2",))))
    assert owner.frame.equals(everybody.frame)
