import gzip
import hashlib

import duckdb
import polars as pl
import pytest

HEADER = (
    "ProviderName,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,BillingCurrency,"
    "ServiceName,ResourceId,SkuId,ConsumedQuantity\n"
)
LINE = "AWS,2026-09-01T00:00:00Z,2026-09-01T01:00:00Z,Usage,{cost},USD,S3,{resource},k1,2.000\n"


def bill(*costs: str, resource: str = "r1") -> str:
    return HEADER + "".join(LINE.format(cost=cost, resource=resource) for cost in costs)


def write(path, content):
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    return path


def ids(rows):
    return rows("SELECT charge_id FROM usage_charges ORDER BY 1")


def test_the_real_bills_add_up_to_the_raw_file(load, rows, shared_data):
    folder = shared_data("focus_sample_1_0")
    said = load("focus", folder / "focus_sample.csv")
    assert said["exit_code"] == 0
    assert said["providers"] == {"AWS": 942, "Microsoft": 51, "Oracle": 7}
    assert "Oracle: 7 rows kept as host_provider other" in said["notes"]
    assert "focus_sample.csv: ignored, no FOCUS column: Id" in said["notes"]
    raw = duckdb.execute(
        "SELECT CASE ProviderName WHEN 'AWS' THEN 'aws' WHEN 'Microsoft' THEN 'azure' "
        "WHEN 'Oracle' THEN 'other' END, ProviderName, count(*), "
        "round(sum(CAST(BilledCost AS DOUBLE)), 9), round(sum(CAST(EffectiveCost AS DOUBLE)), 9), "
        "round(sum(CAST(nullif(ConsumedQuantity, 'NULL') AS DOUBLE)), 6), "
        "count(nullif(ConsumedQuantity, 'NULL')), min(CAST(ChargePeriodStart AS TIMESTAMP)), "
        "max(CAST(ChargePeriodEnd AS TIMESTAMP)) "
        "FROM read_csv(?, all_varchar = true) GROUP BY ALL ORDER BY 1",
        [str(folder / "focus_sample.csv")],
    ).fetchall()
    assert [line[2] for line in raw] == [942, 51, 7]
    assert (
        rows(
            "SELECT host_provider, host_provider_name, count(*), round(sum(billed_cost), 9), "
            "round(sum(effective_cost), 9), round(sum(consumed_quantity), 6), "
            "count(consumed_quantity), min(charge_period_start), max(charge_period_end) "
            "FROM usage_charges GROUP BY ALL ORDER BY 1"
        )
        == raw
    )


def test_the_real_bills_twice_change_nothing(load, fingerprint, shared_data):
    folder = shared_data("focus_sample_1_0")
    load("focus", folder)
    before = fingerprint()
    said = load("focus", folder)
    assert (said["exit_code"], said["state"], said["tables"][0]["unchanged"]) == (
        0,
        "unchanged",
        1000,
    )
    assert fingerprint() == before


def test_real_lines_keep_their_physical_line(load, rows, shared_data):
    load("focus", shared_data("focus_sample_1_0"))
    assert rows(
        "SELECT source_file, count(DISTINCT source_line), min(source_line), max(source_line) "
        "FROM usage_charges GROUP BY ALL"
    ) == [("focus_sample.csv", 1000, 2, 1001)]
    assert rows("SELECT billed_cost, region_id FROM usage_charges WHERE source_line = 3") == [
        (0.0000160599, "us-west-2")
    ]


def test_two_equal_lines_of_one_bill_both_count(load, rows, tmp_path):
    load("focus", write(tmp_path / "a.csv", bill("1.5", "1.5", "2")))
    assert rows("SELECT count(*), sum(billed_cost) FROM usage_charges") == [(3, 5.0)]


@pytest.mark.parametrize("name", ["renamed.csv", "packed.csv.gz", "typed.parquet", "turned.csv"])
def test_the_same_bill_in_another_guise_changes_nothing(load, fingerprint, tmp_path, name):
    first = write(tmp_path / "a.csv", bill("1.50", "1.50", "2"))
    load("focus", first)
    before = fingerprint()
    again = tmp_path / name
    if name.endswith("gz"):
        again.write_bytes(gzip.compress(first.read_bytes()))
    elif name.endswith("parquet"):
        pl.read_csv(first, try_parse_dates=True).write_parquet(again)
    elif name == "turned.csv":
        write(again, bill("2.000", "1.5", "1.5"))
    else:
        write(again, first.read_text())
    assert load("focus", again)["state"] == "unchanged"
    assert fingerprint() == before


