"""`--jobs` and `--dask`: the same output, wherever the work is done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from distributed import LocalCluster

from tb_losshealth import batches
from tb_losshealth.cli import workers


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_RUNS", 1)


COMMANDS = [["report", "--json"], ["export"], ["check", "--fail-on", "unstable"]]


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_processes_give_the_same_bytes(run, runs: Path, command: list[str]) -> None:
    assert run(*command, runs, "--jobs", 2) == run(*command, runs)


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes(run, runs: Path) -> None:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as cluster:
        for command in COMMANDS:
            here = run(*command, runs)
            there = run(*command, runs, "--dask", cluster.scheduler_address)
            assert there[:2] == here[:2]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("garbage", "is no address of a Dask scheduler"),
        ("tcp://", "is no address"),
        ("garbage://10.0.0.1:8786", "is no address"),
        ("tcp://host:port", "is no address"),
        ("tcp://127.0.0.1:99999", "is no address"),
        ("inproc://x", "is no address"),
        ("tls://127.0.0.1:9", "needs certificates"),
    ],
)
def test_no_address_is_one_line_and_code_2(runs: Path, address: str, said: str) -> None:
    command = [sys.executable, "-m", "tb_losshealth", "report", str(runs), "--dask", address]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert said in ended.stderr


def test_no_scheduler_is_one_line_and_code_2(run, runs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(workers, "CONNECT_S", 1)
    for command in (["report"], ["check"], ["export", "-o", tmp_path / "x.csv"]):
        code, out, err = run(*command, runs, "--dask", "tcp://127.0.0.1:9")
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "no Dask scheduler answers" in err
    assert not (tmp_path / "x.csv").exists()
    code, _, err = run("report", runs, "--dask", "tcp://127.0.0.1:9", "--jobs", 2)
    assert (code, "not allowed with" in err) == (2, True)


def test_a_cluster_without_workers_is_said(run, runs: Path) -> None:
    with LocalCluster(n_workers=0, dashboard_address=":0", host="127.0.0.1") as empty:
        code, out, err = run("report", runs, "--dask", empty.scheduler_address)
    assert (code, out) == (2, "")
    assert "has no workers" in err
