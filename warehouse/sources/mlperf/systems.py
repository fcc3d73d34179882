"""MLPerf Storage system descriptions become cells of the parity sheet.

A description is laid at the system of its own name and at no other: a file whose name matches no
result is kept as a system without runs. Values and units stay as published, mistakes included.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.sources.batch import LINE, Batch, LoadRefused, RowError
from warehouse.sources.mlperf.forgiving_json import parse

Setting = tuple[str, str, str | None]

_STORAGE: tuple[tuple[str, str, str | None], ...] = (
    ("storage_vendor", "vendor_name", None),
    ("storage_solution", "solution_name", None),
    ("storage_model", "model_name", None),
    ("storage_version", "version", None),
    ("storage_type", "solution_type", None),
    ("storage_usable_capacity", "usable_capacity_GiB", "GiB"),
    ("storage_raw_capacity", "raw_capacity_GiB", "GiB"),
    ("storage_software_defined", "software_defined", None),
    ("storage_hyperconverged", "hyperconverged", None),
    ("storage_options", "solution_config_options", None),
    ("client_mount_options", "client_mount_options", None),
    # As v0.5 names them.
    ("storage_solution", "commercial_name", None),
    ("storage_version", "software_specification", None),
    ("storage_type", "type", None),
)
_DRAM_UNITS = ("MiB", "GiB", "MB", "GB")


@dataclass(frozen=True)
class Description:
    """One description: the system it names, its settings, or why it cannot be read."""

    file: Path
    division: str
    submitter: str
    system: str
    settings: tuple[Setting, ...] = ()
    relaxed: bool = False
    error: RowError | None = None

    @property
    def system_id(self) -> str:
        return f"{self.division}/{self.submitter}/{self.system}"

    def batch(self) -> Batch:
        """The settings as rows of `benchmark_settings`, or the file as one row that is bad."""
        rows = pl.DataFrame(
            {
                "system_id": [self.system_id] * len(self.settings),
                "setting": [setting for setting, _, _ in self.settings],
                "value": [value for _, value, _ in self.settings],
                "unit": [unit for _, _, unit in self.settings],
                "source": [self.file.name] * len(self.settings),
                LINE: [1] * len(self.settings),
            },
            schema=dict.fromkeys(("system_id", "setting", "value", "unit", "source"), pl.String)
            | {LINE: pl.Int64},
        )
        unreadable = () if self.error is None else (self.error,)
        return Batch(
            table="benchmark_settings", file=self.file.name, rows=rows, unreadable=unreadable
        )


def describe(file: Path, division: str, submitter: str, system: str) -> Description | None:
    """Read one description; None for the JSON Schema that some submitters leave beside it."""
    try:
        value, relaxed = parse(file)
    except LoadRefused as refused:
        error = RowError(file.name, 1, "", None, f"holds no description: {refused.sentence}")
        return Description(file, division, submitter, system, error=error)
    if isinstance(value, dict) and "$schema" in value:
        return None
    if not isinstance(value, dict) or not value.keys() & {"storage_system", "nodes"}:
        error = RowError(file.name, 1, "", None, "describes neither storage_system nor nodes")
        return Description(file, division, submitter, system, error=error)
    settings = tuple(_settings(value))
    return Description(file, division, submitter, system, settings, relaxed)


def _settings(description: dict[str, Any]) -> Iterator[Setting]:
    for storage in _objects([description.get("storage_system")]):
        for setting, field, unit in _STORAGE:
            if value := _text(storage.get(field)):
                yield setting, value, unit
    hosts = Counter(
        _text(host.get("node_type_name")) for host in _objects(description.get("benchmark_hosts"))
    )
    networks = [
        f"{_text(network.get('network_name'))}: {_text(network.get('network_type'))} "
        f"{_text(network.get('bitrate'))} Gb/s"
        for network in _objects(description.get("networks"))
    ]
    if networks:
        yield "networks", "; ".join(networks), None
    described: Counter[str] = Counter()
    for node in _objects(description.get("nodes")):
        name = _text(node.get("node_type_name"))
        slug = name.strip().lower().replace(" ", "_") or "node"
        described[slug] += 1
        prefix = slug if described[slug] == 1 else f"{slug}_{described[slug]}"
        yield from _node(node, prefix, hosts[name])


def _node(node: dict[str, Any], prefix: str, count: int) -> Iterator[Setting]:
    if count:
        yield f"{prefix}_nodes", str(count), "nodes"
    for cpu in _objects([node.get("CPU")]):
        if name := _text(cpu.get("vendor_and_model_name")):
            yield f"{prefix}_cpu", f"{_text(cpu.get('socket_count')) or '?'} × {name}", None
    for memory in _objects([node.get("DRAM")]):
        for unit in _DRAM_UNITS:
            if capacity := _text(memory.get(f"capacity_{unit}")):
                yield f"{prefix}_dram", capacity, unit
                break
    ports = [
        f"{_text(port.get('count_of_this_type')) or '?'} × {_text(port.get('bitrate'))} Gb/s "
        f"{_text(port.get('network_name'))}"
        for port in _objects(node.get("nic_ports"))
    ]
    if ports:
        yield f"{prefix}_nic", "; ".join(ports), None
    drives = [
        f"{_text(drive.get('count_of_this_type')) or '?'} × {_text(drive.get('capacity_GiB'))} "
        f"GiB {_text(drive.get('drive_type'))}"
        for drive in _objects(node.get("drives"))
    ]
    if drives:
        yield f"{prefix}_drives", "; ".join(drives), None


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(text for text in map(_text, value) if text)
    return "" if value is None else str(value).strip()
