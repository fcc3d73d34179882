"""The engine behind a ledger's URL: a SQLite file or a PostgreSQL database, set to lose nothing."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import sqlalchemy as sa

from ledger.errors import AddressInvalid

WAIT_SECONDS = 30
CONNECT_SECONDS = 5
IS_WRITING = "is_writing"
_SCHEME = "file:"
_AS_FOUND = {"mode": "rw", "uri": "true"}


def connect(url: str) -> sa.Engine:
    """The engine of `sqlite:///path` or `postgresql://…`; nothing is opened yet.

    What it says it has committed is on disk. Raises `AddressInvalid`, which repeats no login.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise _refused("is no URL") from None
    # An @ in a password ends the login early: the rest of it would be taken for the host.
    if "@" in (parsed.host or "") or (parsed.host and "@" in (parsed.database or "")):
        raise AddressInvalid(
            "BELLWETHER_LEDGER has an @, a / or a : in its user or password.",
            "Write them as %40, %2F and %3A, or keep the password in ~/.pgpass.",
        )
    if parsed.drivername == "sqlite" and parsed.database and not parsed.query:
        return _sqlite(parsed)
    if parsed.drivername == "postgresql" and parsed.database:
        return _postgresql(parsed)
    raise _refused("names neither a SQLite file nor a PostgreSQL database")


def address(engine: sa.Engine) -> str:
    """Where the ledger is, without a login."""
    if engine.dialect.name == "sqlite":
        return str(_path(engine.url))
    url = engine.url
    bare = sa.URL.create("postgresql", host=url.host, port=url.port, database=url.database)
    return bare.render_as_string()


@contextlib.contextmanager
def alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in which no other process prepares the same ledger."""
    writes = engine.execution_options(**{IS_WRITING: True})
    if engine.dialect.name == "sqlite":
        with _locked(_path(engine.url)), writes.begin() as connection:
            yield connection
    else:
        with writes.begin() as connection:
            key = sa.func.hashtext("bellwether ledger")
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
            yield connection


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """The file, made for this user only where there is none, and nobody else preparing it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    lock = path.with_name(f".{path.name}.lock")
    with os.fdopen(os.open(lock, os.O_WRONLY | os.O_CREAT, 0o600), "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        yield


def _sqlite(url: sa.URL) -> sa.Engine:
    """Opens the file that is there; one that vanished is not made again, empty, by a writer."""
    path = Path(str(url.database)).absolute()
    engine = sa.create_engine(
        sa.URL.create(url.drivername, database=f"{_SCHEME}{quote(str(path))}", query=_AS_FOUND),
        connect_args={"timeout": WAIT_SECONDS},
        pool_timeout=WAIT_SECONDS,
    )
    sa.event.listen(engine, "connect", _set_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)

    @sa.event.listens_for(engine, "connect")
    def remember(connection: Any, record: Any) -> None:  # noqa: ARG001 (the event's)
        record.info["file"] = _identity(path)

    @sa.event.listens_for(engine, "checkout")
    def reopen(connection: Any, record: Any, proxy: Any) -> None:  # noqa: ARG001 (the event's)
        if record.info["file"] != _identity(path):
            raise sa.exc.DisconnectionError

    return engine


def _path(url: sa.URL) -> Path:
    return Path(unquote(str(url.database).removeprefix(_SCHEME)))


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells the file at `path` from another that was put in its place; None for no file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _set_sqlite(connection: Any, record: Any) -> None:  # noqa: ARG001 (the event's)
    connection.isolation_level = None
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """A writer asks for the file at once: one that read first could not wait for another."""
    is_writing = connection.get_execution_options().get(IS_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _postgresql(url: sa.URL) -> sa.Engine:
    options = (
        "-c synchronous_commit=on",
        f"-c statement_timeout={WAIT_SECONDS}s",
        f"-c lock_timeout={WAIT_SECONDS}s",
        # A writer that hangs, and its lock, do not hold up the others for ever.
        f"-c idle_in_transaction_session_timeout={WAIT_SECONDS}s",
    )
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"options": " ".join(options), "connect_timeout": CONNECT_SECONDS},
        pool_pre_ping=True,
        pool_timeout=WAIT_SECONDS,
    )


def _refused(what: str) -> AddressInvalid:
    return AddressInvalid(
        f"BELLWETHER_LEDGER {what}.",
        "Write it as sqlite:////path/to/ledger.sqlite or postgresql://user@host/database.",
    )
