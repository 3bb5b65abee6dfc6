"""The list of all pairs: keys, groups, times, width."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import middle

pytestmark = pytest.mark.browser


def test_shift_extends_the_choice_from_the_keyboard(charts):
    charts.frame.get_by_role("grid").focus()
    charts.page.keyboard.press("Shift+ArrowDown")
    expect(charts.frame.get_by_role("heading", name="2 pairs compared")).to_be_visible()
    charts.page.keyboard.press("ArrowUp")
    expect(charts.heading).to_have_text("b_bad")


def test_ctrl_moves_alone_and_space_adds_a_row(charts):
    charts.frame.get_by_role("grid").focus()
    charts.page.keyboard.press("Control+ArrowDown")
    expect(charts.row("a_good")).to_have_attribute("aria-selected", "false")
    charts.page.keyboard.press("Space")
    expect(charts.frame.get_by_role("heading", name="2 pairs compared")).to_be_visible()
    charts.page.keyboard.press("Space")
    expect(charts.heading).to_have_text("b_bad")


def test_rows_group_by_folder_and_by_loss_and_groups_fold(tab, tensorboard, logdir, write_run, healthy, sick):
    write_run("one/a", healthy)
    write_run("two/b", sick)
    tab.open(tensorboard("--logdir", logdir))
    tab.frame.get_by_label("Group the rows").select_option("by run folder")
    headings = tab.frame.locator(".row.heading")
    expect(headings).to_have_text([re.compile("two"), re.compile("one")])
    fold = headings.first.get_by_role("button")
    fold.focus()
    tab.page.keyboard.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(fold).to_be_focused()
    expect(tab.rows).to_have_count(1)
    expect(tab.heading).to_have_text("two/b")
    tab.page.keyboard.press("Enter")
    expect(tab.rows).to_have_count(2)
    tab.frame.get_by_label("Group the rows").select_option("by loss")
    expect(headings).to_have_count(1)


def test_a_wide_list_says_when_each_pair_was_updated(charts):
    updated = charts.rows.first.locator(".updated")
    expect(updated).to_be_hidden()
    charts.page.set_viewport_size({"width": 1600, "height": 800})
    expect(updated).to_have_text(re.compile(r"^\d+ (days|months|years) ago$"))
    # The longest words there are stay clear of the figures beside them.
    updated.locator("time").evaluate("time => { time.textContent = '23 months ago'; }")
    assert updated.evaluate("cell => cell.firstChild.getBoundingClientRect().left >= cell.getBoundingClientRect().left")
    sort = charts.frame.get_by_role("columnheader", name="Updated").get_by_role("button")
    sort.click()
    expect(charts.frame.get_by_role("columnheader", name="Updated")).to_have_attribute("aria-sort", "descending")
    charts.page.wait_for_url(re.compile(r"p\.losshealth\.sort=updated\.down"))


def test_the_list_is_made_wider_by_pointer_and_by_key(charts):
    line = charts.frame.get_by_role("separator", name="Width of the list")
    overview = charts.frame.get_by_role("region", name="All pairs")
    before = overview.evaluate("element => element.offsetWidth")
    x, y = middle(line)
    charts.page.mouse.move(x, y)
    charts.page.mouse.down()
    charts.page.mouse.move(x + 120, y, steps=4)
    charts.page.mouse.up()
    assert overview.evaluate("element => element.offsetWidth") == pytest.approx(before + 120, abs=3)
    line.focus()
    charts.page.keyboard.press("Home")
    expect(line).to_have_attribute("aria-valuenow", "20")
    charts.page.keyboard.press("ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", "22")
    charts.page.reload()
    expect(line).to_have_attribute("aria-valuenow", "22")
    line.dblclick()
    assert overview.evaluate("element => element.offsetWidth") == before
    assert min(charts.charts()) > 2000


def test_a_narrow_page_keeps_its_tools_in_one_line(charts):
    charts.page.set_viewport_size({"width": 900, "height": 700})
    for tools in (".top-bar", ".detail-body:not(.compare) > .toolbar"):
        assert charts.frame.locator(tools).evaluate("element => element.offsetHeight") < 56
    chip = charts.frame.get_by_role("button", name="Overfitting 1")
    expect(chip).to_have_attribute("title", re.compile("^Overfitting: "))


def test_keys_pressed_faster_than_pairs_come_end_at_the_row_that_is_active(charts):
    charts.frame.get_by_role("grid").focus()
    for key in ["ArrowDown", "ArrowUp", "Shift+ArrowDown", "End", "Control+ArrowUp", "Space", "Home"] * 4:
        charts.page.keyboard.press(key)
    charts.page.keyboard.press("ArrowDown")
    expect(charts.row("a_good")).to_have_attribute("aria-selected", "true")
    expect(charts.row("b_bad")).to_have_attribute("aria-selected", "false")
    expect(charts.heading).to_have_text("a_good")
    assert min(charts.charts()) > 2000
