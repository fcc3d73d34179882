"""One account in the browser: reached from a list and from a table, whole at both sizes."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, WIDE, Visit, once_at_rest, settle
from tests.e2e.test_pages_in_browser import CLIPPED

pytestmark = pytest.mark.browser

# Two contracts on two hyperscalers, and a restated day: every section has something to show.
RICH = "/account?as_of=2026-01-31&account=acc-0135"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_of_an_account_is_clipped_and_its_facts_come_first(
    visit: Visit, size: tuple[int, int]
):
    page = visit(RICH, size=size)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    assert once_at_rest(page, CLIPPED) == []
    facts = page.get_by_text("owner Brisolde").bounding_box()
    timeline = page.get_by_role("heading", name="Timeline").bounding_box()
    charts = page.get_by_role("heading", name="Use of the commitment").bounding_box()
    assert facts is not None
    assert timeline is not None
    assert charts is not None
    assert facts["y"] < timeline["y"]
    if size == PHONE:
        assert timeline["y"] < charts["y"]


def test_a_name_in_the_queue_leads_to_the_account_with_the_filters_of_the_queue(visit: Visit):
    page = visit("/triage?as_of=2026-01-31&region=emea")
    link = page.locator(".st-key-queue_triage a").first
    name = link.locator("strong").inner_text()
    address = re.compile(r"/account\?as_of=2026-01-31&region=emea&account=acc-\d+$")
    with page.context.expect_page() as opened:
        link.click(button="middle")
    beside = opened.value
    settle(beside)
    link.click()
    page.wait_for_url(address)
    settle(page)
    for tab in (beside, page):
        assert address.search(tab.url)
        expect(tab.locator("h1")).to_contain_text(name)
    beside.close()
    page.go_back()
    page.wait_for_url("**/triage?as_of=2026-01-31&region=emea")
    expect(page.locator(".st-key-queue_triage a strong").first).to_have_text(name)


def test_an_account_found_by_a_search_has_an_address_and_back_returns_to_what_was_found(
    visit: Visit,
):
    page = visit("/account?as_of=2026-01-31&region=emea")
    found = page.locator(".st-key-account_choice a")
    expect(page.get_by_text(re.compile("accounts found, .* not shown"))).to_be_visible()
    # Found while it is typed, in any order of the words.
    page.get_by_label("Find an account").press_sequentially("acc-0 ve")
    page.wait_for_url("**account_find=acc-0+ve*")
    expect(found).not_to_have_count(20)
    settle(page)
    names = found.locator("strong").all_inner_texts()
    assert names
    assert all("ve" in name.lower() for name in names)
    status = re.compile("^(. (At risk|Watch|Healthy|Unknown)|no contract) ")
    assert all(status.match(text) for text in found.all_inner_texts())
    found.first.click()
    page.wait_for_url(re.compile(r"/account\?as_of=2026-01-31&region=emea&account=acc-\d+$"))
    expect(page.locator("h1")).to_contain_text(names[0])
    page.go_back()
    expect(found.locator("strong")).to_have_text(names)


def test_choosing_a_row_of_a_table_opens_its_account_in_the_same_tab(visit: Visit):
    page = visit("/usage?as_of=2026-01-31&region=emea&usage_accounts_table_shown=true")
    table = page.locator(".st-key-usage_accounts_table").get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    # The first column of the first row is where a row is chosen; the table is drawn on a canvas.
    table.click(position={"x": 16, "y": 52})
    page.wait_for_url("**/account?*account=*")
    settle(page)
    assert "region=emea" in page.url
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
