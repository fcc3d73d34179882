"""Account health: each account's score by the scorecard in force, and what it is made of."""

import datetime as dt
import functools
import math
from collections.abc import Mapping

import dataframely as dy
import polars as pl

from queries.core.columns import codes, count_metric, metric
from queries.core.question import Parameter, ParameterInvalid, Question
from queries.health.indicators.health_inputs import FEEDS, INPUTS, inputs, reads
from queries.health.indicators.reasons import reason, reason_list
from queries.health.indicators.signals import INDICATORS
from queries.health.scorecard.definition import (
    BANDS,
    Scorecard,
    ScorecardVersion,
    in_force,
    shipped,
)
from queries.health.scorecard.score import UNKNOWN, band, contribution, coverage, health
from queries.shared import words
from queries.shared.thresholds import THRESHOLDS
from warehouse.context import Context
from warehouse.contract.columns import day, identifier, text, word
from warehouse.contract.words import HYPERSCALERS, REGIONS, SEGMENTS
from warehouse.provenance import Watermark

# Why a factor takes points: the reason of the indicator, where it is one.
_REASONS = {one.id: one.reason for one in INDICATORS} | {
    "tickets": reason("tickets", count=pl.col("severe_tickets_90d"))
}
STAGES = ("onboarding", "adopted", "renewing")
POINTS = {factor: f"{factor}_points" for factor in INPUTS}
_SHOWN_REASONS = 3
# An engine adds many hours in whatever order its threads come, so the last digits of a share are
# chance. A score is made from the first six, and is the same to the last bit whenever it is asked.
DECIMALS = 6
_SHARES = ("usage_change_share", "commitment_pace", "feature_breadth_share")
# The newest day of what each input was read from; the input is no older and no newer.
_THROUGH = {
    "usage": "usage_through",
    "commitment": "usage_through",
    "breadth": "features_through",
    "tickets": "tickets_through",
    "incidents": "incidents_through",
    "contact": "contacts_through",
}


def _points(factor: str) -> dy.Float64:
    return metric(
        "health_points", nullable=True, signed=True, description=f"{factor}: health points"
    )


class AccountHealth(dy.Schema):
    """One row per account with a contract in force, or one that lapsed and may be renewed."""

    account_id = identifier("Account", key=True)
    account_name = text("Account name; its id where it has none", nullable=False)
    parent_account_id = identifier("Parent account", nullable=True)
    segment = word("Market segment", *SEGMENTS, UNKNOWN)
    region = word("Sales region", *REGIONS, UNKNOWN)
    owner_id = identifier("Customer-success owner", nullable=True)
    owner_name = text("Name of the owner; null: nobody known")
    hyperscalers = codes("Hyperscalers of its contracts in force, sorted", *HYPERSCALERS)
    lifecycle_stage = word("Onboarding, adopted or renewing, told from its contracts", *STAGES)
    arr_usd = metric("arr_usd")
    arr_selected_usd = metric("arr_selected_usd")
    arr_lapsed_usd = metric("arr_lapsed_usd", nullable=True)
    arr_lapsed_selected_usd = metric("arr_lapsed_selected_usd", nullable=True)
    days_lapsed = count_metric("days_lapsed", nullable=True)
    renewal_date = day("First day nothing is signed for; null: unknown or lapsed", nullable=True)
    days_to_renewal = count_metric("days_to_renewal", nullable=True)
    usage_28d_tib_hours = metric("usage_28d_tib_hours", nullable=True)
    usage_change_share = metric("usage_change_share", nullable=True, signed=True)
    commitment_pace = metric("commitment_pace", nullable=True)
    feature_breadth_share = metric("feature_breadth_share", nullable=True)
    severe_tickets_90d = count_metric("severe_tickets_90d", nullable=True)
    open_severe_tickets = count_metric("open_severe_tickets", nullable=True)
    incidents_28d = count_metric("incidents_28d", nullable=True)
    days_since_contact = count_metric("days_since_contact", nullable=True)
    score = metric("health_score", nullable=True)
    band = word("At risk, watch, healthy; unknown: too little of it is known", *BANDS, UNKNOWN)
    coverage_share = metric("health_coverage_share")
    card = text("Scorecard that scores it", nullable=False)
    card_version = text("Version of the scorecard", nullable=False)
    oldest_input_date = day("Newest day of its oldest known input", nullable=True)
    usage_points = _points("Usage")
    commitment_points = _points("Use of commitment")
    breadth_points = _points("Features used")
    tickets_points = _points("Severe tickets")
    incidents_points = _points("Incidents")
    contact_points = _points("Contact")
    stale = codes("Factors whose source did not hold for the whole fleet", *INPUTS)
    drivers = codes("Factors that take points, most first", *INPUTS)
    reasons = reason_list("At most three reasons, strongest first")

    @dy.rule()
    def a_band_needs_a_score_and_what_it_was_made_of(cls) -> pl.Expr:
        return (cls.band.col == UNKNOWN) | (
            cls.score.col.is_not_null() & cls.oldest_input_date.col.is_not_null()
        )

    @dy.rule()
    def what_is_unknown_has_no_score(cls) -> pl.Expr:
        return (cls.band.col != UNKNOWN) | cls.score.col.is_null()


