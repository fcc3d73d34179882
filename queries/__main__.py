"""`python -m queries`: ask any question of the dashboard, score accounts, say what happened."""

import argparse
import datetime as dt
import logging
import os
import sys
from collections.abc import Sequence
from typing import TextIO

import logs
import settings
from errors import UserError
from queries.benchmarks.rulebook import Facts, lint
from queries.cli import annotate, command_line, output
from queries.cli import claim as claim_command
from queries.cli import wording as wording_command
from queries.core.answer import Answer
from queries.core.ask import ask, latest_data_date, ledger
from queries.core.catalog import QUESTIONS
from queries.core.question import ParameterInvalid, Question, Value
from queries.health.proof import band_order
from queries.health.scorecard import scoring
from queries.shared import words
from warehouse import clock
from warehouse.context import EVERYTHING, FILTERS, Context
from warehouse.errors import WarehouseError, WarehouseMissing
from warehouse.flat import flat_lines

ANSWERED, REFUSED, MISUSED = 0, 1, 2
MOST_NAMED = 5


class _Misuse(Exception):
    """The command line names something that does not exist."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when answered (an empty answer too), 1 on an error, 2 on misuse."""
    try:
        arguments = command_line.parser().parse_args(argv)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else MISUSED
    try:
        _send_the_log_where_it_is_wanted()
        code = COMMANDS[arguments.command](arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the pipe has had enough, e.g. `| head`; Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ANSWERED
    except _Misuse as misuse:
        _say(f"{misuse}\n", sys.stderr)
        return MISUSED
    except UserError as error:
        _say(f"{error}\n", sys.stderr)
        return REFUSED
    return code


def _say(text: str, stream: TextIO | None = None) -> None:
    """Print lines in which nothing from data moves the terminal's cursor or hides."""
    (stream or sys.stdout).write(flat_lines(text))


def _list(arguments: argparse.Namespace) -> int:
    if arguments.json:
        _say(output.listed_as_json(QUESTIONS, clock.now().date()))
    else:
        _say(output.listed_as_text(QUESTIONS))
    return ANSWERED


def _ask(arguments: argparse.Namespace) -> int:
    if arguments.question not in QUESTIONS:
        raise _Misuse(
            f"There is no question {arguments.question!r}. Questions: {', '.join(QUESTIONS)}."
        )
    question = QUESTIONS[arguments.question]
    filters, parameters = _sorted_conditions(question, arguments.where)
    as_of = arguments.as_of or _newest_data_date()
    answer = ask(question.name, Context(as_of, EVERYTHING, filters.items()), **parameters)
    newest = latest_data_date() if answer.usable else None
    if newest is not None and as_of > newest:
        _say(f"Nothing later than {newest} is known; {as_of} lies after it.\n", sys.stderr)
    ignored = sorted(set(filters) - answer.applicable_filters) if answer.applicable_filters else []
    if ignored:
        _say(f"{question.name} cannot be filtered by {', '.join(ignored)}.\n", sys.stderr)
    return _print(answer, arguments)


def _backtest(arguments: argparse.Namespace) -> int:
    # Loaded only here: scikit-learn takes two seconds.
    from queries.health.evidence.backtest import command  # noqa: PLC0415

    _say(command.run(arguments))
    return ANSWERED


def _compare(arguments: argparse.Namespace) -> int:
    # Loaded only here: no other command reads benchmark files.
    from queries.cli import compare as compare_command  # noqa: PLC0415

    _say(compare_command.run(arguments))
    return ANSWERED


def _claim(arguments: argparse.Namespace) -> int:
    context = Context(arguments.as_of or _newest_data_date(), EVERYTHING)
    answers = claim_command.find(arguments.claim, context)
    if isinstance(answers, str):
        raise _Misuse(answers)
    _say(claim_command.card_text(answers, as_json=arguments.json))
    _say(claim_command.problems(answers), sys.stderr)
    return ANSWERED if claim_command.holds(answers) else REFUSED


def _score(arguments: argparse.Namespace) -> int:
    days = scoring.days_to_score(arguments.as_of or _newest_data_date(), arguments.weeks)
    if arguments.missing:
        days = scoring.not_scored(ledger(), days, card_version=arguments.card_version)
    totals = {"new": 0, "same": 0, "different": 0}
    for scored in scoring.score(ledger(), days, card_version=arguments.card_version):
        written = scored.written
        for name in totals:
            totals[name] += getattr(written, name)
        _say(
            f"{scored.as_of}  {scored.accounts:,} accounts by scorecard "
            f"{', '.join(scored.card_versions)}: {written.new:,} new\n"
        )
        if written.different:
            differing = written.differing.head(MOST_NAMED).to_dicts()
            named = ", ".join(f"{one['account_id']} by {one['card_version']}" for one in differing)
            _say(
                f"{scored.as_of}: {written.different:,} score otherwise now ({named}); "
                "what was written stays.\n",
                sys.stderr,
            )
        sys.stdout.flush()
    _say(
        f"{words.plural(len(days), 'day')}: {totals['new']:,} scores written, "
        f"{totals['same']:,} were there, {totals['different']:,} differ from what was there.\n"
    )
    return REFUSED if totals["different"] else ANSWERED


def _annotate(arguments: argparse.Namespace) -> int:
    _say(annotate.run(arguments))
    return ANSWERED


def _wording(arguments: argparse.Namespace) -> int:
    found = lint(arguments.text, _facts(arguments.claim) if arguments.claim else None)
    form = wording_command.as_json if arguments.json else wording_command.as_text
    _say(form(arguments.text, found))
    return REFUSED if found else ANSWERED


def _facts(claim_id: str) -> Facts:
    """What the newest data say of a claim, as far as the terminal may see them."""
    answer = ask("benchmark_claim", Context(_newest_data_date(), EVERYTHING), claim=claim_id)
    rows = answer.rows(claim_id=claim_id)
    if not rows and answer.state == "error" and answer.problem:
        raise WarehouseError(*answer.problem.at_a_terminal)
    if not rows:
        raise _Misuse(
            f"No claim {claim_id!r} is registered. "
            "`python -m queries ask benchmark_claim` prints those that are."
        )
    return Facts.of(rows[0])


def _print(answer: Answer, arguments: argparse.Namespace) -> int:
    problem = answer.problem
    if problem:
        reference = f" (reference {problem.reference})" if problem.reference else ""
        _say(f"{' '.join(problem.at_a_terminal)}{reference}\n", sys.stderr)
        if problem.reference:
            _say("BELLWETHER_LOG_LEVEL=DEBUG prints the log.\n", sys.stderr)
    has_answer = answer.usable or answer.state == "empty"
    bands = _about_bands(answer) if has_answer else ""
    if arguments.json:
        _say(output.as_json(answer, bands))
    elif has_answer:
        form = output.as_csv if arguments.csv else output.as_text
        _say(form(answer, bands))
    if answer.truncated and arguments.csv:
        _say("Truncated: a read reached its row limit, so rows are missing.\n", sys.stderr)
    return ANSWERED if has_answer else REFUSED


def _about_bands(answer: Answer) -> str:
    """Whether the bands in an answer are shown to order churn; '' where it has none."""
    if not band_order.shows_bands(answer.question):
        return ""
    return band_order.sentence(ask("band_order", answer.context).frame)


def _newest_data_date() -> dt.date:
    try:
        newest = latest_data_date()
    except WarehouseMissing as missing:
        if not settings.is_demo(settings.warehouse_url()):
            raise
        raise WarehouseMissing(
            "The embedded demo is not built yet.",
            "Build it with `make run` or `python -m warehouse demo`.",
        ) from missing
    if newest is None:
        raise WarehouseError(
            "The warehouse holds no dated row, so there is no data date.",
            "Load tables with `python -m warehouse load tables FOLDER`, or give --as-of.",
        )
    return newest


def _sorted_conditions(
    question: Question, conditions: Sequence[str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, Value]]:
    """The --where conditions as filters and as the question's parameters."""
    filters: dict[str, tuple[str, ...]] = {}
    parameters: dict[str, Value] = {}
    known = {parameter.name for parameter in question.parameters}
    for condition in conditions:
        name, equals, given = condition.partition("=")
        if not equals or not given:
            raise _Misuse(f"{condition!r} is not a condition; write it as name=value.")
        if name in known:
            if name in parameters:
                raise _Misuse(f"{name} is given twice.")
            parameters[name] = given
        elif name in FILTERS:
            filters[name] = (*filters.get(name, ()), *_words(name, given))
        else:
            raise _Misuse(
                f"{question.name} has no filter or parameter {name!r}. "
                f"It takes: {', '.join([*FILTERS, *sorted(known)])}."
            )
    try:
        question.parse(parameters)
    except ParameterInvalid as invalid:
        raise _Misuse(str(invalid)) from invalid
    return filters, parameters


def _words(name: str, given: str) -> tuple[str, ...]:
    found = tuple(word.strip() for word in given.split(","))
    known = FILTERS[name].words
    unknown = [word for word in found if not word or (known and word not in known)]
    if unknown:
        listed = ", ".join(known) or "the ids of people"
        raise _Misuse(f"{name} is never {unknown[0]!r}. It takes: {listed}.")
    return found


def _send_the_log_where_it_is_wanted() -> None:
    """Print the log when it is asked for; an error's own sentence is printed either way."""
    if settings.value("BELLWETHER_LOG_LEVEL") == "DEBUG":
        logs.configure()
    else:
        logging.getLogger(logs.NAME).addHandler(logging.NullHandler())


COMMANDS = {
    "list": _list,
    "ask": _ask,
    "score": _score,
    "annotate": _annotate,
    "backtest": _backtest,
    "compare": _compare,
    "claim": _claim,
    "wording": _wording,
}

if __name__ == "__main__":
    os.umask(settings.PRIVATE)
    settings.reach_this_machine_directly()
    sys.exit(main())
