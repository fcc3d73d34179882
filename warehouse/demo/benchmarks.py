"""Three campaigns: one that holds, its A/A control, and one that must be refused."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from warehouse.demo.draws import Draws
from warehouse.demo.frames import Row, contract_frame
from warehouse.demo.parity import SETTINGS, SYSTEMS

MIB_PER_MB = 1_000_000 / 1_048_576
# Symmetric places of a bell curve, in standard deviations: their median is 0 for every n here.
_BELL_10 = (-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645)
_BELL_4 = (-1.15, -0.319, 0.319, 1.15)
_ABBA = "ABBABAABBAABABBAABBA"


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """One comparison of `system_id` (A) with `baseline_system_id` (B), and its true ratio."""

    campaign: str
    workload: str
    metric: str
    system_id: str
    baseline_system_id: str
    baseline_value: float
    true_ratio: float
    session_cv: float
    order: str
    first_session: dt.datetime
    registered_at: dt.datetime
    campaign_type: str
    clients: int
    planned_sessions: int
    control_campaign: str | None = None
    units: tuple[str, str] = ("MiB/s", "MiB/s")


CAMPAIGNS = (
    Campaign(
        campaign="tpu-checkpoint-2026-01",
        workload="llm-checkpoint-write",
        metric="checkpoint_write_mib_per_s",
        system_id="sys-ours-tpu",
        baseline_system_id="sys-managed-lustre-tpu",
        baseline_value=14_200.0,
        true_ratio=1.23,
        session_cv=0.025,
        order=_ABBA,
        first_session=dt.datetime(2026, 1, 12, 7, tzinfo=dt.UTC),
        campaign_type="tpu_checkpoint",
        clients=64,
        planned_sessions=10,
        control_campaign="tpu-checkpoint-2026-01-control",
        registered_at=dt.datetime(2026, 1, 8, 15, tzinfo=dt.UTC),
    ),
    Campaign(
        campaign="tpu-checkpoint-2026-01-control",
        workload="llm-checkpoint-write",
        metric="checkpoint_write_mib_per_s",
        system_id="sys-ours-tpu",
        baseline_system_id="sys-ours-tpu-again",
        baseline_value=17_466.0,
        true_ratio=1.0,
        session_cv=0.022,
        order=_ABBA,
        first_session=dt.datetime(2026, 1, 19, 7, tzinfo=dt.UTC),
        campaign_type="tpu_checkpoint",
        clients=64,
        planned_sessions=10,
        registered_at=dt.datetime(2026, 1, 8, 15, tzinfo=dt.UTC),
    ),
    Campaign(
        campaign="kv-cache-2026-01",
        workload="kv-cache-read",
        metric="kv_cache_read_throughput",
        system_id="sys-ours-gpu",
        baseline_system_id="sys-parallel-gpu",
        baseline_value=9_600.0,
        true_ratio=1.31,
        session_cv=0.06,
        order="AAAABBBB",
        first_session=dt.datetime(2026, 1, 6, 7, tzinfo=dt.UTC),
        campaign_type="storage",
        clients=8,
        planned_sessions=10,
        registered_at=dt.datetime(2026, 1, 14, 10, tzinfo=dt.UTC),
        units=("MiB/s", "MB/s"),
    ),
)


def benchmark_systems() -> pl.DataFrame:
    """The measured systems with the day their invented price was read."""
    return contract_frame("benchmark_systems", SYSTEMS)


def benchmark_settings() -> pl.DataFrame:
    """The parity sheet's cells; a null value is unknown."""
    return contract_frame(
        "benchmark_settings",
        [
            {
                "system_id": system["system_id"],
                "setting": setting,
                "value": values[place],
                "unit": unit,
                "source": "Run log" if values[place] is not None else None,
            }
            for place, system in enumerate(SYSTEMS)
            for setting, unit, *values in SETTINGS
        ],
    )


def benchmark_runs() -> pl.DataFrame:
    """Every run: a warm-up and three measured ones in each session."""
    return contract_frame("benchmark_runs", [row for one in CAMPAIGNS for row in _runs(one)])


def benchmark_claims() -> pl.DataFrame:
    """The claim of each campaign; the refused one was written down after its runs."""
    return contract_frame(
        "benchmark_claims",
        [
            {
                "claim_id": f"clm-{one.campaign}",
                "campaign": one.campaign,
                "campaign_type": one.campaign_type,
                "workload": one.workload,
                "metric": one.metric,
                "unit": one.units[0],
                "system_id": one.system_id,
                "baseline_system_id": one.baseline_system_id,
                "direction": "higher",
                "margin_share": 0.01,
                "planned_sessions": one.planned_sessions,
                "run_order": one.order,
                "control_campaign": one.control_campaign,
                "registered_at": one.registered_at,
                "exclusions": "Warm-up runs: one per session",
            }
            for one in CAMPAIGNS
        ],
    )


def _runs(campaign: Campaign) -> Iterator[Row]:
    draws = Draws(f"campaign {campaign.campaign}")
    per_arm = campaign.order.count("A")
    bell = _BELL_10 if per_arm == len(_BELL_10) else _BELL_4
    deviations = {arm: iter(draws.shuffled(bell)) for arm in "AB"}
    for session, arm in enumerate(campaign.order, start=1):
        centre = campaign.baseline_value * (campaign.true_ratio if arm == "A" else 1.0)
        centre *= 1 + campaign.session_cv * next(deviations[arm])
        unit = campaign.units["AB".index(arm)]
        scale = 1 / MIB_PER_MB if unit == "MB/s" else 1.0
        # The measured runs lie around the session's centre, which is their median.
        around = (0.93 + draws.between(0, 0.03), *draws.shuffled((-0.004, 0.0, 0.004)))
        for run, offset in enumerate(around):
            value = centre * (offset if run == 0 else 1 + offset) * scale
            yield {
                "run_id": f"run-{campaign.campaign}-{session:02d}-{run}",
                "metric": campaign.metric,
                "campaign": campaign.campaign,
                "system_id": campaign.system_id if arm == "A" else campaign.baseline_system_id,
                "workload": campaign.workload,
                "session_id": f"ses-{campaign.campaign}-{session:02d}",
                "sequence": (session - 1) * 4 + run + 1,
                "unit": unit,
                "value": round(value, 2),
                "is_warmup": run == 0,
                "clients": campaign.clients,
                "started_at": campaign.first_session
                + dt.timedelta(hours=6 * (session - 1), minutes=12 * run),
                "verification": "unverified",
            }
