"""An action on an account: what kinds there are, and what each says."""

import datetime as dt
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn

from ledger.bands import BANDS
from ledger.errors import ActionInvalid

Said = str | dt.date | Sequence[str]

LONGEST_ID = 400
LONGEST_FACTOR = 100
LONGEST_NOTE = 1_500
LONGEST_REASON = 500
MOST_REASONS = 20
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 1, 1)
# Nothing is put off, and no override holds, for longer than about a year.
HORIZON_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing somebody did about one account.

    `action_id` is made by whoever clicks and stays the same when the same click is sent again.
    `at` is the instant of the click, `as_of` the data date the person was looking at. `payload`
    holds what its kind says, and nothing else:

    - acknowledge: `reasons` (ids of the factors it was about; may be none)
    - assign: `owner_id`
    - due: `date`, from the data date on
    - snooze: `until` (the first day it is over), `reason`, `reasons` (the factors it covers)
    - note: `text`
    - override: `band` (at_risk, watch, healthy), `reason`, `expires` (the first day it is over)
    - undo: `action_id` of an earlier action on the same account

    Raises `ActionInvalid` for anything else: nothing that breaks a rule ever is an `Action`.
    """

    action_id: str
    account_id: str
    kind: str
    at: dt.datetime
    as_of: dt.date
    author: str
    payload: Mapping[str, Said] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("action_id", "account_id", "author"):
            _text(name, getattr(self, name), LONGEST_ID)
        if self.at.utcoffset() is None or not FIRST_DAY <= self.at.date() <= LAST_DAY:
            _refuse("The instant of an action has no zone or lies outside 2000 to 2100")
        _day("as_of", self.as_of, FIRST_DAY, LAST_DAY)
        if self.kind not in KINDS:
            _refuse(f"{self.kind!r} is no kind of action; there are {', '.join(KINDS)}")
        fields = KINDS[self.kind]
        if self.payload.keys() != fields.keys():
            expected = ", ".join(fields) or "nothing"
            _refuse(
                f"{self.kind} says {expected}; this one says {', '.join(self.payload) or 'nothing'}"
            )
        for name, check in fields.items():
            check(name, self.payload[name], self.as_of)

    @property
    def payload_json(self) -> str:
        """The payload as it is recorded: JSON with sorted names and days as ISO."""
        said = {
            name: value if isinstance(value, str | dt.date) else sorted(set(value))
            for name, value in self.payload.items()
        }
        return json.dumps(said, default=dt.date.isoformat, ensure_ascii=False, sort_keys=True)


def _text(name: str, value: Any, longest: int, *, may_break: bool = False) -> None:
    if not isinstance(value, str) or not value.strip():
        _refuse(f"{name} is empty")
    if len(value) > longest:
        _refuse(f"{name} has {len(value):,} characters; at most {longest:,} are kept")
    for letter in value:
        # Control characters and halves of a surrogate pair; a text may have lines.
        if unicodedata.category(letter) in {"Cc", "Cs"} and not (may_break and letter in "\n\t"):
            _refuse(f"{name} holds the control character U+{ord(letter):04X}")


def _day(name: str, value: Any, first: dt.date, last: dt.date) -> None:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        _refuse(f"{name} is no day")
    if not first <= value <= last:
        _refuse(f"{name} is {value}; it lies from {first} to {last}")


def _id(name: str, value: Any, _as_of: dt.date) -> None:
    _text(name, value, LONGEST_ID)


def _words(name: str, value: Any, _as_of: dt.date, longest: int) -> None:
    _text(name, value, longest, may_break=True)


def _factors(name: str, value: Any, _as_of: dt.date) -> None:
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) > MOST_REASONS:
        _refuse(f"{name} is no list of at most {MOST_REASONS} factors")
    for factor in value:
        _text(name, factor, LONGEST_FACTOR)


def _band(name: str, value: Any, _as_of: dt.date) -> None:
    if value not in BANDS:
        _refuse(f"{name} is {value!r}; it is one of {', '.join(BANDS)}")


def _ahead(name: str, value: Any, as_of: dt.date, least_days: int = 1) -> None:
    horizon = as_of + dt.timedelta(days=HORIZON_DAYS)
    _day(name, value, as_of + dt.timedelta(days=least_days), horizon)


def _refuse(rule: str) -> NoReturn:
    raise ActionInvalid(f"{rule}.", "Correct it and try again; nothing was recorded.")


KINDS: Mapping[str, Mapping[str, Callable[[str, Any, dt.date], None]]] = {
    "acknowledge": {"reasons": _factors},
    "assign": {"owner_id": _id},
    "due": {"date": partial(_ahead, least_days=0)},
    "snooze": {
        "until": _ahead,
        "reason": partial(_words, longest=LONGEST_REASON),
        "reasons": _factors,
    },
    "note": {"text": partial(_words, longest=LONGEST_NOTE)},
    "override": {
        "band": _band,
        "reason": partial(_words, longest=LONGEST_REASON),
        "expires": _ahead,
    },
    "undo": {"action_id": _id},
}
