"""What the filter bar may offer, as the warehouse holds it: the newest data date, the owners."""

import polars as pl

from queries.answer import Choices, Problem
from queries.ask import reported, warehouse
from queries.memory import OVERHEAD_BYTES, memory
from warehouse import provenance
from warehouse.context import Context, Scope
from warehouse.engine import Warehouse
from warehouse.errors import WarehouseError
from warehouse.read import Read, select

EMPTY = Problem(
    "The warehouse is empty: no row of any table has a date.",
    "Load your tables with `python -m warehouse load tables FOLDER`.",
)


def choices(scope: Scope) -> Choices:
    """What `scope` may choose from; the last good choices when the warehouse is out of reach."""
    place = ("choices", scope.viewer, scope.owner_ids)
    try:
        house = warehouse()
        made: Choices = memory().remember(
            (*place, str(house.path), house.version()),
            lambda: _choices(house, scope),
            lambda _: OVERHEAD_BYTES,
        )
    except WarehouseError as fault:
        last: Choices | None = memory().peek(place)
        return last or Choices(None, problem=reported(fault, "choices"))
    if memory().peek(place) is not made:
        memory().keep(place, made, OVERHEAD_BYTES)
    return made


def _choices(house: Warehouse, scope: Scope) -> Choices:
    newest = provenance.data_date(house)
    if newest is None:
        return Choices(None, problem=EMPTY)
    context = Context(newest, scope)
    owned = house.read(select(Read(table="accounts", columns=("owner_id",)), context)).frame
    people = house.read(select(Read(table="people", columns=("person_id", "name")), context)).frame
    owners = (
        owned.drop_nulls()
        .unique()
        .join(people, left_on="owner_id", right_on="person_id", how="left")
        .with_columns(pl.col("name").fill_null(pl.col("owner_id")))
        .sort("name", "owner_id")
    )
    return Choices(newest, tuple(owners.select("owner_id", "name").iter_rows()))
