"""A fresh answer: the question's reads from one version of the warehouse, answered and checked."""

import contextvars
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import polars as pl

from queries.core.answer import Answer, Provenance
from queries.core.memory import OVERHEAD_BYTES, memory
from queries.core.question import Question, Value
from queries.shared import words
from queries.shared.periods import midnight
from warehouse import clock, provenance
from warehouse.cache import Key
from warehouse.context import Context
from warehouse.contract.tables import loaded_from
from warehouse.engine.base import Rows, Warehouse
from warehouse.provenance import Statement, Watermark
from warehouse.read import Filtering, Read, select
from warehouse.read_request import ReadRequest
from warehouse.trace import span

LOG = logging.getLogger("bellwether.queries")
Brought = TypeVar("Brought")
# The reads of all questions under way; a read waits for no other, so the pool cannot lock up.
MOST_READS = 8
_POOL = ThreadPoolExecutor(MOST_READS, thread_name_prefix="select")


def execute(
    warehouse: Warehouse,
    question: Question,
    context: Context,
    parameters: dict[str, Value],
    *,
    read_request: ReadRequest,
    key: Key,
) -> Answer:
    """The answer as the warehouse has it now, all of it from one version.

    A publication meanwhile starts again. Raises what the reads raise.
    """
    began_at = clock.monotonic()
    with span("question", question=question.name, context=read_request.tag.context_hash):
        while True:
            version = warehouse.version()
            answer = _read(
                warehouse, question, context, parameters, read_request=read_request, key=key
            )
            if warehouse.version() == version:
                break
    LOG.info(
        "%s answered",
        question.name,
        extra={
            "facts": {
                "question": question.name,
                "page": read_request.tag.page,
                "role": read_request.tag.role,
                "context": read_request.tag.context_hash,
                "rows": answer.frame.height,
                "truncated": answer.truncated,
                "seconds": round(clock.monotonic() - began_at, 3),
            }
        },
    )
    return answer


def _read(
    warehouse: Warehouse,
    question: Question,
    context: Context,
    parameters: dict[str, Value],
    *,
    read_request: ReadRequest,
    key: Key,
) -> Answer:
    reads = question.reads(context=context, **parameters)
    tables = {read.table for read in reads.values()}
    dated = _soon(
        provenance.dated_through, warehouse, tables, context, question.filters, read_request
    )
    under_way = {
        name: _soon(_rows, warehouse, read, context, question.filters, read_request)
        for name, read in reads.items()
    }
    rows = {name: reading.result() for name, reading in under_way.items()}
    frames = {name: read.frame.lazy() for name, read in rows.items()}
    feeds = _watermarks(
        warehouse, tables & provenance.FEEDS, question, context, read_request=read_request
    )
    told = {name: feeds[name] for name in question.watermarks}
    counted = {"watermarks": told} if told else {}
    frame = question.shape.validate(
        question.answer(**frames, context=context, **parameters, **counted)
    )
    return Answer(
        question=question,
        context=context,
        parameters=parameters,
        frame=frame,
        state="ok" if frame.height else "empty",
        finding=_unreached(frame, context, told) or question.finding(frame),
        truncated=any(read.truncated for read in rows.values()),
        data_through=dated.result(),
        complete_to={name: feed.at for name, feed in feeds.items()},
        applicable_filters=question.applicable_filters(context),
        provenance=_provenance(warehouse, tables),
        read_at=clock.now(),
        key=key,
    )


def _soon(read: Callable[..., Brought], *arguments: Any) -> Future[Brought]:
    """`read(*arguments)` beside the question's other reads, in the same span."""
    return _POOL.submit(contextvars.copy_context().run, read, *arguments)


def _rows(
    warehouse: Warehouse,
    read: Read,
    context: Context,
    filtering: Filtering,
    read_request: ReadRequest,
) -> Rows:
    with span("query", table=read.table) as current:
        rows = warehouse.read(select(read, context, filtering), read_request)
        current.set_attribute("bellwether.rows", rows.frame.height)
        return rows


def _unreached(frame: pl.DataFrame, context: Context, watermarks: Mapping[str, Watermark]) -> str:
    """Why no row does not mean none: a feed that nobody vouches for, or a late one; '' if it does.

    An answer that has rows says itself what it does not know. The rows of a question that looks at
    several feeds are those of none of them: accounts, whose events they bring.
    """
    if frame.height or len(watermarks) != 1:
        return ""
    ((table, feed),) = watermarks.items()
    rows = words.FEEDS[table]
    if feed.at is None:
        return f"Unknown: nothing says how far the {rows} reach"
    if feed.is_late(midnight(context.as_of)):
        return f"Unknown: the {rows} are complete to {words.complete_to(feed.at)} only"
    return ""


def _watermarks(
    warehouse: Warehouse,
    read: set[str],
    question: Question,
    context: Context,
    *,
    read_request: ReadRequest,
) -> Mapping[str, Watermark]:
    """Table to watermark, of the feeds `read` and of those whose events the question counts."""
    tables = tuple(sorted(read | set(question.watermarks)))
    if not tables:
        return {}
    place = (warehouse.address, warehouse.version())
    stated: dict[str, Statement] = memory().remember(
        ("stated watermarks", *place),
        lambda: provenance.stated_watermarks(warehouse, read_request),
        lambda _: OVERHEAD_BYTES,
    )
    known: dict[str, Watermark] = memory().remember(
        ("watermarks", *place, tables, context.as_of),
        lambda: provenance.watermarks(warehouse, stated, tables, context.as_of, read_request),
        lambda _: OVERHEAD_BYTES,
    )
    return known


def _provenance(warehouse: Warehouse, tables: set[str]) -> Provenance:
    key = ("origins", warehouse.address, warehouse.version())
    found: dict[str, frozenset[bool]] = memory().remember(
        key, lambda: provenance.origins(warehouse), lambda _: OVERHEAD_BYTES
    )
    raw = {loaded_from(table)[0] for table in tables}
    kinds = frozenset[bool]().union(*(found.get(table, frozenset()) for table in raw))
    if True not in kinds:
        return "loaded"
    return "partly SIMULATED" if False in kinds else "SIMULATED"
