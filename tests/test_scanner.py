"""scan(): from event files to judged pairs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tb_losshealth import Verdict, scan
from tb_losshealth.logs.run import Progress
from tb_losshealth.pairing.declarations import DeclaredPair, declaration_summary, encode_declarations
from tb_losshealth.pairing.pair_finder import TagRef
from tb_losshealth.scanner import Scanner


def declare(folder: Path, payload: bytes) -> None:
    writer = EventFileWriter(str(folder), filename_suffix=".declared")
    writer.add_event(Event(wall_time=1.0, step=0, summary=declaration_summary(payload)))
    writer.close()


def test_pairs_come_worst_first_with_their_curves(logdir, write_run, overfitting, converged) -> None:
    write_run("a/good", converged)
    write_run("b/bad", overfitting)
    result = scan(logdir)
    assert [report.pair.run for report in result] == ["b/bad", "a/good"]
    assert [report.diagnosis.verdict for report in result] == [Verdict.OVERFITTING, Verdict.CONVERGED]
    bad = result[0]
    assert bad.pair.train == TagRef("b/bad", "loss/train")
    assert bad.train.steps.tolist() == [step for step, _ in overfitting["loss/train"]]
    np.testing.assert_allclose(bad.val.values, [value for _, value in overfitting["loss/val"]], rtol=1e-6)
    assert bad.diagnosis.onset is not None
    assert bad.diagnosis.onset.low <= 200 <= bad.diagnosis.onset.high
    assert (len(result), result.runs, result.tags) == (2, 2, 4)
    assert result[-1:] == (result[1],)


def test_values_left_out_of_a_mean_are_flagged(logdir, write_run, overfitting) -> None:
    lossy = {tag: list(points) for tag, points in overfitting.items()}
    step, _ = lossy["loss/val"][3]
    lossy["loss/val"].insert(3, (step, float("nan")))
    write_run("pair", lossy)
    write_run("alone", {"train_loss": lossy["loss/val"]})
    result = scan(logdir)
    (pair,), (alone,) = result, result.train_only
    for report in (pair, alone):
        assert "non_finite" in report.diagnosis.flags
    assert np.isfinite(pair.val.values).all()
    assert pair.diagnosis.verdict is Verdict.OVERFITTING


def test_a_logdir_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no such folder: .*nowhere.*tensorboard --logdir"):
        scan(tmp_path / "nowhere")


def test_an_empty_logdir_has_no_reports(logdir: Path) -> None:
    result = scan(logdir)
    assert (list(result), result.train_only, result.problems, result.runs) == ([], (), (), 0)


def test_a_train_loss_alone_is_reported_as_such(logdir, write_run, overfitting) -> None:
    write_run("exp", {"train_loss": overfitting["loss/train"], "lr": [(0, 0.1), (1, 0.1)]})
    result = scan(logdir)
    assert len(result) == 0
    (alone,) = result.train_only
    assert alone.loss.train == TagRef("exp", "train_loss")
    assert alone.diagnosis.verdict != Verdict.OVERFITTING
    assert [str(tag.ref) for tag in result.unpaired] == ["exp:lr"]


def test_steps_per_epoch_are_taken_from_the_epoch_that_is_logged(logdir, write_run, overfitting) -> None:
    steps = [step for step, _ in overfitting["loss/val"]]
    write_run("exp", {**overfitting, "epoch": [(step, step // (4 * steps[1])) for step in steps]})
    write_run("other", overfitting)
    found = {report.pair.run: report.steps_per_epoch for report in scan(logdir)}
    assert found == {"exp": 4 * steps[1], "other": None}


def test_a_declared_pair_needs_no_telling_names(logdir, write_run, overfitting) -> None:
    folder = write_run("exp", {"alpha": overfitting["loss/train"], "beta": overfitting["loss/val"]})
    assert len(scan(logdir)) == 0
    pair = DeclaredPair("exp", "score", "max", TagRef("exp", "alpha"), TagRef("exp", "beta"), None)
    declare(folder, encode_declarations([pair]))
    (report,) = scan(logdir)
    assert (report.pair.name, report.pair.mode, report.pair.source) == ("score", "max", "declared")


def test_a_declaration_that_cannot_be_read_is_a_problem_and_the_rest_goes_on(logdir, write_run, overfitting) -> None:
    declare(write_run("exp", overfitting), b"{not json")
    result = scan(logdir)
    assert len(result) == 1
    assert [problem.path for problem in result.problems] == ["exp"]
    assert "declaration" in result.problems[0].reason


def test_a_refresh_without_news_returns_the_same_object(logdir, write_run, overfitting) -> None:
    write_run("exp", overfitting)
    scanner = Scanner(str(logdir))
    assert scanner.refresh() is scanner.refresh()


def test_a_refresh_judges_only_what_changed(logdir, write_run, overfitting, converged) -> None:
    write_run("a", converged)
    write_run("b", {tag: points[:20] for tag, points in overfitting.items()})
    scanner = Scanner(str(logdir))
    before = {report.pair.run: report for report in scanner.refresh()}
    write_run("b", {tag: points[20:] for tag, points in overfitting.items()})
    after = {report.pair.run: report for report in scanner.refresh()}
    assert after["a"] is before["a"]
    assert len(after["b"].val) == 60
    assert after["b"].diagnosis == scan(logdir)[0].diagnosis


def test_runs_come_and_go(logdir, write_run, overfitting, converged) -> None:
    write_run("a", converged)
    scanner = Scanner(str(logdir))
    scanner.refresh()
    write_run("b", overfitting)
    assert [report.pair.run for report in scanner.refresh()] == ["b", "a"]
    shutil.rmtree(logdir / "b")
    assert [report.pair.run for report in scanner.refresh()] == ["a"]


def test_a_second_training_in_the_folder_is_shown_and_the_first_kept(logdir, overfitting, converged) -> None:
    for index, tags in enumerate((overfitting, converged)):
        writer = EventFileWriter(str(logdir / "exp"), filename_suffix=f".{index}")
        for (step, train), (_, val) in zip(tags["loss/train"], tags["loss/val"], strict=True):
            values = [
                Summary.Value(tag="loss/train", simple_value=train),
                Summary.Value(tag="loss/val", simple_value=val),
            ]
            writer.add_event(Event(wall_time=1e9 + 1e4 * index + step, step=step, summary=Summary(value=values)))
        writer.close()
    (report,) = scan(logdir)
    assert report.diagnosis.verdict == Verdict.CONVERGED
    assert "restarted" in report.diagnosis.flags
    assert [len(training.val) for training in report.trainings] == [60, 60]


def test_progress_is_told(logdir, write_run, overfitting) -> None:
    write_run("exp", overfitting)
    seen: list[Progress] = []
    scan(logdir, on_progress=seen.append)
    assert seen[-1].files_done == seen[-1].files == 1
    assert seen[-1].bytes_done == seen[-1].bytes > 0


def test_a_person_pairs_forbids_and_renames_in_losshealth_toml(logdir, write_run, overfitting, converged) -> None:
    write_run("odd", {"alpha": overfitting["loss/train"], "beta": overfitting["loss/val"]})
    write_run("usual", converged)
    scanner = Scanner(str(logdir))
    assert [report.pair.run for report in scanner.refresh()] == ["usual"]
    config = logdir / "losshealth.toml"
    config.write_text('[[pair]]\ntrain = "alpha"\nval = "beta"\nname = "greek"\n\n[[forbid]]\nrun = "usual"\n')
    (report,) = scanner.refresh()
    assert (report.pair.run, report.pair.name, report.pair.source) == ("odd", "greek", "override")
    config.unlink()
    assert [report.pair.run for report in scanner.refresh()] == ["usual"]


def test_a_mistake_in_losshealth_toml_is_said_with_its_line_and_the_rest_counts(logdir, write_run, converged) -> None:
    write_run("exp", converged)
    (logdir / "losshealth.toml").write_text('[[rename]]\nname = "loss"\nto = "nll"\n\n[[direction]]\nmode = "up"\n')
    result = scan(logdir)
    assert [report.pair.name for report in result] == ["nll"]
    (problem,) = result.problems
    assert problem.path == str(logdir / "losshealth.toml")
    assert problem.reason.startswith("line 6: ")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "there is no such file"), (b"\xff\xfe", "is not UTF-8"), (b"#" * (2**20 + 1), "more than 1,048,576 bytes")],
)
def test_a_config_that_cannot_be_read_is_said(logdir, write_run, converged, tmp_path, content, reason) -> None:
    write_run("exp", converged)
    config = tmp_path / "my.toml"
    if content is not None:
        config.write_bytes(content)
    result = scan(logdir, config=config)
    assert len(result) == 1
    assert [problem.path for problem in result.problems] == [str(config)]
    assert reason in result.problems[0].reason


def test_a_pipe_or_a_link_out_of_the_logdir_is_not_read_as_losshealth_toml(
    logdir, write_run, converged, tmp_path
) -> None:
    write_run("exp", converged)
    config = logdir / "losshealth.toml"
    os.mkfifo(config)
    assert "no regular file" in scan(logdir).problems[0].reason
    config.unlink()
    outside = tmp_path / "secret.toml"
    outside.write_text('[[forbid]]\nrun = "*"\n')
    config.symlink_to(outside)
    result = scan(logdir)
    assert "leads out of the log folder" in result.problems[0].reason
    assert len(result) == 1
    assert len(scan(logdir, config=config)) == 0
