"""What SQLite and PostgreSQL say when something goes wrong, in words for a person."""

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

from errors import first_line
from ledger.errors import (
    LedgerBusy,
    LedgerError,
    LedgerFull,
    LedgerReadOnly,
    LedgerUnavailable,
)

_FULL = (LedgerFull, "There is no room for another row in the ledger", "Make room on its disk")
_READ_ONLY = (LedgerReadOnly, "The ledger takes no rows", "Let this user write to it")
_BUSY = (LedgerBusy, "Others are writing to the ledger", "Try again")
_KINDS = {
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "53100": _FULL,
    "25006": _READ_ONLY,
    "42501": _READ_ONLY,
    "55P03": _BUSY,
    "57014": _BUSY,
}


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise what the engine throws as a `LedgerError`; its own words stay the cause.

    A row that breaks a rule of its table is no error of a person and passes as it is.
    """
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except sa.exc.TimeoutError as error:
        raise LedgerBusy("Others are writing to the ledger.", "Try again.") from error
    except sa.exc.DBAPIError as error:
        raise _said(error) from error
    except OSError as error:
        raise LedgerUnavailable(
            "The ledger could not be opened.",
            "Make its folder, let this user write there, or name another in BELLWETHER_LEDGER.",
            first_line(error.strerror or ""),
        ) from error


def _said(error: sa.exc.DBAPIError) -> LedgerError:
    known = _KINDS.get(_code(error))
    if known:
        kind, sentence, remedy = known
        return kind(f"{sentence}.", f"{remedy}. Nothing was recorded.")
    return LedgerUnavailable(
        "The ledger did not answer.",
        "Try again; if it persists, check BELLWETHER_LEDGER or restore it from a backup.",
        first_line(str(error.orig)),
    )


def _code(error: sa.exc.DBAPIError) -> str:
    """SQLite's name of the error without its detail, or PostgreSQL's five characters."""
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return "_".join(str(name).split("_")[:2])
    return str(getattr(error.orig, "sqlstate", None))
