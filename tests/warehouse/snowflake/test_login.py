"""The secrets file: three ways to log in, a sentence for every other, and no secret repeated."""

import tomllib
from pathlib import Path

import pytest

from warehouse.engine.snowflake.login import WAYS, read_login
from warehouse.errors import SettingInvalid

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = (ROOT / ".streamlit" / "secrets.toml.example").read_text(encoding="utf-8")
WHOLE = {
    "snowflake_jwt": 'user = "u"\nprivate_key_file = "k.p8"\nprivate_key_file_pwd = "s3cret"',
    "oauth": 'user = "u"\ntoken = "s3cret"',
    "externalbrowser": 'user = "u"',
}


def written(tmp_path, way, entries):
    path = tmp_path / "secrets.toml"
    path.write_text(
        f'[connections.snowflake]\nauthenticator = "{way}"\n{entries}\n', encoding="utf-8"
    )
    return path


def refusal(path):
    with pytest.raises(SettingInvalid) as refused:
        read_login(path)
    assert "s3cret" not in str(refused.value)
    assert "secrets.toml.example" in refused.value.remedy
    return refused.value.sentence.removeprefix("The file of the Snowflake login ")


@pytest.mark.parametrize("way", WAYS)
def test_each_way_is_read_and_hides_its_secrets(tmp_path, way):
    login = read_login(written(tmp_path, way, WHOLE[way]))
    assert login.options["authenticator"] == way
    assert login.options["user"] == "u"
    assert login.by_hand == (way == "externalbrowser")
    assert "s3cret" not in repr(login)
    said = login.scrubbed("the driver said s3cret twice: s3cret")
    hidden = way != "externalbrowser"
    assert said.count("***") == (2 if hidden else 0)


def test_the_driver_gets_the_passphrase_under_its_own_name(tmp_path):
    login = read_login(written(tmp_path, "snowflake_jwt", WHOLE["snowflake_jwt"]))
    assert login.options == {
        "authenticator": "snowflake_jwt",
        "user": "u",
        "private_key_file": "k.p8",
        "private_key_password": "s3cret",
    }


@pytest.mark.parametrize("way", WAYS)
def test_the_example_shows_each_way_whole(tmp_path, way):
    blocks = EXAMPLE.replace("# ", "").split("[connections.snowflake]\n")[1:]
    block = next(block for block in blocks if f'authenticator = "{way}"' in block)
    entries = "".join(
        line for line in block.splitlines(keepends=True) if " = " in line and "host" not in line
    )
    path = tmp_path / "secrets.toml"
    path.write_text(f"[connections.snowflake]\n{entries}", encoding="utf-8")
    assert read_login(path).options["authenticator"] == way


def test_the_example_is_read_as_it_stands_and_the_real_file_is_ignored(tmp_path):
    path = tmp_path / "secrets.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    assert read_login(path).options["authenticator"] == "snowflake_jwt"
    assert tomllib.loads(EXAMPLE).keys() == {"connections"}
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert ".streamlit/secrets.toml" in ignored


@pytest.mark.parametrize(
    ("way", "entries", "expected"),
    [
        ("password", 'user = "u"', "names no authenticator of snowflake_jwt, oauth"),
        ("oauth", 'user = "u"', "lacks token in [connections.snowflake], which oauth needs."),
        ("snowflake_jwt", "", "lacks private_key_file, user in [connections.snowflake], which"),
        ("oauth", 'user = "u"\ntoken = "s3cret"\npassword = "s3cret"', "has password in"),
        ("externalbrowser", 'user = "u"\ntoken = "s3cret"', "has token in"),
        ("oauth", 'user = ""\ntoken = "s3cret"', "has user in [connections.snowflake], where a"),
        ("oauth", 'user = "u"\ntoken = 5', "has token in [connections.snowflake], where a text"),
        (
            "oauth",
            'user = "u"\ntoken = "s3cret"\nhost = "example.com"\nprotocol = "http"',
            "asks for an unencrypted connection",
        ),
        ("oauth", 'user = "u"\ntoken = "s3cret', "is not TOML."),
    ],
)
def test_what_is_wrong_is_named_and_its_value_is_not(tmp_path, way, entries, expected):
    assert refusal(written(tmp_path, way, entries)).startswith(expected)


def test_a_file_that_is_not_there_or_of_something_else_is_named(tmp_path):
    assert refusal(tmp_path / "none.toml") == "cannot be read: no such file or directory."
    other = tmp_path / "other.toml"
    for content in ("", "connections = 1", "[connections]\nsnowflake = 2", '[auth]\nx = "s3cret"'):
        other.write_text(content, encoding="utf-8")
        assert refusal(other) == "has no [connections.snowflake]."
