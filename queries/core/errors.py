"""Errors in words for a reader, with the reference under which the log has the rest."""

import logging
import secrets

from errors import UserError
from queries.core.answer import Problem

LOG = logging.getLogger("bellwether.queries")


def new_reference() -> str:
    """A reference that a reader can quote and the log can be searched for, like `4F2A-1C`."""
    token = secrets.token_hex(3).upper()
    return f"{token[:4]}-{token[4:]}"


def reported(error: Exception, what: str) -> Problem:
    """The error in words for a reader, with a reference under which the log has the rest."""
    reference = new_reference()
    LOG.error(
        "%s %s failed",
        reference,
        what,
        exc_info=error,
        extra={"facts": {"reference": reference, "what": what}},
    )
    if isinstance(error, UserError):
        return Problem(
            *error.for_readers,
            reference,
            in_full=error.in_full,
            command=error.remedy,
        )
    return Problem(
        f"{what} could not be computed.",
        "Try again; if it persists, quote the reference.",
        reference,
    )
