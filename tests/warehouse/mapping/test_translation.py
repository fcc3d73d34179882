"""Foreign tables read as the contract's: names, values, units, empties, and what does not fit."""

import datetime as dt
import functools

import duckdb
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from snowflake.sqlalchemy.snowdialect import SnowflakeDialect

from tests.warehouse.mapping.maps import ACCOUNTS, PEOPLE, door, everything, foreign, plain, written
from warehouse.context import ALL, EVERYTHING, Context, Scope
from warehouse.ddl import SQL_TABLES, bound
from warehouse.errors import ContractBroken, MapInvalid, WarehouseUnavailable
from warehouse.mapping.applied import fingerprint
from warehouse.mapping.catalog import Catalog, Misfit, column_queries
from warehouse.mapping.declaration import Source
from warehouse.mapping.grammar import KINDS, ORIGINS, STEPS, Unusable, expression
from warehouse.mapping.reading import load
from warehouse.mapping.rows import SourceRows
from warehouse.mapping.translation import Translation, tables_read
from warehouse.read import Read, select

UTC = dt.UTC
CRM = "CREATE SCHEMA crm"
ONE_ACCOUNT = "CREATE TABLE crm.account AS SELECT 'a1' AS id, 'Amber' AS name"


@pytest.fixture
def mapped(tmp_path):
    """Rows of a contract table, read through a map over what the statements create."""

    def read(text, *statements, table="accounts", columns=()):
        path = foreign(tmp_path, CRM, *statements)
        return everything(door(path, written(tmp_path, text)), table, *columns)

    return read


def quoted(value):
    """A text as TOML writes it."""
    return '"{}"'.format("".join(f"\\U{ord(letter):08X}" for letter in value))


def accounts(**columns):
    """A map of accounts with further columns, each as TOML."""
    return ACCOUNTS + "".join(f"{name} = {said}\n" for name, said in columns.items())


def test_a_column_that_is_not_mapped_is_empty(mapped):
    assert mapped(ACCOUNTS, ONE_ACCOUNT) == [
        ("a1", "Amber", None, None, None, None, None, None, None, False, None, None, None, None)
    ]


def test_a_table_that_is_not_mapped_is_the_contracts_own(mapped):
    rows = "INSERT INTO people (person_id, name, is_active) VALUES ('p1', 'Pia', true)"
    assert mapped(ACCOUNTS, ONE_ACCOUNT, rows, table="people", columns=("person_id", "name")) == [
        ("p1", "Pia")
    ]


def test_a_table_said_to_be_empty_has_no_rows_wherever_it_lies(mapped):
    assert mapped('empty = ["contracts"]', "DROP TABLE contracts", table="contracts") == []


def test_a_source_may_have_the_name_of_the_table_it_is_mapped_to(mapped):
    text = ACCOUNTS.replace('schema = "crm"\ntable = "account"', 'table = "accounts"')
    text = text.replace('"id"', '"key"')
    statements = ("DROP TABLE accounts", "CREATE TABLE accounts AS SELECT 'a9' key, 'Nine' AS name")
    assert mapped(text, *statements, columns=("account_id", "name")) == [("a9", "Nine")]


def test_a_view_is_a_source_like_any_other(mapped):
    view = "CREATE VIEW crm.account AS SELECT 'a' || n AS id, 'N' AS name FROM range(2) r(n)"
    assert mapped(ACCOUNTS, view, columns=("account_id",)) == [("a0",), ("a1",)]


@pytest.mark.parametrize("spelling", ["owner_id", "OwnerId", "OWNERID", "ownerid"])
def test_the_spelling_that_the_warehouse_has_is_read(mapped, spelling):
    text = accounts(owner_id='["owner_id", "OwnerId"]')
    table = f"CREATE TABLE crm.account AS SELECT 'a' AS id, 'N' AS name, 'p' AS \"{spelling}\""
    assert mapped(text, table, columns=("owner_id",)) == [("p",)]


