"""A claim in words: the title, the card, the line on another page, and no ratio by itself."""

import pytest

from components.benchmarks import claim_words as said
from queries.benchmarks.claim import shown_order
from tests.benchmarks.claimed import CLAIM

NOTHING_HIDDEN = "nothing need be hidden"

REFUSED = CLAIM | {
    "is_supported": False,
    "verdict": "inconclusive",
    "parity": "INVALID",
    "robustness": None,
    "is_preregistered": False,
    "noise_floor_share": None,
    "margin_in_force_share": 0.01,
    "blocking": ["parity INVALID (unknown without a bound: kernel)"],
    "settling_run": "Run both systems again.",
}


def read(text):
    return text.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def test_a_pair_without_a_claim_has_no_headline():
    assert said.untitled(CLAIM) == "No claim is registered for Tessera over Lustre"
    nobody = dict.fromkeys(CLAIM)
    assert said.untitled(nobody) == "No pair of systems to compare"


def test_the_card_of_a_supported_claim():
    sentence, verdicts = read(said.card(CLAIM)).split("\n\n")
    assert sentence == "**:green[● Supported]** Tessera is 1.23x."
    assert verdicts == (
        ":green[● Superior] · :yellow[◆ Parity OPEN] · :green[● Robustness stands] · "
        ":gray[○ Unverified] · :green[● Pre-registered] · margin 1.2 % (noise floor 1.2 %) · "
        "claim clm, version 2"
    )


def test_the_card_of_a_refused_claim_names_what_blocks_it_and_what_settles_it():
    _, verdicts, blocked, settled = read(said.card(REFUSED)).split("\n\n")
    assert verdicts == (
        ":gray[○ Inconclusive] · :red[▲ Parity INVALID] · :gray[○ Robustness unknown] · "
        ":gray[○ Unverified] · :red[▲ Registered after its first run] · margin 1.0 %, "
        "no A/A control · claim clm, version 2"
    )
    assert blocked == "**Blocked by** parity INVALID (unknown without a bound: kernel)."
    assert settled == "**Next run needed** Run both systems again."


def test_a_long_reason_ends_at_a_word():
    blocked = read(said.card(REFUSED | {"blocking": ["alpha, " * 60]})).split("\n\n")[2]
    assert blocked.endswith("alpha, alpha …")
    assert len(blocked) < len("**Blocked by** ") + said.LONGEST + 2


def test_text_of_the_data_is_no_markup():
    card = said.card(CLAIM | {"sentence": ":red[x] **y** <b>", "claim_id": "[a](b)"})
    assert "\\:red\\[x\\]" in card
    assert "\\*\\*y\\*\\* \\<b\\>" in card
    assert "\\[a\\]\\(b\\)" in card


def test_claims_stand_supported_then_with_a_ratio_then_by_campaign():
    none = REFUSED | {"ratio": None, "campaign": "a"}
    later = CLAIM | {"campaign": "d"}
    shown = sorted([none, REFUSED, later, CLAIM], key=shown_order)
    assert shown == [CLAIM, later, REFUSED, none]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "1.08× left after ×1.10"),
        ({"disclosed_credit": 1.0, "room_left": 1.198}, "hidden, it erases it"),
        # Where the interval holds 1 there is no claim that a hidden difference could erase.
        ({"tipping_factor": 0.97, "disclosed_credit": 1.0, "room_left": 0.97}, NOTHING_HIDDEN),
        ({"tipping_factor": 1.0, "room_left": 1 / 1.1}, NOTHING_HIDDEN),
        ({"room_left": None}, None),
    ],
)
def test_the_room_that_is_left_of_a_claim(changed, expected):
    assert said.room(CLAIM | changed) == expected


def test_the_interval_or_that_there_is_none():
    assert said.interval(CLAIM) == "95 % [1.19, 1.27]"
    assert said.interval(CLAIM | {"ratio_low": None}) == "no interval"


def test_a_pair_without_a_claim_says_what_would_make_one():
    pair = {"reasons": None, "direction": None, "verification": None}
    first, facts, settled = read(said.unclaimed(pair)).split("\n\n")
    assert first == f"**:gray[○ No registered claim]** {said.UNREGISTERED}"
    assert facts == (
        ":red[▲ Parity INVALID] · :gray[○ Verification unknown] · no parity template · "
        "direction unknown"
    )
    then = "then run both systems again."
    assert settled == f"**Next run needed** Register the claim with its campaign type, {then}"