class AccountHealthByCard(AccountHealth):
    """One row per account of `AccountHealth` and version of the scorecard."""

    card_version = text("Version of the scorecard", key=True)


@functools.cache
def scorecard_versions() -> tuple[ScorecardVersion, ...]:
    """Every version of the scorecard in the product, oldest first."""
    return shipped(INPUTS)


def scorecard_version(context: Context, card_version: str | None = None) -> ScorecardVersion:
    """The version named, or the one in force on the data date; raises `ParameterInvalid`."""
    if card_version is None:
        return in_force(scorecard_versions(), context.as_of)
    for scorecards in scorecard_versions():
        if scorecards.version == card_version:
            return scorecards
    known = ", ".join(scorecards.version for scorecards in scorecard_versions())
    raise ParameterInvalid(f"There is no scorecard {card_version!r}.", f"There are: {known}.")


def account_health(
    *,
    context: Context,
    watermarks: Mapping[str, Watermark],
    card_version: str | None = None,
    **frames: pl.LazyFrame,
) -> pl.DataFrame:
    """The health of every account that is ours to lose on the data date.

    Grain: account_id, the accounts of `health_inputs`; sorted by score, lowest first and unknown
    last, then ARR descending, then account_id. The score is the weighted mean of the known factors
    of the account's card, shares taken to six decimals; below the coverage floor score and band are
    unknown, whatever the known part would give. Points add up to the score less the card's
    reference. Null is unknown in every column, and for points also a factor that is not on the
    card.
    """
    return _by(scorecard_version(context, card_version), _known(context, watermarks, frames))


def every_card(
    *, context: Context, watermarks: Mapping[str, Watermark], **frames: pl.LazyFrame
) -> pl.DataFrame:
    """`account_health` by each shipped version of the scorecard, of the same inputs.

    Grain: account_id, card_version; oldest version first. Also versions that were not in force on
    the data date: what they would have said is what their proof rests on.
    """
    known = _known(context, watermarks, frames)
    return pl.concat(_by(scorecards, known) for scorecards in scorecard_versions())


def _known(
    context: Context, watermarks: Mapping[str, Watermark], frames: dict[str, pl.LazyFrame]
) -> pl.DataFrame:
    """Every input of every account, its lifecycle stage, and how new each source is."""
    rows = inputs(context=context, watermarks=watermarks, **frames)
    staged = _with_stage(rows.with_columns(pl.col(_SHARES).round(DECIMALS)))
    return _with_dates(staged, context.as_of, watermarks, frames).collect(engine="in-memory")


def _by(scorecards: ScorecardVersion, known: pl.DataFrame) -> pl.DataFrame:
    """The accounts scored by the cards of `scorecards`, in the order of `account_health`."""
    named = known.lazy().with_columns(
        card=scorecards.names(pl.col("lifecycle_stage")),
        card_version=pl.lit(scorecards.version),
    )
    order = ["score", "arr_usd", "account_id"]
    by_card = (
        scored(named.filter(pl.col("card") == card.name), scorecards, card)
        for card in scorecards.cards
    )
    accounts = pl.concat(by_card).collect(engine="in-memory").lazy()
    return (
        accounts.join(_explained(accounts), on="account_id", how="left")
        .with_columns(pl.col("drivers").fill_null([]), pl.col("reasons").fill_null([]))
        .sort(order, descending=[False, True, False], nulls_last=True)
        .select(AccountHealth.column_names())
        .collect(engine="in-memory")
    )


def scored(accounts: pl.LazyFrame, scorecards: ScorecardVersion, card: Scorecard) -> pl.LazyFrame:
    """`accounts` with score, coverage_share, band, points and oldest_input_date.

    The score is null where the band is unknown; the points of the known factors stay, as facts.
    """
    points = {factor.id: contribution(card, factor) for factor in card.factors}
    on_card = [factor.id for factor in card.factors]
    absent = pl.lit(None, dtype=pl.Float64)
    data_through = (
        pl.when(pl.col(INPUTS[factor]).is_not_null()).then(_THROUGH[factor]) for factor in on_card
    )
    return (
        accounts.with_columns(
            score=health(card),
            coverage_share=coverage(card),
            oldest_input_date=pl.min_horizontal(data_through),
            **{column: points.get(factor, absent) for factor, column in POINTS.items()},
        )
        .with_columns(band=band(scorecards, pl.col("score"), pl.col("coverage_share")))
        .with_columns(score=pl.when(pl.col("band") != UNKNOWN).then("score"))
    )


