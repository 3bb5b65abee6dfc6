"""What the tab shows when something is missing, broken or hostile."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Points = list[tuple[int, float]]
WriteRun = Callable[[str, Mapping[str, Points]], Path]

FALLING: Points = [(step, 1 / (1 + step)) for step in range(50)]
PAIR = {"loss/train": FALLING, "loss/val": [(step, value + 0.1) for step, value in FALLING]}


def test_an_empty_logdir_says_how_to_log_a_pair(tab, tensorboard, logdir):
    tab.open(tensorboard("--logdir", logdir))
    expect(tab.frame.get_by_role("heading", name="Nothing logged here yet")).to_be_visible()
    expect(tab.frame.locator(".placeholder")).to_contain_text(str(logdir))
    expect(tab.frame.locator(".placeholder")).to_contain_text("writer = SummaryWriter(")
    expect(tab.frame.locator(".placeholder")).to_contain_text("add_paired_scalars")
    expect(tab.frame.get_by_role("button", name="Copy")).to_be_visible()


def test_without_a_logdir_the_page_says_how_to_give_one(tab, tensorboard, tmp_path):
    tab.open(tensorboard("--db", f"sqlite:{tmp_path}/none.db"))
    expect(tab.frame.get_by_role("heading", name=re.compile("without a log folder"))).to_be_visible()
    expect(tab.frame.locator(".placeholder")).to_contain_text("tensorboard --logdir runs")


def test_a_log_appearing_later_replaces_the_empty_page(tab, tensorboard, logdir, write_run: WriteRun):
    tab.open(tensorboard("--logdir", logdir))
    expect(tab.frame.get_by_role("heading", name="Nothing logged here yet")).to_be_visible()
    write_run("first", PAIR)
    tab.reload()
    expect(tab.rows).to_have_count(1)


def test_tags_without_partner_are_listed_with_the_reason(tab, tensorboard, logdir, write_run: WriteRun):
    write_run("run", {"learning_rate": FALLING})
    tab.open(tensorboard("--logdir", logdir))
    expect(tab.frame.get_by_role("heading", name=re.compile("form a pair"))).to_be_visible()
    expect(tab.frame.get_by_role("row", name=re.compile("learning_rate"))).to_be_visible()


def test_a_train_loss_alone_is_said_to_hide_overfitting(tab, tensorboard, logdir, write_run: WriteRun):
    write_run("alone", {"loss/train": FALLING})
    tab.open(tensorboard("--logdir", logdir))
    expect(tab.rows).to_have_count(1)
    expect(tab.rows.first).to_contain_text("overfitting cannot be seen here")
    expect(tab.frame.locator(".banner")).to_contain_text("log a validation loss")
    (loss,) = [count for count in tab.charts() if count]
    assert loss > 2000
    expect(tab.frame.locator(".banner svg, .row[data-id] svg").first).to_have_attribute(
        "data-verdict", "alone_improving"
    )
    expect(tab.frame.get_by_role("tabpanel")).not_to_contain_text(re.compile("both|gap"))


def test_a_missing_log_folder_is_named_with_the_reason(tab, tensorboard, logdir):
    tab.open(tensorboard("--logdir", logdir / "gone"))
    expect(tab.frame.get_by_role("heading", name="The log folder cannot be read")).to_be_visible()
    expect(tab.frame.locator(".placeholder")).to_contain_text(str(logdir / "gone"))
    expect(tab.frame.locator(".placeholder")).to_contain_text(f"{logdir / 'gone'}: there is no such folder.")


def test_a_run_deleted_while_it_is_shown_is_named_and_leaves_the_link(tab, tensorboard, logdir, write_run: WriteRun):
    write_run("gone", PAIR)
    write_run("stays", PAIR)
    tab.open(tensorboard("--logdir", logdir))
    tab.row("gone").click()
    tab.page.wait_for_url(re.compile(r"p\.losshealth\.pair="))
    link = tab.page.url
    tab.row("stays").wait_for()
    shutil.rmtree(logdir / "gone")
    tab.reload()
    expect(tab.frame.get_by_role("status").filter(has_text="gone \u00b7 loss is no longer in the log")).to_be_visible()
    expect(tab.heading).to_have_text("stays")
    tab.page.wait_for_url(lambda url: "p.losshealth.pair=" in url and url != link)


def test_reloading_without_a_server_says_so(tab, tensorboard, logdir, write_run: WriteRun):
    write_run("first", PAIR)
    server = tensorboard("--logdir", logdir)
    tab.open(server)
    expect(tab.rows).to_have_count(1)
    assert max(tab.charts()) > 2000
    server.stop()
    tab.reload()
    expect(tab.frame.get_by_role("alert").filter(has_text="What you see is from before")).to_be_visible()
    tab.errors[:] = [error for error in tab.errors if "ERR_CONNECTION_REFUSED" not in error]


@pytest.mark.parametrize(
    "name",
    [
        "<script>window.hacked = 1</script>",
        '<img src=x onerror="window.hacked = 1">',
        "quotes ' and \" & ampersand",
        "日本語 ünï ключ",
        "a  b",
    ],
)
def test_hostile_names_are_shown_as_text(tab, tensorboard, logdir, write_run: WriteRun, name: str):
    folder = name.replace("/", "\u2215")
    write_run(folder, {f"{name}/train_loss": FALLING, f"{name}/val_loss": PAIR["loss/val"]})
    tab.open(tensorboard("--logdir", logdir))
    expect(tab.heading).to_have_text(folder, use_inner_text=False)
    expect(tab.rows.first).to_contain_text(folder)
    tab.frame.get_by_role("tab", name="Pairing").click()
    expect(tab.frame.get_by_role("tabpanel")).to_contain_text(f"{name}/val_loss")
    assert tab.frame.locator("body").evaluate("() => window.hacked ?? null") is None


def test_a_tab_in_a_name_becomes_visible(tab, tensorboard, logdir, write_run: WriteRun):
    write_run("tab\there", PAIR)
    tab.open(tensorboard("--logdir", logdir))
    expect(tab.heading).to_have_text("tab\u2409here")


def test_lost_data_is_said_on_the_overview(tab, tensorboard, logdir, write_run: WriteRun):
    folder = write_run("damaged", PAIR)
    (file,) = folder.iterdir()
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8] = b"\xff" * 8
    file.write_bytes(content)
    tab.open(tensorboard("--logdir", logdir))
    tab.frame.get_by_role("button", name=re.compile("reading problem")).click()
    expect(tab.frame.get_by_role("tabpanel")).to_contain_text(file.name)


def test_a_lost_server_is_said_and_comes_back(tab, tensorboard, logdir, write_run: WriteRun):
    write_run("first", PAIR)
    write_run("second", PAIR)
    server = tensorboard("--logdir", logdir)
    tab.open(server)
    expect(tab.rows).to_have_count(2)
    assert max(tab.charts()) > 2000
    server.stop()
    tab.rows.nth(1).click()
    notice = tab.frame.get_by_role("alert").filter(has_text="What you see is from before")
    expect(notice).to_be_visible()
    expect(tab.rows).to_have_count(2)
    tab.rows.nth(0).click(modifiers=["Shift"])
    expect(tab.frame.get_by_text("2 pairs could not be fetched")).to_be_visible()
    write_run("third", PAIR)
    tensorboard("--logdir", logdir, port=server.port)
    expect(tab.rows).to_have_count(3, timeout=40_000)
    expect(notice).to_be_hidden()
    expect(tab.frame.get_by_text("could not be fetched").locator("visible=true")).to_have_count(0)
    expect(tab.frame.get_by_role("table", name="The compared pairs").get_by_role("row")).to_have_count(3)
    assert max(tab.charts()) > 2000
    tab.errors[:] = [error for error in tab.errors if "ERR_CONNECTION_REFUSED" not in error]
