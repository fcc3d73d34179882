"""Acting on the queue in a real browser: forms, the keyboard, a phone, another person's eyes."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, WIDE, settle, shut

pytestmark = pytest.mark.browser


def waiting(page):
    """The first account that nobody has acknowledged yet."""
    acknowledge = page.get_by_role("button", name="Acknowledge")
    return page.locator("[class*=st-key-item_]").filter(has=acknowledge).first


def text(item):
    return item.inner_text().replace("\xa0", " ")


def name(item):
    return item.get_by_role("link").locator("strong").inner_text()


def told(item, text):
    """Wait until the row says what became of the action."""
    item.get_by_test_id("stAlert").filter(has_text=text).wait_for()


# Where a row stands: on the screen, and among the rows.
STANDS = """item => [Math.round(item.getBoundingClientRect().top),
    [...document.querySelectorAll('[class*=st-key-item_]')].indexOf(item)]"""


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_snooze_asks_why_and_another_session_sees_it(visit, size):
    page = visit("/triage", size=size)
    account = name(waiting(page))
    item = page.locator("[class*=st-key-item_]").filter(has_text=account)
    stood = item.evaluate(STANDS)
    item.get_by_role("button", name="Snooze").click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Snooze").click()
    form.get_by_text("Fill in the reason first; nothing was recorded.").wait_for()
    form.get_by_label("Why").fill("migrating until <b>March</b>")
    form.get_by_role("button", name="Snooze").click()
    told(item, f"{account}: snoozed.")
    expect(form).to_have_count(0)
    # The row stays where it was, and so do the page and the focus.
    assert item.evaluate(STANDS) == stood
    undo = item.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    expect(undo).to_be_in_viewport()
    other = visit("/triage?snoozed=true", size=size)
    snoozed = other.locator(".st-key-queue_snoozed [class*=st-key-item_]").filter(has_text=account)
    snoozed.wait_for()
    assert "until 14 Feb 2026: migrating until <b>March</b>" in text(snoozed)
    page.keyboard.press("Enter")
    told(item, f"{account}: last action undone.")
    settle(page)
    assert item.evaluate(STANDS) == stood


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_on_a_past_data_date_an_action_asks_first(visit, size):
    page = visit("/triage?as_of=2026-01-15", size=size)
    account = name(waiting(page))
    item = page.locator("[class*=st-key-item_]").filter(has_text=account)
    item.get_by_role("button", name="Acknowledge").click()
    form = page.get_by_role("dialog")
    form.get_by_text("This page shows 15 Jan 2026; the newest data date is 31 Jan 2026.").wait_for()
    shut(page, form)
    settle(page)
    expect(item).not_to_contain_text("acknowledged")
    item.get_by_role("button", name="Acknowledge").click()
    form.get_by_role("button", name="Acknowledge").click()
    told(item, f"{account}: acknowledged.")


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_page_of_an_account_offers_the_actions_of_the_queue(visit, size):
    page = visit("/account?as_of=2026-01-31&account=acc-0135", size=size)
    actions = page.locator(".st-key-account_actions")
    actions.get_by_role("button", name="Acknowledge").click()
    told(actions, ": acknowledged.")
    undo = actions.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    expect(undo).to_be_in_viewport()
    expect(page.get_by_text("acknowledged by local viewer", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    told(actions, ": last action undone.")
    actions.get_by_role("button", name="More").click()
    for label in ("Assign", "Due date", "Note", "Override the band", "Undo the last action"):
        expect(page.get_by_role("menuitem", name=label)).to_be_visible()


def test_the_queue_is_worked_by_keyboard_alone(visit):
    page = visit("/triage")
    account = name(waiting(page))
    item = page.locator("[class*=st-key-item_]").filter(has_text=account)
    item.get_by_role("link").focus()
    page.keyboard.press("Tab")
    acknowledge = item.get_by_role("button", name="Acknowledge")
    assert acknowledge.evaluate("it => it === document.activeElement")
    page.keyboard.press("Enter")
    told(item, f"{account}: acknowledged.")
    expect(item.get_by_role("button", name="Undo")).to_be_focused()
    item.get_by_role("button", name="More").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Note", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Note").fill("called; will call back")
    form.get_by_label("Note").press("Tab")
    page.keyboard.press("Enter")
    told(item, f"{account}: note written.")
    item.filter(has_text=re.compile(r"1\s+note,\s+last:\s+called;\s+will\s+call\s+back")).wait_for()


def test_a_second_click_on_the_same_button_does_nothing(visit):
    page = visit("/triage?order=Score+alone")
    account = name(waiting(page))
    item = page.locator("[class*=st-key-item_]").filter(has_text=account)
    item.get_by_role("button", name="Acknowledge").dblclick()
    told(item, f"{account}: acknowledged.")
    settle(page)
    assert page.get_by_test_id("stAlert").filter(has_text="Not recorded").count() == 0


def test_two_sessions_that_act_at_once_are_both_told(visit):
    mine, other = visit("/triage"), visit("/triage")
    account = name(waiting(mine))
    waiting(mine).get_by_role("button", name="Acknowledge").click()
    told(mine, f"{account}: acknowledged.")
    theirs = other.locator("[class*=st-key-item_]").filter(has_text=account)
    theirs.get_by_role("button", name="Acknowledge").click()
    told(theirs, "Not recorded: local viewer acknowledged it")
    expect(theirs).to_contain_text(re.compile(r"acknowledged\s+by\s+local\s+viewer"))
