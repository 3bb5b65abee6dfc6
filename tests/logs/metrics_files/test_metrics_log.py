"""Which runs the metrics files of a folder tell of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tb_losshealth import scan

CSV = "epoch,train_loss,val_loss\n" + "".join(f"{epoch},{1 / epoch},{1 / epoch + 0.1}\n" for epoch in range(1, 30))


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def state(steps: int) -> str:
    entries = [
        entry
        for step in range(1, steps + 1)
        for entry in ({"loss": 1 / step, "step": step}, {"eval_loss": 1 / step + 0.1, "step": step})
    ]
    return json.dumps({"global_step": steps, "log_history": entries})


def pairs(logdir: Path) -> set[tuple[str, str]]:
    return {(report.pair.run, report.pair.name) for report in scan(logdir, metrics_files=True)}


def test_a_run_is_named_by_its_folder_or_else_by_its_file(logdir: Path) -> None:
    put(logdir / "version_0" / "metrics.csv", CSV)
    put(logdir / "sweep" / "lr0.1.csv", CSV)
    put(logdir / "sweep" / "lr0.2.csv", CSV)
    put(logdir / "results.csv", CSV)
    assert pairs(logdir) == {("version_0", "loss"), ("sweep/lr0.1", "loss"), ("sweep/lr0.2", "loss"), (".", "loss")}


def test_two_files_of_one_folder_are_two_runs(logdir: Path) -> None:
    put(logdir / "exp" / "metrics.csv", CSV)
    put(logdir / "exp" / "metrics.jsonl", '{"step": 1, "train_loss": 2, "val_loss": 3}\n')
    assert pairs(logdir) == {("exp", "loss"), ("exp/metrics.jsonl", "loss")}


def test_one_file_a_split_pairs_as_sibling_runs_do(logdir: Path) -> None:
    rows = "epoch,loss\n1,3\n2,2\n3,1\n"
    put(logdir / "exp" / "train.csv", rows)
    put(logdir / "exp" / "val.csv", rows)
    (report,) = scan(logdir, metrics_files=True)
    assert (report.pair.run, report.pair.train.run, report.pair.val.run) == ("exp", "exp/train", "exp/val")


def test_event_files_go_before_metrics_files_of_the_same_folder(logdir: Path, write_run, overfitting) -> None:
    put(write_run("exp", overfitting) / "results.csv", CSV)
    put(logdir / "other" / "results.csv", CSV)
    found = {report.pair.run: len(report.val) for report in scan(logdir, metrics_files=True)}
    assert found == {"exp": 60, "other": 29}


def test_of_the_states_saved_with_checkpoints_the_longest_counts(logdir: Path) -> None:
    for step in (5, 10, 20):
        put(logdir / "out" / f"checkpoint-{step}" / "trainer_state.json", state(step))
    (report,) = scan(logdir, metrics_files=True)
    assert (report.pair.run, len(report.val)) == ("out", 20)
    put(logdir / "out" / "trainer_state.json", state(25))
    (report,) = scan(logdir, metrics_files=True)
    assert (report.pair.run, len(report.val)) == ("out", 25)


def test_a_state_beside_its_trainings_event_files_is_not_shown_twice(logdir: Path, write_run, overfitting) -> None:
    write_run("out/runs/Nov11_host", overfitting)
    put(logdir / "out" / "trainer_state.json", state(10))
    assert {run for run, _ in pairs(logdir)} == {"out/runs/Nov11_host"}


def test_a_named_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    (report,) = scan(put(tmp_path / "anything.dat", CSV))
    assert (report.pair.run, report.pair.name) == ("anything.dat", "loss")


def test_a_file_that_promises_metrics_and_holds_none_is_a_problem(logdir: Path) -> None:
    put(logdir / "exp" / "metrics.csv", "")
    put(logdir / "exp" / "trainer_state.json", "{")
    put(logdir / "data" / "images.csv", "id,width\n1,640\n")
    result = scan(logdir, metrics_files=True)
    assert {Path(problem.path).name for problem in result.problems} == {"metrics.csv", "trainer_state.json"}


def test_a_growing_file_is_followed(logdir: Path) -> None:
    from tb_losshealth.scanner import Scanner

    path = put(logdir / "metrics.csv", CSV)
    scanner = Scanner(str(logdir))
    first = scanner.refresh()
    assert scanner.refresh() is first
    with path.open("a") as file:
        file.write("30,0.1,0.2\n")
    assert [len(report.val) for report in scanner.refresh()] == [30]
    path.unlink()
    assert len(scanner.refresh()) == 0


def test_a_url_is_read_as_a_folder_is(logdir: Path) -> None:
    put(logdir / "a" / "metrics.csv", CSV)
    put(logdir / "b" / "out" / "checkpoint-5" / "trainer_state.json", state(5))
    local = [(r.pair.run, r.diagnosis) for r in scan(logdir, metrics_files=True)]
    assert [(r.pair.run, r.diagnosis) for r in scan(f"file://{logdir}", metrics_files=True)] == local
    assert len(local) == 2


@pytest.mark.parametrize("name", ["metrics.csv", "events.csv"])
def test_links_in_a_circle_end(logdir: Path, name: str) -> None:
    put(logdir / "exp" / name, CSV)
    (logdir / "exp" / "again").symlink_to(logdir)
    assert len(scan(logdir, metrics_files=True)) == 1
