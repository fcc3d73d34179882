"""What a template makes of two systems' settings, cell by cell."""

import pytest

from queries.benchmarks.parity_sheet import judged
from queries.benchmarks.template import shipped
from tests.benchmarks.lab import ALIKE

PAIR = {"system_id": "a", "baseline_system_id": "b", "campaign_type": "storage"}


def cells(**values):
    return {
        setting: {"value": value, "unit": unit, "source": "log"}
        for setting, (value, unit) in values.items()
    }


def row(setting, ours, theirs, campaign_type="storage"):
    """The sheet's row of one setting; None is a cell nobody wrote."""
    one, other = ({} if cell is None else cells(**{setting: cell}) for cell in (ours, theirs))
    found = judged({**PAIR, "campaign_type": campaign_type}, one, other)
    return next(row for row in found if row["setting"] == setting)


def test_a_setting_that_nobody_wrote_is_a_row_unknown():
    rows = {row["setting"]: row for row in judged(PAIR, {}, {})}
    assert rows.keys() == shipped()["storage"].keys()
    assert {row["parity"] for row in rows.values()} == {"UNKNOWN"}
    assert {row["value"] for row in rows.values()} == {None}
    assert rows["mtu"]["description"] == "MTU of the VPC"
    broken = {name for name, row in rows.items() if row["broken_rule"] == "must be known"}
    assert broken == {"dataset_to_client_ram_ratio", "compressibility", "cold_read_proof"}


def test_a_setting_that_no_template_asks_is_kept():
    kept = row("colour", ("red", None), ("blue", None))
    assert (kept["setting_group"], kept["parity"], kept["favours"]) == ("Other", "DISCLOSED", None)
    assert (kept["worst_case_factor"], kept["description"], kept["broken_rule"]) == (
        None,
        None,
        None,
    )
    untyped = row("mtu", ("8896", "bytes"), ("1460", "bytes"), campaign_type=None)
    assert (untyped["setting_group"], untyped["worst_case_factor"]) == ("Other", None)


def test_equal_systems_break_no_rule():
    same = cells(**ALIKE)
    found = {row["setting"]: row for row in judged(PAIR, same, same)}
    assert {name for name, row in found.items() if row["broken_rule"]} == set()
    unknown = {name for name, row in found.items() if row["parity"] != "EQUAL"}
    assert unknown == {"storage", "price_usd_per_hour", "price_date"}


@pytest.mark.parametrize(
    ("setting", "ours", "theirs", "favours", "factor"),
    [
        ("mtu", ("8896", "bytes"), ("1460", "bytes"), "system", 1.1),
        ("mtu", ("1460", "bytes"), ("8896", "bytes"), "baseline", 1.1),
        ("mtu", ("8896", "bytes"), ("8896.0", "bytes"), None, 1.1),
        # Values that cannot be ordered count against the claim.
        ("mtu", ("jumbo", "bytes"), ("1460", "bytes"), "system", 1.1),
        ("multi_nic", ("on", None), ("off", None), "system", None),
        ("kernel", ("6.6", None), ("6.5", None), None, None),
        ("client_driver", ("NFS", None), ("Lustre", None), None, None),
        # Of what was provisioned the known ratio, not the worst one.
        ("provisioned_mbps", ("20000", "MBps"), ("16000", "MBps"), "system", 1.25),
        ("provisioned_mbps", ("10000", "MBps"), ("20000", "MBps"), "baseline", 2.0),
        ("provisioned_mbps", ("20000", "MBps"), (None, None), None, 8.0),
        ("vcpus", ("88", None), ("44", None), "system", 2.0),
        ("vcpus", ("88", None), ("0", None), "system", None),
        # A storage degrades from 90 % full: below it a difference helps nobody.
        ("full_share", ("0.35", "share"), ("0.89", "share"), None, 1.0),
        ("full_share", ("0.35", "share"), ("0.9", "share"), "system", None),
        ("full_share", ("0.95", "share"), ("0.3", "share"), "baseline", None),
    ],
)
def test_whom_a_difference_favours_and_by_how_much_at_worst(setting, ours, theirs, favours, factor):
    found = row(setting, ours, theirs)
    assert (found["favours"], found["worst_case_factor"]) == (favours, factor)


@pytest.mark.parametrize(
    ("setting", "ours", "theirs", "rule"),
    [
        ("cold_read_proof", ("counters", None), (None, None), "must be known"),
        ("compressibility", ("2.0", None), ("2.0", None), None),
        ("compressibility", ("1.0", None), ("none", None), None),
        ("compressibility", ("2.0", None), ("1.0", None), "must be alike, not 2.0 against 1.0"),
        ("dataset_to_client_ram_ratio", ("5", None), ("5.4", None), None),
        (
            "dataset_to_client_ram_ratio",
            ("5.4", None),
            ("2.1", None),
            "must be at least 5, not 2.1",
        ),
        ("dataset_to_client_ram_ratio", ("big", None), ("9", None), "must be at least 5, not big"),
        (
            "throughput_unit",
            ("MiB/s", None),
            ("MB/s", None),
            "must be alike, not MiB/s against MB/s",
        ),
        ("provisioned_mbps", ("20", "GBps"), ("20", "GBps"), "must be in MBps, not in GBps"),
        ("provisioned_mbps", ("20000", None), ("20000", "MBps"), "must be in MBps, not in no unit"),
    ],
)
def test_which_rule_is_broken(setting, ours, theirs, rule):
    assert row(setting, ours, theirs)["broken_rule"] == rule


def test_a_known_ratio_is_its_own_source():
    known = row("provisioned_mbps", ("20000", "MBps"), ("16000", "MBps"))
    assert known["worst_case_source"] == "Ratio of both values"
    unknown = row("provisioned_mbps", ("20000", "MBps"), None)
    assert unknown["worst_case_source"].startswith(
        "Managed Lustre documentation, performance tiers"
    )
    assert row("kernel", None, None)["worst_case_source"] is None


@pytest.mark.parametrize(
    ("setting", "ours", "theirs", "in_budget", "unbounded"),
    [
        # Disclosed: in its favour with a bound, against it, without a bound, and under test.
        ("mtu", ("8896", "bytes"), ("1460", "bytes"), True, False),
        ("mtu", ("1460", "bytes"), ("8896", "bytes"), False, False),
        ("tuned_by", ("vendor", None), ("nobody", None), False, True),
        ("multi_nic", ("on", None), ("off", None), False, True),
        ("multi_nic", ("off", None), ("on", None), False, False),
        ("client_driver", ("NFS", None), ("Lustre", None), False, False),
        ("full_share", ("0.35", "share"), ("0.36", "share"), False, False),
        ("discounts", ("0", "share"), ("0.1", "share"), False, False),
        ("colour", ("red", None), ("blue", None), False, True),
        # Unknown, with and without a bound; equal.
        ("mtu", ("8896", "bytes"), (None, None), True, False),
        ("kernel", ("6.6", None), (None, None), False, True),
        ("kernel", ("6.6", None), ("6.6", None), False, False),
    ],
)
def test_what_counts_against_the_claim_and_what_counts_without_a_bound(
    setting, ours, theirs, in_budget, unbounded
):
    found = row(setting, ours, theirs)
    assert (found["is_in_budget"], found["is_unbounded"]) == (in_budget, unbounded)


def test_a_subset_never_stands_against_the_whole():
    found = row("checkpoint_bytes", ("1630", "GiB"), ("161", "GiB"), campaign_type="tpu_checkpoint")
    assert found["broken_rule"] == "must be alike, not 1630 against 161"
