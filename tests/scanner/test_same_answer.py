"""One place, one answer: through scan(), the command line, the saved page and the tab."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins import base_plugin
from werkzeug.test import Client

from tb_losshealth import scan
from tb_losshealth.cli.main import main
from tb_losshealth.plugin.loader import LossHealthLoader
from tb_losshealth.scanner import Scanner

Answers = list[tuple[str, str, str, Any]]


def csv_of(tags: dict[str, list[tuple[int, float]]]) -> str:
    columns = [dict(tags[f"loss/{split}"]) for split in ("train", "val")]
    lines = [f"{step},{columns[0].get(step, '')},{columns[1].get(step, '')}" for step in sorted(columns[0])]
    return "\n".join(["step,train_loss,val_loss", *lines, ""])


def events(logdir: Path, write_run: Any, bad: Any, good: Any) -> list[str]:
    write_run("a/bad", bad)
    write_run("b/good", good)
    return [str(logdir)]


def metrics(logdir: Path, write_run: Any, bad: Any, good: Any) -> list[str]:
    for name, tags in (("bad", bad), ("good", good)):
        (logdir / name).mkdir()
        (logdir / name / "metrics.csv").write_text(csv_of(tags))
    return [str(logdir)]


def beside(logdir: Path, write_run: Any, bad: Any, good: Any) -> list[str]:
    metrics(logdir, write_run, bad, good)
    write_run("bad", bad)
    return [str(logdir)]


def glob(logdir: Path, write_run: Any, bad: Any, good: Any) -> list[str]:
    events(logdir, write_run, bad, good)
    (logdir / "c.csv").write_text(csv_of(bad))
    return [f"{logdir}/*"]


def several(logdir: Path, write_run: Any, bad: Any, good: Any) -> list[str]:
    events(logdir, write_run, bad, good)
    return [f"{logdir}/a", f"{logdir}/b"]


def file(logdir: Path, write_run: Any, bad: Any, good: Any) -> list[str]:
    (logdir / "anything.csv").write_text(csv_of(bad))
    return [f"{logdir}/anything.csv"]


PLACES: dict[Callable[..., list[str]], int] = {events: 2, metrics: 2, beside: 2, glob: 3, several: 2, file: 1}


def through_scan(place: Any) -> Answers:
    return sorted(
        (
            report.id,
            report.pair.run,
            report.diagnosis.verdict.value,
            report.diagnosis.onset and report.diagnosis.onset.step,
        )
        for report in scan(place)
    )


def of_rows(rows: list[dict[str, Any]]) -> Answers:
    return sorted((row["id"], row["run"], row["verdict"], row["onset"] and row["onset"]["step"]) for row in rows)


def through_tab(place: str | dict[str, str]) -> Answers:
    loader = LossHealthLoader()
    parser = argparse.ArgumentParser()
    parser.add_argument("--logdir_spec", default="")
    loader.define_flags(parser)
    logdir, spec = (place, "") if isinstance(place, str) else ("", ",".join(f"{k}:{v}" for k, v in place.items()))
    flags = parser.parse_args(["--logdir_spec", spec])
    plugin = loader.load(base_plugin.TBContext(logdir=logdir, flags=flags))
    assert plugin is not None
    answer = Client(TensorBoardWSGI([plugin])).get("/data/plugin/losshealth/overview").json
    assert answer is not None
    assert answer["state"] == "ready", answer
    return of_rows(answer["pairs"])


@pytest.mark.parametrize("make", PLACES, ids=lambda make: make.__name__)
def test_one_place_has_one_answer(
    make: Callable[..., list[str]], logdir: Path, write_run, overfitting, converged, tmp_path: Path, capsys
) -> None:
    place = make(logdir, write_run, overfitting, converged)
    answers = through_scan(place)
    assert len(answers) == PLACES[make]
    assert any(verdict == "overfitting" for _, _, verdict, _ in answers)
    assert main(["report", "--json", *place]) == 0
    assert of_rows(json.loads(capsys.readouterr().out)["pairs"]) == answers
    assert main(["report", "--json", *place, "-j", "2"]) == 0
    assert of_rows(json.loads(capsys.readouterr().out)["pairs"]) == answers
    assert main(["html", *place, "-o", str(tmp_path / "saved.html")]) == 0
    saved = re.findall(r'id="data">(.*?)</script>', (tmp_path / "saved.html").read_text(encoding="utf-8"), re.DOTALL)
    assert of_rows([pair["row"] for pair in json.loads(saved[0])["pairs"]]) == answers
    if len(place) == 1:
        assert through_scan(place[0]) == through_tab(place[0]) == answers


def test_a_spec_has_one_answer(logdir: Path, write_run, overfitting, converged) -> None:
    events(logdir, write_run, overfitting, converged)
    (logdir / "b" / "metrics.csv").write_text(csv_of(overfitting))
    spec = {"one": f"{logdir}/a", "two": f"{logdir}/b"}
    answers = through_scan(spec)
    assert {run for _, run, _, _ in answers} == {"one/bad", "two", "two/good"}
    assert through_tab(spec) == answers
    assert len(Scanner(spec).judge_in_batches()) == len(answers)


def test_all_metrics_files_but_a_named_one_can_be_left_out(logdir: Path, write_run, overfitting, converged) -> None:
    (place,) = metrics(logdir, write_run, overfitting, converged)
    assert len(scan(place)) == 2
    assert len(scan(place, metrics_files=False)) == 0
    assert len(scan(f"{place}/bad/metrics.csv", metrics_files=False)) == 1


def test_the_toml_of_a_single_local_folder_counts_everywhere(logdir: Path, write_run, overfitting, converged) -> None:
    (place,) = events(logdir, write_run, overfitting, converged)
    (logdir / "losshealth.toml").write_text('[[forbid]]\nrun = "a/*"\n')
    assert [run for _, run, _, _ in through_scan(place)] == ["b/good"]
    assert through_tab(place) == through_tab({"": place}) == through_scan(place)
    assert len(scan([place, f"{place}/a"])) == 1  # one place, named twice
    named = f"{place}/b/metrics.csv"
    Path(named).write_text(csv_of(overfitting))
    assert scan(named).problems == ()