def test_the_first_spelling_is_read_where_both_are_there(mapped):
    text = accounts(owner_id='["owner_id", "OwnerId"]')
    table = "CREATE TABLE crm.account AS SELECT 'a' AS id, 'N' AS name, 1 OwnerId, 'p' AS owner_id"
    assert mapped(text, table, columns=("owner_id",)) == [("p",)]


def test_only_an_optional_column_may_be_missing(mapped):
    text = accounts(website='{ column = "web", optional = true }')
    assert mapped(text, ONE_ACCOUNT, columns=("website",)) == [(None,)]


@pytest.mark.parametrize(
    "name",
    ['Na"me', "na'me", "name; DROP TABLE people; --", "%(x)s", "$1", "100%", "név 名", "a.b", "*"],
)
def test_hostile_and_odd_names_are_names(mapped, name):
    quoted = name.replace('"', '""')
    text = ACCOUNTS.replace('"account"', f"'''{name}'''").replace('"name"', f"'''{name}'''")
    text = text.replace('"crm"', f"'''{name}'''")
    statements = (
        f'CREATE SCHEMA "{quoted}"',
        f'CREATE TABLE "{quoted}"."{quoted}" AS SELECT \'a\' AS id, \'N\' AS "{quoted}"',
    )
    assert mapped(text, *statements, columns=("account_id", "name")) == [("a", "N")]


@pytest.mark.parametrize(
    "value", ["'; DROP TABLE people; --", '"', "%s %(x)s %%", "$1", ":x", "\\", "", "名\n\t"]
)
def test_hostile_constants_and_values_are_values(mapped, value):
    said = quoted(value)
    found = value.replace("'", "''")
    text = accounts(
        industry=f"{{ constant = {said} }}",
        website=f'{{ column = "web", values = {{ {said} = {said} }}, otherwise = "no" }}',
    )
    table = f"CREATE TABLE crm.account AS SELECT 'a' AS id, 'N' AS name, '{found}' AS web"
    assert mapped(text, table, columns=("industry", "website")) == [(value, value)]


def test_a_value_that_is_not_listed_becomes_otherwise_and_so_does_an_empty_one(mapped):
    text = accounts(
        segment='{ column = "size", values = { ENT = "enterprise", SMB = "startup" }, '
        'otherwise = "mid_market" }',
        region='{ column = "size", values = { ENT = "emea" }, otherwise = { empty = true } }',
    )
    table = (
        "CREATE TABLE crm.account AS SELECT id, 'N' AS name, size FROM (VALUES "
        "('1', 'ENT'), ('2', 'SMB'), ('3', 'ent'), ('4', NULL)) t(id, size)"
    )
    assert mapped(text, table, columns=("account_id", "segment", "region")) == [
        ("1", "enterprise", "emea"),
        ("2", "startup", None),
        ("3", "mid_market", None),
        ("4", "mid_market", None),
    ]


def test_yes_and_no_are_values_too(mapped):
    text = PEOPLE.replace(
        '"active"', '{ column = "state", values = { "1" = true, "2" = true }, otherwise = false }'
    )
    table = "CREATE TABLE crm.staff AS SELECT n::VARCHAR AS id, 'N' AS name, n AS state "
    assert mapped(
        text, table + "FROM range(1, 4) r(n)", table="people", columns=("person_id", "is_active")
    ) == [("1", True), ("2", True), ("3", False)]


def test_only_rows_that_meet_every_condition_are_kept(mapped):
    text = ACCOUNTS.replace(
        '"account"\n',
        '"account"\nkeep = [{ column = "gone", values = { true = false }, otherwise = true }, '
        '{ column = "kind", values = { Customer = true }, otherwise = false }]\n',
    )
    table = (
        "CREATE TABLE crm.account AS SELECT id, 'N' AS name, gone, kind FROM (VALUES "
        "('1', false, 'Customer'), ('2', true, 'Customer'), ('3', NULL, 'Customer'), "
        "('4', false, 'Partner')) t(id, gone, kind)"
    )
    assert mapped(text, table, columns=("account_id",)) == [("1",), ("3",)]


