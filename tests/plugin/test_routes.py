"""The routes, in TensorBoard's own WSGI application over real event files."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins import base_plugin
from werkzeug.test import Client, TestResponse

from tb_losshealth.plugin.loader import LossHealthLoader

PREFIX = "/data/plugin/losshealth"


class Page:
    """What a browser does with the routes."""

    def __init__(self, logdir: str, *arguments: str) -> None:
        loader = LossHealthLoader()
        parser = argparse.ArgumentParser()
        parser.add_argument("--logdir_spec", default="")
        loader.define_flags(parser)
        plugin = loader.load(base_plugin.TBContext(logdir=logdir, flags=parser.parse_args(arguments)))
        assert plugin is not None
        self.client = Client(TensorBoardWSGI([plugin]))

    def get(self, path: str, **query: object) -> TestResponse:
        return self.client.get(f"{PREFIX}/{path}", query_string={key: str(value) for key, value in query.items()})

    def json(self, path: str, code: int = 200, **query: object) -> Any:
        response = self.get(path, **query)
        assert "Content-Encoding" not in response.headers  # this client does not ask for it
        assert response.status_code == code, response.get_data(as_text=True)
        assert response.mimetype == "application/json"
        return json.loads(response.get_data(as_text=True), parse_constant=_refuse)

    def overview(self) -> Any:
        answer = self.json("overview")
        while answer["state"] == "loading":
            answer = self.json("overview")
        return answer


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


OpenPage = Callable[[], Page]


@pytest.fixture
def open_page(logdir: Path) -> OpenPage:
    return lambda: Page(str(logdir))


def test_the_overview_lists_the_pairs_worst_first(open_page, write_run, overfitting, converged) -> None:
    write_run("a_good", converged)
    write_run("b_bad", overfitting)
    overview = open_page().overview()
    assert overview["state"] == "ready"
    assert [(row["run"], row["verdict"]) for row in overview["pairs"]] == [
        ("b_bad", "overfitting"),
        ("a_good", "converged"),
    ]
    assert overview["counts"] == {"overfitting": 1, "converged": 1}
    assert (overview["runs"], overview["tags"]) == (2, 4)
    bad = overview["pairs"][0]
    assert bad["onset"]["low"] <= 200 <= bad["onset"]["high"]
    assert bad["evaluations"] == 60
    assert 0 < len(bad["spark"]["val"]) <= 40


def test_a_pair_comes_with_curves_gap_and_reasons(open_page, write_run, overfitting) -> None:
    write_run("exp", overfitting)
    page = open_page()
    row = page.overview()["pairs"][0]
    pair = page.json("pair", id=row["id"])
    assert pair["val"]["steps"] == [step for step, _ in overfitting["loss/val"]]
    np.testing.assert_allclose(pair["val"]["values"], [value for _, value in overfitting["loss/val"]], rtol=1e-6)
    gap = pair["gap"]
    np.testing.assert_allclose(gap["gap"], np.subtract(gap["val"], gap["train"]), rtol=0, atol=1e-6)
    assert pair["pairing"]["val"] == {"run": "exp", "tag": "loss/val"}
    assert "200" in pair["reason"] or str(row["onset"]["step"]) in pair["reason"]
    assert {key: value for key, value in row.items() if key != "spark"} == pair["row"]
    assert len(gap["wall_times"]) == len(gap["steps"])


def test_a_window_narrows_the_curve_to_full_resolution(open_page, write_run) -> None:
    steps = range(50_000)
    write_run("exp", {"loss/train": [(s, 1 / (1 + s)) for s in steps], "loss/val": [(s, 1.0) for s in steps[::500]]})
    page = open_page()
    pair_id = page.overview()["pairs"][0]["id"]
    whole = page.json("pair", id=pair_id, width=200)["train"]
    assert whole["decimated"]
    assert whole["points"] == 50_000
    assert len(whole["steps"]) <= 5 * 200
    part = page.json("pair", id=pair_id, width=200, **{"from": 1000, "to": 1100})["train"]
    assert not part["decimated"]
    assert part["steps"] == list(range(999, 1102))


def test_an_answer_stays_small_however_wide_the_chart_and_long_the_curve(open_page, write_run) -> None:
    rng = np.random.default_rng(0)
    steps = np.cumsum(rng.integers(1, 1000, 30_000)).tolist()
    train, val = rng.normal(size=(2, 30_000))
    write_run("exp", {"loss/train": zip(steps, train, strict=True), "loss/val": zip(steps, val, strict=True)})
    page = open_page()
    pair_id = page.overview()["pairs"][0]["id"]
    answer = page.client.get(f"{PREFIX}/pair?id={pair_id}&width=4000", headers={"Accept-Encoding": "gzip"})
    assert len(answer.get_data()) < 300_000


def test_appended_points_appear_on_the_next_call(open_page, write_run, overfitting) -> None:
    write_run("exp", {tag: points[:30] for tag, points in overfitting.items()})
    page = open_page()
    before = page.overview()
    again = page.overview()
    assert again["version"] == before["version"]
    write_run("exp", {tag: points[30:] for tag, points in overfitting.items()})
    after = page.overview()
    assert after["version"] > before["version"]
    assert (before["pairs"][0]["evaluations"], after["pairs"][0]["evaluations"]) == (30, 60)


def test_only_what_changed_travels(open_page, write_run, overfitting, converged, logdir: Path) -> None:
    write_run("a", converged)
    write_run("b", {tag: points[:30] for tag, points in overfitting.items()})
    write_run("c", {"loss/train": overfitting["loss/train"]})
    page = open_page()
    before = page.overview()
    ids = {row["run"]: row["id"] for row in before["pairs"]}
    idle = page.json("overview", since=before["version"])
    assert (idle["since"], idle["pairs"], idle["train_only"], idle["removed"]) == (before["version"], [], [], [])
    assert idle["total_pairs"] == 2

    write_run("b", {tag: points[30:] for tag, points in overfitting.items()})
    shutil.rmtree(logdir / "a")
    delta = page.json("overview", since=before["version"])
    assert [row["run"] for row in delta["pairs"]] == ["b"]
    assert (delta["train_only"], delta["removed"], delta["total_pairs"]) == ([], [ids["a"]], 1)
    everything = page.json("overview", since=1)
    assert everything["since"] is None
    assert [row["run"] for row in everything["train_only"]] == ["c"]


def test_a_large_table_comes_in_pages(open_page, write_run, converged) -> None:
    for index in range(7):
        write_run(f"run{index}", converged)
    page = open_page()
    whole = page.overview()
    seen: list[Any] = []
    after: dict[str, str] = {}
    while True:
        part = page.json("overview", limit=3, spark=0, **after)
        assert part["total_pairs"] == 7
        seen += part["pairs"]
        if part["next"] is None:
            break
        after = {"after": part["next"]}
    assert [row["id"] for row in seen] == [row["id"] for row in whole["pairs"]]
    severities = [row["severity"] for row in seen]
    assert severities == sorted(severities, reverse=True)
    assert "spark" not in seen[0]
    sparks = page.json("sparks", ids=f"{seen[0]['id']},unknown")["sparks"]
    assert sparks == {seen[0]["id"]: whole["pairs"][0]["spark"]}
    assert "'after'" in page.json("overview", code=400, after="unknown")["error"]
    assert "'limit'" in page.json("overview", code=400, limit=0)["error"]
    assert "'ids'" in page.json("sparks", code=400, ids=",".join(map(str, range(101))))["error"]


def test_changes_come_in_pages_of_changes(open_page, write_run, overfitting) -> None:
    for index in range(6):
        write_run(f"run{index}", {tag: points[:30] for tag, points in overfitting.items()})
    page = open_page()
    before = page.overview()
    for index in (1, 3, 4):
        write_run(f"run{index}", {tag: points[30:] for tag, points in overfitting.items()})
    first = page.json("overview", since=before["version"], limit=2)
    second = page.json("overview", since=before["version"], limit=2, after=first["next"])
    assert [len(part["pairs"]) for part in (first, second)] == [2, 1]
    assert {row["run"] for part in (first, second) for row in part["pairs"]} == {"run1", "run3", "run4"}
    assert second["next"] is None
    assert page.json("overview", since=first["version"], limit=2)["next"] is None


def test_a_further_page_is_of_what_the_first_one_read(open_page, write_run, converged) -> None:
    for index in range(3):
        write_run(f"run{index}", converged)
    page = open_page()
    page.overview()
    first = page.json("overview", limit=2)
    write_run("run3", converged)
    second = page.json("overview", limit=2, after=first["next"])
    assert (second["version"], second["total_pairs"]) == (first["version"], 3)
    assert page.overview()["total_pairs"] == 4


def test_an_earlier_training_of_the_folder_can_be_chosen(open_page, write_run, overfitting, converged) -> None:
    (first,) = write_run("exp", overfitting).iterdir()
    first.rename(first.with_name("events.out.tfevents.1.host"))  # written earlier, as its name says
    write_run("exp", converged, start=1_800_000_000.0)
    page = open_page()
    row = page.overview()["pairs"][0]
    assert (row["trainings"], row["verdict"]) == (2, "converged")
    assert "restarted" in row["flags"]
    earlier = page.json("pair", id=row["id"], training=0)
    assert earlier["row"]["verdict"] == "overfitting"
    assert "training" in page.json("pair", code=400, id=row["id"], training=2)["error"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({}, "id"),
        ({"id": ""}, "id"),
        ({"id": "x", "width": "wide"}, "width"),
        ({"id": "x", "width": 99}, "width"),
        ({"id": "x", "width": "1e3"}, "width"),
        ({"id": "x", "from": "9" * 5000}, "from"),
        ({"id": "x", "to": "²"}, "to"),
        ({"id": "x", "from": 5, "to": 4}, "from"),
    ],
)
def test_a_wrong_parameter_is_a_400_that_names_it(open_page, write_run, overfitting, query, named) -> None:
    write_run("exp", overfitting)
    page = open_page()
    known = page.overview()["pairs"][0]["id"]
    if query.get("id") == "x":
        query = {**query, "id": known}
    assert f"'{named}'" in page.json("pair", code=400, **query)["error"]


@pytest.mark.parametrize("route", ["overview", "pair", "sparks", "trial", "unpaired", "train_only"])
def test_a_parameter_misspelt_or_given_twice_is_named_by_every_route(open_page, route: str) -> None:
    page = open_page()
    assert "'widht'" in page.json(route, code=400, widht=500)["error"]
    known = {"overview": "limit", "sparks": "ids", "trial": "mode", "unpaired": "contains"}.get(route, "id")
    twice = page.client.get(f"{PREFIX}/{route}?{known}=1&{known}=2")
    assert twice.status_code == 400
    assert f"'{known}'" in twice.get_json()["error"]


def test_an_unknown_id_is_a_404(open_page, write_run, overfitting) -> None:
    write_run("exp", overfitting)
    page = open_page()
    page.overview()
    assert "nope" in page.json("pair", code=404, id="nope")["error"]
    assert "nope" in page.json("train_only", code=404, id="nope")["error"]


def test_only_get_is_answered(open_page) -> None:
    response = open_page().client.post(f"{PREFIX}/overview")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["../plugin.py", "..%2fplugin.py", "bundle.sha256", "static/index.js", "/etc/passwd"])
def test_nothing_but_the_listed_files_is_served(open_page, path: str) -> None:
    assert open_page().get(path).status_code == 404


def test_static_files_come_with_fixed_types(open_page) -> None:
    page = open_page()
    for name, mimetype in [("index.js", "text/javascript"), ("style.css", "text/css"), ("LICENSES.txt", "text/plain")]:
        response = page.get(name)
        assert (response.status_code, response.mimetype) == (200, mimetype)
        assert response.get_data()


def test_a_train_loss_without_validation_is_listed_apart(open_page, write_run, overfitting) -> None:
    write_run("exp", {"loss/train": overfitting["loss/train"]})
    page = open_page()
    overview = page.overview()
    assert overview["pairs"] == []
    (loss,) = overview["train_only"]
    assert (loss["run"], loss["tag"], loss["points"]) == ("exp", "loss/train", 60)
    detail = page.json("train_only", id=loss["id"])
    assert detail["train"]["points"] == 60
    assert "add_paired_scalars" in detail["how_to_log"]


def test_values_that_are_not_finite_are_null_and_marked(open_page, write_run) -> None:
    losses = [1.0, 0.8, float("nan"), 0.7, float("inf"), 0.6, float("-inf"), 0.5]
    write_run("exp", {"loss/train": enumerate(losses), "loss/val": enumerate(losses)})
    page = open_page()
    pair = page.json("pair", id=page.overview()["pairs"][0]["id"])
    assert [step for step, value in zip(pair["val"]["steps"], pair["val"]["values"], strict=True) if value is None] == [
        2,
        4,
        6,
    ]
    assert {(mark["split"], mark["step"]) for mark in pair["marks"]["non_finite"]} == {
        (split, step) for split in ("train", "val") for step in (2, 4, 6)
    }


HOSTILE = [
    "a b",
    "it's",
    'quo"te',
    "<script>alert(1)</script>",
    "tab\there",
    "ümläut-日本",
    "100%",
    "{curly}",
    "a&b=c#d",
]


@pytest.mark.parametrize("name", [*HOSTILE, os.fsdecode(b"not-utf8-\xff")])
def test_hostile_run_names_are_shown_as_they_are(open_page, write_run, overfitting, name: str) -> None:
    run = name.replace("/", "_")
    written = write_run("exp", overfitting)
    written.rename(written.with_name(run))  # TensorBoard's own writer refuses some of them
    page = open_page()
    row = page.overview()["pairs"][0]
    assert row["run"] == os.fsencode(run).decode("utf-8", "replace")
    assert page.json("pair", id=row["id"])["row"]["run"] == row["run"]


def test_no_logdir_and_an_empty_one_are_states_of_their_own(open_page) -> None:
    assert Page("").overview()["state"] == "no_logdir"
    empty = open_page().overview()
    assert (empty["state"], empty["runs"], empty["pairs"]) == ("ready", 0, [])


def test_a_logdir_that_does_not_exist_yet_is_read_once_it_does(
    tmp_path: Path, logdir: Path, write_run, overfitting
) -> None:
    later = tmp_path / "later"
    page = Page(str(later))
    missing = page.overview()
    assert (missing["state"], missing["pairs"]) == ("unreadable", [])
    assert "no such folder" in missing["problems"]["list"][0]["reason"]
    write_run("exp", overfitting)
    logdir.rename(later)
    assert [row["run"] for row in page.overview()["pairs"]] == ["exp"]


def test_a_folder_that_vanishes_takes_its_pairs_along(open_page, write_run, overfitting, logdir: Path) -> None:
    write_run("gone", overfitting)
    write_run("kept", overfitting)
    page = open_page()
    gone = next(row["id"] for row in page.overview()["pairs"] if row["run"] == "gone")
    shutil.rmtree(logdir / "gone")
    assert [row["run"] for row in page.overview()["pairs"]] == ["kept"]
    page.json("pair", code=404, id=gone)
    shutil.rmtree(logdir)
    gone_too = page.overview()
    assert (gone_too["state"], gone_too["pairs"]) == ("unreadable", [])


def test_what_could_not_be_read_is_said_and_the_rest_is_shown(open_page, write_run, overfitting, logdir: Path) -> None:
    (path,) = write_run("exp", overfitting).iterdir()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xff" * 200
    path.write_bytes(content)
    (logdir / "junk").mkdir()
    (logdir / "junk" / "events.out.tfevents.1.host").write_bytes(b"this is no event file, not at all, and it goes on")
    (logdir / "empty").mkdir()
    (logdir / "empty" / "events.out.tfevents.1.host").write_bytes(b"")
    overview = open_page().overview()
    assert overview["pairs"][0]["evaluations"] >= 20
    assert {os.path.basename(os.path.dirname(problem["path"])) for problem in overview["problems"]["list"]} == {
        "exp",
        "junk",
    }
    assert all(problem["reason"] for problem in overview["problems"]["list"])


def test_the_config_flag_names_a_file_with_a_persons_word(logdir, write_run, overfitting, tmp_path: Path) -> None:
    write_run("exp", {"alpha": overfitting["loss/train"], "beta": overfitting["loss/val"]})
    config = tmp_path / "pairs.toml"
    config.write_text('[[pair]]\ntrain = "alpha"\nval = "beta"\n')
    page = Page(str(logdir), "--losshealth_config", str(config))
    (row,) = page.overview()["pairs"]
    assert page.json("pair", id=row["id"])["pairing"]["source"] == "override"


def test_logdir_spec_names_the_runs(logdir: Path, write_run, overfitting, converged) -> None:
    write_run("one/x", overfitting)
    write_run("two", converged)
    page = Page("", "--logdir_spec", f"first:{logdir}/one,second:{logdir}/two")
    assert {row["run"] for row in page.overview()["pairs"]} == {"first/x", "second"}


def test_many_clients_while_the_log_grows(open_page, write_run, overfitting, converged) -> None:
    write_run("steady", converged)
    page = open_page()
    page.overview()
    failures: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                for row in page.overview()["pairs"]:
                    page.json("pair", id=row["id"])
        except BaseException as error:
            failures.append(error)

    clients = [threading.Thread(target=ask) for _ in range(8)]
    for client in clients:
        client.start()
    for start in range(0, 60, 4):
        write_run("growing", {tag: points[start : start + 4] for tag, points in overfitting.items()})
    done.set()
    for client in clients:
        client.join(60)
    assert not failures
    assert {row["run"]: row["evaluations"] for row in page.overview()["pairs"]} == {"steady": 60, "growing": 60}


def test_any_two_tags_can_be_tried_as_a_pair(open_page, write_run, overfitting, logdir: Path) -> None:
    write_run('odd "run"', {"al\tph*a": overfitting["loss/train"], "beta": overfitting["loss/val"]})
    page = open_page()
    overview = page.overview()
    assert overview["pairs"] == []
    (listed,) = page.json("unpaired", contains="BET")["tags"]
    assert (listed["run"], listed["tag"]) == ('odd "run"', "beta")
    assert listed["reason"]
    query = {"train_run": 'odd "run"', "train_tag": "al\tph*a", "val_run": 'odd "run"', "val_tag": "beta"}
    tried = page.json("trial", **query)
    assert tried["row"]["verdict"] == "overfitting"
    assert page.json("trial", **query, mode="max")["row"]["mode"] == "max"
    assert page.overview()["pairs"] == []

    (logdir / "losshealth.toml").write_text(tried["toml"])
    (row,) = page.overview()["pairs"]
    assert (row["run"], row["verdict"]) == ('odd "run"', "overfitting")
    assert page.overview()["problems"]["total"] == 0

    assert "'mode'" in page.json("trial", code=400, **query, mode="up")["error"]
    assert "'val_tag'" in page.json("trial", code=400, **{**query, "val_tag": "al\tph*a"})["error"]
    assert "gamma" in page.json("trial", code=404, **{**query, "val_tag": "gamma"})["error"]


def test_an_installation_without_the_page_says_so_in_the_tab(open_page, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tb_losshealth.plugin.plugin.STATIC", tmp_path)
    page = open_page()
    fallback = page.get("index.js")
    assert (fallback.status_code, fallback.mimetype) == (200, "text/javascript")
    assert "export function render()" in fallback.get_data(as_text=True)
    assert "not bundled" in page.json("style.css", code=404)["error"]


def test_answers_are_compressed_for_a_client_that_takes_it(open_page, write_run, overfitting) -> None:
    write_run("exp", overfitting)
    page = open_page()
    overview = page.overview()
    response = page.client.get(f"{PREFIX}/overview", headers={"Accept-Encoding": "gzip, deflate"})
    assert response.headers["Content-Encoding"] == "gzip"
    packed = response.get_data()
    assert len(packed) == int(response.headers["Content-Length"])
    assert json.loads(gzip.decompress(packed))["pairs"] == overview["pairs"]
