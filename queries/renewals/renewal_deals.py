"""Renewal deals: what each says now, whether anybody looked at it, and which end it is about."""

import polars as pl

# A deal closed further from every end of a contract is about none of them.
NEAR_DAYS = 183


def deals_of(opportunities: pl.LazyFrame) -> pl.LazyFrame:
    """What is known now of every renewal deal that has a close date.

    Takes every version of renewal opportunities. Grain: opportunity_id; `outcome` is won, lost or
    open, told by those words in the stage. A deal is reviewed when its amount is not the one it
    was made with, or something was done about it afterwards: a default that nobody touched is no
    judgement.
    """
    stage = pl.col("stage").str.to_lowercase()
    is_changed = pl.col("amount_usd").n_unique() > 1
    is_worked_on = pl.col("last_activity_at").max() > pl.col("recorded_at").min()
    newest = pl.col("account_id", "stage", "amount_usd", "close_date", "next_step").last()
    return (
        opportunities.sort("opportunity_id", "recorded_at")
        .group_by("opportunity_id", maintain_order=True)
        .agg(newest, is_reviewed=is_changed | is_worked_on.fill_null(value=False))
        .drop_nulls(["account_id", "close_date"])
        .with_columns(
            outcome=pl.when(stage.str.contains("won"))
            .then(pl.lit("won"))
            .when(stage.str.contains("lost"))
            .then(pl.lit("lost"))
            .otherwise(pl.lit("open"))
        )
    )


def nearest_end(deals: pl.LazyFrame, ends: pl.LazyFrame) -> pl.LazyFrame:
    """The deals added up per account and day on which contracts of it end, nearest to their close.

    Grain: account_id, until_date. `won_deals_usd` and `open_deals_usd` are null where no deal of
    the kind has an amount; `is_given_up`: deals are closed as lost, and none is open or won.
    `is_reviewed` speaks of the open deals with an amount, `next_step` of the open ones.
    """
    far = (pl.col("close_date") - pl.col("until_date")).dt.total_days().abs()
    amount, outcome = pl.col("amount_usd"), pl.col("outcome")
    is_open = outcome == "open"

    def total(of: str) -> pl.Expr:
        known = amount.filter(outcome == of)
        return pl.when(known.count() > 0).then(known.sum())

    return (
        deals.join(ends.select("account_id", "until_date").unique(), on="account_id")
        .with_columns(far=far)
        .filter(pl.col("far") <= NEAR_DAYS)
        .sort("opportunity_id", "far", "until_date")
        .unique("opportunity_id", keep="first", maintain_order=True)
        .group_by("account_id", "until_date", maintain_order=True)
        .agg(
            won_deals_usd=total("won"),
            open_deals_usd=total("open"),
            is_given_up=(outcome == "lost").all(),
            is_reviewed=pl.col("is_reviewed").filter(is_open & amount.is_not_null()).all(),
            next_step=pl.col("next_step").filter(is_open).drop_nulls().first(),
        )
    )
