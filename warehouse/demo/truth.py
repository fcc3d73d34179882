"""What was planted: the answers that the pages are held against."""

import polars as pl

from warehouse.demo.benchmarks import CAMPAIGNS, Campaign
from warehouse.demo.clusters import Cluster, Fault
from warehouse.demo.contracts import (
    CORRECTED_AT,
    MISTYPED_AT,
    TYPING_ERROR,
    corrected_contract,
    missing_attributes,
)
from warehouse.demo.customers import (
    CAUSES,
    CHURNED,
    NO_USAGE,
    RENEWED_RED,
    TROUBLED,
    Customer,
)
from warehouse.demo.marketplace import stuck_offers
from warehouse.demo.metering import KEY, fault_hours
from warehouse.demo.on_call import CLASH, GAP, LIMIT, SCHEDULE, SHIFT, is_overloaded, watches
from warehouse.demo.period import LANDS_AFTER
from warehouse.demo.renewals import renewal_calls
from warehouse.demo.telemetry import MISSING_FEED_DAY

# What becomes of each campaign's claim: verdict, parity, robustness, tipping factor to three
# decimals, bias budget (MTU alone: 1.10). The refused one has no ratio and no bound.
CLAIMED = {
    "tpu-checkpoint-2026-01": ("superior", "OPEN", "stands", 1.198, 1.1),
    "tpu-checkpoint-2026-01-control": ("inconclusive", "CLOSED", "falls", 0.977, 1.0),
    "kv-cache-2026-01": ("inconclusive", "INVALID", None, None, None),
}


def truth_tables(
    cast: tuple[Customer, ...],
    fleet: tuple[Cluster, ...],
    planted: list[Fault],
    tables: dict[str, pl.DataFrame],
) -> dict[str, pl.DataFrame]:
    """Every planted fact by the name of its table in the schema `demo_truth`."""
    return {
        **_accounts(cast, fleet),
        **_hours(planted),
        **_on_call(tables["incidents"]),
        "missing_feed_days": pl.DataFrame(
            {"table_name": "feature_usage_daily", "missing_date": [MISSING_FEED_DAY]}
        ),
        "corrected_contracts": _corrected(cast, tables["contracts"]),
        "missing_attributes": missing_attributes(cast),
        "contracts_without_end": tables["contracts"]
        .filter(pl.col("end_date").is_null())
        .select("contract_id")
        .unique(),
        "renewal_calls": renewal_calls(cast),
        "stuck_offers": stuck_offers(tables["offers"]),
        "benchmark_ratios": pl.DataFrame(
            [
                {
                    "campaign": one.campaign,
                    "metric": one.metric,
                    "system_id": one.system_id,
                    "baseline_system_id": one.baseline_system_id,
                    "true_ratio": one.true_ratio,
                    "sessions_per_arm": one.order.count("A"),
                    "is_refused": one.units[0] != one.units[1],
                }
                for one in CAMPAIGNS
            ]
        ),
        "benchmark_claims": pl.DataFrame([_claimed(one) for one in CAMPAIGNS]),
    }


def _corrected(cast: tuple[Customer, ...], contracts: pl.DataFrame) -> pl.DataFrame:
    """Key contract_id: ARR as it was typed and as it was before and is since."""
    return (
        contracts.filter(contract_id=corrected_contract(cast), recorded_at=MISTYPED_AT)
        .select("contract_id", "account_id", mistyped_arr_usd="arr_usd", mistyped_at="recorded_at")
        .with_columns(
            arr_usd=(pl.col("mistyped_arr_usd") / TYPING_ERROR).round(2),
            corrected_at=pl.lit(CORRECTED_AT),
        )
    )


