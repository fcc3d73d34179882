"""Every page held to axe-core, light and dark, before and after a menu opens; and its print."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from components.navigation import ENTRIES
from tests.e2e.conftest import Visit, settle
from tests.e2e.test_pages_in_browser import GROUNDS

pytestmark = pytest.mark.browser

AXE = Axe()
FILTERED = "?as_of=2026-01-31&hyperscaler=aws&hyperscaler=azure&region=emea"
# What is Streamlit's own markup, each with the reason; nothing serious of ours stands here.
STREAMLITS_OWN: dict[str, str] = {}
SERIOUS = {"serious", "critical"}


def faults(page: Page) -> list[str]:
    """What axe-core finds serious, or headings out of order, with the first element of each."""
    found = AXE.run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:160]}"
        for rule in found
        if (rule["impact"] in SERIOUS or rule["id"] == "heading-order")
        and rule["id"] not in STREAMLITS_OWN
    ]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.page)
def test_axe_finds_nothing_serious_on_a_page_or_in_its_open_menu(visit: Visit, entry):
    account = "&account=acc-0135" if entry.page == "account" else ""
    page = visit(f"/{entry.page}{FILTERED}{account}")
    menu = page.get_by_label("Hyperscaler", exact=True)
    for scheme, ground in GROUNDS.items():
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        settle(page)
        assert faults(page) == []
        if menu.count():
            menu.click()
            page.get_by_role("option").first.wait_for()
            assert faults(page) == []
            page.keyboard.press("Escape")


def test_what_has_the_focus_has_a_ring(visit: Visit):
    page = visit("/definitions")
    for _ in range(6):
        page.keyboard.press("Tab")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2


def test_a_printed_page_has_no_sidebar_and_cuts_no_chart(visit: Visit):
    page = visit("/overview")
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.locator(".st-key-filter_bar")).to_be_hidden()
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.stPlotlyChart .main-svg')]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"""
    )
    assert cut == 0
