"""What followed the scores: per band, per probability, and the misses by name."""

from typing import Any

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from queries.core.columns import count_metric, metric, with_words
from queries.core.question import Dependency, Question
from queries.health.evidence.panel import HORIZON_DAYS, TAKEN, panel
from queries.health.proof.band_rates import COUNTED, BandRate, BandRates
from queries.health.proof.outcomes import QUESTIONS as OUTCOMES
from queries.health.proof.score_gates import CARD_VERSION, depends_on
from queries.health.scorecard.account_health import scorecard_version
from queries.health.scorecard.definition import BANDS
from queries.health.scorecard.score import UNKNOWN
from queries.shared import words
from warehouse.context import Context
from warehouse.contract.columns import count, day, identifier, text, word

MISSES = {"healthy_churned": "● Healthy, churned", "at_risk_renewed": "▲ At risk, renewed"}


class BandOutcomes(dy.Schema):
    """One row per band, the worst first, unknown last."""

    band = word("Band on the snapshot", *COUNTED, key=True)
    snapshots = count_metric("scored_snapshots")
    churned_snapshots = count_metric("churned_after_snapshots")
    accounts = count_metric("scored_accounts")
    churned_accounts = count_metric("churned_after_accounts")
    churned_share = metric("churned_after_share", nullable=True)
    churned_share_low = metric("churned_after_share", nullable=True)
    churned_share_high = metric("churned_after_share", nullable=True)
    card_version = text("Version of the scorecard", nullable=False)


class CalibrationCurve(dy.Schema):
    """One row per fifth of the snapshots, by probability, the least likely first."""

    fifth = count("Fifth of the snapshots, from 1: the least likely", key=True)
    expected_share = metric("expected_churn_share")
    observed_share = metric("observed_churn_share")
    observed_share_low = metric("observed_churn_share", nullable=True)
    observed_share_high = metric("observed_churn_share", nullable=True)
    accounts = count_metric("scored_accounts")
    churned_accounts = count_metric("churned_after_accounts")
    model = text("Model in force: score, ridge or boosting; _arr: learns from ARR", nullable=False)
    card_version = text("Version of the scorecard", nullable=False)


class ScoreMisses(dy.Schema):
    """One row per account and kind of miss, most ARR first."""

    kind = with_words(
        word("Healthy and churned, or at risk and renewed", *MISSES, key=True), MISSES
    )
    account_id = identifier("Account", key=True)
    account_name = text("Account name; its id where it has none", nullable=False)
    snapshot_date = day("Newest snapshot that missed")
    score = metric("health_score")
    happened_date = day("Day of the churn or of the renewal")
    churn_reason = text("Reason given at churn")
    arr_usd = metric("arr_usd")
    card_version = text("Version of the scorecard", nullable=False)


def entries(context: Context) -> dict[str, LedgerQuery]:
    """The scores written for data dates up to this one, without their points, of the whole book."""
    taken = LedgerQuery("score_history", last=context.as_of, columns=TAKEN, whole_book=True)
    return {"history": taken}


def selected() -> dict[str, Dependency]:
    """What became of the accounts that the reader may see and has selected."""
    return {"outcomes": Dependency(OUTCOMES[0])}


def entries_of_selected(context: Context) -> dict[str, LedgerQuery]:
    """The scores written of them."""
    return {"history": LedgerQuery("score_history", last=context.as_of, columns=TAKEN)}


def band_outcomes(
    outcomes: pl.LazyFrame,
    history: pl.LazyFrame,
    *,
    context: Context,
    card_version: str | None,
) -> pl.DataFrame:
    """How many of the snapshots in a band were followed by a churn within 90 days.

    Grain: band, unknown last. One snapshot per account and month, later than the last data date
    the bands were set on; intervals draw whole accounts, see `queries.health.proof.band_rates`. A
    rate over no snapshot is null. No rows where no snapshot counts. It is of the whole book,
    whoever asks and whatever is filtered: the bands were set on it. Count and rate of a band are
    those of `band_order`.
    """
    known = panel(history, outcomes, context.as_of, scorecard_version(context, card_version))
    if known is None or known.unseen.is_empty():
        return BandOutcomes.create_empty()
    rates = dict.fromkeys(BANDS, BandRates(known.proof)) | {UNKNOWN: BandRates(known.unbanded)}
    rows = [_band(band, rates[band].of(band), known.card_version) for band in COUNTED]
    return pl.DataFrame(rows, schema=BandOutcomes.create_empty().schema)


def _band(band: str, found: BandRate, card_version: str) -> dict[str, Any]:
    return {
        "band": band,
        "snapshots": found.snapshots,
        "churned_snapshots": found.churned_snapshots,
        "accounts": found.accounts,
        "churned_accounts": found.churned_accounts,
        "churned_share": found.rate and found.rate.value,
        "churned_share_low": found.rate and found.rate.low,
        "churned_share_high": found.rate and found.rate.high,
        "card_version": card_version,
    }


