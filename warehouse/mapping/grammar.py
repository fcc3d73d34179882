"""The grammar of one expression: what TOML said becomes a declaration, or an error in words."""

import datetime as dt
import math
from typing import Any, TypeGuard, get_args

from warehouse.mapping import kinds
from warehouse.mapping.declaration import (
    Cast,
    Coalesce,
    Concatenate,
    Constant,
    Empty,
    Expression,
    Kind,
    Lookup,
    Name,
    Plain,
    Recode,
    Scale,
    Source,
    Synced,
    When,
)
from warehouse.sources.files import nearest

ORIGINS = ("column", "constant", "coalesce", "concatenate", "lookup", "empty")
STEPS = ("optional", "multiply", "divide", "values", "otherwise", "as", "when")
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST_NAME = 255
LARGEST_WHOLE = 2**63 - 1


class Unusable(Exception):
    """What is wrong with one thing that a map says, as a clause that follows its name."""


def expression(said: Any, place: Source) -> Expression:
    """The expression that `said` declares for a row of `place`; raises `Unusable`.

    Steps apply in one order, however they are written: multiply or divide, values, as, when.
    """
    if isinstance(said, str | list):
        return Name(_spellings(said))
    if not isinstance(said, dict):
        raise Unusable(f"is {said!r}, which names no column; a constant is {{ constant = … }}")
    only(said, (*ORIGINS, *STEPS))
    found = _origin(said, place)
    if "multiply" in said or "divide" in said:
        found = _scaled(found, said)
    if "values" in said or "otherwise" in said:
        found = _recoded(found, said)
    if "as" in said:
        found = Cast(found, _kind(said["as"]))
    if "when" in said:
        found = When(found, expression(said["when"], place))
    return found


def source(said: dict[str, Any], inherited: Source | None = None) -> Source:
    """The table that `said` names; database and schema are inherited where it names none."""
    if "table" not in said:
        raise Unusable("names no table")
    place = Source(
        _identifier(said["table"], "table"),
        _inherited(said, "schema", inherited.schema if inherited else None),
        _inherited(said, "database", inherited.database if inherited else None),
    )
    keep = said.get("keep", [])
    if not isinstance(keep, list):
        raise Unusable("has a keep that is not a list of expressions")
    conditions = tuple(expression(condition, place) for condition in keep)
    return Source(place.table, place.schema, place.database, conditions)


def synced(said: Any, place: Source) -> Synced:
    """When the rows of `place` were last brought in, as `said`; raises `Unusable`.

    A column of the table itself by its spellings, or the `latest` of a column of another.
    """
    if isinstance(said, str | list):
        own = Source(place.table, place.schema, place.database)
        return Synced(own, Name(_spellings(said)))
    if not isinstance(said, dict):
        raise Unusable(f"has synced = {said!r}; it takes a column, or a table and its latest")
    only(said, ("table", "schema", "database", "keep", "latest"))
    if "latest" not in said:
        raise Unusable("has a synced table without latest, the column that dates its rows")
    return Synced(source(said, place), Name(_spellings(said["latest"])))


def only(said: dict[str, Any], words: tuple[str, ...]) -> None:
    """Raises `Unusable` when `said` has a key that is none of `words`."""
    for key in said:
        if key not in words:
            raise Unusable(f"has {key!r}{nearest(key, words)}; it takes {', '.join(words)}")


def _origin(said: dict[str, Any], place: Source) -> Expression:
    given = [origin for origin in ORIGINS if origin in said]
    if len(given) != 1:
        has = " and ".join(given) or "none"
        raise Unusable(f"needs one of {', '.join(ORIGINS)}; it has {has}")
    if "optional" in said and given != ["column"]:
        raise Unusable("is optional, which only a column can be")
    content = said[given[0]]
    match given[0]:
        case "column":
            return Name(_spellings(content), optional=_true(said, "optional"))
        case "constant":
            return Constant(_plain(content))
        case "coalesce":
            return Coalesce(_parts(content, place))
        case "concatenate":
            return Concatenate(_parts(content, place))
        case "lookup":
            return _lookup(content, place)
        case _:
            if content is not True:
                raise Unusable("has an empty that is not true; leave it out instead")
            return Empty()


