"""The data dictionary is generated from the code, complete and searchable."""

from components import definition, dictionary
from queries.definitions import METRICS
from warehouse.contract import LEDGER_TABLES, TABLES


def test_every_metric_stands_once_under_its_owner():
    found = dictionary.metrics()
    assert sum(map(len, found.values())) == len(METRICS)
    assert list(found) == sorted({metric.owner for metric in METRICS.values()})


def test_every_column_of_every_table_has_a_row():
    frame = dictionary.columns()
    expected = [
        (table.name, column)
        for table in (TABLES | LEDGER_TABLES).values()
        for column in table.columns
    ]
    assert frame.select("table", "column").rows() == expected
    assert frame["meaning"].str.len_chars().min() > 0


def test_a_column_says_key_unit_words_and_source():
    row = dictionary.columns("metering_hourly cluster_id").row(0, named=True)
    table = TABLES["metering_hourly"]
    assert row["table"] == "metering_hourly"
    assert row["key"] is ("cluster_id" in table.key)
    assert (row["source"], row["one row is"]) == (table.source, table.grain)
    words = dictionary.columns("clusters hyperscaler").filter(
        table="clusters", column="hyperscaler"
    )
    assert words["words"].to_list() == [", ".join(TABLES["clusters"].choices("hyperscaler"))]


def test_a_search_needs_every_word_in_any_case():
    frame = dictionary.columns("CONTRACTS committed_tib")
    assert frame.select("table", "column").rows() == [("contracts", "committed_tib")]
    assert dictionary.columns("committed_tib zebra").height == 0
    assert dictionary.metrics("zebra") == {}
    [only] = dictionary.metrics("EGRESS usage_28d")["Usage"]
    assert only == definition.markdown("usage_28d")


def test_a_search_without_a_hit_keeps_the_columns():
    assert dictionary.columns("zebra").schema == dictionary.columns().schema