def _with_stage(accounts: pl.LazyFrame) -> pl.LazyFrame:
    """Told from dates: the stage in the CRM is today's, and says nothing of an earlier day."""
    nears = pl.col("days_to_renewal") <= THRESHOLDS.exposed_days
    return accounts.with_columns(
        lifecycle_stage=pl.when(nears | pl.col("days_lapsed").is_not_null())
        .then(pl.lit("renewing"))
        .when(pl.col("customer_days") < THRESHOLDS.onboarding_days)
        .then(pl.lit("onboarding"))
        .otherwise(pl.lit("adopted"))
    )


def _with_dates(
    accounts: pl.LazyFrame,
    as_of: dt.date,
    watermarks: Mapping[str, Watermark],
    frames: dict[str, pl.LazyFrame],
) -> pl.LazyFrame:
    """`accounts` with the newest day of each source: per account where it has its own rows.

    That nothing was opened or triggered is as new as the feed is complete; that nobody was spoken
    to as the newest row of the whole source.
    """

    def reached(table: str) -> pl.Expr:
        at = watermarks[table].at
        day = None if at is None else (at - dt.timedelta(microseconds=1)).date()
        return pl.lit(day and min(day, as_of), dtype=pl.Date)

    def newest(rows: pl.LazyFrame, column: str, alias: str) -> pl.LazyFrame:
        at = pl.col(column).max().cast(pl.Date)
        return rows.select(at.clip(upper_bound=as_of).alias(alias))

    def of_account(name: str, alias: str) -> pl.LazyFrame:
        return (
            frames[name].group_by("account_id").agg(pl.col("latest_usage_date").max().alias(alias))
        )

    contacts = pl.concat(
        [
            frames["contacts_newest"].select(spoke_at="latest_last_contact_at"),
            frames["activities_newest"].select(spoke_at="latest_occurred_at"),
        ]
    )
    # Whose clusters are all retired is known to use nothing, without a row, on the data date.
    used = pl.when(pl.col("usage_28d_tib_hours").is_not_null())
    return (
        accounts.join(of_account("usage", "usage_through"), on="account_id", how="left")
        .join(of_account("features", "features_through"), on="account_id", how="left")
        .join(newest(contacts, "spoke_at", "contacts_through"), how="cross")
        .with_columns(
            usage_through=used.then(pl.col("usage_through").fill_null(as_of)),
            tickets_through=reached("tickets"),
            incidents_through=reached("incidents"),
        )
    )


def _explained(accounts: pl.LazyFrame) -> pl.LazyFrame:
    """What is said of each account that has anything to be said of: its drivers and reasons.

    A lapse comes first, then the factors that take points, most first and ties in the order of
    `POINTS`, then that no usage is recorded.
    """

    def said(of: pl.Expr, points: pl.Expr, why: pl.Expr, factor: str | None = None) -> pl.LazyFrame:
        return accounts.filter(of).select(
            "account_id",
            points=points.cast(pl.Float64),
            factor=pl.lit(factor, dtype=pl.String),
            reason=why,
        )

    lapse = reason("lapsed", days=pl.col("days_lapsed"))
    first, last = pl.lit(-math.inf), pl.lit(math.inf)
    reasons = (
        said(pl.col("days_lapsed").is_not_null(), first, lapse),
        *(
            said(pl.col(column) < 0, pl.col(column), _REASONS[factor], factor)
            for factor, column in POINTS.items()
        ),
        said(pl.col("usage_28d_tib_hours").is_null(), last, reason("silence")),
    )
    return (
        pl.concat(reasons)
        .sort("account_id", "points", maintain_order=True)
        .group_by("account_id", maintain_order=True)
        .agg(
            drivers=pl.col("factor").drop_nulls(),
            reasons=pl.col("reason").head(_SHOWN_REASONS),
        )
    )


def finding(frame: pl.DataFrame) -> str:
    """How many accounts are at risk, and the ARR in them."""
    if frame.is_empty():
        return "No account with a contract is known"
    at_risk = frame.filter(pl.col("band") == "at_risk")
    unknown = frame.filter(pl.col("band") == UNKNOWN).height
    if at_risk.is_empty():
        return f"No account at risk; {unknown} of {frame.height} unknown"
    money = words.money(float(at_risk["arr_selected_usd"].sum()))
    return f"{at_risk.height} of {words.plural(frame.height, 'account')} at risk, {money} ARR"


CARD_VERSION = Parameter(
    name="card_version",
    description="Version of the scorecard; the one in force where none is named",
)
QUESTIONS = (
    Question(
        name="account_health",
        asks="How healthy is each account, and what is its score made of?",
        shape=AccountHealth,
        reads=reads,
        answer=account_health,
        finding=finding,
        filters="accounts",
        watermarks=tuple(FEEDS),
        parameters=(CARD_VERSION,),
    ),
)
