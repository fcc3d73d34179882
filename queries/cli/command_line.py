"""What `python -m queries` takes on its command line."""

import argparse
import datetime as dt
from pathlib import Path

from queries.cli import annotate
from queries.cli import claim as claim_command
from queries.cli import wording as wording_command
from warehouse.context import FILTERS

MOST_WEEKS = 520
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


def parser() -> argparse.ArgumentParser:
    """The parser of every command; the command's name comes out as `command`."""
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
    annotate.add_parser(commands, _day)
    claim_command.add_parser(commands, _day)
    wording_command.add_parser(commands)
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
    comparing.add_argument("--unit", metavar="U", help="say in this unit what counts the same")
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
        help="a setting that may differ between the files, or the key of a key=value part of names "
        "to pool over; may be repeated",
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
        description="Score every account as it was known on each day, by every scorecard of the "
        "product, and freeze it in the ledger that BELLWETHER_LEDGER names. Doing it again changes "
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
        "--missing", action="store_true", help="only the days that a scorecard has not scored yet"
    )
    writing.add_argument(
        "--card-version", metavar="VERSION", help="only this scorecard (default: every one)"
    )


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
