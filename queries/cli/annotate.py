"""`python -m queries annotate`: mark a day that an account's history should say."""

import argparse
import datetime as dt
import hashlib
from collections.abc import Callable

from ledger.annotations import KINDS, Annotation, write
from queries.core.ask import ledger
from queries.shared.periods import midnight

EXAMPLES = """\
examples:
  python -m queries annotate everyone release "Release 7.2 went out." --on 2026-01-12 --author pia
  python -m queries annotate account:a-17 incident "Moved to another region." \\
      --on 2026-01-20 --author pia
"""


def add_parser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", day: Callable[[str], dt.date]
) -> None:
    """Add the command; `day` reads a day from the command line."""
    marking = commands.add_parser(
        "annotate",
        help="say what happened on a day",
        description="Record in the ledger that BELLWETHER_LEDGER names what happened on a day: the "
        "history of an account says so, of those on a hyperscaler, or of everyone. The same again "
        "changes nothing.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    marking.add_argument(
        "subject", metavar="SUBJECT", help="account:ID, hyperscaler:NAME or everyone"
    )
    marking.add_argument("kind", choices=KINDS, help="what kind of event it was")
    marking.add_argument("text", metavar="TEXT", help="what happened, in a sentence")
    marking.add_argument(
        "--on", type=day, required=True, metavar="YYYY-MM-DD", help="the day it happened, UTC"
    )
    marking.add_argument("--author", required=True, metavar="NAME", help="who says so")


def run(arguments: argparse.Namespace) -> str:
    """Record the annotation; whether it was new, in a sentence.

    Raises `AnnotationInvalid` for what breaks a rule, and `LedgerError`.
    """
    at = midnight(arguments.on)
    said = (arguments.subject, arguments.kind, arguments.text, str(at), arguments.author)
    annotation = Annotation(
        annotation_id=hashlib.sha256("\0".join(said).encode()).hexdigest()[:16],
        subject=arguments.subject,
        at=at,
        author=arguments.author,
        kind=arguments.kind,
        text=arguments.text,
    )
    is_new = write(ledger(), annotation)
    return f"{'Recorded' if is_new else 'Was there already'}: {annotation.annotation_id}\n"
