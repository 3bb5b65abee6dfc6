"""What a person names -> what is read."""

from __future__ import annotations

import os
from pathlib import Path

import fsspec
import pytest

from tb_losshealth import scan
from tb_losshealth.logs.open_log import find_roots, open_log


def test_one_folder_gives_its_runs_no_prefix(logdir: Path) -> None:
    assert find_roots([str(logdir)]) == {"": str(logdir)}


def test_several_are_told_apart_by_where_they_differ(tmp_path: Path) -> None:
    folders = [tmp_path / "a" / "runs", tmp_path / "b" / "runs"]
    for folder in folders:
        folder.mkdir(parents=True)
    assert list(find_roots(list(map(str, folders)))) == ["a/runs", "b/runs"]


def test_what_lies_inside_another_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "runs" / "exp").mkdir(parents=True)
    runs = str(tmp_path / "runs")
    assert find_roots([runs, f"{runs}/exp", f"{runs}/", runs]) == {"": runs}


def test_globs_take_folders_and_metrics_files(tmp_path: Path) -> None:
    for name in ("exp1", "exp2"):
        (tmp_path / name).mkdir()
    (tmp_path / "exp3.csv").write_text("epoch,loss\n1,2\n")
    (tmp_path / "exp4.png").write_text("")
    assert list(find_roots([f"{tmp_path}/exp*"])) == ["exp1", "exp2", "exp3.csv"]
    with pytest.raises(FileNotFoundError, match=r"matches .*other"):
        find_roots([f"{tmp_path}/other*"])


def test_a_folder_whose_name_is_a_pattern_is_itself(tmp_path: Path) -> None:
    (tmp_path / "lr[0.1]").mkdir()
    assert find_roots([f"{tmp_path}/lr[0.1]"]) == {"": f"{tmp_path}/lr[0.1]"}


def test_an_event_file_is_not_a_run(write_run, overfitting) -> None:
    (path,) = write_run("exp", overfitting).iterdir()
    with pytest.raises(ValueError, match="pass its folder"):
        find_roots([str(path)])


@pytest.mark.parametrize("url", ["memory://nowhere", "nosuchprotocol://bucket/runs", "memory://nowhere/*"])
def test_a_url_with_nothing_behind_it_is_said(url: str) -> None:
    with pytest.raises(FileNotFoundError, match=url.split(":")[0]):
        find_roots([url])


def test_runs_behind_urls_and_globs_of_urls_are_read(logdir: Path, write_run, overfitting, converged) -> None:
    write_run("a/x", overfitting)
    write_run("b/y", converged)
    memory = fsspec.filesystem("memory")
    memory.put(f"{logdir}/", "/bucket/", recursive=True)
    memory.pipe("/bucket/c/metrics.csv", b"epoch,train_loss,val_loss\n1,2,3\n")
    try:
        assert [report.pair.run for report in scan("memory://bucket", metrics_files=True)] == ["a/x", "b/y", "c"]
        assert [report.pair.run for report in scan("memory://bucket/*", metrics_files=True)] == ["a/x", "b/y", "c"]
    finally:
        memory.rm("/bucket", recursive=True)


def test_several_logdirs_make_one_result(tmp_path: Path, logdir: Path, write_run, overfitting) -> None:
    write_run("exp", overfitting)
    (tmp_path / "results.csv").write_text("epoch,train_loss,val_loss\n1,2,3\n")
    result = scan([logdir, tmp_path / "results.csv"], metrics_files=True)
    assert {report.pair.run for report in result} == {"runs/exp", "results.csv"}


def test_one_walk_finds_both_kinds_of_files(
    logdir: Path, write_run, converged, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run("a", converged)
    (logdir / "b").mkdir()
    (logdir / "b" / "metrics.csv").write_text("epoch,loss,val_loss\n1,3,3\n2,2,2.5\n3,1,2\n")
    (logdir / "c").symlink_to(logdir / "b")
    listed: list[str] = []
    scandir = os.scandir

    def noting(path: str) -> object:
        listed.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", noting)
    log = open_log({"": str(logdir)})
    log.refresh()
    assert sorted(log.runs) == ["a", "b"]
    assert len(listed) == len(set(listed))
