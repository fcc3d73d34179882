"""Acting on the queue in a real browser: forms, the keyboard, a phone, another person's eyes."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, WIDE, settle

pytestmark = pytest.mark.browser


def first(page):
    return page.locator("[class*=st-key-item_]").first


def waiting(page):
    """The first account that nobody has acknowledged yet."""
    acknowledge = page.get_by_role("button", name="Acknowledge")
    return page.locator("[class*=st-key-item_]").filter(has=acknowledge).first


def text(item):
    return item.inner_text().replace("\xa0", " ")


def name(item):
    return item.get_by_role("link").inner_text()


def notice(page, says):
    page.get_by_test_id("stAlert").filter(has_text=says).wait_for()


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_snooze_asks_why_and_another_session_sees_it(visit, size):
    page = visit("/triage", size=size)
    account = name(first(page))
    first(page).get_by_role("button", name="Snooze").click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Snooze").click()
    form.get_by_text("Fill in the reason first; nothing was recorded.").wait_for()
    form.get_by_label("Why").fill("migrating until <b>March</b>")
    form.get_by_role("button", name="Snooze").click()
    notice(page, f"{account}: snoozed.")
    expect(first(page)).not_to_contain_text(account)
    other = visit("/triage?snoozed=true", size=size)
    snoozed = other.locator(".st-key-queue_snoozed [class*=st-key-item_]").filter(has_text=account)
    snoozed.wait_for()
    assert "until 14 Feb 2026: migrating until <b>March</b>" in text(snoozed)
    page.locator(".st-key-triage_notice").get_by_role("button", name="Undo").click()
    notice(page, f"{account}: last action undone.")
    expect(first(page)).to_contain_text(account)


def test_the_queue_is_worked_by_keyboard_alone(visit):
    page = visit("/triage")
    account = name(waiting(page))
    item = page.locator("[class*=st-key-item_]").filter(has_text=account)
    item.get_by_role("link").focus()
    page.keyboard.press("Tab")
    acknowledge = item.get_by_role("button", name="Acknowledge")
    assert acknowledge.evaluate("it => it === document.activeElement")
    page.keyboard.press("Enter")
    notice(page, f"{account}: acknowledged.")
    item.get_by_role("button", name="More").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Note", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Note").fill("called; will call back")
    form.get_by_label("Note").press("Tab")
    page.keyboard.press("Enter")
    notice(page, f"{account}: note written.")
    item.filter(has_text=re.compile(r"1\s+note,\s+last:\s+called;\s+will\s+call\s+back")).wait_for()


def test_a_second_click_on_the_same_button_does_nothing(visit):
    page = visit("/triage?order=Score+alone")
    account = name(waiting(page))
    waiting(page).get_by_role("button", name="Acknowledge").dblclick()
    notice(page, f"{account}: acknowledged.")
    settle(page)
    assert page.get_by_test_id("stAlert").filter(has_text="Not recorded").count() == 0


def test_two_sessions_that_act_at_once_are_both_told(visit):
    mine, other = visit("/triage"), visit("/triage")
    account = name(waiting(mine))
    waiting(mine).get_by_role("button", name="Acknowledge").click()
    notice(mine, f"{account}: acknowledged.")
    theirs = other.locator("[class*=st-key-item_]").filter(has_text=account)
    theirs.get_by_role("button", name="Acknowledge").click()
    notice(other, "Not recorded: local viewer acknowledged it")
    expect(theirs).to_contain_text(re.compile(r"acknowledged\s+by\s+local\s+viewer"))
