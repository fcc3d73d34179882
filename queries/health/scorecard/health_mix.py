"""Health mix: how many accounts were in which band, week by week, and the ARR in them."""

import datetime as dt
from collections.abc import Mapping

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from queries.core.columns import count_metric, metric
from queries.core.question import Dependency, Question
from queries.health.proof import outcomes
from queries.health.scorecard import account_health
from queries.health.scorecard.definition import BANDS
from queries.health.scorecard.history import STOOD, written_before
from queries.health.scorecard.same_card import same_card
from queries.health.scorecard.score import UNKNOWN
from queries.shared import words
from warehouse.context import Context
from warehouse.contract.columns import day, text, word

WEEKS = 26
WEEK_DAYS = 7
BANDS_SHOWN = (*BANDS, UNKNOWN)


class HealthMix(dy.Schema):
    """One row per week and band, in this order; the last week ends on the data date."""

    week_date = day("Last day of the week", key=True)
    band = word("Band of the score", *BANDS_SHOWN, key=True)
    scored_date = day("Newest day of the week that was scored; null: none was", nullable=True)
    card_version = text("Version of the scorecard; null: no score was written")
    accounts = count_metric("band_accounts", nullable=True)
    arr_usd = metric("band_arr_usd", nullable=True)

    @dy.rule()
    def what_nobody_scored_is_unknown_and_not_zero(cls) -> pl.Expr:
        is_scored = cls.scored_date.col.is_not_null()
        return (cls.accounts.col.is_not_null() == is_scored) & (
            cls.arr_usd.col.is_not_null() == is_scored
        )


def depends_on() -> Mapping[str, Dependency]:
    """The health of every account on the data date, and all accounts there ever were."""
    return {
        "health": Dependency(account_health.QUESTIONS[0]),
        "customers": Dependency(outcomes.QUESTIONS[0]),
    }


def entries(context: Context) -> Mapping[str, LedgerQuery]:
    """The scores written for the 26 weeks that end on the data date."""
    first = context.as_of - dt.timedelta(days=WEEKS * WEEK_DAYS - 1)
    return {"history": LedgerQuery("score_history", first, context.as_of, columns=STOOD)}


def health_mix(
    *,
    health: pl.LazyFrame,
    customers: pl.LazyFrame,
    history: pl.LazyFrame,
    context: Context,
) -> pl.DataFrame:
    """Accounts and ARR per band on the data date and at the end of each of the 25 weeks before.

    Grain: week and band; always 26 weeks of four bands, oldest first, but no rows where no account
    with a contract is known on the data date. The data date is computed; a week before it is the
    newest day of it that was written to the ledger by the scorecard in force on that day. Accounts
    that have left since are in the weeks they were there. Null where no score was written; zero
    where scores were and no account was in the band.
    """
    if health.limit(1).collect().is_empty():
        return HealthMix.create_empty()
    as_of = context.as_of
    columns = ("account_id", "band", "arr_usd", "card_version")
    today = health.select(*columns, as_of=pl.lit(as_of))
    scores = pl.concat([written_before(history, as_of).select(*columns, "as_of"), today])
    weeks = _scored_days(scores, as_of)
    found = (
        scores.join(customers, on="account_id", how="semi")
        .join(weeks, left_on="as_of", right_on="scored_date")
        .group_by("week_date", "band")
        .agg(pl.col("arr_usd").sum(), accounts=pl.len().cast(pl.Int64))
    )
    is_scored = pl.col("scored_date").is_not_null()
    order = pl.LazyFrame({"band": BANDS_SHOWN, "place": range(len(BANDS_SHOWN))})
    return (
        _weeks(as_of)
        .join(weeks, on="week_date", how="left")
        .join(order, how="cross")
        .join(found, on=["week_date", "band"], how="left")
        .with_columns(
            pl.when(is_scored).then(pl.col("accounts", "arr_usd").fill_null(0)),
        )
        .sort("week_date", "place")
        .select(HealthMix.column_names())
        .collect(engine="in-memory")
    )


def _scored_days(scores: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    """Per week that was scored its newest scored day and the version that scored it."""
    before = (pl.lit(as_of) - pl.col("as_of")).dt.total_days() // WEEK_DAYS
    return (
        scores.select("as_of", "card_version", before=before)
        .unique()
        .sort("as_of")
        .group_by("before")
        .agg(scored_date=pl.col("as_of").last(), card_version=pl.col("card_version").last())
        .select(
            "scored_date",
            "card_version",
            week_date=pl.lit(as_of) - pl.duration(days=pl.col("before") * WEEK_DAYS),
        )
    )


def _weeks(as_of: dt.date) -> pl.LazyFrame:
    days = [as_of - dt.timedelta(days=back * WEEK_DAYS) for back in range(WEEKS)]
    return pl.LazyFrame({"week_date": days}, schema={"week_date": pl.Date})


def finding(frame: pl.DataFrame) -> str:
    """How many accounts are at risk, and how many were in the oldest week scored by this card."""
    if frame.is_empty():
        return "No account with a contract is known"
    scored = frame.filter(pl.col("band") == "at_risk").drop_nulls("accounts")
    at_risk = same_card(scored, date="week_date")
    now, then = at_risk.row(-1, named=True), at_risk.row(0, named=True)
    said = f"{words.plural(now['accounts'], 'account')} at risk"
    if at_risk.height == 1:
        new = f"scorecard {now['card_version']} is new this week"
        return f"{said}; {'no earlier week is scored' if scored.height == 1 else new}"
    weeks = (now["week_date"] - then["week_date"]).days // WEEK_DAYS
    return f"{said}; {words.plural(weeks, 'week')} before it was {then['accounts']:,}"


QUESTIONS = (
    Question(
        name="health_mix",
        asks="How many accounts are healthy, and is it getting better?",
        shape=HealthMix,
        depends_on=depends_on,
        entries=entries,
        answer=health_mix,
        finding=finding,
        filters="accounts",
    ),
)
