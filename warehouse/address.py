"""The URL of a warehouse, taken apart: a DuckDB file, or a schema of a Snowflake account."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

from warehouse.errors import SettingInvalid

SNOWFLAKE = "snowflake"
# What an unquoted Snowflake name may be; an account may also carry its region and organisation.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_EXAMPLE = "snowflake://myorg-account/ANALYTICS/BELLWETHER?warehouse=BI_WH&role=BELLWETHER_READER"


@dataclass(frozen=True, kw_only=True)
class SnowflakeAddress:
    """Where the tables lie in Snowflake, which warehouse computes, and in which role."""

    account: str
    database: str
    schema: str
    warehouse: str
    role: str

    def __str__(self) -> str:
        return (
            f"{SNOWFLAKE}://{self.account}/{self.database}/{self.schema}"
            f"?warehouse={self.warehouse}&role={self.role}"
        )


def is_snowflake(url: str) -> bool:
    """Whether `url` names a Snowflake account; whether it does so rightly is another question."""
    return urlsplit(url).scheme == SNOWFLAKE


def duckdb_path(url: str) -> Path:
    """The file that a `duckdb:///path` URL names; raises `SettingInvalid` for any other URL."""
    parts = urlsplit(url)
    # Not repeated: it may hold a password, or a token among its options.
    if (
        (parts.scheme, parts.netloc, parts.query, parts.fragment) != ("duckdb", "", "", "")
        or len(parts.path) < 2  # noqa: PLR2004 (a slash and a name)
    ):
        raise SettingInvalid(
            "BELLWETHER_WAREHOUSE names no DuckDB file.",
            "Write it as duckdb:///path/to/file.duckdb (three slashes, then the path).",
        )
    # SQLAlchemy's rule: three slashes are followed by a relative path, four by an absolute one.
    # A leading slash is far likelier meant, so a path that does not exist relatively is absolute.
    absolute = Path(parts.path.replace("//", "/", 1))
    relative = Path(parts.path[1:])
    return relative if not absolute.parent.exists() and relative.parent.is_dir() else absolute


def snowflake_address(url: str) -> SnowflakeAddress:
    """What a `snowflake://account/database/schema?warehouse=…&role=…` URL names.

    Every part is required and an unquoted Snowflake name; a login does not belong in it. Raises
    `SettingInvalid` with what is wrong, and never repeats a login.
    """
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        _refuse(
            "carries a login",
            "Put user and credential into [connections.snowflake] of .streamlit/secrets.toml.",
        )
    names = [unquote(name) for name in parts.path.removeprefix("/").split("/")]
    if len(names) != 2 or not all(map(_NAME.fullmatch, names)):  # noqa: PLR2004 (database and schema)
        _refuse("names no database and schema after the account")
    if not _ACCOUNT.fullmatch(parts.netloc):
        _refuse("names no account")
    options = parse_qsl(parts.query, keep_blank_values=True)
    given = dict(options)
    if sorted(name for name, _ in options) != ["role", "warehouse"] or parts.fragment:
        _refuse("takes warehouse= and role= after the question mark, each once, and nothing else")
    for name, value in given.items():
        if not _NAME.fullmatch(value):
            _refuse(f"has no unquoted Snowflake name for {name}")
    database, schema = names
    return SnowflakeAddress(account=parts.netloc, database=database, schema=schema, **given)


def _refuse(what: str, remedy: str = f"Write it as {_EXAMPLE}") -> NoReturn:
    raise SettingInvalid(f"BELLWETHER_WAREHOUSE {what}.", remedy)
