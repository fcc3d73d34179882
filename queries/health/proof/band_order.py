"""Do the bands of a scorecard order the outcomes? Each version of it, out of time."""

import datetime as dt
from typing import Any, Literal

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from ledger.bands import AT_RISK, BANDS, HEALTHY, WATCH
from queries.core.columns import OF_BAND, count_metric, metric, with_words
from queries.core.metrics import METRICS
from queries.core.question import Dependency, Question
from queries.health.evidence.estimate import Estimate
from queries.health.evidence.panel import HORIZON_DAYS, TAKEN, panel
from queries.health.evidence.tiers import EVENTS_FOR_PROBABILITY
from queries.health.proof.band_rates import BandRates
from queries.health.proof.outcomes import QUESTIONS as OUTCOMES
from queries.health.scorecard.account_health import scorecard_version, scorecard_versions
from queries.health.scorecard.definition import ScorecardVersion
from queries.health.scorecard.history import is_behind, written_so_far, written_through
from queries.shared import words
from warehouse.context import Context
from warehouse.contract.columns import day, flag, text, word

Row = dict[str, Any]
Verdict = Literal["pass", "fail", "inconclusive", "unknown"]
VERDICTS = {
    "pass": "● Pass",
    "fail": "▲ Fail",
    "inconclusive": "◆ Inconclusive",
    "unknown": "○ Unknown",
}
FEWEST_CHURNED = EVENTS_FOR_PROBABILITY
# The worse band and the better one; the first two are the neighbours.
NEIGHBOURS = ((AT_RISK, WATCH), (WATCH, HEALTHY))
PAIRS = (*NEIGHBOURS, (AT_RISK, HEALTHY))
UNREAD = "Bands not yet shown to order churn: what followed them could not be read"


class BandOrder(dy.Schema):
    """One row per version of the scorecard, oldest first."""

    card_version = text("Version of the scorecard", key=True)
    is_in_force = flag("Whether it is in force on the data date")
    verdict = with_words(word("Whether its bands order the outcomes", *VERDICTS), VERDICTS)
    set_through = day("Last data date its bands were set on; null: on none", nullable=True)
    scored_through = day("Newest data date it has scored; null: none", nullable=True)
    is_behind = flag("Whether its scores leave out more than a week before the data date")
    first_date = day("Oldest snapshot that counts; null: none does", nullable=True)
    last_date = day("Newest snapshot that counts; null: none does", nullable=True)
    snapshots = count_metric("scored_snapshots")
    accounts = count_metric("scored_accounts")
    churned_accounts = count_metric("churned_after_accounts")
    at_risk_share = metric("churned_after_share", nullable=True)
    at_risk_share_low = metric("churned_after_share", nullable=True)
    at_risk_share_high = metric("churned_after_share", nullable=True)
    at_risk_snapshots = count_metric("scored_snapshots")
    watch_share = metric("churned_after_share", nullable=True)
    watch_share_low = metric("churned_after_share", nullable=True)
    watch_share_high = metric("churned_after_share", nullable=True)
    watch_snapshots = count_metric("scored_snapshots")
    healthy_share = metric("churned_after_share", nullable=True)
    healthy_share_low = metric("churned_after_share", nullable=True)
    healthy_share_high = metric("churned_after_share", nullable=True)
    healthy_snapshots = count_metric("scored_snapshots")
    at_risk_minus_watch = metric("churned_after_difference", nullable=True, signed=True)
    at_risk_minus_watch_low = metric("churned_after_difference", nullable=True, signed=True)
    at_risk_minus_watch_high = metric("churned_after_difference", nullable=True, signed=True)
    watch_minus_healthy = metric("churned_after_difference", nullable=True, signed=True)
    watch_minus_healthy_low = metric("churned_after_difference", nullable=True, signed=True)
    watch_minus_healthy_high = metric("churned_after_difference", nullable=True, signed=True)
    at_risk_minus_healthy = metric("churned_after_difference", nullable=True, signed=True)
    at_risk_minus_healthy_low = metric("churned_after_difference", nullable=True, signed=True)
    at_risk_minus_healthy_high = metric("churned_after_difference", nullable=True, signed=True)

    @dy.rule()
    def a_verdict_rests_on_evidence(cls) -> pl.Expr:
        is_enough = cls.churned_accounts.col >= FEWEST_CHURNED
        return (cls.verdict.col == "unknown") | is_enough


def depends_on() -> dict[str, Dependency]:
    """What became of all there were."""
    return {"outcomes": Dependency(OUTCOMES[0], whole_book=True)}


def entries(context: Context) -> dict[str, LedgerQuery]:
    """Every score that was written for a data date up to this one, without its points."""
    taken = LedgerQuery("score_history", last=context.as_of, columns=TAKEN, whole_book=True)
    return {"history": taken}


def band_order(outcomes: pl.LazyFrame, history: pl.LazyFrame, *, context: Context) -> pl.DataFrame:
    """Per version the churn rate after each band, what separates them, and the verdict.

    Grain: card_version, every version in the product, oldest first. A rate is of snapshots, one
    per account and month whose 90 days are over, after the last data date that the bands were set
    on; intervals draw whole accounts. It is of the whole book, whoever asks. The verdict is

    - pass: the intervals of both differences between neighbouring bands lie above 0;
    - fail: that of one of them, or of at risk less healthy, lies below 0;
    - inconclusive: neither;
    - unknown: fewer than 20 churned accounts, or a band without a snapshot.

    While past scores are still being written a version is behind, and its verdict is of those that
    are there.
    """
    past = outcomes.collect().lazy()
    written = history.collect().lazy()
    in_force = scorecard_version(context).version
    rows = [
        _row(scorecards, _proving(scorecards, past, written, context.as_of))
        | _written(scorecards, written, context.as_of)
        | {"is_in_force": scorecards.version == in_force}
        for scorecards in scorecard_versions()
    ]
    return pl.DataFrame(rows, schema=BandOrder.create_empty().schema)