def test_a_value_counts_only_when_its_condition_is_met(mapped):
    text = accounts(
        industry='{ column = "trade", when = { column = "kind", values = { a = true }, '
        "otherwise = false } }",
        website='{ constant = "w", when = { column = "open", values = { true = true }, '
        "otherwise = false } }",
    )
    table = (
        "CREATE TABLE crm.account AS SELECT id, 'N' AS name, kind, trade, open FROM (VALUES "
        "('1', 'a', 'x', true), ('2', 'b', 'y', NULL), ('3', NULL, 'z', false)) "
        "t(id, kind, trade, open)"
    )
    assert mapped(text, table, columns=("account_id", "industry", "website")) == [
        ("1", "x", "w"),
        ("2", None, None),
        ("3", None, None),
    ]


def test_texts_are_joined_and_the_first_that_is_there_is_taken(mapped):
    text = accounts(
        industry='{ concatenate = ["first", { constant = " / " }, "second"] }',
        website='{ coalesce = ["first", "second", { constant = "none" }] }',
    )
    table = (
        "CREATE TABLE crm.account AS SELECT id, 'N' AS name, first, second FROM (VALUES "
        "('1', 'a', 'b'), ('2', NULL, 'b'), ('3', NULL, NULL)) t(id, first, second)"
    )
    assert mapped(text, table, columns=("account_id", "industry", "website")) == [
        ("1", "a / b", "a"),
        ("2", None, "b"),
        ("3", None, "none"),
    ]


def test_days_and_instants_are_cut_and_moved_to_utc(mapped):
    text = accounts(
        created_date='{ column = "made", as = "day" }',
        churned_date='{ column = "left_on", as = "day" }',
    )
    text += (
        '[contacts]\nschema = "crm"\ntable = "account"\n[contacts.columns]\ncontact_id = "id"\n'
        'is_champion = { constant = true }\nlast_contact_at = "spoke"\n'
    )
    table = (
        "CREATE TABLE crm.account AS SELECT 'a' AS id, 'N' AS name, "
        "TIMESTAMPTZ '2026-01-31 23:30:00-05:00' AS made, '2026-03-04' AS left_on, "
        "TIMESTAMPTZ '2026-01-31 23:30:00-05:00' AS spoke"
    )
    assert mapped(text, table, columns=("created_date", "churned_date")) == [
        (dt.date(2026, 2, 1), dt.date(2026, 3, 4))
    ]


def test_an_instant_with_a_zone_is_read_in_utc(tmp_path):
    text = (
        '[contacts]\nschema = "crm"\ntable = "people"\n[contacts.columns]\ncontact_id = "id"\n'
        'is_champion = { constant = true }\nlast_contact_at = "spoke"\n'
    )
    table = (
        "CREATE TABLE crm.people AS SELECT 'c' AS id, "
        "TIMESTAMPTZ '2026-01-31 23:30:00.000001-05:00' AS spoke"
    )
    warehouse = door(foreign(tmp_path, CRM, table), written(tmp_path, text))
    assert everything(warehouse, "contacts", "last_contact_at") == [
        (dt.datetime(2026, 2, 1, 4, 30, 0, 1, tzinfo=UTC),)
    ]


