"""Downloads and acts in the browser: one press, one file; and none once access has ended."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.conftest import Serve, Visit, settle

pytestmark = pytest.mark.browser

ADDRESS = "/usage?as_of=2026-01-15&hyperscaler=aws"
ENDED = "Your access has ended. Ask for it again."
SPENT = "This download was fetched already, or a minute has passed. Press its button again."
Told = Callable[..., None]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("facts") / "facts.json"


@pytest.fixture(scope="module")
def revocable(serve: Serve, facts: Path) -> Iterator[str]:
    """The address of a server whose viewer and clock the test changes."""
    facts.write_text(json.dumps({"viewer": "ada", "seconds": 0}))
    with serve("tests.e2e.revocable:app", TEST_FACTS=str(facts)) as address:
        yield address


@pytest.fixture
def told(facts: Path) -> Iterator[Told]:
    """A function that changes who looks, and the time: `told(viewer=None, seconds=60)`."""

    def tell(*, viewer: str | None = "ada", seconds: float = 0) -> None:
        facts.write_text(json.dumps({"viewer": viewer, "seconds": seconds}))

    tell()
    yield tell
    tell()


def files(page: Page) -> Locator:
    """The files of the daily usage section."""
    page.locator(".st-key-usage_daily_more").get_by_role("button").click()
    body = page.get_by_test_id("stPopoverBody")
    expect(body.get_by_role("button", name="Download CSV")).to_be_visible()
    return body


def unspent(page: Page, body: Locator) -> str:
    """A token that a click minted, and that the page was kept from spending."""
    kept = {"Content-Disposition": 'attachment; filename="kept.csv"'}
    page.route("**/download", lambda route: route.fulfill(headers=kept, body=""))
    with page.expect_request("**/download") as asked:
        body.get_by_role("button", name="Download CSV").click()
    expect(body.get_by_role("status")).to_have_text("Downloaded as kept.csv.")
    page.unroute("**/download")
    return asked.value.headers["download-token"]


def spend(page: Page, at: str, token: str) -> tuple[int, str]:
    answer = page.request.post(f"{at}/download", headers={"Download-Token": token})
    assert answer.headers["cache-control"] == "no-store"
    return answer.status, answer.text().strip()


def test_one_press_of_a_key_delivers_the_file_however_long_the_page_stood_open(
    visit: Visit, revocable: str, told: Told, tmp_path: Path
):
    page = visit(ADDRESS, at=revocable)
    body = files(page)
    told(seconds=3600)
    body.get_by_role("button", name="Download CSV").focus()
    with page.expect_request("**/download") as asked, page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(path := tmp_path / "file.csv")
    content = path.read_bytes()
    named = f"bellwether-usage_by_hyperscaler-2026-01-15-{_hash(content)}.csv"
    assert download.value.suggested_filename == named
    assert b"# Filters: hyperscaler = aws\n" in content
    expect(body.get_by_role("status")).to_have_text(f"Downloaded as {named}.")
    # What the page holds of it is the token, which is spent.
    token = asked.value.headers["download-token"]
    assert spend(page, revocable, token) == (410, SPENT)
    # The same rows again are the same file.
    with page.expect_download() as again:
        body.get_by_role("button", name="Download CSV").click()
    assert again.value.suggested_filename == named


def test_the_card_of_a_claim_goes_along_as_three_files(
    visit: Visit, revocable: str, told: Told, tmp_path: Path
):
    told()
    page = visit("/benchmarks", at=revocable)
    page.locator(".st-key-benchmarks_claim_take").get_by_role("button").click()
    body = page.get_by_test_id("stPopoverBody")
    starts = {"png": b"\x89PNG", "pptx": b"PK", "json": b"{"}
    for ending, start in starts.items():
        with page.expect_download() as download:
            body.get_by_role("button", name=f"Download {ending.upper()}").click()
        download.value.save_as(path := tmp_path / ending)
        content = path.read_bytes()
        assert content.startswith(start)
        assert download.value.suggested_filename.endswith(f"-{_hash(content)}.{ending}")


def test_a_token_is_refused_to_another_viewer_and_after_a_minute(
    visit: Visit, revocable: str, told: Told
):
    page = visit(ADDRESS, at=revocable)
    body = files(page)
    token = unspent(page, body)
    told(viewer="ben")
    # Of equal rights, and not the one whose click minted it.
    assert spend(page, revocable, token) == (410, SPENT)
    told()
    token = unspent(page, body)
    told(seconds=60)
    assert spend(page, revocable, token) == (410, SPENT)


def test_once_access_has_ended_an_open_page_delivers_and_records_nothing(
    visit: Visit, revocable: str, told: Told
):
    page = visit(ADDRESS, at=revocable)
    body = files(page)
    triage = visit("/triage", at=revocable)
    acts = triage.get_by_role("button", name="Acknowledge")
    offered = acts.count()
    form = visit("/triage", at=revocable)
    form.get_by_role("button", name="Snooze").first.click()
    form.get_by_label("Why").fill("They asked for time.")

    token = unspent(page, body)
    told(viewer=None)
    assert spend(page, revocable, token) == (403, ENDED)
    body.get_by_role("button", name="Download CSV").click()
    expect(page.get_by_role("alert").get_by_role("paragraph")).to_have_text(ENDED)
    acts.first.click()
    expect(triage.get_by_role("alert").get_by_role("paragraph")).to_have_text(ENDED)
    form.get_by_role("dialog").get_by_role("button", name="Snooze").click()
    expect(form.get_by_role("dialog").get_by_role("alert").get_by_role("paragraph")).to_have_text(
        ENDED
    )

    told()
    triage.reload()
    settle(triage)
    assert acts.count() == offered


def test_access_that_ends_between_click_and_delivery_is_said_on_the_page(
    browser: Browser, revocable: str, told: Told
):
    def late(route: Route) -> None:
        told(viewer=None)
        route.continue_()

    # A page of its own: the browser logs a request that is refused, as it should.
    page = browser.new_page()
    page.goto(f"{revocable}{ADDRESS}")
    settle(page)
    body = files(page)
    page.route("**/download", late)
    body.get_by_role("button", name="Download CSV").click()
    expect(body.get_by_role("status")).to_have_text(ENDED)
    page.close()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
