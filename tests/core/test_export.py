"""Exports carry their context and definitions; no cell of one starts a formula."""

import csv
import datetime as dt
import io

import dataframely as dy
import openpyxl
import polars as pl
import pytest

from components.export import files
from components.export.files import about, to_csv, to_xlsx
from queries.cli.output import as_text
from queries.core.columns import codes
from queries.core.metrics import METRICS
from tests.core.answers import answer
from warehouse.contract.columns import text
from warehouse.flat import flat

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "＋1", "－1", "＠SUM(A1)"]


def lines(given):
    """The lines that say what a CSV file is, and its rows."""
    text = to_csv(given).decode()
    said = [line for line in text.splitlines() if line.startswith("# ")]
    return said, list(csv.reader(io.StringIO(text.partition("\nname,")[2].join(["name,", ""]))))


def workbook(given):
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(given)))


def said_of(book):
    return [(row[0].value, row[1].value) for row in book["About"].iter_rows()]


def test_about_says_question_context_dates_and_provenance():
    assert list(about(answer())) == [
        ("Question", "usage_by_hand: What was typed in?"),
        ("Finding", "+AWS grows fastest"),
        ("As of", dt.date(2026, 3, 31)),
        ("Filters", "hyperscaler = aws, gcp; region = emea"),
        ("Parameters", "days = 28"),
        ("account_usage_daily to", dt.datetime(2026, 3, 30, tzinfo=dt.UTC)),
        ("clusters to", "no rows"),
        ("account_usage_daily complete to", dt.datetime(2026, 3, 31, tzinfo=dt.UTC)),
        ("Read at", dt.datetime(2026, 3, 31, 9, 30, 1, tzinfo=dt.UTC)),
        ("State", "ok"),
        ("Provenance", "SIMULATED"),
    ]


def test_about_says_what_is_stale_cut_or_loaded():
    facts = dict(about(answer(state="stale", truncated=True, provenance="loaded", parameters={})))
    assert facts["State"] == "stale, truncated"
    assert facts["Provenance"] == "loaded"
    assert facts["Parameters"] == "none"


def test_a_csv_starts_with_what_it_is_and_defines_its_metrics():
    said, _ = lines(answer())
    assert said[0] == "# Question: usage_by_hand: What was typed in?"
    assert "# As of: 2026-03-31" in said
    assert "# Filters: hyperscaler = aws, gcp; region = emea" in said
    assert "# Provenance: SIMULATED" in said
    defined = [line for line in said if line.startswith("# Metric: ")]
    for line, metric in zip(
        defined, ("usage_28d", "usage_growth_share", "clusters_in_service"), strict=True
    ):
        assert line.startswith(f"# Metric: {METRICS[metric].name}; Unit: ")
        assert line.endswith(f"Id: {metric}")


def test_a_csv_keeps_numbers_numeric_and_days_and_instants_iso():
    _, rows = lines(answer())
    assert rows == [
        ["name", "quantity", "growth", "clusters", "on_day", "at"],
        ["'=1+1", "1234.5", "-0.25", "3", "2026-03-01", "2026-03-01T04:05:06Z"],
        ["", "", "", "", "", ""],
        ['two "quoted", lines of text', "", "0.5", "", "", ""],
    ]


def test_the_same_answer_is_the_same_bytes():
    assert to_csv(answer()) == to_csv(answer())


@pytest.mark.parametrize("separator", [",", ", ", ";", "; "])
@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"])
def test_no_part_of_a_line_about_the_file_starts_a_formula(separator, formula):
    said, _ = lines(answer(finding=f"Acme{separator}{formula}\nsecond line"))
    assert said[1] == f"# Finding: Acme{separator}'{formula} second line"


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_stays_text_in_cells_and_headers(formula):
    shape = type("Hostile", (dy.Schema,), {"hostile": text("Text", nullable=False)})
    frame = pl.DataFrame({formula: [formula]})
    hostile = answer(shape=shape, frame=frame)
    *_, header, row = csv.reader(io.StringIO(to_csv(hostile).decode()))
    stays = f"'{flat(formula)}"
    assert (header, row) == ([stays], [stays])
    cells = [cell for row in workbook(hostile)["Data"].iter_rows() for cell in row]
    assert [(cell.value, cell.data_type) for cell in cells] == [(stays, "s")] * 2


