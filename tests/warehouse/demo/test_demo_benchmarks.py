"""Each campaign carries its true ratio, and the one to be refused its flaws."""

import polars as pl
import pytest

from warehouse.demo.company import Demo

MB_PER_MIB = 1.048576


def session_medians(demo: Demo, campaign: str) -> dict[str, pl.Series]:
    """One number per session in MiB/s, by system."""
    measured = demo.tables["benchmark_runs"].filter(
        pl.col("campaign") == campaign, ~pl.col("is_warmup")
    )
    in_mib = pl.when(pl.col("unit") == "MB/s").then(pl.col("value") / MB_PER_MIB).otherwise("value")
    sessions = (
        measured.with_columns(value=in_mib)
        .group_by("system_id", "session_id")
        .agg(pl.col("value").median())
        .sort("session_id")
    )
    return {system: frame["value"] for (system,), frame in sessions.group_by("system_id")}


@pytest.mark.parametrize(
    ("campaign", "ratio", "sessions", "cv"),
    [
        ("tpu-checkpoint-2026-01", 1.23, 10, 0.025),
        ("tpu-checkpoint-2026-01-control", 1.0, 10, 0.022),
        ("kv-cache-2026-01", 1.31, 4, 0.06),
    ],
)
def test_plain_medians_recover_the_planted_ratio(
    demo: Demo, campaign: str, ratio: float, sessions: int, cv: float
) -> None:
    truth = demo.truth["benchmark_ratios"].row(
        by_predicate=pl.col("campaign") == campaign, named=True
    )
    assert (truth["true_ratio"], truth["sessions_per_arm"]) == (ratio, sessions)
    arms = session_medians(demo, campaign)
    ours, theirs = arms[truth["system_id"]], arms[truth["baseline_system_id"]]
    assert (ours.len(), theirs.len()) == (sessions, sessions)
    assert ours.median() / theirs.median() == pytest.approx(ratio, rel=0.001)
    for arm in (ours, theirs):
        assert arm.std() / arm.mean() == pytest.approx(cv, rel=0.1)


def test_sessions_interleave_and_start_with_a_warm_up(demo: Demo) -> None:
    runs = (
        demo.tables["benchmark_runs"]
        .filter(pl.col("campaign") == "tpu-checkpoint-2026-01")
        .sort("sequence")
    )
    assert runs["started_at"].is_sorted()
    assert runs["is_warmup"].to_list() == [True, False, False, False] * 20
    order = runs.filter("is_warmup")["system_id"].replace_strict(
        {"sys-ours-tpu": "A", "sys-managed-lustre-tpu": "B"}
    )
    assert "".join(order) == "ABBABAABBAABABBAABBA"


def test_the_claim_was_registered_before_the_runs_but_for_the_refused_one(demo: Demo) -> None:
    first = demo.tables["benchmark_runs"].group_by("campaign").agg(pl.col("started_at").min())
    claims = demo.tables["benchmark_claims"].join(first, on="campaign")
    early = claims.filter(pl.col("registered_at") < pl.col("started_at"))["campaign"]
    assert set(early) == {"tpu-checkpoint-2026-01", "tpu-checkpoint-2026-01-control"}
    refused = demo.truth["benchmark_ratios"].filter("is_refused")["campaign"]
    assert set(claims["campaign"]) - set(early) == set(refused)


def test_the_parity_sheets_differ_as_planned(demo: Demo) -> None:
    cells = demo.tables["benchmark_settings"].select("system_id", "setting", "value")
    sheet = {
        system: dict(frame.select("setting", "value").rows())
        for (system,), frame in cells.group_by("system_id")
    }
    ours, lustre = sheet["sys-ours-tpu"], sheet["sys-managed-lustre-tpu"]
    assert (ours["mtu"], lustre["mtu"]) == ("8896", "1460")
    assert {name for name in ours if lustre[name] is None} == {"discounts"}
    assert sheet["sys-ours-tpu-again"] == ours
    gpu, other = sheet["sys-ours-gpu"], sheet["sys-parallel-gpu"]
    assert other["mtu"] is None
    assert (gpu["throughput_unit"], other["throughput_unit"]) == ("MiB/s", "MB/s")


def test_every_system_is_called_simulated_and_has_a_dated_price(demo: Demo) -> None:
    systems = demo.tables["benchmark_systems"]
    assert systems["name"].str.ends_with("(simulated)").all()
    assert systems.null_count().select("price_usd_per_hour", "price_date").row(0) == (0, 0)


def test_what_becomes_of_each_claim_is_planted(demo: Demo) -> None:
    claims = {row.pop("claim_id"): row for row in demo.truth["benchmark_claims"].to_dicts()}
    assert claims.keys() == set(demo.tables["benchmark_claims"]["claim_id"])
    assert claims["clm-tpu-checkpoint-2026-01"] == {
        "verdict": "superior",
        "parity": "OPEN",
        "robustness": "stands",
        "tipping_factor": 1.198,
        "bias_budget": 1.1,
        "credited_ratio": pytest.approx(1.118, abs=5e-4),
        "is_supported": True,
    }
    assert [row["is_supported"] for row in claims.values()] == [True, False, False]
