"""What can be taken away: curves, tables, pictures, links."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import saved

pytestmark = pytest.mark.browser


def test_pictures_can_be_saved(charts, tmp_path: Path):
    png = saved(charts, "Picture as PNG")
    assert png.suggested_filename == "b_bad_loss.png"
    assert png.path().read_bytes().startswith(b"\x89PNG")
    svg = saved(charts, "Picture as SVG")
    root = ElementTree.fromstring(svg.path().read_text())
    texts = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"validation", "train"} <= set(texts)
    assert any(text.startswith("onset ") for text in texts)
    paths = [element.get("d", "") for element in root.iter("{http://www.w3.org/2000/svg}path")]
    assert not any("NaN" in path for path in paths)


def test_a_picture_holds_its_whole_caption(tab, tensorboard, logdir, write_run, sick):
    run = "resnet_with_a_long_name_" * 8
    write_run(run, sick)
    tab.page.set_viewport_size({"width": 900, "height": 700})
    tab.open(tensorboard("--logdir", logdir))
    tab.charts()
    reason = tab.frame.locator(".reason").inner_text()
    root = ElementTree.fromstring(saved(tab, "Picture as SVG").path().read_text())
    lines = ["".join(line.itertext()) for line in root.findall("{http://www.w3.org/2000/svg}text")]
    assert run in "".join(lines)
    assert reason in " ".join(lines)
    assert max(map(len, lines)) < 110  # about what fits beside the table of a page so narrow
    assert saved(tab, "Picture as PNG").path().read_bytes().startswith(b"\x89PNG")


def test_evaluations_are_dots_in_a_picture_too(tab, tensorboard, logdir, write_run):
    write_run("once", {"loss/train": [(10, 0.5)], "loss/val": [(10, 0.7)]})
    tab.open(tensorboard("--logdir", logdir))
    tab.charts()
    root = ElementTree.fromstring(saved(tab, "Picture as SVG").path().read_text())
    paths = root.iter("{http://www.w3.org/2000/svg}path")
    dots = [path.get("fill") for path in paths if path.get("d", "").count("a2.5 2.5 ") == 2]
    assert len(dots) == len(set(dots)) == 3  # train, validation and gap, each in its colour


def test_every_logged_point_can_be_saved(tab, tensorboard, logdir, write_run):
    points = [(step, 1 / (1 + step / 5000)) for step in range(20_000)]
    write_run("long", {"loss/train": points, "loss/val": points[::100]})
    tab.open(tensorboard("--logdir", logdir))
    assert max(tab.charts()) > 2000
    head, *lines = saved(tab, "Curves as CSV").path().read_text().splitlines()
    assert head == "split,step,wall_time,value"
    train = [line.split(",") for line in lines if line.startswith("train,")]
    assert [int(fields[1]) for fields in train] == list(range(20_000))
    curves = json.loads(saved(tab, "Curves as JSON").path().read_text())
    assert curves["val"]["steps"] == list(range(0, 20_000, 100))
    assert curves["train"]["values"] == pytest.approx([value for _, value in points], rel=1e-6)


def test_the_table_can_be_saved(charts):
    with charts.page.expect_download() as download:
        charts.frame.get_by_role("button", name="Save table as CSV").click()
    head, *lines = download.value.path().read_text().splitlines()
    assert head.startswith("run,name,verdict")
    assert [line.split(",")[0] for line in lines] == ["b_bad", "a_good"]
    with charts.page.expect_download() as download:
        charts.frame.get_by_role("button", name="Save table as JSON").click()
    rows = json.loads(download.value.path().read_text())
    assert [(row["run"], row["verdict"]) for row in rows] == [("b_bad", "overfitting"), ("a_good", rows[1]["verdict"])]


def test_copying_a_link_says_that_it_was_copied(charts):
    charts.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    charts.row("a_good").click()
    expect(charts.heading).to_have_text("a_good")
    charts.page.wait_for_url(re.compile(r"p\.losshealth\.pair="))
    charts.frame.get_by_role("button", name="Save", exact=True).click()
    charts.frame.get_by_role("menuitem", name="Copy link").click()
    expect(charts.frame.get_by_role("status").filter(has_text="Link copied")).to_be_visible()
    assert charts.page.evaluate("navigator.clipboard.readText()") == charts.page.url
