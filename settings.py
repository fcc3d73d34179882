"""Every setting of Bellwether: one table of name, default and one sentence with its unit.

Settings come from environment variables; nothing else in the project reads them. The README
shows this table and a test holds the two together.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from loopback import LOOPBACK
from warehouse.errors import SettingInvalid

ROOT = Path(__file__).resolve().parent
MAP = ROOT / "warehouse.toml"
ASSETS = ROOT / ".bellwether" / "assets"
DEMO_URL = f"duckdb:///{ROOT / '.bellwether' / 'demo.duckdb'}"
MONTHS_OF_A_YEAR = 12
ORIGIN = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?")
# The umask of every process: what it makes is its user's alone.
PRIVATE = 0o077
DEFAULT_PORTS = {"http": 80, "https": 443}
LEDGER_URL = f"sqlite:///{ROOT / '.bellwether' / 'ledger.sqlite'}"
# The demo company of this version. What was written of another company is not said of this one.
DEMO_COMPANY = "7f61cb49"
DEMO_LEDGER_URL = f"sqlite:///{ROOT / '.bellwether' / f'demo-ledger-{DEMO_COMPANY}.sqlite'}"


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, its default as text, and what it sets."""

    name: str
    default: str
    description: str


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "BELLWETHER_WAREHOUSE",
            "the embedded demo",
            "URL of the warehouse to read: `duckdb:///path/to/file.duckdb` or "
            "`snowflake://account/database/schema?warehouse=…&role=…`.",
        ),
        Setting(
            "BELLWETHER_MAP",
            "warehouse.toml beside the README, where there is one",
            "Path of the map from the contract's tables to those of a warehouse of your own.",
        ),
        Setting(
            "BELLWETHER_LEDGER",
            ".bellwether/ledger.sqlite; each demo company has one of its own beside it",
            "URL of the ledger that keeps what people do here: `sqlite:////path/to/file.sqlite` or "
            "`postgresql://user@host/database`.",
        ),
        Setting("PORT", "8501", "TCP port on the loopback address that `make run` serves."),
        Setting(
            "BELLWETHER_PUBLIC_ADDRESSES",
            "none",
            "Addresses, with commas between, at which people reach Bellwether through a proxy on "
            "this machine, like `https://bellwether.example.com`.",
        ),
        Setting(
            "BELLWETHER_ROW_LIMIT",
            "1000000",
            "Most rows one read may bring out of the warehouse; over it an answer says truncated.",
        ),
        Setting(
            "BELLWETHER_TIMEOUT_SECONDS",
            "15",
            "Seconds after which a read is cancelled in the engine.",
        ),
        Setting(
            "BELLWETHER_MEMORY_MIB",
            "4096",
            "Memory in MiB that the embedded engine may use.",
        ),
        Setting(
            "BELLWETHER_FISCAL_YEAR_START",
            "1",
            "Month in which the company's fiscal year begins, 1 to 12; it is named after the "
            "calendar year in which it ends.",
        ),
        Setting(
            "BELLWETHER_SECRETS",
            ".streamlit/secrets.toml",
            "Path of the file with the login of a Snowflake warehouse.",
        ),
        Setting(
            "BELLWETHER_PROBE_SECONDS",
            "60",
            "Seconds between two looks at whether the tables of a Snowflake warehouse changed.",
        ),
        Setting(
            "BELLWETHER_CACHE_MIB",
            "256",
            "Memory in MiB for remembered answers and figures.",
        ),
        Setting(
            "BELLWETHER_LAST_GOOD",
            ".bellwether/last-good",
            "Folder for the last good answers, shown marked stale when the warehouse is gone.",
        ),
        Setting(
            "BELLWETHER_LAST_GOOD_MIB",
            "256",
            "Room in MiB for the last good answers on disk; the oldest leave first.",
        ),
        Setting(
            "BELLWETHER_STALEST_HOURS",
            "72",
            "Age in hours beyond which a last good answer is no longer shown.",
        ),
        Setting(
            "BELLWETHER_LOG_LEVEL",
            "INFO",
            "Least severe level that is logged: DEBUG, INFO, WARNING or ERROR.",
        ),
        Setting(
            "BELLWETHER_LOG_FORMAT",
            "text",
            "How a line of the log is written: text for a person, json for a machine.",
        ),
        Setting(
            "BELLWETHER_OTLP_ENDPOINT",
            "none",
            "URL that takes OpenTelemetry spans over OTLP/HTTP; none sends none.",
        ),
        Setting(
            "BELLWETHER_CHROMIUM",
            "found on the machine",
            "Path of the Chromium or Chrome that the browser tests drive.",
        ),
        Setting(
            "BELLWETHER_POSTGRES",
            "found on the machine",
            "Folder of the PostgreSQL server's programs, which the ledger's tests start.",
        ),
    )
}


