"""What a map may say, and the sentence that meets everything else."""

import pytest

from tests.warehouse.mapping.maps import ACCOUNTS, written
from warehouse.contract.tables import TABLES
from warehouse.errors import MapInvalid
from warehouse.mapping.declaration import Cast, Constant, Name, Scale, When
from warehouse.mapping.documents import SHIPPED
from warehouse.mapping.reading import load


def refusal(tmp_path, text):
    with pytest.raises(MapInvalid) as refused:
        load(written(tmp_path, text))
    return refused.value.sentence


def test_a_map_is_read_into_its_declarations(tmp_path):
    mapping = load(written(tmp_path, ACCOUNTS))
    table = mapping.tables["accounts"]
    assert str(table.source) == "crm.account"
    assert dict(table.columns) == {
        "account_id": Name(("id",)),
        "name": Name(("name",)),
        "is_target": Constant(value=False),
    }
    assert (mapping.file, len(mapping.fingerprint)) == ("warehouse.toml", 16)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('nmae = "x"', "line 9, accounts.nmae is no column of the contract (did you mean name?)"),
        ('region = { constant = "emae" }', "becomes 'emae' (did you mean emea?); the contract has"),
        ("region = { constant = 3 }", "becomes 3, a whole number; the contract has a text"),
        ("website = 3", "is 3, which names no column; a constant is { constant = … }"),
        ('website = { colum = "x" }', "has 'colum' (did you mean column?); it takes column, "),
        ("website = {}", "needs one of column, constant, coalesce, concatenate, lookup, empty"),
        ('website = { column = "x", constant = "y" }', "it has column and constant"),
        ("website = []", "names no column"),
        ('website = ""', "names the column '', which is not a name of 1 to 255 printable"),
        ('website = "a\\u0000b"', "which is not a name of 1 to 255 printable characters"),
        (f'website = "{"x" * 256}"', "which is not a name of 1 to 255 printable characters"),
        ('website = { column = "x", as = "txt" }', "has as = 'txt'; it takes text, number"),
        ('website = { column = "x", optional = 2 }', "has optional = 2; it takes true or false"),
        ('website = { constant = "x", optional = true }', "is optional, which only a column can"),
        ("website = { empty = false }", "has an empty that is not true; leave it out instead"),
        ("website = { constant = 07:32:00 }", "which is no text, number, yes/no, day or instant"),
        ("website = { constant = inf }", "which is no text, number, yes/no, day or instant"),
        ('website = { column = "x", multiply = 2, divide = 3 }', "has multiply and divide"),
        ('website = { column = "x", divide = 0 }', "is scaled by 0, which is not a finite number"),
        ('website = { column = "x", multiply = nan }', "is scaled by nan, which is not a finite"),
        ('website = { column = "x", multiply = true }', "is scaled by True, which is not a finite"),
        ('website = { column = "x", values = { A = "b" } }', "says nothing of values that are not"),
        ('website = { column = "x", otherwise = "b" }', "needs values as a table"),
        (
            'website = { column = "x", values = { A = "b", C = 3 }, otherwise = "d" }',
            "has values of more than one kind",
        ),
        (
            'region = { column = "x", values = { EU = "eu" }, otherwise = "apac" }',
            "becomes 'eu'",
        ),
        ("website = { coalesce = [] }", "needs a list of expressions"),
        ('website = { lookup = "x" }', "has a lookup that is not a table of table, match, keep"),
        ('website = { lookup = { match = { a = "b" }, latest = "c" } }', "names no table"),
        ('website = { lookup = { table = "t", latest = "c" } }', "has a lookup without a match"),
        (
            'website = { lookup = { table = "t", match = { a = "b" } } }',
            "has a lookup that needs one of latest, earliest",
        ),
    ],
)
def test_a_column_that_cannot_be_used_is_named_with_its_line(tmp_path, line, expected):
    sentence = refusal(tmp_path, ACCOUNTS + line)
    column = line.partition(" ")[0]
    assert sentence.startswith(f"warehouse.toml, line 9, accounts.{column} ")
    assert expected in sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[acounts]", "line 1, acounts says 'acounts', which is no table of the contract (did you"),
        ("accounts = 3", "line 1, accounts is not a table with columns"),
        ("[accounts]\ncolumns = 3", "accounts is not a table with columns"),
        ('[accounts]\nshema = "x"', "accounts has 'shema' (did you mean schema?)"),
        ("[accounts]", "accounts names no table"),
        ('[accounts]\ntable = "a"\nkeep = "x"', "has a keep that is not a list of expressions"),
        ("use = 3", "line 1, use is not a table like [[use]]"),
        ('[[use]]\nmap = "salesfarce_fivetran"', "(did you mean salesforce_fivetran?)"),
        ('[[use]]\nmap = "zendesk_fivetran"\nshema = "x"', "has 'shema' (did you mean schema?)"),
        ('empty = ["offer"]', "line 1, empty says 'offer', which is no table of the contract"),
        (f'empty = ["accounts"]\n{ACCOUNTS}', "empty names accounts, which is mapped too"),
    ],
)
def test_a_table_that_cannot_be_used_is_named(tmp_path, text, expected):
    assert expected in refusal(tmp_path, text)


