"""The call queue in words."""

import datetime as dt

import polars as pl

from components import queue
from queries import words
from queries.triage.question import Triage

ROW = {
    **dict.fromkeys(Triage.column_names()),
    "account_id": "a",
    "account_name": "Acme",
    "status": "at_risk",
    "band": "at_risk",
    "owner_name": "Ada",
    "hyperscalers": "gcp, none",
    "arr_usd": 1_234_000.0,
    "days_to_renewal": 41,
    "reasons": "usage −38 % in 28 d · 3 incidents in 28 d",
    "score": 31.4,
    "score_before": 58.2,
    "spark": "▅▅▄▄▃▃▃▃",
    "coverage_share": 1.0,
    "is_new_reason": False,
    "notes": 0,
}
TO = "account?account=a"


def read(text):
    return text.replace(queue.NO_BREAK, " ")


def test_an_item_says_money_clock_place_owner_reasons_and_the_score_with_its_past():
    assert read(queue.item(ROW, TO)) == (
        f":red[▲ At risk] **[Acme]({TO})** "
        "\\$1.23M ARR · renews in 41 d · Google Cloud, On-prem *Ada*  \n"
        "usage −38 % in 28 d · 3 incidents in 28 d :gray[· score 31 ▅▅▄▄▃▃▃▃ · was 58]"
    )


def test_a_known_chance_puts_the_expected_loss_beside_the_money():
    assert queue.facts(ROW | {"expected_loss_usd": 246_800.0})[:2] == [
        "$1.23M ARR",
        "$247k expected loss",
    ]


def test_a_lapsed_account_shows_the_money_of_the_contract_that_ended():
    lapsed = ROW | {
        "hyperscalers": "",
        "arr_usd": 0.0,
        "arr_lapsed_usd": 1_234_000.0,
        "days_lapsed": 10,
        "days_to_renewal": None,
    }
    assert queue.facts(lapsed) == ["$1.23M ARR lapsed"]


def test_what_is_unknown_is_said():
    unknown = ROW | {
        "days_to_renewal": None,
        "owner_name": None,
        "score": None,
        "score_before": None,
        "coverage_share": 0.375,
        "reasons": "",
    }
    assert queue.renewal(unknown) == "renewal date unknown"
    assert queue.hand(unknown) == ["no owner known"]
    assert queue.scores(unknown) == ["score – ▅▅▄▄▃▃▃▃", "38 % known"]
    assert queue.reasons(unknown) == ["no factor takes points"]


def test_what_people_did_is_said_with_who_and_until_when():
    day = dt.date(2026, 2, 14)
    row = ROW | {
        "status": "watch",
        "due_date": day,
        "override_band": "watch",
        "override_by": "ada",
        "override_reason": "CEO met us",
        "override_expires": day,
        "snoozed_until": day,
        "snoozed_by": "ben",
        "snooze_reason": "migrating",
        "acknowledged_by": "ada",
        "is_new_reason": True,
        "notes": 2,
        "last_note": "call on\nMonday",
    }
    assert queue.hand(row) == ["due 14 Feb 2026", "Ada"]
    assert queue.dealt_with(row) == [
        "override of ada until 14 Feb 2026: CEO met us (score says at risk)",
        "snoozed by ben until 14 Feb 2026: migrating",
        "acknowledged by ada",
        "a reason appeared since",
        "2 notes, last: call on\nMonday",
    ]
    assert queue.item(row, TO).count("\n") == 2, "a note's own lines do not break the item"


def test_text_from_data_is_neither_markup_nor_a_link():
    row = ROW | {"account_name": "<b>x</b>\n- :red[y](http://z)", "owner_name": "a*b"}
    item = read(queue.item(row, TO))
    assert "**[\\<b\\>x\\</b\\> - \\:red\\[y\\]\\(http\\:\N{WORD JOINER}//z\\)]" in item
    assert "*a\\*b*" in item
    assert item.count("\n") == 1


def test_a_table_says_status_and_hyperscalers_by_name():
    frame = pl.DataFrame(
        {"status": ["at_risk", "unknown", "healthy"], "hyperscalers": ["gcp, none", "aws", ""]}
    )
    assert queue.worded(frame).rows() == [
        ("▲ At risk", "Google Cloud, On-prem"),
        ("○ Unknown", "AWS"),
        ("● Healthy", ""),
    ]


def test_every_status_has_a_colour():
    assert set(queue.COLOURS) == set(words.SHAPES)
