"""Parity templates in the product, and what a file may not say."""

import pytest

from queries.benchmarks.template import FOLDER, Group, TemplateInvalid, load, number, shipped
from warehouse.contract.benchmarks import CAMPAIGN_TYPES

PATH = FOLDER / "storage.toml"
TEXT = PATH.read_text(encoding="utf-8")
FACTORS = {
    "mtu": 1.10,
    "provisioned_mbps": 8.0,
    "provisioned_tib": 8.0,
    "throughput_unit": 1.0486,
    "data_unit": 1.0737,
    "capacity_unit": 1.0995,
    "discounts": 1.02,
}


def test_every_campaign_type_has_a_template_in_a_file_of_its_name():
    assert set(shipped()) == set(CAMPAIGN_TYPES) == {path.stem for path in FOLDER.glob("*.toml")}
    assert {name: len(rows) for name, rows in shipped().items()} == {
        "storage": 31,
        "tpu_checkpoint": 40,
        "tpu_training": 38,
    }


@pytest.mark.parametrize("campaign_type", CAMPAIGN_TYPES)
def test_the_documented_worst_cases_are_those_of_the_field_guide(campaign_type):
    rows = shipped()[campaign_type]
    assert {name: row.factor for name, row in rows.items() if row.factor} == FACTORS
    assert {name for name, row in rows.items() if row.is_under_test} == {"storage", "client_driver"}
    assert {row.group for row in rows.values()} == set(Group) - {"Other"} - (
        {"Software"} if campaign_type == "storage" else set()
    )


@pytest.mark.parametrize("campaign_type", CAMPAIGN_TYPES)
def test_what_the_rule_books_demand_is_a_rule(campaign_type):
    rows = shipped()[campaign_type]
    assert rows["cold_read_proof"].must_be_known
    assert rows["compressibility"].must_be_known
    assert rows["compressibility"].same == ("1.0", "1", "none")
    assert rows["full_share"].bites_from == 0.9
    if campaign_type == "tpu_checkpoint":
        assert rows["checkpoint_bytes"].must_be_alike
    else:
        assert rows["dataset_to_client_ram_ratio"].at_least == 5


@pytest.mark.parametrize(
    ("value", "read"),
    [("8896", 8896.0), ("1,024.5", 1024.5), ("on", 1.0), ("off", 0.0)]
    + [(none, None) for none in ("NFS 4.1", "", "nan", "inf", None)],
)
def test_a_value_is_read_as_a_number_where_it_is_one(value, read):
    assert number(value) == read


@pytest.mark.parametrize(
    ("replaced", "by", "expected"),
    [
        ('campaign_type = "storage"', 'campaign_type = "disk"', "storage.toml: campaign_type is"),
        ('campaign_type = "storage"', 'campaign_type = "storage"\nnote = 1', "nothing else"),
        ("[[rows]]", "[[cells]]", r"a template says campaign_type and \[\[rows\]\]"),
        ('setting = "vcpus"', 'setting = "host_vm"', "'host_vm': a setting stands there once"),
        ('setting = "mtu"', 'name = "mtu"', "'name' is nothing a row says"),
        ('description = "MTU of the VPC"', "", "'mtu': description is missing or no text"),
        ('group = "Network"', 'group = "Other"', "group is 'Other'; it is one of Compute"),
        ('favours = "larger"', 'favours = "ours"', "favours is 'ours'; it is one of larger"),
        ("factor = 1.1\n", "factor = 0.9\n", "'mtu': factor is 0.9; a worst case is at least 1"),
        ("factor = 1.1\n", "factor = 2\n", "factor is 2; it is a number with a decimal point"),
        ("factor = 1.1\n", "", "'mtu': a factor has a source, and a source a factor"),
        ("bites_from = 0.9", 'bites_from = "0.9"', "bites_from is '0.9'; it is a number"),
        (
            'favours = "larger"\nunit = "MBps"',
            'favours = "nobody"\nunit = "MBps"',
            "'provisioned_mbps': what is proportional favours the larger or the smaller",
        ),
        ('campaign_type = "storage"', "campaign_type = ", "storage.toml is not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_file_setting_and_rule(
    tmp_path, replaced, by, expected
):
    assert replaced in TEXT
    path = tmp_path / PATH.name
    changed = (
        TEXT.replace(replaced, by) if replaced == "[[rows]]" else TEXT.replace(replaced, by, 1)
    )
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(TemplateInvalid, match=expected):
        load(path)