def test_equal_charges_in_two_files_of_a_folder_are_one(load, rows, tmp_path):
    write(tmp_path / "bills" / "a.csv", bill("1", "2"))
    write(tmp_path / "bills" / "b.csv", bill("2", "3"))
    counts = load("focus", tmp_path / "bills")["tables"][0]
    assert (counts["rows_read"], counts["loaded"], counts["unchanged"]) == (4, 3, 1)
    assert rows("SELECT sum(billed_cost) FROM usage_charges") == [(6.0,)]


def test_charges_that_differ_in_sku_alone_are_two(load, rows, tmp_path):
    write(tmp_path / "bills" / "a.csv", bill("1"))
    write(tmp_path / "bills" / "b.csv", bill("1").replace("k1", "k2"))
    load("focus", tmp_path / "bills")
    assert rows("SELECT count(*) FROM usage_charges") == [(2,)]


@pytest.mark.parametrize(
    ("found", "hyperscaler"),
    [
        ("AWS", "aws"),
        ("Amazon Web Services", "aws"),
        ('"Amazon Web Services, Inc."', "aws"),
        ("microsoft", "azure"),
        ("Microsoft Azure", "azure"),
        ("AZURE", "azure"),
        ("Google", "gcp"),
        ("google cloud", "gcp"),
        ("Google Cloud Platform", "gcp"),
        ("GCP", "gcp"),
        ("Oracle", "other"),
        ("AWS Marketplace", "other"),
    ],
)
def test_spellings_of_providers(load, rows, tmp_path, found, hyperscaler):
    load("focus", write(tmp_path / "a.csv", bill("1").replace("AWS", found)))
    assert rows("SELECT host_provider, host_provider_name FROM usage_charges") == [
        (hyperscaler, found.strip('"'))
    ]


def test_the_host_provider_of_later_versions_wins(load, rows, tmp_path):
    later = (
        bill("1", "2")
        .replace("ProviderName,", "HostProviderName,ServiceProviderName,ProviderName,", 1)
        .replace("AWS,", "Google Cloud,VAST,VAST,", 1)
        .replace("AWS,", ",VAST,Oracle,", 1)
    )
    load("focus", write(tmp_path / "a.csv", later))
    assert rows(
        "SELECT billed_cost, host_provider, host_provider_name FROM usage_charges ORDER BY 1"
    ) == [(1.0, "gcp", "Google Cloud"), (2.0, "other", "Oracle")]


def test_words_get_the_casing_of_focus_and_null_text_is_null(load, rows, tmp_path):
    shouting = bill("1").replace("Usage", "USAGE").replace("S3", "NULL")
    load("focus", write(tmp_path / "a.csv", shouting))
    assert rows("SELECT charge_category, service_name FROM usage_charges") == [("Usage", None)]


def test_casing_alone_makes_no_other_charge(load, tmp_path):
    load("focus", write(tmp_path / "a.csv", bill("1")))
    again = write(tmp_path / "b.csv", bill("1").replace("Usage", "usage"))
    assert load("focus", again)["state"] == "unchanged"


def test_credits_are_negative_costs(load, rows, tmp_path):
    load("focus", write(tmp_path / "a.csv", bill("-4.25").replace("Usage", "Credit")))
    assert rows("SELECT charge_category, billed_cost FROM usage_charges") == [("Credit", -4.25)]


def test_a_charge_id_hashes_the_content_by_value(load, rows, tmp_path):
    load("focus", write(tmp_path / "a.csv", bill("1.50", "1.5")))
    content = (
        '[["BilledCost", 1.5], ["BillingCurrency", "USD"], ["ChargeCategory", "Usage"], '
        '["ChargePeriodEnd", "2026-09-01T01:00:00.000000Z"], '
        '["ChargePeriodStart", "2026-09-01T00:00:00.000000Z"], ["ConsumedQuantity", 2.0], '
        '["HostProviderName", "AWS"], ["ResourceId", "r1"], ["ServiceName", "S3"], '
        '["SkuId", "k1"]]'
    )
    digest = hashlib.sha256(content.encode()).hexdigest()[:32]
    assert ids(rows) == [(f"{digest}-1",), (f"{digest}-2",)]


def test_the_same_bill_under_the_later_provider_column_is_the_same(load, tmp_path):
    load("focus", write(tmp_path / "a.csv", bill("1")))
    later = bill("1").replace("ProviderName", "HostProviderName")
    assert load("focus", write(tmp_path / "b.csv", later))["state"] == "unchanged"
