"""The question of the Triage page: whom do I call first, about what, and what was done?"""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from queries.core.columns import among_selected, codes, count_metric, metric, with_words
from queries.core.question import Dependency, Parameter, Question
from queries.health.indicators.reasons import reason_list
from queries.health.risk import churn_risk
from queries.health.scorecard import account_health
from queries.health.scorecard.account_health import POINTS
from queries.health.scorecard.definition import BANDS
from queries.health.scorecard.score import UNKNOWN
from queries.shared import words
from queries.shared.periods import MONTH_DAYS
from queries.triage.action_state import action_state
from queries.triage.queue import CAUSES, PLACES, placed
from queries.triage.risk_state import KEY, WEEK_DAYS, scores_by_week
from queries.triage.risk_state import QUESTIONS as RISK_STATE
from warehouse.context import Context
from warehouse.contract.columns import day, flag, identifier, instant, text, word
from warehouse.contract.words import HYPERSCALERS, REGIONS, SEGMENTS

ORDERS = ("loss", "score")
CAPACITY = 12


class Triage(dy.Schema):
    """One row per account with a contract in force, or one that lapsed and may be renewed."""

    account_id = identifier("Account", key=True)
    place = among_selected(
        with_words(word("In the queue, next in line, snoozed, or overridden", *PLACES), PLACES)
    )
    rank = count_metric("triage_rank", nullable=True)
    causes = among_selected(
        with_words(
            codes("Why it is here, in its place among the accounts in the filters", *CAUSES), CAUSES
        )
    )
    was_in_queue = among_selected(
        flag("Whether it was in the earlier queue, the top a week before")
    )
    account_name = text("Account name; its id where it has none", nullable=False)
    status = word("Band of the score, or the one set over it", *BANDS, UNKNOWN)
    band = word("Band of the score", *BANDS, UNKNOWN)
    owner_id = identifier("Whom it is assigned to, else the account's owner", nullable=True)
    owner_name = text("Name of the owner; null: nobody known")
    segment = word("Market segment", *SEGMENTS, UNKNOWN)
    region = word("Sales region", *REGIONS, UNKNOWN)
    hyperscalers = codes("Hyperscalers of its contracts in force, sorted", *HYPERSCALERS)
    arr_usd = metric("arr_usd")
    arr_selected_usd = metric("arr_selected_usd")
    arr_lapsed_usd = metric("arr_lapsed_usd", nullable=True)
    arr_lapsed_selected_usd = metric("arr_lapsed_selected_usd", nullable=True)
    renewal_date = day("First day nothing is signed for; null: unknown or lapsed", nullable=True)
    days_to_renewal = count_metric("days_to_renewal", nullable=True)
    days_lapsed = count_metric("days_lapsed", nullable=True)
    reasons = reason_list("At most three reasons, strongest first")
    factors = codes("The factors behind them, to be acted on", *POINTS)
    is_new_reason = flag("Whether one appeared since somebody dealt with the account")
    score = metric("health_score", nullable=True)
    score_before = metric("health_score", nullable=True, description="Health score 28 d before")
    is_card_changed = flag("Whether another scorecard scored it 28 days before: not compared")
    weekly_scores = scores_by_week()
    coverage_share = metric("health_coverage_share")
    stale = codes("Factors whose source did not hold for the whole fleet", *POINTS)
    card_version = text("Version of the scorecard", nullable=False)
    oldest_input_date = day("Newest day of its oldest known input", nullable=True)
    tier = count_metric("evidence_tier")
    events = count_metric("churn_events")
    churn_probability = metric("churn_probability", nullable=True)
    expected_loss_usd = metric("expected_loss_usd", nullable=True)
    expected_loss_low_usd = metric("expected_loss_usd", nullable=True)
    expected_loss_high_usd = metric("expected_loss_usd", nullable=True)
    ranking_loss_usd = metric("ranking_loss_usd", nullable=True)
    is_assumed = flag("Whether the loss that ranks it is assumed: no probability is known")
    time_pressure = metric("time_pressure")
    entered_date = day("Data date it came to be at risk; null: it is not", nullable=True)
    left_date = day("Data date it was at risk no longer; null: it is, or never was", nullable=True)
    version = count_metric("triage_actions")
    due_date = day("When it is due", nullable=True)
    acknowledged_by = text("Who acknowledged it last")
    acknowledged_at = instant("When", nullable=True)
    snoozed_until = day("First day the snooze is over; null: not snoozed", nullable=True)
    snooze_reason = text("Why it is snoozed")
    snoozed_by = text("Who snoozed it")
    override_band = word("Band that somebody set over the score's", *BANDS, nullable=True)
    override_reason = text("Why")
    override_by = text("Who")
    override_expires = day("First day the override is over", nullable=True)
    notes = count_metric("triage_notes")
    last_note = text("The newest note")
    last_note_by = text("Who wrote it")
    last_action_id = identifier("The newest action on it, undone or not", nullable=True)
    last_action_kind = text("Its kind")
    last_action_at = instant("When", nullable=True)
    last_action_by = text("Who")


