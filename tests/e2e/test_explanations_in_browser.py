"""What stands behind a number, in the browser: its definition, its rows and the files of them."""

import csv
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser

FORMULA_STARTS = ("=", "+", "@", "\t", "\r", "\0")


def opened(page: Page) -> Locator:
    """The popover of the daily usage section, opened."""
    page.locator(".st-key-usage_daily_more").get_by_role("button").click()
    body = page.get_by_test_id("stPopoverBody")
    expect(body).to_contain_text("Question")
    return body


def downloaded(page: Page, body: Locator, button: str, folder: Path) -> Path:
    with page.expect_download() as download:
        body.get_by_role("button", name=button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_tile_opens_its_definition(visit: Visit):
    page = visit("/usage")
    tile = page.get_by_test_id("stMetric").filter(has_text="AWS")
    tile.get_by_role("button", name="Help").hover()
    said = page.get_by_test_id("stTooltipContent")
    expect(said).to_contain_text("Usage, last 28 days")
    expect(said).to_contain_text("Left out:")
    expect(said).to_contain_text("Source: metering_hourly")


def test_a_section_opens_its_question_and_its_definitions(visit: Visit):
    body = opened(visit("/usage?as_of=2026-01-15&hyperscaler=aws"))
    expect(body).to_contain_text("Question usage_by_hyperscaler")
    expect(body).to_contain_text("As of 15 Jan 2026")
    expect(body).to_contain_text("Filters hyperscaler = aws")
    expect(body).to_contain_text("Provenance SIMULATED")


def test_the_csv_carries_its_context_and_no_formula(visit: Visit, tmp_path: Path):
    page = visit("/usage?as_of=2026-01-15&hyperscaler=aws")
    path = downloaded(page, opened(page), "Download CSV", tmp_path)
    assert path.name.startswith("bellwether-usage_by_hyperscaler-2026-01-15-")
    lines = path.read_text().splitlines()
    said = [line for line in lines if line.startswith("# ")]
    assert "# As of: 2026-01-15" in said
    assert "# Filters: hyperscaler = aws" in said
    assert "# Provenance: SIMULATED" in said
    assert sum("Metric: " in line for line in said) == 4
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert {row["hyperscaler"] for row in rows} == {"aws"}
    assert max(row["usage_date"] for row in rows) == "2026-01-14"
    assert not [cell for row in rows for cell in row.values() if cell.startswith(FORMULA_STARTS)]


def test_the_workbook_carries_its_context_and_no_formula(visit: Visit, tmp_path: Path):
    page = visit("/usage?as_of=2026-01-15&hyperscaler=aws")
    path = downloaded(page, opened(page), "Download XLSX", tmp_path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Data", "About"]
    said = {row[0]: row[1] for row in book["About"].iter_rows(max_col=2, values_only=True)}
    assert said["As of"] == "2026-01-15"
    assert said["Filters"] == "hyperscaler = aws"
    assert said["Provenance"] == "SIMULATED"
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    rows = list(book["Data"].iter_rows(values_only=True))
    assert {row[rows[0].index("hyperscaler")] for row in rows[1:]} == {"aws"}


def test_the_dictionary_is_searched(visit: Visit):
    page = visit("/definitions")
    everything = page.get_by_role("heading", level=2).first.inner_text()
    search = page.get_by_role("textbox", name="Find")
    search.fill("renewal")
    search.press("Enter")
    page.wait_for_url("**=renewal*")
    expect(page.get_by_role("heading", level=2).first).not_to_have_text(everything)
