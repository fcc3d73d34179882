"""The measured systems and their parity sheet; every number and price here is invented."""

import datetime as dt

_PRICED = dt.date(2026, 1, 5)


def _system(
    system_id: str, name: str, *, vendor: str, storage: str, hyperscaler: str, price: float
) -> dict[str, object]:
    return {
        "system_id": system_id,
        "name": f"{name} (simulated)",
        "vendor": vendor,
        "storage": storage,
        "hyperscaler": hyperscaler,
        "price_usd_per_hour": price,
        "price_date": _PRICED,
    }


SYSTEMS = (
    _system(
        "sys-ours-tpu",
        "Our storage on TPU",
        vendor="Us",
        storage="Our file system",
        hyperscaler="gcp",
        price=96.4,
    ),
    _system(
        "sys-managed-lustre-tpu",
        "Google Cloud Managed Lustre on TPU",
        vendor="Google Cloud",
        storage="Managed Lustre, 500 MBps per TiB",
        hyperscaler="gcp",
        price=88.1,
    ),
    _system(
        "sys-ours-tpu-again",
        "Our storage on TPU, again",
        vendor="Us",
        storage="Our file system",
        hyperscaler="gcp",
        price=96.4,
    ),
    _system(
        "sys-ours-gpu",
        "Our storage on GPU",
        vendor="Us",
        storage="Our file system",
        hyperscaler="azure",
        price=71.0,
    ),
    _system(
        "sys-parallel-gpu",
        "Parallel file system on GPU",
        vendor="Another",
        storage="Unnamed",
        hyperscaler="azure",
        price=64.5,
    ),
)

# Setting, unit, then the value on each system in the order of SYSTEMS; None is unknown.
SETTINGS: tuple[tuple[str | None, ...], ...] = (
    ("accelerator_type", None, "TPU v5p", "TPU v5p", "TPU v5p", "GPU", "GPU"),
    ("accelerator_count", "chips", "256", "256", "256", "64", "64"),
    ("topology", None, "8x8x4", "8x8x4", "8x8x4", "8 x 8", "8 x 8"),
    ("host_vm", None, "64 hosts", "64 hosts", "64 hosts", "8 hosts", "8 hosts"),
    ("vcpus", "vCPUs", "208", "208", "208", "96", "96"),
    ("zone", None, "us-east5-a", "us-east5-a", "us-east5-a", "eastus2-1", None),
    ("nic_count", "NICs", "2", "2", "2", "1", "1"),
    ("gvnic", None, "on", "on", "on", "off", "off"),
    ("mtu", "bytes", "8896", "1460", "8896", "9000", None),
    ("tier_1_networking", None, "on", "on", "on", "off", None),
    ("multi_nic", None, "on", "on", "on", "off", "off"),
    ("mount_options", None, "noatime", "noatime", "noatime", "nconnect=16", None),
    ("kernel", None, "6.6", "6.6", "6.6", "6.5", "6.5"),
    ("client_driver", None, "NFS 4.1", "Lustre 2.14", "NFS 4.1", "NFS 4.1", None),
    ("jax_version", None, "0.6.2", "0.6.2", "0.6.2", None, None),
    ("maxtext_version", None, "2026-01", "2026-01", "2026-01", None, None),
    ("orbax_version", None, "0.11.20", "0.11.20", "0.11.20", None, None),
    ("checkpoint_mode", None, "synchronous", "synchronous", "synchronous", None, None),
    ("provisioned_mbps", "MBps", "20000", "20000", "20000", "12000", None),
    ("provisioned_tib", "TiB", "40", "40", "40", "60", "60"),
    ("hours_since_capacity_change", "hours", "72", "72", "72", None, None),
    ("full_share", "share", "0.35", "0.36", "0.35", "0.5", None),
    ("replication", None, "zonal", "zonal", "zonal", "zonal", "zonal"),
    ("dataset_bytes", "GiB", "18000", "18000", "18000", "4000", "4000"),
    ("dataset_to_client_ram_ratio", "ratio", "5.4", "5.4", "5.4", "2.1", "2.1"),
    ("compressibility", "ratio", "1.0", "1.0", "1.0", None, None),
    ("checkpoint_bytes", "GiB", "1630", "1630", "1630", None, None),
    ("fsync", None, "on", "on", "on", None, None),
    ("warm_up", "runs", "1", "1", "1", "1", "1"),
    ("cache_policy", None, "dropped", "dropped", "dropped", None, None),
    ("cold_read_proof", None, "byte counters", "byte counters", "byte counters", None, None),
    ("run_order", None, "ABBA", "ABBA", "ABBA", "AAAABBBB", "AAAABBBB"),
    ("clock_sync", None, "PTP", "PTP", "PTP", "NTP", "NTP"),
    ("throughput_unit", None, "MiB/s", "MiB/s", "MiB/s", "MiB/s", "MB/s"),
    ("data_unit", None, "GiB", "GiB", "GiB", "GiB", "GiB"),
    ("capacity_unit", None, "TiB", "TiB", "TiB", "TiB", None),
    ("price_basis", None, "list", "list", "list", "list", None),
    ("discounts", "share", "0", None, "0", "0", None),
    ("tuned_by", None, "vendor, 5 days", "vendor guide, 5 days", "vendor, 5 days", "vendor", None),
)
