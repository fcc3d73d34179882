"""What the driver reports, as what a person meets: one sentence, and what to try."""

from snowflake.connector.errors import Error

from errors import first_line
from warehouse.engine.snowflake.login import Login
from warehouse.errors import (
    ConversionFailed,
    WarehouseError,
    WarehouseUnavailable,
    overdue,
    unmet,
)

# Snowflake's codes: no such object, no such column, or no right to see it.
UNMET = frozenset({904, 2003, 2043})
# A timestamp, yes/no, number (or its range) or date that a text is not; with a format, the last.
UNCONVERTED = frozenset({100035, 100037, 100038, 100039, 100040, 100096})
# A login, token or session that is not, or no longer, good for anything.
LOGIN = range(390_000, 391_000)
# A statement that ran into STATEMENT_TIMEOUT_IN_SECONDS.
OVERDUE = 630
NO_WAREHOUSE = 606
# The SQLSTATE class of a connection that is gone.
CONNECTION_STATES = "08"


def is_lost(error: Exception) -> bool:
    """Whether the session is gone, so that the same query may be asked in a new one."""
    return isinstance(error, Error) and (
        error.errno in LOGIN or (error.sqlstate or "").startswith(CONNECTION_STATES)
    )


def explained(error: Error, login: Login, *, seconds: float) -> WarehouseError:
    """The error of a query that had `seconds`, without a word of the login."""
    if error.errno in UNMET:
        return unmet(login.scrubbed(first_line(error.raw_msg)))
    if error.errno == OVERDUE:
        return overdue(seconds)
    said = login.scrubbed(first_line(error.raw_msg))
    if error.errno in UNCONVERTED:
        return ConversionFailed(said)
    if error.errno == NO_WAREHOUSE:
        return WarehouseUnavailable(
            "Snowflake has no warehouse to compute with.",
            "Grant the role USAGE on the warehouse that BELLWETHER_WAREHOUSE names.",
            said,
        )
    where = f"query {error.sfqid} in Snowflake's history" if error.sfqid else "docs/snowflake.md"
    return WarehouseUnavailable(
        "Snowflake could not answer.", f"Try again; if it persists, look at {where}.", said
    )


def refused(error: Error, login: Login, account: str) -> WarehouseError:
    """The error of a login, without a word of it."""
    said = login.scrubbed(first_line(error.raw_msg))
    if error.errno in LOGIN:
        return WarehouseUnavailable(
            f"Snowflake refused the login to {account}.",
            "Check [connections.snowflake] in .streamlit/secrets.toml, and the role.",
            said,
        )
    return WarehouseUnavailable(
        f"Snowflake at {account} did not answer the login.",
        "Check the account in BELLWETHER_WAREHOUSE and the way to it, then try again.",
        said,
    )
