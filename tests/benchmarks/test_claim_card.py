"""The card of a claim says what its answers say, and nothing where they say nothing."""

import hashlib
import json
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.benchmarks import claim_card
from components.benchmarks.claim_card import clean
from components.export import download
from components.export.claim import buttons as claim_buttons
from components.export.claim.document import VERIFY, to_json
from queries.benchmarks.parity_sheet import BenchmarkSettingsCompared
from tests.benchmarks.claims import CHECKS, NO_INTERVAL, REFUSED, RUNS, SENTENCE, card, made


def test_a_supported_claim_says_ratio_interval_n_parity_robustness_and_verification():
    shown = card()
    assert claim_card.state(shown.row) == "● SUPPORTED"
    assert claim_card.ratio(shown.row) == "1.23×"
    assert claim_card.interval(shown.row) == "95 % [1.19, 1.27], n = 10 + 10"
    assert dict(claim_card.verdict_lines(shown)) == {
        "Statistics": "superior",
        "Parity": "OPEN, 1 differ, 1 unknown",
        "Robustness": "stands, credited [1.08, 1.16]",
        "Room left": "1.08× after ×1.10 disclosed",
        "Other cases": "3, 1 unfavourable",
    }
    assert claim_card.claimed(shown.row) == "1.23× unverified"
    assert claim_card.weakest(shown.row) == (
        "Weakest 1.02× [0.99, 1.05] per USD, ×1.10 credited: inside the margin"
    )
    assert claim_card.blocked(shown.row) == ""


def test_a_refused_claim_says_what_blocks_it_and_what_would_settle_it():
    shown = card(**REFUSED, verification=None)
    assert claim_card.state(shown.row) == "▲ REFUSED"
    assert claim_card.blocked(shown.row) == (
        "Blocked: parity INVALID; inconclusive. Next run needed: "
        "6 + 6 sessions at MTU 8896 on both sides, storage counters recorded."
    )
    verdict_lines = dict(claim_card.verdict_lines(shown))
    assert (verdict_lines["Robustness"], verdict_lines["Room left"]) == ("not known", "not known")
    assert claim_card.claimed(shown.row) == "1.23× verification unknown"


def test_every_reason_that_blocks_is_named_as_it_stands_until_there_is_no_room():
    reasons = ["parity INVALID", "the systems ran as (AB) and (BA)"]
    row = card(**REFUSED | {"blocked_by": reasons, "settling_run": None}).row
    assert claim_card.blocked(row) == ("Blocked: parity INVALID; the systems ran as (AB) and (BA).")
    row = card(**REFUSED | {"blocked_by": ["x" * 900], "settling_run": None}).row
    assert claim_card.blocked(row) == f"Blocked: {'x' * 99}…"


def test_the_first_line_names_both_systems_and_the_metric_as_people_say_it():
    pair = "VAST on Google Cloud against Managed Lustre 1000, checkpoint_8b"
    row = card(metric="checkpoint_write_mib_per_s", unit="MiB/s").row
    assert claim_card.compared(row) == f"{pair}: checkpoint write, MiB/s, higher is better"
    # A metric that nobody gave a name keeps its id.
    assert claim_card.compared(card().row) == f"{pair}: save_throughput, GB/s, higher is better"


def test_what_is_compared_and_money_count_as_no_difference():
    shown = card()
    frame = shown.settings.frame.with_columns(is_under_test=True)
    object.__setattr__(shown, "settings", made(BenchmarkSettingsCompared, frame.to_dicts()))
    assert dict(claim_card.verdict_lines(shown))["Parity"] == "OPEN, 0 differ, 0 unknown"
    money = frame.with_columns(is_under_test=False, setting_group=pl.lit("Money"))
    object.__setattr__(shown, "settings", made(BenchmarkSettingsCompared, money.to_dicts()))
    assert (claim_card.differs(shown), claim_card.unknown(shown)) == ([], [])


def test_other_cases_of_which_nobody_knows_the_direction_are_not_counted_as_favourable():
    shown = card(undirected_cases=2)
    assert dict(claim_card.verdict_lines(shown))["Other cases"] == "3, 1 unfavourable, 2 unknown"


def test_what_is_left_is_rounded_down():
    shown = card(room_left=1.1999, disclosed_credit=1.0)
    assert dict(claim_card.verdict_lines(shown))["Room left"] == "1.19× after ×1.00 disclosed"


def test_a_claim_without_an_interval_shows_no_ratio():
    shown = card(**NO_INTERVAL, tipping_factor=None)
    assert claim_card.ratio(shown.row) == "–"
    assert claim_card.claimed(shown.row) == "– unverified"
    assert claim_card.weakest(shown.row) == ""
    assert claim_card.interval(shown.row) == "no interval, n = 10 + 10"
    assert dict(claim_card.verdict_lines(shown))["Room left"] == "not known"


def test_differences_are_named_with_both_values_and_worst_case_and_the_unknown_by_name():
    shown = card()
    assert claim_card.differs(shown) == ["client mtu 8896 against 1460 bytes (×1.10)"]
    assert claim_card.unknown(shown) == ["fill share"]
    assert (claim_card.differs(card(sheet=[])), claim_card.unknown(card(sheet=[]))) == ([], [])
    many = [f"knob {place}" for place in range(6)]
    assert claim_card.some(many) == "knob 0; knob 1; knob 2; knob 3; and 2 more"
    assert claim_card.some(many[:4]) == "knob 0; knob 1; knob 2; knob 3"


