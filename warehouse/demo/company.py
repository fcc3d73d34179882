"""The whole company: every table in the contract's shape, and the truth beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from warehouse.contract.tables import TABLES
from warehouse.demo import benchmarks, contacts, on_call, support
from warehouse.demo.clusters import Cluster, Fault, cluster_table, clusters, faults
from warehouse.demo.contracts import accounts, contracts
from warehouse.demo.customers import Customer, customers
from warehouse.demo.draws import SHIPPED_SEED
from warehouse.demo.frames import empty
from warehouse.demo.marketplace import offers, opportunities
from warehouse.demo.metering import metering_hourly, months
from warehouse.demo.people import people
from warehouse.demo.renewals import renewal_opportunities
from warehouse.demo.telemetry import feature_usage_daily
from warehouse.demo.truth import truth_tables

Progress = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class Demo:
    """The generated company.

    `tables` holds every contract table but `metering_hourly` and the rollups, which have millions
    of rows or are built by the engine; `truth` holds what was planted, by table name.
    """

    tables: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]
    fleet: tuple[Cluster, ...]
    _planted: list[Fault]
    seed: int

    def metering(self) -> Iterator[pl.DataFrame]:
        """The rows of `metering_hourly`: a frame for each of the `metering_frames` months."""
        return metering_hourly(self.fleet, self._planted, self.seed)

    @property
    def metering_frames(self) -> int:
        return len(months())


def generate(progress: Progress | None = None, *, seed: int = SHIPPED_SEED) -> Demo:
    """The company of `seed`, the same every time; the shipped one where none is given.

    Names of people, the rota and the benchmarks are the same for every seed. `progress` hears the
    step and the share done, 0 to 1.
    """
    tell = progress or _silence
    tell("accounts and contracts", 0.0)
    cast = customers(seed)
    fleet = clusters(cast)
    planted = faults(fleet, seed)
    tables = {name: empty(name) for name in TABLES if not _is_apart(name)}
    tables |= {
        "accounts": accounts(cast),
        "people": people(),
        "contracts": contracts(cast),
        "clusters": cluster_table(fleet),
    }
    tell("feature use", 0.3)
    tables["feature_usage_daily"] = feature_usage_daily(cast)
    tell("support and on-call", 0.6)
    tables |= _operations(cast, fleet, seed)
    tell("offers and benchmarks", 0.9)
    tables["offers"] = offers(cast, seed)
    deals = opportunities(cast, tables["offers"]), renewal_opportunities(cast)
    tables["opportunities"] = pl.concat(deals).sort(TABLES["opportunities"].key)
    tables |= {
        "benchmark_systems": benchmarks.benchmark_systems(),
        "benchmark_settings": benchmarks.benchmark_settings(),
        "benchmark_runs": benchmarks.benchmark_runs(),
        "benchmark_claims": benchmarks.benchmark_claims(),
    }
    truth = truth_tables(cast, fleet, planted, tables)
    tell("company", 1.0)
    return Demo(tables=tables, truth=truth, fleet=fleet, _planted=planted, seed=seed)


def _operations(
    cast: tuple[Customer, ...], fleet: tuple[Cluster, ...], seed: int
) -> dict[str, pl.DataFrame]:
    incidents, notifications = on_call.incidents_and_notifications(cast, seed)
    people = contacts.contacts(cast)
    return {
        "tickets": support.tickets(cast, fleet),
        "contacts": people,
        "activities": contacts.activities(cast, people),
        "services": on_call.services(),
        "shifts": on_call.shifts(),
        "incidents": incidents,
        "notifications": notifications,
        "time_off": on_call.time_off(),
    }


def _is_apart(table: str) -> bool:
    return TABLES[table].rollup or table == "metering_hourly"


def _silence(step: str, share: float) -> None:
    """Tell nobody."""
