"""The cached door to every question: scope first, then memory, then the warehouse."""

import datetime as dt
import functools
import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

import settings
from ledger import Ledger, LedgerQuery, open_ledger
from queries.core import plan, request
from queries.core.answer import Answer, Problem, State
from queries.core.catalog import QUESTIONS
from queries.core.derive import derive, identity, missing
from queries.core.errors import reported
from queries.core.execute import execute
from queries.core.memory import OVERHEAD_BYTES, built_cache, cache, memory
from queries.core.plan import Inquiry
from queries.core.question import Question, Value, nothing
from queries.core.snapshot import packed, unpacked
from queries.shared import words
from warehouse import clock, provenance
from warehouse.cache import Cache, CacheRequest, CacheResult, Key
from warehouse.context import FILTERS, Context
from warehouse.contract import tables
from warehouse.engine.base import Warehouse
from warehouse.engine.connect import connect
from warehouse.errors import WarehouseError
from warehouse.mapping.applied import fingerprint, mapped
from warehouse.read_request import QueryTag, ReadRequest

_LEDGERS: dict[str, Ledger] = {}
_OPENING = threading.Lock()
# What the company's settings choose for every question that takes it: the question stays pure.
CHOSEN_BY_SETTINGS: dict[str, Callable[[], Value]] = {
    "fiscal_year_start": settings.fiscal_year_start
}
BEING_READ = Problem("A newer answer is being read.", "It is shown here as soon as it is there.")


def connected_warehouse() -> Warehouse:
    """The process-wide warehouse that the settings name, through its map if it has one.

    Raises `SettingInvalid`.
    """
    warehouse = connect(
        settings.warehouse_url(),
        row_limit=settings.whole_number("BELLWETHER_ROW_LIMIT"),
        timeout_seconds=settings.whole_number("BELLWETHER_TIMEOUT_SECONDS"),
        memory_mib=settings.whole_number("BELLWETHER_MEMORY_MIB"),
        probe_seconds=settings.whole_number("BELLWETHER_PROBE_SECONDS"),
        secrets=settings.secrets_file(),
    )
    map_path = settings.map_path(settings.warehouse_url())
    return warehouse if map_path is None else mapped(warehouse, map_path)


def ledger() -> Ledger:
    """The process-wide ledger that the settings name; raises `LedgerError`."""
    url = settings.ledger_url()
    with _OPENING:
        if url not in _LEDGERS:
            _LEDGERS[url] = open_ledger(url)
        return _LEDGERS[url]


def close_ledgers() -> None:
    """Close every ledger that this process opened; the next question opens it again."""
    with _OPENING:
        while _LEDGERS:
            _LEDGERS.popitem()[1].close()


def source() -> tuple[str, str]:
    """What is asked: the warehouse's URL, and what tells its map from any other.

    Raises `MapInvalid`.
    """
    url = settings.warehouse_url()
    return url, fingerprint(settings.map_path(url))


def latest_data_date() -> dt.date | None:
    """The newest day the warehouse knows of, None for an empty one; raises `WarehouseError`."""
    warehouse = connected_warehouse()
    key = ("data_date", warehouse.address, warehouse.version())
    found: tuple[dt.date | None] = memory().remember(
        key, lambda: (provenance.data_dates(warehouse)[1],), lambda _: OVERHEAD_BYTES
    )
    return found[0]


def ask(name: str, context: Context, **parameters: Value) -> Answer:
    """The answer to the question `name` in `context`: ok, stale, empty, error or forbidden.

    It never raises for an error a person can meet. Where no fresh answer can be had, or takes
    longer than the reader's patience, the last good answer of the same question and context
    stands in, marked stale. An unknown question name is a programming error: `KeyError`.
    """
    return ask_all(context, name, **parameters)[0]


def ask_all(
    context: Context, *names: str | tuple[str, Mapping[str, Value]], **parameters: Value
) -> tuple[Answer, ...]:
    """The answers to several questions, read at the same time.

    A question that is named alone takes `parameters`; one that comes with its own takes only those.
    """
    answers: dict[str, Answer] = {}
    wanted: dict[str, Inquiry] = {}
    asked = dict((one, parameters) if isinstance(one, str) else one for one in names)
    for name, given in asked.items():
        question = QUESTIONS[name]
        if not context.scope.allows(name):
            answers[name] = _absent(question, context, {}, "forbidden", _not_allowed(question))
            continue
        try:
            parsed = question.parse({**_by_settings(question), **given})
            wanted[name] = plan.inquiry(question, context, parsed)
        except WarehouseError as error:
            problem = reported(error, question.name)
            answers[name] = _absent(question, context, {}, "error", problem)
    found = _found(tuple(wanted.values()), _Had())
    answers |= {
        name: _as_asked(_explained_if_empty(found[one.key]), context)
        for name, one in wanted.items()
    }
    return tuple(answers[name] for name in asked)


