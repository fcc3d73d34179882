"""A table of outcomes: what is read as what, what is left out, and what is refused."""

import datetime as dt

import polars as pl
import pytest

from queries.health.evidence.backtest.table import TableRefused, outcomes, read_table

ROWS = 40


def table(**columns):
    churn = ["Yes" if row % 4 == 0 else "No" for row in range(ROWS)]
    usage = [float(row) for row in range(ROWS)]
    return pl.DataFrame({"churn": churn, "usage": usage} | columns)


def test_every_column_is_used_or_left_out_with_a_reason():
    found = outcomes(
        table(
            id=[f"c-{row}" for row in range(ROWS)],
            note=[f"text {row % 30}" for row in range(ROWS)],
            signed=[dt.date(2026, 1, 1)] * ROWS,
            constant=[1] * ROWS,
            empty=[None] * ROWS,
            plan=["gold" if row % 2 else " silver " for row in range(ROWS)],
            charges=[" " if row == 3 else f"{row}.5" for row in range(ROWS)],
            active=[row % 3 == 0 for row in range(ROWS)],
        ),
        label="churn",
    )
    assert found.remarks == (
        "id left out: it names each row",
        "note left out: 30 different texts",
        "signed left out: a date is no factor",
        "constant left out: it has one value",
        "empty left out: Null is no factor",
        "charges read as numbers; 1 blank or unreadable",
    )
    assert found.factors.columns == ["usage", "plan", "charges", "active"]
    assert found.factors["plan"].unique().sort().to_list() == ["gold", "silver"]
    assert found.factors["charges"][:4].to_list() == [0.5, 1.5, 2.5, None]
    assert found.factors["active"][:2].to_list() == [1.0, 0.0]
    assert (found.positive, found.events, found.base_share) == ("Yes", 10, 0.25)


def test_unknown_texts_are_a_level_and_numbers_that_are_none_are_unknown():
    plan = [None if row % 3 == 0 else "gold" for row in range(ROWS)]
    odd = [
        float("nan") if row == 0 else float("inf") if row == 1 else row / 2 for row in range(ROWS)
    ]
    found = outcomes(table(plan=plan, odd=odd), label="churn")
    assert found.factors["plan"][:2].to_list() == ["(missing)", "gold"]
    assert found.factors["odd"][:3].to_list() == [None, None, 1.0]


def test_rows_without_an_outcome_are_left_out_and_not_counted_as_kept():
    rows = table().with_columns(churn=pl.when(pl.int_range(pl.len()) < 30).then(pl.col("churn")))
    found = outcomes(rows, label="churn")
    assert len(found.happened) == 30
    assert found.remarks == ("10 rows without an outcome left out",)


def test_events_are_accounts_and_not_rows():
    found = outcomes(
        table(account=[row // 8 for row in range(ROWS)]), label="churn", account="account"
    )
    assert (int(found.happened.sum()), found.events) == (10, 5)


@pytest.mark.parametrize(
    "times",
    [
        ["2026-01-01", "2026-03-01", "2026-02-01", "2026-01-01"] * 10,
        ["1", "10", "9", "1"] * 10,
        [dt.date(2026, 1, 1), dt.date(2026, 3, 1), dt.date(2026, 2, 1), dt.date(2026, 1, 1)] * 10,
        [1, 10, 9, 1] * 10,
    ],
)
def test_times_are_put_in_order(times):
    found = outcomes(table(at=times), label="churn", time="at")
    assert found.times[:4].tolist() == [1, 3, 2, 1]
    assert "at" not in found.factors.columns


@pytest.mark.parametrize(
    ("words", "given", "positive"),
    [
        (("1", "0"), None, "1"),
        (("churned", "active"), None, "churned"),
        (("TRUE", "FALSE"), None, "TRUE"),
        (("won", "stayed"), "won", "won"),
    ],
)
def test_the_word_for_churn_is_known_or_given(words, given, positive):
    rows = table(churn=[words[row % 4 > 0] for row in range(ROWS)])
    found = outcomes(rows, label="churn", positive=given)
    assert (found.positive, found.events) == (positive, 10)


@pytest.mark.parametrize(
    ("columns", "asked", "expected"),
    [
        ({}, {"label": "churned"}, "There is no column 'churned'"),
        ({}, {"label": "churn", "time": "at"}, "There is no column 'at'"),
        ({"churn": ["Yes"] * ROWS}, {"label": "churn"}, "has 1 values; it takes two"),
        ({"churn": list("abcd") * 10}, {"label": "churn"}, "has 4 values; it takes two"),
        ({"churn": ["red", "blue"] * 20}, {"label": "churn"}, "which one is churn"),
        ({}, {"label": "churn", "positive": "Maybe"}, "is never 'Maybe'"),
        ({"usage": [1] * ROWS}, {"label": "churn"}, "No column is left as a factor"),
        ({"at": [None, *range(39)]}, {"label": "churn", "time": "at"}, "1 rows have no at"),
        ({"at": ["soon"] * ROWS}, {"label": "churn", "time": "at"}, "neither a time nor a number"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_sentence(columns, asked, expected):
    with pytest.raises(TableRefused, match=expected):
        outcomes(table(**columns), **asked)


def test_files_are_read_by_their_kind_and_refused_in_a_sentence(tmp_path):
    rows = table()
    rows.write_parquet(tmp_path / "rows.parquet")
    rows.write_csv(tmp_path / "rows.csv")
    assert read_table(tmp_path / "rows.parquet").equals(rows)
    assert read_table(tmp_path / "rows.csv").equals(rows)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    rows.clear().write_csv(tmp_path / "empty.csv")
    for name, expected in (
        ("none.csv", "There is no file"),
        ("broken.parquet", "cannot be read"),
        ("empty.csv", "holds no row"),
    ):
        with pytest.raises(TableRefused, match=expected):
            read_table(tmp_path / name)