def test_what_counts_or_has_no_bound_is_named_before_what_moves_nothing():
    sheet = [
        ("full_share", "0.35", "0.36", "share", "DISCLOSED", 1.0),
        ("tuned_by", "us", "them", None, "DISCLOSED", None),
        ("mtu", "8896", "1460", "bytes", "DISCLOSED", 1.1),
    ]
    assert claim_card.differs(card(sheet=sheet)) == [
        "mtu 8896 against 1460 bytes (×1.10)",
        "full share 0.35 against 0.36 share (×1.00)",
        "tuned by us against them (no bound)",
    ]


def test_the_context_names_version_date_filters_hashes_rows_and_provenance():
    shown = card()
    said = dict(claim_card.context(shown))
    assert said.pop("Definitions SHA-256") == claim_card.definitions_sha256(shown)
    assert said == {
        "Claim": "tpu-lustre, version 2",
        "As of": "2026-03-31",
        "Filters": "hyperscaler = aws, gcp; region = emea",
        "Inputs SHA-256": "ab" * 32,
        "Rows": "benchmark_runs where campaign = tpu-2026; workload = checkpoint_8b; "
        "metric = save_throughput",
        "Provenance": "SIMULATED",
    }


def test_an_mlperf_result_carries_its_footnote():
    said = dict(claim_card.context(card(system_name="MLPerf™ Storage v1.0")))
    assert said["Footnote"].startswith("Result not verified by MLCommons Association. The MLPerf™")
    verified = dict(claim_card.context(card(campaign="mlperf-v1.0", verification="verified")))
    assert verified["Footnote"].startswith("The MLPerf™ name and logo are trademarks")


def test_a_claim_the_answer_does_not_hold_has_no_card():
    shown = card()
    object.__setattr__(shown, "claim_id", "another")
    with pytest.raises(LookupError, match="'another'"):
        _ = shown.row


@given(st.text(max_size=900))
def test_text_from_data_is_one_short_line_that_a_file_can_hold(text):
    line = clean(text)
    assert len(line) <= claim_card.LONGEST
    assert line == clean(line)
    assert line == "" or line.isprintable()
    line.encode()


def test_the_file_is_named_by_claim_and_data_date_alone():
    assert card().file_name == "bellwether-claim-tpu-lustre-2026-03-31"
    assert card(claim_id="../a b\n").file_name == "bellwether-claim-..-a-b--2026-03-31"
    assert card(claim_id="x" * 900).file_name == f"bellwether-claim-{'x' * 60}-2026-03-31"


def test_json_holds_every_answer_with_unknown_as_null_and_days_as_iso():
    said = json.loads(to_json(card(**REFUSED)))
    assert (said["state"], said["sentence"]) == ("REFUSED", REFUSED["sentence"])
    assert (said["claimed"], said["interval"]) == (
        "1.23× unverified",
        "95 % [1.19, 1.27], n = 10 + 10",
    )
    assert said["differs"] == ["client mtu 8896 against 1460 bytes (×1.10)"]
    assert said["unknown"] == ["fill share"]
    assert said["weakest"] == "Weakest 1.12× [1.09, 1.16] per USD: beyond the margin"
    assert list(said).index("differs") < list(said).index("sentence")
    assert (said["as_of"], said["provenance"]) == ("2026-03-31", "SIMULATED")
    (claim,) = said["answers"]["claim"]["rows"]
    assert (claim["bias_budget"], claim["registered_at"]) == (None, "2026-01-05T09:00:00Z")
    assert {name: len(answer["rows"]) for name, answer in said["answers"].items()} == {
        "claim": 1,
        "settings": 3,
        "budget": 0,
        "views": 0,
        "checks": len(CHECKS),
        "runs": len(RUNS),
    }
    assert said["answers"]["claim"]["metrics"]["ratio"] == "benchmark_ratio"
    assert said["definitions"]["benchmark_ratio"].startswith("median of the system / median of")


def test_a_stranger_verifies_the_json_with_one_command(tmp_path):
    content = to_json(card(sentence=f"{SENTENCE} ≥ 😀"))
    said = json.loads(content)
    assert said["verify_with"] == VERIFY
    code = VERIFY.removeprefix("python3 -c '").removesuffix("' FILE")

    def verified(text):
        path = tmp_path / "claim.json"
        path.write_bytes(text)
        ran = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code, path],
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout

    assert verified(content) == "True\n"
    assert verified(content.replace(b"1.23", b"1.24")) == "False\n"


def test_the_hash_is_of_sorted_keys_without_spaces_in_utf8():
    plain = '{"a":null,"b":"×"}'
    assert claim_card.sha256({"b": "×", "a": None}) == hashlib.sha256(plain.encode()).hexdigest()


def test_no_file_is_made_before_it_is_asked_for(monkeypatch):
    offered = []
    made = []
    monkeypatch.setattr(download, "buttons", lambda files, **_: offered.extend(files))
    monkeypatch.setattr(claim_buttons, "to_json", lambda _: made.append("JSON") or b"{}")
    claim_buttons.buttons(card(), key="claim")
    assert made == []
    assert [(file.name, file.ending) for file in offered] == [
        ("bellwether-claim-tpu-lustre-2026-03-31", ending) for ending in ("png", "pptx", "json")
    ]
    png, pptx, json_file = offered
    assert json_file.make() == b"{}"
    assert png.make().startswith(b"\x89PNG")
    assert pptx.make().startswith(b"PK")
    assert {file.shown for file in offered} == {card().claim.context.scope}


def test_what_draws_is_loaded_with_the_first_file_only():
    code = (
        "import sys, components.export.claim.buttons\n"
        "print([name for name in ('pptx', 'components.export.claim.picture') "
        "if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