def depends_on() -> Mapping[str, Dependency]:
    """Health and chances now and a week before, all scores a month before, the risk states."""
    health, risk = account_health.QUESTIONS[0], churn_risk.QUESTIONS[0]
    return {
        "health": Dependency(health),
        "book": Dependency(health, whole_book=True),
        "before": Dependency(health, days_before=MONTH_DAYS, ignores_filters=True),
        "risk": Dependency(risk),
        "health_last_week": Dependency(health, days_before=WEEK_DAYS),
        "risk_last_week": Dependency(risk, days_before=WEEK_DAYS),
        "risk_state": Dependency(RISK_STATE[0]),
    }


def entries(context: Context) -> Mapping[str, LedgerQuery]:
    """What was done about the accounts."""
    return {"actions": LedgerQuery("triage_actions", last=context.as_of)}


def triage(
    *,
    health: pl.LazyFrame,
    book: pl.LazyFrame,
    before: pl.LazyFrame,
    risk: pl.LazyFrame,
    health_last_week: pl.LazyFrame,
    risk_last_week: pl.LazyFrame,
    risk_state: pl.LazyFrame,
    actions: pl.LazyFrame,
    context: Context,
    capacity: int,
    order: str,
) -> pl.DataFrame:
    """Every account in the order to call, cut at the team's capacity, with what was done about it.

    Grain: account_id, so the same account is one item whatever its reasons; in the queue and next
    in line by rank, then the snoozed, then the overridden. See `queries.triage.queue` for the rule
    and `action_state` for what an action does and when it is over. Place, rank and causes
    are those among the accounts in the filters; nothing else of an account depends on them. What
    was written in the ledger of an account that this reader may not see is left out.
    """
    owners = book.select("owner_id", "owner_name").drop_nulls().unique("owner_id")
    month_ago = before.select(KEY, earlier_score="score", earlier_card="card_version")
    is_card_changed = (pl.col("earlier_card") != pl.col("card_version")).fill_null(value=False)
    accounts = (
        _with_chances(health, risk)
        .rename({"owner_id": "account_owner_id"})
        .drop("owner_name")
        .join(month_ago, on=KEY, how="left")
        .join(risk_state, on=KEY, how="left")
        .join(action_state(actions, context.as_of).lazy(), on=KEY, how="left")
        .with_columns(
            pl.col("version", "notes").fill_null(0),
            owner_id=pl.coalesce("assigned_owner_id", "account_owner_id"),
            is_card_changed=is_card_changed,
            score_before=pl.when(~is_card_changed).then("earlier_score"),
        )
        .join(owners, on="owner_id", how="left")
    )
    last_week = _with_chances(health_last_week, risk_last_week)
    now, earlier = (frame.collect(engine="in-memory") for frame in (accounts, last_week))
    return placed(now, earlier, order=order, capacity=capacity).select(Triage.column_names())


def _with_chances(health: pl.LazyFrame, risk: pl.LazyFrame) -> pl.LazyFrame:
    return health.join(risk.drop("model", "card_version"), on=KEY, how="left")


def finding(frame: pl.DataFrame) -> str:
    """How many accounts need a call this week, and the ARR in them; or that all are in progress."""
    if frame.is_empty():
        return "No account with a contract is known"
    queue = frame.filter(place="queue")
    waiting = queue.filter(pl.col("acknowledged_by").is_null())
    begun = queue.height - waiting.height
    if queue.is_empty():
        return "No account needs a call: all are snoozed or overridden"
    if waiting.is_empty():
        return f"All acknowledged, {begun} in progress"
    money = words.money(
        float(
            waiting.select(pl.max_horizontal("arr_selected_usd", "arr_lapsed_selected_usd"))
            .sum()
            .item()
        )
    )
    needs = "needs" if waiting.height == 1 else "need"
    rest = f", {begun} in progress" if begun else ""
    return f"{words.plural(waiting.height, 'account')}, {money} ARR, {needs} a call this week{rest}"


QUESTIONS = (
    Question(
        name="triage",
        asks="Whom do I call first, and about what?",
        shape=Triage,
        depends_on=depends_on,
        entries=entries,
        answer=triage,
        finding=finding,
        filters="accounts",
        parameters=(
            Parameter(
                name="capacity",
                description="Accounts the team can call this week",
                default=CAPACITY,
                least=1,
                most=500,
            ),
            Parameter(
                name="order",
                description="What decides: expected loss and time, or the score alone",
                default="loss",
                choices=ORDERS,
            ),
        ),
    ),
)
