"""The health of parents: the scores of their accounts, weighted by ARR."""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from queries.core.columns import count_metric, metric
from queries.core.question import Dependency, Question
from queries.health.scorecard import account_health
from queries.health.scorecard.definition import BANDS, in_force
from queries.health.scorecard.score import UNKNOWN, band
from queries.shared import words
from queries.shared.null_safe import ratio
from warehouse.context import Context
from warehouse.contract.columns import identifier, text, word


class ParentHealth(dy.Schema):
    """One row per parent that has an account of `account_health` below it."""

    parent_account_id = identifier("Parent account", key=True)
    parent_name = text("Its name; its id where it is no account in force", nullable=False)
    accounts = count_metric("parent_accounts")
    arr_usd = metric("parent_arr_usd")
    score = metric("parent_score", nullable=True)
    band = word("Band of that score; unknown: too little of the ARR is scored", *BANDS, UNKNOWN)
    scored_arr_share = metric("scored_arr_share", nullable=True)
    lowest_account = text("Account with the lowest score")


def depends_on() -> Mapping[str, Dependency]:
    """The health of every account, of those the viewer may see, and of those selected."""
    health = account_health.QUESTIONS[0]
    return {
        "health": Dependency(health, whole_book=True),
        "seen": Dependency(health, ignores_filters=True),
        "selected": Dependency(health),
    }


def parent_health(
    *, health: pl.LazyFrame, seen: pl.LazyFrame, selected: pl.LazyFrame, context: Context
) -> pl.DataFrame:
    """The ARR-weighted mean score of each parent's accounts, the parent's own among them.

    Grain: parent_account_id; sorted by score, lowest first and unknown last, then by id. Accounts
    of unknown health carry no weight, and below the scorecard's coverage floor, measured in ARR,
    a parent's score and band are unknown. A filter selects the parents that have an account in it,
    each with all of its accounts. A parent of which the viewer may not see every account is left
    out: a part of it is not its health. Empty where no account has a parent.
    """
    scorecards = in_force(account_health.scorecard_versions(), context.as_of)
    has_parent = pl.col("parent_account_id").is_not_null()
    parents = health.filter(has_parent).select("parent_account_id").unique()
    own = health.join(
        parents, left_on="account_id", right_on="parent_account_id", how="semi"
    ).with_columns(parent_account_id=pl.coalesce("parent_account_id", "account_id"))
    family = pl.concat([own, health.filter(has_parent)]).unique("account_id")
    withheld = family.join(seen, on="account_id", how="anti")
    shown = (
        family.join(selected, on="account_id", how="semi")
        .join(withheld, on="parent_account_id", how="anti")
        .select("parent_account_id")
        .unique()
    )
    names = health.select(parent_account_id="account_id", parent_name="account_name")
    is_scored = pl.col("band") != UNKNOWN
    scored = pl.col("arr_usd").filter(is_scored).sum()
    weighted = (pl.col("score") * pl.col("arr_usd")).filter(is_scored).sum()
    lowest = (
        pl.col("account_name")
        .filter(is_scored)
        .sort_by(pl.col("score").filter(is_scored), pl.col("account_id").filter(is_scored))
    )
    return (
        family.join(shown, on="parent_account_id", how="semi")
        .group_by("parent_account_id")
        .agg(
            accounts=pl.len().cast(pl.Int64),
            lowest_account=lowest.first(),
            scored=scored,
            weighted=weighted,
            arr_usd=pl.col("arr_usd").sum(),
        )
        .with_columns(
            score=ratio("weighted", "scored"), scored_arr_share=ratio("scored", "arr_usd")
        )
        .join(names, on="parent_account_id", how="left")
        .with_columns(
            parent_name=pl.coalesce("parent_name", "parent_account_id"),
            band=band(scorecards, pl.col("score"), pl.col("scored_arr_share")),
        )
        .with_columns(score=pl.when(pl.col("band") != UNKNOWN).then("score"))
        .sort("score", "parent_account_id", nulls_last=True)
        .select(ParentHealth.column_names())
        .collect(engine="in-memory")
    )


def finding(frame: pl.DataFrame) -> str:
    """How many of the parents shown are at risk, and the ARR below them."""
    if frame.is_empty():
        return "No parent of whose accounts you may see every one"
    at_risk = frame.filter(pl.col("band") == "at_risk")
    money = words.money(float(at_risk["arr_usd"].sum()))
    return f"{at_risk.height} of {words.plural(frame.height, 'parent')} at risk, {money} ARR"


QUESTIONS = (
    Question(
        name="parent_health",
        asks="How healthy is each parent whose every account you may see, weighted by ARR?",
        shape=ParentHealth,
        depends_on=depends_on,
        answer=parent_health,
        finding=finding,
        filters="accounts",
    ),
)
