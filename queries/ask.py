"""The cached door to every question: scope first, then memory, then the warehouse."""

import datetime as dt
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace

import settings
from queries.answer import Answer, Problem, Provenance, State
from queries.catalog import QUESTIONS
from queries.memory import OVERHEAD_BYTES, memory
from queries.question import Question, Value
from warehouse import clock, contract, provenance
from warehouse.context import FILTERS, Context, Scope
from warehouse.engine import Warehouse, connect
from warehouse.errors import WarehouseError
from warehouse.read import select

LOG = logging.getLogger("bellwether.queries")


def warehouse() -> Warehouse:
    """The process-wide warehouse that the settings name; raises `SettingInvalid`."""
    return connect(
        settings.duckdb_path(settings.warehouse_url()),
        settings.whole_number("BELLWETHER_ROW_LIMIT"),
        settings.whole_number("BELLWETHER_TIMEOUT_SECONDS"),
        settings.whole_number("BELLWETHER_MEMORY_MIB"),
    )


def latest_data_date() -> dt.date | None:
    """The newest day the warehouse knows of, None for an empty one; raises `WarehouseError`."""
    house = warehouse()
    key = ("data_date", str(house.path), house.version())
    found: tuple[dt.date | None] = memory().remember(
        key, lambda: (provenance.data_date(house),), lambda _: OVERHEAD_BYTES
    )
    return found[0]


def ask(name: str, context: Context, **parameters: Value) -> Answer:
    """The answer to the question `name` in `context`: ok, stale, empty, error or forbidden.

    It never raises for a fault a person can meet. A read that fails is answered with the last
    good answer of the same question and context, marked stale, where there is one. An unknown
    question name is a programming error: `KeyError`.
    """
    question = QUESTIONS[name]
    if not context.scope.allows(name):
        return _absent(question, context, {}, "forbidden", _not_allowed(question))
    try:
        parsed = question.parse(parameters)
    except WarehouseError as fault:
        return _absent(question, context, {}, "error", reported(fault, question.name))
    url = settings.warehouse_url()
    place = (name, _plain(context), tuple(parsed.items()), contract.fingerprint(), url)
    try:
        house = warehouse()
        key = (*place, house.version())
        answer: Answer = memory().remember(
            key,
            lambda: _of_one_version(house, lambda: _fresh(house, question, context, parsed, key)),
            _size_bytes,
        )
    except Exception as fault:  # noqa: BLE001 (whatever fails, one tile says so and the page stands)
        return _last_good_or_problem(question, context, parsed, place, fault)
    if memory().peek((*place, "last good")) is not answer:
        memory().keep((*place, "last good"), answer, _size_bytes(answer))
    return _explained_if_empty(answer)


def _size_bytes(answer: Answer) -> int:
    return int(answer.frame.estimated_size()) + OVERHEAD_BYTES


def _of_one_version(house: Warehouse, make: Callable[[], Answer]) -> Answer:
    """What `make` reads from one version of the warehouse: a publication meanwhile starts again."""
    while True:
        version = house.version()
        answer = make()
        if house.version() == version:
            return answer


def _fresh(
    house: Warehouse,
    question: Question,
    context: Context,
    parameters: dict[str, Value],
    key: tuple[object, ...],
) -> Answer:
    reads = question.reads(context, **parameters)
    rows = {name: house.read(select(read, context)) for name, read in reads.items()}
    frames = {name: read.frame.lazy() for name, read in rows.items()}
    frame = question.shape.validate(question.answer(**frames, context=context, **parameters))
    tables = {read.table for read in reads.values()}
    return Answer(
        question=question,
        context=context,
        parameters=parameters,
        frame=frame,
        state="ok" if frame.height else "empty",
        finding=question.finding(frame),
        truncated=any(read.truncated for read in rows.values()),
        through=provenance.dated_through(house, tables, context),
        honours=question.honours(context),
        provenance=_provenance(house, tables),
        read_at=clock.now(),
        key=key,
    )


def _provenance(house: Warehouse, tables: set[str]) -> Provenance:
    key = ("origins", str(house.path), house.version())
    found: dict[str, frozenset[bool]] = memory().remember(
        key, lambda: provenance.origins(house), lambda _: OVERHEAD_BYTES
    )
    raw = {"metering_hourly" if contract.TABLES[table].rollup else table for table in tables}
    kinds = frozenset[bool]().union(*(found.get(table, frozenset()) for table in raw))
    if True not in kinds:
        return "loaded"
    return "partly SIMULATED" if False in kinds else "SIMULATED"


def _explained_if_empty(answer: Answer) -> Answer:
    """Say which filter emptied an answer, by asking again without each in turn."""
    if answer.state != "empty":
        return answer
    for name, values in answer.context.filters.items():
        wider = answer.context.without(name)
        hidden = ask(answer.question.name, wider, **answer.parameters)
        if hidden.usable:
            sentence = (
                f"No rows in these filters: {name} = {', '.join(values)} "
                f"hides {hidden.frame.height:,}."
            )
            return replace(answer, problem=Problem(sentence, "Clear it to see them.", clear=name))
    names = tuple(answer.context.filters)
    if len(names) > 1:
        everything = ask(
            answer.question.name,
            Context(answer.context.as_of, answer.context.scope),
            **answer.parameters,
        )
        if everything.usable:
            sentence = (
                f"No rows in these filters: {', '.join(names)} together "
                f"hide {everything.frame.height:,}."
            )
            return replace(
                answer, problem=Problem(sentence, "Clear them to see the rows.", clear=names[0])
            )
    tables = ", ".join(answer.question.tables(answer.context))
    return replace(
        answer,
        problem=Problem(
            "No rows: nothing is recorded for this question on this data date.",
            f"It reads {tables}; `python -m warehouse check` says what is loaded.",
        ),
    )


def _last_good_or_problem(
    question: Question,
    context: Context,
    parameters: dict[str, Value],
    place: tuple[object, ...],
    fault: Exception,
) -> Answer:
    problem = reported(fault, question.name)
    last: Answer | None = memory().peek((*place, "last good"))
    if last is not None and last.usable:
        return replace(last, state="stale", problem=problem)
    return _absent(question, context, parameters, "error", problem)


def reported(fault: Exception, what: str) -> Problem:
    """The fault in words for a reader, with a reference under which the log has the rest."""
    reference = secrets.token_hex(3).upper()
    reference = f"{reference[:4]}-{reference[4:]}"
    LOG.error("%s %s failed", reference, what, exc_info=fault)
    if isinstance(fault, WarehouseError):
        return Problem(fault.sentence, fault.remedy, reference)
    return Problem(
        f"{what} could not be computed.",
        "Try again; if it persists, quote the reference.",
        reference,
    )


def _not_allowed(question: Question) -> Problem:
    return Problem(f"Your role does not include {question.name}.", "Ask its owner for access.")


def _absent(
    question: Question,
    context: Context,
    parameters: dict[str, Value],
    state: State,
    problem: Problem,
) -> Answer:
    return Answer(
        question=question,
        context=context,
        parameters=parameters,
        frame=question.shape.create_empty(),
        state=state,
        finding=problem.sentence,
        problem=problem,
        through={},
        read_at=clock.now(),
        key=(),
    )


def _plain(context: Context) -> tuple[object, ...]:
    scope: Scope = context.scope
    return (
        context.as_of,
        scope.viewer,
        scope.questions,
        scope.owner_ids,
        *(getattr(context, name) for name in FILTERS),
    )
