"""Every page held to axe-core, light and dark, with all that opens open; and its print."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from components.core.navigation import ENTRIES, SIDEBAR
from tests.e2e.conftest import Visit, settle, shut
from tests.e2e.test_pages_in_browser import DRAWN_TO_FIT, GROUNDS

pytestmark = pytest.mark.browser

AXE = Axe()
FILTERED = "?as_of=2026-01-31&hyperscaler=aws&hyperscaler=azure&region=emea"
# What is Streamlit's own markup, by rule and element; nothing serious of ours stands here.
STREAMLITS_OWN = {
    # The body of a popover scrolls and takes no focus of its own; browsers give it to the keyboard
    # where nothing inside it has the focus.
    ("scrollable-region-focusable", 'data-testid="stPopoverBody"'),
}
SERIOUS = {"serious", "critical"}
# What the colours of a theme decide; every other rule finds the same in both.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
# What has opened, and what opened it.
OPENED = {
    "include": [
        ["[data-testid=stPopoverBody]"],
        ["[role=dialog]"],
        ["[role=listbox]"],
        ["[role=menu]"],
        ["details[open]"],
        ["[aria-expanded=true]"],
    ]
}
# What opens, by kind, and what is there once it has.
OPENS = {
    "menu": (".stMultiSelect input", "[role=option]"),
    "choice": (".stSelectbox input", "[role=option]"),
    "actions": (".stMenuButton button", "[role=menuitem]"),
    "popover": ("[data-testid=stPopoverButton]", "[data-testid=stPopoverBody]"),
    "dialog": ("button:has-text('Snooze')", "[role=dialog] button"),
    "fold": ("details:not([open]) > summary", "details[open]"),
}


def errors(
    page: Page, within: dict[str, Any] | None = None, only: list[str] | None = None
) -> list[str]:
    """What axe-core finds serious, or headings out of order, with each element."""
    options = {"runOnly": only} if only else None
    found = AXE.run(page, context=within, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in found
        if rule["impact"] in SERIOUS or rule["id"] == "heading-order"
        for node in rule["nodes"]
        if not any(rule["id"] == own and mark in node["html"] for own, mark in STREAMLITS_OWN)
    ]


def opened(page: Page) -> Iterator[str]:
    """Open the first of each kind after the other, and of popovers the first of each name."""
    seen: set[str] = set()
    for kind, (triggers, body) in OPENS.items():
        for trigger in page.locator(f".stMain :is({triggers})").all():
            name = f"{kind} {trigger.text_content()}" if kind == "popover" else kind
            if name in seen or not trigger.is_visible():
                continue
            seen.add(name)
            trigger.click()
            settle(page)
            # A rerun that ends between a click and its menu closes a list again.
            if kind in {"menu", "choice"} and not page.locator(body).first.is_visible():
                trigger.press("ArrowDown")
            page.locator(body).first.wait_for()
            settle(page)
            yield name
            if kind != "fold":
                shut(page, page.locator(body))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.page)
def test_axe_finds_nothing_serious_on_a_page_or_in_what_opens_there(visit: Visit, entry):
    account = "&account=acc-0135" if entry.page == "account" else ""
    page = visit(f"/{entry.page}{FILTERED}{account}")
    for (scheme, ground), only in zip(GROUNDS.items(), (None, OF_COLOUR), strict=True):
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        settle(page)
        assert errors(page, only=only) == []
        for name in opened(page):
            assert errors(page, OPENED, only) == [], name


def test_what_has_the_focus_has_a_ring(visit: Visit):
    page = visit("/definitions")
    for _ in range(6):
        page.keyboard.press("Tab")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2


# What A4 leaves between its margins, in CSS pixels.
PAPER = {"width": 718, "height": 1046}


def test_a_printed_page_has_no_sidebar_and_its_first_chart_whole_on_its_first_sheet(visit: Visit):
    page = visit("/overview")
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    page.wait_for_function(DRAWN_TO_FIT)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.locator(".st-key-filter_bar")).to_be_hidden()
    charts = [
        box for chart in page.locator(".stPlotlyChart").all() if (box := chart.bounding_box())
    ]
    assert charts[0]["y"] + charts[0]["height"] <= PAPER["height"]
    assert all(box["x"] + box["width"] <= PAPER["width"] + 1 for box in charts)


def test_the_link_to_the_page_shown_says_so_by_its_name(visit: Visit):
    page = visit("/usage")
    links = page.locator(f".st-key-{SIDEBAR}").get_by_role("link")
    named = [link.aria_snapshot().split("\n")[0] for link in links.all()]
    assert [name for name in named if "(page shown)" in name] == ['- link "Usage (page shown)":']
