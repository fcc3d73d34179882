"""The call queue in words."""

import polars as pl

from components import queue
from queries import words
from queries.definitions.thresholds import SILENCE

ROW = {
    "account_name": "Acme",
    "status": "at_risk",
    "owner_name": "Ada",
    "hyperscalers": "gcp, none",
    "arr_usd": 1_234_000.0,
    "arr_touched_usd": 1_234_000.0,
    "days_to_renewal": 41,
    "usage_28d_tib_hours": 5.0,
    "signals": 3,
    "inputs_known": 6,
    "inputs_total": 7,
    "reasons": "usage −38 % in 28 d · renews in 41 d · 3 incidents in 28 d",
}


TO = "account?account=a"


def read(text):
    return text.replace(queue.NO_BREAK, " ")


def test_an_item_says_money_clock_and_place_and_no_reason_twice():
    assert read(queue.item(ROW, TO)) == (
        f"- :red[▲ At risk] [**Acme**]({TO}) "
        "\\$1.23M ARR · renews in 41 d · Google Cloud, On-prem *Ada*  \n"
        "  usage −38 % in 28 d · 3 incidents in 28 d :gray[· 6 of 7 indicators known]"
    )


def test_a_lapsed_account_shows_the_money_of_the_contract_that_ended():
    lapsed = ROW | {
        "hyperscalers": "",
        "arr_usd": 0.0,
        "days_to_renewal": None,
        "signals": 1,
        "reasons": "contract ended 10 d ago",
    }
    assert read(queue.item(lapsed, TO)) == (
        f"- :red[▲ At risk] [**Acme**]({TO}) "
        "\\$1.23M ARR lapsed *Ada*  \n"
        "  contract ended 10 d ago :gray[· 6 of 7 indicators known]"
    )
    assert queue.brief(lapsed, TO) == (
        f"- :red[▲ At risk] [**Acme**]({TO}) \\$1.23M  \n  :gray[contract ended 10 d ago]"
    )


def test_text_from_data_is_neither_markup_nor_a_second_item():
    item = read(
        queue.item(ROW | {"account_name": "<b>x</b>\n- :red[y](http://z)", "owner_name": "a*b"}, TO)
    )
    assert "**\\<b\\>x\\</b\\> - \\:red\\[y\\]\\(http\\:\N{WORD JOINER}//z\\)**" in item
    assert "*a\\*b*" in item
    assert item.count("\n") == 1


def test_unknown_usage_is_a_reason_even_after_three_others():
    silent = ROW | {"usage_28d_tib_hours": None, "reasons": "one · two · three"}
    assert queue.reasons(silent) == ["one", "two", "three", SILENCE]


def test_unknown_usage_is_said_once():
    silent = ROW | {
        "usage_28d_tib_hours": None,
        "signals": 0,
        "reasons": SILENCE,
    }
    assert queue.reasons(silent) == [SILENCE]


def test_what_is_not_listed_is_counted_by_status():
    counts = {"at_risk": 2, "watch": 0, "unknown": 1, "healthy": 1200}
    assert (
        queue.not_listed(counts, ("at_risk",)) == "Not listed here: ○ 1 unknown, ● 1,200 healthy."
    )
    assert queue.not_listed(counts, (*queue.FLAGGED, "healthy")) == ""


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


def test_the_health_mix_says_shape_count_and_word():
    counts = {"at_risk": 2, "watch": 0, "unknown": 1, "healthy": 1200}
    assert read(queue.mix(counts)) == (
        ":red[▲ 2 at risk] · :yellow[◆ 0 watch] · :gray[○ 1 unknown] · :green[● 1,200 healthy]"
    )
