"""What the filter bar may offer, as the warehouse holds it: the newest data date, the owners."""

import datetime as dt

import polars as pl

from queries.core import request
from queries.core.answer import Choices, Problem
from queries.core.ask import connected_warehouse, source
from queries.core.errors import reported
from queries.core.memory import OVERHEAD_BYTES, cache
from warehouse import clock, provenance
from warehouse.cache import CacheRequest, Key, Snapshot
from warehouse.context import Context, Scope
from warehouse.engine.base import Warehouse
from warehouse.errors import WarehouseError
from warehouse.read import Read, select
from warehouse.read_request import QueryTag, ReadRequest

EMPTY = Problem(
    "The warehouse is empty: no row of any table has a date.",
    "Ask whoever operates Bellwether to load its tables.",
)


def choices(scope: Scope) -> Choices:
    """What `scope` may choose from; the last good choices when the warehouse is out of reach."""
    waiting = request.current()
    try:
        found = cache().find(
            _want(scope, waiting),
            still_here=waiting.still_here,
            patience_seconds=waiting.patience_seconds,
        )
    except WarehouseError as error:
        return Choices(None, problem=reported(error, "choices"))
    if found.value is None:
        why = found.error or LookupError("nothing was found")
        return Choices(None, problem=reported(why, "choices"))
    return found.value


def place_of(scope: Scope) -> Key:
    """What tells the choices of `scope` from those of any other rights. Raises `MapInvalid`."""
    return ("choices", scope.questions, scope.owner_ids, *source())


def _want(scope: Scope, waiting: request.Request) -> CacheRequest[Choices]:
    return CacheRequest(
        place=place_of(scope),
        version=lambda: connected_warehouse().version(),
        read_request=ReadRequest(
            tag=QueryTag(question="choices", page=waiting.page, role=waiting.role)
        ),
        make=lambda read_request, _: _choices(connected_warehouse(), scope, read_request),
        size_bytes=lambda _: OVERHEAD_BYTES,
        made_at=lambda made: made.read_at or clock.now(),
        pack=_packed,
        unpack=_unpacked,
        can_stand_in=lambda made: made.newest is not None,
    )


def _choices(warehouse: Warehouse, scope: Scope, read_request: ReadRequest) -> Choices:
    oldest, newest = provenance.data_dates(warehouse, read_request)
    if newest is None:
        return Choices(None, problem=EMPTY, read_at=clock.now())
    context = Context(newest, scope)
    owned = warehouse.read(
        select(Read(table="accounts", columns=("owner_id",)), context), read_request
    ).frame
    people = warehouse.read(
        select(Read(table="people", columns=("person_id", "name")), context), read_request
    ).frame
    owners = (
        owned.drop_nulls()
        .unique()
        .join(people, left_on="owner_id", right_on="person_id", how="left")
        .with_columns(pl.col("name").fill_null(pl.col("owner_id")))
        .sort("name", "owner_id")
    )
    return Choices(
        newest,
        tuple(owners.select("owner_id", "name").iter_rows()),
        read_at=clock.now(),
        oldest=oldest,
    )


def _packed(made: Choices) -> Snapshot:
    rows = pl.DataFrame(
        made.owners, schema={"owner_id": pl.String, "name": pl.String}, orient="row"
    )
    newest, read_at, oldest = made.newest, made.read_at, made.oldest
    return Snapshot(
        rows,
        {
            "oldest": oldest and oldest.isoformat(),
            "newest": newest and newest.isoformat(),
            "read_at": read_at and read_at.isoformat(),
        },
    )


def _unpacked(snapshot: Snapshot) -> Choices | None:
    facts = snapshot.facts
    if not all(facts.get(name) for name in ("oldest", "newest", "read_at")):
        return None
    return Choices(
        dt.date.fromisoformat(facts["newest"]),
        tuple(snapshot.frame.iter_rows()),
        read_at=dt.datetime.fromisoformat(facts["read_at"]),
        oldest=dt.date.fromisoformat(facts["oldest"]),
    )
