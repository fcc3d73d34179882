"""The context in the browser: filters redraw, links restore, and both travel across pages."""

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

import settings
from components.core.navigation import ENTRIES, SIDEBAR, path
from tests.e2e.conftest import PHONE, Visit, once_at_rest, settle

pytestmark = pytest.mark.browser

FILTERED = [
    entry
    for entry in ENTRIES
    if "filters.bar(" in (settings.ROOT / path(entry.page)).read_text(encoding="utf-8")
]
every_filtered_page = pytest.mark.parametrize("entry", FILTERED, ids=lambda entry: entry.page)
# What the filter bar does by itself, whichever page calls it.
two_filtered_pages = pytest.mark.parametrize("entry", FILTERED[:2], ids=lambda entry: entry.page)


def chosen(page: Page, name: str) -> Locator:
    """The words chosen in a filter."""
    return page.locator(f".st-key-{name}").get_by_label("Selected values").last


def choose(page: Page, label: str, word: str) -> None:
    """Add a word to a filter, as a reader does, and wait for the page to follow.

    The script writes the address while it runs, so once it has changed the page settles anew.
    """
    before = page.url
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=word, exact=True).click()
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: url != before)
    settle(page)


def context_line(page: Page) -> Locator:
    return page.locator(".st-key-page_head").get_by_test_id("stCaptionContainer")


def test_some_pages_have_filters():
    assert "usage" in {entry.page for entry in FILTERED}


@every_filtered_page
def test_a_filter_is_said_and_the_address_restores_the_view_to_a_stranger(
    visit: Visit, server: str, entry
):
    first = visit(f"/{entry.page}?as_of=2026-01-15&hyperscaler=azure&region=emea")
    expect(context_line(first)).not_to_contain_text("AWS")
    choose(first, "Hyperscaler", "AWS")
    expect(first.get_by_test_id("stException")).to_have_count(0)
    for said in ("as_of=2026-01-15", "hyperscaler=aws", "hyperscaler=azure", "region=emea"):
        assert said in first.url
    second = visit(first.url.removeprefix(server), stranger=True)
    for page in (first, second):
        expect(chosen(page, "hyperscaler")).to_contain_text("Azure")
        expect(chosen(page, "hyperscaler")).to_contain_text("AWS")
        expect(chosen(page, "region")).to_contain_text("EMEA")
        expect(context_line(page)).to_contain_text("as of 15 Jan 2026")
        expect(context_line(page)).to_contain_text("AWS")
        expect(page.get_by_test_id("stAlert").filter(has_text="The link")).to_have_count(0)
    assert second.url == first.url
    expect(second.locator("h1")).to_have_text(first.locator("h1").inner_text())


def test_a_filter_change_redraws_the_figure(visit: Visit):
    page = visit("/usage")
    figure = page.locator(".st-key-usage_daily_chart")
    labels = figure.locator(".main-svg .annotation-text")
    expect(labels.filter(has_text="Azure")).to_have_count(1)
    choose(page, "Hyperscaler", "AWS")
    expect(labels).to_have_text(["AWS"])


@two_filtered_pages
def test_a_malformed_link_falls_back_and_says_so(visit: Visit, entry):
    page = visit(f"/{entry.page}?as_of=yesterday&hyperscaler=%3Cb%3Emars&hyperscaler=aws")
    notices = page.get_by_test_id("stAlert")
    expect(notices.filter(has_text="data date cannot be shown: yesterday")).to_have_count(1)
    expect(notices.filter(has_text="no known hyperscaler: <b>mars")).to_have_count(1)
    expect(chosen(page, "hyperscaler")).to_have_text("AWS")
    expect(context_line(page)).to_contain_text("as of 31 Jan 2026")


# Every filter set, on a data date of the past.
SET = "as_of=2026-01-15&hyperscaler=aws&region=emea&segment=enterprise&owner=per-cs-05"
SAID = ("as of 15 Jan 2026", "AWS", "EMEA", "Enterprise", "Goril Ingrave")
# Links that leave the filters behind or the tab; those within the page have no address.
ASTRAY = """set => [...document.querySelectorAll('a[href]')].filter(link =>
    link.target === '_blank' || link.origin !== location.origin || !link.search.includes(set)
).map(link => `${link.textContent}: ${link.href}`)"""