def test_a_lookup_brings_the_latest_match_and_nothing_else(mapped):
    text = accounts(
        churn_reason='{ lookup = { table = "note", match = { about = "id" }, latest = "said", '
        'keep = [{ column = "kind", values = { churn = true }, otherwise = false }] } }',
        industry='{ lookup = { table = "note", match = { about = "id" }, earliest = "said" } }',
        churned_date="{ constant = 2026-01-01 }",
    )
    statements = (
        "CREATE TABLE crm.account AS SELECT n::VARCHAR AS id, 'N' AS name FROM range(1, 4) r(n)",
        "CREATE TABLE crm.note (about VARCHAR, kind VARCHAR, said VARCHAR)",
        "INSERT INTO crm.note VALUES ('1', 'churn', 'b'), ('1', 'churn', 'c'), ('1', 'else', 'd')",
        "INSERT INTO crm.note VALUES ('2', 'else', 'a'), (NULL, 'churn', 'x')",
    )
    assert mapped(text, *statements, columns=("account_id", "churn_reason", "industry")) == [
        ("1", "c", "b"),
        ("2", None, "a"),
        ("3", None, None),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ('"name"', '"nmae"'),
            "accounts.name reads nmae of crm.account, which is missing (did you",
        ),
        (('"crm"', '"cmr"'), "accounts reads the table cmr.account, which is missing."),
        (('"account"', '"acount"'), "accounts reads the table crm.acount, which is missing."),
        (('"name"', '"made"'), 'accounts.name has type DATE, not text; add as = "text".'),
        (('"name"', '"tags"'), "accounts.name has type VARCHAR[], which no map can read."),
        (('"name"', '"took"'), "accounts.name has type INTERVAL, which no map can read."),
        (
            ('"name"', '{ column = "made", as = "number" }'),
            "accounts.name has type DATE, which is never read as number.",
        ),
        (
            ('"name"', '{ coalesce = ["id", "made"] }'),
            "accounts.name coalesces day and text, which is not one kind.",
        ),
        (
            (
                '"name"',
                '{ lookup = { table = "account", match = { made = "id" }, latest = "id" } }',
            ),
            "accounts.name matches text with day in made.",
        ),
        (('"name"', '{ column = "name", divide = 2 }'), "not number; add as"),
        (
            ('"name"', '["no", "neither"]'),
            "accounts.name reads no or neither of crm.account, which is missing",
        ),
    ],
)
def test_what_does_not_fit_the_warehouse_is_named(tmp_path, change, expected):
    table = (
        "CREATE TABLE crm.account AS SELECT 'a' AS id, 'N' AS name, DATE '2026-01-01' AS made, "
        "['x'] AS tags, INTERVAL 1 DAY AS took"
    )
    warehouse = door(foreign(tmp_path, CRM, table), written(tmp_path, ACCOUNTS.replace(*change)))
    with pytest.raises(ContractBroken) as broken:
        everything(warehouse, "accounts")
    assert expected in broken.value.sentence
    assert everything(warehouse, "people") == []


def test_a_map_that_does_not_fit_stops_only_the_tables_it_concerns(tmp_path):
    text = ACCOUNTS.replace('"name"', '"nmae"') + PEOPLE
    staff = "CREATE TABLE crm.staff AS SELECT 'p' AS id, 'Pia' AS name, true AS active"
    warehouse = door(foreign(tmp_path, CRM, ONE_ACCOUNT, staff), written(tmp_path, text))
    assert everything(warehouse, "people", "name") == [("Pia",)]
    with pytest.raises(ContractBroken, match=r"accounts\.name reads nmae"):
        everything(warehouse, "accounts")


def test_a_changed_map_changes_the_version_and_what_is_read(tmp_path):
    table = "CREATE TABLE crm.account AS SELECT 'a' AS id, 'Old' AS name, 'New' AS title"
    path = foreign(tmp_path, CRM, table)
    warehouse = door(path, written(tmp_path, ACCOUNTS))
    before = warehouse.version()
    assert everything(warehouse, "accounts", "name") == [("Old",)]
    assert warehouse.version() == before
    written(tmp_path, ACCOUNTS.replace('"name"', '"title"'))
    assert warehouse.version() != before
    assert everything(warehouse, "accounts", "name") == [("New",)]
    written(tmp_path, "[accounts")
    with pytest.raises(MapInvalid, match="is not TOML"):
        warehouse.version()


