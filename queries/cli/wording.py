"""`python -m queries wording`: may this sentence about a result be published?"""

import argparse
import json
from dataclasses import asdict

from queries.benchmarks.rulebook.rule import Broken
from queries.shared import words
from warehouse.flat import flat

EXAMPLES = """\
examples:
  python -m queries wording "Lustre B is up to 23 % better"
  python -m queries wording "$(cat post.txt)" --claim clm-tpu-checkpoint-2026-01
"""
CLEAN = "No rule is broken. A rule reads words, not meaning.\n"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and what it takes."""
    checking = commands.add_parser(
        "wording",
        help="say which rules a sentence about a benchmark result breaks",
        description="Hold a text to the rules of MLCommons and the IO500 Foundation for speaking "
        "of results, and to Bellwether's own. 0: no rule is broken, 1: some are.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    checking.add_argument("text", metavar="TEXT", help="the words to be published")
    checking.add_argument(
        "--claim", metavar="ID", help="hold the numbers against those of a registered claim"
    )
    checking.add_argument("--json", action="store_true", help="print one JSON object")


def as_text(text: str, found: tuple[Broken, ...]) -> str:
    """Per broken rule its name, the words, what is wrong, what to write and whose rule it is."""
    if not found:
        return CLEAN
    lines = [f"{words.plural(len(found), 'rule')} broken:"]
    for broken in found:
        lines += [
            f"{broken.rule}: {flat(text[slice(*broken.span)])!r}",
            f"    {flat(broken.sentence)} {broken.remedy}",
            f"    {broken.source}",
        ]
    return "\n".join(lines) + "\n"


def as_json(text: str, found: tuple[Broken, ...]) -> str:
    """The text and its broken rules, as one JSON object; spans in characters of the text."""
    said = {"text": text, "is_clean": not found, "broken": [asdict(broken) for broken in found]}
    return json.dumps(said, indent=2, ensure_ascii=True) + "\n"