def _proving(
    scorecards: ScorecardVersion,
    outcomes: pl.LazyFrame,
    history: pl.LazyFrame,
    as_of: dt.date,
) -> pl.DataFrame:
    """The snapshots that say something of the version's bands; no rows without any."""
    known = panel(history, outcomes, as_of, scorecards)
    if known is None:
        columns = {"account_id": pl.String, "band": pl.String, "churned": pl.Boolean}
        return pl.DataFrame(schema=columns | {"snapshot_date": pl.Date})
    return known.proof


def _written(scorecards: ScorecardVersion, history: pl.LazyFrame, as_of: dt.date) -> Row:
    scored_through = written_through(history, scorecards.version)
    return {"scored_through": scored_through, "is_behind": is_behind(scored_through, as_of)}


def _row(scorecards: ScorecardVersion, rows: pl.DataFrame) -> Row:
    rates = BandRates(rows)
    differences = {pair: rates.difference(*pair) for pair in PAIRS}
    churned = rows.filter("churned")["account_id"].n_unique()
    row: Row = {
        "card_version": scorecards.version,
        "verdict": verdict_of(differences, churned),
        "set_through": scorecards.set_through,
        "first_date": rows["snapshot_date"].min(),
        "last_date": rows["snapshot_date"].max(),
        "snapshots": rows.height,
        "accounts": rows["account_id"].n_unique(),
        "churned_accounts": churned,
    }
    for band in BANDS:
        row |= _estimate(f"{band}_share", rates.of(band).rate)
        row[f"{band}_snapshots"] = rates.of(band).snapshots
    for (worse, better), difference in differences.items():
        row |= _estimate(f"{worse}_minus_{better}", difference)
    return row


def _estimate(name: str, found: Estimate | None) -> Row:
    if found is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def verdict_of(
    differences: dict[tuple[str, str], Estimate | None], churned_accounts: int
) -> Verdict:
    """The verdict on the differences between the bands, worse less better."""
    known = [found for found in differences.values() if found is not None]
    if churned_accounts < FEWEST_CHURNED or len(known) < len(differences):
        return "unknown"
    if any(found.high is not None and found.high < 0 for found in known):
        return "fail"
    lows = [found.low for pair in NEIGHBOURS if (found := differences[pair]) is not None]
    return "pass" if all(low is not None and low > 0 for low in lows) else "inconclusive"


def title(row: Row) -> str:
    """What the row shows of its version, in one sentence for a heading."""
    version = f"Scorecard {row['card_version']}"
    if row["verdict"] == "unknown":
        evidence = f"n = {words.plural(row['churned_accounts'], 'churned account')}{_so_far(row)}"
        return f"{version}: not enough evidence that its bands order churn, {evidence}"
    sentence = {
        "pass": "its bands order churn",
        "fail": "its bands do not order churn",
        "inconclusive": "its bands are not shown to order churn",
    }[row["verdict"]]
    return f"{version}: {sentence}, {rates_in_words(row)}{_so_far(row)}"


def note(row: Row) -> str:
    """The same for a page that shows bands: whether they may be believed, and on which evidence."""
    sentence = {
        "pass": "Bands shown to order churn",
        "fail": "Bands do not order churn",
        "inconclusive": "Bands not shown to order churn",
        "unknown": "Bands not yet shown to order churn",
    }[row["verdict"]]
    churned = f"n = {words.plural(row['churned_accounts'], 'churned account')}"
    if row["verdict"] == "unknown":
        missing = [words.name(band).lower() for band in BANDS if not row[f"{band}_snapshots"]]
        if row["churned_accounts"] < FEWEST_CHURNED:
            evidence = f"{churned}, {FEWEST_CHURNED} are needed"
        else:
            evidence = f"{churned}, no snapshot in the band {' and '.join(missing)}"
    else:
        evidence = f"{rates_in_words(row)} left within {HORIZON_DAYS} days; {churned}"
    return f"{sentence} (scorecard {row['card_version']}: {evidence}{_so_far(row)})"


def _so_far(row: Row) -> str:
    return f"; {written_so_far(row['scored_through'])}" if row["is_behind"] else ""


def sentence(frame: pl.DataFrame) -> str:
    """The note on the bands in force: the one sentence of every page, file and terminal.

    `frame` has the shape of `band_order`, and no row where that could not be read.
    """
    in_force = frame.filter("is_in_force")
    return UNREAD if in_force.is_empty() else note(in_force.row(0, named=True))


def shows_bands(question: Question) -> bool:
    """Whether an answer to it tells anything by the band of a score, so that the note is due."""
    columns = [column.metadata or {} for column in question.shape.columns().values()]
    in_words = any(
        facts.get(OF_BAND) or {*BANDS} <= {*facts.get("choices", ())} for facts in columns
    )
    return in_words or any(METRICS[metric].is_of_band for metric in question.defines())


def rates_in_words(row: Row) -> str:
    """The rate after each band, the worst first."""
    return ", ".join(
        f"{words.name(band).lower()} {words.share(row[f'{band}_share'])}" for band in BANDS
    )


def finding(frame: pl.DataFrame) -> str:
    """Whether the bands in force order the outcomes."""
    in_force = frame.filter("is_in_force")
    return "No scorecard is known" if in_force.is_empty() else title(in_force.row(0, named=True))


QUESTIONS = (
    Question(
        name="band_order",
        asks="Do the bands of each scorecard order the outcomes?",
        shape=BandOrder,
        depends_on=depends_on,
        entries=entries,
        answer=band_order,
        finding=finding,
        filters="none",
    ),
)