def test_the_version_is_the_warehouses_own_and_the_map(tmp_path):
    path, map_path = foreign(tmp_path, CRM), written(tmp_path, ACCOUNTS)
    assert fingerprint(None) == ""
    assert door(path, map_path).version() == f"{plain(path).version()}-{fingerprint(map_path)}"


def test_a_row_limit_below_the_columns_of_the_map_is_said(tmp_path):
    wide = ", ".join(f"{number} AS c{number}" for number in range(20))
    table = f"CREATE TABLE crm.account AS SELECT 'a' AS id, 'N' AS name, {wide}"
    warehouse = door(foreign(tmp_path, CRM, table), written(tmp_path, ACCOUNTS), row_limit=10)
    with pytest.raises(WarehouseUnavailable, match="10 rows are too few to read the columns"):
        everything(warehouse, "accounts")


def test_only_the_tables_that_a_statement_reads_are_put_before_it(tmp_path):
    mapping = load(written(tmp_path, ACCOUNTS + PEOPLE))
    rows = [
        (None, "crm", "account", False, column, "VARCHAR", None) for column in ("id", "name")
    ] + [
        (None, "crm", "staff", False, column, kind, None)
        for column, kind in (("id", "VARCHAR"), ("name", "VARCHAR"), ("active", "BOOLEAN"))
    ]
    translation = Translation(mapping, Catalog(rows))
    context = Context(dt.date(2026, 1, 1), EVERYTHING, segment=("enterprise",))
    contracts = select(Read(table="contracts", columns=("contract_id",)), context)
    assert tables_read(contracts) == {"contracts", "accounts"}
    sql = str(translation.mapped(contracts))
    assert (sql.count("WITH accounts AS"), sql.count("people AS")) == (1, 0)
    # Whoever owns the account of a row is found through the map too.
    mine = Context(context.as_of, Scope(questions=ALL, owner_ids=("p1",)))
    notified = select(Read(table="notifications", columns=("sent_at",)), mine)
    assert tables_read(notified) == {"notifications", "incidents", "accounts"}
    assert str(translation.mapped(notified)).count("WITH accounts AS") == 1
    offers = select(Read(table="people", columns=("person_id",)), context)
    assert "accounts" not in str(translation.mapped(offers))
    services = select(Read(table="services", columns=("service_id",)), context)
    assert translation.mapped(services) is services


def test_the_same_select_compiles_for_snowflake(tmp_path):
    text = '[people]\ndatabase = "landed"\nschema = "sf"\ntable = "user"\n[people.columns]\n'
    text += 'person_id = "id"\nname = "Full Name"\nis_active = { constant = true }\n'
    rows = [
        ("landed", "SF", "USER", False, "ID", "TEXT", None),
        ("landed", "SF", "USER", False, "Full Name", "TEXT", None),
    ]
    mapping = load(written(tmp_path, text))
    translation = Translation(mapping, Catalog(rows))
    people = SQL_TABLES["people"]
    statement = translation.mapped(sa.select(people.c.person_id, people.c.name))
    lines = " ".join(str(statement.compile(dialect=SnowflakeDialect())).split())
    assert lines == (
        'WITH people AS (SELECT CAST(found."ID" AS VARCHAR) AS person_id, '
        'CAST(found."Full Name" AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS email, '
        "CAST(NULL AS VARCHAR) AS role, CAST(NULL AS VARCHAR) AS team, "
        "CAST(NULL AS VARCHAR) AS site, CAST(NULL AS VARCHAR) AS time_zone, "
        "CAST(CAST(%(param_1)s AS BOOLEAN) AS BOOLEAN) AS is_active "
        'FROM landed."SF"."USER" AS found) '
        "SELECT people.person_id, people.name FROM people"
    )