def _claimed(one: Campaign) -> dict[str, object]:
    verdict, parity, robustness, tipping_factor, bias_budget = CLAIMED[one.campaign]
    return {
        "claim_id": f"clm-{one.campaign}",
        "verdict": verdict,
        "parity": parity,
        "robustness": robustness,
        "tipping_factor": tipping_factor,
        "bias_budget": bias_budget,
        "credited_ratio": None if bias_budget is None else one.true_ratio / bias_budget,
        "is_supported": robustness == "stands",
    }


def _accounts(cast: tuple[Customer, ...], fleet: tuple[Cluster, ...]) -> dict[str, pl.DataFrame]:
    with_cluster = {cluster.customer.account_id for cluster in fleet}
    return {
        "churned_accounts": _fates(cast, CHURNED, "churned_date"),
        "red_but_renewed_accounts": _fates(cast, RENEWED_RED, "renewed_date"),
        "troubled_accounts": _fates(cast, TROUBLED, "data_date"),
        "no_usage_accounts": pl.DataFrame(
            [
                {
                    "account_id": one.account_id,
                    "has_cluster": one.account_id in with_cluster,
                }
                for one in cast
                if one.fate == NO_USAGE
            ]
        ),
    }


def _fates(cast: tuple[Customer, ...], fate: str, moment: str) -> pl.DataFrame:
    """Key account; `warnings` joined by commas, empty where nothing could be seen coming.

    `is_explained` is true where one of the causes led up to the day, each from its own day on,
    30 to 150 days before; `first_warning_date` is the earliest of them.
    """
    return pl.DataFrame(
        [
            {
                "account_id": one.account_id,
                moment: one.moment,
                "warnings": ",".join(sorted(one.warnings)),
                "first_warning_date": min(map(one.began, one.warnings & CAUSES), default=None),
                "is_explained": bool(one.warnings & CAUSES),
                "reason": one.churn_reason,
            }
            for one in cast
            if one.fate == fate
        ],
        schema_overrides={"first_warning_date": pl.Date, "reason": pl.String},
        infer_schema_length=None,
    )


def _hours(planted: list[Fault]) -> dict[str, pl.DataFrame]:
    hours = fault_hours(planted).with_columns(
        expected_at=pl.col("hour_start").dt.truncate("1d") + LANDS_AFTER
    )
    again = pl.col("expected_at") + pl.duration(days="days_late")

    def of(kind: str, *columns: pl.Expr) -> pl.DataFrame:
        return hours.filter(pl.col("kind") == kind).select(*KEY, *columns).sort(KEY)

    return {
        "missing_hours": of("missing"),
        "late_hours": of("late", again.alias("recorded_at"), pl.col("days_late")),
        "restated_hours": of(
            "restated",
            pl.col("expected_at").alias("first_recorded_at"),
            again.alias("restated_at"),
            pl.col("factor"),
            pl.col("fault_reason").alias("reason"),
        ),
        "duplicate_hours": of("duplicate", again.alias("recorded_again_at")),
    }


def _on_call(incidents: pl.DataFrame) -> dict[str, pl.DataFrame]:
    created = incidents["created_at"]
    overloaded = [
        {
            "schedule_id": SCHEDULE,
            "start_at": watch.start_at,
            "person_id": watch.primary,
            "incidents": int(
                created.is_between(watch.start_at, watch.start_at + SHIFT, closed="left").sum()
            ),
        }
        for watch in watches()
        if is_overloaded(watch)
    ]
    level, gap_at = GAP
    person, away_at = CLASH
    return {
        "overloaded_shifts": pl.DataFrame(overloaded).with_columns(limit=pl.lit(LIMIT)),
        "incidents_open": incidents.filter(pl.col("resolved_at").is_null()).select(
            "incident_id", is_acknowledged=pl.col("acknowledged_at").is_not_null()
        ),
        "coverage_gaps": pl.DataFrame(
            [{"schedule_id": SCHEDULE, "level": level, "start_at": gap_at}]
        ),
        "time_off_clashes": pl.DataFrame([{"person_id": person, "start_at": away_at}]),
    }
