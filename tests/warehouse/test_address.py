"""The URL of a warehouse: what it names, and a sentence for what it does not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.address import SnowflakeAddress, duckdb_path, is_snowflake, snowflake_address
from warehouse.errors import SettingInvalid

WHOLE = "snowflake://myorg-acc.eu-central-1/ANALYTICS/BELLWETHER?warehouse=BI_WH&role=READER"
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_$]{0,20}", fullmatch=True)


def test_a_path_may_be_absolute_or_relative(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    wanted = tmp_path / "data" / "w.duckdb"
    assert duckdb_path(f"duckdb:///{wanted}") == wanted
    assert duckdb_path(f"duckdb://{wanted}") == wanted
    assert duckdb_path("duckdb:///data/w.duckdb") == Path("data/w.duckdb")


@pytest.mark.parametrize(
    "url",
    [
        "duckdb://host/path.duckdb",
        "duckdb:///",
        "/path/to/file.duckdb",
        "postgresql://host/db",
        "duckdb:///md:sales?motherduck_token=s3cret",
        "duckdb:////srv/w.duckdb#s3cret",
        "md:sales?motherduck_token=s3cret",
        "postgresql://ann:s3@cret@host/db",
    ],
)
def test_a_url_that_names_no_file_is_refused_and_not_repeated(url):
    with pytest.raises(SettingInvalid) as refused:
        duckdb_path(url)
    assert refused.value.sentence == "BELLWETHER_WAREHOUSE names no DuckDB file."


def test_a_snowflake_url_names_account_schema_warehouse_and_role():
    assert is_snowflake(WHOLE)
    assert not is_snowflake("duckdb:///w.duckdb")
    assert snowflake_address(WHOLE) == SnowflakeAddress(
        account="myorg-acc.eu-central-1",
        database="ANALYTICS",
        schema="BELLWETHER",
        warehouse="BI_WH",
        role="READER",
    )


@given(database=names, schema=names, warehouse=names, role=names)
def test_an_address_reads_back_from_its_own_words(database, schema, warehouse, role):
    address = SnowflakeAddress(
        account="acc", database=database, schema=schema, warehouse=warehouse, role=role
    )
    assert snowflake_address(str(address)) == address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("snowflake://account/db", "names no database and schema"),
        ("snowflake://account/db/schema/table?warehouse=w&role=r", "names no database and schema"),
        ("snowflake://account/db/sch%20ema?warehouse=w&role=r", "names no database and schema"),
        ("snowflake:///db/schema?warehouse=w&role=r", "names no account"),
        ("snowflake://account:443/db/schema?warehouse=w&role=r", "names no account"),
        ("snowflake://account/db/schema", "takes warehouse= and role="),
        ("snowflake://account/db/schema?warehouse=w", "takes warehouse= and role="),
        ("snowflake://account/db/schema?warehouse=w&role=r&role=s", "takes warehouse= and role="),
        ("snowflake://account/db/schema?warehouse=w&role=r&token=t", "takes warehouse= and role="),
        ("snowflake://account/db/schema?warehouse=w&role=r#x", "takes warehouse= and role="),
        (
            "snowflake://account/db/schema?warehouse=w&role=a;b",
            "has no unquoted Snowflake name for role",
        ),
        (
            "snowflake://account/db/schema?warehouse=&role=r",
            "has no unquoted Snowflake name for warehouse",
        ),
    ],
)
def test_a_snowflake_url_that_is_not_whole_says_what_is_wrong(url, expected):
    with pytest.raises(SettingInvalid, match=expected) as refused:
        snowflake_address(url)
    assert "snowflake://myorg-account/ANALYTICS/BELLWETHER" in refused.value.remedy


@pytest.mark.parametrize("login", ["ann", "ann:s3cret", ":s3cret"])
def test_a_login_in_a_snowflake_url_is_refused_and_not_repeated(login):
    with pytest.raises(SettingInvalid, match="carries a login") as refused:
        snowflake_address(f"snowflake://{login}@account/db/schema?warehouse=w&role=r")
    assert "s3cret" not in str(refused.value)
    assert "secrets.toml" in refused.value.remedy