def test_tables_of_one_name_in_two_databases_are_two_tables(tmp_path):
    text = "".join(
        f'[{table}]\ndatabase = "{database}"\nschema = "sf"\ntable = "user"\n[{table}.columns]\n'
        f"{columns}\n"
        for table, database, columns in (
            ("people", "one", 'person_id = "id"\nname = "id"\nis_active = "active"'),
            ("contacts", "two", 'contact_id = "id"\nis_champion = "champion"'),
        )
    )
    mapping = load(written(tmp_path, text))
    rows = [
        (database, "sf", "user", False, column, kind, None)
        for database, flag in (("one", "active"), ("two", "champion"))
        for column, kind in (("id", "VARCHAR"), (flag, "BOOLEAN"))
    ]
    translation = Translation(mapping, Catalog(rows))
    for table, place in (("people", "one.sf.user"), ("contacts", "two.sf.user")):
        sql = str(translation.mapped(sa.select(SQL_TABLES[table])))
        assert f"FROM {place} AS found".replace("sf.user", '"sf"."user"') in sql
    wrong = load(written(tmp_path, text.replace('"champion"', '"active"')))
    with pytest.raises(ContractBroken, match=r"is_champion reads active of sf\.user, which is"):
        Translation(wrong, Catalog(rows)).mapped(sa.select(SQL_TABLES["contacts"]))
    assert [sorted(query.compile().params.values()) for query in column_queries(mapping)] == [
        ["one", "one", "sf", "user"],
        ["sf", "two", "two", "user"],
    ]


@functools.cache
def memory():
    return duckdb.connect()


def answered(folder, text, table, columns):
    """What a map makes of a table in memory, whose `columns` are name to type and cells."""
    mapping = load(written(folder, text))
    source = mapping.tables[table].source
    connection = memory()
    declared = ", ".join(f'"{name}" {kind}' for name, (kind, _) in columns.items())
    connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{source.schema}"')
    connection.execute(f'CREATE OR REPLACE TABLE "{source.schema}"."{source.table}" ({declared})')
    cells = list(zip(*(values for _, values in columns.values()), strict=True))
    marks = ", ".join("?" for _ in columns)
    connection.executemany(
        f'INSERT INTO "{source.schema}"."{source.table}" VALUES ({marks})', cells
    )
    found = [
        (None, source.schema, source.table, False, name, kind.partition("(")[0], None)
        for name, (kind, _) in columns.items()
    ]
    translation = Translation(mapping, Catalog(found))
    statement, values = bound(translation.mapped(sa.select(SQL_TABLES[table])))
    return connection.cursor().sql(statement, params=values).to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("maps")


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@settings(deadline=None)
@given(
    found=st.lists(st.none() | TEXTS, min_size=1, max_size=6),
    words=st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=4),
    otherwise=TEXTS,
)
def test_a_translation_is_a_dictionary_with_a_default(folder, found, words, otherwise):
    pairs = ", ".join(f"{quoted(key)} = {quoted(word)}" for key, word in words.items())
    said = f'{{ column = "web", values = {{ {pairs} }}, otherwise = {quoted(otherwise)} }}'
    text = accounts(website=said)
    ids = [str(number) for number in range(len(found))]
    cells = {"id": ("VARCHAR", ids), "name": ("VARCHAR", ids), "web": ("VARCHAR", found)}
    rows = answered(folder, text, "accounts", cells)
    assert [row["website"] for row in rows] == [words.get(cell, otherwise) for cell in found]


