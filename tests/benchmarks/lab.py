"""A small laboratory: two systems set up alike, a control, and one registered claim."""

import datetime as dt

from tests.rows import contract_rows

REGISTERED = dt.datetime(2026, 1, 9, tzinfo=dt.UTC)
FIRST_RUN = dt.datetime(2026, 1, 10, tzinfo=dt.UTC)
ORDER = "ABBAABBAABBA"
# Six values without a trend along their order; their median is 122.5.
OURS = (122.0, 120.0, 125.0, 121.0, 124.0, 123.0)
THEIRS = tuple(value - 20 for value in OURS)
# What the template of storage campaigns asks, with its unit.
ALIKE = {
    "host_vm": ("c3-standard-88", None),
    "vcpus": ("88", None),
    "zone": ("us-east5-a", None),
    "nic_count": ("2", None),
    "mtu": ("8896", "bytes"),
    "multi_nic": ("on", None),
    "mount_options": ("noatime", None),
    "kernel": ("6.6", None),
    "client_driver": ("NFS 4.1", None),
    "provisioned_mbps": ("20000", "MBps"),
    "provisioned_tib": ("40", "TiB"),
    "hours_since_capacity_change": ("72", "hours"),
    "full_share": ("0.35", "share"),
    "replication": ("zonal", None),
    "dataset_bytes": ("18000", "GiB"),
    "dataset_to_client_ram_ratio": ("5.4", None),
    "compressibility": ("1.0", None),
    "warm_up": ("1", "runs"),
    "cache_policy": ("dropped", None),
    "cold_read_proof": ("byte counters", None),
    "run_order": ("ABBA", None),
    "clock_sync": ("PTP", None),
    "throughput_unit": ("MiB/s", None),
    "data_unit": ("GiB", None),
    "capacity_unit": ("TiB", None),
    "price_basis": ("list", None),
    "discounts": ("0", "share"),
    "tuned_by": ("vendor", None),
}


def system(system_id, name, **facts):
    return {
        "system_id": system_id,
        "name": name,
        "hyperscaler": "gcp",
        "storage": "Ours",
        "price_usd_per_hour": 10.0,
        "price_date": dt.date(2026, 1, 5),
        **facts,
    }


def settings(system_id, **changed):
    """The cells of one system; None as value is unknown, a pair is value and unit."""
    cells = {
        name: changed.pop(name, cell) if name in changed else cell for name, cell in ALIKE.items()
    } | changed
    rows = []
    for setting, cell in cells.items():
        value, unit = cell if isinstance(cell, tuple) else (cell, ALIKE.get(setting, (0, None))[1])
        rows.append(
            {
                "system_id": system_id,
                "setting": setting,
                "value": value,
                "unit": unit,
                "source": None if value is None else "log",
            }
        )
    return rows


def sessions(campaign, values, *, ids=("a", "b"), order=ORDER, **facts):
    """A warm-up and one measured run per session, six hours apart; `values` by letter."""
    left = {letter: list(values[letter]) for letter in "AB"}
    rows = []
    for place, letter in enumerate(order):
        value = left[letter].pop(0)
        for run, measured in enumerate((10.0, value)):
            rows.append(
                {
                    "run_id": f"{campaign}-{facts.get('workload', 'read')}-{place}-{run}",
                    "metric": "read_mib_per_s",
                    "campaign": campaign,
                    "workload": "read",
                    "system_id": ids["AB".index(letter)],
                    "session_id": f"{campaign}-{place}",
                    "sequence": 2 * place + run,
                    "unit": "MiB/s",
                    "value": measured,
                    "is_warmup": run == 0,
                    "started_at": FIRST_RUN + dt.timedelta(hours=6 * place, minutes=run),
                    "verification": "unverified",
                    **facts,
                }
            )
    return rows


def claim(**facts):
    return {
        "claim_id": "clm",
        "registered_at": REGISTERED,
        "campaign": "lab",
        "campaign_type": "storage",
        "workload": "read",
        "metric": "read_mib_per_s",
        "unit": "MiB/s",
        "system_id": "a",
        "baseline_system_id": "b",
        "direction": "higher",
        "margin_share": 0.01,
        "planned_sessions": 6,
        "run_order": "ABBA",
        "control_campaign": "control",
        **facts,
    }


def lab(*, ours=None, theirs=None, again=None, **tables):
    """The laboratory; changed cells per system, and whole tables to replace."""
    return {
        "benchmark_systems": [
            system("a", "Tessera"),
            system("a2", "Tessera again"),
            system("b", "Lustre", storage="Theirs"),
        ],
        "benchmark_settings": [
            *settings("a", **(ours or {})),
            *settings("a2", **(again or ours or {})),
            *settings("b", **(theirs or {})),
        ],
        "benchmark_runs": [
            *sessions("lab", {"A": OURS, "B": THEIRS}),
            *sessions("control", {"A": OURS, "B": OURS[::-1]}, ids=("a", "a2")),
        ],
        "benchmark_claims": [claim()],
        **tables,
    }


def frames(tables):
    """A laboratory as the questions about claims get it: by argument, without a warehouse."""
    names = ("claims", "runs", "systems", "settings")
    read = {name: contract_rows(f"benchmark_{name}", tables[f"benchmark_{name}"]) for name in names}
    return {name: frame.lazy() for name, frame in (read | {"controls": read["runs"][:0]}).items()}


NOTHING_WANTED = dict.fromkeys(("campaign", "workload", "metric", "system", "baseline"))
