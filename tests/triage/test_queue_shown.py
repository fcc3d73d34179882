"""The call queue in words."""

import datetime as dt

import polars as pl

from components.triage import queue
from queries.core.answer import Answer
from queries.shared import words
from queries.triage.question import QUESTIONS, Triage
from warehouse.context import EVERYTHING, Context

ROW = {
    **dict.fromkeys(Triage.column_names()),
    "account_id": "a",
    "account_name": "Acme",
    "status": "at_risk",
    "band": "at_risk",
    "owner_name": "Ada",
    "hyperscalers": ["gcp", "none"],
    "arr_usd": 1_234_000.0,
    "days_to_renewal": 41,
    "causes": ["flagged"],
    "reasons": ["usage −38 % in 28 d", "3 incidents in 28 d"],
    "score": 31.4,
    "score_before": 58.2,
    "weekly_scores": [50.0, 62.4, 49.9, 37.5, 37.4, 30.0, 25.0, 25.0],
    "coverage_share": 1.0,
    "is_card_changed": False,
    "stale": [],
    "is_assumed": False,
    "is_new_reason": False,
    "notes": 0,
}


def read(text):
    return text.replace(words.NO_BREAK, " ")


def test_an_item_has_columns_of_money_of_reasons_with_the_score_and_of_clock_and_owner():
    assert read(queue.item(ROW)) == (
        ":red[▲ At risk] **Acme** :small[\\$1.23M ARR · Google Cloud, On-prem] "
        ":small[at risk by score · usage −38 % in 28 d · 3 incidents in 28 d "
        ":small[:gray[score 31 ▅▅▄▄▃▃▃▃ · was 58]]] "
        ":small[renews in 41 d :small[Ada]]"
    )


def test_the_loss_that_ranks_an_account_stands_beside_the_money_and_says_if_it_is_assumed():
    known = ROW | {"expected_loss_usd": 246_800.0, "ranking_loss_usd": 246_800.0}
    assert queue.facts(known)[:2] == ["$1.23M ARR", "$247k expected loss"]
    assumed = ROW | {"is_assumed": True, "ranking_loss_usd": 88_800.0}
    assert queue.facts(assumed)[:2] == ["$1.23M ARR", "$88.8k loss assumed"]


def test_a_score_is_one_bar_and_an_unknown_one_a_dot():
    assert queue.bars([None, 0.0, 12.4, 12.5, 99.0, 100.0]) == "·▁▁▂██"


def test_a_cause_is_said_in_words():
    kept = queue.item(ROW | {"causes": ["large_loss", "kept"]})
    assert "large expected loss, not flagged · kept from last week" in read(kept)


def test_a_lapsed_account_shows_the_money_of_the_contract_that_ended():
    lapsed = ROW | {
        "hyperscalers": [],
        "arr_usd": 0.0,
        "arr_lapsed_usd": 1_234_000.0,
        "days_lapsed": 10,
        "days_to_renewal": None,
    }
    assert queue.facts(lapsed) == ["$1.23M ARR lapsed"]
    assert queue.clock(lapsed) == ["lapsed 10 d ago", "Ada"]


def test_what_is_unknown_is_said():
    unknown = ROW | {
        "days_to_renewal": None,
        "owner_name": None,
        "score": None,
        "score_before": None,
        "coverage_share": 0.375,
        "reasons": [],
    }
    assert queue.clock(unknown) == ["renewal date unknown", "no owner known"]
    assert queue.scores(unknown) == ["score – ▅▅▄▄▃▃▃▃", "38 % known"]
    assert queue.reasons(unknown) == ["no factor lowers the score"]


def test_factors_whose_source_did_not_hold_are_named():
    assert queue.scores(ROW | {"stale": ["usage", "commitment"]})[-1] == "stale: usage, commitment"


def test_a_score_of_another_scorecard_is_not_compared():
    changed = ROW | {"score_before": None, "is_card_changed": True}
    assert queue.scores(changed) == ["score 31 ▅▅▄▄▃▃▃▃", "another scorecard 28 d ago"]


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
    assert queue.clock(row) == ["renews in 41 d", "due 14 Feb 2026", "Ada"]
    assert queue.dealt_with(row) == [
        "override of ada until 14 Feb 2026: CEO met us (score says at risk)",
        "snoozed by ben until 14 Feb 2026: migrating",
        "acknowledged by ada",
        "a reason appeared since",
        "2 notes, last: call on\nMonday",
    ]
    assert "last\\: call on Monday]" in read(queue.item(row))