def every_pair(names: Sequence[str]) -> list[str]:
    """A closed walk over every ordered pair of the names, each exactly once (Hierholzer)."""
    left = {name: [other for other in names if other != name] for name in names}
    walked, path = [], [names[0]]
    while path:
        if left[path[-1]]:
            path.append(left[path[-1]].pop())
        else:
            walked.append(path.pop())
    return walked[::-1]


def stands(page: Page, name: str) -> None:
    """The page shows every filter, and its address says so."""
    page.wait_for_url(f"**/{name}?{SET}")
    if name in {entry.page for entry in FILTERED}:
        for said in SAID:
            expect(context_line(page).first).to_contain_text(said)
        expect(chosen(page, "segment")).to_have_text("Enterprise")
    expect(page.locator("h1")).to_have_count(1)
    (title,) = (entry.title for entry in ENTRIES if entry.page == name)
    expect(page).to_have_title(re.compile(f"^{title}: .+ · Bellwether$"))


def test_the_walk_takes_every_ordered_pair_once():
    walk = every_pair("abcd")
    assert len(walk) == 13
    assert set(pairwise(walk)) == {(a, b) for a in "abcd" for b in "abcd" if a != b}


def test_the_filters_hold_from_every_page_to_every_other(visit: Visit):
    walk = every_pair([entry.page for entry in reversed(ENTRIES)])
    page = visit(f"/{walk[0]}?{SET}")
    seen: set[str] = set()
    for earlier, name in pairwise(walk):
        if earlier not in seen:
            settle(page)
            assert once_at_rest(page, ASTRAY, SET) == []
            seen.add(earlier)
        page.locator(f".st-key-{SIDEBAR} a[href*='{name}?']").click()
        stands(page, name)
    for name in walk[-2:-5:-1]:
        page.go_back()
        stands(page, name)
    page.reload()
    stands(page, name)


@two_filtered_pages
def test_reset_clears_every_filter(visit: Visit, entry):
    page = visit(f"/{entry.page}?as_of=2026-01-15&hyperscaler=aws&segment=startup")
    expect(chosen(page, "segment")).to_have_text("Startup")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_url(lambda url: "hyperscaler" not in url and "segment" not in url)
    settle(page)
    for name in ("hyperscaler", "segment"):
        expect(page.locator(f".st-key-{name}").get_by_label("Selected values")).to_have_count(0)
    expect(page.locator(".st-key-as_of input[type=date]")).to_have_value("2026-01-31")
    expect(context_line(page)).to_contain_text("as of 31 Jan 2026")
    # One step, so that one step back undoes it.
    page.go_back()
    page.wait_for_url(f"**/{entry.page}?as_of=2026-01-15&hyperscaler=aws&segment=startup")
    expect(chosen(page, "segment")).to_have_text("Startup")


def test_back_returns_to_the_filter_before(visit: Visit):
    page = visit("/usage")
    titles = [page.locator("h1").inner_text()]
    for word in ("AWS", "Azure"):
        choose(page, "Hyperscaler", word)
        expect(chosen(page, "hyperscaler")).to_contain_text(word)
        page.wait_for_url(f"**{word.lower()}*")
        titles.append(page.locator("h1").inner_text())
    page.go_back()
    expect(chosen(page, "hyperscaler")).to_have_text("AWS")
    expect(page.locator("h1")).to_have_text(titles[1])
    page.go_back()
    expect(page.locator(".st-key-hyperscaler").get_by_label("Selected values")).to_have_count(0)
    expect(page.locator("h1")).to_have_text(titles[0])
    assert all(earlier != later for earlier, later in pairwise(titles))


@two_filtered_pages
def test_on_a_phone_the_filters_wait_behind_one_button_that_counts_them(visit: Visit, entry):
    page = visit(f"/{entry.page}?hyperscaler=aws&region=emea", size=PHONE)
    expect(page.get_by_label("Hyperscaler", exact=True)).to_be_hidden()
    page.locator(".st-key-filters_toggle").get_by_text("Filters (2 set)").click()
    expect(page.get_by_label("Hyperscaler", exact=True)).to_be_visible()


@two_filtered_pages
def test_the_keyboard_reaches_the_filters(visit: Visit, entry):
    page = visit(f"/{entry.page}")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''"))
        if "Owner" in reached:
            break
    filters = [label for label in reached if label in {"Hyperscaler", "Region", "Segment", "Owner"}]
    assert filters == ["Hyperscaler", "Region", "Segment", "Owner"]
