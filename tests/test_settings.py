"""One table of settings, and nothing else that reads the environment."""

import ast
from pathlib import Path

import pytest

import settings
from tests.law import holds_for
from warehouse.address import duckdb_path
from warehouse.errors import SettingInvalid

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = [
    *(path for room in ("warehouse", "queries", "components", "pages", "ledger")
      for path in (ROOT / room).rglob("*.py")),
    *(ROOT / name for name in ("app.py", "asgi.py", "door.py", "logs.py", "telemetry.py")),
]  # fmt: skip


@holds_for(PRODUCT)
def test_nothing_else_reads_the_environment(path):
    named = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert not named & {"environ", "environb", "getenv"}


def test_a_setting_is_its_default_until_the_environment_says_otherwise(monkeypatch):
    monkeypatch.delenv("BELLWETHER_ROW_LIMIT", raising=False)
    assert settings.whole_number("BELLWETHER_ROW_LIMIT") == 1_000_000
    monkeypatch.setenv("BELLWETHER_ROW_LIMIT", "")
    assert settings.whole_number("BELLWETHER_ROW_LIMIT") == 1_000_000
    monkeypatch.setenv("BELLWETHER_ROW_LIMIT", "250")
    assert settings.whole_number("BELLWETHER_ROW_LIMIT") == 250


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "1e6"])
def test_a_number_that_is_none_is_refused_with_an_example(monkeypatch, text):
    monkeypatch.setenv("BELLWETHER_TIMEOUT_SECONDS", text)
    with pytest.raises(SettingInvalid, match="not a whole number above zero") as refused:
        settings.whole_number("BELLWETHER_TIMEOUT_SECONDS")
    assert refused.value.remedy == "Set it like BELLWETHER_TIMEOUT_SECONDS=15, or unset it."


def test_without_a_warehouse_the_demo_is_read(monkeypatch):
    monkeypatch.delenv("BELLWETHER_WAREHOUSE", raising=False)
    assert settings.is_demo(settings.warehouse_url())
    assert duckdb_path(settings.warehouse_url()) == ROOT / ".bellwether" / "demo.duckdb"
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", "duckdb:////somewhere/else.duckdb")
    assert not settings.is_demo(settings.warehouse_url())


def test_without_a_ledger_it_is_a_file_in_the_project_and_the_demo_has_its_own(monkeypatch):
    monkeypatch.delenv("BELLWETHER_LEDGER", raising=False)
    monkeypatch.delenv("BELLWETHER_WAREHOUSE", raising=False)
    demo_ledger = f"{ROOT}/.bellwether/demo-ledger-{settings.DEMO_COMPANY}.sqlite"
    assert settings.ledger_url() == f"sqlite:///{demo_ledger}"
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", "duckdb:////somewhere/else.duckdb")
    assert settings.ledger_url() == f"sqlite:///{ROOT}/.bellwether/ledger.sqlite"
    monkeypatch.setenv("BELLWETHER_LEDGER", "postgresql://pia@host/ledger")
    assert settings.ledger_url() == "postgresql://pia@host/ledger"


def test_the_map_is_the_one_named_or_the_one_beside_the_readme(tmp_path, monkeypatch):
    own = "duckdb:////somewhere/own.duckdb"
    monkeypatch.delenv("BELLWETHER_MAP", raising=False)
    monkeypatch.setattr(settings, "MAP", tmp_path / "warehouse.toml")
    assert settings.map_path(own) is None
    settings.MAP.touch()
    assert settings.map_path(own) == tmp_path / "warehouse.toml"
    assert settings.map_path(settings.DEMO_URL) is None
    monkeypatch.setenv("BELLWETHER_MAP", "elsewhere.toml")
    assert settings.map_path(own) == Path("elsewhere.toml")
    assert settings.map_path(settings.DEMO_URL) is None


def test_the_login_lies_in_the_project_or_where_the_setting_says(monkeypatch):
    monkeypatch.delenv("BELLWETHER_SECRETS", raising=False)
    assert settings.secrets_file() == ROOT / ".streamlit" / "secrets.toml"
    monkeypatch.setenv("BELLWETHER_SECRETS", "/run/secrets/bellwether.toml")
    assert settings.secrets_file() == Path("/run/secrets/bellwether.toml")


def test_public_addresses_are_origins_as_a_browser_writes_them(monkeypatch):
    monkeypatch.delenv("BELLWETHER_PUBLIC_ADDRESSES", raising=False)
    assert settings.public_addresses() == ()
    monkeypatch.setenv(
        "BELLWETHER_PUBLIC_ADDRESSES",
        "https://Bellwether.example.com/, http://10.0.0.7:80,https://[fd00::7]:8443",
    )
    assert settings.public_addresses() == (
        "https://bellwether.example.com",
        "http://10.0.0.7",
        "https://[fd00::7]:8443",
    )


@pytest.mark.parametrize(
    "text",
    [
        "bellwether.example.com",
        "https://*.example.com",
        "https://example.com/path",
        "https://example.com,",
        "https://pia:secret@example.com",
        "ftp://example.com",
        "https://",
        "*",
    ],
)
def test_what_is_no_origin_is_refused_and_not_repeated(monkeypatch, text):
    monkeypatch.setenv("BELLWETHER_PUBLIC_ADDRESSES", text)
    with pytest.raises(SettingInvalid, match="scheme, host and port") as refused:
        settings.public_addresses()
    assert "secret" not in str(refused.value)