@settings(deadline=None)
@given(
    cents=st.lists(st.none() | st.integers(-(10**14), 10**14), min_size=1, max_size=6),
    factor=st.integers(1, 10**6) | st.floats(1e-3, 1e6),
    divides=st.booleans(),
)
def test_a_unit_is_converted_as_one_exact_operation(folder, cents, factor, divides):
    step = "divide" if divides else "multiply"
    text = '[opportunities]\nschema = "crm"\ntable = "deal"\n[opportunities.columns]\n'
    text += (
        'opportunity_id = "id"\nrecorded_at = { constant = 2026-01-01T00:00:00Z }\n'
        'type = { constant = "new" }\nstage = { constant = "won" }\n'
        f'amount_usd = {{ column = "cents", {step} = {factor!r} }}\n'
    )
    ids = [str(number) for number in range(len(cents))]
    cells = {"id": ("VARCHAR", ids), "cents": ("BIGINT", cents)}
    rows = answered(folder, text, "opportunities", cells)
    expected = [
        None if cell is None else float(cell) / factor if divides else float(cell) * factor
        for cell in cents
    ]
    assert [row["amount_usd"] for row in rows] == expected


NAMES = st.sampled_from(["id", "name", "web", "made", "cents", "gone", "none", ""]) | TEXTS
PLAIN = (
    NAMES
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.just(dt.UTC))
)
KEYS = st.sampled_from(
    [*ORIGINS, *STEPS, "table", "schema", "match", "latest", "earliest", "keep", "id", "true"]
)
ANYTHING = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
COLUMNS = st.sampled_from(["id", "name", "web", "made", "cents", "gone"])
CONSTANTS = TEXTS | st.integers(-9, 9) | st.booleans() | st.dates()


def steps(inner):
    """Steps as the grammar has them, over any origin."""
    return {
        "divide": st.integers(1, 9),
        "values": st.dictionaries(TEXTS, CONSTANTS, min_size=1, max_size=2),
        "otherwise": CONSTANTS | st.just({"empty": True}),
        "as": st.sampled_from(KINDS),
        "when": inner,
    }


def origins(inner):
    """A larger expression around smaller ones."""
    parts = st.lists(inner, min_size=1, max_size=3)
    lookup = st.fixed_dictionaries(
        {
            "table": st.sampled_from(["web", "account"]),
            "match": st.dictionaries(COLUMNS, COLUMNS, min_size=1, max_size=2),
            "latest": COLUMNS,
        },
        optional={"keep": st.lists(inner, max_size=2)},
    )
    made = [("coalesce", parts), ("concatenate", parts), ("lookup", lookup), ("column", COLUMNS)]
    return st.one_of(
        st.fixed_dictionaries({origin: said}, optional=steps(inner)) for origin, said in made
    )


GRAMMATICAL = st.recursive(
    COLUMNS | st.builds(lambda value: {"constant": value}, CONSTANTS) | st.just({"empty": True}),
    origins,
    max_leaves=6,
)
FOUND = Catalog(
    (None, "crm", table, False, column, kind, None)
    for table in ("account", "web")
    for column, kind in (
        ("id", "VARCHAR"),
        ("name", "VARCHAR"),
        ("web", "VARCHAR"),
        ("made", "TIMESTAMP WITH TIME ZONE"),
        ("cents", "BIGINT"),
        ("gone", "BOOLEAN"),
    )
)


@settings(deadline=None, max_examples=200)
@given(said=ANYTHING | GRAMMATICAL, wanted=st.sampled_from(KINDS))
def test_whatever_a_map_says_is_a_value_or_a_sentence(said, wanted):
    source = Source("account", "crm")
    try:
        declared = expression(said, source)
        rows = SourceRows(source, FOUND)
        value = rows.value(declared, wanted)
    except (Unusable, Misfit):
        return
    statement, values = bound(sa.select(value.label("value")).select_from(rows.joined))
    connection = memory()
    connection.execute("CREATE SCHEMA IF NOT EXISTS crm")
    for table in ("account", "web"):
        connection.execute(
            f"CREATE OR REPLACE TABLE crm.{table} (id VARCHAR, name VARCHAR, web VARCHAR, "
            "made TIMESTAMPTZ, cents BIGINT, gone BOOLEAN)"
        )
    assert connection.cursor().sql(statement, params=values).fetchall() == []