def calibration_curve(
    outcomes: pl.LazyFrame,
    history: pl.LazyFrame,
    *,
    context: Context,
    card_version: str | None,
) -> pl.DataFrame:
    """What the model in force expected out of time, beside what happened.

    Grain: fifth of the snapshots, by probability; ties stand in the order of the snapshots. No
    rows in tier 0, which gives no probability, and where nothing can be tested out of time. It is
    of the whole book, whoever asks and whatever is filtered, as is what the model learns from.
    """
    known = panel(history, outcomes, context.as_of, scorecard_version(context, card_version))
    # Loaded only here: scikit-learn takes two seconds.
    from queries.health.evidence.curve import curve  # noqa: PLC0415

    rows = curve(known) if known else None
    if known is None or rows is None:
        return CalibrationCurve.create_empty()
    return rows.with_columns(card_version=pl.lit(known.card_version)).select(
        CalibrationCurve.column_names()
    )


def score_misses(
    outcomes: pl.LazyFrame,
    history: pl.LazyFrame,
    *,
    context: Context,
    card_version: str | None,
) -> pl.DataFrame:
    """The accounts that were healthy and churned, or at risk and renewed, within 90 days.

    Grain: kind, account_id; of the snapshots that say something of the bands, and of the accounts
    that the reader may see and has selected: a miss rests on no other account. Of the renewals of
    an account only the last is known, so an older false alarm may be missing.
    """
    known = panel(history, outcomes, context.as_of, scorecard_version(context, card_version))
    if known is None:
        return ScoreMisses.create_empty()
    days = (pl.col("last_renewal_date") - pl.col("snapshot_date")).dt.total_days()
    churned = known.unseen.filter("churned", pl.col("band") == "healthy").with_columns(
        kind=pl.lit("healthy_churned"), happened_date="churned_date"
    )
    renewed = known.unseen.filter(
        ~pl.col("churned"), pl.col("band") == "at_risk", days.is_between(1, HORIZON_DAYS)
    ).with_columns(
        kind=pl.lit("at_risk_renewed"),
        happened_date="last_renewal_date",
        churn_reason=pl.lit(None, pl.String),
    )
    order = [pl.col("kind").replace_strict({kind: place for place, kind in enumerate(MISSES)})]
    return (
        pl.concat([churned, renewed])
        .sort("snapshot_date", descending=True)
        .unique(["kind", "account_id"], keep="first", maintain_order=True)
        .sort(*order, pl.col("arr_usd"), "account_id", descending=[False, True, False])
        .select(ScoreMisses.column_names())
    )


def band_finding(frame: pl.DataFrame) -> str:
    """The churn rate after each band, as counts of snapshots."""
    if frame.is_empty():
        return "No score is old enough to have a known outcome"
    said = [
        f"{row['churned_snapshots']} of {row['snapshots']:,} {words.name(row['band']).lower()}"
        for row in frame.filter(pl.col("band").is_in(BANDS)).to_dicts()
    ]
    return f"Snapshots with a churn within {HORIZON_DAYS} days: {', '.join(said)}"


def calibration_finding(frame: pl.DataFrame) -> str:
    """What was expected of the likeliest fifth, and what happened."""
    if frame.is_empty():
        return "No probability has been tested out of time yet"
    top = frame.row(-1, named=True)
    expected, observed = words.share(top["expected_share"]), words.share(top["observed_share"])
    return f"Likeliest fifth: {expected} expected, {observed} observed"


def misses_finding(frame: pl.DataFrame) -> str:
    """How many healthy accounts churned, and how many at risk renewed."""
    churned, renewed = (frame.filter(kind=kind).height for kind in MISSES)
    return f"{words.plural(churned, 'healthy account')} churned, {renewed} at risk renewed"


def _question(name: str, asks: str, **facts: Any) -> Question:
    return Question(
        name=name,
        asks=asks,
        parameters=(CARD_VERSION,),
        **facts,
    )


QUESTIONS = (
    _question(
        "band_outcomes",
        "How often did accounts churn after each band?",
        shape=BandOutcomes,
        answer=band_outcomes,
        filters="none",
        depends_on=depends_on,
        entries=entries,
        finding=band_finding,
    ),
    _question(
        "calibration_curve",
        "Did as many churn as the probabilities said?",
        shape=CalibrationCurve,
        answer=calibration_curve,
        filters="none",
        depends_on=depends_on,
        entries=entries,
        finding=calibration_finding,
    ),
    _question(
        "score_misses",
        "Which healthy accounts churned, and which at risk renewed?",
        shape=ScoreMisses,
        answer=score_misses,
        filters="accounts",
        depends_on=selected,
        entries=entries_of_selected,
        finding=misses_finding,
    ),
)
