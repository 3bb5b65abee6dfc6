"""Odd logs, clumsy hands, links that somebody has changed."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Mapping

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Points, Server, Tab, drag, follow, hashed_view, saved, serve_runs

pytestmark = pytest.mark.browser

LONG_NAME = "a_loss_that_says_everything_about_its_head_and_its_reduction_in_its_name_until_the_very_end"
FIRST_NANOSECOND = 1_763_900_000 * 10**9


@pytest.fixture(scope="module")
def odd_server(tmp_path_factory: pytest.TempPathFactory, sick: Mapping[str, Points]) -> Iterator[Server]:
    """A TensorBoard over pairs that strain the page."""
    train, val = sick["loss/train"], sick["loss/val"]
    lowest = min(value for _, value in train + val)

    def pair(change: Callable[[int, float], tuple[int, float]]) -> dict[str, Points]:
        return {tag: [change(*point) for point in points] for tag, points in sick.items()}

    runs = {
        "below_a_power_of_ten": pair(lambda step, value: (step, value - lowest + 0.121)),
        "large_values": pair(lambda step, value: (step, value + 1e6)),
        "nanoseconds": pair(lambda step, value: (FIRST_NANOSECOND + step * 10**10, value)),
        "nothing_finite": pair(lambda step, _: (step, math.nan)),
        "three_evaluations": {"loss/train": train, "loss/val": val[:3]},
        "long_name": {f"{LONG_NAME}/train": train, f"{LONG_NAME}/val": val},
    }
    yield from serve_runs(tmp_path_factory.mktemp("odd"), runs)


@pytest.fixture
def odd(tab: Tab, odd_server: Server) -> Callable[[str], Tab]:
    """The tab with one of the odd runs chosen: `odd("nanoseconds")`."""

    def show(run: str) -> Tab:
        tab.open(odd_server, f"&p.losshealth.filter=^{run}")
        expect(tab.heading).to_have_text(run)
        tab.frame.locator(".charts:not(.waiting) .plot canvas").first.wait_for()
        return tab

    return show


def pictured_texts(tab: Tab) -> list[str]:
    """All texts of the charts."""
    root = ElementTree.fromstring(saved(tab, "Picture as SVG").path().read_text())
    return ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("run", ["nothing_finite", "three_evaluations", "below_a_power_of_ten", "nanoseconds"])
def test_every_tool_on_every_odd_pair(odd, run: str):
    tab = odd(run)
    tools = tab.frame.locator(".detail-body:not(.compare) .toolbar")
    for name in ("Epoch", "Relative", "Wall", "Step", "Log y", "Ignore outliers"):
        button = tools.get_by_role("button", name=name, exact=True)
        if button.is_enabled():
            button.click()
    tools.get_by_role("slider").fill("0.9")
    plot = tab.frame.locator(".plot .u-over").first
    tab.frame.get_by_role("img").first.focus()
    for key in ["Home", "End", "ArrowLeft", *["+"] * 30, "ArrowRight", *["-"] * 35, "Escape"]:
        tab.page.keyboard.press(key)
    drag(tab, plot, 0.5, 0.501)
    tab.page.mouse.move(0, 0)
    drag(tab, plot, 0.2, 0.4)
    tab.frame.get_by_role("tab", name="Numbers").click()
    assert not any("Infinity" in text for text in pictured_texts(tab))


def test_a_window_resized_during_a_drag_leaves_the_page_usable(charts):
    plot = charts.frame.locator(".plot .u-over").first
    box = plot.bounding_box()
    assert box is not None
    charts.page.mouse.move(box["x"] + 40, box["y"] + 40)
    charts.page.mouse.down()
    charts.page.mouse.move(box["x"] + 140, box["y"] + 40, steps=3)
    charts.page.set_viewport_size({"width": 1000, "height": 700})
    charts.page.mouse.move(box["x"] + 200, box["y"] + 40, steps=3)
    charts.page.mouse.up()
    charts.page.set_viewport_size({"width": 1280, "height": 800})
    charts.frame.locator(".plot .u-over").first.dblclick()
    expect(charts.frame.get_by_role("button", name="Reset zoom")).to_be_hidden()
    assert min(charts.charts()) > 2000


def test_large_values_are_told_apart(odd):
    tab = odd("large_values")
    texts = tab.frame.locator(".readout-item b").all_inner_texts()
    train, val = (float(text.replace(",", "")) for text in texts[:2])
    assert 0.3 < val - train < 1.5
    assert any(re.search(r"best 1,000,000\.\d\d at", text) for text in pictured_texts(tab))


def test_labels_of_huge_steps_are_short_enough_to_stand_beside_their_lines(odd):
    tab = odd("nanoseconds")
    (onset,) = [text for text in pictured_texts(tab) if text.startswith("onset")]
    assert re.fullmatch(r"onset \+[\d.]+T \(\+[\d.]+T.\u2013.\+[\d.]+T\)", onset)


def test_a_long_name_shows_both_its_ends_and_its_whole(odd):
    tab = odd("long_name")
    for place in (tab.rows.first.locator(".second"), tab.frame.locator(".detail-head p")):
        name = place.locator(".middle-truncated").first
        expect(name).to_have_attribute("title", re.compile("^a_loss_.*_end$"))
        head, tail = (name.locator(part).bounding_box() for part in (".head", ".tail"))
        assert head is not None
        assert tail is not None
        assert head["width"] > 16
        assert tail["width"] > 16


@pytest.mark.parametrize("zoom", ["900000-1000000", "-900--500"])
def test_a_zoom_beyond_the_curves_still_shows_curves(tab, two_runs_server, zoom: str):
    tab.open(two_runs_server, f"&p.losshealth.zoom={zoom}")
    expect(tab.heading).to_have_text("b_bad")
    assert min(tab.charts()) > 500
    step = tab.frame.locator(".readout-step").inner_text()
    assert 0 < int(re.sub(r"\D", "", step)) <= 600


def test_a_link_of_nonsense_shows_the_worst_pair(tab, two_runs_server):
    nonsense = "&".join(f"p.losshealth.{key}=evil" for key in ("pair", "verdict", "sort", "group", "tab", "compare"))
    tab.open(two_runs_server, f"&{nonsense}&p.losshealth.training=77&p.losshealth.trial=%5B%5D&p.losshealth.smooth=NaN")
    expect(tab.heading).to_have_text("b_bad")
    expect(tab.rows).to_have_count(2)
    assert min(tab.charts()) > 2000


def test_a_pattern_that_would_take_for_ever_is_searched_as_text(odd):
    tab = odd("long_name")
    pattern = tab.frame.get_by_role("searchbox").first
    pattern.fill("(?:a|[a-z_]+)+$|([a-z_/]+)+!")
    expect(pattern).to_have_attribute("aria-invalid", "true")
    expect(tab.frame.get_by_text("takes too long, searched as text")).to_be_visible()
    tab.frame.get_by_role("button", name="Clear filters").click()
    expect(pattern).to_be_focused()
    expect(tab.rows).to_have_count(6)


def test_the_training_of_a_folder_is_kept_in_the_link(tab, tensorboard, logdir, write_run, healthy, sick):
    write_run("twice", sick)
    write_run("twice", healthy, start=1_700_100_000.0)
    tab.open(tensorboard("--logdir", logdir))
    tab.frame.get_by_label("Training of this folder").select_option("training 1 of 2")
    expect(tab.frame.locator(".headline")).to_contain_text("Overfitting")
    tab.page.wait_for_url(lambda url: hashed_view(url).get("training") == "0")
    tab.page.reload()
    expect(tab.frame.locator(".headline")).to_contain_text("Overfitting")
    # A link that was saved when trainings were called sessions.
    follow(tab, tab.page.url.replace("p.losshealth.training=", "p.losshealth.session="))
    expect(tab.frame.locator(".headline")).to_contain_text("Overfitting")


def test_the_systems_own_colours_are_used_where_it_forces_them(tab, two_runs_server):
    tab.page.emulate_media(forced_colors="active", color_scheme="dark")
    tab.open(two_runs_server)
    expect(tab.rows).to_have_count(2)
    assert min(tab.charts()) > 2000
    chosen = tab.frame.locator('.row[aria-selected="true"]')
    assert chosen.evaluate("row => getComputedStyle(row).outlineStyle") == "solid"
    assert tab.coloured("train") > 100