def test_every_column_that_may_not_be_empty_is_asked_for(tmp_path):
    text = '[people]\ntable = "staff"\n[people.columns]\nname = "name"\n'
    assert refusal(tmp_path, text) == (
        "warehouse.toml, line 1, people.person_id is not mapped and may not be empty; "
        "warehouse.toml, line 1, people.is_active is not mapped and may not be empty."
    )


def test_a_file_that_is_not_toml_is_refused_with_its_line(tmp_path):
    assert refusal(tmp_path, "[accounts]\ntable = account\n").startswith(
        "warehouse.toml is not TOML: Invalid value (at line 2, column 9)"
    )


def test_a_file_that_is_not_text_or_not_there_is_a_sentence(tmp_path):
    path = tmp_path / "warehouse.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(MapInvalid, match=r"warehouse.toml is not UTF-8 text."):
        load(path)
    with pytest.raises(MapInvalid, match=r"The map cannot be read: No such") as refused:
        load(tmp_path / "none.toml")
    assert refused.value.remedy == "Name another file in BELLWETHER_MAP, or unset it."


@pytest.mark.parametrize("levels", [30, 5_000])
def test_a_file_that_is_nested_too_deeply_is_refused(tmp_path, levels):
    nested = "{ coalesce = [" * levels + '"x"' + "] }" * levels
    assert refusal(tmp_path, f"{ACCOUNTS}website = {nested}\n") == (
        "warehouse.toml is nested more than 24 deep."
    )


def test_many_errors_are_counted(tmp_path):
    wrong = "".join(f"wrong_{number} = 1\n" for number in range(20))
    sentence = refusal(tmp_path, ACCOUNTS + wrong)
    assert sentence.count("warehouse.toml") == 12
    assert sentence.endswith("; and 8 more.")


def test_a_rollup_is_mapped_with_what_it_is_made_from(tmp_path):
    clusters = '[clusters]\ntable = "c"\n[clusters.columns]\n' + "".join(
        f'{column} = "{column}"\n'
        for column in ("cluster_id", "account_id", "hyperscaler", "deployment_model", "usable_tib")
    )
    clusters += 'deployed_at = "deployed_at"\n'
    assert refusal(tmp_path, clusters) == (
        "warehouse.toml maps clusters, and not usage_daily, which is made from it; map both."
    )
    rollups = [name for name, table in TABLES.items() if table.rollup]
    mapping = load(written(tmp_path, f"empty = {rollups}\n{clusters}"))
    assert set(mapping.tables) == {"clusters", *rollups}


def test_your_own_words_replace_those_of_a_shipped_map_one_by_one(tmp_path):
    text = """
    [[use]]
    map = "salesforce_fivetran"
    database = "LANDED"
    schema = "sf"
    [accounts]
    table = "account_view"
    [accounts.columns]
    is_target = "target__c"
    website = { empty = true }
    [contacts.columns]
    is_champion = { constant = false }
    """
    tables = load(written(tmp_path, text)).tables
    assert list(tables) == ["accounts", "people", "contacts", "opportunities"]
    assert [str(table.source) for table in tables.values()] == [
        "LANDED.sf.account_view",
        "LANDED.sf.user",
        "LANDED.sf.contact",
        "LANDED.sf.opportunity",
    ]
    columns = dict(tables["accounts"].columns)
    assert columns["is_target"] == Name(("target__c",))
    assert columns["owner_id"] == Name(("owner_id", "OwnerId"))
    assert len(tables["accounts"].source.keep) == 2


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_map_leaves_only_what_its_source_does_not_say(tmp_path, name):
    needs = {
        "salesforce_fivetran": ["accounts.is_target", "contacts.is_champion"],
        "zendesk_fivetran": ["tickets.category"],
    }[name]
    said = [f"warehouse.toml, {column} is not mapped and may not be empty" for column in needs]
    assert refusal(tmp_path, f'[[use]]\nmap = "{name}"') == f"{'; '.join(said)}."


def test_steps_apply_in_one_order_however_they_are_written(tmp_path):
    said = 'website = { when = "paid", as = "text", divide = 100, column = "cents" }'
    table = load(written(tmp_path, ACCOUNTS + said)).tables["accounts"]
    scaled = Scale(Name(("cents",)), 100.0, divides=True)
    assert dict(table.columns)["website"] == When(Cast(scaled, "text"), Name(("paid",)))


def test_a_changed_file_is_read_again(tmp_path):
    path = written(tmp_path, ACCOUNTS)
    before = load(path)
    assert load(path) is before
    after = load(written(tmp_path, ACCOUNTS.replace('"name"', '"title"')))
    assert dict(after.tables["accounts"].columns)["name"] == Name(("title",))
    assert after.fingerprint != before.fingerprint
