"""`python -m queries`: ask any question of the dashboard from a terminal, and score accounts."""

import argparse
import datetime as dt
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import logs
import settings
from ledger import LedgerError
from queries import printed, scoring, words
from queries.answer import Answer
from queries.ask import ask, latest_data_date, ledger
from queries.catalog import QUESTIONS
from queries.question import ParameterInvalid, Question, Value
from warehouse import clock
from warehouse.context import FILTERS, Context, Scope
from warehouse.errors import WarehouseError, WarehouseMissing

ANSWERED, REFUSED, MISUSED = 0, 1, 2
SCOPE = Scope("terminal")
MOST_WEEKS = 520
MOST_NAMED = 5
ASK_EXAMPLES = """\
examples:
  python -m queries ask usage_by_hyperscaler --where hyperscaler=azure,aws --where days=90
  python -m queries ask charges_by_provider --as-of 2026-01-31 --csv > charges.csv
  python -m queries ask usage_by_account --where owner=p-12 --json
"""
BACKTEST_EXAMPLES = """\
examples:
  python -m queries backtest churn.csv --label Churn
  python -m queries backtest snapshots.parquet --label churned --account account_id --time as_of
"""
SCORE_EXAMPLES = """\
examples:
  python -m queries score
  python -m queries score --weeks 78 --missing
  python -m queries score --as-of 2026-01-31 --card-version 2025-01
"""
COMPARE_EXAMPLES = """\
examples:
  python -m queries compare new.txt old.txt
  python -m queries compare a.json b.json --direction lower --json
  python -m queries compare ours.txt theirs.txt --unit MiB/s --ignore note
"""
LIST_EXAMPLES = """\
examples:
  python -m queries list
  python -m queries list --json
"""


class _Misuse(Exception):
    """The command line names something that does not exist."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when answered (an empty answer too), 1 on a fault, 2 on misuse."""
    try:
        arguments = _parser().parse_args(argv)
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
        sys.stderr.write(f"{misuse}\n")
        return MISUSED
    except (WarehouseError, LedgerError) as fault:
        sys.stderr.write(f"{fault.sentence} {fault.remedy}\n")
        return REFUSED
    return code


def _list(arguments: argparse.Namespace) -> int:
    if arguments.json:
        sys.stdout.write(printed.listed_as_json(QUESTIONS, clock.now().date()))
    else:
        sys.stdout.write(printed.listed_as_text(QUESTIONS))
    return ANSWERED


def _ask(arguments: argparse.Namespace) -> int:
    if arguments.question not in QUESTIONS:
        raise _Misuse(
            f"There is no question {arguments.question!r}. Questions: {', '.join(QUESTIONS)}."
        )
    question = QUESTIONS[arguments.question]
    filters, parameters = _sorted_conditions(question, arguments.where)
    as_of = arguments.as_of or _newest_data_date()
    answer = ask(question.name, Context(as_of, SCOPE, **filters), **parameters)
    newest = latest_data_date() if answer.usable else None
    if newest is not None and as_of > newest:
        sys.stderr.write(f"Nothing later than {newest} is known; {as_of} lies after it.\n")
    ignored = sorted(set(filters) - answer.honours) if answer.honours else []
    if ignored:
        sys.stderr.write(f"{question.name} cannot be filtered by {', '.join(ignored)}.\n")
    return _print(answer, arguments)


def _backtest(arguments: argparse.Namespace) -> int:
    # Loaded only here: scikit-learn takes two seconds.
    from queries.evidence import command  # noqa: PLC0415

    sys.stdout.write(command.run(arguments))
    return ANSWERED


def _compare(arguments: argparse.Namespace) -> int:
    # Loaded only here: no other command reads benchmark files.
    from queries.benchmarks import compare_command  # noqa: PLC0415

    sys.stdout.write(compare_command.run(arguments))
    return ANSWERED


def _score(arguments: argparse.Namespace) -> int:
    days = scoring.days_to_score(arguments.as_of or _newest_data_date(), arguments.weeks)
    if arguments.missing:
        days = scoring.not_scored(ledger(), days)
    totals = {"new": 0, "same": 0, "different": 0}
    for scored in scoring.score(ledger(), days, card_version=arguments.card_version):
        written = scored.written
        for name in totals:
            totals[name] += getattr(written, name)
        sys.stdout.write(
            f"{scored.as_of}  scorecard {scored.card_version}  {scored.accounts:,} accounts, "
            f"{written.new:,} new\n"
        )
        if written.different:
            named = ", ".join(written.differing["account_id"].head(MOST_NAMED))
            sys.stderr.write(
                f"{scored.as_of}: {written.different:,} score otherwise now ({named}); "
                "what was written stays.\n"
            )
        sys.stdout.flush()
    sys.stdout.write(
        f"{words.plural(len(days), 'day')}: {totals['new']:,} scores written, "
        f"{totals['same']:,} were there, {totals['different']:,} differ from what was there.\n"
    )
    return REFUSED if totals["different"] else ANSWERED


