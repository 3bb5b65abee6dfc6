"""Tags that are in no pair: searching them, and trying two of them as one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

Points = list[tuple[int, float]]


@pytest.fixture
def odd_names(sick: Mapping[str, Points]) -> dict[str, Points]:
    """A pair under names that tell nothing."""
    return {"alpha": sick["loss/train"], "beta": sick["loss/val"]}


def choose(tab, split: str, tag: str) -> Locator:
    button: Locator = tab.frame.get_by_role("button", name=f"{split}: {tag} in run odd", exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    return button


def test_tags_beyond_the_listed_ones_are_found(tab, tensorboard, logdir, write_run, healthy):
    write_run("paired", healthy)
    write_run("odd", {f"quantity_{i:03}": [(0, 1.0), (1, 2.0)] for i in range(250)})
    tab.open(tensorboard("--logdir", logdir))
    tab.frame.get_by_role("tab", name="Unpaired tags (250)").click()
    panel = tab.frame.get_by_role("tabpanel")
    expect(panel).to_contain_text("200 of them shown")
    expect(panel.get_by_role("row", name=re.compile("quantity_249"))).to_have_count(0)
    search = panel.get_by_role("searchbox")
    search.fill("TITY_24")
    expect(panel.get_by_role("row", name=re.compile("quantity_249"))).to_be_visible()
    expect(panel).to_contain_text("10 scalar tags")
    expect(search).to_be_focused()
    search.fill("no such tag")
    expect(panel).to_contain_text("No unpaired tag matches")


def test_two_tags_are_tried_as_a_pair(tab, tensorboard, logdir: Path, write_run, healthy, odd_names):
    write_run("paired", healthy)
    write_run("odd", odd_names)
    tab.open(tensorboard("--logdir", logdir))
    expect(tab.heading).to_have_text("paired")
    tab.frame.get_by_role("tab", name=re.compile("Unpaired tags")).click()
    attempt = tab.frame.get_by_role("button", name="Try as a pair")
    expect(attempt).to_be_disabled()
    choose(tab, "Train", "alpha")
    choose(tab, "Validation", "beta")
    attempt.click()
    expect(tab.heading).to_have_text("odd")
    expect(tab.frame.locator(".headline")).to_contain_text("Overfitting since step")
    assert min(tab.charts()) > 2000
    expect(tab.frame.locator('.row[aria-selected="true"]')).to_have_count(0)
    hint = tab.frame.locator(".how-to-log")
    expect(hint).to_contain_text("losshealth.toml")
    expect(hint.get_by_role("button", name="Copy")).to_be_visible()

    tab.page.wait_for_url(re.compile(r"p\.losshealth\.trial="))
    link = tab.page.url
    tab.page.goto("about:blank")
    tab.page.goto(link)
    expect(tab.heading).to_have_text("odd")

    (logdir / "losshealth.toml").write_text(hint.locator("code", has_text="[[pair]]").inner_text())
    hint.get_by_role("button", name="End the trial").click()
    expect(tab.heading).to_have_text("paired")
    tab.reload()
    expect(tab.rows).to_have_count(2)
    expect(tab.row("odd")).to_contain_text("Overfitting")


def test_a_log_without_any_pair_lets_two_tags_be_tried(tab, tensorboard, logdir, write_run, odd_names):
    write_run("odd", odd_names)
    tab.open(tensorboard("--logdir", logdir))
    expect(tab.frame.get_by_role("heading", name=re.compile("form a pair"))).to_be_visible()
    choose(tab, "Train", "beta")
    choose(tab, "Validation", "alpha")
    tab.frame.get_by_label("Direction of the tried pair").select_option("larger is better")
    with tab.page.expect_response(re.compile(r"losshealth/trial\?")) as answer:
        tab.frame.get_by_role("button", name="Try as a pair").click()
    assert answer.value.json()["row"]["mode"] == "max"
    expect(tab.heading).to_have_text("odd")
    tab.frame.get_by_role("button", name="End the trial").click()
    expect(tab.frame.get_by_role("heading", name=re.compile("form a pair"))).to_be_visible()
