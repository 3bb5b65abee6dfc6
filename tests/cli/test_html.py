"""`html`: the page as one file, opened from disk with the network off."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tb_losshealth import scan

HOSTILE = "</script><img src=x onerror=alert(1)><!--\u202e"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without network."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_the_file_opens_from_disk_with_the_network_off(run, runs: Path, write_run, overfitting, tmp_path, page) -> None:
    write_run(HOSTILE.replace("/", "-"), {f"{HOSTILE}/{tag}": points for tag, points in overfitting.items()})
    target = tmp_path / "report.html"
    code, out, err = run("html", runs, "-o", target)
    assert (code, out, err) == (0, "", "")
    noise: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("dialog", lambda dialog: noise.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(target.as_uri())
    page.locator("canvas").first.wait_for()
    rows = page.locator("[role=row]:has(.run)")
    assert rows.count() == len(scan(runs)) + len(scan(runs).train_only)
    bad = next(report for report in scan(runs) if report.pair.run == "bad")
    rows.filter(has_text="bad").first.click()
    page.get_by_text(bad.diagnosis.reason.partition(" (")[0]).first.wait_for()
    assert page.locator("canvas").count() >= 2
    drawn = page.locator("canvas").first.evaluate(
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte)"
    )
    assert drawn
    assert page.evaluate("getComputedStyle(document.querySelector('.app')).display") != "block"  # the style counts
    rows.filter(has_text="alone").first.click()
    page.get_by_text("overfitting cannot be seen").first.wait_for()
    assert page.title() == f"Loss Health: {runs}"
    assert noise == []
    assert [url for url in asked if not url.startswith(("data:", target.as_uri()))] == []


def test_nothing_but_its_own_script_and_style_may_act_in_the_file(run, runs: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert run("html", runs, "-o", target)[0] == 0
    text = target.read_text(encoding="utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', text)
    for directive, element in (
        ("script-src", '<script type="module">(.*?)</script>'),
        ("style-src", "<style>(.*?)</style>"),
    ):
        (content,) = re.findall(element, text, re.DOTALL)
        allowed = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"; {directive} 'sha256-{allowed}';" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_the_worst_come_first_and_filters_hold(run, runs: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"

    def names(*arguments: object) -> tuple[list[str], list[str]]:
        assert run("html", runs, "-o", target, *arguments)[0] == 0
        data = json.loads(re.findall(r'id="data">(.*?)</script>', target.read_text(encoding="utf-8"), re.DOTALL)[0])
        return [pair["row"]["run"] for pair in data["pairs"]], [alone["row"]["run"] for alone in data["train_only"]]

    assert names() == (["bad", "good"], ["alone"])
    assert names("--limit", 1) == (["bad"], ["alone"])
    assert names("--run", "good") == (["good"], [])
    assert names("--verdict", "overfitting") == (["bad"], [])


def test_every_training_of_a_folder_is_in_it(run, runs: Path, write_run, converged, tmp_path: Path) -> None:
    write_run("bad", converged)
    target = tmp_path / "report.html"
    run("html", runs, "-o", target, "--run", "bad")
    data = json.loads(re.findall(r'id="data">(.*?)</script>', target.read_text(encoding="utf-8"), re.DOTALL)[0])
    (pair,) = data["pairs"]
    assert [training["training"] for training in pair["trainings"]] == [0, 1]
    assert pair["trainings"][0]["row"]["verdict"] == "overfitting"


def test_an_installation_without_the_page_says_so(run, runs: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tb_losshealth.present.saved_page.STATIC", tmp_path / "nothing")
    code, _, err = run("html", runs, "-o", tmp_path / "report.html")
    assert (code, "saved_page.js was not bundled" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "-o"),
        (["-o", "/no/such/folder/x.html"], "cannot write"),
        (["-o", "x.html", "--run", "nothing"], "nothing was written"),
        (["-o", "x.html", "--verdict", "bad"], "is no verdict"),
    ],
)
def test_a_mistake_is_code_2(run, runs: Path, arguments: list[str], said: str, tmp_path, monkeypatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    code, _, err = run("html", runs, *arguments)
    assert (code, err.count("\n"), said in err) == (2, 1, True)
    assert list((tmp_path / "empty").iterdir()) == []