def value(name: str) -> str:
    """The setting's text from the environment, or its default."""
    return os.environ.get(name) or SETTINGS[name].default


def whole_number(name: str) -> int:
    """A setting that must be a whole number above zero; raises `SettingInvalid` otherwise."""
    text = value(name)
    if not text.isdecimal() or int(text) == 0:
        raise SettingInvalid(
            f"{name} is {text!r}, which is not a whole number above zero.",
            f"Set it like {name}={SETTINGS[name].default}, or unset it.",
        )
    return int(text)


def fiscal_year_start() -> int:
    """The month in which the fiscal year begins, 1 to 12; raises `SettingInvalid` otherwise."""
    month = whole_number("BELLWETHER_FISCAL_YEAR_START")
    if month > MONTHS_OF_A_YEAR:
        raise SettingInvalid(
            f"BELLWETHER_FISCAL_YEAR_START is {month}, which is no month.",
            "Set it to a month from 1 to 12, or unset it for January.",
        )
    return month


def public_addresses() -> tuple[str, ...]:
    """The origins at which people reach Bellwether besides the loopback address.

    Raises `SettingInvalid` for what is not scheme, host and perhaps a port.
    """
    text = value("BELLWETHER_PUBLIC_ADDRESSES")
    if text == SETTINGS["BELLWETHER_PUBLIC_ADDRESSES"].default:
        return ()
    return tuple(_origin_of(address.strip()) for address in text.split(","))


def _origin_of(address: str) -> str:
    written = ORIGIN.fullmatch(address.lower())
    if written is None:
        raise SettingInvalid(
            "BELLWETHER_PUBLIC_ADDRESSES holds something that is not scheme, host and port alone.",
            "Set it like BELLWETHER_PUBLIC_ADDRESSES=https://bellwether.example.com, or unset it.",
        )
    scheme, host, port = written.groups()
    return origin(scheme, host, int(port or DEFAULT_PORTS[scheme]))


def origin(scheme: str, host: str, port: int) -> str:
    """An origin as a browser writes it: the scheme's own port is left out."""
    return f"{scheme}://{host}" + ("" if port == DEFAULT_PORTS[scheme] else f":{port}")


def reach_this_machine_directly() -> None:
    """Have no proxy asked for the loopback address, by this process or those it starts."""
    spared = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = spared.split(",") if spared else []
    if spared != "*":
        spared = ",".join([*hosts, *(host for host in LOOPBACK if host not in hosts)])
    # Some libraries read the one, some the other.
    os.environ |= {"no_proxy": spared, "NO_PROXY": spared}


def folder(name: str) -> Path:
    """A setting that names a folder; a relative one lies in the project."""
    return ROOT / value(name)


def warehouse_url() -> str:
    """The warehouse's URL: BELLWETHER_WAREHOUSE, or the embedded demo's."""
    return os.environ.get("BELLWETHER_WAREHOUSE") or DEMO_URL


def is_demo(url: str) -> bool:
    """Whether `url` is the embedded demo company."""
    return url == DEMO_URL


def ledger_url() -> str:
    """The ledger's URL: BELLWETHER_LEDGER, or that of an SQLite file in the project.

    The demo has one of its own: what is made up never stands among what people really did.
    """
    default = DEMO_LEDGER_URL if is_demo(warehouse_url()) else LEDGER_URL
    return os.environ.get("BELLWETHER_LEDGER") or default


def map_path(url: str) -> Path | None:
    """The map that the warehouse at `url` is read through; None where it has none.

    The demo has the contract's own tables, so no map is for it.
    """
    if is_demo(url):
        return None
    named = os.environ.get("BELLWETHER_MAP")
    if named:
        return Path(named)
    return MAP if MAP.is_file() else None


def secrets_file() -> Path:
    """The file with the login of a Snowflake warehouse; it need not exist."""
    return ROOT / value("BELLWETHER_SECRETS")
