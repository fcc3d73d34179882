"""JSON as MLPerf submitters publish it: numbers kept as text, trailing commas forgiven."""

import json
import re
from pathlib import Path
from typing import Any

from warehouse import bounded
from warehouse.sources.batch import LoadRefused

# A text that never ends is matched to the end, so that none is looked through twice.
_STRING_OR_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*+"?)|,(?=\s*+[}\]])', re.DOTALL)


REMEDY = "Correct the file, or download it again."


def parse(path: Path) -> tuple[Any, bool]:
    """The file's value, and whether trailing commas had to be dropped to read it.

    Numbers stay the text that was published, so that the contract's rules see them. Raises
    `LoadRefused` for a file that is not JSON or not UTF-8, too large or nested too deep.
    """
    text = bounded.text(path, bounded.LARGEST_JSON_BYTES, LoadRefused)
    try:
        return _value(path, text), False
    except json.JSONDecodeError as error:
        relaxed = _STRING_OR_TRAILING_COMMA.sub(lambda found: found[1] or "", text)
        try:
            return _value(path, relaxed), True
        except json.JSONDecodeError:
            raise LoadRefused(f"{path.name}, line {error.lineno} is not JSON.", REMEDY) from error


def _value(path: Path, text: str) -> Any:
    as_written = dict.fromkeys(("parse_float", "parse_int", "parse_constant"), str)
    return bounded.json_value(path.name, text, LoadRefused, REMEDY, **as_written)
