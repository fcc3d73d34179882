"""The clusters that run each line, and what went wrong with their metering."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from warehouse.demo.customers import NO_USAGE, Customer, Line
from warehouse.demo.draws import Draws, Floats
from warehouse.demo.frames import Row, contract_frame
from warehouse.demo.period import DAYS, FIRST_DAY, LOADED_AT, midnight
from warehouse.demo.usage import usage_path

_CLOUD_REGIONS = {
    "azure": {"amer": "eastus2", "emea": "westeurope", "apac": "southeastasia"},
    "gcp": {"amer": "us-central1", "emea": "europe-west4", "apac": "asia-southeast1"},
    "aws": {"amer": "us-east-1", "emea": "eu-central-1", "apac": "ap-southeast-1"},
}
_VERSIONS = ("5.1.2", "5.2.0", "5.2.1", "5.3.0")
_SECOND_CLUSTER_FROM_TIB = 3_000


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One cluster, and the share of its line's usage it holds; `is_metered` false: no rows."""

    cluster_id: str
    customer: Customer
    line: Line
    share: float
    deployed_at: dt.datetime
    retired_at: dt.datetime | None
    is_metered: bool

    @property
    def dimensions(self) -> tuple[str, ...]:
        """On-prem reports no egress: nobody bills it there."""
        return ("capacity",) if self.line.hyperscaler == "none" else ("capacity", "egress")

    @property
    def hours(self) -> tuple[int, int]:
        """First metered hour and the hour after the last, counted from FIRST_DAY."""
        first = max(0, _hour_index(self.deployed_at))
        last = _hour_index(self.retired_at) if self.retired_at else DAYS * 24
        return first, min(last, DAYS * 24)

    @property
    def region(self) -> str | None:
        """As the hyperscaler names it; none on-prem."""
        regions = _CLOUD_REGIONS.get(self.line.hyperscaler)
        return regions[self.customer.region] if regions else None

    def daily_tib(self) -> Floats:
        return usage_path(self.customer, self.line) * self.share


def _hour_index(at: dt.datetime) -> int:
    return int((at - midnight(FIRST_DAY)) / dt.timedelta(hours=1))


def clusters(cast: tuple[Customer, ...]) -> tuple[Cluster, ...]:
    """Every cluster in the order of its id; two of the accounts without usage have none."""
    found: list[Cluster] = []
    without_usage = 0
    for customer in cast:
        if customer.fate == NO_USAGE:
            without_usage += 1
            if without_usage % 2:
                continue
        for line in customer.lines:
            found += _line_clusters(customer, line, len(found) + 1)
    return tuple(found)


def _line_clusters(customer: Customer, line: Line, number: int) -> Iterator[Cluster]:
    draws = Draws(f"clusters {customer.account_id} {line.start}", customer.seed)
    shares = (0.65, 0.35) if line.committed_tib >= _SECOND_CLUSTER_FROM_TIB else (1.0,)
    left = customer.churned_date
    for place, share in enumerate(shares):
        deployed = midnight(line.start) + dt.timedelta(
            days=draws.whole(0, 6), hours=draws.whole(7, 17)
        )
        yield Cluster(
            cluster_id=f"clu-{number + place:04d}",
            customer=customer,
            line=line,
            share=share,
            deployed_at=deployed,
            retired_at=midnight(left) if left else None,
            is_metered=customer.fate != NO_USAGE,
        )


def cluster_table(fleet: tuple[Cluster, ...]) -> pl.DataFrame:
    """The clusters in the contract's shape."""
    return contract_frame("clusters", [_row(cluster) for cluster in fleet])


def _row(cluster: Cluster) -> Row:
    customer, line = cluster.customer, cluster.line
    draws = Draws(f"cluster {cluster.cluster_id}", customer.seed)
    largest = max(line.committed_tib, float(usage_path(customer, line).max())) * cluster.share
    return {
        "cluster_id": cluster.cluster_id,
        "account_id": customer.account_id,
        "hyperscaler": line.hyperscaler,
        "region": cluster.region,
        "deployment_model": line.deployment_model,
        "usable_tib": round(largest * 1.3, -1),
        "version": draws.one_of(_VERSIONS, (1, 2, 4, 3)),
        "deployed_at": cluster.deployed_at,
        "retired_at": cluster.retired_at,
    }


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A run of metered hours of one cluster and dimension that did not land as it should."""

    kind: str
    cluster_id: str
    dimension: str
    first_hour: int
    hours: int
    days_late: int = 0
    factor: float = 1.0
    reason: str | None = None


_REASONS = (
    "Collector counted snapshots twice",
    "Node counted again after failover",
    "Trial volume left out of billing",
)


# How many clusters each kind strikes in the last two weeks, and before.
_FAULTS = {"missing": (8, 22), "late": (5, 15), "restated": (5, 13), "duplicate": (2, 8)}
_FAULT_HOURS = {"missing": 6, "late": 24, "restated": 12, "duplicate": 8}
_RECENT = sum(recently for recently, _ in _FAULTS.values())


def faults(fleet: tuple[Cluster, ...], seed: int) -> list[Fault]:
    """Gaps, late days, restated hours and hours sent twice; no cluster has more than one kind.

    The first few of each kind lie in the last two weeks before the data date.
    """
    draws = Draws("metering faults", seed)
    settled = [one for one in fleet if one.is_metered and one.hours[1] - one.hours[0] > 24 * 90]
    shuffled = draws.shuffled(settled)
    running = iter([one for one in shuffled if one.retired_at is None][:_RECENT])
    recent = {kind: [next(running) for _ in range(count)] for kind, (count, _) in _FAULTS.items()}
    taken = {one.cluster_id for several in recent.values() for one in several}
    others = iter([one for one in shuffled if one.cluster_id not in taken])
    found = []
    for kind, (recently, earlier) in _FAULTS.items():
        struck = [*recent[kind], *(next(others) for _ in range(earlier))]
        for place, cluster in enumerate(struck):
            hours = _FAULT_HOURS[kind]
            if kind == "missing":
                hours = draws.whole(1, 6) if place % 6 else draws.whole(40, 80)
            found.append(_fault(kind, cluster, hours, draws, recent=place < recently))
    return found


def _fault(kind: str, cluster: Cluster, hours: int, draws: Draws, *, recent: bool) -> Fault:
    first, last = cluster.hours
    day = draws.whole(first // 24 + 2, last // 24 - 18)
    if recent:
        day = last // 24 - draws.whole(6, 13)
    hour = 0 if kind == "late" else draws.whole(0, 11)
    # A restatement that had not arrived by the load is not known to anyone yet.
    known_days = (LOADED_AT.date() - FIRST_DAY).days - day
    return Fault(
        kind=kind,
        cluster_id=cluster.cluster_id,
        dimension=draws.one_of(cluster.dimensions),
        first_hour=day * 24 + hour,
        hours=hours,
        days_late=0 if kind == "missing" else min(draws.whole(2, 12), known_days - 2),
        factor=round(draws.between(0.85, 0.97), 3) if kind == "restated" else 1.0,
        reason=draws.one_of(_REASONS) if kind == "restated" else None,
    )
