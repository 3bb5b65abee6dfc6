"""A log judged in batches, here or elsewhere, is judged as in one go; what fails costs itself alone."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import fields
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from distributed import Client, LocalCluster

from tb_losshealth import batches, scan
from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.logs.run import Progress
from tb_losshealth.logs.run_files import RunFiles, list_runs, open_runs
from tb_losshealth.parallel import process_pool
from tb_losshealth.present.rows import pair_row, spark, train_only_row
from tb_losshealth.reports import ScanResult
from tb_losshealth.scanner import Scanner


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_RUNS", 4)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two worker processes."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    ) as started:
        yield started


def expect_same(found: ScanResult, expected: ScanResult) -> None:
    assert [pair_row(report) for report in found] == [pair_row(report) for report in expected]
    assert [spark(report) for report in found] == [spark(report) for report in expected]
    assert [train_only_row(alone) for alone in found.train_only] == [train_only_row(one) for one in expected.train_only]
    for name in ("unpaired", "problems", "runs", "tags", "failed"):
        assert getattr(found, name) == getattr(expected, name), name


@pytest.mark.parametrize("where", ["here", "own processes", "processes", "dask"])
def test_in_batches_as_in_one_go(many_runs: Path, where: str, request: pytest.FixtureRequest) -> None:
    expected = scan(many_runs)
    assert {"far", "loss"} <= {report.pair.name for report in expected}
    assert len(expected) == 28
    done: list[Progress] = []
    with ExitStack() as stack:
        executor = None
        if where == "own processes":
            executor = stack.enter_context(process_pool(2))
        elif where == "processes":
            executor = stack.enter_context(ProcessPoolExecutor(1))
        elif where == "dask":
            address = request.getfixturevalue("cluster").scheduler_address
            executor = stack.enter_context(Client(address, set_as_default=False)).get_executor()
        expect_same(Scanner(str(many_runs)).judge_in_batches(executor, points=40, on_progress=done.append), expected)
        whole = scan(many_runs, executor=executor) if executor else expected
    assert len(done) > 5
    assert (done[-1].files_done, done[-1].bytes_done) == (done[-1].files, done[-1].bytes)
    expect_same(whole, expected)
    for one, other in zip(whole, expected, strict=True):
        for curve in ("train", "val"):
            for field in fields(getattr(one, curve)):
                np.testing.assert_array_equal(
                    getattr(getattr(one, curve), field.name), getattr(getattr(other, curve), field.name)
                )
        assert len(one.trainings) == len(other.trainings)


def test_a_persons_rules_hold_over_batches(many_runs: Path) -> None:
    (many_runs / "losshealth.toml").write_text(
        '[[pair]]\ntrain_run = "sweep/lr1"\ntrain = "loss/train"\n'
        'val_run = "sweep/lr19"\nval = "loss/val"\nname = "odd"\n'
        '[[rename]]\nrun = "keras1*"\nname = "loss"\nto = "renamed"\n'
        '[[rename]]\nname = "nothing"\nto = "x"\n'
    )
    expected = scan(many_runs)
    assert {"odd", "renamed"} <= {report.pair.name for report in expected}
    assert len(expected.problems) == 1
    expect_same(Scanner(str(many_runs)).judge_in_batches(), expected)


def test_a_thin_report_keeps_what_a_list_shows(many_runs: Path) -> None:
    for report, whole in zip(Scanner(str(many_runs)).judge_in_batches(points=0), scan(many_runs), strict=True):
        assert (len(report.train), len(report.val), report.trainings) == (0, 0, ())
        assert pair_row(report) == pair_row(whole)


def runs_of(*names: str) -> list[RunFiles]:
    return [RunFiles(name) for name in names]


def cut(*names: str) -> list[list[str]]:
    return [[run.name for run in batch.runs] for batch in batches.make_batches(runs_of(*names))]


def test_runs_are_cut_between_sub_trees() -> None:
    assert cut("a/train", "a/val", "b/train", "b/val", "c/train", "c/val") == [
        ["a/train", "a/val", "b/train", "b/val"],
        ["c/train", "c/val"],
    ]
    assert cut("x", "a/train", "a/val", "b/train", "b/val", "c") == [
        ["x", "a/train", "a/val"],
        ["b/train", "b/val", "c"],
    ]
    assert [len(batch) for batch in cut(*(f"exp{number:02}" for number in range(18)))] == [4, 4, 4, 4, 2]
    assert cut() == []


def test_files_that_are_one_run_only_together_are_opened_together(logdir: Path, write_run, converged) -> None:
    state = '{"log_history": [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}]}'
    for folder in ("out", "out/checkpoint-1", "out/checkpoint-2", "other"):
        (logdir / folder).mkdir(parents=True)
        (logdir / folder / "trainer_state.json").write_text(state)
    write_run("out/runs/Nov11_host", converged)
    write_run("plain/runs/Nov11_host", converged)
    (logdir / "a").mkdir()
    (logdir / "a" / "b.csv").write_text("epoch,loss\n1,2\n2,1\n")
    write_run("a/b", converged)
    found = {run.name: (sorted(run.events), len(run.metrics)) for run in list_runs({"": str(logdir)}, [])}
    assert found == {
        "a": (["a/b"], 1),
        "other": ([], 1),
        "out": (["out/runs/Nov11_host"], 3),
        "plain/runs/Nov11_host": (["plain/runs/Nov11_host"], 0),
    }


@pytest.mark.parametrize("jobs", [0, 2])
def test_a_run_that_fails_is_named_and_the_rest_goes_on(
    many_runs: Path, jobs: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expected = scan(many_runs)
    fails_on_lr7(monkeypatch, tmp_path, "raise ValueError('no sevens')")
    with ExitStack() as stack:
        executor = stack.enter_context(process_pool(jobs)) if jobs else None
        result = Scanner(str(many_runs)).judge_in_batches(executor)
    assert result.failed == ("sweep/lr7: ValueError: no sevens",)
    assert {report.id for report in expected} - {report.id for report in result} == {
        report.id for report in expected if report.pair.run == "sweep/lr7"
    }
    assert result.runs == expected.runs


@pytest.mark.slow
def test_a_run_that_kills_its_process_is_named_and_the_rest_goes_on(
    many_runs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expected = scan(many_runs)
    fails_on_lr7(
        monkeypatch, tmp_path, "import os, signal, time; time.sleep(0.2); os.kill(os.getpid(), signal.SIGKILL)"
    )
    for pool in (process_pool(2), ProcessPoolExecutor(2, mp_context=get_context("spawn"))):
        with pool as executor:
            result = Scanner(str(many_runs)).judge_in_batches(executor)
        (failed,) = result.failed
        assert failed.startswith("sweep/lr7: the process that read it was killed")
        lost = {report.pair.run for report in expected} - {report.pair.run for report in result}
        assert lost == {"sweep/lr7"}


def fails_on_lr7(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    """In this process and in those that it starts, reading sweep/lr7 runs this code."""
    (folder / "sitecustomize.py").write_text(
        "from tb_losshealth.logs.event_files.logdir import Logdir\n"
        "refresh = Logdir.refresh\n"
        "def failing(self, *arguments):\n"
        "    if 'sweep/lr7' in self._folders:\n"
        f"        {code}\n"
        "    return refresh(self, *arguments)\n"
        "Logdir.refresh = failing\n"
    )
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.setattr(Logdir, "refresh", Logdir.refresh)  # put back at the end
    if "kill" not in code:
        exec((folder / "sitecustomize.py").read_text(), {})


@pytest.mark.slow
def test_a_dask_worker_process_killed_from_outside_costs_nothing(many_runs: Path) -> None:
    expected = scan(many_runs)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
        ) as cluster,
        Client(cluster.scheduler_address, set_as_default=False) as client,
    ):
        victim = next(iter(client.run(os.getpid).values()))
        started = threading.Event()

        def kill() -> None:
            started.wait(30)
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        result = scan(many_runs, executor=client.get_executor(), on_progress=lambda progress: started.set())
        killer.join()
    expect_same(result, expected)


def test_a_part_of_a_log_is_read_without_listing_it_again(many_runs: Path) -> None:
    runs = [run for run in list_runs({"": str(many_runs)}, []) if run.name.startswith("keras")]
    log = open_runs(runs)
    log.refresh()
    assert sorted(log.runs) == [run.name for run in runs]
    assert log.problems == ()
