"""The tab in a real TensorBoard: table, detail, theme, reload, address."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import middle

pytestmark = pytest.mark.browser


def test_the_tab_lists_pairs_worst_first_and_shows_the_worst(tab, two_runs_server):
    tab.page.goto(two_runs_server.url)
    tab.page.get_by_role("tab", name="Loss Health").click()
    expect(tab.rows).to_have_count(2)
    expect(tab.rows.nth(0)).to_contain_text("b_bad")
    expect(tab.rows.nth(0)).to_contain_text("Overfitting")
    expect(tab.rows.nth(1)).to_contain_text("a_good")
    expect(tab.rows.nth(0)).to_have_attribute("aria-selected", "true")
    expect(tab.heading).to_have_text("b_bad")
    expect(tab.frame.locator(".headline")).to_have_text(re.compile(r"Overfitting since step \d+"))


def test_the_row_says_what_the_server_says(tab, two_runs_server):
    tab.open(two_runs_server)
    expect(tab.rows).to_have_count(2)
    with urllib.request.urlopen(f"{two_runs_server.url}data/plugin/losshealth/overview") as answer:
        worst = json.load(answer)["pairs"][0]
    cells = tab.rows.nth(0).get_by_role("gridcell")
    expect(cells.nth(2)).to_contain_text(f"{worst['onset']['step']:,}")
    expect(cells.nth(3)).to_contain_text(f"{worst['best_value']:#.4g}")
    expect(cells.nth(3)).to_contain_text(f"step {worst['best_step']:,}")
    expect(cells.nth(4)).to_contain_text(f"+{worst['gap']['final']:#.3g}")


@pytest.mark.parametrize("scale", [1, 20_000, 90_000, 10**9])
def test_long_steps_stay_within_their_cells(tab, tensorboard, logdir, write_run, sick, scale: int):
    write_run(
        "long_steps", {tag: [(step * scale, value * 3e5) for step, value in points] for tag, points in sick.items()}
    )
    tab.open(tensorboard("--logdir", logdir))
    expect(tab.rows).to_have_count(1)
    boxes = tab.rows.first.locator(".cell.number > span").evaluate_all(
        "spans => spans.map(span => [span.getBoundingClientRect(), span.parentElement.getBoundingClientRect()])"
        ".map(([a, b]) => [a.left - b.left, b.right - a.right])"
    )
    assert len(boxes) == 6
    assert min(free for box in boxes for free in box) >= 0
    step = tab.rows.first.locator(".onset")
    expect(step).to_have_attribute(
        "title", re.compile(rf"Onset at step [\d,]+{',000' if scale > 1 else ''}, 95 % interval")
    )


def test_choosing_a_pair_draws_both_charts(tab, two_runs_server):
    tab.open(two_runs_server)
    tab.row("a_good").click()
    expect(tab.heading).to_have_text("a_good")
    expect(tab.row("a_good")).to_have_attribute("aria-selected", "true")
    expect(tab.frame.get_by_role("img", name=re.compile("^Train and validation"))).to_be_visible()
    expect(tab.frame.get_by_role("img", name=re.compile("^Generalization gap"))).to_be_visible()
    loss, gap = tab.charts()
    assert loss > 5000
    assert gap > 2000
    expect(tab.frame.locator(".readout")).to_contain_text("step 600")


def test_arrow_keys_walk_through_the_list(tab, two_runs_server):
    tab.open(two_runs_server)
    expect(tab.heading).to_have_text("b_bad")
    tab.frame.get_by_role("grid").focus()
    tab.page.keyboard.press("ArrowDown")
    expect(tab.heading).to_have_text("a_good")
    tab.page.keyboard.press("Home")
    expect(tab.heading).to_have_text("b_bad")


def test_filters_by_pattern_and_by_verdict(tab, two_runs_server):
    tab.open(two_runs_server)
    pattern = tab.frame.get_by_role("searchbox")
    pattern.fill("^a_")
    expect(tab.rows).to_have_count(1)
    expect(tab.heading).to_have_text("a_good")
    pattern.fill("nothing like this")
    expect(tab.frame.get_by_text("No pair matches")).to_be_visible()
    pattern.fill("")
    chip = tab.frame.get_by_role("button", name="Overfitting 1")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(tab.rows).to_have_count(1)
    expect(tab.heading).to_have_text("b_bad")


def test_a_column_sorts_and_says_so(tab, two_runs_server):
    tab.open(two_runs_server)
    tab.frame.get_by_role("button", name="Run", exact=True).click()
    expect(tab.rows.nth(0)).to_contain_text("a_good")
    expect(tab.frame.get_by_role("columnheader", name=re.compile("Run"))).to_have_attribute("aria-sort", "ascending")


def test_light_and_dark_follow_tensorboards_switch(tab, two_runs_server):
    tab.open(two_runs_server)
    body = tab.frame.locator("body")
    tab.theme("light")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    tab.theme("dark")
    expect(body).to_have_css("background-color", "rgb(48, 48, 48)")
    assert min(tab.charts()) > 2000


def test_reload_brings_new_runs_and_keeps_the_choice(tab, tensorboard, two_runs, write_run, sick):
    tab.open(tensorboard("--logdir", two_runs))
    tab.row("a_good").click()
    expect(tab.heading).to_have_text("a_good")
    write_run("c_new", sick)
    tab.reload()
    expect(tab.rows).to_have_count(3)
    expect(tab.heading).to_have_text("a_good")
    expect(tab.row("a_good")).to_have_attribute("aria-selected", "true")


def test_zoom_by_drag_survives_a_reload_and_ends_by_double_click(tab, tensorboard, two_runs, write_run, healthy):
    tab.open(tensorboard("--logdir", two_runs))
    plot = tab.frame.locator(".plot .u-over").first
    plot.wait_for()
    box = plot.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    tab.page.mouse.move(box["x"] + 0.25 * box["width"], y)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + 0.5 * box["width"], y, steps=5)
    tab.page.mouse.up()
    reset = tab.frame.get_by_role("button", name="Reset zoom")
    expect(reset).to_be_visible()
    tab.page.mouse.move(0, 0)
    expect(tab.frame.locator(".readout")).to_contain_text(re.compile(r"step 30\d|step 310"))
    write_run("c_new", healthy)
    tab.reload()
    expect(tab.rows).to_have_count(3)
    expect(reset).to_be_visible()
    plot.dblclick()
    expect(reset).to_be_hidden()


def test_a_refresh_of_a_growing_pair_keeps_scroll_and_cursor(tab, tensorboard, two_runs, write_run):
    tab.page.set_viewport_size({"width": 1280, "height": 600})
    tab.open(tensorboard("--logdir", two_runs), "&p.losshealth.zoom=100-300")
    expect(tab.heading).to_have_text("b_bad")
    tab.charts()
    pane = tab.frame.get_by_role("region", name="Chosen pair")
    pane.evaluate("pane => { pane.scrollTop = 60; }")
    tab.page.mouse.move(*middle(tab.frame.locator(".u-over").first))
    at_cursor = tab.frame.locator(".readout-step")
    expect(at_cursor).to_have_text("step 200")
    write_run("b_bad", {"loss/train": [(610, 0.1)], "loss/val": [(610, 0.9)]})
    tab.page.evaluate("document.querySelector('button.reload-button').click()")  # the pointer stays
    expect(tab.frame.get_by_text("61 evaluations")).to_be_visible()
    expect(at_cursor).to_have_text("step 200")
    assert pane.evaluate("pane => pane.scrollTop") == 60


def test_the_address_restores_the_chosen_pair(tab, two_runs_server):
    tab.open(two_runs_server)
    tab.row("a_good").click()
    tab.page.wait_for_url(re.compile(r"#losshealth&p\.losshealth\.pair=\w+"))
    link = tab.page.url
    tab.page.goto("about:blank")
    tab.page.goto(link)
    expect(tab.heading).to_have_text("a_good")


def test_a_link_pasted_into_the_open_page_is_followed_and_so_is_the_way_back(tab, two_runs_server):
    tab.open(two_runs_server)
    tab.row("a_good").click()
    tab.page.wait_for_url(re.compile(r"#losshealth&p\.losshealth\.pair=\w+"))
    good = tab.page.url
    tab.row("b_bad").click()
    tab.page.wait_for_url(lambda url: url != good)
    tab.page.evaluate("window.stays = true")
    tab.page.goto(f"{good}&p.losshealth.tab=pairing")
    expect(tab.heading).to_have_text("a_good")
    expect(tab.frame.get_by_role("tab", name="Pairing")).to_have_attribute("aria-selected", "true")
    tab.page.go_back()
    expect(tab.heading).to_have_text("b_bad")
    assert tab.page.evaluate("window.stays")  # TensorBoard's own page was not loaded anew
    assert len(tab.charts()) == 2


def test_a_path_prefix_does_no_harm(tab, tensorboard, two_runs):
    tab.open(tensorboard("--logdir", two_runs, "--path_prefix", "/some/where"))
    expect(tab.rows).to_have_count(2)
    assert min(tab.charts()) > 2000


def test_a_hidden_tab_asks_nothing_until_it_is_seen(tab, tensorboard, two_runs, write_run, healthy):
    tab.open(tensorboard("--logdir", two_runs))
    expect(tab.rows).to_have_count(2)
    tab.page.get_by_role("tab", name="Time Series").click()
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url) if "losshealth/overview" in request.url else None)
    write_run("c_new", healthy)
    tab.reload()
    tab.page.wait_for_timeout(1000)
    assert asked == []
    tab.page.get_by_role("tab", name="Loss Health").click()
    expect(tab.rows).to_have_count(3)
    assert asked != []


def test_the_numbers_are_a_table_too(tab, two_runs_server):
    tab.open(two_runs_server)
    tab.frame.get_by_role("tab", name="Numbers").click()
    table = tab.frame.get_by_role("table", name="At each evaluation")
    expect(table.get_by_role("row")).to_have_count(61)
    expect(tab.frame.get_by_role("row", name=re.compile("^Best validation"))).to_be_visible()


def test_the_pairing_is_explained(tab, two_runs_server):
    tab.open(two_runs_server)
    tab.frame.get_by_role("tab", name="Pairing").click()
    panel = tab.frame.get_by_role("tabpanel")
    expect(panel).to_contain_text("loss/train")
    expect(panel).to_contain_text("loss/val")
