"""Looking closer: axes, smoothing, zoom, comparison, groups, what can be taken away."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import hashed_view, middle

pytestmark = pytest.mark.browser

DIGIT_WIDTH = 6.5  # pixels of a digit in the font of the axes; commas and points are narrower


@pytest.mark.parametrize(
    ("axis", "says"), [("Relative", r"\d+ min"), ("Wall", r"\d+ \w+, \d\d:\d\d:\d\d"), ("Step", r"^step 600")]
)
def test_the_x_axis_can_be_steps_or_time(charts, axis: str, says: str):
    button = charts.frame.get_by_role("button", name=axis, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(charts.frame.locator(".readout")).to_contain_text(re.compile(says))
    assert min(charts.charts()) > 2000


def test_epochs_are_steps_by_the_number_given(charts):
    charts.frame.get_by_role("button", name="Epoch", exact=True).click()
    charts.frame.get_by_role("spinbutton", name="Steps per epoch").fill("50")
    expect(charts.frame.locator(".readout")).to_contain_text("epoch 12")
    charts.page.wait_for_url(re.compile("p.losshealth.epoch=50"))


def test_settings_change_the_picture_and_live_in_the_address(charts):
    plain = charts.charts()
    charts.frame.get_by_role("button", name="Log y", exact=True).click()
    charts.frame.get_by_role("button", name="Ignore outliers").click()
    charts.frame.get_by_role("slider").fill("0.8")
    charts.page.wait_for_url(re.compile("p.losshealth.smooth=0.8"))
    assert charts.charts() != plain
    view = hashed_view(charts.page.url)
    assert view["log"] == "1"
    assert view["outliers"] == "0"
    link = charts.page.url
    charts.page.goto("about:blank")
    charts.page.goto(link)
    expect(charts.frame.get_by_role("button", name="Log y", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(charts.frame.get_by_role("slider")).to_have_value("0.8")


def test_smoothing_leaves_validation_alone_until_asked(charts):
    def read(line: str) -> str:
        return str(charts.frame.locator(f'.readout-item[data-line="{line}"] b').inner_text())

    train, val = read("train"), read("val")
    charts.frame.get_by_role("slider").fill("0.95")
    expect(charts.frame.locator('.readout-item[data-line="train"] b')).not_to_have_text(train)
    assert read("val") == val
    charts.frame.get_by_role("button", name="+ val", exact=True).click()
    expect(charts.frame.locator('.readout-item[data-line="val"] b')).not_to_have_text(val)


def test_ctrl_wheel_zooms_shift_drag_moves_a_bare_wheel_scrolls(charts):
    plot = charts.frame.locator(".plot .u-over").first
    reset = charts.frame.get_by_role("button", name="Reset zoom")
    charts.page.mouse.move(*middle(plot))
    charts.page.mouse.wheel(0, 200)
    expect(reset).to_be_hidden()
    charts.page.mouse.move(*middle(plot))
    charts.page.keyboard.down("Control")
    charts.page.mouse.wheel(0, -600)
    charts.page.keyboard.up("Control")
    expect(reset).to_be_visible()
    charts.page.wait_for_url(re.compile(r"p\.losshealth\.zoom=\d+-\d+"))
    before = hashed_view(charts.page.url)["zoom"]
    x, y = middle(plot)
    charts.page.keyboard.down("Shift")
    charts.page.mouse.move(x, y)
    charts.page.mouse.down()
    charts.page.mouse.move(x - 100, y, steps=4)
    charts.page.mouse.up()
    charts.page.keyboard.up("Shift")
    charts.page.wait_for_url(lambda url: hashed_view(url).get("zoom") not in (None, before))
    first, last = map(int, hashed_view(charts.page.url)["zoom"].split("-"))
    old_first, old_last = map(int, before.split("-"))
    assert first > old_first
    assert abs((last - first) - (old_last - old_first)) <= 2


def test_zooming_fetches_the_window_at_full_resolution(tab, tensorboard, logdir, write_run):
    points = [(step, 1 / (1 + step / 5000)) for step in range(20_000)]
    write_run("long", {"loss/train": points, "loss/val": [(step, value + 0.1) for step, value in points[::100]]})
    tab.open(tensorboard("--logdir", logdir))
    assert max(tab.charts()) > 2000
    plot = tab.frame.locator(".plot .u-over").first
    x, y = middle(plot)
    with tab.page.expect_response(re.compile(r"losshealth/pair\?.*from=\d+&to=\d+")) as answer:
        tab.page.mouse.move(x, y)
        tab.page.mouse.down()
        tab.page.mouse.move(x + 20, y, steps=3)
        tab.page.mouse.up()
    train = answer.value.json()["train"]
    assert not train["decimated"]
    first, last = train["steps"][0], train["steps"][-1]
    assert train["steps"] == list(range(first, last + 1))


@pytest.mark.parametrize("zoom", ["", "&p.losshealth.zoom=1000-5000"])
def test_a_long_pair_is_drawn_at_first_sight(tab, tensorboard, logdir, write_run, zoom: str):
    points = [(step, 1 / (1 + step / 500)) for step in range(8000)]
    write_run("long", {"loss/train": points, "loss/val": [(step, value + 0.1) for step, value in points]})
    with tab.page.expect_response(re.compile(r"losshealth/pair\?")) as answer:
        tab.open(tensorboard("--logdir", logdir), zoom)
    assert answer.value.json()["train"]["decimated"]
    assert min(tab.charts()) > 2000
    assert tab.coloured("train") > 500
    assert tab.coloured("val") > 500


def test_the_best_checkpoint_is_marked_on_the_gap_too(charts):
    assert charts.coloured("val", chart=1) > 10
    assert charts.coloured("train", chart=1) == 0


@pytest.mark.parametrize(("scale", "offset"), [(1.0, 0.0), (1.0, -1e6), (1e38, 0.0)])
def test_value_labels_are_whole_at_any_size(tab, tensorboard, logdir, write_run, sick, offset: float, scale: float):
    write_run("odd", {tag: [(step, value * scale + offset) for step, value in points] for tag, points in sick.items()})
    tab.open(tensorboard("--logdir", logdir))
    assert min(tab.charts()) > 2000
    with tab.page.expect_download() as download:
        tab.frame.get_by_role("button", name="Save", exact=True).click()
        tab.frame.get_by_role("menuitem", name="Picture as SVG").click()
    texts = ElementTree.fromstring(download.value.path().read_text()).iter("{http://www.w3.org/2000/svg}text")
    labels = [text for text in texts if text.get("text-anchor") == "end"]
    assert len(labels) >= 4
    for label in labels:
        assert float(label.get("x", "0")) > DIGIT_WIDTH * len("".join(label.itertext()))


def test_the_keyboard_walks_along_the_curves(charts):
    charts.frame.get_by_role("img", name=re.compile("^Train and validation")).focus()
    charts.page.keyboard.press("Home")
    expect(charts.frame.locator(".readout")).to_contain_text("step 10")
    charts.page.keyboard.press("ArrowRight")
    expect(charts.frame.locator(".readout")).to_contain_text("step 20")
    expect(charts.frame.locator("[aria-live]", has_text="step 20, train")).to_be_attached()
    charts.page.keyboard.press("+")
    expect(charts.frame.get_by_role("button", name="Reset zoom")).to_be_visible()
    charts.page.keyboard.press("0")
    expect(charts.frame.get_by_role("button", name="Reset zoom")).to_be_hidden()


def test_full_size_hides_the_list_and_back(charts):
    grid = charts.frame.get_by_role("grid")
    charts.frame.get_by_role("button", name="Full size").click()
    expect(grid).to_be_hidden()
    charts.page.keyboard.press("f")
    expect(grid).to_be_visible()


def test_the_page_refreshes_by_itself_when_told_to(tab, tensorboard, two_runs, write_run, healthy):
    tab.open(tensorboard("--logdir", two_runs))
    tab.frame.locator("button.status").click()
    tab.frame.get_by_role("menuitemradio", name="Refresh every 5 s").click()
    expect(tab.frame.locator("button.status")).to_contain_text("live")
    write_run("c_new", healthy)
    expect(tab.rows).to_have_count(3, timeout=20_000)


def test_tensorboards_run_filter_is_honoured(tab, two_runs_server):
    tab.page.goto(f"{two_runs_server.url}?runFilter=good#losshealth")
    expect(tab.rows).to_have_count(1)
    expect(tab.heading).to_have_text("a_good")
    expect(tab.frame.locator(".summary")).to_contain_text("run filter: good")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_about(charts, theme: str):
    charts.theme(theme)
    for step in (
        lambda: None,
        lambda: charts.frame.get_by_role("tab", name="Numbers").click(),
        lambda: charts.row("a_good").click(modifiers=["Control"]),
    ):
        step()
        charts.charts()
        assert charts.complaints() == []
