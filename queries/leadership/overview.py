"""Are our accounts healthy, and is it getting better? The leadership's numbers, one per row."""

from collections.abc import Mapping

import polars as pl

from queries.core.question import Dependency, Question
from queries.health.scorecard import account_health
from queries.health.scorecard.definition import BANDS
from queries.health.scorecard.score import UNKNOWN
from queries.leadership import arr_and_consumption
from queries.leadership.compared import Compared, Row, compared, remark
from queries.shared import words
from queries.shared.periods import MONTH_DAYS
from queries.shared.thresholds import THRESHOLDS
from warehouse.contract.columns import word

BAND_COUNTS = {band: f"accounts_{band}" for band in (*BANDS, UNKNOWN)}
SHOWN = (
    "arr_usd",
    "nrr_share",
    "grr_share",
    "logo_churn_share",
    "arr_flagged_usd",
    "arr_exposed_usd",
    "consumption_growth_share",
    *BAND_COUNTS.values(),
)


class Overview(Compared):
    """One row per metric, in the order of the page."""

    metric = word("Metric", *SHOWN, key=True)


def depends_on() -> Mapping[str, Dependency]:
    """ARR and consumption, and the health of every account now and 28 days before."""
    health = account_health.QUESTIONS[0]
    return {
        "book": Dependency(arr_and_consumption.QUESTIONS[0]),
        "health": Dependency(health),
        "health_before": Dependency(health, days_before=MONTH_DAYS),
    }


def overview(
    *, book: pl.LazyFrame, health: pl.LazyFrame, health_before: pl.LazyFrame
) -> pl.DataFrame:
    """ARR, what is kept of it, what of it is at risk, consumption growth and the health mix.

    Grain: metric, in the order of `SHOWN`; no rows where no contract is known at all. `accounts`
    says how many accounts a value is about: those with ARR a year ago for the retentions, those
    at risk for the money at risk. An account is at risk by the band of its score; its health 28
    days before is what was known of it then, and is not compared where another version of the
    scorecard was in force. What is expected to be lost is `expected_loss`.
    """
    rows = book.collect().to_dicts()
    if not rows:
        return Overview.create_empty()
    now, before = health.collect(), health_before.collect()
    rows += [*_at_risk(now, before), *_health_mix(now, before)]
    return pl.DataFrame(
        sorted(rows, key=lambda row: SHOWN.index(row["metric"])),
        schema=Overview.create_empty().schema,
    )


def _at_risk(now: pl.DataFrame, before: pl.DataFrame) -> list[Row]:
    unknown = _is_unjudged(now)
    return [
        compared(
            metric,
            None if unknown else _arr(part(now)),
            remark("unjudged" if unknown else _unknown_then(now, before) or "then"),
            earlier_value=None if _unknown_then(now, before) else _arr(part(before)),
            accounts=None if unknown else part(now).height,
        )
        for metric, part in (("arr_flagged_usd", _flagged), ("arr_exposed_usd", _exposed))
    ]


def _flagged(health: pl.DataFrame) -> pl.DataFrame:
    return health.filter(band="at_risk")


def _exposed(health: pl.DataFrame) -> pl.DataFrame:
    return _flagged(health).filter(pl.col("days_to_renewal") <= THRESHOLDS.exposed_days)


def _arr(health: pl.DataFrame) -> float:
    return float(health["arr_selected_usd"].sum())


def _is_unjudged(health: pl.DataFrame) -> bool:
    """Whether nobody is flagged because nothing is known: that is no zero."""
    return health.height > 0 and health.filter(pl.col("band") != UNKNOWN).is_empty()


def _unknown_then(now: pl.DataFrame, before: pl.DataFrame) -> str:
    """The remark on why nothing can be said of 28 days before; '' where something can."""
    return _not_compared(now, before) or ("unjudged_then" if _is_unjudged(before) else "")


def _not_compared(now: pl.DataFrame, before: pl.DataFrame) -> str:
    """The remark on why the bands of the two dates are not compared; '' where they are."""
    if before.is_empty():
        return "nobody_then"
    versions = [set(health["card_version"]) for health in (now, before)]
    return "other_card_then" if now.height and versions[0] != versions[1] else ""


def _health_mix(now: pl.DataFrame, before: pl.DataFrame) -> list[Row]:
    unknown = _not_compared(now, before)
    return [
        compared(
            metric,
            float(now.filter(band=band).height),
            remark(unknown or "then"),
            earlier_value=None if unknown else float(before.filter(band=band).height),
            denominator=float(now.height),
            accounts=now.filter(band=band).height,
        )
        for band, metric in BAND_COUNTS.items()
    ]


def finding(frame: pl.DataFrame) -> str:
    """How many accounts are at risk, the ARR in them, and how that changed in 28 days."""
    if frame.is_empty():
        return "No contract is known"
    rows = {row["metric"]: row for row in frame.to_dicts()}
    count, flagged = rows[BAND_COUNTS["at_risk"]], rows["arr_flagged_usd"]
    accounts = words.plural(int(count["denominator"]), "account")
    if flagged["value"] is None:
        return f"Too little is known of {accounts} to say which are at risk"
    money = f", {words.money(flagged['value'])}" if flagged["value"] else ""
    return f"{count['value']:,.0f} of {accounts} at risk{money}{_moved(flagged['change'])}"


def _moved(usd: float | None) -> str:
    """How far the amount moved in 28 days; nothing where that is not known."""
    if usd is None:
        return ""
    how = f"{'up' if usd > 0 else 'down'} {words.money(abs(usd))}" if usd else "unchanged"
    return f", {how} in {MONTH_DAYS} days"


QUESTIONS = (
    Question(
        name="overview",
        asks="Are our accounts healthy, and is it getting better?",
        shape=Overview,
        depends_on=depends_on,
        answer=overview,
        finding=finding,
        filters="rows",
    ),
)
