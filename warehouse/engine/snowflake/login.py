"""Who logs in to Snowflake, and how: `[connections.snowflake]` of the secrets file.

The file is read here and nowhere else, anew for each session, so that a rotated token is used.
"""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loopback import LOOPBACK
from warehouse import bounded
from warehouse.errors import SettingInvalid

SECTION = "[connections.snowflake]"
# Authenticator, in Snowflake's own word, to the entries it needs and those it may have.
WAYS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "snowflake_jwt": (
        frozenset({"user", "private_key_file"}),
        frozenset({"private_key_file_pwd"}),
    ),
    "oauth": (frozenset({"user", "token"}), frozenset()),
    "externalbrowser": (frozenset({"user"}), frozenset()),
}
# An entry as Snowflake's own documents call it, to what this driver calls it.
_OPTION = {"private_key_file_pwd": "private_key_password"}
SECRET = ("private_key_password", "token")
# Where the account's own host name does not lead: a private link, a proxy, a stand-in.
PLACE = frozenset({"host", "port", "protocol"})


@dataclass(frozen=True)
class Login:
    """The driver's options for logging in; `scrubbed` keeps their secrets out of every text."""

    options: dict[str, Any] = field(repr=False)

    @property
    def by_hand(self) -> bool:
        """Whether a person has to confirm it in a browser."""
        return bool(self.options["authenticator"] == "externalbrowser")

    def scrubbed(self, text: str) -> str:
        """`text` with every secret of the login struck out."""
        for name in SECRET:
            if secret := self.options.get(name):
                text = text.replace(secret, "***")
        return text


class Scrubber(logging.Filter):
    """Strikes the secrets of every login it was shown out of what passes through a logger."""

    def __init__(self) -> None:
        super().__init__()
        self._logins: dict[str, Login] = {}

    def show(self, login: Login) -> None:
        """Scrub by this login too; those before it may still be spoken of."""
        self._logins[str(login.options)] = login

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, scrubbed."""
        said = record.getMessage()
        for login in list(self._logins.values()):
            said = login.scrubbed(said)
        record.msg, record.args = said, None
        return True


def read_login(path: Path) -> Login:
    """The login in the file at `path`: by key pair, OAuth token or external browser.

    Raises `SettingInvalid`, which names entries and never repeats their values.
    """
    try:
        said = bounded.content(path, bounded.LARGEST_TOML_BYTES, SettingInvalid)
        content = bounded.toml(path.name, said, SettingInvalid, "")
    except OSError as gone:
        raise _unusable(f"cannot be read: {(gone.strerror or 'no reason').lower()}") from None
    except SettingInvalid:  # what is wrong with it could quote a password
        raise _unusable("is not TOML") from None
    connections = content.get("connections")
    section: dict[str, Any] | None = (
        connections.get("snowflake") if isinstance(connections, dict) else None
    )
    if not isinstance(section, dict):
        raise _unusable(f"has no {SECTION}")
    way = str(section.get("authenticator", "")).lower()
    if way not in WAYS:
        raise _unusable(f"names no authenticator of {', '.join(WAYS)} in {SECTION}")
    needed, allowed = WAYS[way]
    given = section.keys() - {"authenticator"}
    if missing := sorted(needed - given):
        raise _unusable(f"lacks {', '.join(missing)} in {SECTION}, which {way} needs")
    if unknown := sorted(given - needed - allowed - PLACE):
        raise _unusable(f"has {', '.join(unknown)} in {SECTION}, which {way} does not take")
    texts = (needed | allowed | {"host", "protocol"}) & given
    if empty := sorted(name for name in texts if not _is_text(section[name])):
        raise _unusable(f"has {', '.join(empty)} in {SECTION}, where a text belongs")
    if section.get("protocol", "https") != "https" and section.get("host") not in LOOPBACK:
        raise _unusable(f"asks for an unencrypted connection in {SECTION}")
    options: dict[str, Any] = {_OPTION.get(name, name): entry for name, entry in section.items()}
    return Login(options | {"authenticator": way})


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _unusable(how: str) -> SettingInvalid:
    return SettingInvalid(
        f"The file of the Snowflake login {how}.",
        "Copy .streamlit/secrets.toml.example beside it and fill in one of its three ways.",
    )