def _by_settings(question: Question) -> dict[str, Value]:
    """The parameters that the company's settings choose where nobody else does."""
    takes = {parameter.name for parameter in question.parameters}
    return {name: read() for name, read in CHOSEN_BY_SETTINGS.items() if name in takes}


def _as_asked(answer: Answer, context: Context) -> Answer:
    """The answer in the reader's context, whose filters a question may have set aside.

    So the reader is told that they do not apply, and a link from it keeps them.
    """
    if answer.context == context:
        return answer
    return replace(answer, context=context, key=(*answer.key, _plain(context)))


@dataclass
class _Had:
    """What was had during one call: several questions build on the same answers and one ledger."""

    answers: dict[plan.Key, Answer] = field(default_factory=dict)

    @functools.cached_property
    def warehouse(self) -> Warehouse:
        """The warehouse, looked up once. Raises `SettingInvalid`."""
        return connected_warehouse()

    def version(self) -> str:
        """The data version of the warehouse as it is now. Raises `WarehouseError`."""
        return self.warehouse.version()

    @functools.cached_property
    def source(self) -> tuple[str, str]:
        """What is asked, looked up once: each look reads the disk. Raises `MapInvalid`."""
        return source()

    @functools.cached_property
    def ledger_versions(self) -> Mapping[str, int]:
        """The versions of the ledger's tables."""
        return ledger().versions()


def _found(wanted: tuple[Inquiry, ...], had: _Had) -> dict[plan.Key, Answer]:
    """The answers, whatever the scope says of the questions: its rows are withheld all the same."""
    planned, answers = plan.plan(wanted), had.answers
    for depth, wave in enumerate(planned.waves):
        requests: dict[plan.Key, CacheRequest[Answer]] = {}
        asked = {one.key: one for one in wave}
        for key, one in asked.items():
            try:
                made = _request(one, planned, had)
            except WarehouseError as error:
                made = _absent_of(one, "error", reported(error, one.question.name))
            if isinstance(made, Answer):
                answers[key] = made
            else:
                requests[key] = made
        answers |= {
            key: _answered(asked[key], found)
            for key, found in _find_all(requests, built_cache if depth else cache).items()
        }
    return answers


def _find_all(
    requests: Mapping[plan.Key, CacheRequest[Answer]], which: Callable[[], Cache]
) -> dict[plan.Key, CacheResult[Answer]]:
    if not requests:
        return {}
    waiting = request.current()
    found = which().find_all(
        tuple(requests.values()),
        still_here=waiting.still_here,
        patience_seconds=waiting.patience_seconds,
    )
    return dict(zip(requests, found, strict=True))


def _request(one: Inquiry, planned: plan.Plan, had: _Had) -> CacheRequest[Answer] | Answer:
    """What the cache is asked for; the answer itself where it cannot be had. Raises an error."""
    if one.key in planned.errors:
        raise planned.errors[one.key]
    if one.question.depends_on is nothing:
        return _read_want(one.question, one.context, one.parameters, had)
    bases = {name: had.answers[base] for name, base in planned.bases[one.key].items()}
    absent = missing(bases)
    if absent is not None and absent.problem is not None:
        return _absent_of(one, absent.state, absent.problem)
    return _built_want(one.question, one.context, one.parameters, bases, had)


def _absent_of(one: Inquiry, state: State, problem: Problem) -> Answer:
    return _absent(one.question, one.context, one.parameters, state, problem)


def _read_want(
    question: Question, context: Context, parameters: dict[str, Value], had: _Had
) -> CacheRequest[Answer]:
    return _want(
        question,
        context,
        parameters,
        had.source,
        version=had.version,
        make=lambda read_request, key: execute(
            had.warehouse, question, context, parameters, read_request=read_request, key=key
        ),
    )


def _built_want(
    question: Question,
    context: Context,
    parameters: dict[str, Value],
    bases: dict[str, Answer],
    had: _Had,
) -> CacheRequest[Answer]:
    entries = question.entries(context=context, **parameters)
    return _want(
        question,
        context,
        parameters,
        had.source,
        version=lambda: identity(bases, _ledger_version(entries, had)),
        make=lambda _, key: derive(
            question,
            context,
            parameters,
            bases,
            entries,
            rows_of=lambda wanted: ledger().read(wanted),
            key=key,
        ),
    )