def _lookup(said: Any, place: Source) -> Lookup:
    if not isinstance(said, dict):
        raise Unusable("has a lookup that is not a table of table, match, keep, latest")
    only(said, ("table", "schema", "database", "keep", "match", "latest", "earliest"))
    if ("latest" in said) == ("earliest" in said):
        raise Unusable("has a lookup that needs one of latest, earliest")
    match = said.get("match")
    if not isinstance(match, dict) or not match:
        raise Unusable('has a lookup without a match, e.g. match = { ticket_id = "id" }')
    return Lookup(
        source=source(said, place),
        match=tuple(
            (Name(_spellings(there)), Name(_spellings(here))) for there, here in match.items()
        ),
        pick=Name(_spellings(said.get("latest", said.get("earliest")))),
        latest="latest" in said,
    )


def _parts(content: Any, place: Source) -> tuple[Expression, ...]:
    if not isinstance(content, list) or not content:
        raise Unusable("needs a list of expressions")
    return tuple(expression(part, place) for part in content)


def _scaled(of: Expression, said: dict[str, Any]) -> Scale:
    if "multiply" in said and "divide" in said:
        raise Unusable("has multiply and divide; it takes one")
    factor = said.get("multiply", said.get("divide"))
    if not _is_number(factor) or factor == 0:
        raise Unusable(f"is scaled by {factor!r}, which is not a finite number other than zero")
    return Scale(of, float(factor), divides="divide" in said)


def _recoded(of: Expression, said: dict[str, Any]) -> Recode:
    values = said.get("values")
    if not isinstance(values, dict) or not values:
        raise Unusable("needs values as a table of what is found and what it becomes")
    if "otherwise" not in said:
        raise Unusable(
            "says nothing of values that are not listed; add otherwise, a constant or "
            "{ empty = true }"
        )
    otherwise = said["otherwise"]
    rest: Constant | Empty
    rest = Empty() if otherwise == {"empty": True} else Constant(_plain(otherwise))
    words = tuple((str(_plain(found)), _plain(becomes)) for found, becomes in values.items())
    outcomes = [becomes for _, becomes in words]
    outcomes += [rest.value] if isinstance(rest, Constant) else []
    if len({kinds.of_value(outcome) for outcome in outcomes}) > 1:
        raise Unusable("has values of more than one kind")
    return Recode(of, words, rest)


def _kind(said: Any) -> Kind:
    for kind in KINDS:
        if said == kind:
            return kind
    raise Unusable(f"has as = {said!r}; it takes {', '.join(KINDS)}")


def _spellings(said: Any) -> tuple[str, ...]:
    names = said if isinstance(said, list) else [said]
    if not names:
        raise Unusable("names no column")
    return tuple(_identifier(name, "column") for name in names)


def _inherited(said: dict[str, Any], part: str, default: str | None) -> str | None:
    return _identifier(said[part], part) if part in said else default


def _identifier(said: Any, what: str) -> str:
    if not isinstance(said, str) or not said.isprintable() or not 0 < len(said) <= LONGEST_NAME:
        raise Unusable(
            f"names the {what} {said!r}, which is not a name of 1 to {LONGEST_NAME} printable "
            "characters"
        )
    return said


def _plain(said: Any) -> Plain:
    if isinstance(said, dt.datetime):
        return said if said.tzinfo is None else said.astimezone(dt.UTC).replace(tzinfo=None)
    if isinstance(said, str) and "\0" not in said:
        return said
    if isinstance(said, bool | dt.date) or _is_number(said):
        return said
    raise Unusable(f"has the constant {said!r}, which is no text, number, yes/no, day or instant")


def _is_number(said: Any) -> TypeGuard[int | float]:
    if isinstance(said, bool) or not isinstance(said, int | float):
        return False
    return abs(said) <= LARGEST_WHOLE if isinstance(said, int) else math.isfinite(said)


def _true(said: dict[str, Any], word: str) -> bool:
    answer = said.get(word, False)
    if not isinstance(answer, bool):
        raise Unusable(f"has {word} = {answer!r}; it takes true or false")
    return answer