def test_text_from_data_is_neither_markup_nor_a_link():
    row = ROW | {"account_name": "<b>x</b>\n- :red[y](http://z)", "owner_name": "a*b"}
    item = read(queue.item(row))
    assert queue.name(row).endswith(
        " **\\<b\\>x\\</b\\> - \\:red\\[y\\]\\(http\\:\N{WORD JOINER}//z\\)**"
    )
    assert item.endswith(":small[renews in 41 d :small[a\\*b]]")
    assert "\n" not in item


def test_a_table_says_status_place_causes_and_hyperscalers_by_name():
    frame = pl.DataFrame(
        {
            "status": ["at_risk", "unknown", "healthy"],
            "place": ["queue", "next", "snoozed"],
            "causes": [["flagged", "kept"], ["unknown"], []],
            "hyperscalers": [["gcp", "none"], ["aws"], []],
            "reasons": [["usage −38 % in 28 d", "3 incidents in 28 d"], [], []],
        },
        schema_overrides={"causes": pl.List(pl.String)},
    )
    assert queue.worded(frame).rows() == [
        (
            "▲ At risk",
            "Queue",
            "at risk by score, kept from last week",
            "Google Cloud, On-prem",
            "usage −38 % in 28 d · 3 incidents in 28 d",
        ),
        ("○ Unknown", "Next", "too little is known", "AWS", ""),
        ("● Healthy", "Snoozed", "", "", ""),
    ]


def answered(**rows):
    """An answer to `triage` with a capacity of 2, columns of rows over a plain account."""
    height = len(next(iter(rows.values())))
    plain = {
        "account_id": [f"a{at}" for at in range(height)],
        "account_name": [f"Account {at}" for at in range(height)],
        "arr_usd": [900.0] * height,
        "arr_selected_usd": [100.0] * height,
        "band": ["watch"] * height,
        "tier": [2] * height,
        "events": [60] * height,
        "was_in_queue": [False] * height,
        "churn_probability": [None] * height,
    }
    frame = (
        Triage.create_empty()
        .clear(height)
        .with_columns(
            pl.Series(name, values, Triage.create_empty().schema[name])
            for name, values in (plain | rows).items()
        )
    )
    return Answer(
        question=QUESTIONS[0],
        context=Context(dt.date(2026, 1, 31), EVERYTHING),
        parameters={"capacity": 2, "order": "loss"},
        frame=frame,
        state="ok",
        finding="",
        data_through={},
        read_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
        key=tuple(map(repr, rows.values())),
    )


def test_the_line_above_the_queue_says_the_order_what_it_covers_and_who_is_at_risk():
    answer = answered(
        place=["queue", "queue", "next", "snoozed"],
        churn_probability=[0.5, None, 0.25, 0.05],
        band=["at_risk", "unknown", "at_risk", "watch"],
    )
    assert queue.in_order_of(answer) == (
        "Expected loss × time pressure first (tier 2, 60 churned accounts). The queue covers $50 "
        "of $80 expected loss. The queue holds as many accounts as the team can call: 2 accounts "
        "are at risk by score, 1 of them in the queue."
    )
    assert queue.in_order_of(answered(place=["queue"], tier=[0], events=[7])) == (
        "Lowest score first, then largest ARR: no probability yet (tier 0, 7 churned accounts). "
        "The queue holds as many accounts as the team can call: 0 accounts are at risk by score, "
        "0 of them in the queue."
    )


def test_who_is_new_in_the_queue_is_known_only_beside_an_earlier_one():
    places = ["queue", "queue", "next"]
    assert queue.summary(answered(place=places)).new == ()
    one_was = answered(place=places, was_in_queue=[True, False, True])
    assert queue.summary(one_was).new == ("Account 1",)
    assert queue.summary(one_was).places == {
        "queue": 2,
        "next": 1,
        "snoozed": 0,
        "overridden": 0,
    }


def test_every_status_has_a_colour():
    assert set(queue.COLOURS) == set(words.SHAPES)
