"""Several pairs side by side."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab, drag, follow, hashed_view, saved

pytestmark = pytest.mark.browser


@pytest.fixture
def compared(charts: Tab) -> Tab:
    """Both pairs of the shared log compared."""
    charts.row("a_good").click(modifiers=["Control"])
    expect(charts.frame.get_by_role("heading", name="2 pairs compared")).to_be_visible()
    assert min(charts.charts()) > 2000
    return charts


def test_several_pairs_are_compared(compared):
    legend = compared.frame.get_by_role("table", name="The compared pairs")
    expect(legend.get_by_role("row")).to_have_count(3)
    compared.page.wait_for_url(re.compile(r"p\.losshealth\.pair=\w+%2C\w+"))
    follow(compared, compared.page.url)
    expect(compared.frame.get_by_role("heading", name="2 pairs compared")).to_be_visible()
    legend.get_by_role("button", name="a_good").click()
    expect(compared.heading).to_have_text("a_good")


def test_the_gaps_alone_zoomed_are_restored_by_the_link(compared):
    gaps = compared.frame.get_by_role("button", name="Gaps", exact=True)
    gaps.click()
    expect(compared.frame.get_by_role("img", name=re.compile("^Generalization gaps of 2 pairs"))).to_be_visible()
    expect(compared.frame.get_by_role("img", name=re.compile("^Train"))).to_be_hidden()
    (alone,) = [painted for painted in compared.charts() if painted]
    assert alone > 2000
    drag(compared, compared.frame.locator(".compare .u-over").first, 0.3, 0.6)
    reset = compared.frame.locator(".compare").get_by_role("button", name="Reset zoom")
    expect(reset).to_be_visible()
    compared.page.wait_for_url(lambda url: {"compare", "zoom"} <= hashed_view(url).keys())
    before = hashed_view(compared.page.url)
    follow(compared, compared.page.url)
    expect(gaps).to_have_attribute("aria-pressed", "true")
    expect(reset).to_be_visible()
    assert hashed_view(compared.page.url) == before
    reset.click()
    expect(reset).to_be_hidden()
    compared.page.wait_for_url(lambda url: "zoom" not in hashed_view(url))


def test_the_colour_chosen_for_a_run_stays(compared):
    colour = compared.frame.get_by_label("Colour of run a_good")
    before = colour.input_value()
    colour.fill("#00aa11")
    expect(colour).to_have_value("#00aa11")
    drawn = """canvas => {
        const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let found = 0;
        for (let i = 0; i < data.length; i += 4) found += data[i] === 0 && data[i + 1] === 170 && data[i + 2] === 17;
        return found;
    }"""
    compared.charts()
    assert compared.frame.locator(".compare .plot canvas").first.evaluate(drawn) > 50
    compared.page.wait_for_url(re.compile(r"p\.losshealth\.pair=\w+%2C\w+"))
    follow(compared, compared.page.url)
    expect(colour).to_have_value("#00aa11")
    assert before != "#00aa11"


def test_the_curves_of_all_compared_pairs_can_be_saved(compared):
    head, *lines = saved(compared, "Curves as CSV").path().read_text().splitlines()
    assert head == "run,name,split,step,wall_time,value"
    fields = [line.split(",") for line in lines]
    for run in ("a_good", "b_bad"):
        for split in ("train", "val"):
            steps = [int(field[3]) for field in fields if field[0] == run and field[2] == split]
            assert steps == list(range(10, 610, 10))


def test_zooming_a_comparison_fetches_the_window_at_full_resolution(tab, tensorboard, logdir, write_run):
    points = [(step, 1 / (1 + step / 5000)) for step in range(20_000)]
    for run in ("one", "two"):
        write_run(run, {"loss/train": points, "loss/val": [(step, value + 0.1) for step, value in points[::10]]})
    tab.open(tensorboard("--logdir", logdir))
    tab.rows.nth(1).click(modifiers=["Shift"])
    expect(tab.frame.get_by_role("heading", name="2 pairs compared")).to_be_visible()
    assert min(tab.charts()) > 2000
    with tab.page.expect_response(re.compile(r"losshealth/pair\?.*from=\d+&to=\d+")) as answer:
        drag(tab, tab.frame.locator(".compare .u-over").first, 0.4, 0.45)
    val = answer.value.json()["val"]
    assert not val["decimated"]
    assert val["steps"] == list(range(val["steps"][0], val["steps"][-1] + 1, 10))


def test_seeds_of_one_configuration_become_a_mean(tab, tensorboard, logdir, write_run, healthy, sick):
    write_run("net_seed0", healthy)
    write_run("net_seed1", sick)
    tab.open(tensorboard("--logdir", logdir))
    tab.rows.nth(1).click(modifiers=["Shift"])
    mean = tab.frame.get_by_role("button", name="Mean over seeds")
    mean.click()
    expect(mean).to_have_attribute("aria-pressed", "true")
    pictures = tab.frame.locator(".compare").get_by_role("img")
    spread = "of 1 configuration with one standard deviation around it"
    expect(pictures.nth(0)).to_have_attribute("aria-label", f"Mean train, solid, and validation, dashed, {spread}")
    expect(pictures.nth(1)).to_have_attribute("aria-label", f"Mean generalization gap {spread}")


def test_what_is_unpaired_is_shown_from_a_comparison_too(tab, tensorboard, two_runs, write_run):
    write_run("odd", {"quantity": [(0, 1.0), (1, 2.0)]})
    tab.open(tensorboard("--logdir", two_runs))
    tab.rows.nth(1).click(modifiers=["Shift"])
    expect(tab.frame.get_by_role("heading", name="2 pairs compared")).to_be_visible()
    tab.frame.get_by_role("button", name="1 unpaired").click()
    expect(tab.frame.get_by_role("tabpanel")).to_contain_text("quantity")


def test_more_pairs_than_can_be_told_apart_are_counted_but_not_drawn(tab, tensorboard, logdir, write_run):
    points = [(step, 1 / (1 + step)) for step in range(12)]
    for number in range(60):
        write_run(f"run{number:02}", {"loss/train": points, "loss/val": points})
    tab.open(tensorboard("--logdir", logdir))
    expect(tab.rows.first).to_be_visible()
    assert tab.complaints() == []
    tab.frame.get_by_role("grid").focus()
    tab.page.keyboard.press("Shift+End")
    expect(tab.frame.get_by_role("heading", name="60 pairs compared")).to_be_visible()
    expect(tab.frame.locator(".compare")).to_contain_text("the first 21 are drawn")
    expect(tab.frame.get_by_role("table", name="The compared pairs").get_by_role("row")).to_have_count(22)
    assert min(tab.charts()) > 2000
    tab.page.wait_for_url(lambda url: len(unquote(hashed_view(url).get("pair", "")).split(",")) > 20)
    assert len(tab.page.url) < 4000
