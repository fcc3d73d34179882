"""Every page in the browser: reached by each way, in one piece, at both sizes, light and dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from components.core.navigation import ENTRIES, SIDEBAR, Entry
from tests.e2e.conftest import PHONE, WIDE, Serve, Visit, once_at_rest, settle

pytestmark = pytest.mark.browser

every_page = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.page)

GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 23, 42)"}
# What reaches over the edge of the window, or is cut by its own box; scrolling tables and code
# are meant to scroll. Plotly cuts text at the edge of its drawing.
CLIPPED = """() => {
    const seen = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true})
    const say = (why, found) =>
        found.map(e => `${why}: <${e.tagName}> ${(e.textContent || '').slice(0, 60)}`)
    const reaches = (e, box) => {
        const own = e.getBoundingClientRect()
        return own.width > 1 && (own.left < box.left - 1 || own.right > box.right + 1
            || own.top < box.top - 1 || own.bottom > box.bottom + 1)
    }
    const main = document.querySelector('[data-testid=stMain]')
    const all = selector => [...main.querySelectorAll(selector)].filter(seen)
    const sideways = [document.documentElement, main].filter(e => e.scrollWidth > e.clientWidth)
    const window_ = {left: 0, right: innerWidth, top: -Infinity, bottom: Infinity}
    const over = all('h1, h2, h3, p, button, input, label, svg.main-svg')
        .filter(e => !e.closest('[data-testid=stDataFrame], pre') && reaches(e, window_))
    const cut = all('p, label, summary, h1, h2, h3').filter(e =>
        !e.closest('[data-testid=stDataFrame], pre') && e.scrollWidth > e.clientWidth + 1)
    // A column of single letters.
    const squeezed = all('p, [data-testid=stMetric] *').filter(e => {
        const own = e.getBoundingClientRect(), letter = parseFloat(getComputedStyle(e).fontSize)
        return !e.childElementCount && own.width < 2 * letter && own.height > 4 * letter
    })
    const drawn = all('.js-plotly-plot').flatMap(plot =>
        [...plot.querySelectorAll('.main-svg text')].filter(e => seen(e) && e.textContent.trim()
            && reaches(e, plot.getBoundingClientRect())))
    return [...say('scrolls sideways', sideways), ...say('over the edge', over),
        ...say('cut short', cut), ...say('squeezed', squeezed),
        ...say('outside its figure', drawn)]
}"""


DRAWN_TO_FIT = """() => [...document.querySelectorAll('.js-plotly-plot')].every(plot =>
    Math.abs(plot.querySelector('.main-svg').clientWidth - plot.clientWidth) < 1)"""

# The pages whose figures are given the room that their labels take.
HOLDS_ITS_LABELS = {"overview", "renewals", "usage"}
# The figures whose labels needed more room than their margins gave: those were drawn twice.
SHORT_OF_ROOM = """() => [...document.querySelectorAll('.js-plotly-plot')].filter(plot =>
    ['l', 'r', 't', 'b'].some(side =>
        plot._fullLayout._size[side] > plot._fullLayout.margin[side] + 0.5)
).map(plot => plot._fullLayout.title.text)"""


def _address(entry: Entry) -> str:
    """The page of `entry`, with an account where it is of one."""
    return f"/{entry.page}{'?account=acc-0135' * (entry.page == 'account')}"


def _stands(page: Page, entry: Entry) -> None:
    """The page of `entry` is shown, with one title, and nothing on it failed."""
    assert page.url.split("?")[0].endswith(f"/{entry.page}")
    expect(page.locator("h1")).to_have_count(1)
    assert page.locator("h1").inner_text().strip()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def _nothing_is_clipped(page: Page) -> None:
    """All is shown whole, in light and in dark."""
    for scheme, ground in GROUNDS.items():
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        settle(page)
        assert once_at_rest(page, CLIPPED) == []


@every_page
def test_a_page_can_be_the_first_thing_a_fresh_server_is_asked_and_is_shown_whole(
    serve: Serve, visit: Visit, entry: Entry
):
    with serve() as address:
        page = visit(_address(entry), at=address)
        _stands(page, entry)
        # Its answer stands above the fold.
        title = page.locator("h1").bounding_box()
        assert title is not None
        assert title["y"] + title["height"] < WIDE[1] / 3
        if entry.page in HOLDS_ITS_LABELS:
            expect(page.locator(".js-plotly-plot .main-svg .xy").first).to_be_visible()
            assert once_at_rest(page, SHORT_OF_ROOM) == []
        _nothing_is_clipped(page)
        # What a zoom of 200 % leaves of the window.
        page.set_viewport_size({"width": WIDE[0] // 2, "height": WIDE[1] // 2})
        page.wait_for_function(DRAWN_TO_FIT)
        assert once_at_rest(page, CLIPPED) == []
        # Before its server goes: a page left alone looks for it, and that is no error.
        page.close()


def test_every_page_is_reached_through_the_sidebar(visit: Visit):
    page = visit("/")
    # The page that is shown already comes last.
    for entry in (*ENTRIES[1:], ENTRIES[0]):
        page.locator(f".st-key-{SIDEBAR}").get_by_role("link", name=entry.title).click()
        page.wait_for_url(f"**/{entry.page}*")
        expect(page).to_have_title(re.compile(f"^{entry.title}: "))
        settle(page)
        _stands(page, entry)


def test_the_root_leads_to_the_first_page_and_back_leads_out_again(visit: Visit):
    page = visit("/?hyperscaler=aws")
    _stands(page, ENTRIES[0])
    page.wait_for_url("**/overview?hyperscaler=aws&as_of=*")
    # The data date that a page writes into its address is a step of Streamlit's own.
    page.go_back()
    settle(page)
    page.go_back()
    assert page.url == "about:blank"


@every_page
def test_nothing_is_clipped_on_a_phone(visit: Visit, entry: Entry):
    _nothing_is_clipped(visit(_address(entry), size=PHONE))
