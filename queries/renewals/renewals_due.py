"""What is due for renewal in a period, and what contracts and deals say became of it."""

import datetime as dt

import dataframely as dy
import polars as pl

from queries.core.columns import count_metric, metric
from queries.core.question import Parameter, Question
from queries.health.indicators.account_facts import profiles
from queries.renewals.renewal_deals import deals_of, nearest_end
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS, months_before, terms_of
from queries.shared.fiscal_calendar import FISCAL_YEAR_START, half_year
from warehouse.context import UNKNOWN, Context
from warehouse.contract.columns import day, flag, identifier, text, word
from warehouse.contract.words import HYPERSCALERS, REGIONS, SEGMENTS
from warehouse.read import Read

STATES = ("won", "open", "no_forecast", "lost")
_LINE = ("account_id", "deployment_model", "hyperscaler")


class RenewalsDue(dy.Schema):
    """One row per contract that ends in the period; who left stays, with nothing won."""

    contract_id = identifier("Contract that ends", key=True)
    account_id = identifier("Account")
    account_name = text("Account name; its id where it has none", nullable=False)
    segment = word("Market segment", *SEGMENTS, UNKNOWN)
    region = word("Sales region", *REGIONS, UNKNOWN)
    owner_id = identifier("Customer-success owner", nullable=True)
    owner_name = text("Name of the owner; null: nobody known")
    hyperscaler = word("Hyperscaler; none for on-prem", *HYPERSCALERS)
    period = text("The period asked about", nullable=False)
    renewal_date = day("The contract ends: the first day it no longer runs")
    days_to_renewal = count_metric("days_to_renewal", signed=True)
    state = word("Won, open with a forecast, no forecast, or lost", *STATES)
    due_usd = metric("renewal_due_usd")
    won_usd = metric("renewal_won_usd")
    forecast_usd = metric("renewal_forecast_usd", nullable=True)
    no_forecast_usd = metric("renewal_no_forecast_usd")
    is_reviewed = flag(
        "Somebody changed the forecast or acted since; null: no forecast", nullable=True
    )
    next_step = text("Next step of the open deal")
    lost_date = day("First day without the contract; null: not lost", nullable=True)
    churn_reason = text("Reason given; null: not lost, or nobody wrote it down")

    @dy.rule()
    def won_and_forecast_are_at_most_what_is_due(cls) -> pl.Expr:
        decided = cls.won_usd.col + cls.forecast_usd.col.fill_null(0.0)
        return decided <= cls.due_usd.col * (1 + 1e-12)


def reads() -> dict[str, Read]:
    """Every contract and renewal deal, which contracts the filters let through, and whose.

    A deal may be about several contracts, so that its split needs those outside the filters too.
    """
    return {
        "contracts": Read(
            table="contracts", columns=CONTRACT_COLUMNS, every_version=True, ignores_filters=True
        ),
        "listed": Read(table="contracts", columns=("contract_id",)),
        "opportunities": Read(
            table="opportunities",
            columns=(
                *("opportunity_id", "recorded_at", "account_id", "stage", "amount_usd"),
                *("close_date", "next_step", "last_activity_at"),
            ),
            equal={"type": ("renewal",)},
            every_version=True,
            ignores_filters=True,
        ),
        "accounts": Read(
            table="accounts",
            columns=(
                *("account_id", "name", "segment", "region", "owner_id"),
                *("churned_date", "churn_reason"),
            ),
            ignores_filters=True,
        ),
        "people": Read(table="people", columns=("person_id", "name")),
    }


def period(as_of: dt.date, months: int, fiscal_year_start: int = 1) -> tuple[dt.date, dt.date, str]:
    """The first day, the first day after, and the name: `months` from the data date on.

    With 0 the fiscal half-year that holds the data date, what already ended included.
    """
    if months:
        until = months_before(as_of, -months)
        return as_of, until, f"{words.day(as_of)} to {words.day(until)}"
    return half_year(as_of, fiscal_year_start)


