"""Contracts in force, the ARR they carry, and how much of it is kept: pure functions.

Every function takes contracts as `warehouse.read` gives them, known on the data date: one row per
contract and `recorded_at`, or only the newest of each contract. Days are half-open: a contract is
in force from `start_date` until the day before `end_date`.

A later version of a contract is an amendment or a correction. A correction changes ARR alone:
committed capacity, price and dates stay, so that nothing new was agreed and the amount before was
wrong. An amendment counts from the day it was recorded, a correction from the start. Where
capacity or price is unknown, a change of ARR is an amendment.
"""

import calendar
import datetime as dt
from dataclasses import dataclass

import polars as pl

from queries.shared.null_safe import whole_sum
from queries.shared.periods import midnight

CONTRACT_COLUMNS = (
    "contract_id",
    "recorded_at",
    "account_id",
    "deployment_model",
    "hyperscaler",
    "status",
    "start_date",
    "end_date",
    "arr_usd",
    "committed_tib",
    "rate_usd_per_tib_month",
)
_ENDED = ("expired", "terminated")
_LINE = ["account_id", "deployment_model", "hyperscaler"]
_AGREED = ("committed_tib", "rate_usd_per_tib_month")
_DATES = ("start_date", "end_date")


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` earlier, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def terms_of(contracts: pl.LazyFrame) -> pl.LazyFrame:
    """What is known now of every contract that was ever signed; drafts are left out.

    Grain: contract. `until_date` is the first day it no longer runs (null: open): its end date, or
    the day its end was recorded where a termination came before the date written down.
    """
    recorded = pl.col("recorded_at").dt.date()
    return (
        contracts.filter(pl.col("status") != "draft")
        .sort("contract_id", "recorded_at")
        .unique("contract_id", keep="last", maintain_order=True)
        .with_columns(
            until_date=pl.when(pl.col("status").is_in(_ENDED))
            .then(pl.min_horizontal("end_date", recorded))
            .otherwise("end_date")
        )
    )


def signed_versions(contracts: pl.LazyFrame) -> pl.LazyFrame:
    """Every recorded version of a signed contract, its ARR as corrected since and as stated then.

    Grain: contract_id, recorded_at; sorted by them. `arr_usd` is the amount of the last correction
    of the terms, `arr_stated_usd` the amount as it was recorded; `is_correction` says that this
    version corrects the one before. A version that moves only a date or the status keeps the
    amount, and so is corrected with its successors.
    """
    versions = contracts.filter(pl.col("status") != "draft").sort("contract_id", "recorded_at")

    def stays(column: str) -> pl.Expr:
        return pl.col(column) == pl.col(column).shift().over("contract_id")

    def stays_or_open(column: str) -> pl.Expr:
        return pl.col(column).eq_missing(pl.col(column).shift().over("contract_id"))

    is_agreed = pl.all_horizontal(*map(stays, _AGREED)).fill_null(value=False)
    is_same_date = pl.all_horizontal(*map(stays_or_open, _DATES))
    # The first version of a contract follows none, so that its capacity never stays.
    is_amended = ~(is_agreed & (is_same_date | stays("arr_usd")))
    return (
        versions.with_columns(
            terms=is_amended.cum_sum().over("contract_id"),
            is_correction=~is_amended & ~stays("arr_usd"),
        )
        .with_columns(
            arr_stated_usd="arr_usd", arr_usd=pl.col("arr_usd").last().over("contract_id", "terms")
        )
        .drop("terms")
    )


def in_force(contracts: pl.LazyFrame, day: dt.date) -> pl.LazyFrame:
    """The contracts in force on `day`, by the dates known now and the money agreed by then.

    Grain: contract. ARR and commitment are those of the newest terms recorded by the end of `day`
    (an amendment counts from the day it was recorded), or of the first terms where a contract was
    only recorded afterwards. `arr_usd` is as corrected since, `arr_stated_usd` as stated then.
    """
    cutoff = midnight(day + dt.timedelta(days=1))
    recorded = pl.col("recorded_at")
    agreed = (
        signed_versions(contracts)
        .filter((recorded < cutoff) | (recorded == recorded.min().over("contract_id")))
        .unique("contract_id", keep="last", maintain_order=True)
        .select("contract_id", "arr_usd", "arr_stated_usd", "committed_tib")
    )
    until = pl.col("until_date")
    return (
        terms_of(contracts)
        .filter(pl.col("start_date") <= day, until.is_null() | (until > day))
        .drop("arr_usd", "committed_tib")
        .join(agreed, on="contract_id")
    )


def renewals(contracts: pl.LazyFrame, day: dt.date) -> pl.LazyFrame:
    """The contracts in force on `day` with `renewal_date`, the first day nothing is signed for.

    Grain: contract. A signed contract of the same account, deployment model and hyperscaler that
    starts when this one ends, or later, has renewed it. Null: nobody wrote down an end.
    """
    current = in_force(contracts, day)
    signed = terms_of(contracts).filter(pl.col("status") == "activated", pl.col("start_date") > day)
    renewed = (
        current.select("contract_id", *_LINE, "end_date")
        .join(signed.select(*_LINE, "start_date", next_end="end_date"), on=_LINE)
        .filter(pl.col("start_date") >= pl.col("end_date"))
        .sort("start_date", "next_end")
        .group_by("contract_id")
        .agg(pl.col("next_end").last(), is_renewed=pl.lit(value=True))
    )
    return (
        current.join(renewed, on="contract_id", how="left")
        .with_columns(renewal_date=pl.when("is_renewed").then("next_end").otherwise("until_date"))
        .drop("next_end", "is_renewed")
    )


def selected_usd(hyperscalers: tuple[str, ...]) -> pl.Expr:
    """The sum of arr_usd over the contracts on one of `hyperscalers`; over all where none is named.

    The part of an account that a filter selects: such parts add up over the hyperscalers, where
    accounts on two of them would count twice.
    """
    arr = pl.col("arr_usd")
    return (arr.filter(pl.col("hyperscaler").is_in(hyperscalers)) if hyperscalers else arr).sum()


def under_contract(
    contracts: pl.LazyFrame, day: dt.date, hyperscalers: tuple[str, ...] = ()
) -> pl.LazyFrame:
    """The accounts with a contract in force on `day`, each with what its contracts add up to.

    Grain: account_id, with hyperscalers (a sorted list), arr_usd, arr_selected_usd (on the
    `hyperscalers` given; all of it where none is), committed_tib (null where one leaves it open)
    and renewal_date, the first of any.
    """
    return (
        renewals(contracts, day)
        .group_by("account_id")
        .agg(
            hyperscalers=pl.col("hyperscaler").unique().sort(),
            arr_usd=pl.col("arr_usd").sum(),
            arr_selected_usd=selected_usd(hyperscalers),
            committed_tib=whole_sum("committed_tib"),
            renewal_date=pl.col("renewal_date").min(),
        )
    )


def lapsed(
    contracts: pl.LazyFrame, day: dt.date, hyperscalers: tuple[str, ...] = ()
) -> pl.LazyFrame:
    """Accounts whose last contract ended by `day` with nothing in force: when, and its ARR.

    Grain: account_id, with lapsed_date, arr_lapsed_usd, USD per year of the contracts that ended
    on that date, and arr_lapsed_selected_usd, of those on the `hyperscalers` given.
    """
    ended = terms_of(contracts).filter(pl.col("until_date") <= day)
    running = in_force(contracts, day).select("account_id")
    last = pl.col("until_date") == pl.col("until_date").max().over("account_id")
    return (
        ended.join(running, on="account_id", how="anti")
        .filter(last)
        .group_by("account_id")
        .agg(
            lapsed_date=pl.col("until_date").first(),
            arr_lapsed_usd=pl.col("arr_usd").sum(),
            arr_lapsed_selected_usd=selected_usd(hyperscalers),
        )
    )


def cohort(contracts: pl.LazyFrame, start: dt.date, end: dt.date) -> pl.LazyFrame:
    """ARR of every account on two days; 0 where it has none.

    Grain: account_id, with arr_start_usd and arr_end_usd, both as corrected since, and
    arr_start_stated_usd, as it was stated on the first day.
    """

    def arr(day: dt.date, **names: str) -> pl.LazyFrame:
        totals = (pl.col(column).sum().alias(name) for name, column in names.items())
        return in_force(contracts, day).group_by("account_id").agg(*totals)

    return (
        arr(start, arr_start_usd="arr_usd", arr_start_stated_usd="arr_stated_usd")
        .join(arr(end, arr_end_usd="arr_usd"), on="account_id", how="full", coalesce=True)
        .select(
            "account_id",
            pl.col("arr_start_usd", "arr_end_usd", "arr_start_stated_usd").fill_null(0.0),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Retention:
    """What became of the accounts that had ARR at the start (the closed cohort), in USD per year.

    Money is summed first and divided then. A share over nothing is None, never 0 %.
    """

    accounts: int
    lost_accounts: int
    start_usd: float
    end_usd: float
    kept_usd: float

    @classmethod
    def of(cls, cohort: pl.LazyFrame) -> "Retention":
        """Retention of a frame as `cohort` gives it; accounts without ARR at the start stay out.

        `kept_usd` caps each account at what it had at the start: growth of one hides no loss of
        another.
        """
        start, end = pl.col("arr_start_usd"), pl.col("arr_end_usd")
        totals = (
            cohort.filter(start > 0)
            .select(
                accounts=pl.len(),
                lost_accounts=(end == 0).sum(),
                start_usd=start.sum(),
                end_usd=end.sum(),
                kept_usd=pl.min_horizontal(start, end).sum(),
            )
            .collect()
        )
        return cls(**totals.row(0, named=True))

    @property
    def nrr_share(self) -> float | None:
        return self.end_usd / self.start_usd if self.start_usd else None

    @property
    def grr_share(self) -> float | None:
        return self.kept_usd / self.start_usd if self.start_usd else None

    @property
    def logo_churn_share(self) -> float | None:
        return self.lost_accounts / self.accounts if self.accounts else None