def _print(answer: Answer, arguments: argparse.Namespace) -> int:
    problem = answer.problem
    if problem:
        reference = f" (reference {problem.reference})" if problem.reference else ""
        sys.stderr.write(f"{problem.sentence} {problem.remedy}{reference}\n")
        if problem.reference:
            sys.stderr.write("BELLWETHER_LOG_LEVEL=DEBUG prints the log.\n")
    has_answer = answer.usable or answer.state == "empty"
    if arguments.json:
        sys.stdout.write(printed.as_json(answer))
    elif has_answer:
        sys.stdout.write(printed.as_csv(answer) if arguments.csv else printed.as_text(answer))
    if answer.truncated and arguments.csv:
        sys.stderr.write("Truncated: a read reached its row limit, so rows are missing.\n")
    return ANSWERED if has_answer else REFUSED


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
    unknown = [word for word in found if not word or (FILTERS[name] and word not in FILTERS[name])]
    if unknown:
        listed = ", ".join(FILTERS[name]) or "the ids of people"
        raise _Misuse(f"{name} is never {unknown[0]!r}. It takes: {listed}.")
    return found


def _send_the_log_where_it_is_wanted() -> None:
    """Print the log when it is asked for; a fault's own sentence is printed either way."""
    if settings.value("BELLWETHER_LOG_LEVEL") == "DEBUG":
        logs.configure()
    else:
        logging.getLogger(logs.NAME).addHandler(logging.NullHandler())


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-01-31") from wrong


def _weeks(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WEEKS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST_WEEKS}")
    return int(text)


def _margin(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to 1, as 0.01")
    return share


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m queries",
        description="Ask any question of the dashboard, with the same context, limits and "
        "definitions as its page, of the warehouse that BELLWETHER_WAREHOUSE names.",
        epilog=ASK_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    listing = commands.add_parser(
        "list",
        help="name every question",
        epilog=LIST_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    listing.add_argument("--json", action="store_true", help="with columns, units and filters")
    asking = commands.add_parser(
        "ask",
        help="answer one question",
        epilog=ASK_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asking.add_argument("question", metavar="QUESTION", help="a name that `list` prints")
    asking.add_argument(
        "--as-of",
        type=_day,
        metavar="YYYY-MM-DD",
        help="data date, UTC: what was known by its end (default: the newest day of the data)",
    )
    asking.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=f"a filter ({', '.join(FILTERS)}; several values as a,b) or a parameter of the "
        "question; may be repeated",
    )
    form = asking.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--csv", action="store_true", help="print every row as CSV")
    _score_parser(commands)
    _backtest_parser(commands)
    _compare_parser(commands)
    return parser


def _compare_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    comparing = commands.add_parser(
        "compare",
        help="compare two files of benchmark results",
        description="Compare A with B, workload by workload: medians, their ratio with its "
        "interval, an exact test and a verdict, and the geomean over the workloads that both "
        "measured. Reads Go benchmark text, JSON of hyperfine or pytest-benchmark (or a folder of "
        "the latter, a file per session), or one number a line, one line per session.",
        epilog=COMPARE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    comparing.add_argument("a", metavar="A", type=Path, help="the file a ratio above 1 favours")
    comparing.add_argument("b", metavar="B", type=Path, help="the file it is compared with")
    comparing.add_argument("--unit", metavar="U", help="convert every value to this unit")
    comparing.add_argument(
        "--direction", choices=("higher", "lower"), help="which way is better (default: the unit's)"
    )
    comparing.add_argument(
        "--margin",
        type=_margin,
        default=0.01,
        metavar="SHARE",
        help="difference that would not matter (default: 0.01)",
    )
    comparing.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="KEY",
        help="a setting that may differ between the files; may be repeated",
    )
    comparing.add_argument("--json", action="store_true", help="print one JSON object")


def _backtest_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    testing = commands.add_parser(
        "backtest",
        help="say whether a table of outcomes can be predicted",
        description="Choose what may be fitted by the number of churned accounts, prove it on rows "
        "it has not seen (out of time where --time is given, else by repeated stratified "
        "cross-validation), and hold it to the gates.",
        epilog=BACKTEST_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    testing.add_argument("file", metavar="FILE", type=Path, help="a CSV or Parquet file")
    testing.add_argument(
        "--label", required=True, metavar="COLUMN", help="says whether the account churned"
    )
    testing.add_argument("--positive", metavar="VALUE", help="the label's word for churn")
    testing.add_argument(
        "--account", metavar="COLUMN", help="whose row it is; rows of one account stay together"
    )
    testing.add_argument("--time", metavar="COLUMN", help="when the row's factors were known")
    testing.add_argument("--json", action="store_true", help="print one JSON object")


def _score_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    writing = commands.add_parser(
        "score",
        help="write the health score of every account to the ledger",
        description="Score every account as it was known on each day, by the scorecard in force "
        "then, and freeze it in the ledger that BELLWETHER_LEDGER names. Doing it again changes "
        "nothing; a score that comes out otherwise is never stored, and is reported.",
        epilog=SCORE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    writing.add_argument(
        "--as-of",
        type=_day,
        metavar="YYYY-MM-DD",
        help="data date, UTC (default: the newest day of the data)",
    )
    writing.add_argument(
        "--weeks",
        type=_weeks,
        default=1,
        metavar="N",
        help="how many days to score, a week apart, the last one the data date (default: 1)",
    )
    writing.add_argument(
        "--missing", action="store_true", help="only the days of which nothing is written yet"
    )
    writing.add_argument(
        "--card-version", metavar="VERSION", help="another scorecard than the one in force"
    )


COMMANDS = {
    "list": _list,
    "ask": _ask,
    "score": _score,
    "backtest": _backtest,
    "compare": _compare,
}

if __name__ == "__main__":
    sys.exit(main())
