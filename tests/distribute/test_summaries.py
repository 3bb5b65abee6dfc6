"""A log judged in pieces, here or elsewhere, is judged as in one go; what fails costs itself alone."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from tb_losshealth.distribute import batches, dask_cluster
from tb_losshealth.distribute.batches import Batch, make_batches
from tb_losshealth.distribute.dask_cluster import DaskCluster
from tb_losshealth.distribute.discover import find_runs, open_runs
from tb_losshealth.distribute.outcomes import Executor, Failed, Here, WorkersUnavailable
from tb_losshealth.distribute.processes import Processes
from tb_losshealth.distribute.summaries import Summary, summarise, summary_of
from tb_losshealth.distribute.work import for_each_batch
from tb_losshealth.scanner import scan


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several batches out of few runs."""
    monkeypatch.setattr(batches, "BATCH_RUNS", 4)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two worker processes."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    ) as started:
        yield started


def whole(logdir: Path) -> Summary:
    summary = summary_of(scan(logdir, metrics_files=True))
    summary.sort()
    return summary


def expect_same(summary: Summary, expected: Summary) -> None:
    assert summary.rows == expected.rows
    assert summary.train_only == expected.train_only
    assert (summary.runs, summary.tags, summary.failed) == (expected.runs, expected.tags, [])
    assert (summary.unpaired.total, summary.problems) == (expected.unpaired.total, expected.problems)


@pytest.mark.parametrize("executor", [Here(), Processes(2)], ids=["here", "processes"])
@pytest.mark.usefixtures("small_batches")
def test_in_pieces_as_in_one_go(many_runs: Path, executor: Executor) -> None:
    expected = whole(many_runs)
    assert {"far", "loss"} <= {row["name"] for row in expected.rows}
    assert len(expected.rows) == 28
    done: list[int] = []
    summary = summarise({"": str(many_runs)}, executor=executor, on_batch=lambda batch, total: done.append(batch.bytes))
    expect_same(summary, expected)
    assert len(done) > 5


@pytest.mark.usefixtures("small_batches")
def test_on_a_dask_cluster_as_in_one_go(many_runs: Path, cluster: LocalCluster) -> None:
    expect_same(summarise({"": str(many_runs)}, executor=DaskCluster(cluster.scheduler_address)), whole(many_runs))


@pytest.mark.usefixtures("small_batches")
def test_a_persons_rules_hold_over_batches(many_runs: Path) -> None:
    (many_runs / "losshealth.toml").write_text(
        '[[pair]]\ntrain_run = "sweep/lr1"\ntrain = "loss/train"\n'
        'val_run = "sweep/lr19"\nval = "loss/val"\nname = "odd"\n'
        '[[rename]]\nrun = "keras1*"\nname = "loss"\nto = "renamed"\n'
        '[[rename]]\nname = "nothing"\nto = "x"\n'
    )
    expected = whole(many_runs)
    assert {"odd", "renamed"} <= {row["name"] for row in expected.rows}
    assert len(expected.problems.first) == 1
    expect_same(summarise({"": str(many_runs)}), expected)


@pytest.mark.slow
@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("executor", [Here(), Processes(2)], ids=["here", "processes"])
def test_a_run_that_fails_is_named_and_the_rest_goes_on(many_runs: Path, executor: Executor) -> None:
    batch_list = make_batches(find_runs({"": str(many_runs)}, []))
    outcomes = dict(for_each_batch(fail_on_lr7, batch_list, executor))
    failed = {str(batch): outcome.reason for batch, outcome in outcomes.items() if isinstance(outcome, Failed)}
    assert failed == {"sweep/lr7": "ValueError: no sevens"}
    named = [run.name for batch in outcomes for run in batch.runs]
    assert sorted(named) == sorted(run.name for batch in batch_list for run in batch.runs)


@pytest.mark.slow
@pytest.mark.usefixtures("small_batches")
def test_a_run_that_kills_its_process_is_named_and_the_rest_goes_on(many_runs: Path) -> None:
    batch_list = make_batches(find_runs({"": str(many_runs)}, []))
    outcomes = list(for_each_batch(die_on_lr7, batch_list, Processes(2)))
    failed = [str(batch) for batch, outcome in outcomes if isinstance(outcome, Failed)]
    assert failed == ["sweep/lr7"]
    done = [name for _, outcome in outcomes if not isinstance(outcome, Failed) for name in outcome]
    assert done == [run.name for batch in batch_list for run in batch.runs if run.name != "sweep/lr7"]


@pytest.mark.slow
@pytest.mark.usefixtures("small_batches")
def test_a_dask_worker_killed_midway_costs_nothing(many_runs: Path, tmp_path: Path) -> None:
    mark = tmp_path / "killed"
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    ) as cluster:
        batch_list = make_batches(find_runs({"": str(many_runs)}, []))
        outcomes = list(for_each_batch(_KillOnce(str(mark)), batch_list, DaskCluster(cluster.scheduler_address)))
    assert mark.exists()
    assert [batch for batch, _ in outcomes] == batch_list
    assert [name for _, outcome in outcomes for name in outcome] == [r.name for b in batch_list for r in b.runs]  # type: ignore[union-attr]


@pytest.mark.slow
@pytest.mark.usefixtures("small_batches")
def test_a_dask_worker_process_killed_from_outside_during_a_report_costs_nothing(many_runs: Path) -> None:
    expected = whole(many_runs)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    ) as cluster:
        with Client(cluster.scheduler_address, set_as_default=False) as client:
            victim = next(iter(client.run(os.getpid).values()))
        started = threading.Event()

        def kill() -> None:
            started.wait(30)
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        summary = summarise(
            {"": str(many_runs)},
            executor=DaskCluster(cluster.scheduler_address),
            on_batch=lambda batch, total: started.set(),
        )
        killer.join()
    expect_same(summary, expected)


def test_no_scheduler_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT_S", 1)
    with pytest.raises(WorkersUnavailable, match=r"no Dask scheduler answers at 'tcp://127.0.0.1:9'"):
        list(DaskCluster("tcp://127.0.0.1:9").map(len, [[]]))
    with pytest.raises(WorkersUnavailable, match="is no address of a Dask scheduler"):
        list(DaskCluster("nonsense://x").map(len, [[]]))


def test_a_cluster_without_workers_is_said() -> None:
    with (
        LocalCluster(n_workers=0, dashboard_address=":0", host="127.0.0.1") as empty,
        pytest.raises(WorkersUnavailable, match="has no workers"),
    ):
        list(DaskCluster(empty.scheduler_address).map(len, [[]]))


def fail_on_lr7(batch: Batch) -> list[str]:
    if any(run.name == "sweep/lr7" for run in batch.runs):
        raise ValueError("no sevens")
    return [run.name for run in batch.runs]


def die_on_lr7(batch: Batch) -> list[str]:
    if any(run.name == "sweep/lr7" for run in batch.runs):
        time.sleep(0.2)  # others are under way
        os.kill(os.getpid(), signal.SIGKILL)
    return [run.name for run in batch.runs]


class _KillOnce:
    """Kills the first process that comes to the fourth batch, then never again."""

    def __init__(self, mark: str) -> None:
        self._mark = mark

    def __call__(self, batch: Batch) -> list[str]:
        source = open_runs(batch.runs)
        source.refresh()
        if "sweep/lr7" in source.runs and not os.path.exists(self._mark):
            Path(self._mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return [run.name for run in batch.runs]