def test_a_list_of_words_is_one_cell_that_stays_text():
    shape = type("Listed", (dy.Schema,), {"words": codes("Words", "=a", "b")})
    frame = pl.DataFrame({"words": [["=a", "b"], []]}, schema={"words": pl.List(pl.String)})
    listed = answer(shape=shape, frame=frame)
    assert to_csv(listed).decode().endswith('\nwords\n"\'=a, b"\n""\n')
    cells = [row[0].value for row in workbook(listed)["Data"].iter_rows()]
    assert cells == ["words", "'=a, b", ""]
    assert "'=a, b" not in as_text(listed)
    assert "=a, b" in as_text(listed)


def test_a_workbook_keeps_numbers_days_and_instants():
    sheet = workbook(answer())["Data"]
    assert [cell.value for cell in sheet[1]] == [
        "name",
        "quantity",
        "growth",
        "clusters",
        "on_day",
        "at",
    ]
    assert [cell.value for cell in sheet[2]] == [
        "'=1+1",
        1234.5,
        -0.25,
        3,
        dt.datetime(2026, 3, 1),  # noqa: DTZ001 (a workbook knows no time zone)
        dt.datetime(2026, 3, 1, 4, 5, 6),  # noqa: DTZ001 (likewise)
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "n", "d", "d"]
    assert [cell.value for cell in sheet[3]] == [None] * 6
    assert sheet["A4"].value == 'two "quoted", lines of text'


def test_a_workbook_says_what_it_is_and_defines_its_metrics():
    rows = [[cell.value for cell in row] for row in workbook(answer())["About"].iter_rows()]
    facts = {row[0]: row[1] for row in rows[:11]}
    assert facts == {
        name: value if isinstance(value, str) else value.isoformat()
        for name, value in about(answer())
    } | {"Finding": "'+AWS grows fastest"}
    assert facts["Read at"] == "2026-03-31T09:30:01+00:00"
    assert rows[12][:3] == ["Metric", "Unit", "Formula"]
    assert [row[0] for row in rows[13:]] == [
        METRICS[metric].name
        for metric in ("usage_28d", "usage_growth_share", "clusters_in_service")
    ]


def test_rows_beyond_a_sheet_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(files, "MOST_XLSX_ROWS", 2)
    book = workbook(answer(rows=[{"name": name} for name in "abcde"]))
    assert [row[0].value for row in book["Data"].iter_rows()] == ["name", "a", "b"]
    assert ("Left out", "3 rows beyond the 2 of a sheet; CSV has all") in said_of(book)


def test_text_beyond_a_cell_is_cut_and_counted():
    # Two cells fit: the third grows beyond the limit by the apostrophe that keeps it text.
    names = ["x" * 32_767, "short", f"={'x' * 32_766}", "y" * 32_768]
    book = workbook(answer(rows=[{"name": name} for name in names]))
    cells = [row[0].value for row in book["Data"].iter_rows(min_row=2)]
    assert cells == [names[0], "short", f"'={'x' * 32_765}", "y" * 32_767]
    assert ("Cut short", "2 cells at the 32,767 characters of a cell; CSV has all") in said_of(book)
    assert names[3] in to_csv(answer(rows=[{"name": names[3]}])).decode()


def test_a_sheet_that_holds_all_says_nothing_of_limits():
    assert {"Left out", "Cut short"}.isdisjoint(name for name, _ in said_of(workbook(answer())))


def test_an_answer_without_rows_is_a_header():
    _, rows = lines(answer(rows=[]))
    assert rows == [["name", "quantity", "growth", "clusters", "on_day", "at"]]
    assert workbook(answer(rows=[]))["Data"].max_row == 1
