"""JSON as MLPerf submitters publish it: numbers kept as text, trailing commas forgiven."""

import json
import re
from pathlib import Path
from typing import Any

from warehouse.sources.batch import LoadRefused

_STRING_OR_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')


def parse(path: Path) -> tuple[Any, bool]:
    """The file's value, and whether trailing commas had to be dropped to read it.

    Numbers stay the text that was published, so that the contract's rules see them. Raises
    `LoadRefused` for a file that is not JSON or not UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise LoadRefused(f"{path.name} is not UTF-8 text.", "Save the file as UTF-8.") from fault
    try:
        return _loads(text), False
    except (json.JSONDecodeError, RecursionError) as fault:
        relaxed = _STRING_OR_TRAILING_COMMA.sub(lambda found: found[1] or "", text)
        try:
            return _loads(relaxed), True
        except (json.JSONDecodeError, RecursionError):
            line = f", line {fault.lineno}" if isinstance(fault, json.JSONDecodeError) else ""
            raise LoadRefused(
                f"{path.name}{line} is not JSON.", "Correct the file, or download it again."
            ) from fault


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
