"""The log: one line per event on standard error, as text or as JSON, with the reader's reference.

The wall clock that stamps a line is the logging library's own.
"""

import datetime as dt
import json
import logging
import re
import sys

import settings
from warehouse.errors import SettingInvalid

NAME = "bellwether"
FORMATS = ("text", "json")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# A password in a URL, up to the last @, and what follows `token=` and the like.
SECRET = re.compile(
    r"""(://[^/\s:@]*:)[^\s"']+(?=@)|"""
    r"""(\b\w*(?:token|password|passwd|passphrase|secret)=)[^\s&"'\\]+""",
    re.IGNORECASE,
)
TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class _Lines(logging.Formatter):
    """Instants in UTC to the millisecond."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 (the library's)
        instant = dt.datetime.fromtimestamp(record.created, dt.UTC)
        return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Json(_Lines):
    """One JSON object a line: time, level, logger, message, the event's facts, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class _Text(_Lines):
    """A line for a person: what happened, its facts, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(
            f"{name}={json.dumps(value, default=str)}"
            for name, value in getattr(record, "facts", {}).items()
        )
        said = super().format(record)
        first, newline, rest = said.partition("\n")
        return f"{first} {facts}{newline}{rest}" if facts else said


class _Stderr(logging.StreamHandler):
    """Writes to whatever standard error is at the time."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)

    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(r"\1\2…", super().format(record))


def configure() -> None:
    """Send Bellwether's log where the settings say; again, by the same settings, changes nothing.

    Raises `SettingInvalid` for a level or format that does not exist.
    """
    log = logging.getLogger(NAME)
    level = _one_of("BELLWETHER_LOG_LEVEL", LEVELS)
    # Setting a level makes every logger of the process look for its own again.
    if log.level != logging.getLevelName(level):
        log.setLevel(level)
    wanted = _Json() if _one_of("BELLWETHER_LOG_FORMAT", FORMATS) == "json" else _Text(TEXT)
    ours = next((handler for handler in log.handlers if isinstance(handler, _Stderr)), None)
    if ours is None:
        ours = _Stderr()
        log.addHandler(ours)
    ours.setFormatter(wanted)


def _one_of(name: str, words: tuple[str, ...]) -> str:
    text = settings.value(name)
    if text not in words:
        raise SettingInvalid(
            f"{name} is {text!r}; it is one of {', '.join(words)}.",
            f"Set it like {name}={settings.SETTINGS[name].default}, or unset it.",
        )
    return text
