"""Answers through a map: none outlives the map that made it."""

import duckdb
import pytest

from queries.core.ask import ask
from tests.shared.company import account, contract
from tests.warehouse.mapping.maps import plain
from warehouse.check import check

COMPANY = {
    "accounts": [account("A"), account("B")],
    "contracts": [
        contract("k1", "A", "2025-01-01", None, arr=100.0),
        contract("k2", "B", "2025-01-01", None, arr=50.0),
    ],
}
DAY = (2026, 1, 31)
MAP = """
[contracts]
table = "deals"
[contracts.columns]
contract_id = "contract_id"
recorded_at = "recorded_at"
account_id = "account_id"
deployment_model = "deployment_model"
hyperscaler = "hyperscaler"
status = "status"
start_date = "start_date"
end_date = "end_date"
arr_usd = { column = "arr_usd", divide = 10 }
"""


@pytest.fixture
def deals(warehouse, tmp_path, monkeypatch):
    """The company with its contracts kept under another name, and the map that reads them."""
    path = warehouse(COMPANY)
    with duckdb.connect(str(path)) as connection:
        connection.execute("ALTER TABLE contracts RENAME TO deals")
    map_path = tmp_path / "warehouse.toml"
    map_path.write_text(MAP)
    monkeypatch.setenv("BELLWETHER_MAP", str(map_path))
    return path, map_path


def arr(answer):
    return dict(answer.frame.select("hyperscaler", "arr_usd").rows())["aws"]


def test_a_changed_map_is_seen_by_the_next_answer(deals, on):
    _, map_path = deals
    assert arr(ask("arr_by_hyperscaler", on(*DAY))) == 15.0
    map_path.write_text(MAP.replace("divide = 10", "divide = 50"))
    assert arr(ask("arr_by_hyperscaler", on(*DAY))) == 3.0


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("[contracts", "warehouse.toml is not TOML: "),
        (MAP.replace('"deals"', '"deels"'), "The map warehouse.toml does not fit the warehouse: "),
    ],
)
def test_a_map_that_cannot_be_used_shows_no_answer_of_another(deals, on, broken, expected):
    _, map_path = deals
    assert ask("arr_by_hyperscaler", on(*DAY)).state == "ok"
    map_path.write_text(broken)
    answer = ask("arr_by_hyperscaler", on(*DAY))
    assert (answer.state, answer.frame.height) == ("error", 0)
    assert answer.problem.in_full.startswith(expected)


def test_the_last_good_answer_of_the_same_map_is_kept(deals, on):
    path, _ = deals
    good = ask("arr_by_hyperscaler", on(*DAY))
    path.unlink()
    stale = ask("arr_by_hyperscaler", on(*DAY))
    assert (stale.state, arr(stale)) == ("stale", arr(good))


def test_without_the_map_the_table_is_missing(deals, on, monkeypatch):
    path, map_path = deals
    assert check(plain(path), map_path).met
    monkeypatch.delenv("BELLWETHER_MAP")
    answer = ask("arr_by_hyperscaler", on(*DAY))
    assert answer.state == "error"
    assert answer.problem.sentence == "The warehouse does not meet the contract."