def renewals_due(
    *,
    contracts: pl.LazyFrame,
    listed: pl.LazyFrame,
    opportunities: pl.LazyFrame,
    accounts: pl.LazyFrame,
    people: pl.LazyFrame,
    context: Context,
    months: int,
    fiscal_year_start: int,
) -> pl.DataFrame:
    """Every contract that ends in the period, with what is due, won and forecast of it.

    Grain: contract_id; sorted by renewal date, then the amount due, largest first, then
    contract_id. A contract not begun yet is not due, one of several years is when it ends; what
    has no ARR has nothing to renew. A signed contract of the same account, deployment model and
    hyperscaler that starts on the end or later has renewed it. A forecast is null where nobody made
    one.
    """
    first, until, name = period(context.as_of, months, fiscal_year_start)
    terms = terms_of(contracts).filter(pl.col("arr_usd") > 0).collect().lazy()
    ends = terms.filter(pl.col("start_date") <= context.as_of).drop_nulls("until_date")
    deals = nearest_end(deals_of(opportunities), ends)
    due = (
        ends.join(_signed(terms), on=[*_LINE, "until_date"], how="left")
        .join(deals, on=["account_id", "until_date"], how="left")
        .with_columns(
            line_share=_share_of("arr_usd", *_LINE), date_share=_share_of("arr_usd", "account_id")
        )
        .filter(pl.col("until_date") >= first, pl.col("until_date") < until)
        .join(listed, on="contract_id", how="semi")
        .join(profiles(accounts, people), on="account_id", how="left")
        .join(
            accounts.select("account_id", "churned_date", "churn_reason"),
            on="account_id",
            how="left",
        )
    )
    return (
        _decided(due)
        .with_columns(
            account_name=pl.coalesce("account_name", "account_id"),
            segment=pl.col("segment").fill_null(UNKNOWN),
            region=pl.col("region").fill_null(UNKNOWN),
            period=pl.lit(name),
            renewal_date="until_date",
            days_to_renewal=(pl.col("until_date") - pl.lit(context.as_of)).dt.total_days(),
        )
        .sort("renewal_date", "due_usd", "contract_id", descending=[False, True, False])
        .select(RenewalsDue.column_names())
        .collect()
    )


def _share_of(column: str, *by: str) -> pl.Expr:
    """A contract's part of what ends on the same day, per `by`."""
    return pl.col(column) / pl.col(column).sum().over(*by, "until_date")


def _signed(terms: pl.LazyFrame) -> pl.LazyFrame:
    """ARR signed to follow what ends, per line and day; a contract follows the newest end."""
    follows = terms.filter(
        pl.col("until_date").is_null() | (pl.col("until_date") > pl.col("start_date"))
    )
    ends = terms.drop_nulls("until_date").select(*_LINE, "until_date").unique()
    return (
        follows.select("contract_id", *_LINE, "start_date", signed_usd="arr_usd")
        .join(ends, on=_LINE)
        .filter(pl.col("until_date") <= pl.col("start_date"))
        .sort("contract_id", "until_date")
        .unique("contract_id", keep="last", maintain_order=True)
        .group_by(*_LINE, "until_date")
        .agg(pl.col("signed_usd").sum())
    )


def _decided(due: pl.LazyFrame) -> pl.LazyFrame:
    """`due` with due_usd, won_usd, what is forecast and what is not, state, and what was lost."""
    is_signed = pl.col("signed_usd").is_not_null()
    won = (
        pl.when(is_signed)
        .then(pl.col("signed_usd") * pl.col("line_share"))
        .otherwise(pl.col("won_deals_usd").fill_null(0.0) * pl.col("date_share"))
    )
    is_gone = pl.any_horizontal(
        pl.col("churned_date").is_not_null(),
        pl.col("status") == "terminated",
        pl.col("is_given_up").fill_null(value=False),
    )
    forecast = pl.min_horizontal(
        pl.col("open_deals_usd") * pl.col("date_share"), pl.col("due_usd") - pl.col("won_usd")
    )
    return (
        due.with_columns(due_usd="arr_usd", won_usd=pl.min_horizontal(won, "arr_usd"))
        .with_columns(is_lost=~is_signed & (pl.col("won_usd") == 0) & is_gone)
        .with_columns(
            forecast_usd=pl.when(
                ~is_signed & ~pl.col("is_lost") & pl.col("open_deals_usd").is_not_null()
            ).then(forecast)
        )
        .with_columns(
            state=pl.when("is_lost")
            .then(pl.lit("lost"))
            .when(pl.col("forecast_usd").is_not_null())
            .then(pl.lit("open"))
            .when(is_signed | (pl.col("won_usd") > 0))
            .then(pl.lit("won"))
            .otherwise(pl.lit("no_forecast")),
            is_reviewed=pl.when(pl.col("forecast_usd").is_not_null()).then("is_reviewed"),
            lost_date=pl.when("is_lost").then(pl.coalesce("churned_date", "until_date")),
            churn_reason=pl.when("is_lost").then("churn_reason"),
        )
        .with_columns(no_forecast_usd=pl.when(state="no_forecast").then("due_usd").otherwise(0.0))
    )


def finding(frame: pl.DataFrame) -> str:
    """How much is due, and how much of it nobody has forecast."""
    if frame.is_empty():
        return "Nothing is due for renewal in this period"
    due, silent = (words.money(float(frame[name].sum())) for name in ("due_usd", "no_forecast_usd"))
    contracts = words.plural(frame.height, "contract")
    return f"{due} of {contracts} due in {frame['period'][0]}, {silent} without a forecast"


MONTHS = Parameter(
    name="months",
    description="Months ahead; 0: the fiscal half-year that holds the data date",
    default=0,
    least=0,
    most=12,
)
QUESTIONS = (
    Question(
        name="renewals_due",
        asks="What is due for renewal, and what do contracts and deals say of it?",
        shape=RenewalsDue,
        reads=reads,
        answer=renewals_due,
        finding=finding,
        filters="rows",
        parameters=(MONTHS, FISCAL_YEAR_START),
    ),
)