def _ledger_version(entries: Mapping[str, LedgerQuery], had: _Had) -> int:
    """The version of the tables read; a question that reads none needs no ledger."""
    tables = {one.table for one in entries.values()}
    return sum(had.ledger_versions.get(table, 0) for table in tables)


def place_of(
    question: Question,
    context: Context,
    parameters: Mapping[str, Value],
    asked: tuple[str, str],
) -> Key:
    """What tells an answer from any other, in memory and on disk, but for the data version.

    The rights are part of it and the viewer is not: who may see the same shares the answer.
    """
    return (
        question.name,
        question.filters,
        _plain(context),
        tuple(parameters.items()),
        tables.fingerprint(),
        *asked,
    )


def _want(
    question: Question,
    context: Context,
    parameters: dict[str, Value],
    asked: tuple[str, str],
    *,
    version: Callable[[], str],
    make: Callable[[ReadRequest, Key], Answer],
) -> CacheRequest[Answer]:
    place = place_of(question, context, parameters, asked)
    waiting = request.current()
    return CacheRequest(
        place=place,
        version=version,
        read_request=ReadRequest(
            tag=QueryTag(
                question=question.name,
                page=waiting.page,
                role=waiting.role,
                context_hash=hashlib.sha256(repr(_plain(context)).encode()).hexdigest()[:12],
            ),
            row_limit=question.row_limit,
            timeout_seconds=question.timeout_seconds,
        ),
        make=make,
        size_bytes=lambda answer: int(answer.frame.estimated_size()) + OVERHEAD_BYTES,
        made_at=lambda answer: answer.read_at,
        pack=packed,
        unpack=lambda snapshot: unpacked(snapshot, question, context, parameters, place),
        can_stand_in=lambda answer: answer.usable,
    )


def _answered(one: Inquiry, found: CacheResult[Answer]) -> Answer:
    answer, error = found.value, found.error
    if error is None and answer is not None:
        if found.is_under_way:
            return replace(answer, state="stale", problem=BEING_READ, under_way=True)
        return answer
    problem = reported(error or LookupError("nothing was found"), one.question.name)
    if answer is not None:
        return replace(answer, state="stale", problem=problem)
    if found.is_too_old:
        too_old = "The last good answer is too old to be shown."
        problem = replace(problem, remedy=f"{too_old} {problem.remedy}")
    return _absent_of(one, "error", problem)


def _explained_if_empty(answer: Answer) -> Answer:
    """Say which filter emptied an answer, by asking again without each in turn."""
    if answer.state != "empty":
        return answer
    for name, values in answer.context.filters.items():
        wider = answer.context.without(name)
        hidden = ask(answer.question.name, wider, **answer.parameters)
        if hidden.usable:
            # An owner is a person's id, which says nothing to a reader.
            chosen = (
                f"{name} = {', '.join(map(words.name, values))}" if FILTERS[name].words else name
            )
            sentence, remedy = _hidden(f"{chosen} hides", hidden.frame), "Clear it to see them."
            return replace(answer, problem=Problem(sentence, remedy, clear=(name,)))
    names = tuple(answer.context.filters)
    if len(names) > 1:
        everything = ask(
            answer.question.name,
            Context(answer.context.as_of, answer.context.scope),
            **answer.parameters,
        )
        if everything.usable:
            sentence = _hidden(f"{', '.join(names)} together hide", everything.frame)
            remedy = "Clear them to see the rows."
            return replace(answer, problem=Problem(sentence, remedy, clear=names))
    tables = ", ".join(answer.question.tables(answer.context))
    return replace(
        answer,
        problem=Problem(
            "No rows: nothing is recorded for this question on this data date.",
            "Choose a later data date, or ask whoever loads the data.",
            command=f"It reads {tables}; `python -m warehouse check` says what is loaded.",
        ),
    )


def _hidden(by: str, rows: pl.DataFrame) -> str:
    """How many accounts, or rows where an answer has no accounts, some filters hide."""
    if "account_id" in rows.columns:
        kind, count = "accounts", rows["account_id"].n_unique()
    else:
        kind, count = "rows", rows.height
    return f"No {kind} in these filters: {by} {count:,}."


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
        data_through={},
        read_at=clock.now(),
        key=(),
    )


def _plain(context: Context) -> tuple[object, ...]:
    return (
        context.as_of,
        context.scope.questions,
        context.scope.owner_ids,
        context.chosen,
    )
