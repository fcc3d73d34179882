"""`python -m queries claim`: the card, its JSON, and the exit code of each outcome."""

import json

import pytest

from queries.__main__ import main
from tests.benchmarks.lab import claim, lab


@pytest.fixture
def said(warehouse, capsys):
    """Runs the command over a laboratory; its exit code, output and complaints."""

    def run(*argv, **changed):
        warehouse(lab(**changed), simulated=True)
        code = main(("claim", *argv))
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


def test_a_supported_claim_prints_its_card_and_exits_with_0(said):
    code, out, err = said("clm", theirs={"mtu": "1460", "discounts": None})
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].startswith("Tessera is 1.20× [")
    assert lines[1] == "SUPPORTED · SIMULATED"
    assert "Parity              OPEN (differs: mtu)" in lines
    assert "p                   0.00216, by Holm 0.00216" in lines
    assert "  DISCLOSED mtu: 8896 bytes against 1460 bytes; favours the system" in lines
    assert "  UNKNOWN   discounts: 0 share against –; counts per USD only" in lines
    assert any(line.startswith("  × 1.1  mtu: 1.086× [") for line in lines)
    assert any(line.startswith("  per USD: 1.195× [") for line in lines)
    assert any(line.startswith("  per USD, ×1.10 credited: 1.086× [") for line in lines)
    (weakest,) = (line for line in lines if line.startswith("Weakest "))
    assert weakest.startswith("Weakest             1.086× [")
    assert weakest.endswith("] as measured, ×1.10 credited, beyond the margin")
    (left,) = (line for line in lines if line.startswith("Room left "))
    assert left.endswith("after the disclosed 1.100×")
    assert "  ● order (both): The systems took turns: ABBAABBAABBA." in lines
    assert lines[-1].startswith("Inputs sha256 ")


def test_a_claim_that_does_not_hold_exits_with_1_and_names_the_run(said):
    code, out, _ = said("clm", theirs={"kernel": None})
    assert code == 1
    refused = "parity INVALID (unknown without a bound: kernel)"
    assert out.splitlines()[1:3] == [
        f"NOT SUPPORTED: {refused}; robustness unknown · SIMULATED",
        "Next run needed: Run both systems again, alike in and with a record of kernel.",
    ]


def test_json_has_the_claim_and_what_stands_beside_it(said):
    code, out, _ = said("clm", "--json", "--as-of", "2026-01-31")
    card = json.loads(out)
    assert code == 0
    assert (card["claim"]["claim_id"], card["claim"]["is_supported"]) == ("clm", True)
    assert len(card["claim"]["inputs_sha256"]) == 64
    assert {len(card[name]) for name in ("bias_budget", "views", "checks")} == {6, 10, 13}
    assert {row["parity"] for row in card["settings_compared"]} == {"EQUAL", "DISCLOSED"}
    assert (card["context"]["as_of"], card["problem"]) == ("2026-01-31", None)


def test_before_the_runs_it_does_not_hold(said):
    code, out, _ = said("clm", "--as-of", "2026-01-09")
    assert code == 1
    assert "n = 0 + 0 sessions" in out


@pytest.mark.parametrize(
    ("claims", "hint"),
    [([claim(claim_id="clm-1")], "The nearest is 'clm-1'."), ([], "No claim is registered.")],
)
def test_there_is_no_such_claim(said, claims, hint):
    code, out, err = said("clm-2\x1b", "--as-of", "2026-01-31", benchmark_claims=claims)
    assert (code, out) == (2, "")
    assert err == f"There is no claim 'clm-2\\x1b' on this data date. {hint}\n"


def test_no_control_character_of_the_data_reaches_the_terminal(said):
    code, out, _ = said("clm", theirs={"tuned_by": "\x1b[2J"})
    assert code == 0
    assert "\x1b" not in out
    assert "\N{REPLACEMENT CHARACTER}[2J" in out


def test_a_warehouse_that_cannot_be_read_exits_with_1(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{tmp_path / 'gone.duckdb'}")
    code = main(("claim", "clm", "--as-of", "2026-01-31"))
    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    assert said.err.startswith("There is no warehouse at its address.")
    assert "gone.duckdb" not in said.err
